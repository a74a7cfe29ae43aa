"""大屏: it turns by itself, can be stopped by whoever looks at it, and stands still for who asked for less motion."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Page

from tests.builders import Federation
from tests.journeys.conftest import Visitor
from tests.web.conftest import MovingClock

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("browser")]

Visit = Callable[..., Visitor]
Motion = Literal["reduce", "no-preference"]


def shown(page: Page) -> list[str | None]:
    """Names of the screens that are on the wall."""
    screens = page.locator("[data-screen]:visible")
    return [screens.nth(place).get_attribute("aria-label") for place in range(screens.count())]


def waits(page: Page) -> None:
    """More than one turn of thirty seconds, less than two."""
    page.clock.run_for(40_000)


def open_wall(someone: Visitor, motion: Motion) -> Page:
    page = someone.page
    page.emulate_media(reduced_motion=motion)
    page.clock.install()
    someone.goes("/dashboards/wall")
    return page


def test_the_wall_turns_until_somebody_stops_it_and_goes_on_when_asked(
    federation: Federation, clock: MovingClock, visitor: Visit
) -> None:
    page = open_wall(visitor("head@street"), "no-preference")
    assert shown(page) == ["负荷"]
    waits(page)
    assert shown(page) == ["办理"]
    # WCAG 2.2.2: by the keyboard as well.
    page.get_by_role("button", name="停止轮换").press("Enter")
    waits(page)
    waits(page)
    assert shown(page) == ["办理"]
    page.get_by_role("button", name="自动轮换").press("Enter")
    waits(page)
    assert shown(page) == ["负荷"]


def test_the_wall_stands_still_for_who_asked_for_less_motion_and_turns_by_hand(
    federation: Federation, clock: MovingClock, visitor: Visit
) -> None:
    page = open_wall(visitor("head@street"), "reduce")
    for _turn in range(3):
        waits(page)
        assert shown(page) == ["负荷"]
    assert page.locator("[data-screen]:visible").evaluate("node => getComputedStyle(node).animationName") == "none"
    page.get_by_role("button", name="换一屏").click()
    assert shown(page) == ["办理"]
    waits(page)
    assert shown(page) == ["办理"]
    # The system's setting may change while the wall hangs there.
    page.emulate_media(reduced_motion="no-preference")
    waits(page)
    assert shown(page) == ["负荷"]
