"""Who comes with what, when, and how it goes on: decided by dice alone, before any row is written.

The same seed and the same day give the same stories, word for word.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from random import Random
from typing import Any

from calendars.deadlines import UnknownYearError
from calendars.workdays import LIBRARY
from cases.rules import CLOCKED_PURPOSES, Channel, Purpose, SubjectType, Tier
from infra.federation import names, procedure, rating, texts
from infra.federation.matter import Matter
from infra.federation.names import Union
from infra.federation.story import Reply, Step, Story
from kernel.clock import CHINA

SEED = 20_260_501
CASES = 20_000
MONTHS = 24
DAYS = 730

_CHANNELS = ((Channel.VISIT, 34), (Channel.CALL, 26), (Channel.ONLINE, 28), (Channel.LETTER, 12))
_SUBJECTS = (
    (SubjectType.EMPLOYEE, 46),
    (SubjectType.MIGRANT, 24),
    (SubjectType.RETIRED, 9),
    (SubjectType.DISPATCHED, 8),
    (SubjectType.PLATFORM_WORKER, 6),
    (SubjectType.FAMILY, 4),
    (SubjectType.LAID_OFF, 3),
)
#: Registrations of a month against the average; wages are fought for before Spring Festival.
_SEASON = {1: 1.35, 2: 0.75, 3: 1.1, 4: 1.0, 5: 0.95, 6: 1.0, 7: 1.0, 8: 0.95, 9: 1.0, 10: 0.9, 11: 1.05, 12: 1.25}
_WINTER = 1.7


class Almanac:
    """Working days of the demo's two years, up to the day before ``today``: nothing lies in the future."""

    def __init__(self, today: date) -> None:
        self.today = today
        start = today - timedelta(days=DAYS)
        self.days = [day for n in range(DAYS) if _works(day := start + timedelta(days=n))]
        self._weights = list(accumulate(_SEASON[day.month] for day in self.days))

    def any_day(self, rng: Random) -> int:
        """A working day's place, by season."""
        return min(bisect_right(self._weights, rng.random() * self._weights[-1]), len(self.days) - 1)

    def recent_day(self, rng: Random, days: int) -> int:
        """A working day's place within the last ``days`` calendar days."""
        first = bisect_right(self.days, self.today - timedelta(days=days + 1))
        return rng.randrange(first, len(self.days))

    def moment(self, rng: Random, place: int) -> datetime | None:
        """A moment in office hours of a working day, or ``None`` when that day has not come yet."""
        if place >= len(self.days):
            return None
        minute = rng.randrange(8 * 60 + 30, 17 * 60 + 30)
        return datetime.combine(self.days[place], time(minute // 60, minute % 60, rng.randrange(60)), tzinfo=CHINA)

    def place_of(self, day: date) -> int:
        """The place of the first working day on or after ``day``."""
        return bisect_right(self.days, day - timedelta(days=1))


def _works(day: date) -> bool:
    try:
        return LIBRARY.is_workday(day)
    except UnknownYearError:
        return day.isoweekday() < 6


def stories(union: Union, almanac: Almanac, *, seed: int = SEED, cases: int = CASES) -> list[Story]:
    """Everything that happened at one union, in no particular order."""
    rng = Random(f"{seed}/{union.slug}")
    total = sum(each.weight for each in names.unions())
    count = round(cases * union.weight / total)
    told = [_story(rng, union, almanac, almanac.any_day(rng)) for _ in range(count)]
    if names.HOTSPOT in (union.slug, union.parent):
        wages = next(matter for matter in texts.MATTERS if matter.category == names.HOTSPOT_CATEGORY)
        # Against all of its first level: that is what the daily figures, and so the dashboards, can tell apart.
        kindred = [m.weight for m in texts.MATTERS if m.category.startswith(names.HOTSPOT_CATEGORY[:2])]
        share = sum(kindred) / sum(matter.weight for matter in texts.MATTERS)
        usual = count * share * names.HOTSPOT_DAYS / DAYS
        # In the district's own office three employers are behind it; below, everybody's workers come.
        firms = union.firms[: names.HOTSPOT_FIRMS] if union.slug == names.HOTSPOT else ("",)
        for more in range(round(usual * (names.HOTSPOT_FACTOR - 1))):
            place = almanac.recent_day(rng, names.HOTSPOT_DAYS)
            told.append(_story(rng, union, almanac, place, wages, firm=firms[more % len(firms)]))
    return told


def _story(
    rng: Random,
    union: Union,
    almanac: Almanac,
    place: int,
    matter: Matter | None = None,
    *,
    firm: str = "",
) -> Story:
    day = almanac.days[place]
    matter = matter or _matter(rng, day)
    channel = _pick(rng, _CHANNELS)
    registered_at = almanac.moment(rng, place)
    assert registered_at is not None
    # Who writes is read later than who stands at the window.
    lag = rng.randint(0, 3) if channel in (Channel.LETTER, Channel.ONLINE) else 0
    firm = firm or rng.choice(union.firms)
    slots = texts.slots(rng, firm, (day.month - rng.randint(1, 5) - 1) % 12 + 1)
    title = rng.choice(matter.titles).format(**slots)
    story = rng.choice(texts.OPENINGS) + rng.choice(matter.stories).format(**slots) + rng.choice(texts.ENDINGS)
    claims = matter.claims[: rng.choice((1, 1, 2))]
    group = channel is Channel.VISIT and rng.random() < 0.06
    anonymous = rng.random() < 0.04
    course = _Course(rng, almanac, place, registered_at)
    own = procedure.dice(union.slug, title, registered_at)
    replies = _go_on(course, union, matter, slots=slots, title=title, claims=len(claims), group=group, own=own)
    rated, settled = ((), None) if anonymous else rating.of(union, almanac, title, course.steps)
    return Story(
        channel=channel.value,
        category=matter.category,
        title=title,
        content=story,
        claims=tuple(claim.format(**slots) for claim in claims),
        received_on=day - timedelta(days=lag),
        registered_at=registered_at,
        firm=firm,
        name=None if anonymous else names.person(rng),
        phone=None if anonymous or rng.random() < 0.1 else names.phone(rng),
        subject_type=_pick(rng, _SUBJECTS).value,
        headcount=rng.randint(5, 40) if group else 1 if rng.random() < 0.9 else rng.randint(2, 4),
        confidential=rng.random() < 0.03,
        urgent=rng.random() < 0.02,
        repeat=rng.random() < 0.11 and not course.simple,
        steps=(*course.steps, *rated),
        replies=replies,
        settled=settled,
    )


def _matter(rng: Random, day: date) -> Matter:
    factor = _WINTER if day.month in (12, 1) else 1.0
    weights = [matter.weight * (factor if matter.winter else 1.0) for matter in texts.MATTERS]
    return rng.choices(texts.MATTERS, weights)[0]


def _pick(rng: Random, choices: Sequence[tuple[Any, int]]) -> Any:
    return rng.choices([choice for choice, _ in choices], [weight for _, weight in choices])[0]


class _Course:
    """Steps one after another, each some working days after the last, until today cuts them off."""

    def __init__(self, rng: Random, almanac: Almanac, place: int, registered_at: datetime) -> None:
        self.rng, self.almanac, self.place, self.last = rng, almanac, place, registered_at
        self.begun = place
        self.simple = False
        self.steps: list[Step] = []
        self.over = False

    def moment(self, after: int) -> datetime | None:
        """The next moment, ``after`` working days on; ``None`` from the day on that has not come."""
        if self.over:
            return None
        self.place += after
        at = self.almanac.moment(self.rng, self.place)
        if at is None:
            self.over = True
            return None
        self.last = at if at > self.last else self.last + timedelta(minutes=self.rng.randint(3, 20))
        return self.last

    def do(self, after: int, action: str, actor: str, **data: Any) -> bool:
        """Add a step; ``False`` once the story has reached today."""
        at = self.moment(after)
        if at is not None:
            self.steps.append(Step(action, at, actor, data))
        return at is not None


def _go_on(
    course: _Course,
    union: Union,
    matter: Matter,
    *,
    slots: dict[str, str],
    title: str,
    claims: int,
    group: bool,
    own: Random,
) -> tuple[Reply, ...]:
    """Triage, acceptance, handling and the end, as far as today allows; what the union above wrote."""
    rng, found = course.rng, matter.finding.format(**slots)
    light = matter.purpose in (Purpose.INQUIRY, Purpose.SUGGESTION)
    if light and rng.random() < 0.75 and not group:
        course.do(rng.randint(0, 2), "answer", "clerk", spot_purpose=matter.purpose.value, reply=found)
        return ()
    tier = rng.choices((Tier.SIMPLE, Tier.ORDINARY, Tier.HARD), (30, 58, 12))[0]
    if not course.do(
        min(int(rng.expovariate(0.8)), 6),
        "triage",
        "clerk",
        purpose=matter.purpose.value,
        category=matter.category,
        tier=tier.value,
        competence_note="",
    ):
        return ()
    late = rng.random() < 0.04
    wait = rng.randint(10, 16) if late else min(int(rng.expovariate(0.5)), 6)
    refusal = _refusal(rng, matter)
    if refusal is not None:
        reason, where = texts.REFUSALS[refusal]
        course.do(wait, "refuse", "clerk", refusal=refusal, reason=reason, where_to_go=where)
        return ()
    handler = rng.choice(("handler", "handler2"))
    course.simple = procedure.may_be_simple(own, tier, group=group)
    if not _take_up(course, matter, handler, wait, own):
        return ()
    replies = () if course.simple else _handle(course, union, handler)
    # Days of handling: most within 60, some not, by difficulty.
    scale = {Tier.SIMPLE: 9, Tier.ORDINARY: 17, Tier.HARD: 27}[tier]
    days = min(int(rng.lognormvariate(0, 0.42) * scale) + 1, 95)
    if course.simple:
        days = min(days, 7)
    if tier is Tier.HARD and not replies and matter.purpose in CLOCKED_PURPOSES:
        days = procedure.extend(own, course, days, handler)
    told: dict[str, Any] = {
        "facts": texts.FACTS.format(title=title),
        "basis": matter.basis,
        "opinions": {n: (procedure.opinion(rng, simple=course.simple), found) for n in range(1, claims + 1)},
    }
    if course.do(days, "decide", handler, **told):
        at = course.moment(rng.randint(0, 6))
        if at is not None:
            delivery = rng.choices(("in_person", "post", "online"), (60, 25, 15))[0]
            given = {"delivery": delivery, "delivered_on": at.date(), "result": rng.choice(texts.RESULTS)}
            supported = any(opinion == "support" for opinion, _finding in told["opinions"].values())
            if not procedure.serve(own, course, at, handler, delivery=delivery, supported=supported):
                given |= {"executed_on": at.date()} if supported else {}
                course.steps.append(Step("close", at, handler, given))
    return replies


def _take_up(course: _Course, matter: Matter, handler: str, wait: int, own: Random) -> bool:
    """Accept it on either track; ``False`` when it went another way or today came first."""
    if course.simple:
        data = {"simple_ground": "clear", "simple_checked": True}
        return course.do(wait, "take_simple", "head", assignee=handler, **data)
    if not course.do(wait, "accept", "head", assignee=handler, procedure=texts.PROCEDURE):
        return False
    return not procedure.leaves(own, course, matter.category, course.almanac.days[course.begun], handler)


def _refusal(rng: Random, matter: Matter) -> str | None:
    if matter.purpose is Purpose.REPORT:
        return "N6"
    return rng.choice(("N3", "N3", "N1", "N4")) if rng.random() < 0.08 else None


def _handle(course: _Course, union: Union, handler: str) -> tuple[Reply, ...]:
    """Notes, and for a few cases the way up and back."""
    rng = course.rng
    if rng.random() < 0.3:
        course.do(rng.randint(1, 6), "note", handler, note=rng.choice(texts.NOTES))
    if union.parent is None or rng.random() >= 0.035:
        return ()
    if union.slug == names.MOVED and course.last.date() < course.almanac.today - timedelta(days=names.MOVED_DAYS):
        # Before the move its letters would have gone to another superior; it happens to have sent none.
        return ()
    escalated = course.do(
        rng.randint(3, 12), "escalate", "head", reason=rng.choice(texts.ESCALATION), request=texts.ESCALATION_REQUEST
    )
    if not escalated:
        return ()
    replies: list[Reply] = []
    signed = course.moment(rng.randint(1, 3))
    if signed is not None:
        replies.append(Reply("sign", signed, "clerk"))
    ordered = rng.random() < 0.4
    written = course.moment(rng.randint(3, 11))
    if written is not None:
        due = written.date() + timedelta(days=30) if ordered else None
        action, words = ("order", texts.ORDERS) if ordered else ("answer", texts.ANSWERS)
        replies.append(Reply(action, written, "head", rng.choice(words), due))
    course.do(rng.randint(1, 3), "resume", "head")
    return tuple(replies)
