"""Many rows in one statement: same values as one by one, and the same wall."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import ProgrammingError

from audit.models import AuditEvent, AuditHead
from cases.models import Case, CaseClock, Party
from kernel import bulk
from kernel.bulk import insert_rows, rows_of
from kernel.ids import uuid7
from tests.builders import Federation

MOMENT = datetime(2026, 3, 2, 1, 30, 0, 123456, tzinfo=UTC)


def clock(case: Case, **changes: object) -> CaseClock:
    day = date(2026, 3, 2)
    values = {"kind": "C-60", "started_on": day, "due_on": day, "original_due_on": day, "basis": "“依据”\n'; --"}
    return CaseClock(case_id=case.id, **(values | changes))


def test_values_of_every_kind_come_back_as_they_went_in(federation: Federation) -> None:
    case = federation.register()
    party = {
        "tenant_id": federation.ids["street"],
        "case_id": case.id,
        "position": 9,
        "role": "agent",
        "organisation": '引号"、反斜杠\\与表情😀',
        "name_sealed": bytes(range(256)),
        "name_index": b"",
    }
    event = {
        "tenant_id": federation.ids["street"],
        "seq": 9_000,
        "at": MOMENT,
        "actor_name": "系统",
        "action": "test:bulk",
        "subject_type": "case",
        "subject_id": case.id,
        "data": {"list": [1, None, "二"], "nested": {"真": True}},
        "prev_hash": bytes(32),
        "hash": bytes(32),
    }
    with federation.work("head@street") as work:
        insert_rows(work.session, Party, [party])
        insert_rows(work.session, AuditEvent, [event])
    with federation.work("head@street") as work:
        stored = work.session.scalars(select(Party).where(Party.position == 9)).one()
        assert {name: getattr(stored, name) for name in party} == party
        assert stored.name_mask is None
        kept = work.session.scalars(select(AuditEvent).where(AuditEvent.seq == 9_000)).one()
        assert {name: getattr(kept, name) for name in event} == event


def test_more_rows_than_one_statement_takes_are_all_written(
    federation: Federation, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = federation.register()
    monkeypatch.setattr(bulk, "CHUNK", 2)
    with federation.work("head@street") as work:
        # Stopped ones: of a clock that runs there is one of a kind.
        rows = rows_of((clock(case, kind="C-AD", stopped_on=date(2026, 3, 3)) for _ in range(5)), work.tenant_id)
        insert_rows(work.session, CaseClock, rows)
        written = work.session.scalars(select(CaseClock).where(CaseClock.kind == "C-AD")).all()
        assert len({row.id for row in written}) == 5


def test_defaults_come_from_the_model_or_from_the_database(federation: Federation) -> None:
    row = {
        "tenant_id": federation.ids["street"],
        "id": uuid7(),
        "number": "测〔2026〕000001",
        "title": "标题",
        "content": "内容",
        "channel": "visit",
        "received_on": date(2026, 3, 2),
        "registered_at": MOMENT,
    }
    with federation.work("head@street") as work:
        insert_rows(work.session, Case, [row])
        stored = work.session.scalars(select(Case)).one()
        assert (stored.status, stored.version, stored.headcount, stored.sealed) == ("registered", 1, 1, False)
        assert stored.updated_at is not None


def test_another_tenants_row_is_refused_with_all_that_came_with_it(federation: Federation) -> None:
    heads = [{"tenant_id": federation.ids["city"], "seq": 0, "hash": bytes(32)}]
    with pytest.raises(ProgrammingError, match="row-level security"), federation.work("head@street") as work:
        insert_rows(work.session, AuditHead, heads)


def test_a_value_without_a_form_is_refused_before_anything_is_sent(federation: Federation) -> None:
    with federation.work("head@street") as work, pytest.raises(TypeError, match="no JSON form"):
        insert_rows(work.session, Party, [{"tenant_id": work.tenant_id, "position": object()}])
