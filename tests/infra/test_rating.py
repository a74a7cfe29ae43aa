"""Who rates in the demo, about whom and in which words: decided by dice alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from cases.own import MIN_WORDS
from cases.rules import Rating
from infra.federation import names, plan
from infra.federation.story import PETITIONER, Step, Story
from measures.funnel import WARN, funnel

TODAY = date(2026, 3, 2)
ANSWERS = {"answer", "close", "finish", "conclude_agreement"}
#: The city's own office and those of its districts: the rows of its funnel, each without those below it.
OFFICES = tuple(union for union in names.unions() if union.parent in (None, names.CITY))


@pytest.fixture(scope="module")
def told() -> dict[str, list[Story]]:
    almanac = plan.Almanac(TODAY)
    return {union.slug: plan.stories(union, almanac) for union in OFFICES}


def ratings(stories: list[Story]) -> Iterator[Step]:
    return (step for story in stories for step in story.steps if step.action in ("rate", "own_rate"))


def word(step: Step) -> str:
    return str(step.data["own_rating" if step.action == "own_rate" else "rating"])


def test_about_two_of_five_who_can_be_asked_rate_within_weeks_and_nobody_else(told: dict[str, list[Story]]) -> None:
    asked = rated = 0
    for story in (story for stories in told.values() for story in stories):
        given = list(ratings([story]))
        ends = [step for step in story.steps if step.action in ANSWERS]
        if not ends or story.name is None:
            assert given == []
            continue
        asked, rated = asked + 1, rated + bool(given)
        assert story.steps[len(story.steps) - len(given) :] == tuple(given)
        assert all(timedelta(0) < step.at - ends[-1].at < timedelta(days=45) for step in given)
        assert len({step.data["rated_about"] for step in given}) == len(given)
    assert 0.34 < rated / asked < 0.46


def test_nearly_all_rate_in_their_own_hand(told: dict[str, list[Story]]) -> None:
    actors = Counter(step.actor for stories in told.values() for step in ratings(stories))
    assert set(actors) == {PETITIONER, "clerk"}
    assert 0.01 < actors["clerk"] / actors.total() < 0.08


def test_whoever_is_not_satisfied_says_why_and_staff_always_write_what_they_heard(
    told: dict[str, list[Story]],
) -> None:
    for step in (step for stories in told.values() for step in ratings(stories)):
        reason = step.data["own_reason" if step.action == "own_rate" else "reason"]
        assert len(reason) >= MIN_WORDS or (step.actor == PETITIONER and word(step) != Rating.DISSATISFIED)


def test_a_task_is_settled_only_where_somebody_was_not_satisfied(told: dict[str, list[Story]]) -> None:
    for story in (story for stories in told.values() for story in stories):
        unhappy = [step.at for step in ratings([story]) if word(step) == Rating.DISSATISFIED]
        assert len(unhappy) <= 1
        assert story.settled is None or unhappy[0] < story.settled.at
        assert story.settled is None or story.settled.at.date() < TODAY


def test_one_district_is_outside_the_limits_of_the_citys_funnel(told: dict[str, list[Story]]) -> None:
    satisfied, rated = [], []
    for stories in told.values():
        words = [word(step) for step in ratings(stories) if step.data["rated_about"] == "office"]
        rated.append(len(words))
        satisfied.append(len(words) - words.count(Rating.DISSATISFIED))
    found = funnel(satisfied, rated)
    assert found is not None
    assert [OFFICES[place].slug for place in found.places(WARN)] == [names.LESS_CONTENT]
    assert len({good / size for good, size in zip(satisfied, rated, strict=True)}) > 2
