"""督办: why, how hard, and what is suggested (条例 art. 39, 40). Figures only: no name, no file, no case number."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import exists, select

from access.actor import Work
from dispatches.drafts import Draft
from dispatches.kinds import LADDER, SUGGESTIONS, TRIGGERS, LetterKind
from dispatches.models import Letter, LetterEvent
from dispatches.workflow import LetterStatus, Side
from kernel.errors import InvalidError
from tenants.models import Category

_RUNGS = list(LADDER)
_KEYS = frozenset({"trigger", "ladder", "suggestion", "count", "category", "from", "to"})
#: What makes two supervisions without a case the same matter.
_MATTER = ("trigger", "category", "from", "to")
#: More overdue cases than a union could have is a typing mistake.
_MOST = 1_000_000


def check(work: Work, draft: Draft) -> dict[str, Any]:
    """The details of a supervision as both sides keep them: plain JSON.

    :raises InvalidError: with one sentence a field: an unknown code, or a count that is none.
    """
    given, problems = draft.details, dict[str, str]()
    unknown = set(given) - _KEYS
    if unknown:
        raise InvalidError(
            "督办函只写触发情形、层级、建议和数字，不能附带其他内容。", fields={"details": "含有未知内容"}
        )
    details: dict[str, Any] = {}
    details["trigger"] = _code(given, "trigger", TRIGGERS, "请选择督办情形。", problems)
    details["ladder"] = _code({"ladder": _RUNGS[0], **_filled(given)}, "ladder", LADDER, "请选择督办层级。", problems)
    if given.get("suggestion"):
        details["suggestion"] = _code(given, "suggestion", SUGGESTIONS, "请选择建议种类。", problems)
    if given.get("count") not in (None, ""):
        details["count"] = _count(given["count"], problems)
    if given.get("category"):
        details["category"] = str(given["category"])
        if work.session.get(Category, details["category"]) is None:
            problems["category"] = "没有这个分类。"
    for name in ("from", "to"):
        if given.get(name):
            details[name] = _day(given[name], name, problems)
    if not problems and details.get("from", "") > details.get("to", "9999"):
        problems["to"] = "截止日期不能早于起始日期。"
    if problems:
        raise InvalidError("；".join(dict.fromkeys(problems.values())), fields=problems)
    return details


def _filled(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value}


def _code(
    given: Mapping[str, Any], name: str, codes: Mapping[str, str], sentence: str, problems: dict[str, str]
) -> str:
    code = str(given.get(name) or "")
    if code not in codes:
        problems[name] = sentence
    return code


def _count(value: object, problems: dict[str, str]) -> int:
    try:
        count = int(str(value))
    except ValueError:
        count = 0
    if not 1 <= count <= _MOST:
        problems["count"] = "件数应为正整数。"
    return count


def _day(value: object, name: str, problems: dict[str, str]) -> str:
    try:
        return (value if isinstance(value, date) else date.fromisoformat(str(value))).isoformat()
    except ValueError:
        problems[name] = "请填写日期。"
        return ""


def climb(work: Work, draft: Draft, recipient_id: int, details: Mapping[str, Any]) -> None:
    """Refuse a rung that is not higher than the last one about the same matter; letters taken back do not count.

    :raises InvalidError: naming the rungs that are left.
    """
    rung = _RUNGS.index(details["ladder"])
    taken_back = exists().where(
        LetterEvent.tenant_id == Letter.tenant_id,
        LetterEvent.letter_id == Letter.id,
        LetterEvent.status.in_((LetterStatus.WITHDRAWN.value, LetterStatus.RETURNED.value)),
    )
    earlier = select(Letter.snapshot).where(
        Letter.side == Side.SENDER.value,
        Letter.kind == LetterKind.SUPERVISION.value,
        Letter.recipient_id == recipient_id,
        ~taken_back,
    )
    if draft.case_number is not None:
        earlier = earlier.where(Letter.snapshot["case_number"].astext == draft.case_number)
    elif draft.refers_to is not None:
        earlier = earlier.where(Letter.refers_to == draft.refers_to)
    else:
        earlier = earlier.where(Letter.case_id.is_(None), Letter.refers_to.is_(None))
        for name in _MATTER:
            kept = Letter.snapshot["details"][name].astext
            earlier = earlier.where(kept == str(details[name]) if name in details else kept.is_(None))
    climbed = [_RUNGS.index(snapshot["details"]["ladder"]) for snapshot in work.session.scalars(earlier)]
    if climbed and rung <= max(climbed):
        last = LADDER[_RUNGS[max(climbed)]]
        following = _RUNGS[max(climbed) + 1 :]
        way = (
            f"再次督办须高于这一层级（{'、'.join(LADDER[name] for name in following)}）。"
            if following
            else "已是最高层级，请在原函上退回重办。"
        )
        raise InvalidError(f"就同一事项已对该单位{last}，{way}", fields={"ladder": "层级只能上升"})
