"""Every field that a row of the table names has a rule, and every rule says what is wrong."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from cases import fields
from cases.fields import RULES, Context
from cases.models import Case, Claim
from cases.workflow import CASE_WORKFLOW
from kernel.errors import InvalidError
from kernel.ids import uuid7
from tenants.accounts import set_active
from tests.builders import Federation


def test_every_field_of_the_table_has_a_rule_and_every_rule_is_used() -> None:
    named = {name for row in CASE_WORKFLOW for name in row.fields}
    assert named == set(RULES)


def ask(federation: Federation, name: str, value: Any, **case: Any) -> Any:
    claims = [Claim(position=1, text="补发工资"), Claim(position=2, text="补缴社保")]
    with federation.work("head@street") as work:
        return fields.check(Context(work, Case(id=uuid7(), **case), claims), (name,), {name: value})[name]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("purpose", "request"),
        ("tier", "hard"),
        ("refusal", "N1"),
        ("delivery", "post"),
        ("rating", "dissatisfied"),
        ("competence_note", ""),
        ("procedure", ""),
        ("note", "电话联系了信访人"),
        ("reason", "属于劳动争议"),
        ("facts", "经核实，情况属实，单位承认。"),
    ],
)
def test_a_good_value_passes(federation: Federation, name: str, value: str) -> None:
    assert ask(federation, name, value) == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("purpose", ""),
        ("purpose", "nonsense"),
        ("purpose", None),
        ("tier", "impossible"),
        ("category", ""),
        ("category", "99.99"),
        ("assignee", "not-a-uuid"),
        ("assignee", str(UUID(int=1))),
        ("refusal", "N9"),
        ("rating", "very_good"),
        ("accused", "没有这个工会"),
        ("accused", "区总工会"),
        ("accused", "platform"),
        ("reason", "无"),
        ("where_to_go", "   "),
        ("facts", "太短"),
        ("basis", ""),
        ("opinions", {}),
        ("opinions", "support"),
        ("opinions", {"1": {"opinion": "support", "finding": "补发"}}),
        ("opinions", {"1": {"opinion": "maybe", "finding": "补发"}, "2": {"opinion": "support", "finding": "补"}}),
        ("opinions", {"1": {"opinion": "support", "finding": " "}, "2": {"opinion": "support", "finding": "补"}}),
        ("opinions", {"1": "support", "2": "support"}),
        ("delivery", "pigeon"),
        ("delivered_on", ""),
        ("delivered_on", "2026-03-03"),
        ("delivered_on", "2026-02-30"),
        ("result", "好"),
        ("reply", ""),
        ("note", "x"),
        ("note", "长" * 10_001),
        ("request", None),
    ],
    ids=str,
)
def test_a_bad_value_is_refused_with_a_chinese_sentence(federation: Federation, name: str, value: Any) -> None:
    with pytest.raises(InvalidError) as refused:
        ask(federation, name, value)
    assert any(key.split(".")[0] == name for key in refused.value.fields)
    assert all("\u4e00" <= sentence[0] <= "\u9fff" for sentence in refused.value.fields.values())


def test_a_paper_is_not_delivered_before_it_was_written(federation: Federation) -> None:
    decided = federation.clock.now()
    assert ask(federation, "delivered_on", "2026-03-02", decided_at=decided) == date(2026, 3, 2)
    with pytest.raises(InvalidError, match="不能早于"):
        ask(federation, "delivered_on", "2026-03-01", decided_at=decided)


def test_only_an_active_handler_of_the_own_union_can_be_assigned(federation: Federation) -> None:
    handler = federation.users["handler@street"].id
    assert ask(federation, "assignee", str(handler)) == handler
    for login in ("clerk@street", "leader@street", "handler@west", "handler@east"):
        with pytest.raises(InvalidError, match="承办人"):
            ask(federation, "assignee", str(federation.users[login].id))
    with federation.work("admin@street") as work:
        set_active(work, handler, active=False)
    with pytest.raises(InvalidError, match="停用"):
        ask(federation, "assignee", str(handler))


def test_every_broken_field_of_a_form_is_named(federation: Federation) -> None:
    case = federation.register()
    with pytest.raises(InvalidError) as refused:
        federation.act("clerk@street", case.number, "triage")
    assert set(refused.value.fields) == {"purpose", "category", "tier"}


@pytest.mark.parametrize(
    ("typed", "slug"), [("东区总工会", "east"), ("east", "east"), ("EAST", "east"), ("东一", "street"), ("  ", None)]
)
def test_an_accused_union_is_found_by_name_by_slug_and_by_a_part_that_fits_no_other(
    federation: Federation, typed: str, slug: str | None
) -> None:
    assert ask(federation, "accused", typed) == (federation.ids[slug] if slug else None)


@pytest.mark.parametrize(
    ("typed", "read"), [("1", True), ("on", True), (True, True), ("", False), (None, False), (False, False)]
)
def test_a_mark_is_set_by_a_tick_and_by_nothing_else(federation: Federation, typed: Any, read: bool) -> None:
    assert ask(federation, "retaliation", typed) is read
