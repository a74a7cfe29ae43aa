"""Accounts of the own union: holders of a role, names, and the administrator's list."""

from __future__ import annotations

from access.queries import accounts, holders, names, roles_of
from access.roles import Role
from kernel.ids import uuid7
from tenants.accounts import set_active
from tests.builders import STAFF, Federation


def test_holders_are_active_and_of_the_own_union(federation: Federation) -> None:
    with federation.work("admin@street") as work:
        found = holders(work.session, (Role.HANDLER, Role.OFFICE_HEAD))
        assert {user.id for user in found} == {federation.users[f"{name}@street"].id for name in ("handler", "head")}
        set_active(work, federation.users["handler@street"].id, active=False)
    with federation.work("admin@street") as work:
        assert [user.username for user in holders(work.session, (Role.HANDLER, Role.OFFICE_HEAD))] == ["head"]
        assert holders(work.session, ()) == []


def test_names_of_another_unions_people_are_not_given(federation: Federation) -> None:
    own, foreign = federation.users["clerk@street"].id, federation.users["clerk@west"].id
    with federation.work("head@street") as work:
        assert names(work.session, [own, foreign, uuid7(), None]) == {own: "测试登记员"}
        assert roles_of(work.session, foreign) == frozenset()


def test_the_list_of_accounts_goes_by_login_name_a_page_at_a_time(federation: Federation) -> None:
    with federation.work("admin@street") as work:
        everybody = [account.user.username for account in accounts(work.session)]
        assert everybody == sorted(STAFF)
        first = accounts(work.session, limit=3)
        rest = accounts(work.session, after=first[-1].user.username)
        assert [account.user.username for account in (*first, *rest)] == everybody
        assert {role for account in first for role in account.roles} <= set(Role)


def test_a_search_finds_parts_of_names_and_takes_signs_as_they_are(federation: Federation) -> None:
    with federation.work("admin@street") as work:
        assert [found.user.username for found in accounts(work.session, search="领导")] == ["leader"]
        assert [found.user.username for found in accounts(work.session, search="LEAD")] == ["leader"]
        for sign in ("%", "_", "'", "\\"):
            assert accounts(work.session, search=sign) == []
