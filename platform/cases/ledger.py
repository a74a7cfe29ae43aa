"""信访台账: the columns of an exported list as data, each with its heading and how it is read from a case.

A column names what it reads, so that an export fetches nothing else. Values are plain; how they look is the file's
business (``documents.tables``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from cases.arrivals import WAY_LABELS
from cases.handling_rules import DISPOSITIONS, MEASURES
from cases.options import OUTCOMES, REFUSALS_AGAIN, STAGES
from cases.queries import Filter
from cases.rules import (
    CHANNEL_LABELS,
    OPINION_LABELS,
    PURPOSE_LABELS,
    RATING_LABELS,
    REFUSAL_LABELS,
    TIER_LABELS,
    PartyRole,
)
from cases.statuses import OPEN
from cases.workflow import STATUS_LABELS
from documents.tables import Field, Kind, Value
from kernel.clock import CHINA
from kernel.errors import InvalidError


@dataclass(frozen=True, slots=True)
class Words:
    """Names for the identifiers and codes that a case holds."""

    today: date
    categories: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[UUID, str] = field(default_factory=dict)
    departments: Mapping[UUID, str] = field(default_factory=dict)
    subjects: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """One case of a list with what its columns read; ``names`` and ``phones`` are as they may be shown."""

    place: int
    case: Any
    words: Words
    #: Free text with the people of the case behind their masks, or as it is where they are shown.
    veil: Callable[[str], str]
    parties: Sequence[Any] = ()
    names: str = ""
    phones: str = ""
    claims: Sequence[Any] = ()
    #: Claim → 三到位一处理 and whether aid was given beside it.
    dispositions: Mapping[UUID, tuple[str, bool]] = field(default_factory=dict)
    result: Any = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the catalogue. ``reads`` are columns of the case, ``needs`` are other tables."""

    key: str
    heading: str
    read: Callable[[Line], Value]
    reads: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    kind: Kind = Kind.TEXT
    width: int = 12
    #: Stands in the ledger unless somebody takes it out.
    usual: bool = True

    @property
    def field(self) -> Field:
        """The column as a table has it."""
        return Field(self.heading, self.kind, self.width)


def _moment(value: datetime | None) -> datetime | None:
    return value.astimezone(CHINA).replace(tzinfo=None, second=0, microsecond=0) if value is not None else None


def _day(value: datetime | None) -> date | None:
    return value.astimezone(CHINA).date() if value is not None else None


def _word(labels: Mapping[Any, str], value: str | None) -> str:
    return labels.get(value, value) if value is not None else ""


def _person(line: Line, user_id: UUID | None) -> str:
    return line.words.people.get(user_id, "") if user_id is not None else ""


def _respondents(line: Line) -> str:
    told = (party.organisation for party in line.parties if party.role == PartyRole.RESPONDENT and party.organisation)
    return "、".join(line.veil(name) for name in told)


def _subject(line: Line) -> str:
    found = (party.subject_type for party in line.parties if party.role == PartyRole.PETITIONER)
    return "、".join(dict.fromkeys(_word(line.words.subjects, kind) for kind in found if kind))


def _claims(line: Line) -> str:
    return "\n".join(f"{claim.position}. {line.veil(claim.text)}" for claim in line.claims)


def _opinions(line: Line) -> str:
    return "\n".join(
        f"{claim.position}. {_word(OPINION_LABELS, claim.opinion)}"
        + (f"：{line.veil(claim.finding)}" if claim.finding else "")
        for claim in line.claims
        if claim.opinion
    )


def _dispositions(line: Line) -> str:
    told = []
    for claim in line.claims:
        if claim.id in line.dispositions:
            disposition, aided = line.dispositions[claim.id]
            aid = f"，{DISPOSITIONS['aided']}" if aided else ""
            told.append(f"{claim.position}. {_word(DISPOSITIONS, disposition)}{aid}")
    return "\n".join(told)


_MARKS = (
    *(("urgent", "紧急"), ("sealed", "检举控告"), ("retaliation", "打击报复"), ("conflict", "需回避")),
    *(("collective", "集体"), ("repeat", "重复"), ("confidential", "要求保密"), ("anonymous", "匿名")),
)


def _marks(line: Line) -> str:
    return "、".join(word for name, word in _MARKS if getattr(line.case, name))


def _late(line: Line) -> str:
    case = line.case
    late = case.due_on is not None and case.due_on < line.words.today and case.status in OPEN
    return f"超期{(line.words.today - case.due_on).days}天" if late else ""


def _rating(line: Line) -> str:
    case = line.case
    return _word(RATING_LABELS, case.rating) + ("（工作人员代录）" if case.rated_by_staff else "")


def _review(line: Line) -> str:
    case = line.case
    return "".join((_word(STAGES, case.review_stage), _word(OUTCOMES, case.review_outcome)))


def _refusal(line: Line) -> str:
    return _word({**REFUSAL_LABELS, **REFUSALS_AGAIN}, line.case.refusal_code)


