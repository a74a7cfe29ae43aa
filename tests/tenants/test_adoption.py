"""Unions by kind and state."""

from __future__ import annotations

from datetime import date

from tenants import adoption
from tenants.models import Kind
from tests.builders import Federation


def test_unions_are_counted_by_kind_and_state_and_the_platform_is_none(federation: Federation) -> None:
    with federation.work("root@platform") as work:
        found = {row.kind: row for row in adoption.by_kind(work.session)}
    assert found[Kind.FEDERATION].active == 3
    assert found[Kind.GRASSROOTS_FEDERATION].total == 1
    assert Kind.PLATFORM not in found


def test_arrivals_are_counted_by_month_from_a_day_on(federation: Federation) -> None:
    with federation.work("root@platform") as work:
        assert sum(count for _month, count in adoption.came_by_month(work.session, date(2020, 1, 1))) == 4
        assert adoption.came_by_month(work.session, date(2999, 1, 1)) == []
