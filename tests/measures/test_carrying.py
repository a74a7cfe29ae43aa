"""One viewer's subtree cells are compared with its children's and corrected by difference."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy import Engine, text

from kernel.db import Database
from measures.carrying import LOCK, carry, passes
from tests.builders import Federation
from tests.measures.histories import Forest, live
from tests.measures.test_moves import assert_honest, hang


def test_a_carry_finds_what_is_wrong_once(
    federation: Federation, rollup: Database, fold_all: Callable[[], int], superuser: Engine
) -> None:
    forest = Forest()
    live(federation, 81, cases=10)
    hang(federation, forest, "street", "west", date(2026, 3, 1))
    fold_all()
    city = federation.ids["city"]
    with superuser.begin() as connection:
        connection.execute(text("update daily_facts set moved = moved + 3 where tenant_id = :c"), {"c": city})
    with rollup.engine.begin() as connection:
        connection.execute(LOCK)
        assert carry(connection, city) > 0
        assert carry(connection, city) == 0
    with superuser.begin() as connection:
        connection.execute(
            text("update daily_facts set moved = moved - 3 where tenant_id = :c and scope = 0"), {"c": city}
        )
    with rollup.engine.begin() as connection:
        connection.execute(LOCK)
        carry(connection, city)
    assert_honest(federation, superuser, forest)


def test_an_order_of_visits_is_tried_more_often_than_it_is_long() -> None:
    assert passes([]) > 0
    assert passes([1, 2, 3]) > 3
