"""Read an org chart: the sheets 组织 and 用户 of a workbook, as people really fill them in.

A title above the headings, headings merged over two rows, columns in another order, full-width digits, spaces of
every kind: none of that stops the reading. What cannot be understood is told by sheet, row and column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from access.roles import LABELS, Role
from kernel.errors import InvalidError
from kernel.sheets import Row, Sheet
from tenants import rules
from tenants.models import KIND_LABELS, Kind

UNITS, PEOPLE = "组织", "用户"
#: Field → its heading in the template, and what else people call it.
UNIT_COLUMNS: dict[str, tuple[str, ...]] = {
    "slug": ("组织标识", "标识", "编码", "组织编码", "slug"),
    "name": ("组织全称", "组织名称", "全称", "名称", "工会名称", "单位名称"),
    "short_name": ("简称", "组织简称"),
    "kind": ("组织类型", "类型", "工会类型"),
    "parent": ("上级组织", "上级组织标识", "上级标识", "上级", "上级工会"),
    "second_parent": ("第二上级", "第二上级组织", "第二上级标识", "产业上级"),
    "code": ("机关代字", "代字"),
    "credit_code": ("统一社会信用代码", "信用代码", "社会信用代码"),
    "region": ("行政区域", "区域", "地区"),
    "members": ("会员人数", "会员数", "人数"),
    "seal_text": ("落款名称", "落款"),
    "portal_colour": ("门户颜色", "颜色"),
    "address": ("地址", "联系地址"),
    "phone": ("电话", "联系电话"),
    "hours": ("接待时间", "办公时间"),
}
PEOPLE_COLUMNS: dict[str, tuple[str, ...]] = {
    "slug": ("组织标识", "组织", "所属组织", "标识", "单位"),
    "username": ("用户名", "登录名", "账号"),
    "display_name": ("姓名", "名字"),
    "roles": ("角色", "岗位", "职责"),
}
UNIT_NEEDS, PEOPLE_NEEDS = ("slug", "name", "kind", "code"), ("slug", "username", "display_name", "roles")
#: Headings stand within so many rows from the top.
_SEARCHED = 15
_KINDS = {label: kind for kind, label in KIND_LABELS.items() if kind is not Kind.PLATFORM}
_ROLES = {label: role for role, label in LABELS.items() if role not in (Role.PLATFORM_ADMIN, Role.SYSTEM)}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. ``row`` is the number that Excel shows; ``column`` the heading."""

    sheet: str
    row: int
    column: str
    sentence: str


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One organisation of the chart in normal form; ``told`` holds the columns that the sheet has."""

    row: int
    slug: str
    kind: Kind | None
    members: int
    told: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One user of the chart in normal form."""

    row: int
    unit: str
    username: str
    display_name: str
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """What a workbook says, and what of it could not be understood."""

    units: tuple[UnitLine, ...]
    people: tuple[PersonLine, ...]
    problems: tuple[Problem, ...]


def heading(sheet: str, field: str) -> str:
    """The template's heading of a field."""
    columns = UNIT_COLUMNS if sheet == UNITS else PEOPLE_COLUMNS
    return columns[field][0] if field in columns else ""


def read(sheets: Mapping[str, Sheet]) -> Chart:
    """The chart of a workbook.

    :raises InvalidError: for a workbook without the sheet 组织, or whose headings cannot be found.
    """
    by_title = {rules.plain(title): sheet for title, sheet in sheets.items()}
    if UNITS not in by_title and PEOPLE not in by_title:
        raise InvalidError(f"工作簿里没有名为“{UNITS}”的工作表，请下载模板填写。")
    problems: list[Problem] = []
    units = tuple(
        _unit(number, cells, problems)
        for number, cells in _lines(UNITS, by_title.get(UNITS), UNIT_COLUMNS, UNIT_NEEDS)
    )
    people = tuple(
        _person(number, cells, problems)
        for number, cells in _lines(PEOPLE, by_title.get(PEOPLE), PEOPLE_COLUMNS, PEOPLE_NEEDS)
    )
    if not units and not people:
        raise InvalidError("表格只有列名，没有数据行。")
    return Chart(units, people, tuple(problems))


