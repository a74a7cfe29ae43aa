"""批量改派: several cases to one handler, each by the same act as one alone, all of them or none.

What stands in the way of each case is said before anything is written, in as many statements as for one case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from access import queries as accounts
from access.actor import Work
from access.models import User
from cases import avoidance, conditions, policy, queries
from cases.conditions import Standing
from cases.handling_rules import AVOIDANCE
from cases.models import Case
from cases.queries import Filter
from cases.services import perform
from cases.table import OFFICE
from cases.workflow import CASE_WORKFLOW, OPEN, STATUS_LABELS, Status
from kernel.errors import ConflictError, ForbiddenError, IllegalTransitionError, InvalidError, NotFoundError
from tenants import departments

ACTION = "assign"
#: Who may give cases to somebody else, as the table has it.
WHO = OFFICE
#: A page that a person can still read before confirming; more go in a second turn.
MOST = 200
#: Each case stays with the department that it has.
KEEP = "keep"
_SHORTEST, _LONGEST = 4, 500


@dataclass(frozen=True, slots=True)
class Giving:
    """To whom, in which department (:data:`KEEP`, an id or nothing) and why."""

    user: User
    department: str
    reason: str

    def data(self) -> dict[str, str]:
        """The fields of the single act; a department that is not told stays as it is."""
        told = {"assignee": str(self.user.id), "reason": self.reason}
        return told if self.department == KEEP else told | {"department": self.department}


@dataclass(frozen=True, slots=True)
class Look:
    """One case and what stands in its way; an empty sentence means that it can be given."""

    case: Case
    problem: str = ""


class ChangedError(ConflictError):
    """Cases changed since they were confirmed; ``numbers`` says which. Nothing was written."""

    def __init__(self, numbers: Sequence[str]) -> None:
        named = "、".join(numbers[:10]) + (f"等{len(numbers)}件" if len(numbers) > 10 else "")
        super().__init__(f"核对以后，{named}有变化；没有改派任何一件，请按现在的情况重新核对。")
        self.numbers = tuple(numbers)


def chosen(work: Work, numbers: Sequence[str]) -> Sequence[Case]:
    """The cases of these numbers, the first due first.

    :raises InvalidError: for none, or more than :data:`MOST`.
    :raises NotFoundError: when one is not there or not the actor's to see.
    """
    work.actor.require(WHO)
    wanted = list(dict.fromkeys(numbers))
    _check_count(len(wanted))
    found = work.session.scalars(
        select(Case)
        .where(Case.tenant_id == work.tenant_id, Case.number.in_(wanted), policy.visible(work.actor))
        .order_by(Case.due_on.asc().nulls_last(), Case.id)
    ).all()
    if len(found) != len(wanted):
        raise NotFoundError
    return found


def matching(work: Work, wanted: Filter) -> Sequence[Case]:
    """All cases of a filter, as the list has them.

    :raises InvalidError: for none or more than :data:`MOST`, and for a filter that the list refuses.
    """
    work.actor.require(WHO)
    page = queries.newest(work, wanted, limit=MOST)
    if not page.cases:
        sentence = "没有符合条件的信访件，请回到列表重新查询。"
        raise InvalidError(sentence, fields={"number": sentence})
    _check_count(MOST + 1 if page.next_cursor else MOST)
    return page.cases


def _check_count(count: int) -> None:
    if not count:
        sentence = "没有选择信访件，请先在列表里勾选。"
    elif count > MOST:
        sentence = f"一次最多改派{MOST}件，所选的超过了{MOST}件；请缩小筛选条件，分几次办理。"
    else:
        return
    raise InvalidError(sentence, fields={"number": sentence})


def giving(work: Work, assignee: str, department: str, reason: str) -> Giving:
    """What was filled in once for all of them.

    :raises InvalidError: with one sentence a field.
    """
    problems: dict[str, str] = {}
    user = None
    try:
        user = accounts.locked_holder(work.session, UUID(assignee), policy.holders_of(sealed=False))
    except ValueError:
        problems["assignee"] = "请选择承办人。"
    if user is None:
        problems.setdefault("assignee", "所选承办人不存在或已停用，请重新选择。")
    if department not in ("", KEEP):
        try:
            if not departments.get(work, UUID(department)).active:
                problems["department"] = "所选部门已停用，请选择其他部门。"
        except (ValueError, NotFoundError):
            problems["department"] = "没有这个部门，请重新选择。"
    words = reason.strip()
    if not _SHORTEST <= len(words) <= _LONGEST:
        problems["reason"] = f"请填写改派理由，{_SHORTEST}至{_LONGEST}个字；每件的办理记录里都会写明。"
    if problems or user is None:
        raise InvalidError("；".join(problems.values()), fields=problems)
    return Giving(user, department, words)


def look(work: Work, cases: Sequence[Case], give: Giving) -> list[Look]:
    """What stands in the way of each case: status, permission, 回避, sealed files. Nothing is written."""
    grounds = avoidance.grounds_of(work, cases, give.user.id)
    sees_sealed = bool(accounts.roles_of(work.session, give.user.id) & {*policy.holders_of(sealed=True)})
    return [Look(case, _problem(work, case, give, grounds, sees_sealed=sees_sealed)) for case in cases]


def _problem(
    work: Work, case: Case, give: Giving, grounds: Mapping[UUID, avoidance.Grounds], *, sees_sealed: bool
) -> str:
    status = Status(case.status)
    try:
        row = CASE_WORKFLOW.resolve(ACTION, status, work.actor.roles)
        conditions.check(row, Standing(case, work.actor, work.clock.today()))
    except ForbiddenError as error:
        return error.message
    except IllegalTransitionError:
        return _why_not(status)
    same_place = give.department == KEEP or give.department == str(case.department_id or "")
    barred = (
        (case.avoid_id == give.user.id, f"所选承办人已被标注需要回避（{AVOIDANCE}），请选择其他人。"),
        (case.id in grounds, avoidance.sentence(grounds.get(case.id, ()))),
        (case.sealed and not sees_sealed, policy.SEALED_HOLDERS),
        (case.assignee_id == give.user.id and same_place, "已经由所选承办人办理，不需要改派。"),
    )
    return next((sentence for holds, sentence in barred if holds), "")


def _why_not(status: Status) -> str:
    label = STATUS_LABELS[status]
    if status not in OPEN:
        return f"{label}，不再改派。"
    if status in (Status.REGISTERED, Status.TRIAGED):
        return f"{label}，还没有受理；请逐件办理受理告知，在受理时选择承办人。"
    return f"{label}，现在不能改派。"


def assign(work: Work, versions: Mapping[str, int], give: Giving) -> Sequence[Case]:
    """Give all the cases of ``versions`` (number → the version that was confirmed), each by the single act.

    All rows are locked first and in one order, so that two bulk acts wait for one another and neither is cut in two.
    Costs what as many single acts cost.

    :raises ChangedError: when one was changed since; nothing is written.
    :raises InvalidError: when one cannot be given any more, named by its number; nothing is written.
    :raises NotFoundError, ForbiddenError: as :func:`chosen`.
    """
    work.actor.require(WHO)
    _check_count(len(versions))
    cases = work.session.scalars(
        select(Case)
        .where(Case.tenant_id == work.tenant_id, Case.number.in_(versions), policy.visible(work.actor))
        .order_by(Case.id)
        .with_for_update(),
        execution_options={"populate_existing": True},
    ).all()
    if len(cases) != len(versions):
        raise NotFoundError
    changed = [case.number for case in cases if case.version != versions[case.number]]
    if changed:
        raise ChangedError(changed)
    barred = [each for each in look(work, cases, give) if each.problem]
    if barred:
        told = "；".join(f"{each.case.number}：{each.problem}" for each in barred[:10])
        raise InvalidError(f"没有改派任何一件。{told}")
    data: dict[str, Any] = give.data()
    return [perform(work, case.number, ACTION, data, version=case.version) for case in cases]
