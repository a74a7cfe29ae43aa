"""满意度评价 of answered matters: who rates, about whom, in whose hand and in which words.

Its dice are its own, so that every story stays word for word what it was up to its end. Whoever is asked may be
silent: about two of five rate, as in life.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from random import Random
from typing import Protocol

from cases.rules import Rating
from infra.federation import names
from infra.federation.names import Union
from infra.federation.story import PETITIONER, Settled, Step
from kernel.clock import CHINA, china_date

#: The last acts of stories with an answer that can be rated.
_ANSWERED = ("answer", "close", "finish", "conclude_agreement")
#: Share of those asked who rate, and of these the few who tell it to the staff (代录).
_TAKE_PART, _TOLD = 0.41, 0.04
#: 不满意 about the petition office and about the responsible unit, and in the district that is less content.
_UNHAPPY = {"office": 0.05, "unit": 0.09}
_LESS_CONTENT = {"office": 0.22, "unit": 0.27}
_ABOUT = ((("unit", "office"), 70), (("unit",), 18), (("office",), 12))
#: Most come within days; nobody comes after the thirty that are counted (domain.md C).
_MEAN_DAYS, _LATEST = 5.0, 28
_WAYS = (("call", 7), ("visit", 2), ("message", 1))

_GRIEVANCES = {
    "office": ("打了几次电话才问到办理进展。", "答复太笼统，没有说明依据。", "材料来回补了两次，没有一次讲清楚。"),
    "unit": ("单位答应的事一拖再拖。", "处理结果与我的诉求差距较大。", "单位只是口头答应，没有具体安排。"),
    "spot": ("解答太笼统，还是不知道该怎么办。", "等了很久才有人接待。"),
}
_PRAISE = {
    "office": ("工作人员很耐心，解释得清楚。", "有进展都主动告诉我，谢谢。", "谢谢工会帮忙。"),
    "unit": ("单位态度比以前好。", "说到做到，没有异议。", "问题处理得比较实在。"),
}
_SAID = {Rating.SATISFIED: "信访人表示满意。", Rating.MOSTLY: "信访人表示基本满意，没有其他要求。"}
_RESOLUTIONS = (
    "已向信访人了解不满意的原因，督促责任单位改进。",
    "已回访信访人并说明情况，由承办人继续跟踪兑现。",
    "已核对办理过程，要求今后主动告知进展。",
)


class Almanac(Protocol):
    """What the plan's almanac offers."""

    def moment(self, rng: Random, place: int) -> datetime | None:
        """A moment in office hours of a working day, or ``None`` when it has not come."""
        ...

    def place_of(self, day: date) -> int:
        """The place of the first working day on or after a day."""
        ...

    @property
    def today(self) -> date:
        """The day before which everything lies."""
        ...


def of(union: Union, almanac: Almanac, title: str, steps: Sequence[Step]) -> tuple[tuple[Step, ...], Settled | None]:
    """Ratings of a matter that was answered, and how the supervisor settled the task that a 不满意 left."""
    if not steps or steps[-1].action not in _ANSWERED:
        return (), None
    end = steps[-1]
    rng = Random(f"rating/{union.slug}/{title}/{end.at.isoformat()}")
    manner = _manner(union.slug, union.parent)
    if rng.random() >= manner["part"]:
        return (), None
    told = rng.random() < _TOLD
    at = _when(rng, almanac, end.at, told=told)
    if at is None:
        return (), None
    spot = end.action == "answer"
    words = _words(rng, manner, spot=spot)
    way = rng.choices([way for way, _ in _WAYS], [share for _, share in _WAYS])[0]
    rated = tuple(_step(rng, at, about, word, way if told else "", spot=spot) for about, word in words.items())
    settled = _settle(rng, almanac, at) if Rating.DISSATISFIED in words.values() else None
    return rated, settled


@cache
def _manner(slug: str, parent: str | None) -> dict[str, float]:
    """How people of one union rate: unions differ a little, and those of one district much."""
    rng = Random(f"rating/{slug}")
    unhappy = _LESS_CONTENT if names.LESS_CONTENT in (slug, parent) else _UNHAPPY
    return {
        "part": _TAKE_PART + rng.uniform(-0.05, 0.05),
        **{about: share * rng.uniform(0.85, 1.15) for about, share in unhappy.items()},
    }


def _when(rng: Random, almanac: Almanac, end: datetime, *, told: bool) -> datetime | None:
    """Staff write down in office hours; people rate in the evening and on Sunday as well."""
    day = china_date(end) + timedelta(days=1 + min(int(rng.expovariate(1 / _MEAN_DAYS)), _LATEST))
    if told:
        return almanac.moment(rng, almanac.place_of(day))
    minute = rng.randrange(7 * 60, 22 * 60 + 30)
    at = datetime.combine(day, time(minute // 60, minute % 60, rng.randrange(60)), tzinfo=CHINA)
    return at if day < almanac.today else None


def _words(rng: Random, manner: dict[str, float], *, spot: bool) -> dict[str, Rating]:
    """The word about each that is rated. Who is unhappy is so with one of the two: a second task would follow."""
    about = ("office",) if spot else rng.choices([pair for pair, _ in _ABOUT], [share for _, share in _ABOUT])[0]
    words: dict[str, Rating] = {}
    for each in about:
        content = Rating.SATISFIED if rng.random() < 0.62 else Rating.MOSTLY
        words[each] = Rating.DISSATISFIED if rng.random() < manner[each] else content
    if list(words.values()).count(Rating.DISSATISFIED) > 1:
        words["unit"] = Rating.MOSTLY
    return words


def _step(rng: Random, at: datetime, about: str, word: Rating, way: str, *, spot: bool) -> Step:
    """``way`` says how staff were told of it; empty for the petitioner's own hand."""
    if word is Rating.DISSATISFIED:
        reason = rng.choice(_GRIEVANCES["spot" if spot else about])
    elif way:
        reason = _SAID[word]
    else:
        reason = rng.choice(_PRAISE[about]) if word is Rating.SATISFIED and rng.random() < 0.3 else ""
    if way:
        staff = {"rated_about": about, "rating": word.value, "told_how": way, "reason": reason}
        return Step("rate", at, "clerk", staff)
    return Step("own_rate", at, PETITIONER, {"rated_about": about, "own_rating": word.value, "own_reason": reason})


def _settle(rng: Random, almanac: Almanac, at: datetime) -> Settled | None:
    first = almanac.place_of(china_date(at) + timedelta(days=1))
    done = almanac.moment(rng, first + rng.randint(0, 3))
    return Settled(done, rng.choice(_RESOLUTIONS)) if done is not None else None
