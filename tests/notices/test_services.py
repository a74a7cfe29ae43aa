"""A notice reaches whom it is for, in their own union, and nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from access.roles import Role
from kernel.clock import FixedClock
from kernel.errors import NotFoundError
from notices.jobs import KEEP_READ, purge_notices
from notices.services import for_actor, newest, post, read_all, read_one, unread
from tests.builders import Federation


def titles(federation: Federation, login: str) -> list[str]:
    with federation.work(login) as work:
        return [notice.title for notice in for_actor(work.session, work.actor)]


def test_a_notice_to_an_account_is_seen_by_that_account_only(federation: Federation) -> None:
    with federation.work("head@street") as work:
        handler = federation.users["handler@street"].id
        post(work.session, kind="case.assigned", title="新分给您的信访件", link="/desk/", user_id=handler)
    assert titles(federation, "handler@street") == ["新分给您的信访件"]
    assert titles(federation, "head@street") == []


def test_a_notice_to_a_role_is_seen_by_its_holders_in_the_same_union(federation: Federation) -> None:
    with federation.work("clerk@street") as work:
        post(work.session, kind="letter.arrived", title="收到函件", link="/dispatches/", role=Role.OFFICE_HEAD)
    assert titles(federation, "head@street") == ["收到函件"]
    assert titles(federation, "leader@street") == []
    assert titles(federation, "head@east") == []


def test_the_newest_notices_come_first_and_no_more_than_asked(federation: Federation) -> None:
    for number in range(5):
        with federation.work("head@street") as work:
            post(work.session, kind="note", title=str(number), link="/", role=Role.CLERK)
    with federation.work("clerk@street") as work:
        assert [notice.title for notice in for_actor(work.session, work.actor, limit=3)] == ["4", "3", "2"]


@pytest.mark.parametrize("addressees", ["none", "both"])
def test_a_notice_has_exactly_one_addressee(federation: Federation, addressees: str) -> None:
    both = {"user_id": federation.users["clerk@street"].id, "role": Role.CLERK}
    with pytest.raises(IntegrityError), federation.work("head@street") as work:
        post(work.session, kind="note", title="x", link="/", **(both if addressees == "both" else {}))


def test_the_system_sees_no_notice_of_a_person(federation: Federation) -> None:
    with federation.work("head@street") as work:
        post(work.session, kind="note", title="x", link="/", user_id=federation.users["clerk@street"].id)
    with federation.work_as_system("street") as work:
        assert for_actor(work.session, work.actor) == []


def tell(federation: Federation, *titles: str, role: Role = Role.CLERK) -> None:
    for title in titles:
        with federation.work("head@street") as work:
            post(work.session, kind="note", title=title, link="/desk/", role=role)


def test_what_was_read_comes_after_what_was_not(federation: Federation) -> None:
    tell(federation, "一", "二", "三", "四")
    with federation.work("clerk@street") as work:
        by_title = {notice.title: notice.id for notice in for_actor(work.session, work.actor)}
        assert read_one(work, by_title["四"]).link == "/desk/"
        read_one(work, by_title["二"])
    assert titles(federation, "clerk@street") == ["三", "一", "四", "二"]
    with federation.work("clerk@street") as work:
        assert unread(work.session, work.actor) == 2
        shown, waiting = newest(work.session, work.actor, limit=1)
        assert ([notice.title for notice in shown], waiting) == (["三"], 2)


def test_pages_follow_each_other_without_a_gap_whatever_was_read(federation: Federation) -> None:
    tell(federation, *"一二三四五")
    with federation.work("clerk@street") as work:
        for notice in for_actor(work.session, work.actor):
            if notice.title in "二四":
                read_one(work, notice.id)
    seen, after = [], None
    with federation.work("clerk@street") as work:
        while page := for_actor(work.session, work.actor, limit=2, after=after):
            seen += [notice.title for notice in page]
            last = page[-1]
            after = (last.read_at is not None, last.created_at, last.id)
    assert seen == ["五", "三", "一", "四", "二"]


def test_all_of_ones_own_are_read_at_once_and_nobody_elses(federation: Federation) -> None:
    tell(federation, "给登记员", "也给登记员")
    tell(federation, "给负责人", role=Role.OFFICE_HEAD)
    with federation.work("clerk@street") as work:
        assert read_all(work) == 2
        assert read_all(work) == 0
    with federation.work("head@street") as work:
        assert unread(work.session, work.actor) == 1


def test_somebody_elses_notice_is_not_opened(federation: Federation) -> None:
    tell(federation, "给负责人", role=Role.OFFICE_HEAD)
    with federation.work("head@street") as work:
        notice = for_actor(work.session, work.actor)[0]
    for login in ("clerk@street", "head@east"):
        with federation.work(login) as work, pytest.raises(NotFoundError):
            read_one(work, notice.id)


def test_a_notice_that_was_read_goes_after_ninety_days(federation: Federation) -> None:
    tell(federation, "没读", "读过")
    with federation.work("clerk@street") as work:
        newest = for_actor(work.session, work.actor)[0]
        read_one(work, newest.id)
    federation.clock = FixedClock(federation.clock.now() + KEEP_READ + timedelta(minutes=1))
    with federation.work_as_system("street") as work:
        assert purge_notices(work) == 1
    assert titles(federation, "clerk@street") == ["没读"]
