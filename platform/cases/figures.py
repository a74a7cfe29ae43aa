"""What a case means to the figures: a snapshot without person or text, published at every change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cases.models import Case, CaseClock
from cases.rules import Channel, ClockKind, Rating, Refusal
from cases.workflow import Status
from kernel.clock import china_date

#: Category of a case that nobody has classified yet.
UNCLASSIFIED = "-"


#: Ends that answer the petitioner (办结): asked afterwards whether they are satisfied, and whether it holds.
ANSWERED_ENDS = frozenset({Status.CLOSED, Status.CONCLUDED, Status.ANSWERED, Status.ARCHIVED})


@dataclass(frozen=True, slots=True)
class Rated:
    """The latest word about the petition office or about the responsible unit. 基本满意 is satisfied ([C1])."""

    on: date
    satisfied: bool
    by_staff: bool


@dataclass(frozen=True, slots=True)
class CaseFigures:
    """Dates and dimensions of one case; two of them, before and after, are all that counting needs."""

    category: str
    channel: str
    headcount: int
    repeat: bool
    collective: bool
    registered_on: date
    accepted_on: date | None
    refused_on: date | None
    escalated_on: date | None
    closed_on: date | None
    notice_due_on: date | None
    notice_met: bool
    handling_due_on: date | None
    handling_met: bool
    #: 机构承继: came from a predecessor, or went to a successor, on this day (``Case.arrived_on``, ``handed_on``).
    arrived_on: date | None = None
    handed_on: date | None = None
    #: The final status it stands in; empty while it is open.
    end: str = ""
    #: 初信初访: first at this union, not split off from another file, not a review.
    first: bool = False
    #: Made of claims of another file (拆分).
    split_off: bool = False
    #: 越级走访: a visit that was not accepted because it passed over the union that has the power (条例 art. 20).
    skip_level: bool = False
    anonymous: bool = False
    #: The notice clock is that of a unit to which another union sent the matter (责任单位).
    notice_of_unit: bool = False
    #: The handling period that counts was extended (延期).
    extended: bool = False
    #: Decided within the period as it first was, or had none.
    in_first_period: bool = False
    reopened_on: date | None = None
    referred_on: date | None = None
    returned_on: date | None = None
    repeated_on: date | None = None
    dissatisfied_on: date | None = None
    #: 复查 asked for, the first time.
    review_asked_on: date | None = None
    office: Rated | None = None
    unit: Rated | None = None


@dataclass(frozen=True, slots=True)
class CaseChanged:
    """Published in the transaction of every change; ``before`` is ``None`` at registration."""

    before: CaseFigures | None
    after: CaseFigures


@dataclass(frozen=True, slots=True)
class CasesChanged:
    """Many changes at once, published by an import: counted together, they leave far fewer rows."""

    changes: Sequence[CaseChanged]


def first_level(code: str | None) -> str:
    """The first-level category of a code such as ``01.02``."""
    return code.partition(".")[0] if code else UNCLASSIFIED


def figures_of(case: Case, clocks: list[CaseClock]) -> CaseFigures:
    """The snapshot of a case with all of its clocks."""
    by_kind = {clock.kind: clock for clock in clocks}
    by_letter = by_kind.get(ClockKind.NOTICE_BY_LETTER)
    notice = counted(by_kind.get(ClockKind.NOTICE) or by_letter)
    sixty = by_kind.get(ClockKind.HANDLING)
    handling = counted(sixty)
    asked = [clock.started_on for clock in clocks if clock.kind == ClockKind.REVIEW]
    return CaseFigures(
        category=first_level(case.category_code),
        channel=case.channel,
        headcount=case.headcount,
        repeat=case.repeat,
        collective=case.collective,
        registered_on=china_date(case.registered_at),
        accepted_on=_day(case.accepted_at),
        refused_on=_day(case.closed_at) if case.status == Status.REFUSED else None,
        escalated_on=_day(case.escalated_at),
        closed_on=_day(case.closed_at),
        notice_due_on=notice.due_on if notice else None,
        notice_met=_met(notice),
        handling_due_on=handling.due_on if handling else None,
        handling_met=_met(handling),
        arrived_on=case.arrived_on,
        handed_on=case.handed_on,
        end=case.status if case.closed_at is not None else "",
        first=_is_first(case),
        split_off=case.origin_id is not None,
        skip_level=case.channel == Channel.VISIT and case.refusal_code == Refusal.N5,
        anonymous=bool(case.anonymous),
        notice_of_unit=notice is not None and notice is by_letter,
        extended=handling is not None and handling.due_on > handling.original_due_on,
        in_first_period=sixty is None or (sixty.stopped_on is not None and sixty.stopped_on <= sixty.original_due_on),
        reopened_on=case.reopened_on,
        referred_on=case.referred_on,
        returned_on=case.returned_on,
        repeated_on=case.repeated_on,
        dissatisfied_on=case.dissatisfied_on,
        review_asked_on=min(asked, default=None),
        office=_rated(case.office_rating, case.office_rated_on, case.office_by_staff),
        unit=_rated(case.unit_rating, case.unit_rated_on, case.unit_by_staff),
    )


def _is_first(case: Case) -> bool:
    here = case.first_at_this_org
    # Of a file from before it was asked, nobody said that it repeats another.
    return (not case.repeat if here is None else here) and case.origin_id is None and case.review_stage is None


def _rated(rating: str | None, on: date | None, by_staff: bool | None) -> Rated | None:
    if rating is None or on is None:
        return None
    return Rated(on, rating != Rating.DISSATISFIED, bool(by_staff))


def counted(clock: CaseClock | None) -> CaseClock | None:
    """A clock that a rate counts: not one whose case was withdrawn, merged, passed on or ended before it ran out."""
    return clock if clock is not None and not clock.uncounted else None


def _day(moment: datetime | None) -> date | None:
    return china_date(moment) if moment else None


def _met(clock: CaseClock | None) -> bool:
    return clock is not None and clock.stopped_on is not None and clock.stopped_on <= clock.due_on
