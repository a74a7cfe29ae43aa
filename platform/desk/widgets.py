"""How each field of an action is asked for: one table, drawn by one template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from access.actor import Work
from cases.models import CaseClock
from cases.papers import TEMPLATES
from cases.rules import CLOCK_LABELS, ClockKind
from cases.terms import MET_AT_ONCE, TERMS
from cases.workflow import Status
from desk.handling_widgets import HANDLING_TABLE
from desk.procedure_widgets import PROCEDURE_TABLE
from desk.widget_table import TABLE as ORDINARY
from desk.widget_table import Asked, Options, handlers
from doorway.words import _
from kernel.workflow import Transition

TABLE: dict[str, Asked] = {**ORDINARY, **PROCEDURE_TABLE, **HANDLING_TABLE}


@dataclass(frozen=True, slots=True)
class Widget:
    """A field of a form: how it is drawn and what it is called."""

    name: str
    kind: str
    label: str
    help: str = ""
    optional: bool = False
    options: Options = ()
    rows: int = 5


def widgets(work: Work, names: Sequence[str], *, sealed: bool = False) -> list[Widget]:
    """The fields of an action in the order of its row. Nobody is offered for a sealed case who may not hold it."""
    found = []
    for name in names:
        kind, label, help_text, optional, options, rows = TABLE[name]
        offered = handlers(work, sealed=True) if sealed and name == "assignee" else options(work)
        found.append(Widget(name, kind, _(label), _(help_text) if help_text else "", optional, offered, rows))
    return found


def consequences(row: Transition[Status], clocks: Sequence[CaseClock], *, clocked: bool = True) -> list[str]:
    """What happens when the form is sent, read from the row: document, and the clocks that it touches."""
    told = []
    if row.document:
        told.append(_("出具《%(title)s》", title=TEMPLATES[row.document][0]))
    running = [clock.kind for clock in clocks if clock.stopped_on is None]
    told += [_("停止计算%(clock)s", clock=CLOCK_LABELS[ClockKind(kind)]) for kind in row.stops if kind in running]
    for kind in map(ClockKind, row.starts):
        if kind in MET_AT_ONCE or (kind is ClockKind.HANDLING and not clocked):
            continue
        told.append(_("开始计算%(clock)s：%(days)s", clock=CLOCK_LABELS[kind], days=TERMS[kind].words))
    told += [_("暂停计算%(clock)s", clock=CLOCK_LABELS[ClockKind(kind)]) for kind in row.pauses]
    told += [_("继续计算%(clock)s", clock=CLOCK_LABELS[ClockKind(kind)]) for kind in row.continues]
    return told
