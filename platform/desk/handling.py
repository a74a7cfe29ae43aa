"""What the page of a case shows of its handling: results, tasks, ratings, follow-up, assignments, as plain lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from flask import url_for

from access import queries as accounts
from access.actor import Work
from cases import follow_ups, gains, ratings, tasking
from cases.handling import CaseAssignment, CaseRating, CaseTask, FollowUp
from cases.handling_rules import (
    ASSIGNMENT_KINDS,
    BY_OPINION,
    BY_STAFF,
    CONTENT,
    DISPOSITIONS,
    GROUNDS,
    MEASURES,
    RATED,
    TOLD_HOW,
    UNSTATED,
)
from cases.models import Case
from cases.presence import Presence
from cases.queries import File
from cases.rules import RATING_LABELS, Rating
from doorway.presenting import Lamp, lamp
from doorway.words import N_, _
from tenants import departments, settings

TASK_STATUS: dict[str, str] = {"open": N_("办理中"), "answered": N_("已答复"), "withdrawn": N_("已撤回")}


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task as a list shows it."""

    id: UUID
    asked: str
    whom: str
    due_on: date
    lamp: Lamp | None
    status: str
    is_open: bool
    is_late: bool
    answer: str
    ended_at: datetime | None
    ended_by: str
    number: str
    #: Where the task is answered.
    url: str
    #: The case's page, for those who see the case.
    case_url: str = ""


@dataclass(frozen=True, slots=True)
class RatingLine:
    """A rating with whose hand it was, always."""

    about: str
    word: str
    hand: str
    reason: str
    at: datetime
    bad: bool


@dataclass(frozen=True, slots=True)
class FollowLine:
    """One follow-up: planned, or with what came of it."""

    place: int
    due_on: date
    told: str
    note: str
    url: str
    retaliation: bool
    waits: bool


@dataclass(frozen=True, slots=True)
class AssignmentLine:
    """One line of the 回避 record."""

    what: str
    who: str
    by: str
    at: datetime
    said: str


@dataclass(frozen=True, slots=True)
class Handling:
    """All of it."""

    dispositions: Mapping[int, str] = field(default_factory=dict)
    measures: tuple[str, ...] = ()
    recovered: str = ""
    helped: int | None = None
    tasks: Sequence[TaskLine] = ()
    ratings: Sequence[RatingLine] = ()
    latest: Sequence[RatingLine] = ()
    follow_ups: Sequence[FollowLine] = ()
    dissatisfied: bool = False

    @property
    def has_result(self) -> bool:
        """Whether anything but dispositions was put down."""
        return bool(self.measures or self.recovered or self.helped is not None)


def handling_of(work: Work, file: File, there: Presence) -> Handling:
    """Everything about the handling of a case that the actor sees; what is not there is not asked for."""
    case = file.case
    result = gains.result_of(work, case.id) if there.results else None
    disposed = gains.dispositions_of(work, file.claims) if there.dispositions else {}
    rated = ratings.of_case(work, case.id) if there.ratings else ()
    planned = follow_ups.of_case(work, case.id) if there.follow_ups else ()
    tasks = [(task, case) for task in tasking.of_case(work, case.id)] if there.tasks else []
    latest = ratings.latest(rated)
    return Handling(
        dispositions={position: disposition_word(*told) for position, told in disposed.items()},
        measures=tuple(MEASURES.get(code, code) for code in result.measures) if result else (),
        recovered=gains.yuan(result.recovered_fen) if result else "",
        helped=result.helped if result else None,
        tasks=task_lines(work, tasks, sees_case=True),
        ratings=[rating_line(row) for row in rated],
        latest=[rating_line(latest[about]) for about in RATED if about in latest],
        follow_ups=[follow_line(case, row) for row in planned],
        dissatisfied="unit" in latest and latest["unit"].rating == Rating.DISSATISFIED,
    )


