"""The step bar of a case: what is behind it with its dates, where it stands, and what is ahead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from audit.models import AuditEvent
from cases.models import Case
from cases.workflow import STATUS_LABELS, UNANSWERED_ENDS, Status
from doorway.words import _

Way = list[tuple[str, date | datetime | None]]

#: Ends before or instead of an opinion: the bar stops there.
_SHORT = UNANSWERED_ENDS | {Status.ANSWERED, Status.REFUSED, Status.REFUSED_AGAIN, Status.HANDED_OVER}
#: Statuses that come after the service of an opinion.
_SERVED = (Status.SERVED, Status.EXECUTING, Status.REVIEWING, Status.REVIEWED, Status.RECHECKING)
_REVIEWS = {"review": "复查", "recheck": "复核"}


@dataclass(frozen=True, slots=True)
class Step:
    """A place on the step bar; ``state`` is done, now or next."""

    label: str
    state: str
    at: date | datetime | None


def steps_of(case: Case, history: Sequence[AuditEvent]) -> list[Step]:
    """The way of a case: the steps behind it with their dates, the present one, and those ahead."""
    status = Status(case.status)
    begun: Way = [(_("登记"), case.registered_at)]
    if status is not Status.ANSWERED:
        begun.append((_("甄别分流"), _last(history, "triage")))
    if status in _SHORT:
        return _short(case, status, begun)
    if status is Status.REFERRED or (status is Status.CLOSED and case.decided_at is None):
        return _elsewhere(case, status, begun, history)
    way: Way = [*begun, (_("受理告知"), case.accepted_at)]
    if case.escalated_at is not None:
        place = 3 if case.accepted_at is not None and case.accepted_at <= case.escalated_at else 2
        way.insert(place, (_("上报上级"), case.escalated_at))
    aside = status in (Status.MEDIATING, Status.HEARING, Status.NEGOTIATING)
    if aside:
        way.append((_(STATUS_LABELS[status]), None))
    decided = len(way)
    way.append((_("出具处理意见"), case.decided_at))
    apart = _last(history, "serve") is not None and status is not Status.CLOSED
    if apart or status in _SERVED:
        return _bar([*way, *_after(case, history)], _reached_after(case, status, decided, history))
    way.append((_("终结") if status is Status.CONCLUDED else _("送达办结"), case.closed_at))
    reached = {
        Status.REGISTERED: 1,
        Status.TRIAGED: 2,
        Status.ESCALATED: next((index for index, step in enumerate(way) if step[0] == _("上报上级")), 2),
        Status.DECIDED: decided + 1,
        Status.CLOSED: len(way),
        Status.CONCLUDED: len(way),
        Status.ARCHIVED: len(way),
    }
    return _bar(way, reached.get(status, decided - aside))


def _short(case: Case, status: Status, begun: Way) -> list[Step]:
    happened: Way = [step for step in begun if step[1] is not None]
    if case.accepted_at is not None:
        happened.append((_("受理告知"), case.accepted_at))
    if case.decided_at is not None:
        happened.append((_("出具处理意见"), case.decided_at))
    # 机构承继: whatever was ahead is the successor's.
    end = _("移交承继单位") if status is Status.HANDED_OVER else _(STATUS_LABELS[status])
    way: Way = [*happened, (end, case.closed_at)]
    return _bar(way, len(way))


def _elsewhere(case: Case, status: Status, begun: Way, history: Sequence[AuditEvent]) -> list[Step]:
    """Another union has the matter, or had it to the end: this one writes no opinion of its own."""
    known: Way = [*begun, (_("受理告知"), case.accepted_at)]
    if case.escalated_at is not None:
        known.insert(2, (_("上报上级"), case.escalated_at))
    before = [step for step in known if step[1] is not None]
    way: Way = [*before, (_("转送交办"), _last(history, "refer")), (_("送达办结"), case.closed_at)]
    return _bar(way, len(before) if status is Status.REFERRED else len(way))


def _after(case: Case, history: Sequence[AuditEvent]) -> Way:
    """Service, execution, review and the end, as far as they came up."""
    way: Way = [(_("送达"), case.served_on)]
    executed = _last(history, "execute")
    if executed is not None:
        way.append((_("执行"), executed))
    for stage, word in _REVIEWS.items():
        asked = _last(history, f"ask_{stage}") or _last(history, f"send_{stage}")
        if asked is not None:
            way.append((_(word), asked))
    return [*way, (_("办结"), case.closed_at)]


def _reached_after(case: Case, status: Status, decided: int, history: Sequence[AuditEvent]) -> int:
    if case.closed_at is not None:
        return decided + 1 + len(_after(case, history))
    if status in (Status.EXECUTING, Status.REVIEWING, Status.RECHECKING):
        return decided + len(_after(case, history)) - 1
    if status is Status.DECIDED:
        return decided + 1
    if status in (Status.SERVED, Status.REVIEWED):
        return decided + len(_after(case, history))
    # 责令重作: it is being handled again.
    return decided


def _last(history: Sequence[AuditEvent], action: str) -> datetime | None:
    return next((event.at for event in reversed(history) if event.action == f"case:{action}"), None)


def _bar(way: Way, reached: int) -> list[Step]:
    """``reached`` steps are done; the next one is where the case stands now."""
    states = ["done"] * reached + ["now"] + ["next"] * len(way)
    return [
        Step(label, state, at if state != "next" else None) for (label, at), state in zip(way, states, strict=False)
    ]
