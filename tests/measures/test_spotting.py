"""The nightly search: finds what was planted, for each viewer in its own rows, once, and ends what is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text

from kernel.clock import FixedClock
from kernel.errors import ForbiddenError
from measures import spot_queries, spotting
from measures.models import OWN, SUBTREE
from measures.spot_rules import EVERY
from notices.services import for_actor
from tenants.models import Tenant
from tests.builders import Federation
from tests.measures.planting import plant, search, spots

Fold = Callable[..., int]


@pytest.fixture
def planted(federation: Federation, superuser: Engine, fold_all: Fold) -> Federation:
    """East's wages rise; west, city and street are as always."""
    plant(federation, superuser, "east")
    for seed, slug in enumerate(("west", "city", "street"), start=2):
        plant(federation, superuser, slug, factor=1.0, seed=seed)
    fold_all()
    return federation


def test_the_unit_and_its_superior_each_find_it_in_their_own_rows(planted: Federation) -> None:
    assert search(planted, "east") == 1
    assert search(planted, "city") == 1
    own, above = spots(planted, "east")[0], spots(planted, "city")[0]
    assert (own.subject_id, own.scope, own.category) == (planted.ids["east"], OWN, "01")
    assert (above.subject_id, above.scope, above.category) == (planted.ids["east"], SUBTREE, "01")
    assert own.tenant_id == planted.ids["east"]
    assert above.tenant_id == planted.ids["city"]
    assert own.counted > 2 * own.hoped
    with planted.work_as_system("city") as work:
        names = dict(work.session.execute(text("select code, name from categories")).all())
        unit = work.session.get(Tenant, planted.ids["east"])
        assert unit is not None
        assert own.evidence.startswith(f"{unit.short_name} {names['01']} 近4周{own.counted}件，预期")


def test_a_union_without_a_rise_finds_nothing_and_one_without_figures_neither(planted: Federation) -> None:
    assert search(planted, "west") == 0
    assert spots(planted, "west") == []


def test_searching_again_finds_the_same_one_and_keeps_its_number_and_steps(planted: Federation) -> None:
    search(planted, "east")
    before = spots(planted, "east")
    search(planted, "east")
    after = spots(planted, "east")
    assert [spot.id for spot in after] == [spot.id for spot in before]
    with planted.work("head@east") as work:
        steps = spot_queries.events(work, spot_queries.get(work, after[0].id))
        assert [step.action for step in steps] == ["found"]
        assert steps[0].note == before[0].evidence


def test_small_counts_of_a_unit_below_are_hidden_in_the_note(
    federation: Federation, superuser: Engine, fold_all: Fold
) -> None:
    plant(federation, superuser, "east", factor=1.0, scale=0.01)
    plant(federation, superuser, "west", factor=1.0, seed=2)
    with superuser.begin() as connection:
        connection.execute(
            text(
                "insert into fact_deltas (tenant_id, id, day, category, channel, registered) "
                "values (:t, uuidv7(), date '2026-05-29', '03', 'visit', 7)"
            ),
            {"t": federation.ids["east"]},
        )
    fold_all()
    search(federation, "city")
    notes = [spot.evidence for spot in spots(federation, "city") if spot.subject_id == federation.ids["east"]]
    assert notes
    assert all(told.endswith("近4周明显多于预期（件数少，隐去）") for told in notes)


def test_what_has_been_silent_for_four_weeks_has_ended(planted: Federation) -> None:
    search(planted, "east")
    planted.clock = FixedClock(datetime(2026, 7, 20, 4, 0, tzinfo=UTC))
    assert search(planted, "east") == 0
    over = spots(planted, "east")[0]
    assert (over.status, str(over.ended_on)) == ("ended", "2026-07-19")
    with planted.work("head@east") as work:
        assert spot_queries.page(work)[0] == []
        assert [spot.id for spot in spot_queries.page(work, live=False)[0]] == [over.id]


def test_only_the_system_searches(planted: Federation) -> None:
    with pytest.raises(ForbiddenError), planted.work("head@east") as work:
        spotting.look(work)


def test_a_rise_of_everything_names_no_category(federation: Federation, superuser: Engine, fold_all: Fold) -> None:
    plant(federation, superuser, "east", factor=1.0)
    with superuser.begin() as connection:
        connection.execute(
            text(
                "update fact_deltas set registered = registered * 3 where tenant_id = :t and day >= date '2026-05-03'"
            ),
            {"t": federation.ids["east"]},
        )
    fold_all()
    search(federation, "east")
    assert [spot.category for spot in spots(federation, "east")] == [EVERY]
    assert "全部类别" in spots(federation, "east")[0].evidence


def told(federation: Federation, login: str) -> list[tuple[str, str]]:
    """Title and link of the notices of hotspots on somebody's desk."""
    with federation.work(login) as work:
        return [(one.title, one.link) for one in for_actor(work.session, work.actor) if one.kind == "hotspot"]


def test_who_may_act_is_told_of_a_new_hotspot_once_and_without_its_numbers(planted: Federation) -> None:
    for _night in range(2):
        search(planted, "city")
    spot = spots(planted, "city")[0]
    words = "夜间比对发现下级单位有一个新热点，请核实：确认、排除，或者部署处置。"
    for who in ("head@city", "leader@city", "supervisor@city"):
        assert told(planted, who) == [(words, f"/dashboards/hotspots/{spot.id}")], who
    for who in ("clerk@city", "handler@city", "admin@city", "head@east"):
        assert told(planted, who) == [], who
    search(planted, "east")
    assert [title[:11] for title, _link in told(planted, "head@east")] == ["夜间比对发现本单位有一"]


def test_a_rise_of_accusations_is_told_to_those_who_read_such_files(
    federation: Federation, superuser: Engine, fold_all: Fold
) -> None:
    plant(federation, superuser, "east", category="13", factor=6.0)
    fold_all()
    search(federation, "east")
    assert len(told(federation, "head@east")) == len(told(federation, "leader@east")) == 1
    assert told(federation, "supervisor@east") == []
