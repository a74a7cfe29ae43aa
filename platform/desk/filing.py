"""What the page of one case shows: clocks and claims as plain lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from calendars.workdays import PROVISIONAL
from cases.clocks import unused, whose
from cases.models import Case, CaseClock, Claim
from cases.rules import CLOCK_LABELS, OPINION_LABELS, ClockKind
from cases.terms import TERMS, Unit, Whose
from doorway.presenting import Bands, Lamp, lamp
from doorway.words import N_, _


@dataclass(frozen=True, slots=True)
class ClockLine:
    """A statutory clock with the reason for its length."""

    label: str
    started_on: date
    due_on: date
    original_due_on: date
    stopped_on: date | None
    stop_reason: str | None
    basis: str
    lamp: Lamp | None
    #: Stopped after its last day, where that is the union's own duty.
    missed: bool
    #: What may move its last day; empty where nothing will.
    notice: str = ""
    #: How a stopped clock ended, in words.
    ended: str = ""
    #: Whose clock it is, where it is not the union's.
    whose: str = ""
    #: Why the due date is no longer the first one.
    due_reason: str | None = None
    paused_on: date | None = None
    #: It ended before its time began, so there is no day on which it stopped.
    unused: bool = False


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """One claim with what became of it."""

    position: int
    text: str
    category: str
    opinion: str
    finding: str


#: What stands beside a clock that can never make the union late.
WHOSE: dict[Whose, str] = {
    Whose.PETITIONER: N_("信访人的权利期限，不算本单位超期。"),
    Whose.WORKER: N_("信访人自己的权利时效，只作提醒，不算本单位超期。"),
    Whose.OTHERS: N_("由对方答复的期限，不算本单位超期。"),
}


def clock_lines(
    case: Case, clocks: Sequence[CaseClock], today: date, bands: Bands, notice: Callable[[date], str]
) -> list[ClockLine]:
    """Clocks newest first, so that the running one is on top; ``notice`` says what may move a running one's last day.
    A date that somebody set, and the worker's own rights, do not roll over.
    """
    return [_clock_line(case, clock, today, bands, notice) for clock in reversed(clocks)]


def _clock_line(case: Case, clock: CaseClock, today: date, bands: Bands, notice: Callable[[date], str]) -> ClockLine:
    kind = ClockKind(clock.kind)
    owner = whose(case, clock)
    ours, stopped = owner is Whose.UNION, clock.stopped_on is not None
    missed = ours and stopped and clock.stopped_on is not None and clock.stopped_on > clock.due_on
    ended = ""
    if stopped:
        ended = _("已停止，逾期") if missed else _("已停止，未逾期")
        if clock.uncounted or not ours:
            ended = _("已停止")
        if unused(kind, clock.started_on, clock.stopped_on):
            ended = _("没有用到")
    rolls = not stopped and TERMS[kind].unit is Unit.DAYS and owner is not Whose.WORKER
    shown = not stopped and clock.paused_on is None
    return ClockLine(
        label=CLOCK_LABELS[kind],
        started_on=clock.started_on,
        due_on=clock.due_on,
        original_due_on=clock.original_due_on,
        stopped_on=clock.stopped_on,
        stop_reason=clock.stop_reason,
        basis=clock.basis,
        lamp=lamp(clock.due_on, today, begun=clock.started_on, bands=bands) if shown and ours else None,
        missed=missed,
        notice=PROVISIONAL if clock.provisional_days and not stopped else notice(clock.due_on) if rolls else "",
        ended=ended,
        whose=_(WHOSE[owner]) if owner in WHOSE else "",
        due_reason=clock.due_reason,
        paused_on=clock.paused_on,
        unused=unused(kind, clock.started_on, clock.stopped_on),
    )


def claim_lines(claims: Sequence[Claim], categories: Mapping[str, str]) -> list[ClaimLine]:
    """Claims in their order."""
    return [
        ClaimLine(
            claim.position,
            claim.text,
            categories.get(claim.category_code or "", ""),
            _word(OPINION_LABELS, claim.opinion),
            claim.finding or "",
        )
        for claim in claims
    ]


def _word(labels: Mapping[Any, str], value: Any) -> str:
    return labels.get(value, str(value)) if value else ""
