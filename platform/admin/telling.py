"""What an event of the union's house says, in one Chinese line: who, what, before and after."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from access.roles import LABELS
from admin import settings as house
from cases import ledger
from cases.rules import TIER_LABELS
from doorway.words import _
from tenants.codes import TABLES
from tenants.models import KIND_LABELS
from tenants.requests import KINDS

_ROLES = {role.value: word for role, word in LABELS.items()}
_LOGIN_KINDS = {"browser": "网页", "api": "接口"}
_TIERS = {tier.value: word for tier, word in TIER_LABELS.items()}
_MASKS = {value: word for value, word, _told in house.MASKS}
_KINDS = {kind.value: word for kind, word in KIND_LABELS.items()}
_TABLES = {table.value: word for table, word in TABLES.items()}

#: A day of the working calendar stands for itself.
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
#: A key of before and after → its word.
WORDS: dict[str, str] = {
    **house.WORDS,
    "name": "名称",
    "short_name": "简称",
    "active": "在用",
    "position": "排序",
    "head_id": "负责人",
    "department": "部门",
    "department_id": "部门",
    "handler_id": "默认承办人",
    "category": "类别",
    "label": "名称",
    "confirmed": "已确认",
    "kind": "类型",
    "region": "行政区域",
    "members": "会员人数",
    "credit_code": "统一社会信用代码",
    "second_parent_slug": "第二上级",
    "seal_text": "落款名称",
    "portal_colour": "门户颜色",
    "address": "地址",
    "phone": "电话",
    "hours": "接待时间",
    "version": "版本",
}


def people_in(events: Iterable[Mapping[str, Any]]) -> set[UUID]:
    """Accounts that the events name by identifier."""
    found: set[UUID] = set()
    for data in events:
        for part in (data, data.get("before"), data.get("after")):
            if isinstance(part, Mapping):
                found |= {one for key in _PEOPLE if (one := _uuid(part.get(key)))}
    return found


def detail(data: Mapping[str, Any], names: Mapping[UUID, str], places: Mapping[UUID, str]) -> str:
    """The data of an event about an account, the house or a union; ``places`` are the union's departments."""
    known = {"people": names, "places": places}
    parts = [
        data.get("number"),
        data.get("username") or data.get("slug"),
        data.get("name"),
        _LOGIN_KINDS.get(str(data.get("kind", ""))) or _word(KINDS, data.get("kind")),
        _word(_TABLES, data.get("table")),
        data.get("code"),
        _("%(year)s年", year=data["year"]) if data.get("year") else None,
        data.get("category"),
        _absence(data, names),
        _("来自 %(address)s", address=data["address"]) if data.get("address") else None,
        _("账号不存在") if data.get("known") is False else None,
        _roles(data.get("roles")),
        _difference(data.get("before"), data.get("after"), known),
        data.get("reason"),
        *_exported(data),
    ]
    return "，".join(str(part) for part in parts if part)


def _exported(data: Mapping[str, Any]) -> Iterator[str]:
    """How many cases an export holds, which columns, under which conditions; their values may be words of a case."""
    if not isinstance(data.get("columns"), list) or "form" not in data:
        return
    yield _("%(rows)s件", rows=data.get("rows", 0))
    yield str(data["form"]).upper()
    yield _("姓名和电话完整显示") if data.get("clear") else _("姓名和电话已遮盖")
    told = [ledger.BY_KEY[key].heading for key in data["columns"] if key in ledger.BY_KEY]
    usual = tuple(data["columns"]) == ledger.USUAL
    yield _("常用列") if usual else _("列：%(columns)s", columns="、".join(told))
    if data.get("filter"):
        yield _("条件：%(filter)s", filter="、".join(_(_FILTERS.get(key, key)) for key in data["filter"]))
    if data.get("expired"):
        yield _("保存期满")


def _absence(data: Mapping[str, Any], names: Mapping[UUID, str]) -> str:
    if not data.get("deputy"):
        return ""
    who, deputy = _person(data.get("user"), names), _person(data.get("deputy"), names)
    days = "至".join(str(data[key]) for key in ("from_on", "until_on") if data.get(key))
    return _("%(who)s外出，%(deputy)s代办，%(days)s", who=who, deputy=deputy, days=days)


def _difference(before: Any, after: Any, known: Mapping[str, Mapping[UUID, str]]) -> str:
    if isinstance(after, list):
        return f"{_roles(before)} → {_roles(after)}" if before or after else ""
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return ""
    lines = []
    for key in dict.fromkeys((*before, *after)):
        one, other = _value(key, before.get(key), known), _value(key, after.get(key), known)
        if one != other:
            lines.append(
                f"{_(WORDS.get(key, key if _DAY.fullmatch(key) else '其他'))}：{one or '—'} → {other or '—'}"
            )
    return "；".join(lines)


def _value(key: str, value: Any, known: Mapping[str, Mapping[UUID, str]]) -> str:
    reading = READINGS.get(key)
    if value in (None, ""):
        return ""
    if reading is not None:
        return reading(value, known)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return str(value)


def _table(keys: Mapping[str, str], words: Mapping[str, str] | None = None) -> Callable[[Any, Any], str]:
    def read(value: Any, _known: Any) -> str:
        if not isinstance(value, Mapping):
            return str(value)
        told = words or {}
        return "、".join(f"{_(keys.get(key, key))} {_(told.get(entry, str(entry)))}" for key, entry in value.items())

    return read


#: How a value reads where its plain form says nothing.
READINGS: dict[str, Callable[[Any, Any], str]] = {
    "head_id": lambda value, known: _person(value, known["people"]),
    "handler_id": lambda value, known: _person(value, known["people"]),
    "department_id": lambda value, known: _person(value, known["places"]),
    "warning_bands": lambda value, _known: "/".join(f"{band}%" for band in value),
    "tier_days": _table(_TIERS),
    "report_days": _table(house.REPORTS),
    "escalation_rules": _table(house.RULES, house.CHOICES),
    "kind": lambda value, _known: _(_KINDS.get(str(value), str(value))),
    "mask_rule": lambda value, _known: _(_MASKS.get(str(value), str(value))),
}
#: Conditions of a list that an export was made under.
_FILTERS: dict[str, str] = {
    "status": "状态",
    "open_only": "在办",
    "overdue": "已超期",
    "channel": "信访形式",
    "category": "问题类别",
    "tier": "难易程度",
    "department": "承办部门",
    "assignee": "承办人",
    "unassigned": "未分配承办人",
    "mine": "由本人办理",
    "follow_up": "待回访",
    "registered_from": "登记日期自",
    "registered_to": "登记日期至",
    "closed_from": "办结日期自",
    "closed_to": "办结日期至",
    "due_from": "到期日期自",
    "due_to": "到期日期至",
    "band": "期限范围",
    "flag": "标记",
    "q": "含词语",
}
_PEOPLE = ("user", "deputy", "head_id", "handler_id")


def _person(value: Any, names: Mapping[UUID, str]) -> str:
    found = _uuid(value)
    return names.get(found, "—") if found else ""


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(str(value)) if value else None
    except ValueError:
        return None


def _word(words: Mapping[str, str], value: Any) -> str:
    return _(words[str(value)]) if str(value) in words else ""


def _roles(values: object) -> str:
    if not isinstance(values, list):
        return ""
    return "、".join(_ROLES[value] for value in values if value in _ROLES) or ("无" if values == [] else "")
