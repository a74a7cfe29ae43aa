"""Where a union stood, when, and what went along."""

from __future__ import annotations

from datetime import UTC, date, datetime

from kernel.clock import FixedClock
from tenants import history
from tenants.moving import move
from tests.builders import Federation


def test_a_union_that_moved_remembers_every_parent_and_why(federation: Federation) -> None:
    for day, parent in ((date(2026, 4, 1), "west"), (date(2026, 5, 1), None)):
        federation.clock = FixedClock(datetime(day.year, day.month, day.day, 2, 0, tzinfo=UTC))
        with federation.work("root@platform") as work:
            move(work, "street", new_parent_slug=parent, reason=f"调整{day.month}月")
    street = federation.ids["street"]
    with federation.work("root@platform") as work:
        stretches = history.parents_over_time(work.session, street)
        assert [(each.parent.slug, each.since, each.until) for each in stretches] == [
            ("east", None, date(2026, 4, 1)),
            ("west", date(2026, 4, 1), date(2026, 5, 1)),
        ]
        assert [each.reason for each in history.moves_of(work.session, street)] == ["调整5月", "调整4月"]
        assert {each.slug for each in history.involved(work.session, street)} == {"east", "west"}
        assert history.subtree_size(work.session, federation.ids["city"]) == 3


def test_who_never_moved_has_one_stretch_without_end(federation: Federation) -> None:
    with federation.work("root@platform") as work:
        (only,) = history.parents_over_time(work.session, federation.ids["east"])
        assert (only.parent.slug, only.since, only.until) == ("city", None, None)
        assert history.moves_of(work.session, federation.ids["east"]) == []
