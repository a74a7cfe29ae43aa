"""A chain holds, and whatever is done to it behind the application's back is found."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from access.actor import Work, system_actor
from audit.services import history, record, verify
from kernel.clock import FixedClock
from kernel.crypto import FieldCipher
from kernel.db import Database, TenantSession
from kernel.ids import uuid7
from tests.builders import Federation
from tests.conftest import Stage

TENANT = 7
LINKS = 12
CLOCK = FixedClock(datetime(2026, 3, 2, 1, 30, tzinfo=UTC))


def write(stage: Stage, tenant: int, count: int, subject: UUID | None = None) -> None:
    for number in range(count):
        with stage.database.transaction(tenant) as session:
            work = Work(session, system_actor(tenant), CLOCK, FieldCipher(stage.settings.data_keys))
            record(
                work,
                "case:note",
                subject_type="case",
                subject_id=subject,
                data={"note": f"第{number}条", "n": number},
            )


def verdict(database: Database, tenant: int) -> tuple[int, int | None, str]:
    with database.transaction(tenant) as session:
        good, found = verify(session)
    return (good, found.seq, found.reason) if found else (good, None, "")


def test_a_new_tenant_has_an_empty_chain_that_holds(clean: Stage) -> None:
    assert verdict(clean.database, TENANT) == (0, None, "")


def test_every_event_is_a_link_and_chains_of_tenants_are_apart(clean: Stage) -> None:
    write(clean, TENANT, 5)
    write(clean, TENANT + 1, 3)
    assert verdict(clean.database, TENANT) == (5, None, "")
    assert verdict(clean.database, TENANT + 1) == (3, None, "")


def test_an_event_of_a_transaction_that_fails_leaves_no_gap(clean: Stage) -> None:
    write(clean, TENANT, 2)
    with pytest.raises(RuntimeError), clean.database.transaction(TENANT) as session:
        work = Work(session, system_actor(TENANT), CLOCK, FieldCipher(clean.settings.data_keys))
        assert record(work, "case:note", subject_type="case") == 3
        raise RuntimeError
    write(clean, TENANT, 1)
    assert verdict(clean.database, TENANT) == (3, None, "")


def test_writers_at_the_same_moment_make_one_chain(clean: Stage) -> None:
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: write(clean, TENANT, 10), range(6)))
    assert verdict(clean.database, TENANT) == (60, None, "")


def test_history_is_of_one_subject_oldest_first_and_keeps_the_newest_when_cut(clean: Stage) -> None:
    subject = uuid7()
    write(clean, TENANT, 4, subject)
    write(clean, TENANT, 2, uuid7())
    with clean.database.transaction(TENANT) as session:
        assert [event.data["n"] for event in history(session, subject)] == [0, 1, 2, 3]
        assert [event.data["n"] for event in history(session, subject, limit=2)] == [2, 3]


def test_looking_at_an_identity_leaves_an_event_with_the_reason(federation: Federation) -> None:
    from cases.identity import reveal

    case = federation.register()
    with federation.work("head@street") as work:
        reveal(work, case.number, 1, "电话回访信访人")
    with federation.work("head@street") as work:
        last = history(work.session, case.id)[-1]
    assert (last.action, last.actor_name, last.data["reason"]) == ("party:reveal", "测试负责人", "电话回访信访人")


@pytest.fixture(scope="module")
def chained(stage: Stage) -> Iterator[Any]:
    """A connection that may do anything, to a tenant whose chain is written and known to hold."""
    assert stage.admin_url is not None
    url = make_url(stage.admin_url).set(
        drivername="postgresql+psycopg", database=make_url(stage.settings.database_url).database
    )
    engine = create_engine(url, poolclass=NullPool)
    yield engine
    engine.dispose()


@pytest.fixture
def tampering(clean: Stage, chained: Any) -> Iterator[Connection]:
    """A superuser's transaction around a good chain; each example rolls back to it."""
    write(clean, TENANT, LINKS)
    with chained.connect() as connection:
        transaction = connection.begin()
        yield connection
        transaction.rollback()


def seen_by_verify(connection: Connection) -> tuple[int, int | None]:
    """What the application's own check says about the tampered rows, on the tamperer's transaction."""
    connection.exec_driver_sql("set local role lianxin_app")
    with TenantSession(connection, info={"tenant": TENANT}, join_transaction_mode="create_savepoint") as session:
        good, found = verify(session)
    connection.exec_driver_sql("reset role")
    return good, found.seq if found else None


SEQ = st.integers(1, LINKS)
EDITS = st.sampled_from(
    [
        'data = data || \'{"note": "改过"}\'',
        "data = '{}'",
        "actor_name = actor_name || '某'",
        "actor_id = gen_random_uuid()",
        "action = 'case:close'",
        "at = at + interval '1 microsecond'",
        "at = at - interval '1 day'",
        "subject_type = 'user'",
        "subject_id = gen_random_uuid()",
        "prev_hash = sha256(prev_hash)",
        "hash = sha256(hash)",
        "hash = prev_hash",
    ]
)
TAMPER = st.one_of(
    st.tuples(st.just("edit"), SEQ, EDITS),
    st.tuples(st.just("delete"), SEQ, SEQ),
    st.tuples(st.just("swap"), st.tuples(SEQ, SEQ).filter(lambda pair: pair[0] < pair[1]), st.just(None)),
    st.tuples(st.just("close the gap"), st.integers(1, LINKS - 1), st.just(None)),
    st.tuples(st.just("insert"), SEQ, st.just(None)),
    st.tuples(st.just("cut the tail"), SEQ, st.just(None)),
    st.tuples(st.just("cut the tail and set the head back"), st.integers(2, LINKS), st.just(None)),
    st.tuples(st.just("forget the head"), SEQ, st.just(None)),
    st.tuples(st.just("copy another tenant's"), SEQ, st.just(None)),
)


