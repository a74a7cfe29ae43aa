"""Whose figures a role may look at."""

from __future__ import annotations

from uuid import uuid4

import pytest

from access.actor import Actor
from access.roles import Role
from measures import policy


def holder(role: Role) -> Actor:
    """Somebody with one role."""
    return Actor(tenant_id=1, user_id=uuid4(), name="测试", roles=frozenset({role}))


@pytest.mark.parametrize(
    ("role", "figures", "below", "sealed"),
    [
        (Role.CLERK, True, False, False),
        (Role.HANDLER, True, False, False),
        (Role.OFFICE_HEAD, True, True, True),
        (Role.LEADER, True, True, True),
        (Role.SUPERVISOR, True, True, False),
        (Role.TENANT_ADMIN, False, False, False),
        (Role.SECURITY_ADMIN, False, False, False),
        (Role.AUDITOR, False, False, False),
        (Role.PLATFORM_ADMIN, False, False, False),
    ],
)
def test_each_role_sees_the_figures_that_its_work_needs(role: Role, figures: bool, below: bool, sealed: bool) -> None:
    actor = holder(role)
    assert policy.may_see_figures(actor) is figures
    assert policy.may_see_below(actor) is below
    assert policy.may_see_sealed(actor) is sealed
