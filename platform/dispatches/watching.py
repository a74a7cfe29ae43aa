"""Watch what only time or the other side makes true: letters, posts without a holder, years without a calendar.

Each side watches its own copies. What was found leaves a task once for each episode, and a task that only waited for
the letter to move on is closed when it did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, true
from sqlalchemy.exc import IntegrityError

from access.actor import Work
from access.roles import Role
from calendars.deadlines import UnknownYearError
from calendars.workdays import LIBRARY, WorkCalendar
from dispatches.copies import WATCHED_DAYS, awaits_recipient, binding, newest
from dispatches.kinds import OBJECTION_DAYS, WORKED, LetterKind
from dispatches.models import Letter, LetterEvent, RuleFiring
from dispatches.occasions import Occasion, backlog, scene_of
from dispatches.rules import TRIGGERS, UNSIGNED_DAYS, Outcome, Trigger
from dispatches.ruling import key_of, seen_by, write_firing
from dispatches.workflow import OPEN, LetterStatus, Side
from kernel.clock import china_date
from kernel.db import PLATFORM_TENANT
from notices.models import Task
from notices.tasks import ask_for_holder, close_by_key, open_task, vacant
from tenants import workdays

#: From this month on the platform is asked for the next year's days: the arrangement is published in autumn.
ASK_FROM_MONTH = 10
_REDONE = 2
_SETTLED = "工作日历已收录，任务自动办结。"
_PASSING = frozenset(row.trigger for row in TRIGGERS.values() if row.passing)


@dataclass(frozen=True, slots=True)
class Standing:
    """One open letter: our copy, where it stands since which event, the date that binds, and what happened to it."""

    letter: Letter
    status: LetterStatus
    seq: int
    due_on: date
    refused: int
    redone: int

    @property
    def incoming(self) -> bool:
        """Whether this union received it."""
        return self.letter.side == Side.RECIPIENT

    @property
    def kind(self) -> LetterKind:
        """What the letter is."""
        return LetterKind(self.letter.kind)


def arrived(work: Work, payload: Mapping[str, Any]) -> None:
    """Consumer of ``letter.event``: the other side just wrote, and what waits for us now is told within seconds."""
    _look(work, _standings(work, letter_id=UUID(str(payload["letter"]))))


def watch(work: Work) -> int:
    """Look at everything of one union that only waiting makes true; returns how many tasks were left for letters.

    A constant number of statements when nothing is new.
    """
    told = _look(work, _standings(work))
    _close_passed(work)
    for role in vacant(work.session):
        if role is not Role.TENANT_ADMIN:
            ask_for_holder(work, role)
    _tell_backlog(work)
    return told


def _look(work: Work, standings: Sequence[Standing]) -> int:
    found: list[tuple[Occasion, Standing]] = []
    calendar = workdays.of(work.session) if standings else LIBRARY
    for standing in standings:
        try:
            triggers = list(_true_of(standing, work.clock.today(), calendar))
        except UnknownYearError as error:
            ask_for_calendar(work, error.year)
            triggers = list(_true_of(standing, None, calendar))
        found += [(Occasion(trigger.value, standing.letter.id, episode), standing) for trigger, episode in triggers]
    if not found:
        return 0
    told = _told(work, {occasion.subject_id for occasion, _standing in found})
    fresh = [(occasion, standing) for occasion, standing in found if occasion not in told]
    return sum(_settle(work, occasion, standing) for occasion, standing in fresh)


def _standings(work: Work, *, letter_id: UUID | None = None) -> list[Standing]:
    latest = newest(work)

    def times(action: str) -> Any:
        return (
            select(func.count())
            .select_from(LetterEvent)
            .where(
                LetterEvent.tenant_id == work.tenant_id,
                LetterEvent.letter_id == Letter.id,
                LetterEvent.action == action,
            )
            .correlate(Letter)
            .scalar_subquery()
        )

    statement = (
        select(
            Letter,
            latest.status,
            latest.seq,
            binding(work).label("binding"),
            times("refuse_objection").label("refused"),
            times("redo").label("redone"),
        )
        .select_from(Letter)
        .join(latest, true())
        .where(
            Letter.tenant_id == work.tenant_id,
            latest.status.in_([status.value for status in OPEN]),
            Letter.sent_at >= work.clock.now() - timedelta(days=WATCHED_DAYS),
            Letter.id == letter_id if letter_id is not None else true(),
        )
    )
    return [
        Standing(row.Letter, LetterStatus(row.status), row.seq, row.binding, row.refused, row.redone)
        for row in work.session.execute(statement)
    ]


def _true_of(standing: Standing, today: date | None, calendar: WorkCalendar) -> Sequence[tuple[Trigger, str]]:
    """Triggers that are true of one letter with their episodes; without a day, those that need no calendar.

    :raises UnknownYearError: when the days of a right or a duty lie in a year that nobody has published yet.
    """
    found: list[tuple[Trigger, str]] = []
    incoming, status = standing.incoming, standing.status
    if standing.refused:
        found.append((Trigger.OBJECTION_REFUSED, str(standing.refused)))
    if standing.redone >= _REDONE:
        found.append((Trigger.REDONE_TWICE, str(standing.redone)))
    if not incoming and status is LetterStatus.OBJECTED:
        found.append((Trigger.OBJECTION_WAITS, str(standing.seq)))
    if not incoming and status is LetterStatus.EXTENSION:
        found.append((Trigger.EXTENSION_WAITS, str(standing.seq)))
    if today is None:
        return found
    if awaits_recipient(standing.kind, status) and standing.due_on < today:
        found.append((Trigger.REPLY_OVERDUE if incoming else Trigger.ANSWER_LATE, str(standing.due_on)))
    came = china_date(standing.letter.sent_at)
    if status is LetterStatus.SENT and today > calendar.add_working_days(came, UNSIGNED_DAYS):
        found.append((Trigger.UNSIGNED if incoming else Trigger.NOT_TAKEN, "once"))
    if incoming and standing.kind in WORKED and status in (LetterStatus.SENT, LetterStatus.SIGNED):
        first = calendar.add_working_days(came, OBJECTION_DAYS - 1)
        if first <= today <= calendar.add_working_days(came, OBJECTION_DAYS):
            found.append((Trigger.OBJECTION_ENDS, "once"))
    return found


def _told(work: Work, letter_ids: set[UUID]) -> set[Occasion]:
    rows = work.session.execute(
        select(RuleFiring.rule, RuleFiring.subject_id, RuleFiring.episode).where(
            RuleFiring.tenant_id == work.tenant_id, RuleFiring.subject_id.in_(letter_ids)
        )
    )
    return {Occasion(row.rule, row.subject_id, row.episode) for row in rows}


def _settle(work: Work, occasion: Occasion, standing: Standing) -> int:
    row, letter = TRIGGERS[Trigger(occasion.name)], standing.letter
    try:
        with work.session.begin_nested():
            write_firing(work, occasion, Outcome.REMINDED)
            open_task(
                work,
                kind=f"trigger:{row.trigger.value}",
                title=row.words.format(number=letter.number),
                link=f"/dispatches/{letter.id}",
                role=seen_by(row.role, sealed=letter.sealed),
                key=key_of(occasion),
            )
    except IntegrityError as error:
        if getattr(getattr(error.orig, "diag", None), "constraint_name", None) != "pk_rule_firings":
            raise
        return 0
    return 1


#: Statuses in which the cause of a passing task is still there.
_WHILE: dict[Trigger, tuple[LetterStatus, ...]] = {
    Trigger.UNSIGNED: (LetterStatus.SENT,),
    Trigger.NOT_TAKEN: (LetterStatus.SENT,),
    Trigger.OBJECTION_ENDS: (LetterStatus.SENT, LetterStatus.SIGNED),
    Trigger.OBJECTION_WAITS: (LetterStatus.OBJECTED,),
    Trigger.EXTENSION_WAITS: (LetterStatus.EXTENSION,),
}


def _close_passed(work: Work) -> None:
    """Close tasks that only waited for a letter to move on, when it did."""
    kinds = ["calendar", *(f"trigger:{trigger.value}" for trigger in _PASSING)]
    keys = work.session.scalars(
        select(Task.key).where(Task.tenant_id == work.tenant_id, Task.done_at.is_(None), Task.kind.in_(kinds))
    ).all()
    if not keys:
        return
    for key in [key for key in keys if key.startswith("calendar:")]:
        if workdays.of(work.session).knows(int(key.split(":")[1])):
            close_by_key(work, key, _SETTLED)
    passing = [key.split(":") for key in keys if not key.startswith("calendar:")]
    waiting = {":".join(parts): (Trigger(parts[0]), UUID(parts[1])) for parts in passing}
    latest = newest(work)
    rows = work.session.execute(
        select(Letter.id, latest.status)
        .select_from(Letter)
        .join(latest, true())
        .where(Letter.tenant_id == work.tenant_id, Letter.id.in_({letter for _trigger, letter in waiting.values()}))
    )
    status = {row.id: LetterStatus(row.status) for row in rows}
    for key, (trigger, letter_id) in waiting.items():
        if status.get(letter_id) not in _WHILE[trigger]:
            close_by_key(work, key, "函件已进入下一步，任务自动办结。")


def ask_for_calendar(work: Work, year: int) -> None:
    """A deadline in working days falls into a year without a calendar: somebody has to publish it, nobody guesses."""
    platform = work.tenant_id == PLATFORM_TENANT
    told = "更新工作日历" if platform else "联系平台管理员更新工作日历"
    open_task(
        work,
        kind="calendar",
        title=f"{year}年的节假日安排尚未收录，以工作日计算的期限无法确定，请{told}。",
        link=f"/admin/calendar/{year}" if platform else "/admin/users",
        role=Role.PLATFORM_ADMIN if platform else Role.TENANT_ADMIN,
        key=f"calendar:{year}",
    )


def watch_calendar(work: Work) -> None:
    """Ask the platform's administrator for this year's working days, and from October on for the next year's."""
    calendar, today = workdays.of(work.session), work.clock.today()
    for year in (today.year, today.year + 1):
        if calendar.knows(year):
            close_by_key(work, f"calendar:{year}", _SETTLED)
        elif year == today.year or today.month >= ASK_FROM_MONTH:
            ask_for_calendar(work, year)


def _tell_backlog(work: Work) -> None:
    """Once a month one task about cases that were late when they were registered: no letter and no task for each."""
    scene = scene_of(work)
    count = backlog(work, scene)
    if not count:
        return
    occasion = Occasion("backlog", UUID(int=0), f"{scene.today:%Y-%m}")
    if occasion in _told(work, {occasion.subject_id}):
        return
    try:
        with work.session.begin_nested():
            write_firing(work, occasion, Outcome.REMINDED)
            open_task(
                work,
                kind="backlog",
                title=f"有{count}件信访件登记时已超过期限，请清理并督办。",
                link="/cases/?overdue=1",
                role=Role.SUPERVISOR,
                key="backlog",
            )
    except IntegrityError as error:
        if getattr(getattr(error.orig, "diag", None), "constraint_name", None) != "pk_rule_firings":
            raise
