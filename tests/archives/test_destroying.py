"""Rows are destroyed after their time, for two signatures, by the owner of the tables; a record and a name remain."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from access.actor import Work
from access.models import User
from access.roles import Role
from archives import closing, destroying
from audit.services import record, verify
from kernel.clock import FixedClock
from kernel.db import Database
from kernel.errors import ConflictError, ForbiddenError, IllegalTransitionError, InvalidError
from tenants.accounts import create_user
from tenants.life import suspend
from tests.builders import PASSWORD, Federation, cached_hash
from tests.conftest import Stage
from tests.leaks.catalogue import tenant_tables

WHY = "保管期限届满，按销毁清册销毁"
LATER = FixedClock(datetime(2036, 3, 3, 2, 0, tzinfo=UTC))
ROOT, SECOND = "root@platform", "second@platform"


@contextmanager
def later(federation: Federation, login: str) -> Iterator[Work]:
    with federation.work(login) as work:
        yield replace(work, clock=LATER)


@contextmanager
def later_system(federation: Federation, slug: str) -> Iterator[Work]:
    with federation.work_as_system(slug) as work:
        yield replace(work, clock=LATER)


@pytest.fixture
def closed(federation: Federation) -> str:
    """West is closed with a retention of ten years and was exported; returns the manifest's hash."""
    federation.register("clerk@west")
    with federation.work_as_system("west") as work:
        work.session.execute(
            text(
                "update cases set status = 'closed', closed_at = now(), replied_on = current_date, "
                "due_on = null, due_kind = null"
            )
        )
    with federation.work_as_system("platform") as work:
        federation.users = federation.users | {SECOND: second(work)}
    with federation.work(ROOT) as work, federation.work_as_system("west") as inside:
        suspend(work, "west", "机构撤销，停止使用")
        closing.close(work, inside, "west", reason="机构撤销，停止使用", retention_years=10)
    digest = "ab" * 32
    with federation.work_as_system("platform") as work:
        told = {"tenant": federation.ids["west"], "slug": "west", "manifest": digest, "rows": 99}
        record(work, "tenant:export", subject_type="tenant", data=told)
    return digest


def second(work: Work) -> User:
    return create_user(
        work,
        username="second",
        display_name="测试平台管理员二",
        password=PASSWORD,
        roles=(Role.PLATFORM_ADMIN,),
        must_change_password=False,
        hasher=cached_hash,
    )


def signed(federation: Federation, digest: str) -> destroying.Destruction:
    with later(federation, ROOT) as work:
        asked = destroying.ask_destruction(work, "west", reason=WHY, manifest=digest)
    with later(federation, SECOND) as work:
        return destroying.confirm_destruction(work, asked.id)


def execute(federation: Federation, owner: Database) -> None:
    with later_system(federation, "west") as work:
        counts = closing.rows(work)
    with later_system(federation, "platform") as work:
        begun = destroying.begin(work, "west", counts)
    with owner.transaction(federation.ids["west"]) as session:
        destroying.shred(session)
    with later_system(federation, "platform") as work:
        destroying.finish(work, begun.id)


@pytest.fixture
def owner(clean: Stage) -> Iterator[Database]:
    database = Database(clean.env["LIANXIN_DATABASE_OWNER_URL"], pool_size=1)
    yield database
    database.engine.dispose()


def left(federation: Federation, slug: str) -> dict[str, int]:
    found = {}
    with federation.work_as_system(slug) as work:
        for table in tenant_tables():
            count = text(f"select count(*) from {table}")
            found[table] = work.session.execute(count).scalar_one()
    return {name: number for name, number in found.items() if number}


def test_two_people_sign_and_the_owner_leaves_a_name_and_a_record(
    federation: Federation, closed: str, owner: Database
) -> None:
    east, platform = left(federation, "east"), federation.ids["platform"]
    record_ = signed(federation, closed)
    assert record_.confirmed_name == "测试平台管理员二"
    execute(federation, owner)
    assert left(federation, "west") == {}
    assert left(federation, "east") == east
    with federation.work(ROOT) as work:
        found = destroying.of_union(work, federation.ids["west"])[0]
        assert found.executed_at is not None and found.counts is not None
        assert found.counts["cases"] == 1 and found.counts["users"] == 8
        assert found.manifest_hash.hex() == closed
        tombstone = text("select name, status, destroyed_at is not null from tenants where slug = 'west'")
        assert tuple(work.session.execute(tombstone).one()) == ("西区总工会", "closed", True)
    with federation.database.transaction(platform) as session:
        assert verify(session)[1] is None
    with pytest.raises(IllegalTransitionError, match="已经销毁"):
        execute(federation, owner)