def _recovered(line: Line) -> Decimal | None:
    fen = line.result.recovered_fen if line.result is not None else None
    return Decimal(fen).scaleb(-2) if fen is not None else None


def _measures(line: Line) -> str:
    return "、".join(_word(MEASURES, code) for code in line.result.measures) if line.result is not None else ""


def _text(key: str, heading: str, width: int, *, usual: bool = True) -> Column:
    """A text of the case that may name people."""
    return Column(
        key,
        heading,
        lambda line: line.veil(getattr(line.case, key) or ""),
        (key,),
        ("veil",),
        width=width,
        usual=usual,
    )


def _date(key: str, heading: str, *, usual: bool = True) -> Column:
    return Column(key, heading, lambda line: getattr(line.case, key), (key,), kind=Kind.DAY, width=11, usual=usual)


def _date_of(key: str, heading: str) -> Column:
    return Column(key, heading, lambda line: _day(getattr(line.case, key)), (key,), kind=Kind.DAY, width=11)


def _coded(key: str, heading: str, labels: Mapping[Any, str], width: int = 10, *, usual: bool = True) -> Column:
    return Column(key, heading, lambda line: _word(labels, getattr(line.case, key)), (key,), width=width, usual=usual)


COLUMNS: tuple[Column, ...] = (
    Column("place", "序号", lambda line: line.place, kind=Kind.WHOLE, width=7),
    Column("number", "编号", lambda line: line.case.number, ("number",), width=24),
    Column("registered_at", "登记时间", lambda line: _moment(line.case.registered_at), kind=Kind.MOMENT, width=17),
    _date("received_on", "收到日期"),
    _coded("channel", "信访形式", CHANNEL_LABELS, 9),
    _coded("way", "具体渠道", WAY_LABELS, 14, usual=False),
    Column("names", "信访人", lambda line: line.names, ("anonymous",), ("parties",), width=12),
    Column("phones", "联系电话", lambda line: line.phones, (), ("parties",), width=15),
    Column("subject", "信访人类别", _subject, (), ("parties",), width=14),
    Column("headcount", "人数", lambda line: line.case.headcount, ("headcount",), kind=Kind.WHOLE, width=7),
    Column("respondents", "被反映单位", _respondents, (), ("parties", "veil"), width=24),
    _text("title", "主题", 32),
    _text("content", "反映内容", 60, usual=False),
    _text("aim", "目的", 30, usual=False),
    _text("background", "背景", 40, usual=False),
    Column("claims", "诉求", _claims, (), ("claims", "veil"), width=40),
    _coded("purpose", "信访目的", PURPOSE_LABELS),
    Column(
        "category",
        "问题类别",
        lambda line: _word(line.words.categories, line.case.category_code),
        ("category_code",),
        width=18,
    ),
    _coded("tier", "难易程度", TIER_LABELS),
    Column(
        "marks",
        "标记",
        _marks,
        ("urgent", "sealed", "retaliation", "conflict", "collective", "repeat", "confidential", "anonymous"),
        width=16,
    ),
    Column(
        "first_handler",
        "首办责任人",
        lambda line: _person(line, line.case.first_handler_id),
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
    Column("assignee", "承办人", lambda line: _person(line, line.case.assignee_id), ("assignee_id",), ("people",)),
    _coded("status", "办理状态", STATUS_LABELS, 12),
    _date_of("accepted_at", "受理日期"),
    Column("refusal", "不予受理理由", _refusal, ("refusal_code",), width=30, usual=False),
    _date("due_on", "当前期限"),
    Column("late", "超期", _late, ("due_on", "status"), width=10),
    Column("opinions", "处理意见", _opinions, (), ("claims", "veil"), width=40),
    _text("basis", "法律依据", 30, usual=False),
    _date("replied_on", "答复日期", usual=False),
    _date("served_on", "送达日期", usual=False),
    Column("review", "复查复核", _review, ("review_stage", "review_outcome"), width=14, usual=False),
    _date_of("closed_at", "办结日期"),
    Column("dispositions", "三到位一处理", _dispositions, (), ("claims", "dispositions"), width=22, usual=False),
    Column("measures", "采取措施", _measures, (), ("results",), width=20, usual=False),
    Column("recovered", "追回金额（元）", _recovered, (), ("results",), kind=Kind.MONEY, width=15, usual=False),
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
    Column("rating", "满意度评价", _rating, ("rating", "rated_by_staff"), width=14),
    _date("archived_on", "归档日期", usual=False),
)
BY_KEY: dict[str, Column] = {column.key: column for column in COLUMNS}
#: A line without its number could not be found again, and a list without its order not be compared.
ALWAYS = ("place", "number")
USUAL = tuple(column.key for column in COLUMNS if column.usual)
#: Read for every line: the order, and who stays masked whatever was asked.
KEPT = ("id", "registered_at", "number", "confidential", "sealed", "anonymous")


def chosen(keys: Sequence[str]) -> tuple[Column, ...]:
    """The columns with these keys in the catalogue's order, and those that no list goes without.

    :raises InvalidError: for a key that the catalogue does not have, or when nothing else is chosen.
    """
    wanted = set(keys)
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
