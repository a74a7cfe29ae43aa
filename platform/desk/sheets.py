"""What a letter says, as lines: the same for the page of a letter and for the look at a draft before it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from access.actor import Work
from cases.clocks import unused
from cases.queries import File
from cases.rules import CHANNEL_LABELS, CLOCK_LABELS, OPINION_LABELS, PURPOSE_LABELS
from desk.kinds import KIND_FORMS
from desk.writing import Writing
from dispatches.disclosure import papers, snapshot, veiled
from dispatches.drafts import Draft
from dispatches.kinds import KIND_LABELS, LADDER, SUGGESTIONS, TRIGGERS, LetterKind
from dispatches.models import Letter
from dispatches.queries import LetterView
from doorway.presenting import china_day
from doorway.words import _
from tenants import queries as tenants

Line = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Paper:
    """A copy of an issued document, with its paragraphs as (heading, text)."""

    title: str
    number: str
    body: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The part of a file that its owner chose to show (调阅)."""

    case_number: str
    title: str
    status: str
    #: Claim, opinion and finding.
    claims: tuple[tuple[int, str, str, str], ...]
    clocks: tuple[Line, ...]
    #: Day, act and words.
    notes: tuple[tuple[str, str, str], ...]
    papers: tuple[Paper, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A letter's own words and the matter it tells of. Label and value pairs are in words."""

    kind: LetterKind
    kind_label: str
    subject: str
    reason_label: str
    reason: str
    request_label: str
    request: str
    #: Of a supervision: why, how hard, which figures.
    supervision: tuple[Line, ...]
    #: The case as told: facts, marks, claims in order, clocks.
    matter: tuple[Line, ...]
    marks: tuple[str, ...]
    claims: tuple[tuple[int, str], ...]
    clocks: tuple[Line, ...]
    papers: tuple[Paper, ...]
    #: 指定办理期限.
    due_on: date | None
    #: The unit meant behind the common superior.
    beyond: str
    skip_reason: str

    @property
    def has_matter(self) -> bool:
        """Whether a case is told of."""
        return bool(self.matter)


def sheet_of_letter(work: Work, letter: Letter) -> Sheet:
    """The sheet of a letter as this side holds it."""
    return _sheet(
        work,
        LetterKind(letter.kind),
        letter.snapshot,
        subject=letter.subject,
        reason=letter.reason,
        request=letter.request,
        due_on=letter.due_on,
        skip_reason=letter.skip_reason or "",
    )


def sheet_of_draft(work: Work, draft: Draft, writing: Writing) -> Sheet:
    """The sheet that the other side would get: told and veiled by the very functions that send."""
    file, refers, target = writing.file, writing.refers, writing.target
    beyond = target.tenant.name if target is not None and target.through is not None else ""
    told, veil = matter_told(work, file, refers if draft.forward else None)
    if file is not None and draft.papers:
        told = told | {"papers": papers(work, file, draft.papers)}
    if draft.kind is LetterKind.SUPERVISION and draft.details:
        told = told | {"details": dict(draft.details)}
    if beyond:
        told = told | {"beyond": beyond}
    return _sheet(
        work,
        draft.kind,
        told,
        subject=veil(draft.subject.strip() or (file.case.title if file else "")),
        reason=veil(draft.reason),
        request=veil(draft.request),
        due_on=draft.due_on,
        skip_reason=draft.skip_reason,
    )


def matter_told(work: Work, file: File | None, forwarded: LetterView | None) -> tuple[dict[str, Any], Any]:
    """The snapshot of a case, or what an earlier letter told us, and the veil over its people's names."""
    if file is not None:
        return snapshot(work, file), veiled(work, file)
    if forwarded is not None:
        # What was said to us about our own part is not passed on.
        told = forwarded.letter.snapshot
        return {name: value for name, value in told.items() if name not in ("details", "beyond", "accused")}, str
    return {}, str


def _sheet(
    work: Work,
    kind: LetterKind,
    told: Mapping[str, Any],
    *,
    subject: str,
    reason: str,
    request: str,
    due_on: date | None,
    skip_reason: str,
) -> Sheet:
    how = KIND_FORMS.get(kind)
    return Sheet(
        kind=kind,
        kind_label=KIND_LABELS[kind],
        subject=subject,
        reason_label=_(how.reason) if how else _("事由"),
        reason=reason,
        request_label=_(how.request) if how and how.request else _("要求"),
        request=request,
        supervision=_supervision(work, told.get("details") or {}),
        matter=_matter(told),
        marks=_marks(told),
        claims=tuple((claim["position"], claim["text"]) for claim in told.get("claims") or ()),
        clocks=tuple(clock_line(clock) for clock in told.get("clocks") or ()),
        papers=papers_of(told),
        due_on=due_on,
        beyond=str(told.get("beyond") or ""),
        skip_reason=skip_reason,
    )


def _matter(told: Mapping[str, Any]) -> tuple[Line, ...]:
    if "case_number" not in told:
        return ()
    category = told.get("category") or {}
    respondents = told.get("respondents") or ()
    lines = [
        (_("信访件编号"), str(told.get("case_number") or "—")),
        (_("问题类别"), str(category.get("name") or "—")),
        (_("信访形式"), _word(CHANNEL_LABELS, told.get("channel"))),
        (_("信访目的"), _word(PURPOSE_LABELS, told.get("purpose"))),
        (_("收到日期"), _day(told.get("received_on"))),
        (_("涉及人数"), str(told.get("headcount") or 1)),
    ]
    if respondents:
        lines.append((_("被反映单位"), "、".join(respondents)))
    return tuple(lines)


def _marks(told: Mapping[str, Any]) -> tuple[str, ...]:
    words = {"urgent": _("紧急"), "collective": _("集体访"), "joint": _("联名"), "confidential": _("要求保密")}
    return tuple(word for key, word in words.items() if told.get(key))


def excerpt_of(told: Mapping[str, Any]) -> Excerpt:
    """What was told in answer to a file request."""
    return Excerpt(
        case_number=str(told.get("case_number") or "—"),
        title=str(told.get("title") or ""),
        status=str(told.get("status") or ""),
        claims=tuple(
            (
                claim["position"],
                claim["text"],
                _word(OPINION_LABELS, claim.get("opinion")),
                claim.get("finding") or "",
            )
            for claim in told.get("claims") or ()
        ),
        clocks=tuple(clock_line(clock) for clock in told.get("clocks") or ()),
        notes=tuple((_day(note.get("on")), str(note["what"]), str(note["text"])) for note in told.get("notes") or ()),
        papers=papers_of(told),
    )


def papers_of(told: Mapping[str, Any]) -> tuple[Paper, ...]:
    """Copies of documents in what was told."""
    return tuple(
        Paper(
            str(paper.get("title") or ""),
            str(paper.get("number") or ""),
            tuple((str(part.get("heading") or ""), str(part.get("text") or "")) for part in paper.get("body") or ()),
        )
        for paper in told.get("papers") or ()
    )


def clock_line(clock: Mapping[str, Any]) -> Line:
    """A clock as told, in words."""
    label = _word(CLOCK_LABELS, clock.get("kind"))
    if clock.get("stopped_on"):
        began, stopped = date.fromisoformat(clock["started_on"]), date.fromisoformat(clock["stopped_on"])
        if unused(clock["kind"], began, stopped):
            return label, _("没有用到")
        return label, _("已于%(day)s停止", day=_day(clock["stopped_on"]))
    return label, _("%(day)s到期", day=_day(clock.get("due_on")))


def _supervision(work: Work, details: Mapping[str, Any]) -> tuple[Line, ...]:
    if not details:
        return ()
    lines = [
        (_("督办情形"), _word(TRIGGERS, details.get("trigger"))),
        (_("督办层级"), _word(LADDER, details.get("ladder"))),
    ]
    if details.get("suggestion"):
        lines.append((_("提出建议"), _word(SUGGESTIONS, details["suggestion"])))
    if details.get("count"):
        lines.append((_("涉及件数"), _("%(count)s件", count=details["count"])))
    if details.get("category"):
        names = {category.code: category.name for category in tenants.categories(work.session)}
        lines.append((_("问题类别"), names.get(details["category"], str(details["category"]))))
    if details.get("from") or details.get("to"):
        first, last = _day(details.get("from")), _day(details.get("to"))
        lines.append((_("时段"), _("%(first)s至%(last)s", first=first, last=last)))
    return tuple(lines)


def _day(value: object) -> str:
    try:
        return china_day(date.fromisoformat(str(value)))
    except ValueError:
        return "—"


def _word(labels: Mapping[Any, str], value: object) -> str:
    return labels.get(value, "—")
