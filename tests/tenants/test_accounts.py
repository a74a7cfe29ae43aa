"""Accounts: who opens them, which roles fit together, and what ends a session."""

from __future__ import annotations

from typing import Any

import pytest

from access.models import User
from access.queries import holders, names, roles_of
from access.roles import Role
from audit.services import history
from kernel.errors import ForbiddenError, InvalidError, NotFoundError
from kernel.ids import uuid7
from tenants.accounts import change_own_password, create_user, get_user, reset_password, set_active, set_roles
from tests.builders import PASSWORD, Federation, cached_hash

NEW: dict[str, Any] = {
    "username": "new.clerk",
    "display_name": "新登记员",
    "password": PASSWORD,
    "roles": (Role.CLERK,),
    "hasher": cached_hash,
}


def opened(federation: Federation, login: str = "admin@street", **changes: Any) -> User:
    with federation.work(login) as work:
        return create_user(work, **(NEW | changes))


def epoch(federation: Federation, login: str) -> int:
    user = federation.users[login]
    with federation.database.transaction(user.tenant_id) as session:
        found = session.get(User, (user.tenant_id, user.id))
        assert found is not None
        return found.epoch


def test_an_administrator_opens_an_account_in_the_own_union_only(federation: Federation) -> None:
    user = opened(federation, username=" New.Clerk ")
    assert (user.username, user.tenant_id, user.must_change_password) == ("new.clerk", federation.ids["street"], True)
    with federation.work("admin@street") as work:
        assert roles_of(work.session, user.id) == {Role.CLERK}
        event = history(work.session, user.id)[-1]
        assert (event.action, event.data["roles"]) == ("user:create", ["clerk"])
    with federation.work("admin@west") as work, pytest.raises(NotFoundError):
        get_user(work, user.id)


def test_two_unions_may_have_the_same_login_name(federation: Federation) -> None:
    assert opened(federation).id != opened(federation, "admin@west").id


@pytest.mark.parametrize("login", ["clerk@street", "leader@street", "security@street", "auditor@street"])
def test_nobody_else_opens_accounts(federation: Federation, login: str) -> None:
    with pytest.raises(ForbiddenError):
        opened(federation, login)


@pytest.mark.parametrize(
    "change",
    [
        {"username": "x"},
        {"username": "有人"},
        {"username": "clerk"},
        {"display_name": " "},
        {"password": "short1A"},
        {"password": "alllowercase"},
        {"password": "New.Clerk-2026"},
        {"roles": ()},
        {"roles": (Role.TENANT_ADMIN, Role.SECURITY_ADMIN)},
        {"roles": (Role.AUDITOR, Role.LEADER)},
        {"roles": (Role.TENANT_ADMIN, Role.CLERK)},
        {"roles": (Role.PLATFORM_ADMIN,)},
        {"roles": (Role.SYSTEM,)},
    ],
    ids=str,
)
def test_a_malformed_account_is_refused(federation: Federation, change: dict[str, Any]) -> None:
    with pytest.raises(InvalidError):
        opened(federation, **change)


def test_new_roles_replace_the_old_ones_and_end_sessions(federation: Federation) -> None:
    clerk = federation.users["clerk@street"]
    before = epoch(federation, "clerk@street")
    with federation.work("admin@street") as work:
        set_roles(work, clerk.id, (Role.HANDLER, Role.SUPERVISOR))
    with federation.work("admin@street") as work:
        assert roles_of(work.session, clerk.id) == {Role.HANDLER, Role.SUPERVISOR}
        told = {"username": "clerk", "before": ["clerk"], "after": ["handler", "supervisor"]}
        assert history(work.session, clerk.id)[-1].data == told
    assert epoch(federation, "clerk@street") == before + 1


def test_a_deactivated_account_keeps_its_name_and_loses_its_sessions_and_work(federation: Federation) -> None:
    handler = federation.users["handler@street"]
    before = epoch(federation, "handler@street")
    with federation.work("admin@street") as work:
        set_active(work, handler.id, active=False)
    with federation.work("head@street") as work:
        assert names(work.session, [handler.id, None]) == {handler.id: "测试承办人"}
        assert handler.id not in {user.id for user in holders(work.session, (Role.HANDLER,))}
    assert epoch(federation, "handler@street") == before + 1


@pytest.mark.parametrize("change", ["roles", "active"])
def test_nobody_changes_the_own_roles_or_closes_the_own_account(federation: Federation, change: str) -> None:
    own = federation.users["admin@street"].id
    with pytest.raises(ForbiddenError, match="自己"), federation.work("admin@street") as work:
        if change == "roles":
            set_roles(work, own, (Role.AUDITOR,))
        else:
            set_active(work, own, active=False)


def test_a_password_change_asks_for_the_old_one_and_ends_sessions(federation: Federation) -> None:
    before = epoch(federation, "clerk@street")
    for old, new in (("wrong", "Lianxin-Next-2026"), (PASSWORD, PASSWORD), (PASSWORD, "weak")):
        with pytest.raises(InvalidError), federation.work("clerk@street") as work:
            change_own_password(work, old, new)
    with federation.work("clerk@street") as work:
        change_own_password(work, PASSWORD, "Lianxin-Next-2026")
    assert epoch(federation, "clerk@street") == before + 1


def test_a_reset_password_must_be_changed_at_the_next_login(federation: Federation) -> None:
    clerk = federation.users["clerk@street"]
    with federation.work("admin@street") as work:
        reset_password(work, clerk.id, "Lianxin-Reset-2026")
    with federation.work("admin@street") as work:
        assert get_user(work, clerk.id).must_change_password is True


def test_an_account_of_another_union_is_not_there(federation: Federation) -> None:
    foreign = federation.users["clerk@west"].id
    for act in (
        lambda work, user: set_roles(work, user, (Role.HANDLER,)),
        lambda work, user: set_active(work, user, active=False),
        lambda work, user: reset_password(work, user, "Lianxin-Reset-2026"),
    ):
        for user_id in (foreign, uuid7()):
            with pytest.raises(NotFoundError) as refused, federation.work("admin@street") as work:
                act(work, user_id)
            assert refused.value.message == "没有找到，或者您无权查看。"
