"""A union is suspended, resumed and closed by the platform; whoever is concerned is told, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from access.actor import Work
from access.sessions import open_session
from kernel.errors import ForbiddenError, IllegalTransitionError, InvalidError, LianxinError, NotFoundError
from kernel.ids import uuid7
from tenants import queries
from tenants.jobs import lived
from tenants.life import TOPIC, close, resume, suspend
from tenants.models import NOT_MOVED_IN
from tests.builders import Federation

ROOT = "root@platform"
WHY = "机构改革，暂停使用"


def messages(federation: Federation, slug: str) -> list[dict[str, Any]]:
    with federation.work_as_system(slug) as work:
        rows = work.session.execute(
            text("select payload from outbox where topic = :topic order by created_at, id"), {"topic": TOPIC}
        )
        return list(rows.scalars())


def deliver(federation: Federation, *slugs: str) -> None:
    """Bring what waits to its effect, as the worker would."""
    for slug in slugs:
        for payload in messages(federation, slug):
            with federation.work_as_system(slug) as work:
                lived(work, payload)


def scalar(federation: Federation, slug: str, statement: str) -> Any:
    with federation.work_as_system(slug) as work:
        return work.session.execute(text(statement)).scalar()


def test_a_suspended_union_is_out_and_the_union_above_has_a_task_until_it_is_back(federation: Federation) -> None:
    with federation.work_as_system("street") as work:
        user = work.session.merge(federation.users["head@street"])
        open_session(work.session, user, kind="browser", now=datetime.now(UTC))
    with federation.work(ROOT) as work:
        tenant = suspend(work, "street", f"  {WHY}  ")
        assert (tenant.status, tenant.status_reason) == ("suspended", WHY)
    deliver(federation, "street", "east")
    assert messages(federation, "city") == messages(federation, "west") == []
    assert scalar(federation, "street", "select count(*) from login_sessions where ended_at is null") == 0
    assert "期限照常计算" in scalar(federation, "street", "select title from notices where kind = 'union'")
    title = scalar(federation, "east", "select title from tasks where done_at is null")
    assert "东一街道工会联合会" in title and "在办件期限照常计算" in title
    with federation.work(ROOT) as work:
        assert resume(work, "street", "改革完成，恢复使用").status == "active"
    deliver(federation, "street", "east")
    assert scalar(federation, "east", "select count(*) from tasks where done_at is null") == 0
    assert scalar(federation, "street", "select count(*) from notices where title like '%恢复使用%'") >= 1


def test_the_second_superior_is_told_as_well_and_of_its_letters_not_of_figures(federation: Federation) -> None:
    with federation.work_as_system("platform") as work:
        queries.by_slug(work.session, "street").second_parent_id = federation.ids["west"]
    with federation.work(ROOT) as work:
        suspend(work, "street", WHY)
    deliver(federation, "street", "east", "west")
    told = "select title || ' ' || link from tasks where done_at is null"
    assert "双重领导的单位“东一街道工会联合会”已停用" in scalar(federation, "west", told)
    assert "/dispatches/?box=out" in scalar(federation, "west", told)
    assert "下级单位" in scalar(federation, "east", told) and "/dashboards/load" in scalar(federation, "east", told)
    with federation.work(ROOT) as work:
        resume(work, "street", "改革完成，恢复使用")
    deliver(federation, "street", "east", "west")
    for slug in ("east", "west"):
        assert scalar(federation, slug, "select count(*) from tasks where done_at is null") == 0
        assert scalar(federation, slug, "select count(*) from notices where title like '%已恢复使用%'") == 1


def test_every_change_stands_in_the_platforms_log_with_before_and_after(federation: Federation) -> None:
    with federation.work(ROOT) as work:
        suspend(work, "street", WHY)
    told = scalar(federation, "platform", "select data from audit_events where action = 'tenant:suspend'")
    assert (told["slug"], told["from"], told["to"], told["reason"]) == ("street", "active", "suspended", WHY)
    deliver(federation, "street")
    inside = scalar(federation, "street", "select data from audit_events where action = 'tenant:suspend'")
    assert inside["reason"] == WHY


def test_a_message_that_comes_late_acts_on_how_things_stand_now(federation: Federation) -> None:
    with federation.work(ROOT) as work:
        suspend(work, "street", WHY)
    with federation.work(ROOT) as work:
        resume(work, "street", "改革完成，恢复使用")
    deliver(federation, "street", "east")
    assert scalar(federation, "east", "select count(*) from tasks where done_at is null") == 0
    assert scalar(federation, "street", "select count(*) from notices where title like '%停用%'") == 0


@pytest.mark.parametrize("login", ["admin@street", "head@city", "security@city", "leader@east"])
def test_nobody_but_the_platform_changes_a_unions_life(federation: Federation, login: str) -> None:
    for act in (suspend, resume):
        with pytest.raises(ForbiddenError), federation.work(login) as work:
            act(work, "street", WHY)
    with pytest.raises(ForbiddenError), federation.work(login) as work:
        close(work, "street", reason=WHY, retention_years=10, unfinished=())


def test_a_union_cannot_write_the_platforms_messages(federation: Federation) -> None:
    row = text(
        "insert into outbox (tenant_id, id, topic, payload, attempts) values (:t, :id, 'tenant.life', '{}', 0)"
    )
    city, east = federation.ids["city"], federation.ids["east"]
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        federation.database.transaction(east) as session,
        session.addressing([city]),
    ):
        session.execute(row, {"t": city, "id": uuid7()})


def test_what_makes_no_sense_is_refused_in_words(federation: Federation) -> None:
    refusals: list[tuple[Callable[[Work], object], type[LianxinError], str]] = [
        (lambda work: suspend(work, "nowhere", WHY), NotFoundError, "没有"),
        (lambda work: suspend(work, "platform", WHY), NotFoundError, "没有"),
        (lambda work: suspend(work, "street", " 无 "), InvalidError, "原因"),
        (lambda work: suspend(work, "street", "长" * 501), InvalidError, "原因"),
        (lambda work: resume(work, "street", WHY), IllegalTransitionError, "只有已停用"),
        (
            lambda work: close(work, "street", reason=WHY, retention_years=10, unfinished=()),
            IllegalTransitionError,
            "请先停用",
        ),
    ]
    for act, kind, words in refusals:
        with pytest.raises(kind, match=words), federation.work(ROOT) as work:
            act(work)
    with federation.work(ROOT) as work:
        suspend(work, "street", WHY)
    with pytest.raises(IllegalTransitionError, match="已停用，不能再停用"), federation.work(ROOT) as work:
        suspend(work, "street", WHY)
    for years in (0, 101):
        with pytest.raises(InvalidError, match="保管期限"), federation.work(ROOT) as work:
            close(work, "street", reason=WHY, retention_years=years, unfinished=())
    with pytest.raises(InvalidError, match=r"还有 2 件.*移交承继"), federation.work(ROOT) as work:
        close(work, "street", reason=WHY, retention_years=10, unfinished=("还有 2 件信访件没有办结。",))


def test_a_closed_union_keeps_its_rows_until_a_date_and_names_its_successor(federation: Federation) -> None:
    with federation.work(ROOT) as work:
        suspend(work, "street", WHY)
    with federation.work(ROOT) as work:
        closed = close(
            work, "street", reason=WHY, retention_years=30, unfinished=(), successor_id=federation.ids["east"]
        )
        assert closed.status == "closed" and closed.retention_until == date(2056, 3, 2)
        after = queries.working_successor(work.session, closed)
        assert after is not None and after.slug == "east"
        assert federation.ids["street"] not in queries.active_tenant_ids(work.session)
    with pytest.raises(IllegalTransitionError, match="已关闭"), federation.work(ROOT) as work:
        resume(work, "street", WHY)
    with pytest.raises(IllegalTransitionError, match="不能再次关闭"), federation.work(ROOT) as work:
        close(work, "street", reason=WHY, retention_years=30, unfinished=())


def test_a_year_of_retention_from_a_leap_day_ends_on_a_day_that_exists(federation: Federation) -> None:
    from kernel.clock import FixedClock

    federation.clock = FixedClock(datetime(2028, 2, 29, 4, tzinfo=UTC))
    with federation.work(ROOT) as work:
        suspend(work, "street", WHY)
        assert close(work, "street", reason=WHY, retention_years=1, unfinished=()).retention_until == date(
            2029, 2, 28
        )


def test_a_suspended_union_is_still_visited_by_the_timers(federation: Federation) -> None:
    with federation.work(ROOT) as work:
        suspend(work, "street", WHY)
        assert federation.ids["street"] in queries.active_tenant_ids(work.session)


def test_an_entry_that_stands_for_a_union_elsewhere_has_no_life_here(federation: Federation) -> None:
    with federation.work_as_system("platform") as work:
        work.session.execute(
            text("update tenants set status = 'closed', status_reason = :r where slug = 'west'"), {"r": NOT_MOVED_IN}
        )
    with pytest.raises(NotFoundError), federation.work(ROOT) as work:
        resume(work, "west", WHY)


def test_successors_that_name_each_other_lead_nowhere(federation: Federation) -> None:
    with federation.work_as_system("platform") as work:
        work.session.execute(text("update tenants set status = 'closed' where slug in ('east', 'west')"))
        for one, other in (("east", "west"), ("west", "east")):
            work.session.execute(
                text("update tenants set successor_id = :other where slug = :one"),
                {"one": one, "other": federation.ids[other]},
            )
        west = queries.by_slug(work.session, "west")
        assert west is not None and queries.working_successor(work.session, west) is None
        above = queries.working_above(work.session, federation.ids["street"])
        assert above is not None and above.slug == "city"


def test_two_administrators_at_once_suspend_once(federation: Federation) -> None:
    outcomes: list[object] = []
    together = Barrier(2)

    def press() -> None:
        together.wait()
        try:
            with federation.work(ROOT) as work:
                suspend(work, "street", WHY)
        except LianxinError as error:
            outcomes.append(type(error))
        else:
            outcomes.append("done")

    presses = [Thread(target=press) for _ in range(2)]
    for press_ in presses:
        press_.start()
    for press_ in presses:
        press_.join()
    assert sorted(map(str, outcomes)) == sorted(["done", str(IllegalTransitionError)])
    assert len(messages(federation, "street")) == 1