def tamper(connection: Connection, kind: str, where: Any, extra: Any) -> int:
    """Do it, and return the first sequence number that cannot be right any more."""
    given_ = {"t": TENANT, "n": where if isinstance(where, int) else 0}

    def do(statement: str, **more: Any) -> None:
        wanted = text(statement)
        values = given_ | more
        connection.execute(wanted, {key: values[key] for key in wanted.compile().params})

    if kind == "edit":
        do(f"update audit_events set {extra} where tenant_id = :t and seq = :n")
        return int(where)
    if kind == "delete":
        low, high = sorted((where, extra))
        do("delete from audit_events where tenant_id = :t and seq between :low and :high", low=low, high=high)
        return int(low)
    if kind == "swap":
        low, high = where
        for old, new in ((low, -1), (high, low), (-1, high)):
            do("update audit_events set seq = :new where tenant_id = :t and seq = :old", old=old, new=new)
        return int(low)
    if kind == "close the gap":
        do("delete from audit_events where tenant_id = :t and seq = :n")
        for seq in range(where + 1, LINKS + 1):
            do("update audit_events set seq = :new where tenant_id = :t and seq = :old", old=seq, new=seq - 1)
        do("update audit_heads set seq = seq - 1 where tenant_id = :t")
        return int(where)
    if kind == "insert":
        for seq in range(LINKS, where - 1, -1):
            do("update audit_events set seq = :new where tenant_id = :t and seq = :old", old=seq, new=seq + 1)
        do(
            "insert into audit_events select tenant_id, :n, at, actor_id, actor_name, action, subject_type, "
            "subject_id, data, prev_hash, hash from audit_events where tenant_id = :t order by seq desc limit 1"
        )
        return int(where)
    if kind == "cut the tail":
        do("delete from audit_events where tenant_id = :t and seq >= :n")
        return int(where)
    if kind == "cut the tail and set the head back":
        # The hash of the head is left: who also forges it is found by a head noted outside (see the test below).
        do("delete from audit_events where tenant_id = :t and seq >= :n")
        do("update audit_heads set seq = :n - 1 where tenant_id = :t")
        return int(where)
    if kind == "forget the head":
        do("delete from audit_heads where tenant_id = :t")
        return LINKS
    do("delete from audit_events where tenant_id = :t and seq = :n")
    do(
        "insert into audit_events select :t, :n, at, actor_id, actor_name, action, subject_type, subject_id, data, "
        "prev_hash, hash from audit_events where tenant_id = :other and seq = :n",
        other=TENANT + 1,
    )
    return int(where)


@settings(
    max_examples=1000,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(change=TAMPER)
def test_whatever_is_done_to_a_chain_is_found_where_it_was_done(tampering: Connection, change: Any) -> None:
    kind, where, extra = change
    savepoint = tampering.begin_nested()
    first_wrong = tamper(tampering, kind, where, extra)
    good, found = seen_by_verify(tampering)
    savepoint.rollback()
    assert found is not None, change
    # An edited hash is noticed at the link itself or at the one that stands on it, never later.
    assert first_wrong <= found <= first_wrong + 1 or found == first_wrong, change
    assert good >= first_wrong - 1 or kind == "forget the head"


def test_the_untouched_chain_holds_for_the_same_check(tampering: Connection) -> None:
    assert seen_by_verify(tampering) == (LINKS, None)


def test_a_tail_cut_together_with_its_head_is_found_by_a_head_noted_outside(tampering: Connection) -> None:
    noted = tampering.execute(text("select seq, hash from audit_heads where tenant_id = :t"), {"t": TENANT}).one()
    keep = LINKS - 3
    tampering.execute(text("delete from audit_events where tenant_id = :t and seq > :n"), {"t": TENANT, "n": keep})
    tampering.execute(
        text(
            "update audit_heads h set seq = e.seq, hash = e.hash from audit_events e "
            "where e.tenant_id = h.tenant_id and h.tenant_id = :t and e.seq = :n"
        ),
        {"t": TENANT, "n": keep},
    )
    assert seen_by_verify(tampering) == (keep, None)
    now = tampering.execute(text("select seq, hash from audit_heads where tenant_id = :t"), {"t": TENANT}).one()
    assert tuple(now) != tuple(noted)
    assert now.seq < noted.seq


def test_the_application_itself_cannot_do_any_of_it(clean: Stage) -> None:
    write(clean, TENANT, 2)
    for statement in ("update audit_events set action = 'x'", "delete from audit_events", "delete from audit_heads"):
        with clean.database.session(TENANT) as session:
            assert isinstance(session, Session)
            with pytest.raises(Exception, match="permission denied"):
                session.execute(text(statement))