def test_nothing_is_signed_before_the_time_or_without_an_export(federation: Federation, closed: str) -> None:
    with pytest.raises(InvalidError, match="2036-03-02 届满"), federation.work(ROOT) as work:
        destroying.ask_destruction(work, "west", reason=WHY, manifest=closed)
    with pytest.raises(InvalidError, match="关闭之后导出"), later(federation, ROOT) as work:
        destroying.ask_destruction(work, "west", reason=WHY, manifest="cd" * 32)
    with pytest.raises(InvalidError, match="原因"), later(federation, ROOT) as work:
        destroying.ask_destruction(work, "west", reason="", manifest=closed)
    with pytest.raises(IllegalTransitionError, match="还没有关闭"), later(federation, ROOT) as work:
        destroying.ask_destruction(work, "east", reason=WHY, manifest=closed)
    with federation.work("admin@west") as work, pytest.raises(ForbiddenError):
        destroying.ask_destruction(work, "west", reason=WHY, manifest=closed)


def test_one_person_cannot_sign_twice_and_one_signature_executes_nothing(federation: Federation, closed: str) -> None:
    with later(federation, ROOT) as work:
        asked = destroying.ask_destruction(work, "west", reason=WHY, manifest=closed)
    with pytest.raises(ForbiddenError, match="两位不同"), later(federation, ROOT) as work:
        destroying.confirm_destruction(work, asked.id)
    with pytest.raises(ConflictError, match="已有一份"), later(federation, SECOND) as work:
        destroying.ask_destruction(work, "west", reason=WHY, manifest=closed)
    with (
        pytest.raises(IllegalTransitionError, match="两位平台管理员签署"),
        later_system(federation, "platform") as work,
    ):
        destroying.begin(work, "west", {})
    with later(federation, SECOND) as work:
        destroying.withdraw_destruction(work, asked.id)
    with pytest.raises(IllegalTransitionError, match="已经撤回"), later(federation, SECOND) as work:
        destroying.confirm_destruction(work, asked.id)
    assert signed(federation, closed).confirmed_at is not None
    with pytest.raises(IllegalTransitionError, match="等待执行"), later(federation, SECOND) as work:
        destroying.confirm_destruction(
            work, next(row.id for row in destroying.of_union(work, federation.ids["west"]) if not row.withdrawn_at)
        )


def test_an_interrupted_execution_is_run_again_and_keeps_the_first_count(
    federation: Federation, closed: str, owner: Database
) -> None:
    signed(federation, closed)
    with later_system(federation, "west") as work:
        counts = closing.rows(work)
    with later_system(federation, "platform") as work:
        begun = destroying.begin(work, "west", counts)
    with pytest.raises(IllegalTransitionError, match="不能撤回"), later(federation, ROOT) as work:
        destroying.withdraw_destruction(work, begun.id)
    with owner.transaction(federation.ids["west"]) as session:
        destroying.shred(session)
    execute(federation, owner)
    with federation.work(ROOT) as work:
        assert destroying.of_union(work, federation.ids["west"])[0].counts == counts


def test_the_application_cannot_shred_and_the_owner_cannot_write(
    federation: Federation, closed: str, owner: Database
) -> None:
    west = federation.ids["west"]
    with pytest.raises(ProgrammingError, match="permission denied"), federation.database.transaction(west) as session:
        destroying.shred(session)
    with owner.transaction(west) as session:
        assert session.execute(text("update cases set title = 'x'")).rowcount == 0  # type: ignore[attr-defined]
        assert session.execute(text("delete from cases where tenant_id <> :t"), {"t": west}).rowcount == 0  # type: ignore[attr-defined]
    with pytest.raises(ProgrammingError, match="row-level security"), owner.transaction(west) as session:
        session.execute(text("insert into inbox (tenant_id, id) values (:t, gen_random_uuid())"), {"t": west})
    assert left(federation, "west")["cases"] == 1
