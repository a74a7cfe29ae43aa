"""What the rules of fields are made of: what they may look at, and the kinds that many fields share."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from access.actor import Work
from cases.models import Case, CaseClock, Claim
from kernel.errors import InvalidError

MAX_TEXT = 10_000
#: A date further ahead than this is a typing mistake.
LONGEST_AHEAD = 366


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may look at."""

    work: Work
    case: Case
    claims: Sequence[Claim]
    clocks: Sequence[CaseClock] = ()


Rule = Callable[[Context, Any], Any]


def text(label: str, *, required: bool = True, shortest: int = 2, why: str = "") -> Rule:
    """Words of at most ``MAX_TEXT`` characters; ``why`` says which rule asks for them, and with what."""

    def rule(_context: Context, value: Any) -> str:
        cleaned = str(value or "").strip()
        if not cleaned and not required:
            return ""
        if len(cleaned) < shortest:
            raise InvalidError(f"请填写{label}：{why}。" if why else f"请填写{label}。")
        if len(cleaned) > MAX_TEXT:
            raise InvalidError(f"{label}不能超过{MAX_TEXT}个字。")
        return cleaned

    return rule


def choice(label: str, options: Container[str]) -> Rule:
    """One code of a table."""

    def rule(_context: Context, value: Any) -> str:
        if not isinstance(value, str) or value not in options:
            raise InvalidError(f"请选择{label}。")
        return str(value)

    return rule


def ticked(sentence: str) -> Rule:
    """A statement that must be made: an empty box is refused with what it stands for."""

    def rule(_context: Context, value: Any) -> bool:
        if not flag(_context, value):
            raise InvalidError(sentence)
        return True

    return rule


def flag(_context: Context, value: Any) -> bool:
    """A box that may stay empty."""
    return str(value or "").strip().lower() in ("1", "true", "on", "yes")


def read_day(label: str, value: Any) -> date:
    """A calendar date.

    :raises InvalidError: for anything else.
    """
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise InvalidError(f"请填写{label}。") from None


def past_day(label: str) -> Rule:
    """A day that is not after today and not absurdly long ago."""

    def rule(context: Context, value: Any) -> date:
        day = read_day(label, value)
        if day > context.work.clock.today():
            raise InvalidError(f"{label}不能晚于今天。")
        if day.year < 1990:
            raise InvalidError(f"{label}过早，请核对年份。")
        return day

    return rule


def coming_day(label: str, *, required: bool = True) -> Rule:
    """A day from today on, within a year."""

    def rule(context: Context, value: Any) -> date | None:
        if not required and not str(value or "").strip():
            return None
        day, today = read_day(label, value), context.work.clock.today()
        if not today <= day <= today + timedelta(days=LONGEST_AHEAD):
            raise InvalidError(f"{label}应在今天以后的一年以内。")
        return day

    return rule
