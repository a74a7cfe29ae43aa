"""What the words of documents are made of. Pure text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cases.models import Case, CaseClock, Claim
from cases.rules import OPINION_LABELS, ClockKind, Opinion

Paragraphs = list[dict[str, Any]]


def _next_up(_stage: str) -> str:
    """The regulation's own words, for papers that are made without a union (条例 arts. 35, 36)."""
    return "上一级机关、单位"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a template may draw on."""

    case: Case
    claims: Sequence[Claim]
    clocks: Sequence[CaseClock]
    union_name: str
    superior_name: str | None
    today: date
    data: Mapping[str, Any]
    #: Who reviews this union's opinions, by stage (``review``, ``recheck``); asked only by the papers that say it.
    body_of: Callable[[str], str] = _next_up
    #: What lies in the file, a line each, for its index (卷宗目录).
    contents: Callable[[], Sequence[str]] = tuple


def chinese_date(day: date) -> str:
    """``2026年1月5日``."""
    return f"{day.year}年{day.month}月{day.day}日"


def paragraph(text: str, heading: str | None = None) -> dict[str, Any]:
    """One paragraph, with a heading where it has one."""
    return {"heading": heading, "text": text}


def received(facts: Facts) -> str:
    """How a document names the matter."""
    return f"您于{chinese_date(facts.case.received_on)}向{facts.union_name}反映的“{facts.case.title}”信访事项"


def clock(facts: Facts, kind: ClockKind) -> CaseClock | None:
    """The newest clock of a kind."""
    return next((clock for clock in reversed(facts.clocks) if clock.kind == kind), None)


class AbsentError(LookupError):
    """A value of the step is not known yet: the act has not been taken. Never an error of a text."""


#: What stands for a part that the file cannot say yet.
NOT_YET = "（尚未作出）"


def outcomes(facts: Facts) -> str:
    """Claim by claim, what was found; ``NOT_YET`` while a claim has no finding."""
    if any(claim.finding is None for claim in facts.claims):
        return NOT_YET
    return "\n".join(
        f"{claim.position}. {OPINION_LABELS[Opinion(claim.opinion or 'explain')]}：{claim.finding}"
        for claim in facts.claims
    )


def requests(facts: Facts) -> str:
    """The claims in one line."""
    return "；".join(f"{claim.position}. {claim.text}" for claim in facts.claims)


def day_of(facts: Facts, name: str) -> str:
    """A date among the values of the act, or a dash."""
    day = facts.data.get(name)
    return chinese_date(day) if isinstance(day, date) else "—"
