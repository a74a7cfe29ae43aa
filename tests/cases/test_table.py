"""The whole table against what is written by hand beside it: every role in every status on every row."""

from __future__ import annotations

import re

import pytest

from access.roles import Role
from cases.workflow import CASE_WORKFLOW, Status
from kernel.errors import ForbiddenError, IllegalTransitionError
from kernel.workflow import Transition
from tests.cases.expected import EXPECTED, Expected

BY_ACTION = {row.action: row for row in EXPECTED}


def test_the_written_table_and_the_table_name_the_same_acts() -> None:
    assert sorted(row.action for row in EXPECTED) == sorted(row.action for row in CASE_WORKFLOW)
    assert len(BY_ACTION) == len(EXPECTED)


def test_every_transition_of_the_field_is_written_down() -> None:
    """domain.md B3: T1 is registration, T7 another word for T5; T9 and T11–T13 are acts on letters."""
    named = {int(number) for row in EXPECTED for number in re.findall(r"T(\d+)", row.source)}
    assert named == set(range(1, 39)) - {1, 7, 9, 11, 12, 13}


@pytest.mark.parametrize("row", CASE_WORKFLOW.rows, ids=lambda row: row.action)
def test_a_row_is_as_written(row: Transition[Status]) -> None:
    wanted = BY_ACTION[row.action]
    target = "back" if row.returns else row.target.value if row.target else "="
    clocks = {f"!{kind}" for kind in row.stops} | {f"+{kind}" for kind in row.starts}
    clocks |= {f"~{kind}" for kind in row.resumes} | {f"|{kind}" for kind in row.pauses}
    clocks |= {f">{kind}" for kind in row.continues}
    found = Expected(
        wanted.source,
        row.action,
        row.internal,
        frozenset(status.value for status in row.sources),
        target,
        frozenset(role.value for role in row.roles),
        frozenset(row.conditions),
        frozenset(clocks),
        row.document or "-",
    )
    assert found == wanted


@pytest.mark.parametrize("role", Role, ids=lambda role: role.value)
@pytest.mark.parametrize("wanted", EXPECTED, ids=lambda row: row.action)
def test_every_role_is_let_through_or_refused_as_written(wanted: Expected, role: Role) -> None:
    for status in Status:
        if status.value not in wanted.sources:
            with pytest.raises(IllegalTransitionError):
                CASE_WORKFLOW.resolve(wanted.action, status, {role})
        elif role.value not in wanted.roles:
            with pytest.raises(ForbiddenError):
                CASE_WORKFLOW.resolve(wanted.action, status, {role})
        else:
            assert CASE_WORKFLOW.resolve(wanted.action, status, {role}).action == wanted.action
            offered = {row.action for row in CASE_WORKFLOW.available(status, {role})}
            assert (wanted.action in offered) is not wanted.internal
