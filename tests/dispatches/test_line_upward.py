"""In a tree of any form an escalation goes to the union directly above and to nobody else."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from access.actor import Actor, Work, system_actor
from access.roles import Role
from cases.intake import NewCase, NewParty, register
from cases.services import perform
from dispatches.services import escalate
from kernel.clock import FixedClock
from kernel.crypto import FieldCipher
from tenants.accounts import create_user
from tenants.models import Kind
from tenants.services import create
from tests.builders import PASSWORD, cached_hash
from tests.conftest import Stage


@st.composite
def trees(draw: st.DrawFn) -> Sequence[int]:
    """Parents of unions 1…n; union 0 is the root."""
    size = draw(st.integers(min_value=1, max_value=5))
    return [draw(st.integers(min_value=0, max_value=index)) for index in range(size)]


@settings(
    max_examples=5,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(parents=trees())
def test_in_any_tree_a_letter_goes_to_the_union_directly_above_and_nowhere_else(
    clean: Stage, parents: Sequence[int]
) -> None:
    run = uuid.uuid4().hex[:6]
    federation = SmallTree(clean, run, parents)
    for child, above in enumerate(parents, start=1):
        letter = federation.escalate(child)
        holders = {union for union in range(len(parents) + 1) if federation.holds(union, letter)}
        assert holders == {child, above}


class SmallTree:
    """Unions 0…n of a random tree, each with one office head."""

    def __init__(self, stage: Stage, run: str, parents: Sequence[int]) -> None:

        self._stage = stage
        clock, cipher = FixedClock(datetime(2026, 3, 2, tzinfo=UTC)), FieldCipher(stage.settings.data_keys)
        self._parts = (clock, cipher)
        self._actors: list[Actor] = []
        for union in range(len(parents) + 1):
            above = f"u{run}{parents[union - 1]}" if union else None
            with stage.database.transaction(0) as session:
                work = Work(session, system_actor(0), clock, cipher)
                tenant = create(
                    work,
                    slug=f"u{run}{union}",
                    name=f"第{union}工会",
                    kind=Kind.FEDERATION,
                    code=f"第{union}工信",
                    parent_slug=above,
                )
            with stage.database.transaction(tenant.id) as session:
                user = create_user(
                    Work(session, system_actor(tenant.id), clock, cipher),
                    username="head",
                    display_name="负责人",
                    password=PASSWORD,
                    roles=(Role.OFFICE_HEAD,),
                    must_change_password=False,
                    hasher=cached_hash,
                )
            self._actors.append(Actor(tenant.id, user.id, "负责人", frozenset({Role.OFFICE_HEAD})))

    def escalate(self, union: int) -> uuid.UUID:
        """Register, triage and escalate a case; the letter's id."""

        actor = self._actors[union]
        with self._stage.database.transaction(actor.tenant_id) as session:
            work = Work(session, actor, *self._parts)
            case = register(
                work,
                NewCase(
                    channel="visit",
                    title="反映欠薪",
                    content="单位欠薪",
                    received_on=date(2026, 3, 2),
                    parties=(NewParty(name="测试甲"),),
                ),
            )
            triage = {"purpose": "request", "category": "01.01", "tier": "ordinary"}
            perform(work, case.number, "triage", triage)
            return escalate(work, case.number, reason="本级无力协调", request="请上级牵头").id

    def holds(self, union: int, letter: uuid.UUID) -> bool:
        """Whether a union can read the letter, by SQL without any filter of its own."""
        with self._stage.database.transaction(self._actors[union].tenant_id) as session:
            count = session.execute(text("select count(*) from letters where id = :id"), {"id": letter})
            return bool(count.scalar_one())
