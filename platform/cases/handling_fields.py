"""Fields of the handling: dispositions and results, tasks, 回避, first responsibility, mediators, ratings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from access import queries as accounts
from access.roles import CASE_ROLES, Role
from cases import registries
from cases.field_kit import Context, Rule, choice, coming_day, text
from cases.gains import read_yuan
from cases.handling import CaseTask
from cases.handling_rules import DISPOSITIONS, MEASURES, MOST_HELPED, RATED, TOLD_HOW, WITH_AID
from cases.policy import HOLDERS
from kernel.errors import InvalidError, NotFoundError
from tenants import departments, workdays

#: Who may be the first receiver: whoever receives petitioners (``policy.may_register``).
RECEIVERS = (Role.CLERK, Role.HANDLER, Role.OFFICE_HEAD)


def _dispositions(context: Context, value: Any) -> dict[int, tuple[str, bool]]:
    """``{"1": {"disposition": "solved", "aided": "1"}}``; a claim that is not named keeps what it has."""
    given = value if isinstance(value, Mapping) else {}
    found: dict[int, tuple[str, bool]] = {}
    problems: dict[str, str] = {}
    for claim in context.claims:
        entry = given.get(str(claim.position))
        word = entry.get("disposition") if isinstance(entry, Mapping) else None
        if not word or not isinstance(entry, Mapping):
            continue
        aided = str(entry.get("aided") or "").strip().lower() in ("1", "true", "on", "yes")
        name = f"dispositions.{claim.position}.disposition"
        if word not in DISPOSITIONS:
            problems[name] = f"请选择诉求{claim.position}的处理结果。"
        elif aided and word not in WITH_AID and word != "aided":
            problems[name] = f"诉求{claim.position}：帮扶救助可以与解决问题、思想教育同时选择，不与依法处理同时选择。"
        else:
            found[claim.position] = (str(word), aided and word in WITH_AID)
    if problems:
        raise InvalidError("；".join(problems.values()), fields=problems)
    return found


def several(label: str, options: Mapping[str, str]) -> Rule:
    """Any number of codes of a table, in the table's order."""

    def rule(_context: Context, value: Any) -> tuple[str, ...]:
        given = value if isinstance(value, list | tuple) else [value] if value else []
        if any(each not in options for each in given):
            raise InvalidError(f"请选择列出的{label}。")
        return tuple(code for code in options if code in given)

    return rule


def _recovered(_context: Context, value: Any) -> int | None:
    return read_yuan(value)


def _helped(_context: Context, value: Any) -> int | None:
    words = str(value if value is not None else "").strip()
    if not words:
        return None
    if not words.isascii() or not words.isdecimal() or int(words[:10]) > MOST_HELPED:
        raise InvalidError("惠及人数请填0以上的整数。")
    return int(words)


def _uuid(value: Any, told: str) -> UUID:
    try:
        return UUID(str(value))
    except ValueError:
        raise InvalidError(told) from None


def _task_department(context: Context, value: Any) -> UUID | None:
    if value in (None, ""):
        return None
    try:
        row = departments.get(context.work, _uuid(value, "没有这个部门，请重新选择。"))
    except NotFoundError:
        raise InvalidError("没有这个部门，请重新选择。") from None
    if not row.active:
        raise InvalidError(f"“{row.name}”已停用，请选择其他部门。")
    return row.id


def somebody(label: str, roles: Sequence[Role], *, required: bool = True) -> Rule:
    """An active account with one of the roles, locked against being closed until the act is written."""
    told = f"请选择{label}。"

    def rule(context: Context, value: Any) -> UUID | None:
        if value in (None, "") and not required:
            return None
        user_id = _uuid(value, told)
        if accounts.locked_holder(context.work.session, user_id, roles) is None:
            raise InvalidError(f"所选{label}不存在或已停用，请重新选择。")
        return user_id

    return rule


_coming = coming_day("任务期限")


def _task_due(context: Context, value: Any) -> date:
    """Not after the case's own day; a holiday moves it on where the union lets deadlines roll over."""
    day: date = _coming(context, value)
    case, today = context.case, context.work.clock.today()
    latest = case.due_on if case.due_on is not None and case.due_on >= today else None
    if latest is not None and day > latest:
        raise InvalidError(f"任务期限不能晚于本件的期限（{latest.isoformat()}）。")
    rolling = workdays.rolling(context.work.session)
    rolled = rolling.end_on_workday(day) if rolling is not None else day
    return day if latest is not None and rolled > latest else rolled


def _open_task(context: Context, value: Any) -> UUID:
    told = "请选择要撤回的任务（只能撤回还没有办结的任务）。"
    task_id = _uuid(value, told)
    statement = select(CaseTask.id).where(CaseTask.id == task_id, CaseTask.case_id == context.case.id)
    if context.work.session.scalars(statement.where(CaseTask.status == "open")).first() is None:
        raise InvalidError(told)
    return task_id


_mediator_words = text("调解员或者调解组织")


def _mediator(context: Context, value: Any) -> str:
    name: str = _mediator_words(context, value)
    registries.check_mediator(context.work, context.case, name)
    return name


def _invited(context: Context, value: Any) -> tuple[str, ...]:
    """Names of bodies out of the union's list, by identifier."""
    given = value if isinstance(value, list | tuple) else [value] if value else []
    names = {str(body.id): body.name for body in registries.bodies(context.work)} if given else {}
    if any(str(each) not in names for each in given):
        raise InvalidError("所选单位不在外部机关名录中或已停用，请重新选择。")
    return tuple(names[str(each)] for each in given)


def _about(context: Context, value: Any) -> str:
    # Machines of earlier releases rated one subject: the one that answered.
    rule: Callable[[Context, Any], str] = choice("评价对象", RATED)
    return rule(context, value or "unit")


HANDLING_RULES: dict[str, Rule] = {
    "declared": text("承办人声明的利害关系", required=False),
    "dispositions": _dispositions,
    "measures": several("办理措施", MEASURES),
    "recovered": _recovered,
    "helped": _helped,
    "task_department": _task_department,
    "task_handler": somebody("经办人", tuple(CASE_ROLES), required=False),
    "task_asked": text("要求办理的事项", shortest=4),
    "task_due": _task_due,
    "open_task": _open_task,
    "interest": text("利害关系", shortest=4),
    "permitted": somebody("批准不回避的人员", HOLDERS),
    "first_handler": somebody("首办责任人", RECEIVERS),
    "mediator": _mediator,
    "invited": _invited,
    "rated_about": _about,
    "told_how": choice("信访人的评价是怎样得知的", TOLD_HOW),
}
