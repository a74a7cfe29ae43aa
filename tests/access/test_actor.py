"""Who acts belongs to the tenant of the session, or there is no unit of work."""

from __future__ import annotations

import pytest

from access.actor import Actor, Work, system_actor
from access.roles import Role
from kernel.errors import ForbiddenError, NoTenantError
from kernel.ids import uuid7
from tests.builders import Federation


def test_a_unit_of_work_of_one_tenant_cannot_be_made_for_an_actor_of_another(federation: Federation) -> None:
    with (
        federation.database.session(federation.ids["east"]) as session,
        pytest.raises(ForbiddenError),
    ):
        Work(session, federation.actor("head@west"), federation.clock, federation.cipher)


def test_a_unit_of_work_needs_a_tenant(federation: Federation) -> None:
    with federation.database.session(None) as session, pytest.raises(NoTenantError):
        Work(session, system_actor(federation.ids["east"]), federation.clock, federation.cipher)


def test_an_actor_is_asked_for_any_of_several_roles() -> None:
    actor = Actor(7, uuid7(), "测试", frozenset({Role.CLERK, Role.HANDLER}))
    assert actor.holds(Role.HANDLER, Role.LEADER)
    assert not actor.holds(Role.LEADER)
    assert not actor.holds()
    actor.require((Role.CLERK,))
    with pytest.raises(ForbiddenError):
        actor.require((Role.LEADER, Role.SYSTEM))
    with pytest.raises(ForbiddenError):
        actor.require(())


def test_the_system_holds_its_own_role_and_no_persons() -> None:
    actor = system_actor(7)
    assert (actor.user_id, actor.roles) == (None, frozenset({Role.SYSTEM}))
