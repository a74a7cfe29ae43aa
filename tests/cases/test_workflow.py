"""The table itself: complete, reachable, without dead ends, and each row says where it comes from."""

from __future__ import annotations

import pytest

from access.roles import CASE_ROLES, Role
from cases.conditions import CONDITIONS
from cases.effects import EFFECTS
from cases.papers import TEMPLATES
from cases.rules import ClockKind
from cases.workflow import CASE_WORKFLOW, FINAL, OPEN, STATUS_LABELS, Status
from kernel.errors import ForbiddenError, IllegalTransitionError
from kernel.workflow import Transition


def test_every_status_is_either_open_or_final_and_has_a_word() -> None:
    assert set(OPEN) | set(FINAL) == set(Status)
    assert not set(OPEN) & set(FINAL)
    assert set(STATUS_LABELS) == set(Status)


def test_every_status_can_be_reached_and_every_open_one_can_be_left() -> None:
    reached, todo = {Status.REGISTERED}, [Status.REGISTERED]
    while todo:
        here = todo.pop()
        for row in CASE_WORKFLOW:
            if here in row.sources and row.target is not None and row.target not in reached:
                reached.add(row.target)
                todo.append(row.target)
    assert reached == set(Status)
    for status in OPEN:
        assert any(status in row.sources and row.target is not None for row in CASE_WORKFLOW)


def test_a_final_case_is_moved_by_the_petitioner_by_the_archive_and_by_undoing_a_merge_alone() -> None:
    after = {row.action: row.target for row in CASE_WORKFLOW if set(row.sources) & set(FINAL)}
    assert after == {
        "gains": None,
        "rate": None,
        "own_rate": None,
        "own_ask_review": None,
        "ask_review": Status.REVIEWING,
        "send_review": Status.REVIEWING,
        "exercise_right": None,
        "own_ask_recheck": None,
        "ask_recheck": Status.RECHECKING,
        "send_recheck": Status.RECHECKING,
        "late_review": Status.SERVED,
        "late_recheck": Status.REVIEWED,
        "archive": Status.ARCHIVED,
        "unmerge": Status.TRIAGED,
        "advise": None,
        "adoption": None,
    }


@pytest.mark.parametrize("row", CASE_WORKFLOW.rows, ids=lambda row: row.action)
def test_a_row_is_complete(row: Transition[Status]) -> None:
    assert row.label
    assert row.source or row.target is None
    assert row.roles <= CASE_ROLES | {Role.SYSTEM}
    assert row.roles
    assert row.document is None or row.document in TEMPLATES
    assert {*row.stops, *row.starts} <= {kind.value for kind in ClockKind}
    if row.target in FINAL:
        assert row.document or row.fields, "a case is not closed without a word"


def test_no_administrator_and_no_platform_stands_in_any_row() -> None:
    everybody = frozenset[str]().union(*(row.roles for row in CASE_WORKFLOW))
    assert not everybody & {Role.TENANT_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR, Role.PLATFORM_ADMIN}


#: Of two primary rows the conditions let one through: a review has its own opinion, and there is something to execute
#: or there is not.
EITHER = ({"decide", "review_decide"}, {"execute", "finish"}, {"recheck_result", "recheck_execute"})


def test_every_status_offers_one_primary_button_at_most_to_each_role() -> None:
    for status in Status:
        for role in CASE_ROLES:
            primary = {row.action for row in CASE_WORKFLOW.available(status, {role}) if row.primary}
            assert len(primary) <= 1 or primary in EITHER, (status, role)


def test_effects_belong_to_rows() -> None:
    assert set(EFFECTS) <= {row.action for row in CASE_WORKFLOW}


def test_every_pair_of_action_and_status_is_either_a_row_or_illegal() -> None:
    actions = {row.action for row in CASE_WORKFLOW}
    for action in actions:
        for status in Status:
            rows = [row for row in CASE_WORKFLOW if row.action == action and status in row.sources]
            for role in Role:
                if not rows:
                    with pytest.raises(IllegalTransitionError):
                        CASE_WORKFLOW.resolve(action, status, {role})
                elif role not in rows[0].roles:
                    with pytest.raises(ForbiddenError):
                        CASE_WORKFLOW.resolve(action, status, {role})
                else:
                    assert CASE_WORKFLOW.resolve(action, status, {role}) is rows[0]


def test_a_letters_rows_are_not_offered_as_buttons() -> None:
    offered = {row.action for status in Status for row in CASE_WORKFLOW.available(status, set(Role))}
    assert offered == {row.action for row in CASE_WORKFLOW} - {
        *("escalate", "resume", "take_back"),
        *("refer", "recall", "recall_notice", "settle"),
        *("hand_over", "carry_on", "carry_on_served", "carry_on_reviewed", "carry_sorted"),
        *("send_review", "send_recheck", "review_returned", "lapse"),
        *("own_material", "own_withdraw", "own_receive", "own_ask_review", "own_ask_recheck", "own_rate"),
    }


def test_the_sixty_days_stop_with_a_written_opinion_or_an_agreement_and_not_before() -> None:
    stopping = {row.action for row in CASE_WORKFLOW if ClockKind.HANDLING in row.stops}
    assert stopping == {"decide", "review_decide", "conclude_agreement"}
    starting = {row.action for row in CASE_WORKFLOW if ClockKind.HANDLING in row.starts}
    assert starting == {"accept", "take_simple"}


def test_every_condition_is_known_used_and_says_what_to_do() -> None:
    named = {name for row in CASE_WORKFLOW for name in row.conditions}
    assert named == set(CONDITIONS)
    for name, condition in CONDITIONS.items():
        assert condition.sentence.endswith("。"), name
        assert condition.source, name


def test_a_side_step_remembers_where_it_left_and_every_way_back_is_one() -> None:
    leaving = {row.target for row in CASE_WORKFLOW if row.remembers}
    back = {source for row in CASE_WORKFLOW if row.returns for source in row.sources}
    assert (
        leaving
        == back
        == {
            *(Status.MEDIATING, Status.HEARING, Status.NEGOTIATING),
            *(Status.REVIEWING, Status.RECHECKING, Status.MERGED),
        }
    )
