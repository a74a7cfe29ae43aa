"""The fields of an act on a letter: how each is checked, in one table. The row names the fields that it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from access.actor import Work
from calendars.deadlines import UnknownYearError
from calendars.workdays import WorkCalendar
from dispatches.kinds import ADOPTIONS, EXTENSION_DAYS, LONGEST_ORDER_DAYS, OBJECTION_DAYS, WORKED
from dispatches.models import Letter, LetterEvent
from kernel.clock import china_date
from kernel.errors import InvalidError
from tenants import queries as tenants
from tenants import workdays
from tenants.models import Tenant
from tenants.relations import relation
from tenants.standing import Relation

MAX_TEXT = 10_000
#: 条例 art. 23 asks for detailed reasons.
SHORTEST_OBJECTION = 10


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may look at: our copy, its newest event, the date that binds now and the action."""

    work: Work
    letter: Letter
    latest: LetterEvent
    due_on: date
    action: str


def check(
    context: Context, names: tuple[str, ...], data: Mapping[str, Any], *, optional: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """The values of the named fields, checked; an optional one that was left empty is left out.

    :raises InvalidError: with one sentence for each field that breaks its rule.
    """
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name in names:
        given = data.get(name)
        if name in optional and (given is None or not str(given).strip()) and not _needed(context, name):
            continue
        try:
            values[name] = _RULES[name](context, given)
        except InvalidError as error:
            problems[name] = error.message
    if problems:
        raise InvalidError("；".join(dict.fromkeys(problems.values())), fields=problems)
    return values


def objection_until(letter: Letter, calendar: WorkCalendar) -> date:
    """The last day on which the recipient may object: five working days after the letter came (条例 art. 23).

    :raises InvalidError: for a year whose holidays are not known; guessing would shorten or lengthen a right.
    """
    try:
        return calendar.add_working_days(china_date(letter.sent_at), OBJECTION_DAYS)
    except UnknownYearError as error:
        raise InvalidError(str(error), code="unknown_year") from None


def right_to_object(work: Work, letter: Letter) -> tuple[date | None, bool]:
    """The last day to object, where the kind knows one and the calendar reaches it; and whether it has not passed."""
    if letter.kind not in WORKED:
        return None, True
    try:
        until = objection_until(letter, workdays.of(work.session))
    except InvalidError:
        return None, True  # the act itself says that the calendar ends before the right does
    return until, work.clock.today() <= until


def _needed(context: Context, name: str) -> bool:
    """An answer to a suggestion says whether it is adopted (条例 art. 40)."""
    return name == "adoption" and bool(context.letter.snapshot.get("details", {}).get("suggestion"))


def _text(context: Context, value: Any) -> str:
    cleaned = str(value or "").strip()
    shortest = SHORTEST_OBJECTION if context.action == "object" else 4
    if len(cleaned) < shortest:
        raise InvalidError(f"请填写{_WORDS.get(context.action, '内容')}（不少于{shortest}个字）。")
    if len(cleaned) > MAX_TEXT:
        raise InvalidError(f"内容不能超过{MAX_TEXT}个字。")
    return cleaned


_WORDS = {
    "answer": "答复或交办的内容",
    "order": "答复或交办的内容",
    "object": "提出异议的详细理由",
    "ask_extension": "申请延期的理由",
    "deny_extension": "不同意延期的理由",
    "refuse_objection": "不同意退回的理由",
    "withdraw": "撤回的原因",
    "return": "退回的理由",
    "redo": "退回重办的要求",
    "progress": "进展情况",
    "reply": "办理结果",
    "designate": "指定受理单位的理由",
    "conclude": "复查（复核）意见要点",
}


def _due_on(context: Context, value: Any) -> date:
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise InvalidError("请填写办结期限（日期）。") from None
    today = context.work.clock.today()
    if context.action in ("ask_extension", "grant_extension"):
        latest = context.due_on + timedelta(days=EXTENSION_DAYS)
        if not max(context.due_on, today - timedelta(days=1)) < day <= latest:
            raise InvalidError(
                f"延期后的期限应晚于现在的期限（{context.due_on.isoformat()}）且不早于今天，最多延长{EXTENSION_DAYS}日。"
            )
    elif not today <= day <= today + timedelta(days=LONGEST_ORDER_DAYS):
        raise InvalidError("办结期限应在今天之后的一年以内。")
    return day


def _adoption(_context: Context, value: Any) -> str:
    if value not in ADOPTIONS:
        raise InvalidError("请说明建议的采纳情况（采纳、部分采纳或者不采纳）。")
    return str(value)


def _unit(context: Context, value: Any) -> Tenant:
    work = context.work
    number = int(str(value)) if str(value).isdecimal() and len(str(value)) < 19 else 0
    union = work.session.get(Tenant, number) if number else None
    if union is None or union.status == "closed":
        raise InvalidError("请选择承担的单位。")
    below = relation(work.session, work.tenant_id, union.id).kind is Relation.DOWN
    if context.action == "designate":
        if not below and union.id != work.tenant_id:
            raise InvalidError("只能指定本单位或者本单位的下级受理。")
        if union.status != "active":
            raise InvalidError(f"{union.name}目前已停用，不能指定其受理。")
    if context.action == "forward" and (not below or union.id == context.letter.sender_id):
        raise InvalidError("只能转交本单位的下级办理，且不能退给发函单位自己。")
    return tenants.get(work.session, union.id)


_RULES: dict[str, Callable[[Context, Any], Any]] = {
    "text": _text,
    "note": _text,
    "due_on": _due_on,
    "adoption": _adoption,
    "unit": _unit,
}
