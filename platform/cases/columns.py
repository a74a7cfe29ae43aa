"""The headings under which offices hand over their registers, and how each kind of cell is read. No database."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from openpyxl.utils.datetime import from_excel

from cases import arrivals
from cases.rules import AUTHORITIES, CHANNEL_LABELS, SUBJECT_LABELS, Channel
from kernel.errors import InvalidError
from kernel.sheets import Row, Sheet


@dataclass(frozen=True, slots=True)
class Column:
    """One thing that a register tells. ``label`` is its name in messages; ``headings`` are the forms met in life."""

    field: str
    label: str
    headings: tuple[str, ...]
    required: bool = False


def _column(field: str, label: str, headings: str, *, required: bool = False) -> Column:
    return Column(field, label, tuple(headings.split()), required)


def heading_of(field: arrivals.Field) -> str:
    """The word under which a particular of an arrival stands in a register: its label without brackets."""
    return re.sub(r"（.*?）", "", field.label)


COLUMNS: tuple[Column, ...] = (
    _column("key", "编号", "编号 信访编号 信访件编号 留言编号 登记编号 受理编号"),
    _column("title", "主题", "主题 标题 留言主题 信访标题 事项名称", required=True),
    _column(
        "received_on",
        "时间",
        "时间 日期 来访时间 来访日期 收到时间 收到日期 登记时间 登记日期 信访时间 信访日期 来信日期 留言时间",
        required=True,
    ),
    _column("content", "内容", "内容 反映内容 留言详情 信访内容 主要内容 反映问题 详细内容", required=True),
    _column(
        "name",
        "信访人",
        "信访人 姓名 信访人姓名 来访人 来访人姓名 来信人 反映人 留言用户 来访人代号 信访人代号",
    ),
    _column("phone", "电话", "电话 联系电话 手机 手机号 手机号码 联系方式 电话号码"),
    _column("id_number", "身份证号", "身份证号 身份证号码 身份证 证件号码"),
    _column("address", "住址", "住址 地址 家庭住址 通讯地址 联系地址"),
    _column("subject_type", "信访人类别", "信访人类别 信访主体 人员类别 身份类别"),
    _column("channel", "信访形式", "信访形式 渠道 信访渠道 来源渠道 信访方式 反映形式"),
    _column("claims", "诉求", "诉求 主要诉求 信访诉求 诉求事项 请求事项"),
    _column("category", "类别", "类别 问题类别 信访类别 问题分类"),
    _column("headcount", "人数", "人数 来访人数 信访人数 涉及人数"),
    _column("respondent", "被反映单位", "被反映单位 涉及单位 用人单位 单位名称 工作单位"),
    _column("aim", "目的", "目的 信访目的"),
    _column("background", "背景", "背景 事项背景"),
    _column("anonymous", "匿名", "匿名 是否匿名"),
    _column("confidential", "要求保密", "要求保密 保密 是否保密"),
    _column("joint", "联名", "联名 是否联名 联名信"),
    _column("urgent", "紧急", "紧急 是否紧急 重大紧急"),
    _column("first_in_system", "初次信访", "初次信访 是否初次 初信初访"),
    _column("repeat_of", "首件编号", "首件编号 重复件首件编号 原信访编号"),
    _column("representatives", "代表", "代表 信访代表 代表姓名"),
    _column("affected", "利害关系人", "利害关系人 受影响职工"),
    _column("agent", "代理人", "代理人 代理人姓名"),
    _column("agent_phone", "代理人电话", "代理人电话 代理人联系电话"),
    _column("authority", "代理权限", "代理权限"),
    _column("way", "具体渠道", "具体渠道 渠道细分"),
    *(_column(f"arrival.{one.name}", one.label, heading_of(one)) for one in arrivals.FIELDS),
)
LABELS: dict[str, str] = {column.field: column.label for column in COLUMNS}
_BY_HEADING: dict[str, Column] = {heading: column for column in COLUMNS for heading in column.headings}
#: Registers often begin with a title line; the headings are looked for in the first rows.
_HEADING_WITHIN = 10

_CHANNELS: dict[str, Channel] = {label: channel for channel, label in CHANNEL_LABELS.items()} | {
    **dict.fromkeys(("走访", "上访", "个人访", "集体访", "接访"), Channel.VISIT),
    **dict.fromkeys(("信件", "书信", "写信"), Channel.LETTER),
    **dict.fromkeys(("电话", "热线", "热线电话", "12351", "传真"), Channel.CALL),
    **dict.fromkeys(("网上", "网络", "网上信访", "微信", "邮箱", "电子邮件", "留言", "网络留言"), Channel.ONLINE),
}
_SUBJECTS: dict[str, str] = {label: subject.value for subject, label in SUBJECT_LABELS.items()}

_WAYS: dict[str, str] = {label: way.value for way, label in arrivals.WAY_LABELS.items()}
_YES = frozenset({"是", "有", "√", "Y", "1", "TRUE", "对"})
_NO = frozenset({"否", "无", "×", "N", "0", "FALSE"})

_DATE = re.compile(
    r"(?P<y>\d{4})(?:[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})|年(?P<m2>\d{1,2})月(?P<d2>\d{1,2})日?|(?P<m3>\d{2})(?P<d3>\d{2}))"
    r"(?:T|[\s,]*)(?:星期.|周.)?\s*(?:上午|下午|凌晨|晚上?|AM|PM)?\s*"
    r"(?:(?P<h>\d{1,2})[:时点](?:(?P<i>\d{1,2})(?:[:分](?:(?P<s>\d{1,2})(?:\.\d+)?秒?)?)?)?)?"
    r"\s*(?:Z|[+-]\d{2}:?\d{2})?"
)
#: Numbers of days that Excel shows as dates from 1990 to 2119; others are typing mistakes.
_SERIALS = range(32_874, 80_354)
_LIST_MARK = re.compile(r"^\s*(?:[（(]?\d{1,2}[)）.、．]|[一二三四五六七八九十]{1,2}、)\s*")


def plain(value: Any) -> str:
    """A cell as text: numbers without the ``.0`` that Excel adds, everything trimmed."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("\u3000", " ").strip()


