"""What a case means to the figures: a snapshot without person or text, published at every change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cases.models import Case, CaseClock
from cases.rules import ClockKind
from cases.workflow import Status
from kernel.clock import china_date

#: Category of a case that nobody has classified yet.
UNCLASSIFIED = "-"


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
    notice = counted(by_kind.get(ClockKind.NOTICE) or by_kind.get(ClockKind.NOTICE_BY_LETTER))
    handling = counted(by_kind.get(ClockKind.HANDLING))
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
    )


def counted(clock: CaseClock | None) -> CaseClock | None:
    """A clock that a rate counts: not one whose case was withdrawn, merged, passed on or ended before it ran out."""
    return clock if clock is not None and not clock.uncounted else None


def _day(moment: datetime | None) -> date | None:
    return china_date(moment) if moment else None


def _met(clock: CaseClock | None) -> bool:
    return clock is not None and clock.stopped_on is not None and clock.stopped_on <= clock.due_on
