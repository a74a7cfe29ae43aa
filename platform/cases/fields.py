"""The fields that actions take: how each is checked, in one table. An action's row names the fields it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from access import queries as accounts
from access.actor import Work
from access.roles import Role
from cases.models import Case, Claim
from cases.rules import Opinion, Purpose, Refusal, Tier
from kernel.clock import china_date
from kernel.errors import InvalidError
from tenants.models import Category

DELIVERIES: dict[str, str] = {"in_person": "当面送达", "post": "邮寄送达", "online": "网上送达"}
MAX_TEXT = 10_000


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may look at."""

    work: Work
    case: Case
    claims: Sequence[Claim]


Rule = Callable[[Context, Any], Any]


def check(context: Context, names: Sequence[str], data: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the named fields, checked.

    :raises InvalidError: with one sentence for each field that breaks its rule.
    """
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name in names:
        try:
            values[name] = RULES[name](context, data.get(name))
        except InvalidError as error:
            problems.update(error.fields or {name: error.message})
    if problems:
        raise InvalidError("；".join(dict.fromkeys(problems.values())), fields=problems)
    return values


def _text(label: str, *, required: bool = True, shortest: int = 2) -> Rule:
    def rule(_context: Context, value: Any) -> str:
        cleaned = str(value or "").strip()
        if not cleaned and not required:
            return ""
        if len(cleaned) < shortest:
            raise InvalidError(f"请填写{label}。")
        if len(cleaned) > MAX_TEXT:
            raise InvalidError(f"{label}不能超过{MAX_TEXT}个字。")
        return cleaned

    return rule


def _choice(label: str, options: type) -> Rule:
    def rule(_context: Context, value: Any) -> str:
        if value not in set(options):  # type: ignore[call-overload]
            raise InvalidError(f"请选择{label}。")
        return str(value)

    return rule


def _category(context: Context, value: Any) -> Category:
    category = context.work.session.get(Category, str(value)) if value else None
    if category is None:
        raise InvalidError("请选择问题类别（所填类别不存在）。" if value else "请选择问题类别。")
    return category


def _assignee(context: Context, value: Any) -> UUID:
    try:
        user_id = UUID(str(value))
    except ValueError:
        raise InvalidError("请选择承办人。") from None
    handlers = accounts.holders(context.work.session, (Role.HANDLER, Role.OFFICE_HEAD))
    if user_id not in {account.id for account in handlers}:
        raise InvalidError("所选承办人不存在或已停用，请重新选择。")
    return user_id


def _opinions(context: Context, value: Any) -> dict[int, tuple[str, str]]:
    given = value if isinstance(value, Mapping) else {}
    opinions: dict[int, tuple[str, str]] = {}
    problems: dict[str, str] = {}
    for claim in context.claims:
        entry = given.get(str(claim.position)) or {}
        opinion = entry.get("opinion") if isinstance(entry, Mapping) else None
        finding = str(entry.get("finding") or "").strip() if isinstance(entry, Mapping) else ""
        if opinion not in set(Opinion):
            problems[f"opinions.{claim.position}.opinion"] = f"诉求{claim.position}还没有处理意见（件件有着落）。"
        elif not finding:
            problems[f"opinions.{claim.position}.finding"] = f"请写明诉求{claim.position}的处理意见内容。"
        else:
            opinions[claim.position] = (str(opinion), finding)
    if problems:
        raise InvalidError("每项诉求都要有处理意见。", fields=problems)
    return opinions


def _delivery(_context: Context, value: Any) -> str:
    if value not in DELIVERIES:
        raise InvalidError("请选择送达方式。")
    return str(value)


def _delivered_on(context: Context, value: Any) -> date:
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise InvalidError("请填写送达日期。") from None
    if day > context.work.clock.today():
        raise InvalidError("送达日期不能晚于今天。")
    if context.case.decided_at is not None and day < china_date(context.case.decided_at):
        raise InvalidError("送达日期不能早于处理意见作出之日。")
    return day


RULES: dict[str, Rule] = {
    "purpose": _choice("信访目的", Purpose),
    "category": _category,
    "tier": _choice("难易程度", Tier),
    "competence_note": _text("职权判断说明", required=False),
    "assignee": _assignee,
    "procedure": _text("处理途径和程序", required=False),
    "refusal": _choice("不予受理的理由", Refusal),
    "reason": _text("具体理由", shortest=4),
    "where_to_go": _text("可以向谁提出", shortest=4),
    "facts": _text("事实和理由", shortest=10),
    "basis": _text("法律法规依据", shortest=4),
    "opinions": _opinions,
    "delivery": _delivery,
    "delivered_on": _delivered_on,
    "result": _text("办理结果", shortest=4),
    "reply": _text("答复内容", shortest=4),
    "note": _text("办理情况"),
    "request": _text("请求上级工会解决的事项", shortest=4),
}