def heading(value: Any) -> str:
    """A heading without blanks, brackets' content and colons: ``来访时间（必填）：`` is ``来访时间``."""
    text = unicodedata.normalize("NFKC", plain(value))
    return re.sub(r"\(.*?\)|[\s:*_]", "", text)


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet whose headings were understood. ``places`` maps a field to its column, counted from 0."""

    rows: tuple[Row, ...]
    places: Mapping[str, int]
    epoch: Any
    warnings: tuple[str, ...]

    def cell(self, row: Row, field: str) -> Any:
        """The cell of a field, ``None`` where the table has no such column or the row ends before it."""
        place = self.places.get(field)
        return row.cells[place] if place is not None and place < len(row.cells) else None


def understand(sheet: Sheet) -> Table:
    """Find the headings and map them to fields.

    :raises InvalidError: naming the required columns that are missing, or two columns that mean the same.
    """
    known = [sum(heading(cell) in _BY_HEADING for cell in row.cells) for row in sheet.rows[:_HEADING_WITHIN]]
    at = known.index(max(known))
    titles = sheet.rows[at]
    places: dict[str, int] = {}
    warnings = []
    for place, cell in enumerate(titles.cells):
        name, column = plain(cell), _BY_HEADING.get(heading(cell))
        if column is None:
            if name:
                warnings.append(f"第{place + 1}列“{name}”无法识别，将忽略。")
        elif column.field in places:
            first = places[column.field]
            both = f"第{first + 1}列“{plain(titles.cells[first])}”和第{place + 1}列“{name}”"
            raise InvalidError(f"{both}都表示{column.label}，请只保留一列。")
        else:
            places[column.field] = place
    missing = [column for column in COLUMNS if column.required and column.field not in places]
    if missing:
        names = "、".join(f"“{column.label}”" for column in missing)
        raise InvalidError(f"表格缺少必需的列：{names}（第一行应为列名，例如：编号、主题、时间、内容）。")
    if sheet.unread:
        warnings.append(f"只读取第一个工作表；其余{len(sheet.unread)}个未读取：{'、'.join(sheet.unread)}。")
    return Table(sheet.rows[at + 1 :], places, sheet.epoch, tuple(warnings))


def day(value: Any, epoch: Any) -> date:
    """The calendar date in a cell: an Excel date, its number of days, or text such as ``2019/2/25 0:31:20``.

    :raises InvalidError: for an empty cell and for forms that could mean two days.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool) and int(value) in _SERIALS:
        return day(from_excel(value, epoch), epoch)
    text = unicodedata.normalize("NFKC", plain(value))
    if not text:
        raise InvalidError("没有填写时间。")
    found = _DATE.fullmatch(text)
    try:
        if found is None:
            raise ValueError(text)
        part = found.groupdict()
        # An hour 25 is a typing mistake in the same cell, and who mistypes one may have mistyped the other.
        time(int(part["h"] or 0), int(part["i"] or 0), int(part["s"] or 0))
        month, when = (int(part[name] or part[f"{name}2"] or part[f"{name}3"]) for name in "md")
        return date(int(part["y"]), month, when)
    except ValueError:
        raise InvalidError(f"时间“{text[:30]}”无法识别，请写成 2026-02-25 或 2026年2月25日。") from None


