"""What an act does beside the file: which acts ask for what, and what a page is told there is."""

from __future__ import annotations

import pytest

from cases import presence
from cases.beside import DISPOSING
from cases.handling_fields import HANDLING_RULES
from cases.handling_rows import ASKED_FIRST, ASSIGNING, DECIDING
from cases.workflow import CASE_WORKFLOW
from tests.builders import Federation
from tests.ways import Ways

ACTIONS = {row.action: row for row in CASE_WORKFLOW}


def test_every_act_that_is_named_is_a_row_and_every_rule_a_field_of_one() -> None:
    assert set(ACTIONS) >= DISPOSING | ASKED_FIRST | ASSIGNING | DECIDING
    assert set(HANDLING_RULES) <= {name for row in CASE_WORKFLOW for name in row.fields}
    assert all("no_task_open" in ACTIONS[action].conditions for action in ASKED_FIRST)
    assert all("declared" in ACTIONS[action].fields for action in ASSIGNING)


@pytest.mark.parametrize("who", ["head", "handler"])
def test_a_page_is_told_what_there_is_and_asks_for_no_more(federation: Federation, who: str) -> None:
    ways = Ways(federation)
    case = ways.closed()
    with federation.work(f"{who}@street") as work:
        there = presence.of_case(work, case.id)
        assert (there.dispositions, there.follow_ups, there.assignments) == (True, True, True)
        assert (there.results, there.tasks, there.ratings, there.open_tasks) == (False, False, False, 0)
