"""A union that is younger than the period has no empty weeks behind it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

from sqlalchemy import Engine, text

from measures.beginnings import begun
from tests.builders import Federation
from tests.measures.test_queries import add, asking, may

__all__ = ["may"]

Fold = Callable[..., int]


def founded(superuser: Engine, slug: str, moment: datetime) -> None:
    with superuser.begin() as connection:
        connection.execute(
            text("update tenants set created_at = :moment where slug = :slug"), {"moment": moment, "slug": slug}
        )


def test_a_union_founded_last_week_begins_last_week(may: Federation, superuser: Engine) -> None:
    founded(superuser, "street", datetime(2026, 5, 24, 17, 0, tzinfo=UTC))
    with asking(may, "head@street") as (work, here, wanted):
        assert begun(work, here, wanted) == date(2026, 5, 25)


def test_a_union_that_brought_its_files_begins_with_the_oldest(
    may: Federation, superuser: Engine, fold_all: Fold
) -> None:
    founded(superuser, "street", datetime(2026, 5, 25, tzinfo=UTC))
    add(superuser, may.ids["street"], date(2026, 2, 3), registered=1)
    fold_all()
    with asking(may, "head@street") as (work, here, wanted):
        assert begun(work, here, wanted) == date(2026, 2, 3)


def test_an_old_union_covers_the_period_without_a_look_at_its_figures(may: Federation, superuser: Engine) -> None:
    founded(superuser, "street", datetime(2024, 1, 1, tzinfo=UTC))
    with asking(may, "head@street") as (work, here, wanted):
        assert begun(work, here, wanted) is None


def test_a_child_is_asked_by_its_own_first_day(may: Federation, superuser: Engine) -> None:
    founded(superuser, "city", datetime(2024, 1, 1, tzinfo=UTC))
    founded(superuser, "east", datetime(2026, 5, 25, tzinfo=UTC))
    with asking(may, "head@city", unit=str(may.ids["east"])) as (work, here, wanted):
        assert begun(work, here, wanted) == date(2026, 5, 25)
