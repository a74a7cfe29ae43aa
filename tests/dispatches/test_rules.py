"""The tables of the rules are complete, and their words hold what they promise."""

from __future__ import annotations

import re

import pytest

from access.roles import CASE_ROLES
from dispatches.rules import OUTCOME_LABELS, RULES, TRIGGERS, EscalationRule, Mode, Outcome, Rule, Trigger, TriggerRow
from tenants import settings as house


def test_every_rule_and_every_trigger_has_its_row() -> None:
    assert set(RULES) == set(Rule)
    assert set(TRIGGERS) == set(Trigger)
    assert set(OUTCOME_LABELS) == set(Outcome)
    assert not {rule.value for rule in Rule} & {trigger.value for trigger in Trigger}, "firings share one table"


def test_the_settings_of_a_union_name_the_same_rules_modes_and_defaults() -> None:
    assert set(house.RULES) == {rule.value for rule in Rule}
    assert set(house.RULE_CHOICES) == {mode.value for mode in Mode}
    assert dict(house.TenantSettings().escalation_rules) == {
        rule.value: row.default.value for rule, row in RULES.items()
    }


@pytest.mark.parametrize("row", RULES.values(), ids=lambda row: row.rule.value)
def test_a_rule_says_where_it_comes_from_and_fills_in_figures_only(row: EscalationRule) -> None:
    assert row.source
    assert row.label
    assert set(re.findall(r"{(\w+)}", row.reason + row.request)) <= {"days", "people", "count"}
    assert len(row.reason) >= 4


@pytest.mark.parametrize("row", TRIGGERS.values(), ids=lambda row: row.trigger.value)
def test_a_trigger_names_a_role_that_works_with_petitions_and_what_to_do(row: TriggerRow) -> None:
    assert row.role in CASE_ROLES
    assert "{number}" in row.words
    assert "请" in row.words
