"""Filters of an address."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import pytest

from cases import filters
from cases.queries import Filter

SAMPLES = {
    "arrived": "3-09",
    "department": "018f0000-0000-7000-8000-000000000001",
    "assignee": "018f0000-0000-7000-8000-000000000001",
    **dict.fromkeys((name for name in filters.READERS if name.endswith(("_from", "_to"))), "2026-11-05"),
}


def test_every_key_of_the_filter_has_a_reader_and_the_other_way_round() -> None:
    assert set(filters.READERS) == {field.name for field in fields(Filter)}


@pytest.mark.parametrize("key", filters.READERS)
def test_each_key_is_read_by_itself(key: str) -> None:
    wanted, unread = filters.read({key: f" {SAMPLES.get(key, '1')} "})
    assert unread == {}
    assert [field.name for field in fields(Filter) if getattr(wanted, field.name)] == [key]


def test_what_cannot_be_read_is_named_and_what_is_no_filter_is_left_alone() -> None:
    wanted, unread = filters.read({"due_to": "soon", "assignee": "me", "arrived": "8-9", "mine": "0", "due_from": ""})
    assert wanted == Filter()
    assert unread == {"due_to": "soon", "assignee": "me", "arrived": "8-9"}
    assert filters.read({"due_from": "2026-11-05"})[0].due_from == date(2026, 11, 5)


def test_an_address_keeps_its_filters_in_one_order_and_nothing_else() -> None:
    assert list(filters.kept({"q": " 工资 ", "status": "handling", "cursor": "x", "flag": ""}).items()) == [
        ("status", "handling"),
        ("q", "工资"),
    ]
