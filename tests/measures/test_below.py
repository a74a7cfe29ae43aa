"""Subordinates at a glance: own rows only, small counts hidden however they could be told, one page's cost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, event, text

from access.roles import CASE_ROLES
from kernel.clock import FixedClock
from kernel.errors import ForbiddenError, NotFoundError
from measures import below
from measures.below import Share, share
from measures.policy import SEE_BELOW
from tests.builders import Federation
from tests.measures.test_queries import add

Fold = Callable[..., int]
MAY = date(2026, 5, 4)


@pytest.fixture
def may(federation: Federation) -> Federation:
    federation.clock = FixedClock(datetime(2026, 5, 31, 4, 0, tzinfo=UTC))
    return federation


def test_each_direct_subordinate_is_there_with_its_subtree(
    may: Federation, fold_all: Fold, superuser: Engine
) -> None:
    add(superuser, may.ids["street"], MAY, registered=30, closed=10, due=20, due_met=10, notice_due=9)
    add(superuser, may.ids["city"], MAY, registered=99)
    fold_all()
    with may.work("head@city") as work:
        page = below.page(work)
    east, west = page.rows
    assert (east.name, east.open, east.overdue, east.late) == ("东区总工会", 20, 10, 10), (
        "nine late ones are told to the nearest five"
    )
    assert east.on_time == Share(20, 0.5, 0.5)
    assert (west.open, west.overdue, west.late, west.on_time) == (0, 0, 0, Share(0, None, None))
    assert page.total == 2


def test_what_is_due_today_is_not_late_yet_and_older_cohorts_are_left_out(
    may: Federation, fold_all: Fold, superuser: Engine
) -> None:
    add(superuser, may.ids["east"], date(2026, 5, 31), due=50)
    add(superuser, may.ids["east"], date(2026, 3, 1), due=60)
    add(superuser, may.ids["east"], date(2026, 3, 2), due=70)
    fold_all()
    with may.work("head@city") as work:
        page = below.page(work)
    assert (page.window.first, page.window.last) == (date(2026, 3, 2), date(2026, 5, 30))
    assert page.rows[0].overdue == 70


def test_a_small_count_cannot_be_read_off_the_rate_beside_it(
    may: Federation, fold_all: Fold, superuser: Engine
) -> None:
    add(superuser, may.ids["east"], MAY, registered=40, due=40, due_met=38)
    fold_all()
    with may.work("head@city") as work:
        row = below.page(work).rows[0]
    assert row.overdue is None
    assert row.on_time == Share(40, 33 / 40, 39 / 40)


@pytest.mark.parametrize(
    ("met", "due", "told"),
    [
        (0, 0, Share(0, None, None)),
        (3, 5, Share(None, None, None)),
        (20, 20, Share(20, 1.0, 1.0)),
        (0, 20, Share(20, 0.0, 0.0)),
        (10, 20, Share(20, 0.5, 0.5)),
        (3, 20, Share(20, 1 / 20, 7 / 20)),
        (5, 10, Share(10, 3 / 10, 9 / 10)),
    ],
)
def test_a_rate_tells_no_more_than_the_shown_counts(met: int, due: int, told: Share) -> None:
    assert share(met, due) == told


def test_no_hidden_number_of_a_subordinate_follows_from_the_sum_of_all(
    may: Federation, fold_all: Fold, superuser: Engine
) -> None:
    """The viewer knows that both have 19 together: beside the 20 of 18 nothing but 1 would be left."""
    add(superuser, may.ids["east"], MAY, registered=1, due=20, due_met=19, notice_due=1)
    add(superuser, may.ids["west"], MAY, registered=18, due=60, due_met=42, notice_due=18)
    fold_all()
    with may.work("head@city") as work:
        east, west = below.page(work).rows
        assert below.page(work, search="西").rows == (west,), "whatever page it stands on"
        assert below.one(work, "west") == west
        months = below.by_month(work, west)
    for row in (east, west, *months):
        assert (row.overdue, row.late) == (None, None)
    assert (east.open, west.open, months[0].registered) == (None, None, None)
    # Nor does the rate tell what is hidden for the other's sake.
    assert (west.on_time, months[0].on_time) == (Share(60, None, None), Share(60, None, None))


def test_a_number_that_is_hidden_for_anothers_sake_is_not_told_by_rate_volume_or_part(
    may: Federation, fold_all: Fold, superuser: Engine
) -> None:
    add(superuser, may.ids["east"], MAY, registered=2, due=40, due_met=38)
    add(superuser, may.ids["west"], MAY, category="02", registered=50)
    fold_all()
    with may.work("head@city") as work:
        east, west = below.page(work).rows
        parts = below.by_category(work, west)
    # 东区 has 2 late ones and 西区 none: both are hidden, and what says that 西区 had none due is hidden too.
    assert (east.overdue, west.overdue) == (None, None)
    assert (east.on_time, west.on_time) == (Share(40, 33 / 40, 39 / 40), Share(None, None, None))
    assert [part.label for part in parts] == ["01", "02"], "a line that is missing would say 0"
    assert (parts[0].registered, parts[0].overdue) == (None, None)
    assert parts[1].registered == 50


def test_the_order_by_a_figure_does_not_tell_hidden_counts_apart(
    may: Federation, fold_all: Fold, superuser: Engine
) -> None:
    add(superuser, may.ids["east"], MAY, registered=2)
    add(superuser, may.ids["west"], MAY, registered=7)
    fold_all()
    with may.work("head@city") as work:
        assert [row.name for row in below.page(work, sort="open").rows] == ["东区总工会", "西区总工会"]
    add(superuser, may.ids["west"], MAY, registered=7)
    fold_all()
    with may.work("head@city") as work:
        assert [row.name for row in below.page(work, sort="open").rows] == ["西区总工会", "东区总工会"]


def test_a_search_narrows_and_a_page_counts_all(may: Federation) -> None:
    with may.work("head@city") as work:
        assert [row.slug for row in below.page(work, search="西").rows] == ["west"]
        second = below.page(work, offset=1, limit=1)
    assert ([row.slug for row in second.rows], second.total) == (["west"], 2)


def test_a_suspended_subordinate_stays_and_a_closed_one_goes(may: Federation, superuser: Engine) -> None:
    with superuser.begin() as connection:
        connection.execute(text("update tenants set status = 'suspended' where slug = 'east'"))
        connection.execute(text("update tenants set status = 'closed' where slug = 'west'"))
    with may.work("head@city") as work:
        assert [(row.slug, row.status) for row in below.page(work).rows] == [("east", "suspended")]


def test_only_a_direct_subordinate_opens(may: Federation) -> None:
    with may.work("head@city") as work:
        assert below.one(work, "east").name == "东区总工会"
        for slug in ("street", "city", "platform", "nobody"):
            with pytest.raises(NotFoundError):
                below.one(work, slug)
        units, count = below.units_of(work, below.one(work, "east"))
        assert ([unit.slug for unit in units], count) == (["street"], 1)


def test_a_subordinate_opens_by_category_and_month(may: Federation, fold_all: Fold, superuser: Engine) -> None:
    add(superuser, may.ids["street"], MAY, category="01", registered=12, closed=3)
    add(superuser, may.ids["east"], date(2026, 4, 4), category="02", registered=20, due=30, due_met=10)
    fold_all()
    with may.work("head@city") as work:
        east = below.one(work, "east")
        categories, months = below.by_category(work, east), below.by_month(work, east)
    assert [(part.label, part.registered, part.closed) for part in categories] == [("01", 10, None), ("02", 20, 0)]
    assert [(part.label, part.overdue) for part in months] == [(date(2026, 4, 1), 20), (date(2026, 5, 1), 0)]


def test_reports_are_broken_out_for_those_who_see_them_only(
    may: Federation, fold_all: Fold, superuser: Engine
) -> None:
    add(superuser, may.ids["east"], MAY, category="13", registered=20)
    fold_all()
    labels = {}
    for who in ("head", "supervisor"):
        with may.work(f"{who}@city") as work:
            labels[who] = [part.label for part in below.by_category(work, below.one(work, "east"))]
    assert labels == {"head": ["13"], "supervisor": []}


def test_the_sums_leave_out_what_the_parts_leave_out(may: Federation, fold_all: Fold, superuser: Engine) -> None:
    add(superuser, may.ids["east"], MAY, category="13", registered=20, due=30, due_met=10, notice_due=30)
    add(superuser, may.ids["east"], MAY, category="01", registered=40, due=50, due_met=40, notice_due=20)
    fold_all()
    seen = {}
    for who in ("head", "supervisor"):
        with may.work(f"{who}@city") as work:
            row = below.one(work, "east")
            assert row == below.page(work, search=row.name).rows[0]
            seen[who] = (row.open, row.overdue, row.late, row.on_time.due, below.leaves_out_sealed(work))
    assert seen == {"head": (60, 30, 50, 80, False), "supervisor": (40, 10, 20, 50, True)}


def test_who_does_not_see_below_is_refused(may: Federation) -> None:
    for role in CASE_ROLES:
        with may.work(f"{role.value.removeprefix('office_')}@city") as work:
            if role in SEE_BELOW:
                assert below.page(work).total == 2
                continue
            with pytest.raises(ForbiddenError):
                below.page(work)
            with pytest.raises(ForbiddenError):
                below.one(work, "east")


@pytest.mark.parametrize("sort", below.SORTS)
def test_a_thousand_subordinates_cost_the_same_statements_as_two(
    may: Federation, superuser: Engine, sort: str
) -> None:
    engine = may.database.engine
    sent: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    def asked() -> int:
        sent.clear()
        with may.work("head@city") as work:
            event.listen(engine, "before_cursor_execute", note)
            try:
                page = below.page(work, sort=sort)
            finally:
                event.remove(engine, "before_cursor_execute", note)
        assert len(page.rows) == min(page.total, 50)
        return len(sent)

    few = asked()
    with superuser.begin() as connection:
        connection.execute(
            text(
                "insert into tenants (id, slug, name, short_name, kind, code, parent_id, level)"
                " select 100000 + n, 'unit-' || n, '单位' || n, '单位', 'grassroots', '单位工信' || n, :city, 2"
                " from generate_series(1, 1000) n"
            ),
            {"city": may.ids["city"]},
        )
        connection.execute(
            text(
                "insert into daily_facts (tenant_id, subject_id, scope, day, category, channel, registered)"
                " select :city, 100000 + n, 1, '2026-05-04', '01', 'visit', n from generate_series(1, 1000) n"
            ),
            {"city": may.ids["city"]},
        )
    assert asked() == few <= 4
