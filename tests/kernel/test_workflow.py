"""The engine reads a table and nothing but the table."""

from __future__ import annotations

from enum import StrEnum

import pytest

from kernel.errors import ForbiddenError, IllegalTransitionError
from kernel.workflow import Transition, Workflow


class Light(StrEnum):
    RED = "red"
    GREEN = "green"


GO = Transition("go", "通行", (Light.RED,), Light.GREEN, frozenset({"driver"}), primary=True)
STOP = Transition("stop", "停车", (Light.GREEN,), Light.RED, frozenset({"driver", "police"}))
HONK = Transition("honk", "鸣笛", (Light.RED, Light.GREEN), None, frozenset({"driver"}))
RESET = Transition("reset", "复位", (Light.GREEN,), Light.RED, frozenset({"police"}), internal=True)
TABLE = Workflow((GO, STOP, HONK, RESET))


def test_available_rows_come_in_table_order_and_fit_status_and_role() -> None:
    assert TABLE.available(Light.RED, {"driver"}) == [GO, HONK]
    assert TABLE.available(Light.GREEN, {"police"}) == [STOP]
    assert TABLE.available(Light.RED, set()) == []


def test_an_internal_row_is_never_offered_and_can_be_resolved() -> None:
    assert RESET not in TABLE.available(Light.GREEN, {"police"})
    assert TABLE.resolve("reset", Light.GREEN, {"police"}) is RESET


def test_an_action_outside_its_status_is_illegal_and_named_by_its_label() -> None:
    with pytest.raises(IllegalTransitionError, match="通行"):
        TABLE.resolve("go", Light.GREEN, {"driver"})
    with pytest.raises(IllegalTransitionError, match="fly"):
        TABLE.resolve("fly", Light.RED, {"driver"})


def test_an_action_of_another_role_is_forbidden() -> None:
    with pytest.raises(ForbiddenError, match="通行"):
        TABLE.resolve("go", Light.RED, {"police"})


def test_status_is_judged_before_role_so_that_nobody_learns_rights_from_errors() -> None:
    with pytest.raises(IllegalTransitionError):
        TABLE.resolve("go", Light.GREEN, {"police"})


def test_two_rows_for_one_action_and_status_are_a_mistake_in_the_table() -> None:
    with pytest.raises(ValueError, match="two rows for go from red"):
        Workflow((GO, Transition("go", "走", (Light.RED,), None, frozenset())))


def test_a_table_can_be_walked() -> None:
    assert [row.action for row in TABLE] == ["go", "stop", "honk", "reset"]
    assert TABLE.label("honk") == "鸣笛"
