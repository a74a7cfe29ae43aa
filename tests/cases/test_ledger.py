"""The ledger's columns and the filter of an order."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from cases import ledger, ledger_cells
from cases.models import Case
from cases.queries import Filter
from kernel.errors import InvalidError

FILTER_ID = UUID("01890000-0000-7000-8000-000000000001")


def test_every_column_reads_columns_that_a_case_has_and_is_named_once() -> None:
    assert all(hasattr(Case, name) for column in ledger.COLUMNS for name in column.reads)
    assert len(ledger.BY_KEY) == len({column.heading for column in ledger.COLUMNS}) == len(ledger.COLUMNS)


def test_columns_come_in_the_catalogues_order_and_never_without_the_number() -> None:
    assert [column.key for column in ledger.chosen(("title", "channel"))] == ["place", "number", "channel", "title"]
    assert [column.key for column in ledger.chosen(("rating",))][2:] == ["unit_rating", "office_rating"], "as it was"
    for keys in ((), ("number",), ("title", "unheard_of")):
        with pytest.raises(InvalidError):
            ledger.chosen(keys)


def test_a_filter_comes_back_from_the_order_as_it_was() -> None:
    wanted = Filter(
        status="handling",
        overdue=True,
        department=FILTER_ID,
        assignee=FILTER_ID,
        registered_from=date(2026, 1, 1),
        due_to=date(2026, 12, 31),
        q="工资",
    )
    assert ledger.restored(ledger.stored(wanted)) == wanted
    assert ledger.stored(Filter()) == {}
    with pytest.raises(InvalidError):
        ledger.restored({"unheard_of": True})


def test_a_moment_is_local_time_and_an_unknown_code_stands_for_itself() -> None:
    late = datetime(2026, 3, 2, 23, 59, 30, tzinfo=UTC)
    assert ledger_cells.moment(late) == datetime(2026, 3, 3, 7, 59)
    assert ledger_cells.day(late) == date(2026, 3, 3)
    assert ledger_cells.word({"a": "甲"}, "a") == "甲"
    assert ledger_cells.word({"a": "甲"}, "z") == "z"
    assert ledger_cells.word({"a": "甲"}, None) == ""
