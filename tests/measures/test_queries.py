"""Figures as a viewer reads them: right sums, own rows only, small counts hidden, the tree checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, text

from access.actor import Work
from access.roles import CASE_ROLES, Role
from kernel.clock import FixedClock
from kernel.errors import ForbiddenError, InvalidError
from measures import ages, figuring, queries, scopes
from measures.definitions import BY_KEY
from measures.models import DailyFact
from measures.scopes import Wanted
from tests.builders import Federation

Fold = Callable[..., int]
#: A Sunday, so that its week is a whole one.
TODAY = date(2026, 5, 31)


@pytest.fixture
def may(federation: Federation) -> Federation:
    federation.clock = FixedClock(datetime(2026, 5, 31, 4, 0, tzinfo=UTC))
    return federation


def add(
    superuser: Engine, tenant: int, day: date, *, category: str = "01", channel: str = "visit", **counts: int
) -> None:
    names = ", ".join(counts)
    values = ", ".join(f":{name}" for name in counts)
    with superuser.begin() as connection:
        connection.execute(
            text(
                f"insert into fact_deltas (tenant_id, id, day, category, channel, {names}) "
                f"values (:tenant, uuidv7(), :day, :category, :channel, {values})"
            ),
            {"tenant": tenant, "day": day, "category": category, "channel": channel, **counts},
        )


@contextmanager
def asking(federation: Federation, login: str, **values: str) -> Iterator[tuple[Work, scopes.Around, Wanted]]:
    with federation.work(login) as work:
        here = scopes.around(work)
        yield work, here, scopes.read(work, here, values)


def test_a_superior_reads_its_subtree_and_a_leaf_its_own(may: Federation, fold_all: Fold, superuser: Engine) -> None:
    add(superuser, may.ids["street"], date(2026, 5, 4), registered=20, closed=9)
    add(superuser, may.ids["city"], date(2026, 5, 4), registered=10)
    fold_all()
    with asking(may, "supervisor@city") as (work, _here, wanted):
        assert wanted.scope.word == "subtree"
        flow = queries.flow(work, wanted)
        assert (flow.registered, flow.closed, flow.weeks[-1].open) == (30, 9, 21)
    with asking(may, "supervisor@city", unit="own") as (work, _here, wanted):
        assert queries.flow(work, wanted).registered == 10
    with asking(may, "supervisor@street") as (work, _here, wanted):
        assert wanted.scope.word == "own"
        assert queries.flow(work, wanted).registered == 20


def test_only_whole_weeks_are_on_the_control_chart(may: Federation, fold_all: Fold, superuser: Engine) -> None:
    for day in (date(2026, 5, 6), date(2026, 5, 11), date(2026, 5, 17), date(2026, 5, 20)):
        add(superuser, may.ids["street"], day, registered=10)
    fold_all()
    period = {"from": "2026-05-06", "to": "2026-05-20"}
    with asking(may, "head@street", **period) as (work, _here, wanted):
        flow = queries.flow(work, wanted)
    assert [(week.monday, week.registered, week.open) for week in flow.weeks] == [(date(2026, 5, 11), 20, 30)]


def test_the_stock_counts_everything_before_the_period(may: Federation, fold_all: Fold, superuser: Engine) -> None:
    add(superuser, may.ids["street"], date(2024, 1, 1), registered=50, closed=10)
    fold_all()
    with asking(may, "head@street") as (work, _here, wanted):
        flow = queries.flow(work, wanted)
    assert {week.open for week in flow.weeks} == {40}
    assert flow.registered == 0
    assert flow.channels == {}


def test_rates_are_taken_over_what_fell_due(may: Federation, fold_all: Fold, superuser: Engine) -> None:
    add(superuser, may.ids["street"], date(2026, 4, 10), due=20, due_met=15, notice_due=5, notice_met=5)
    add(superuser, may.ids["street"], date(2026, 6, 10), due=99)
    fold_all()
    with asking(may, "head@street", **{"from": "2026-04-01", "to": "2026-12-31"}) as (work, _here, wanted):
        assert wanted.last == TODAY
        months = queries.months(work, wanted)
    assert [month.first for month in months] == [date(2026, 4, 1), date(2026, 5, 1)]
    assert months[0].handling == queries.Rate(15, 20)
    assert months[0].notice == queries.Rate(5, 5)
    assert months[1].handling == queries.Rate(0, 0)


def test_small_counts_of_a_unit_below_are_hidden_from_above_and_not_from_itself(
    may: Federation, fold_all: Fold, superuser: Engine
) -> None:
    add(superuser, may.ids["east"], date(2026, 5, 4), registered=7, due=8, due_met=8)
    add(superuser, may.ids["west"], date(2026, 5, 4), registered=8)
    fold_all()
    with asking(may, "head@city") as (work, here, wanted):
        east, west = queries.units(work, wanted, here)
        assert (east.registered, east.handling, east.closed) == (None, queries.Rate(10, 10), 0)
        assert west.registered == 10
        table = queries.heat(work, wanted, here)
        assert table.shown == ((0, None, 10),)
    with asking(may, "head@city", unit=str(may.ids["east"])) as (work, _here, wanted):
        flow = queries.flow(work, wanted)
        assert flow.registered is None
        assert flow.channels == {"visit": None}
    with asking(may, "head@east", unit="own") as (work, _here, wanted):
        assert queries.flow(work, wanted).registered == 7


def test_the_units_table_names_silent_units_in_tree_order(may: Federation) -> None:
    with asking(may, "head@city") as (work, here, wanted):
        rows = queries.units(work, wanted, here)
    assert [row.unit.name for row in rows] == ["东区总工会", "西区总工会"]
    assert {row.registered for row in rows} == {0}


def test_recent_weeks_stand_beside_the_weeks_before(may: Federation, fold_all: Fold, superuser: Engine) -> None:
    add(superuser, may.ids["street"], date(2026, 5, 28), category="03", registered=12)
    add(superuser, may.ids["street"], date(2026, 4, 28), category="03", registered=6)
    fold_all()
    with asking(may, "head@street", **{"from": "2026-03-30"}) as (work, here, wanted):
        assert queries.recent(work, wanted, here) == (queries.Recent("03", 12, 6, 5),)


def test_filters_narrow_every_figure(may: Federation, fold_all: Fold, superuser: Engine) -> None:
    add(superuser, may.ids["street"], date(2026, 5, 4), category="01", channel="visit", registered=3)
    add(superuser, may.ids["street"], date(2026, 5, 4), category="02", channel="letter", registered=4)
    fold_all()
    with asking(may, "head@street", category="02") as (work, _here, wanted):
        assert queries.flow(work, wanted).registered == 4
    with asking(may, "head@street", channel="visit") as (work, _here, wanted):
        assert queries.flow(work, wanted).registered == 3


def test_open_cases_are_sorted_by_days_left(federation: Federation) -> None:
    federation.register("clerk@street", received_on=date(2026, 2, 10))
    federation.register("clerk@street")
    federation.accepted("street")
    with asking(federation, "head@street") as (work, _here, wanted):
        bands = {age.label: age.count for age in ages.ageing(work, wanted)}
        assert bands["超期1–30天"] == 1
        assert bands["剩8–15天"] == 1
        assert bands["剩31天以上"] == 1
        assert sum(bands.values()) == 3
        narrowed = ages.ageing(work, replace(wanted, category="-"))
        assert sum(age.count for age in narrowed) == 2
        narrowed = ages.ageing(work, replace(wanted, category="01", channel="visit"))
        assert sum(age.count for age in narrowed) == 1


@pytest.mark.parametrize(
    ("login", "unit"),
    [
        ("head@city", "street"),
        ("head@east", "west"),
        ("head@east", "city"),
        ("head@east", "east"),
        ("head@street", "platform"),
    ],
)
def test_an_organisation_that_is_no_direct_child_is_refused_with_a_sentence(
    federation: Federation, login: str, unit: str
) -> None:
    stranger = str(federation.ids[unit])
    with pytest.raises(InvalidError, match="不是本单位的直接下级"), asking(federation, login, unit=stranger):
        pass  # pragma: no cover


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"from": "2026-03-01", "to": "2026-02-01"}, "from"),
        ({"from": "2030-01-01"}, "from"),
        ({"from": "1999-01-01"}, "from"),
        ({"from": "昨天"}, "from"),
        ({"to": "2026-13-45"}, "to"),
        ({"to": "0001-01-01"}, "to"),
        ({"unit": "999999999999999999999"}, "unit"),
        ({"unit": "1 or 1=1"}, "unit"),
        ({"category": "77"}, "category"),
        ({"channel": "pigeon"}, "channel"),
    ],
)
def test_a_question_that_makes_no_sense_is_answered_with_a_sentence(
    federation: Federation, values: dict[str, str], field: str
) -> None:
    with pytest.raises(InvalidError) as refused, asking(federation, "head@city", **values):
        pass  # pragma: no cover
    assert set(refused.value.fields) == {field}
    assert refused.value.fields[field].endswith(("。", "下级", "数据。"))


def test_clerks_and_handlers_see_their_own_union_only(federation: Federation) -> None:
    for login in ("clerk@city", "handler@city"):
        with asking(federation, login) as (_work, here, wanted):
            assert here.children == ()
            assert wanted.scope.word == "own"
        for unit in ("subtree", str(federation.ids["east"])):
            with pytest.raises(ForbiddenError), asking(federation, login, unit=unit):
                pass  # pragma: no cover


def test_administrators_and_auditors_see_no_figures(federation: Federation) -> None:
    for login in ("admin@city", "security@city", "auditor@city", "root@platform"):
        with pytest.raises(ForbiddenError), asking(federation, login):
            pass  # pragma: no cover


def test_reports_against_people_are_broken_out_only_for_who_may_read_them(
    may: Federation, fold_all: Fold, superuser: Engine
) -> None:
    add(superuser, may.ids["street"], date(2026, 5, 4), category="13", registered=1)
    add(superuser, may.ids["street"], date(2026, 5, 4), category="01", registered=2)
    fold_all()
    for login, rows in (("head@street", ("01", "13")), ("clerk@street", ("01",)), ("supervisor@street", ("01",))):
        with asking(may, login) as (work, here, wanted):
            assert queries.heat(work, wanted, here).rows == rows
    with pytest.raises(InvalidError), asking(may, "handler@street", category="13"):
        pass  # pragma: no cover


@pytest.mark.parametrize("unit", ["own", "subtree", "east"])
def test_no_total_counts_what_its_breakdown_leaves_out(
    may: Federation, fold_all: Fold, superuser: Engine, unit: str
) -> None:
    """Or subtraction would tell a supervisor how many were reported (检举控告), in the own union and below alike."""
    for slug in ("city", "east", "west"):
        add(superuser, may.ids[slug], date(2026, 5, 4), category="13", registered=40, closed=40, due=40, due_met=20)
        add(superuser, may.ids[slug], date(2026, 5, 4), category="01", registered=10, closed=10, due=10, due_met=10)
    fold_all()
    word = str(may.ids["east"]) if unit == "east" else unit
    of_all = {"own": 50, "subtree": 150, "east": 50}[unit]
    for login, share in (("head@city", 1.0), ("supervisor@city", 0.2)):
        with asking(may, login, unit=word) as (work, here, wanted):
            heat, flow = queries.heat(work, wanted, here), queries.flow(work, wanted)
            months = queries.months(work, wanted)
            assert heat.total == of_all * share
            assert (flow.registered, flow.closed) == (of_all * share, of_all * share)
            assert sum(month.registered or 0 for month in months) == of_all * share
            assert (
                sum((row.recent or 0) + (row.before or 0) for row in queries.recent(work, wanted, here))
                == of_all * share
            )
            (found,) = figuring.answers(work, wanted, (BY_KEY["on_time"],))
            assert (found.numerator, found.denominator) == (of_all * (0.6 if share == 1 else 0.2), of_all * share)
            below = queries.units(work, replace(wanted, scope=scopes.choose_scope(work, here, "subtree")), here)
            assert {row.registered for row in below} == {50 * share}


def test_the_as_of_time_is_that_of_the_last_complete_fold(may: Federation, fold_all: Fold) -> None:
    with may.work("head@city") as work:
        assert queries.as_of(work.session) is None
    fold_all()
    with may.work("head@city") as work:
        assert queries.as_of(work.session) is not None


def test_no_role_reads_facts_of_another_viewer(may: Federation, fold_all: Fold, superuser: Engine) -> None:
    add(superuser, may.ids["street"], date(2026, 5, 4), registered=20)
    fold_all()
    assert frozenset({Role.SUPERVISOR}) <= CASE_ROLES
    with may.work("supervisor@city") as work:
        viewers = {row.tenant_id for row in work.session.query(DailyFact).all()}
    assert viewers == {may.ids["city"]}