def headcount(value: Any) -> int:
    """The number of people; an empty cell means one.

    :raises InvalidError: for anything that is not a whole number.
    """
    text = unicodedata.normalize("NFKC", plain(value)).removesuffix("人").removesuffix("余").strip()
    if not text:
        return 1
    if not re.fullmatch(r"\d{1,6}", text):
        raise InvalidError(f"人数“{text[:20]}”不是整数。")
    return int(text)


def channel(value: Any, otherwise: Channel) -> Channel:
    """The channel by its Chinese name.

    :raises InvalidError: for an unknown name.
    """
    text = plain(value)
    if not text:
        return otherwise
    if text not in _CHANNELS:
        raise InvalidError(f"信访形式“{text[:20]}”无法识别，应为来访、来信、来电或网信。")
    return _CHANNELS[text]


def subject_type(value: Any, own: Mapping[str, str] | None = None) -> str | None:
    """The petitioner's kind by its Chinese name; ``own`` are the union's own names, with their codes.

    :raises InvalidError: for an unknown name.
    """
    text = plain(value)
    known = _SUBJECTS | dict(own or {})
    if text and text not in known:
        raise InvalidError(f"信访人类别“{text[:20]}”无法识别，应为：{'、'.join(known)}。")
    return known[text] if text else None


def claims(value: Any) -> Sequence[str]:
    """Several claims in one cell, one a line or parted by semicolons, without their numbers."""
    return [item for part in re.split(r"[\n；;]", plain(value)) if (item := _LIST_MARK.sub("", part).strip())]


def channel_label(channel: Channel) -> str:
    """The channel's Chinese name."""
    return CHANNEL_LABELS[channel]


def people(value: Any) -> list[str]:
    """Several names in one cell, parted by commas, semicolons or lines."""
    return [name for part in re.split(r"[\n；;、,，]", plain(value)) if (name := part.strip())]


def yes(value: Any, label: str) -> bool | None:
    """是 or 否; ``None`` for an empty cell.

    :raises InvalidError: for any other word.
    """
    text = plain(value).upper()
    if text and text not in _YES | _NO:
        raise InvalidError(f"{label}“{text[:20]}”无法识别，应为是或否。")
    return text in _YES if text else None


def way(value: Any) -> str | None:
    """The union's own channel by its Chinese name.

    :raises InvalidError: for an unknown name.
    """
    text = plain(value)
    if text and text not in _WAYS:
        raise InvalidError(f"具体渠道“{text[:20]}”无法识别，应为：{'、'.join(_WAYS)}。")
    return _WAYS[text] if text else None


def authority(value: Any) -> str | None:
    """一般代理 or 特别代理 by name.

    :raises InvalidError: for an unknown name.
    """
    text = plain(value)
    known = {label.partition("（")[0]: code for code, label in AUTHORITIES.items()}
    text = text.partition("（")[0]
    if text and text not in known:
        raise InvalidError(f"代理权限“{text[:20]}”无法识别，应为：{'、'.join(known)}。")
    return known[text] if text else None


def particular(value: Any, field: arrivals.Field, epoch: Any) -> str:
    """One particular of an arrival as it is kept: a code for a choice, ISO for a day or a moment.

    :raises InvalidError: for a word that is none of the choices, and for no date.
    """
    text = plain(value)
    if not text:
        return ""
    if field.options is not None:
        known = {label: code for code, label in field.options.items()}
        if text not in known:
            raise InvalidError(f"{field.label}“{text[:20]}”无法识别，应为：{'、'.join(known)}。")
        return known[text]
    if field.kind == "moment" and isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    if field.kind in ("date", "moment"):
        return day(value, epoch).isoformat()
    return text
