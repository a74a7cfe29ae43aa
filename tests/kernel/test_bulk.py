"""Many rows in one statement are the same rows as one by one, and the policy looks at each of them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, ProgrammingError

from audit.models import AuditEvent
from cases.models import Classification
from documents.models import Document
from kernel.bulk import CHUNK, insert_rows, rows_of
from kernel.ids import uuid7
from tests.conftest import Stage


def test_no_rows_are_no_statement(clean: Stage) -> None:
    with clean.database.transaction(7) as session:
        insert_rows(session, Classification, [])
        assert session.scalars(select(Classification)).all() == []


def test_values_of_every_kind_come_back_as_they_went_in(clean: Stage) -> None:
    row: dict[str, Any] = {
        "tenant_id": 7,
        "seq": 1,
        "at": datetime(2026, 3, 2, 1, 30, 0, 123456, tzinfo=UTC),
        "actor_id": uuid7(),
        "actor_name": "引号\"'与\\反斜线，换行\n",
        "action": "case:note",
        "subject_type": "case",
        "subject_id": None,
        "data": {"文": ["字", 1, None, True]},
        "prev_hash": bytes(range(32)),
        "hash": b"\x00\xff",
    }
    paper = {
        **{"tenant_id": 7, "subject_id": uuid7(), "kind": "decision", "number": "一", "title": "二"},
        **{"body": [{"heading": None, "text": "三"}], "issued_on": date(2026, 3, 2), "issued_by": None},
    }
    with clean.database.transaction(7) as session:
        insert_rows(session, AuditEvent, [row])
        insert_rows(session, Document, [paper])
    with clean.database.transaction(7) as session:
        event = session.scalars(select(AuditEvent)).one()
        assert {name: getattr(event, name) for name in row} == row
        kept = session.scalars(select(Document)).one()
        assert {name: getattr(kept, name) for name in paper} == paper
        assert kept.id.version == 7
        assert kept.created_at is not None


def test_more_rows_than_one_statement_takes_are_all_there(clean: Stage) -> None:
    rows = [{"tenant_id": 7, "scheme": "own", "level1": f"{number:05d}"} for number in range(CHUNK + 3)]
    with clean.database.transaction(7) as session:
        insert_rows(session, Classification, rows)
    with clean.database.transaction(7) as session:
        names = session.scalars(select(Classification.level1).order_by(Classification.level1)).all()
    assert list(names) == [row["level1"] for row in rows]


def test_objects_become_rows_of_the_tenant_that_is_named(clean: Stage) -> None:
    rows = rows_of([Classification(scheme="own", level1="甲")], 7)
    assert rows == [{"scheme": "own", "level1": "甲", "tenant_id": 7}]


@pytest.mark.parametrize("place", [0, 1, 999])
def test_one_foreign_row_among_many_refuses_all_of_them(clean: Stage, place: int) -> None:
    rows = [{"tenant_id": 7, "scheme": "own", "level1": str(number)} for number in range(1000)]
    rows[place]["tenant_id"] = 8
    with pytest.raises(ProgrammingError, match="row-level security"), clean.database.transaction(7) as session:
        insert_rows(session, Classification, rows)
    for tenant in (7, 8):
        with clean.database.transaction(tenant) as session:
            assert session.scalars(select(Classification)).all() == []


def test_a_row_without_a_tenant_is_refused(clean: Stage) -> None:
    with pytest.raises(DBAPIError), clean.database.transaction(7) as session:
        insert_rows(session, Classification, [{"scheme": "own", "level1": "甲"}])


def test_a_value_without_a_form_is_a_mistake_of_the_caller(clean: Stage) -> None:
    with pytest.raises(TypeError, match="set"), clean.database.transaction(7) as session:
        insert_rows(session, Classification, [{"tenant_id": 7, "scheme": {"x"}, "level1": "甲"}])
