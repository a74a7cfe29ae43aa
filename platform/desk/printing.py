"""A paper on its way out: from the rows of a case to the sheet that is printed."""

from __future__ import annotations

from collections.abc import Sequence

import segno
from flask import request, url_for
from markupsafe import Markup

from cases.identity import shown_name
from cases.issuing import TO_OTHERS
from cases.models import Case, Party
from cases.rules import PartyRole
from documents import serving
from documents.layout import Sheet, chinese_date
from documents.models import Document, DocumentDraft, Serving
from doorway.guard import work
from doorway.runtime import runtime
from doorway.words import _
from kernel.clock import CHINA
from tenants import codes, settings
from tenants import queries as tenants
from tenants.house import CodeTable
from tenants.models import Tenant


def verify_url(code: str) -> str:
    """The address behind the mark: the one that people reach us by, where the deployment has told it."""
    base = runtime().settings.public_url or request.url_root.rstrip("/")
    return base + url_for("portal.verify", code=code)


def mark(code: str) -> Markup:
    """The QR mark for a page, as an inline picture without a style."""
    drawn = segno.make(verify_url(code), error="m", micro=False)
    return Markup(drawn.svg_inline(scale=2, border=0, svgclass="qr", lineclass=None, omitsize=True))  # noqa: S704


def track_url(slug: str) -> str:
    """Where a petitioner asks how a case stands; the address holds neither number nor code."""
    base = runtime().settings.public_url or request.url_root.rstrip("/")
    return base + url_for("portal.track", slug=slug)


def track_mark(slug: str) -> Markup:
    """The same as a mark for telephones."""
    drawn = segno.make(track_url(slug), error="m", micro=False)
    return Markup(drawn.svg_inline(scale=2, border=0, svgclass="qr", lineclass=None, omitsize=True))  # noqa: S704


def addressed(paper: Document | DocumentDraft) -> bool:
    """Whether the text speaks to the petitioner."""
    return any("您" in str(part.get("text") or "") for part in paper.body)


def petitioners(parties: Sequence[Party]) -> list[Party]:
    """Whom a paper is addressed to."""
    return [party for party in parties if party.role == PartyRole.PETITIONER]


def masked_addressee(parties: Sequence[Party]) -> str:
    """The petitioners behind their masks."""
    rule = settings.of(work().session).mask_rule
    return "、".join(filter(None, (shown_name(party, rule) for party in petitioners(parties)))) or _("信访人")


def sheet_of(document: Document, parties: Sequence[Party], *, addressee: str = "") -> Sheet:
    """An issued paper; ``addressee`` in clear where somebody had a reason to see it."""
    return Sheet(
        title=document.title,
        paragraphs=document.body,
        number=document.number,
        addressee=(addressee or masked_addressee(parties)) if addressed(document) else "",
        signature=_signature(),
        issued_on=document.issued_on,
        code=document.code or "",
        verify_url=verify_url(document.code) if document.code else "",
    )


def draft_sheet(draft: DocumentDraft, parties: Sequence[Party]) -> Sheet:
    """A draft, marked as one on every page: it has no number and proves nothing."""
    return Sheet(
        title=draft.title,
        paragraphs=draft.body,
        number=_("（文号出具时取得）"),
        addressee=masked_addressee(parties) if addressed(draft) else "",
        signature=_signature(),
        watermark=_("草稿，未出具　不具效力　　　草稿，未出具　不具效力"),
    )


def proof_sheet(case: Case, document: Document, attempts: Sequence[Serving], parties: Sequence[Party]) -> Sheet:
    """送达回证 of one paper: filled with what is on record, with lines to sign on where nothing is yet."""
    unit = work()
    ways = codes.words(unit.session, CodeTable.DELIVERY, delivery_words())
    last = attempts[-1] if attempts else None
    blank = "　"
    served = serving.served_day(attempts)
    rows = [
        (_("文书名称和文号"), f"{document.title}\n{document.number}"),
        (_("信访事项编号"), case.number),
        (_("受送达人"), _employer(document) or masked_addressee(parties)),
        (_("送达方式"), ways.get(last.way, last.way) if last else _("□当面　□邮寄　□网上")),
        (_("邮件编号"), (last.tracking if last else None) or blank),
        (_("送达日期"), chinese_date(last.served_on) if last else _("　　年　　月　　日")),
        (_("送达结果"), serving.OUTCOMES[last.outcome] if last else _("□签收　□他人代收　□留置　□拒收　□退回")),
        (_("签收、代收人"), serving.RECEIVERS[last.receiver] if last and last.receiver else blank),
        (_("受送达人签字"), "　\n　\n　"),
        (_("送达人签字"), "　\n　"),
        (_("备注"), (last.note if last else None) or _("拒收、留置的，由见证人签字并注明情况。")),
    ]
    notes = [_("送达日期：%(day)s。", day=chinese_date(served))] if served is not None else []
    if document.kind == "decision":
        notes.append(_("自受送达人收到之日起30日内可以请求复查（《信访工作条例》第三十五条）。"))
    elif document.kind == "review_opinion" and case.review_stage == "review":
        notes.append(_("自受送达人收到之日起30日内可以请求复核（《信访工作条例》第三十六条）。"))
    return Sheet(
        title=_("送达回证"),
        paragraphs=[],
        number=document.number,
        signature=_signature(),
        issued_on=unit.clock.today(),
        table=((_("项目"), _("内容")), rows),
        footnotes=notes,
    )


def _employer(document: Document) -> str:
    """Of a paper to an employer (监督意见书) the first line names it."""
    return str(document.body[0]["text"]).removesuffix("：") if document.kind in TO_OTHERS else ""


def delivery_words() -> dict[str, str]:
    """送达方式 as the platform calls them; a union may say it otherwise."""
    from cases.fields import DELIVERIES

    return DELIVERIES


def stamp() -> str:
    """Who takes something out and when, for a watermark."""
    unit = work()
    moment = unit.clock.now().astimezone(CHINA)
    return f"{_union().name}　{unit.actor.name}　{moment:%Y-%m-%d %H:%M}"


def _signature() -> str:
    own = _union()
    return own.seal_text or own.name


def _union() -> Tenant:
    unit = work()
    return tenants.get(unit.session, unit.tenant_id)