def _lines(
    title: str, sheet: Sheet | None, columns: Mapping[str, tuple[str, ...]], needs: Sequence[str]
) -> list[tuple[int, dict[str, str]]]:
    if sheet is None or not sheet.rows:
        return []
    first, places = _headings(sheet.rows, columns)
    missing = [columns[field][0] for field in needs if field not in places]
    if missing:
        raise InvalidError(f"工作表“{title}”缺少列：{'、'.join(missing)}。请下载模板，保留列名。")
    found = []
    for row in sheet.rows[first:]:
        cells = {field: _text(row.cells[place]) if place < len(row.cells) else "" for field, place in places.items()}
        if any(cells.values()):
            found.append((row.number, cells))
    return found


def _headings(rows: Sequence[Row], columns: Mapping[str, tuple[str, ...]]) -> tuple[int, dict[str, int]]:
    """Where the data begin, and the place of each known column.

    A merged heading keeps its words in its first cell alone: merged downwards the row below is empty there, merged
    sideways it is a group whose columns have their names below. So a heading is the lower word of two rows, or else
    the upper one; of all rows near the top the one that knows most columns wins.
    """
    known = {_key(alias): field for field, aliases in columns.items() for alias in aliases}
    best: tuple[int, dict[str, int]] = (0, {})
    for index, row in enumerate(rows[:_SEARCHED]):
        upper = {place: _key(_text(cell)) for place, cell in enumerate(row.cells)}
        candidates = [(index + 1, upper)]
        if index + 1 < len(rows):
            lower = {place: _key(_text(cell)) for place, cell in enumerate(rows[index + 1].cells)}
            # Only a row of headings may be a second one: one that holds nothing but known words.
            if any(lower.values()) and all(word in known for word in lower.values() if word):
                candidates.append((index + 2, {place: lower.get(place) or upper[place] for place in upper}))
        for first, words in candidates:
            places: dict[str, int] = {}
            for place, word in words.items():
                if word in known:
                    places.setdefault(known[word], place)
            if len(places) > len(best[1]):
                best = (first, places)
    return best


def _unit(number: int, cells: dict[str, str], problems: list[Problem]) -> UnitLine:
    def wrong(field: str, sentence: str) -> None:
        problems.append(Problem(UNITS, number, heading(UNITS, field), sentence))

    kind = _KINDS.get(cells["kind"])
    if kind is None:
        wrong("kind", f"没有“{cells['kind']}”这种组织类型，应为：{'、'.join(_KINDS)}")
    members = cells.get("members", "").replace(",", "").replace("，", "")
    if members and (not members.isdecimal() or len(members) > 9):
        wrong("members", f"“{members}”不是人数，应为不小于0的整数")
        members = ""
    return UnitLine(number, cells["slug"].lower(), kind, int(members or 0), cells)


def _person(number: int, cells: dict[str, str], problems: list[Problem]) -> PersonLine:
    roles: list[Role] = []
    for word in cells["roles"].replace("，", "、").replace(",", "、").replace("；", "、").split("、"):
        role = _ROLES.get(word.strip())
        if role is None:
            sentence = f"没有“{word.strip()}”这种角色，应为：{'、'.join(_ROLES)}"
            problems.append(Problem(PEOPLE, number, heading(PEOPLE, "roles"), sentence))
        elif role not in roles:
            roles.append(role)
    return PersonLine(number, cells["slug"], cells["username"].lower(), cells["display_name"], tuple(roles))


def _text(value: Any) -> str:
    """A cell as text; Excel keeps whole numbers as floats and turns some words into dates."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime):
        value = value.date().isoformat()
    return rules.plain(value)


def _key(word: str) -> str:
    """A heading without what people add to it: spaces, a star for “required”, a note in brackets."""
    for bracket in "（(":
        word = word.partition(bracket)[0]
    return word.replace(" ", "").replace("*", "").replace("＊", "").rstrip("：:").lower()
