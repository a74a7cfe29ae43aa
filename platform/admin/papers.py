"""``/admin/papers``: the union's own texts of its papers, in versions, each looked at with a sample case first."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access import queries as accounts
from access.roles import Role
from admin.house import READERS
from admin.refusals import Refusal, asking
from cases import paperwork
from cases.paperwork import Kind
from documents import pdf, templates
from documents.layout import Sheet
from documents.templates import MAX_PARAGRAPHS, Body, Own
from doorway.guard import guard, work
from doorway.words import _
from tenants import queries as tenants


def add_routes(pages: Blueprint) -> None:
    """Hang the pages of this module on the door's blueprint."""
    pages.add_url_rule("/admin/papers", "papers", listing)
    pages.add_url_rule("/admin/papers/<kind>", "paper_template", show)
    pages.add_url_rule("/admin/papers/<kind>", "change_paper_template", change, methods=["POST"])


@guard(*READERS)
def listing() -> ResponseReturnValue:
    """Every kind of paper, and whose text counts."""
    own = templates.changed_kinds(work().session)
    return render_template("admin/papers.html", kinds=list(paperwork.kinds().values()), own=own)


@guard(*READERS)
def show(kind: str) -> ResponseReturnValue:
    """The text of one kind with its fields.

    :raises NotFoundError: for a kind that there is not.
    """
    known = paperwork.kind_of(kind)
    own = templates.own_of(work().session, kind)
    return _page(known, own, own.title or known.title, _text(known, own), Refusal())


@guard(Role.TENANT_ADMIN)
def change(kind: str) -> ResponseReturnValue:
    """Look at the typed text as a page, save it as the next version, or go back to the platform's text."""
    known = paperwork.kind_of(kind)
    unit, wish = work(), request.form.get("do", "save")
    text = request.form.get("version", "")
    version = int(text) if text.isdecimal() and len(text) < 10 else -1
    title, body = request.form.get("title", ""), _typed(request.form)
    refusal = Refusal()
    with asking(refusal):
        if wish == "default":
            templates.save(unit, kind, None, None, version=version)
        else:
            facts = paperwork.sample(unit)
            title, body = templates.check(title, body)
            templates.check_fields(
                body,
                known=paperwork.known_fields(kind, facts),
                required=paperwork.required_fields(kind, facts),
            )
            if wish == "preview":
                return _preview(known, title, body)
            templates.save(unit, kind, title, body, version=version)
    if refusal:
        return _page(known, templates.own_of(unit.session, kind), title, body, refusal), refusal.status
    flash(_("已恢复平台模板。") if wish == "default" else _("模板已保存，以后的文书按新模板填写。"), "success")
    return redirect(url_for("admin.paper_template", kind=kind))


def _typed(form: Mapping[str, str]) -> Body:
    return [
        {"heading": form.get(f"heading.{place}", ""), "text": form.get(f"text.{place}", "")}
        for place in range(MAX_PARAGRAPHS + 2)
        if form.get(f"heading.{place}") or form.get(f"text.{place}")
    ]


def _text(known: Kind, own: Own) -> Body:
    return own.body if own.body is not None else paperwork.default_body(known.name, paperwork.sample(work()))


def _preview(known: Kind, title: str, body: Body) -> Response:
    """The text filled from an invented case, as a page."""
    unit = work()
    facts = paperwork.sample(unit)
    own = tenants.get(unit.session, unit.tenant_id)
    sheet = Sheet(
        title=title,
        paragraphs=templates.fill(body, paperwork.values(known.name, facts)),
        number=f"{own.code}{known.prefix}〔{facts.today.year}〕000001",
        addressee=_("张*") if any("您" in str(part["text"]) for part in body) or not known.free else "",
        signature=own.seal_text or own.name,
        issued_on=facts.today,
        watermark=_("样张　仅供预览　　　样张　仅供预览"),
    )
    answer = Response(pdf.render(sheet), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = 'attachment; filename="preview.pdf"'
    return answer


def _page(known: Kind, own: Own, title: str, body: Body, refusal: Refusal) -> str:
    unit = work()
    facts = paperwork.sample(unit)
    people = accounts.names(unit.session, {own.changed_by}) if own.changed_by else {}
    return render_template(
        "admin/paper_template.html",
        kind=known,
        own=own,
        who=people.get(own.changed_by, "") if own.changed_by else "",
        title=title,
        paragraphs=[*body, {"heading": "", "text": ""}][:MAX_PARAGRAPHS],
        fields=paperwork.known_fields(known.name, facts),
        required=paperwork.required_fields(known.name, facts),
        errors=refusal.fields,
        message=refusal.message or None,
        may_change=unit.actor.holds(Role.TENANT_ADMIN),
    )
