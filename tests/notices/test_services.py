"""A notice reaches whom it is for, in their own union, and nobody else."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from access.roles import Role
from notices.services import for_actor, post
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
