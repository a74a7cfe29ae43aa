"""导出台账: order the list that one sees as a spreadsheet, see how far it is, take it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from access import queries as accounts
from access.roles import CASE_ROLES, Role
from archives import listings
from archives.listings import Order
from cases import ledger, policy, queries
from cases.filters import READERS
from cases.queries import Filter
from desk import listing
from desk.files import size_words
from desk.letter_files import download
from desk.presenters import address_of
from documents.models import CaseExport
from documents.tables import MEDIA_TYPES
from doorway.attempts import attempt
from doorway.guard import guard, work
from doorway.words import N_, _
from kernel.clock import CHINA
from kernel.errors import ConflictError, InvalidError
from tenants import departments
from tenants import queries as tenants

#: Format → its word and what it is good for.
FORMS: tuple[tuple[str, str, str], ...] = (
    ("xlsx", N_("电子表格（XLSX）"), N_("用Excel、WPS查看和打印，日期和数字可以直接计算")),
    ("csv", N_("逗号分隔文本（CSV）"), N_("交给其他程序处理；每行末列是导出信息")),
)


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form: at first nothing but the usual columns, and everything about people masked."""

    form: str = "xlsx"
    columns: tuple[str, ...] = ledger.USUAL
    reason: str = ""
    clear: bool = False
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class ExportLine:
    """An order in its asker's list."""

    export: CaseExport
    size: str
    columns: str
    url: str


@guard(*CASE_ROLES)
def export_form() -> tuple[str, int]:
    """The order for the filter of the address: how many cases, under which conditions, which columns."""
    return _form(request.args, Typed(), {})


@guard(*CASE_ROLES)
def export_ask() -> tuple[str, int] | Answer:
    """Order the file; what was typed stays when it is refused."""
    form = request.form
    given = Typed(
        form=form.get("form", ""),
        columns=tuple(form.getlist("columns")),
        reason=form.get("reason", ""),
        clear=bool(form.get("clear")),
        confirmed=bool(form.get("confirmed")),
    )
    wanted, problems = listing.read_filter(form)
    if problems:
        return _form(form, given, problems)
    try:
        with attempt():
            order = Order(
                wanted=wanted,
                told=_told(wanted),
                form=given.form,
                columns=given.columns,
                reason=given.reason,
                clear=given.clear,
                confirmed=given.confirmed,
            )
            listings.ask(work(), order)
    except InvalidError as error:
        return _form(form, given, error.fields or {"wanted": error.message})
    except ConflictError as error:
        return _form(form, given, {}, message=error.message)
    flash(_("已开始生成，完成后会通知您，也可以在这里看进度。"), "success")
    return redirect(url_for("desk.export_list"), code=303)


@guard(*CASE_ROLES)
def export_list() -> str:
    """The actor's own orders: state, how many, until when."""
    lines = [
        ExportLine(
            export=one,
            size=size_words(one.size) if one.size else "",
            columns="、".join(ledger.BY_KEY[key].heading for key in one.columns if key in ledger.BY_KEY),
            url=url_for("desk.export_file", export_id=one.id),
        )
        for one in listings.own(work())
    ]
    waiting = any(line.export.status == "waiting" for line in lines)
    return render_template("desk/exports.html", lines=lines, waiting=waiting, now=work().clock.now())


@guard(*CASE_ROLES)
def export_file(export_id: UUID) -> Response:
    """The made file for whoever ordered it, as a stream of its parts; that it was taken is on record.

    :raises NotFoundError: when there is none of theirs, or its week is over.
    """
    export, content = listings.open_one(work(), export_id)
    made = export.made_at or export.asked_at
    name = f"信访台账 {made.astimezone(CHINA):%Y-%m-%d %H%M}.{export.form}"
    answer = download(name, MEDIA_TYPES[export.form], content)
    # A download that breaks off is then seen to be one.
    answer.headers["Content-Length"] = str(export.size)
    return answer


@guard(*CASE_ROLES)
def export_retry(export_id: UUID) -> Answer:
    """Order a failed file again."""
    listings.retry(work(), export_id)
    flash(_("已重新开始生成。"), "success")
    return redirect(url_for("desk.export_list"), code=303)


@guard(*CASE_ROLES)
def export_remove(export_id: UUID) -> Answer:
    """Take a file away before its week is over."""
    listings.remove(work(), export_id)
    flash(_("文件已删除。"), "success")
    return redirect(url_for("desk.export_list"), code=303)


def _form(
    values: Mapping[str, str], given: Typed, problems: Mapping[str, str], *, message: str = ""
) -> tuple[str, int]:
    unit = work()
    wanted, unread = listing.read_filter(values)
    problems = {**unread, **problems}
    count = None
    try:
        count = queries.count(unit, wanted)
    except InvalidError as error:
        problems = {**(error.fields or {"wanted": error.message}), **problems}
    filters = {key: values.get(key, "") for key in READERS if values.get(key)}
    page = render_template(
        "desk/export.html",
        count=count,
        told=_told(wanted) if count is not None else "",
        filters=filters,
        back_url=address_of("desk.case_list", filters),
        forms=[(key, _(word), _(told)) for key, word, told in FORMS],
        columns=[(column.key, column.heading, column.key in ledger.ALWAYS) for column in ledger.COLUMNS],
        given=given,
        errors=problems,
        message=message,
        may_clear=policy.may_export_identities(unit.actor),
        sees_sealed=unit.actor.holds(Role.OFFICE_HEAD, Role.LEADER),
    )
    return page, 409 if message else 422 if problems else 200


def _told(wanted: Filter) -> str:
    """The filter in words, as the list says it above its lines."""
    unit = work()
    categories = {category.code: category.name for category in tenants.categories(unit.session)}
    people = accounts.names(unit.session, (wanted.assignee,))
    words = listing._chips(wanted, categories, people, departments.names_of(unit.session))
    return "、".join(chip.words for chip in words) or _("全部信访件（您可以查看的）")


ROUTES = (
    ("/cases/export", export_form, ("GET",)),
    ("/cases/export", export_ask, ("POST",)),
    ("/cases/exports", export_list, ("GET",)),
    ("/cases/exports/<uuid:export_id>", export_file, ("GET",)),
    ("/cases/exports/<uuid:export_id>/retry", export_retry, ("POST",)),
    ("/cases/exports/<uuid:export_id>/remove", export_remove, ("POST",)),
)
