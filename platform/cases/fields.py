"""The fields that actions take: how each is checked, in one table. An action's row names the fields it needs."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from access import queries as accounts
from cases import accused, avoidance, policy
from cases.field_kit import MAX_TEXT, Context, Rule, choice, flag, read_day, text
from cases.handling_fields import HANDLING_RULES
from cases.procedure_fields import PROCEDURE_RULES
from cases.rules import ON_THE_SPOT_PURPOSES, Opinion, Purpose, Rating, Refusal, Tier
from kernel.clock import china_date
from kernel.errors import InvalidError, NotFoundError
from tenants import codes, departments
from tenants import queries as tenants
from tenants.house import CodeTable
from tenants.models import Category

__all__ = ["DELIVERIES", "MAX_TEXT", "RULES", "WAYS", "Context", "check"]

DELIVERIES: dict[str, str] = {"in_person": "当面送达", "post": "邮寄送达", "online": "网上送达"}
#: How a matter is handed to another union, as the petitioner is told.
WAYS: dict[str, str] = {"transfer": "转送", "order": "交办"}


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
    if user_id == context.case.avoid_id:
        raise InvalidError("所选承办人已被标注需要回避（《信访工作条例》第二十八条第三款），请选择其他人。")
    avoidance.check_assignee(context.work, context.case, user_id)
    # Locked until the assignment is written: somebody whose account is being closed is not given a case meanwhile.
    if accounts.locked_holder(context.work.session, user_id, policy.holders_of(sealed=False)) is None:
        raise InvalidError("所选承办人不存在或已停用，请重新选择。")
    sealed = context.case.sealed
    if sealed and not accounts.roles_of(context.work.session, user_id) & {*policy.holders_of(sealed=True)}:
        raise InvalidError(policy.SEALED_HOLDERS)
    return user_id


def _department(context: Context, value: Any) -> UUID | None:
    """An open department. Not told at all (a machine that knows no departments): the case keeps its own."""
    if value is None:
        return context.case.department_id
    if value == "":
        return None
    try:
        department = departments.get(context.work, UUID(str(value)))
    except (ValueError, NotFoundError):
        raise InvalidError("没有这个部门，请重新选择。") from None
    if not department.active and department.id != context.case.department_id:
        raise InvalidError(f"“{department.name}”已停用，请选择其他部门。")
    return department.id


def _plain(words: str) -> str:
    """Words without width, spaces and punctuation: moving a comma makes no new finding."""
    return "".join(char for char in unicodedata.normalize("NFKC", words) if char.isalnum()).casefold()


def _not_the_same_again(context: Context, opinions: Mapping[int, tuple[str, str]]) -> None:
    """责令重作 (T30): the same opinion on the same findings may not be given twice."""
    if context.case.review_outcome != "redo" or context.case.review_stage is not None:
        return
    before = {claim.position: (claim.opinion, _plain(claim.finding or "")) for claim in context.claims}
    if all(before[place] == (opinion, _plain(finding)) for place, (opinion, finding) in opinions.items()):
        told = "原处理意见已被撤销并责令重作，不得以同一事实和理由作出相同的意见；请重新调查后修改意见内容。"
        raise InvalidError(told, fields={"opinions": told})


def _opinions(context: Context, value: Any) -> dict[int, tuple[str, str]]:
    given = value if isinstance(value, Mapping) else {}
    opinions: dict[int, tuple[str, str]] = {}
    problems: dict[str, str] = {}
    for claim in context.claims:
        entry = given.get(str(claim.position)) or {}
        opinion = entry.get("opinion") if isinstance(entry, Mapping) else None
        finding = str(entry.get("finding") or "").strip() if isinstance(entry, Mapping) else ""
        if opinion not in set(Opinion):
            problems[f"opinions.{claim.position}.opinion"] = (
                f"诉求{claim.position}还没有处理意见（件件有着落，《信访工作条例》第三十二条）：请选择意见并写明内容。"
            )
        elif not finding:
            problems[f"opinions.{claim.position}.finding"] = f"请写明诉求{claim.position}的处理意见内容。"
        else:
            opinions[claim.position] = (str(opinion), finding)
    if problems:
        raise InvalidError("每项诉求都要有处理意见。", fields=problems)
    _not_the_same_again(context, opinions)
    return opinions


def _spot_purpose(_context: Context, value: Any) -> str:
    if value not in ON_THE_SPOT_PURPOSES:
        raise InvalidError(
            "请选择信访目的：只有咨询、感谢和意见建议可以当场答复；申诉求决、检举控告请甄别分流后按程序办理。"
        )
    return str(value)


def _delivery(context: Context, value: Any) -> str:
    if value not in codes.words(context.work.session, CodeTable.DELIVERY, DELIVERIES):
        raise InvalidError("请选择送达方式。")
    return str(value)


def _delivered_on(context: Context, value: Any) -> date:
    day = read_day("送达日期", value)
    if day > context.work.clock.today():
        raise InvalidError("送达日期不能晚于今天。")
    if context.case.decided_at is not None and day < china_date(context.case.decided_at):
        raise InvalidError("送达日期不能早于处理意见作出之日。")
    return day


def _accused(context: Context, value: Any) -> int | None:
    """The number of the union complained of, from its name, its slug or a part of either that fits no other."""
    text = str(value or "").strip()
    if not text:
        return None
    found = tenants.named(context.work.session, text, limit=2)
    if not found:
        raise InvalidError("没有找到这个工会组织，请填写它在平台上的全称或代号；不在平台上的单位不用填。")
    if len(found) > 1:
        raise InvalidError("有多个工会组织符合所填内容，请填写全称或代号。")
    return found[0].id


def _accused_staff(context: Context, value: Any) -> tuple[UUID, ...]:
    """Accounts of the union's own people whom the matter accuses (被反映人)."""
    given = value if isinstance(value, list | tuple) else [value] if value else []
    try:
        named = tuple(dict.fromkeys(UUID(str(each)) for each in given))
    except ValueError:
        raise InvalidError("所选被反映人不是本会在用的工作人员，请重新选择。") from None
    if problem := accused.problem(context.work, {*named}):
        raise InvalidError(problem)
    return named


