"""The two processes as operators start them: what they refuse, and that a message gets through."""

from __future__ import annotations

import signal
import time

from redis import Redis
from sqlalchemy import create_engine, select, text

from kernel import outbox
from kernel.db import Database
from notices.models import Notice
from tests.builders import Federation
from tests.conftest import Stage
from tests.worker.conftest import Crew, eventually


def waiting(rollup: Database) -> int:
    with rollup.engine.begin() as connection:
        return outbox.backlog(connection).waiting


def test_a_registration_reaches_the_desk_through_both_processes(
    federation: Federation, crew: Crew, rollup: Database, redis: Redis
) -> None:
    scheduler, worker = (crew.start("-m", "worker.main", name) for name in ("scheduler", "worker"))
    for slug in ("city", "east", "west", "street"):
        federation.register(f"clerk@{slug}")
    eventually(lambda: waiting(rollup) == 0, 20)
    for slug in ("city", "east", "west", "street"):
        with federation.database.transaction(federation.ids[slug]) as session:
            # Registered in March by the builder's clock, they are told as overdue too.
            assert len(session.scalars(select(Notice).where(Notice.kind == "case.registered")).all()) == 1
    began = time.monotonic()
    federation.register("clerk@east")
    eventually(lambda: waiting(rollup) == 0, 5, every=0.01)
    assert time.monotonic() - began < 2
    eventually(lambda: redis.keys("rq:job:*") == [], 5)
    for process in (scheduler, worker):
        process.send_signal(signal.SIGTERM)
    for process in (scheduler, worker):
        assert process.wait(3) == 0
    assert "Traceback" not in crew.said()


def test_neither_process_runs_as_a_role_that_owns_the_tables(crew: Crew, clean: Stage) -> None:
    owner = clean.env["LIANXIN_DATABASE_OWNER_URL"]
    for name, variables in (
        ("worker", {"LIANXIN_DATABASE_URL": owner}),
        ("scheduler", {"LIANXIN_DATABASE_URL": owner}),
        ("scheduler", {"LIANXIN_DATABASE_ROLLUP_URL": owner}),
    ):
        assert crew.start("-m", "worker.main", name, **variables).wait(20) == 1
    assert crew.said().count("可以绕过租户隔离，拒绝启动") == 3


def test_neither_process_runs_on_another_versions_schema(crew: Crew, clean: Stage) -> None:
    engine = create_engine(clean.env["LIANXIN_DATABASE_OWNER_URL"])
    with engine.begin() as connection:
        before = connection.execute(text("update alembic_version set version_num = '0000' returning 1")).scalar_one()
    try:
        for name in ("worker", "scheduler"):
            assert crew.start("-m", "worker.main", name).wait(20) == 1
    finally:
        from kernel.schema import head

        with engine.begin() as connection:
            connection.execute(text("update alembic_version set version_num = :head"), {"head": head()})
        engine.dispose()
    assert before == 1
    assert crew.said().count("请先运行 lianxin db upgrade") == 2


def test_the_scheduler_says_which_setting_is_missing(crew: Crew) -> None:
    assert crew.start("-m", "worker.main", "scheduler", LIANXIN_DATABASE_ROLLUP_URL="").wait(20) == 1
    assert "LIANXIN_DATABASE_ROLLUP_URL" in crew.said()


def test_a_process_that_finds_no_database_waits_for_it_and_still_hears_a_signal(crew: Crew, clean: Stage) -> None:
    nowhere = "postgresql+psycopg://lianxin_app:x@127.0.0.1:1/none"
    process = crew.start("-m", "worker.main", "worker", LIANXIN_DATABASE_URL=nowhere)
    eventually(lambda: "等待其恢复" in crew.said(), 20)
    process.send_signal(signal.SIGTERM)
    assert process.wait(3) == 0


def test_a_worker_that_finds_no_redis_waits_for_it_and_still_hears_a_signal(crew: Crew) -> None:
    process = crew.start("-m", "worker.main", "worker", LIANXIN_REDIS_URL="redis://127.0.0.1:1/0")
    eventually(lambda: "Redis 不可用" in crew.said(), 20)
    process.send_signal(signal.SIGTERM)
    assert process.wait(3) == 0


def test_an_idle_worker_ends_on_a_signal_at_once(crew: Crew, redis: Redis) -> None:
    process = crew.start("-m", "worker.main", "worker")
    eventually(lambda: bool(redis.keys("rq:worker:*")), 20)
    process.send_signal(signal.SIGTERM)
    assert process.wait(3) == 0


def test_an_unknown_word_is_answered_with_the_usage(crew: Crew) -> None:
    assert crew.start("-m", "worker.main", "nonsense").wait(20) == 2
    assert "用法" in crew.said()
