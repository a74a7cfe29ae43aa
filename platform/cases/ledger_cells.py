"""Cells of the ledger (信访台账): what one case tells, and how each kind of column reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from cases.handling_rules import DISPOSITIONS, MEASURES
from cases.options import OUTCOMES, REFUSALS_AGAIN, STAGES
from cases.rules import OPINION_LABELS, RATING_LABELS, REFUSAL_LABELS, PartyRole
from cases.statuses import OPEN
from documents.tables import Field, Kind, Value
from kernel.clock import CHINA


@dataclass(frozen=True, slots=True)
class Words:
    """Names for the identifiers and codes that a case holds."""

    today: date
    categories: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[UUID, str] = field(default_factory=dict)
    departments: Mapping[UUID, str] = field(default_factory=dict)
    subjects: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
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


def moment(value: datetime | None) -> datetime | None:
    """A moment as local time without a zone, to the minute."""
    return value.astimezone(CHINA).replace(tzinfo=None, second=0, microsecond=0) if value is not None else None


def day(value: datetime | None) -> date | None:
    """The day of a moment in China."""
    return value.astimezone(CHINA).date() if value is not None else None


def word(labels: Mapping[Any, str], value: str | None) -> str:
    """The word of a code; the code itself where there is none."""
    return labels.get(value, value) if value is not None else ""


def person(line: Line, user_id: UUID | None) -> str:
    """The name of an account."""
    return line.words.people.get(user_id, "") if user_id is not None else ""


def respondents(line: Line) -> str:
    """被反映单位."""
    told = (party.organisation for party in line.parties if party.role == PartyRole.RESPONDENT and party.organisation)
    return "、".join(line.veil(name) for name in told)


def subject(line: Line) -> str:
    """信访人类别 of the petitioners."""
    found = (party.subject_type for party in line.parties if party.role == PartyRole.PETITIONER)
    return "、".join(dict.fromkeys(word(line.words.subjects, kind) for kind in found if kind))


def claims(line: Line) -> str:
    """诉求, one a line."""
    return "\n".join(f"{claim.position}. {line.veil(claim.text)}" for claim in line.claims)


def opinions(line: Line) -> str:
    """处理意见 of each claim."""
    return "\n".join(
        f"{claim.position}. {word(OPINION_LABELS, claim.opinion)}"
        + (f"：{line.veil(claim.finding)}" if claim.finding else "")
        for claim in line.claims
        if claim.opinion
    )


def dispositions(line: Line) -> str:
    """三到位一处理 of each claim."""
    told = []
    for claim in line.claims:
        if claim.id in line.dispositions:
            disposition, aided = line.dispositions[claim.id]
            aid = f"，{DISPOSITIONS['aided']}" if aided else ""
            told.append(f"{claim.position}. {word(DISPOSITIONS, disposition)}{aid}")
    return "\n".join(told)


_MARKS = (
    *(("urgent", "紧急"), ("sealed", "检举控告"), ("retaliation", "打击报复"), ("conflict", "需回避")),
    *(
        ("collective", "集体"),
        ("joint", "联名"),
        ("repeat", "重复"),
        ("confidential", "要求保密"),
        ("anonymous", "匿名"),
    ),
)


def marks(line: Line) -> str:
    """Marks of the case, the pressing ones first."""
    return "、".join(word for name, word in _MARKS if getattr(line.case, name))


def late(line: Line) -> str:
    """How many days an open case is late."""
    case = line.case
    late = case.due_on is not None and case.due_on < line.words.today and case.status in OPEN
    return f"超期{(line.words.today - case.due_on).days}天" if late else ""


def rating_of(about: str) -> Callable[[Line], str]:
    """The last 满意度评价 about the office or the unit, and whether staff wrote it down."""

    def cell(line: Line) -> str:
        told = word(RATING_LABELS, getattr(line.case, f"{about}_rating"))
        return told + ("（工作人员代录）" if told and getattr(line.case, f"{about}_by_staff") else "")

    return cell


def review(line: Line) -> str:
    """复查 or 复核 and its outcome."""
    case = line.case
    return "".join((word(STAGES, case.review_stage), word(OUTCOMES, case.review_outcome)))


def refusal(line: Line) -> str:
    """Why the case was not accepted."""
    return word({**REFUSAL_LABELS, **REFUSALS_AGAIN}, line.case.refusal_code)


def recovered(line: Line) -> Decimal | None:
    """追回金额 in yuan."""
    fen = line.result.recovered_fen if line.result is not None else None
    return Decimal(fen).scaleb(-2) if fen is not None else None


def measures(line: Line) -> str:
    """采取措施."""
    return "、".join(word(MEASURES, code) for code in line.result.measures) if line.result is not None else ""


def text_column(key: str, heading: str, width: int, *, usual: bool = True) -> Column:
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


def day_column(key: str, heading: str, *, usual: bool = True) -> Column:
    """A day of the case."""
    return Column(key, heading, lambda line: getattr(line.case, key), (key,), kind=Kind.DAY, width=11, usual=usual)


def moment_day_column(key: str, heading: str) -> Column:
    """The day of a moment of the case."""
    return Column(key, heading, lambda line: day(getattr(line.case, key)), (key,), kind=Kind.DAY, width=11)


def coded_column(key: str, heading: str, labels: Mapping[Any, str], width: int = 10, *, usual: bool = True) -> Column:
    """A code of the case in words."""
    return Column(key, heading, lambda line: word(labels, getattr(line.case, key)), (key,), width=width, usual=usual)
