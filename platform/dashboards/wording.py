"""Numbers and days as people read them. Pure."""

from __future__ import annotations

from datetime import date

from measures.own_cases import by_sound
from measures.queries import Rate
from measures.scopes import Unit, Wanted
from measures.statistics import wilson
from measures.suppression import HIDDEN

NOTHING = "—"


def day(value: date) -> str:
    """``2026年3月2日``."""
    return f"{value.year}年{value.month}月{value.day}日"


def month(value: date) -> str:
    """``2026年3月``."""
    return f"{value.year}年{value.month}月"


def period(first: date, last: date) -> str:
    """``2026年3月2日至2026年5月31日``."""
    return f"{day(first)}至{day(last)}"


def withheld(wanted: Wanted) -> str:
    """What the figures of an answer leave out, in brackets; nothing where a category is asked for or all are seen."""
    return "（不含检举控告）" if wanted.without and wanted.category is None else ""


def asked(wanted: Wanted) -> str:
    """The period of a question, and what its figures leave out."""
    return f"{period(wanted.first, wanted.last)}{withheld(wanted)}"


def about(wanted: Wanted) -> str:
    """Whose figures, and what they leave out."""
    return f"{wanted.scope.name}{withheld(wanted)}"


def unit_name(wanted: Wanted, unit: Unit) -> str:
    """A unit below by its short name; one that is younger than the period says since when it is there.

    Or a unit founded last week would look silent, or small.
    """
    if unit.founded is None or unit.founded <= wanted.first:
        return unit.short_name
    return f"{unit.short_name}（{day(unit.founded)}入驻，不满所选时段）"


def by_name(unit: Unit) -> bytes:
    """A key that sorts units as an address book does: their order says nothing about them."""
    return by_sound(unit.short_name)


def percent(share: float) -> str:
    """A proportion with one decimal, which whole percents would blur near 100."""
    return f"{share:.1%}"


def rate(value: Rate) -> str:
    """A rate; 0/0 is a dash, never 100 %, and a hidden part hides the rate."""
    if value.due is None or value.met is None:
        return f"{NOTHING}（小数隐去）"
    return percent(value.met / value.due) if value.due else NOTHING


def interval(value: Rate) -> str:
    """Wilson's 95 % interval of a rate."""
    if value.due is None or value.met is None:
        return NOTHING
    ends = wilson(value.met, value.due)
    return f"{percent(ends[0])}–{percent(ends[1])}" if ends else NOTHING


def hidden_note(where: str) -> str:
    """Why some numbers are hidden and the others end in 0 or 5."""
    return (
        f"{where}为1至7件的数字以“{HIDDEN}”显示，为防推算个别其他数字也一并隐去，其余四舍五入到5；"
        "不再下钻，以免从小数认出个人。"
    )
