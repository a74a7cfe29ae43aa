"""Duties visit every tenant; one that fails is reported and holds up nobody."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import OperationalError

from access.models import LoginSession
from access.roles import Role
from cases import jobs as case_jobs
from dispatches.models import RuleFiring
from documents import blobs
from documents.models import Dossier
from kernel.clock import FixedClock
from kernel.db import PLATFORM_TENANT, Database
from kernel.idempotency import IdempotencyKey
from kernel.ids import uuid7
from kernel.outbox import enqueue, take
from measures.models import DAY_BY_CHANNEL, DailyFact, FactDelta, SummedFact, SummedLine
from notices.models import Notice
from notices.services import post
from notices.tasks import open_for
from tests.builders import Federation
from worker import duties
from worker.duties import Means
from worker.leadership import Leadership, NotLeaderError


@pytest.fixture
def means(federation: Federation, rollup: Database) -> Iterator[Means]:
    # A lease that a busy machine does not outlive; how long one lasts is test_scheduler's business.
    leadership = Leadership(rollup, "test", lease_seconds=600)
    assert leadership.renew()
    later = FixedClock(datetime(2026, 6, 1, tzinfo=UTC))
    yield Means(federation.database, leadership, federation.cipher, later, federation.bus, Event())


def overdue_notices(federation: Federation, slug: str) -> int:
    with federation.database.transaction(federation.ids[slug]) as session:
        return session.scalars(select(func.count()).where(Notice.kind == "case.overdue")).one()


def beats(rollup: Database) -> set[str]:
    with rollup.engine.begin() as connection:
        return set(connection.scalars(text("select name from heartbeats")))


def test_the_sweep_visits_every_union(federation: Federation, means: Means, rollup: Database) -> None:
    for slug in ("city", "east", "west", "street"):
        federation.register(f"clerk@{slug}")
    duties.sweep_deadlines(means)
    duties.sweep_deadlines(means)
    assert [overdue_notices(federation, slug) for slug in ("city", "east", "west", "street")] == [1, 1, 1, 1]
    assert "sweep" in beats(rollup)


def test_a_union_that_fails_is_reported_and_the_others_are_swept(
    federation: Federation,
    means: Means,
    rollup: Database,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for slug in ("city", "east", "west", "street"):
        federation.register(f"clerk@{slug}")
    with federation.database.transaction(federation.ids["east"]) as session:
        # A deadline of a kind that this version does not know, as a newer one may have left it.
        session.execute(text("update cases set due_kind = 'C-99'"))
    with caplog.at_level(logging.ERROR):
        duties.sweep_deadlines(means)
    assert [overdue_notices(federation, slug) for slug in ("city", "east", "west", "street")] == [1, 0, 1, 1]
    assert [line for line in caplog.messages if f"组织 {federation.ids['east']} " in line and "ValueError" in line]
    assert "sweep" not in beats(rollup), "the round did not end well"


def test_a_database_that_is_away_ends_the_round(means: Means) -> None:
    visited = []

    def visit(tenant_id: int) -> None:
        visited.append(tenant_id)
        create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none").connect()

    with pytest.raises(OperationalError):
        means.each(range(1, 100), visit)
    assert len(visited) == duties.OUTAGE_AFTER


def test_a_round_ends_when_the_process_is_asked_to_stop(means: Means) -> None:
    visited = []

    def visit(tenant_id: int) -> None:
        visited.append(tenant_id)
        means.stop.set()

    assert means.each(range(1, 100), visit) is False
    assert visited == [1]


def test_no_tenant_is_visited_without_the_lease(means: Means) -> None:
    means.leadership.resign()
    with pytest.raises(NotLeaderError):
        duties.sweep_deadlines(means)


def test_the_second_count_corrects_what_was_lost_says_so_and_rests_until_the_next_night(
    federation: Federation, means: Means, rollup: Database, caplog: pytest.LogCaptureFixture
) -> None:
    federation.register("clerk@street")
    with rollup.engine.begin() as connection:
        connection.execute(text("delete from fact_deltas"))
    with caplog.at_level(logging.WARNING):
        duties.recount(means)
    assert [line for line in caplog.messages if f"组织 {federation.ids['street']} " in line]
    with federation.database.transaction(federation.ids["city"]) as session:
        counted = session.scalars(
            select(func.sum(DailyFact.registered)).where(
                DailyFact.subject_id == federation.ids["city"], DailyFact.scope == 1
            )
        ).one()
    assert counted == 1
    assert {"recount", "recount-corrected"} <= beats(rollup)
    with rollup.engine.begin() as connection:
        connection.execute(text("update daily_facts set registered = 9 where scope = 0"))
        ended = connection.scalar(text("select at from heartbeats where name = 'recount'"))
    duties.recount(means)
    with rollup.engine.begin() as connection:
        assert connection.scalar(text("select at from heartbeats where name = 'recount'")) == ended


def test_a_second_count_that_is_asked_to_stop_has_not_ended(means: Means, rollup: Database) -> None:
    means.stop.set()
    duties.recount(means)
    assert "recount" not in beats(rollup)


def test_the_fold_moves_figures_up_the_tree(federation: Federation, means: Means) -> None:
    federation.register("clerk@street")
    duties.fold_figures(means)
    for slug in ("street", "east", "city"):
        with federation.database.transaction(federation.ids[slug]) as session:
            counted = session.scalars(
                select(func.sum(DailyFact.registered)).where(
                    DailyFact.subject_id == federation.ids[slug], DailyFact.scope == 1
                )
            ).one()
            assert counted == 1
            assert session.scalars(select(FactDelta)).all() == []


def test_days_that_are_over_are_summed_where_there_are_many_rows(
    federation: Federation, means: Means, rollup: Database
) -> None:
    city, today = federation.ids["city"], means.clock.today()
    with rollup.engine.begin() as connection:
        connection.execute(
            text(
                "insert into daily_facts (tenant_id, subject_id, scope, day, category, channel, registered) "
                "select :city, :city, 1, :today - n, '01', 'visit', 1 from generate_series(1, 2010) n"
            ),
            {"city": city, "today": today},
        )
    duties.sum_figures(means)
    with federation.database.transaction(city) as session:
        line = session.scalars(select(SummedLine)).one()
        assert (line.subject_id, line.scope, line.until) == (city, 1, today - timedelta(days=1))
        days = select(func.sum(SummedFact.registered)).where(SummedFact.grain == DAY_BY_CHANNEL)
        assert session.scalars(days).one() == 2009


def test_the_purge_forgets_what_is_old_only(federation: Federation, means: Means, rollup: Database) -> None:
    east, user = federation.ids["east"], federation.users["clerk@east"].id
    now = datetime.now(UTC)
    with federation.database.transaction(east) as session:
        for key, age in (("old", 49), ("new", 47)):
            session.add(
                IdempotencyKey(user_key="u", key=key, request_hash=b"x", created_at=now - timedelta(hours=age))
            )
        for kind, ended, seen in (
            ("browser", None, 0),
            ("browser", 1, 1),
            ("browser", 8, 8),
            ("api", None, 32),
        ):
            session.add(
                LoginSession(
                    user_id=user,
                    kind=kind,
                    epoch=1,
                    ended_at=now - timedelta(days=ended) if ended else None,
                    last_seen_at=now - timedelta(days=seen),
                )
            )
        done, waiting = (enqueue(session, "test", {}) for _ in range(2))
        take(session, done)
        session.execute(text("update outbox set done_at = now() - interval '31 days' where id = :id"), {"id": done})
    duties.purge(means)
    with federation.database.transaction(east) as session:
        assert session.scalars(select(IdempotencyKey.key)).all() == ["new"]
        assert session.scalars(select(func.count()).select_from(LoginSession)).one() == 2
        assert session.scalars(text("select id from outbox")).all() == [waiting]
        assert session.scalars(text("select id from inbox")).all() == []
    assert "purge" in beats(rollup)


def test_the_platform_is_cleaned_too_but_not_swept(federation: Federation, means: Means) -> None:
    with federation.database.transaction(PLATFORM_TENANT) as session:
        session.add(
            IdempotencyKey(
                user_key="u", key="old", request_hash=b"x", created_at=datetime.now(UTC) - timedelta(days=9)
            )
        )
    duties.purge(means)
    with federation.database.transaction(PLATFORM_TENANT) as session:
        assert session.scalars(select(IdempotencyKey)).all() == []
    assert PLATFORM_TENANT not in duties._tenants(means)
    assert case_jobs.BATCH > 0


def test_the_rules_visit_every_union_and_are_repeated_until_nothing_is_new(
    federation: Federation, means: Means, rollup: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duties.ruling, "BATCH", 2)
    for slug in ("east", "west"):
        for _place in range(3):
            federation.register(f"clerk@{slug}", headcount=9)
    for _round in range(2):
        assert means.leadership.renew()
        duties.apply_rules(means)
    assert {slug: firings(federation, slug, "collective") for slug in ("city", "east", "west", "street")} == {
        "city": 0,
        "east": 3,
        "west": 3,
        "street": 0,
    }
    assert "rules" in beats(rollup)


def firings(federation: Federation, slug: str, rule: str) -> int:
    with federation.database.transaction(federation.ids[slug]) as session:
        return session.scalars(select(func.count()).where(RuleFiring.rule == rule)).one()


def test_the_platform_is_asked_for_the_next_years_calendar(federation: Federation, means: Means) -> None:
    duties.apply_rules(replace(means, clock=FixedClock(datetime(2026, 12, 20, tzinfo=UTC))))
    with federation.work("root@platform") as work:
        assert ["2027年" in task.title for task in open_for(work.session, work.actor)] == [True]


def test_old_notices_are_purged_in_every_union(federation: Federation, means: Means) -> None:
    for slug in ("platform", "east"):
        with federation.work_as_system(slug) as work:
            post(work.session, kind="note", title="旧的", link="/", role=Role.CLERK)
    duties.purge(replace(means, clock=FixedClock(datetime(2098, 12, 20, tzinfo=UTC))))
    for slug in ("platform", "east"):
        with federation.work_as_system(slug) as work:
            assert work.session.scalars(select(Notice)).all() == []


def test_what_a_closed_union_had_bound_and_exported_is_taken_away_too(
    federation: Federation, means: Means, rollup: Database
) -> None:
    user, long_ago = federation.users["head@west"].id, datetime(2026, 3, 1, tzinfo=UTC)
    whose = {"asked_by": user, "asked_name": "测试负责人", "asked_at": long_ago, "expires_at": long_ago}
    with federation.work_as_system("west") as work:
        blob = blobs.keep(work, b"bound")
        work.session.add(Dossier(subject_id=uuid7(), reason="复核", status="ready", blob=blob, **whose))
    with federation.database.transaction(PLATFORM_TENANT) as session:
        session.execute(text("update tenants set status = 'closed' where slug = 'west'"))
    means = replace(means, files=federation.files, clock=FixedClock(datetime.now(UTC) + timedelta(days=2)))
    duties.sweep_files(means)
    with federation.work_as_system("west") as work:
        assert work.session.scalars(select(Dossier)).all() == []
        assert not list(work.files.store.names(f"{work.tenant_id}/"))
    assert "files" in beats(rollup)
