"""A report on its way to paper: from what was frozen to the sheet that is printed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desk.printing import verify_url
from documents.layout import Sheet
from doorway.guard import work
from doorway.words import _
from reports import content, policy, verifying
from reports.issuing import title_of
from reports.models import ReportDraft
from reports.periods import Period
from reports.queries import Issued
from tenants import queries as tenants


def sheet_of(issued: Issued) -> Sheet:
    """An issued report; for who does not see the unions below, without the parts about them."""
    unit, paper = work(), issued.paper
    whole = policy.sees_below(unit.actor) or "below" not in issued.report.figures
    first, second = verifying.halves(issued.report.digest)
    # Two lines: one of all sixty-four figures runs past the text block of an A4 page.
    notes = [_("校验值　%(value)s", value=first), f"　　　　{second}"]
    if not whole:
        notes = [_("本文本只含本单位的数据，不含下级。")]
    return Sheet(
        title=paper.title,
        paragraphs=paper.body if whole else content.without_below(paper.body),
        number=paper.number,
        signature=_signature(),
        issued_on=paper.issued_on,
        # A part of a paper proves nothing about the whole.
        code=(paper.code or "") if whole else "",
        verify_url=verify_url(paper.code) if whole and paper.code else "",
        footnotes=notes,
    )


def draft_sheet(draft: ReportDraft, period: Period, figures: Mapping[str, Any]) -> Sheet:
    """A draft with the figures of this moment, marked as one on every page."""
    own = tenants.get(work().session, work().tenant_id)
    return Sheet(
        title=title_of(own.name, period, draft.edition),
        paragraphs=content.body(figures, draft.words, reason=draft.reason),
        number=_("（文号签发时取得）"),
        signature=_signature(),
        watermark=_("草稿，未签发　不具效力　　　草稿，未签发　不具效力"),
    )


def _signature() -> str:
    own = tenants.get(work().session, work().tenant_id)
    return own.seal_text or own.name
