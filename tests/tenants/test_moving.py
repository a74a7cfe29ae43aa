"""A union is placed elsewhere: today's truth changes, the history stays, and what would tie a knot is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime
from threading import Barrier, Thread

import pytest
from sqlalchemy import select, text

from dispatches import services as letters
from kernel.clock import FixedClock
from kernel.errors import ConflictError, ForbiddenError, InvalidError, LianxinError, NotFoundError
from tenants import queries
from tenants.models import Kind, Tenant, TenantClosure, TenantLine, TenantParent, TreeMove
from tenants.moving import move
from tenants.services import create
from tests.builders import Federation

REASON = "市总工会关于调整隶属关系的通知"


def shift(federation: Federation, slug: str, parent: str | None, day: date | None = None) -> Tenant:
    if day is not None:
        federation.clock = FixedClock(datetime(day.year, day.month, day.day, 2, 0, tzinfo=UTC))
    with federation.work("root@platform") as work:
        return move(work, slug, new_parent_slug=parent, reason=REASON)


def found(federation: Federation, slug: str, parent: str | None) -> None:
    with federation.work_as_system("platform") as work:
        kind = Kind.GRASSROOTS_FEDERATION
        made = create(work, slug=slug, name=f"{slug}工会", kind=kind, code=f"{slug}工信", parent_slug=parent)
        federation.ids = federation.ids | {slug: made.id}


def lines(federation: Federation, slug: str) -> set[tuple[str, date | None, date | None]]:
    names = {number: name for name, number in federation.ids.items()}
    with federation.work_as_system("platform") as work:
        rows = work.session.scalars(select(TenantLine).where(TenantLine.descendant_id == federation.ids[slug])).all()
        return {(names[row.ancestor_id], row.since, row.until) for row in rows}


def parents(federation: Federation, slug: str) -> set[tuple[str, date | None, date | None]]:
    names = {number: name for name, number in federation.ids.items()}
    with federation.work_as_system("platform") as work:
        rows = work.session.scalars(select(TenantParent).where(TenantParent.child_id == federation.ids[slug])).all()
        return {(names[row.parent_id], row.since, row.until) for row in rows}


def test_a_new_union_has_stood_on_its_line_since_ever(federation: Federation) -> None:
    assert lines(federation, "street") == {("street", None, None), ("east", None, None), ("city", None, None)}
    assert parents(federation, "street") == {("east", None, None)}
    assert parents(federation, "city") == set()


def test_a_move_takes_the_subtree_along_and_keeps_the_common_ancestor_unbroken(federation: Federation) -> None:
    found(federation, "alley", "street")
    day = date(2026, 4, 1)
    moved = shift(federation, "street", "west", day)
    ids = federation.ids
    assert (moved.parent_id, moved.level) == (ids["west"], 3)
    assert lines(federation, "alley") == {
        ("alley", None, None),
        ("street", None, None),
        ("east", None, day),
        ("west", day, None),
        ("city", None, None),
    }
    assert parents(federation, "street") == {("east", None, day), ("west", day, None)}
    assert parents(federation, "alley") == {("street", None, None)}
    with federation.work_as_system("platform") as work:
        assert queries.ancestor_ids(work.session, ids["alley"]) == [
            ids["alley"],
            ids["street"],
            ids["west"],
            ids["city"],
        ]
        waiting = work.session.scalars(select(TreeMove)).one()
        assert (waiting.moved_id, waiting.from_id, waiting.to_id) == (ids["street"], ids["east"], ids["west"])
        assert (waiting.moved_on, waiting.facts_at) == (day, None)


def test_levels_follow_and_a_root_has_no_line(federation: Federation) -> None:
    found(federation, "alley", "street")
    shift(federation, "street", "city", date(2026, 4, 1))
    with federation.work_as_system("platform") as work:
        alley = queries.by_slug(work.session, "alley")
        assert alley is not None and alley.level == 3
    shift(federation, "east", None, date(2026, 4, 2))
    assert ("city", None, date(2026, 4, 2)) in lines(federation, "east")
    assert parents(federation, "east") == {("city", None, date(2026, 4, 2))}


def test_there_and_back_on_one_day_leaves_no_trace_in_the_lines(federation: Federation) -> None:
    before = lines(federation, "street"), parents(federation, "street")
    shift(federation, "street", "west", date(2026, 4, 1))
    shift(federation, "street", "east", date(2026, 4, 1))
    assert (lines(federation, "street"), parents(federation, "street")) == before
    with federation.work_as_system("platform") as work:
        assert len(work.session.scalars(select(TreeMove)).all()) == 2


def test_there_and_back_on_two_days_is_remembered(federation: Federation) -> None:
    first, second = date(2026, 4, 1), date(2026, 5, 1)
    shift(federation, "street", "west", first)
    shift(federation, "street", "east", second)
    assert {line for line in lines(federation, "street") if line[0] != "city"} == {
        ("street", None, None),
        ("east", None, first),
        ("west", first, second),
        ("east", second, None),
    }


def test_the_closure_always_says_what_the_open_lines_say(federation: Federation) -> None:
    found(federation, "alley", "street")
    for slug, parent in (("street", "west"), ("west", "east"), ("alley", "city"), ("east", "alley")):
        shift(federation, slug, parent, date(2026, 4, 1))
        with federation.work_as_system("platform") as work:
            closure = {
                (row.ancestor_id, row.descendant_id) for row in work.session.scalars(select(TenantClosure)).all()
            }
            still = text("select ancestor_id, descendant_id from tenant_lines where until = 'infinity'")
            open_lines = {(row.ancestor_id, row.descendant_id) for row in work.session.execute(still)}
            levels = work.session.execute(
                text(
                    "select count(*) from tenants t where id > 0 and level <> "
                    "(select count(*) from tenant_closure c where c.descendant_id = t.id)"
                )
            ).scalar_one()
        assert closure == open_lines
        assert levels == 0


@pytest.mark.parametrize(
    ("slug", "parent", "sentence"),
    [
        ("east", "east", "不能成为自己的上级"),
        ("city", "street", "是“测试市总工会”的下级，不能成为它的上级"),
        ("street", "east", "已经是其直接上级"),
        ("city", None, "本来就没有上级"),
        ("street", "nowhere", "不存在"),
        ("street", "platform", "不存在"),
    ],
)
def test_what_would_tie_a_knot_is_refused_with_a_sentence(
    federation: Federation, slug: str, parent: str | None, sentence: str
) -> None:
    with pytest.raises(InvalidError, match=sentence):
        shift(federation, slug, parent)


@pytest.mark.parametrize(("status", "word"), [("suspended", "已停用"), ("closed", "已关闭")])
def test_a_parent_that_does_not_work_receives_nobody(federation: Federation, status: str, word: str) -> None:
    with federation.work_as_system("platform") as work:
        west = queries.by_slug(work.session, "west")
        assert west is not None
        west.status = status
    with pytest.raises(InvalidError, match=word):
        shift(federation, "street", "west")


def test_a_second_line_must_not_end_up_in_the_own_subtree(federation: Federation) -> None:
    with federation.work_as_system("platform") as work:
        west = queries.by_slug(work.session, "west")
        assert west is not None
        west.second_parent_id = federation.ids["street"]
    with pytest.raises(InvalidError, match="第二上级"):
        shift(federation, "east", "west")


def test_the_second_line_that_becomes_the_first_is_no_second_any_more(federation: Federation) -> None:
    with federation.work_as_system("platform") as work:
        street = queries.by_slug(work.session, "street")
        assert street is not None
        street.second_parent_id = federation.ids["west"]
    assert shift(federation, "street", "west").second_parent_id is None


def test_the_platform_the_unknown_and_the_unexplained_are_refused(federation: Federation) -> None:
    for slug in ("platform", "nowhere"):
        with pytest.raises(NotFoundError):
            shift(federation, slug, "city")
    with federation.work("root@platform") as work, pytest.raises(InvalidError, match="依据"):
        move(work, "street", new_parent_slug="west", reason=" ")
    with federation.work("admin@city") as work, pytest.raises(ForbiddenError):
        move(work, "street", new_parent_slug="west", reason=REASON)


def test_a_clock_that_was_set_back_is_refused(federation: Federation) -> None:
    shift(federation, "street", "west", date(2026, 4, 10))
    with pytest.raises(ConflictError, match="系统日期"):
        shift(federation, "street", "east", date(2026, 4, 9))


def test_both_ways_round_at_once_make_no_cycle(federation: Federation) -> None:
    start, outcomes = Barrier(2), []

    def run(slug: str, parent: str) -> None:
        start.wait()
        try:
            shift(federation, slug, parent)
            outcomes.append("moved")
        except LianxinError as error:
            outcomes.append(error.message)

    threads = [Thread(target=run, args=pair) for pair in (("east", "west"), ("west", "east"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("moved") == 1
    assert any("不能成为它的上级" in outcome for outcome in outcomes)


def test_the_event_holds_before_and_after(federation: Federation) -> None:
    shift(federation, "street", "city", date(2026, 4, 1))
    with federation.work_as_system("platform") as work:
        told = work.session.execute(text("select data from audit_events where action = 'tenant:move'")).scalar_one()
    assert told["before"] == {"parent": "east", "level": 3}
    assert told["after"] == {"parent": "city", "level": 2}
    assert told["reason"] == REASON


def test_a_letter_in_flight_is_answered_across_the_old_line(federation: Federation) -> None:
    case = federation.accepted("street")
    with federation.work("head@street") as work:
        letter = letters.escalate(work, case.number, reason="超出本级职权", request="请区总工会协调")
    shift(federation, "street", "west", date(2026, 4, 1))
    with federation.work("head@east") as work:
        letters.act(work, letter.id, "sign")
        letters.act(work, letter.id, "answer", {"text": "已协调处理，请继续办理。"})
    with federation.work("head@street") as work:
        status = work.session.execute(text("select status from cases where number = :n"), {"n": case.number}).scalar()
    assert status is not None