def _way(_context: Context, value: Any) -> str:
    if value not in WAYS:
        raise InvalidError("请选择转送或者交办。")
    return str(value)


def _outcomes(context: Context, value: Any) -> dict[int, tuple[str, str]]:
    """What another union reported claim by claim: an entry that is none of this case's is left out, not refused."""
    given = value if isinstance(value, Mapping) else {}
    outcomes: dict[int, tuple[str, str]] = {}
    for claim in context.claims:
        entry = given.get(str(claim.position))
        if isinstance(entry, Mapping) and entry.get("opinion") in set(Opinion) and str(entry.get("finding") or ""):
            outcomes[claim.position] = (str(entry["opinion"]), str(entry["finding"])[:MAX_TEXT])
    return outcomes


_BASIS = "处理意见书应当载明依据的法律法规（《信访工作条例》第三十二条），请写明名称和条款，例如《劳动法》第五十条"

RULES: dict[str, Rule] = {
    "purpose": choice("信访目的", frozenset(Purpose)),
    "category": _category,
    "tier": choice("难易程度", frozenset(Tier)),
    "competence_note": text("职权判断说明", required=False),
    "retaliation": flag,
    "conflict": flag,
    "accused": _accused,
    "accused_staff": _accused_staff,
    "department": _department,
    "assignee": _assignee,
    "procedure": text("处理途径和程序", required=False),
    "refusal": choice("不予受理的理由", frozenset(Refusal)),
    "reason": text("具体理由", shortest=4),
    "where_to_go": text("可以向谁提出", shortest=4),
    "facts": text("事实和理由", shortest=10),
    "basis": text("法律法规依据", shortest=4, why=_BASIS),
    "opinions": _opinions,
    "delivery": _delivery,
    "delivered_on": _delivered_on,
    "result": text("办理结果", shortest=4),
    "spot_purpose": _spot_purpose,
    "reply": text("答复内容", shortest=4),
    "note": text("办理情况"),
    "rating": choice("评价", frozenset(Rating)),
    "way": _way,
    "destination": text("去向单位"),
    "outcomes": _outcomes,
    "request": text("请求上级工会解决的事项", shortest=4),
    "own_words": text("要补充、说明的内容", required=False),
    "own_rating": choice("评价", frozenset(Rating)),
    "own_reason": text("评价的理由", required=False),
    **PROCEDURE_RULES,
    **HANDLING_RULES,
}