def result_defaults(work: Work, file: File, names: Sequence[str]) -> dict[str, str]:
    """What a form about results begins with: what was put down, else what follows from the opinions."""
    found: dict[str, str] = {}
    if "dispositions" in names:
        held = gains.dispositions_of(work, file.claims)
        for claim in file.claims:
            word, aided = held.get(claim.position, (BY_OPINION.get(claim.opinion or "", ""), False))
            found |= {f"dispositions.{claim.position}.disposition": word} if word else {}
            found |= {f"dispositions.{claim.position}.aided": "1"} if aided else {}
    result = gains.result_of(work, file.case.id) if "measures" in names else None
    if result is not None:
        found |= {f"measures.{code}": "1" for code in result.measures}
        if result.recovered_fen is not None:
            found["recovered"] = gains.yuan(result.recovered_fen).removesuffix("元").replace(",", "")
        if result.helped is not None:
            found["helped"] = str(result.helped)
    return found


def disposition_word(disposition: str, aided: bool) -> str:
    """``解决问题到位、帮扶救助到位``."""
    words = [DISPOSITIONS[disposition], *([DISPOSITIONS["aided"]] if aided else [])]
    return "、".join(words)


def task_lines(work: Work, rows: Iterable[tuple[CaseTask, Case]], *, sees_case: bool = False) -> list[TaskLine]:
    """Lines of tasks, in the order given."""
    found = list(rows)
    if not found:
        return []
    involved = {user for task, _case in found for user in (task.handler_id, task.ended_by)}
    people = accounts.names(work.session, involved)
    places, today = departments.names_of(work.session), work.clock.today()
    bands = settings.of(work.session).warning_bands
    lines = []
    for task, case in found:
        is_open = task.status == "open"
        place = places.get(task.department_id, "") if task.department_id else ""
        person = people.get(task.handler_id, "") if task.handler_id else ""
        lines.append(
            TaskLine(
                id=task.id,
                asked=task.asked,
                whom=" ".join(word for word in (place, person) if word),
                due_on=task.due_on,
                lamp=lamp(task.due_on, today, begun=task.asked_on, bands=bands) if is_open else None,
                status=_(TASK_STATUS[task.status]),
                is_open=is_open,
                is_late=is_open and task.due_on < today,
                answer=task.answer or "",
                ended_at=task.ended_at,
                ended_by=people.get(task.ended_by, "") if task.ended_by else "",
                number=case.number,
                url=url_for("desk.department_task", case_task_id=task.id),
                case_url=url_for("desk.case_page", number=case.number) if sees_case else "",
            )
        )
    return lines


def rating_line(row: CaseRating) -> RatingLine:
    """One rating in words; a clerk's is shown as such wherever it is shown."""
    if row.entered_by == BY_STAFF:
        how = _("没有注明方式") if row.told_how in (None, UNSTATED) else TOLD_HOW[str(row.told_how)]
        hand = _("（工作人员代录）· %(how)s", how=how)
    else:
        hand = _("（信访人本人评价）")
    return RatingLine(
        about=RATED[row.about],
        word=RATING_LABELS[Rating(row.rating)],
        hand=hand,
        reason=row.reason,
        at=row.recorded_at,
        bad=row.rating == Rating.DISSATISFIED,
    )


def follow_line(case: Case, row: FollowUp) -> FollowLine:
    """One follow-up in words."""
    if row.contacted_at is None:
        told = _("到期后回访") if row.opened_on is None else _("等待回访")
    elif not row.reached:
        told = _("没有联系上")
    else:
        told = _("已联系，对办理结果：%(word)s", word=CONTENT[str(row.content)])
    return FollowLine(
        place=row.place,
        due_on=row.due_on,
        told=told,
        note=row.note or "",
        url=follow_ups.link_of(case, row),
        retaliation=bool(row.retaliation),
        waits=row.contacted_at is None,
    )


def assignment_lines(rows: Sequence[CaseAssignment], people: Mapping[UUID, str]) -> list[AssignmentLine]:
    """The 回避 record of a case in words."""
    return [
        AssignmentLine(
            what=_(ASSIGNMENT_KINDS[row.kind]),
            who=people.get(row.user_id, ""),
            by=people.get(row.by_id, "") if row.by_id else _("系统"),
            at=row.at,
            said=_said(row),
        )
        for row in rows
    ]


def _said(row: CaseAssignment) -> str:
    if row.kind == "permit":
        grounds = "、".join(GROUNDS.get(code, code) for code in row.grounds)
        return _("%(grounds)s；理由：%(reason)s", grounds=grounds, reason=row.reason)
    if row.declared:
        return _("声明：%(words)s", words=row.declared)
    return _("声明没有利害关系，系统核对没有发现需要回避的情形")
