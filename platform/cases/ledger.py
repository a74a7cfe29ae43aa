"""信访台账: the columns of an exported list as data, each with its heading and how it is read from a case.

A column names what it reads, so that an export fetches nothing else. Values are plain; how they look is the file's
business (``documents.tables``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any
from uuid import UUID

from cases import ledger_cells as cells
from cases.arrivals import WAY_LABELS
from cases.ledger_cells import Column, Line, Words
from cases.queries import Filter
from cases.rules import CHANNEL_LABELS, PURPOSE_LABELS, TIER_LABELS
from cases.workflow import STATUS_LABELS
from documents.tables import Kind
from kernel.errors import InvalidError

__all__ = ["COLUMNS", "Column", "Line", "Words", "chosen", "restored", "stored"]

COLUMNS: tuple[Column, ...] = (
    Column("place", "序号", lambda line: line.place, kind=Kind.WHOLE, width=7),
    Column("number", "编号", lambda line: line.case.number, ("number",), width=24),
    Column(
        "registered_at", "登记时间", lambda line: cells.moment(line.case.registered_at), kind=Kind.MOMENT, width=17
    ),
    cells.day_column("received_on", "收到日期"),
    cells.coded_column("channel", "信访形式", CHANNEL_LABELS, 9),
    cells.coded_column("way", "具体渠道", WAY_LABELS, 14, usual=False),
    Column("names", "信访人", lambda line: line.names, ("anonymous",), ("parties",), width=12),
    Column("phones", "联系电话", lambda line: line.phones, (), ("parties",), width=15),
    Column("subject", "信访人类别", cells.subject, (), ("parties",), width=14),
    Column("headcount", "人数", lambda line: line.case.headcount, ("headcount",), kind=Kind.WHOLE, width=7),
    Column("respondents", "被反映单位", cells.respondents, (), ("parties", "veil"), width=24),
    cells.text_column("title", "主题", 32),
    cells.text_column("content", "反映内容", 60, usual=False),
    cells.text_column("aim", "目的", 30, usual=False),
    cells.text_column("background", "背景", 40, usual=False),
    Column("claims", "诉求", cells.claims, (), ("claims", "veil"), width=40),
    cells.coded_column("purpose", "信访目的", PURPOSE_LABELS),
    Column(
        "category",
        "问题类别",
        lambda line: cells.word(line.words.categories, line.case.category_code),
        ("category_code",),
        width=18,
    ),
    cells.coded_column("tier", "难易程度", TIER_LABELS),
    Column(
        "marks",
        "标记",
        cells.marks,
        ("urgent", "sealed", "retaliation", "conflict", "collective", "joint", "repeat", "confidential", "anonymous"),
        width=16,
    ),
    Column(
        "first_handler",
        "首办责任人",
        lambda line: cells.person(line, line.case.first_handler_id),
        ("first_handler_id",),
        ("people",),
    ),
    Column(
        "department",
        "承办部门",
        lambda line: line.words.departments.get(line.case.department_id, ""),
        ("department_id",),
        width=14,
    ),
    Column(
        "assignee", "承办人", lambda line: cells.person(line, line.case.assignee_id), ("assignee_id",), ("people",)
    ),
    cells.coded_column("status", "办理状态", STATUS_LABELS, 12),
    cells.moment_day_column("accepted_at", "受理日期"),
    Column("refusal", "不予受理理由", cells.refusal, ("refusal_code",), width=30, usual=False),
    cells.day_column("due_on", "当前期限"),
    Column("late", "超期", cells.late, ("due_on", "status"), width=10),
    Column("opinions", "处理意见", cells.opinions, (), ("claims", "veil"), width=40),
    cells.text_column("basis", "法律依据", 30, usual=False),
    cells.day_column("replied_on", "答复日期", usual=False),
    cells.day_column("served_on", "送达日期", usual=False),
    Column("review", "复查复核", cells.review, ("review_stage", "review_outcome"), width=14, usual=False),
    cells.moment_day_column("closed_at", "办结日期"),
    Column("dispositions", "三到位一处理", cells.dispositions, (), ("claims", "dispositions"), width=22, usual=False),
    Column("measures", "采取措施", cells.measures, (), ("results",), width=20, usual=False),
    Column("recovered", "追回金额（元）", cells.recovered, (), ("results",), kind=Kind.MONEY, width=15, usual=False),
    Column(
        "helped",
        "惠及人数",
        lambda line: line.result.helped if line.result is not None else None,
        (),
        ("results",),
        kind=Kind.WHOLE,
        width=10,
        usual=False,
    ),
    # Two columns, as everywhere: an office that was thanked says nothing about the unit that was asked to act ([C1]).
    Column("unit_rating", "评价责任单位", cells.rating_of("unit"), ("unit_rating", "unit_by_staff"), width=14),
    Column(
        "office_rating", "评价信访部门", cells.rating_of("office"), ("office_rating", "office_by_staff"), width=14
    ),
    cells.day_column("archived_on", "归档日期", usual=False),
)
BY_KEY: dict[str, Column] = {column.key: column for column in COLUMNS}
#: A line without its number could not be found again, and a list without its order not be compared.
ALWAYS = ("place", "number")
USUAL = tuple(column.key for column in COLUMNS if column.usual)
#: Read for every line: the order, and who stays masked whatever was asked.
KEPT = ("id", "registered_at", "number", "confidential", "sealed", "anonymous")


#: Keys of orders that an earlier release took, and what they are now.
_EARLIER = {"rating": ("unit_rating", "office_rating")}


def chosen(keys: Sequence[str]) -> tuple[Column, ...]:
    """The columns with these keys in the catalogue's order, and those that no list goes without.

    :raises InvalidError: for a key that the catalogue does not have, or when nothing else is chosen.
    """
    wanted = {key for asked in keys for key in _EARLIER.get(asked, (asked,))}
    unknown, told = wanted - BY_KEY.keys(), wanted - set(ALWAYS)
    if unknown or not told:
        sentence = "没有这个列，请重新选择。" if unknown else "请至少选择一列。"
        raise InvalidError(sentence, fields={"columns": sentence})
    return tuple(column for column in COLUMNS if column.key in wanted or column.key in ALWAYS)


def stored(wanted: Filter) -> dict[str, Any]:
    """A filter as JSON: what is set, by key."""
    told: dict[str, Any] = {}
    for name in (one.name for one in fields(wanted)):
        value = getattr(wanted, name)
        if isinstance(value, UUID):
            told[name] = {"id": str(value)}
        elif isinstance(value, date):
            told[name] = {"day": value.isoformat()}
        elif value:
            told[name] = value
    return told


def restored(told: Mapping[str, Any]) -> Filter:
    """The filter again; keys that a newer or older version does not know are an error, never left out.

    :raises InvalidError: for such a key: the file would hold more than was asked for.
    """
    known = {one.name for one in fields(Filter)}
    if set(told) - known:
        raise InvalidError("筛选条件已不再适用，请重新查询后再导出。")
    read: dict[str, Any] = {}
    for name, value in told.items():
        if isinstance(value, Mapping):
            read[name] = UUID(value["id"]) if "id" in value else date.fromisoformat(value["day"])
        else:
            read[name] = value
    return Filter(**read)
