"""What PostgreSQL itself allows across the border, tried with plain SQL as the application's login role."""

from __future__ import annotations

import itertools
import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, insert, text
from sqlalchemy.exc import ProgrammingError

from dispatches.models import Letter, LetterEvent
from dispatches.services import escalate
from kernel.outbox import OutboxMessage
from tests.builders import Federation
from tests.conftest import Stage

#: Small unions that exist in no tree: the policy compares numbers, so any four will do.
TENANTS = (1, 2, 3, 4)


def letter_row(tenant: int, sender: int, recipient: int) -> dict[str, Any]:
    """A letter row for a tenant that says who sent it and to whom."""
    return {
        "tenant_id": tenant,
        "id": uuid.uuid4(),
        "kind": "escalation",
        "side": "sender" if tenant == sender else "recipient",
        "sender_id": sender,
        "recipient_id": recipient,
        "sender_name": "甲",
        "recipient_name": "乙",
        "number": "测报〔2026〕000001",
        "subject": "测试",
        "reason": "测试",
        "request": "测试",
        "snapshot": {},
        "sealed": False,
        "case_id": None,
        "sent_at": datetime(2026, 3, 2, tzinfo=UTC),
        "reply_due_on": date(2026, 3, 17),
    }


def accepted(connection: Connection, table: Any, row: dict[str, Any]) -> bool:
    """Whether the wall lets a row in; the caller's transaction stays usable."""
    savepoint = connection.begin_nested()
    try:
        connection.execute(insert(table).inline(), [row])
    except ProgrammingError as refused:
        assert "row-level security" in str(refused.orig)
        savepoint.rollback()
        return False
    savepoint.commit()
    return True


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    own=st.sampled_from(TENANTS),
    addressees=st.lists(st.sampled_from(TENANTS), max_size=3, unique=True),
    sender=st.sampled_from(TENANTS),
    recipient=st.sampled_from(TENANTS),
    tenant=st.sampled_from(TENANTS),
)
def test_a_letter_enters_another_union_only_signed_by_its_writer_and_to_an_addressee(
    stage: Stage, own: int, addressees: list[int], sender: int, recipient: int, tenant: int
) -> None:
    if sender == recipient or tenant not in (sender, recipient):
        return  # the table's own checks refuse these whoever writes
    with stage.database.engine.connect() as connection, connection.begin() as transaction:
        connection.exec_driver_sql(f"SET LOCAL app.tenant = '{own}'")
        connection.exec_driver_sql(f"SET LOCAL app.addressees = '{','.join(map(str, addressees))}'")
        row = letter_row(tenant, sender, recipient)
        # Into the own books a union writes what it likes; across, only as itself and only to whom it may address.
        rightful = tenant == own or (tenant == recipient and sender == own and tenant in addressees)
        assert accepted(connection, Letter.__table__, row) is rightful
        read = connection.execute(text("select count(*) from letters where id = :id"), {"id": row["id"]}).scalar_one()
        assert read == (1 if rightful and tenant == own else 0), "what was written across is not read back"
        event = {
            "tenant_id": tenant,
            "letter_id": row["id"],
            "seq": 1,
            "author_id": sender,
            "action": "send",
            "status": "sent",
            "at": row["sent_at"],
            "signed_as": "甲",
        }
        if rightful:
            may_write = tenant == own or sender == own
            assert accepted(connection, LetterEvent.__table__, event) is may_write
        transaction.rollback()


@pytest.mark.parametrize("topic", ["letter.event", "case.registered", "letter.event "])
def test_only_the_message_of_a_letter_can_be_left_in_another_unions_outbox(stage: Stage, topic: str) -> None:
    row = {"tenant_id": 2, "id": uuid.uuid4(), "topic": topic, "payload": {}, "attempts": 0}
    with stage.database.engine.connect() as connection, connection.begin() as transaction:
        connection.exec_driver_sql("SET LOCAL app.tenant = '1'")
        connection.exec_driver_sql("SET LOCAL app.addressees = '2'")
        assert accepted(connection, OutboxMessage.__table__, row) is (topic == "letter.event")
        assert connection.execute(text("select count(*) from outbox where tenant_id = 2")).scalar_one() == 0
        transaction.rollback()


def test_a_letter_cannot_point_at_the_recipients_case_nor_a_forged_author_sign(federation: Federation) -> None:
    theirs = federation.accepted("east")
    case = federation.accepted()
    with federation.work("head@street") as work:
        letter = escalate(work, case.number, reason="街道无力协调", request="请区总牵头约谈")
    east, street, west = (federation.ids[slug] for slug in ("east", "street", "west"))
    with federation.work("head@street") as work:
        connection = work.session.connection()
        connection.exec_driver_sql(f"SET LOCAL app.addressees = '{east}'")
        assert not accepted(connection, Letter.__table__, letter_row(east, street, east) | {"case_id": theirs.id})
        forged = {
            "tenant_id": east,
            "letter_id": letter.id,
            "seq": 2,
            "author_id": east,
            "action": "answer",
            "status": "answered",
            "at": federation.clock.now(),
            "signed_as": "东区总工会",
        }
        assert not accepted(connection, LetterEvent.__table__, forged)
        assert not accepted(connection, Letter.__table__, letter_row(west, street, west)), "not a sibling"


def test_neither_side_can_change_or_remove_what_was_written(federation: Federation) -> None:
    case = federation.accepted()
    with federation.work("head@street") as work:
        escalate(work, case.number, reason="街道无力协调", request="请区总牵头约谈")
    for login, table in itertools.product(("head@street", "head@east"), ("letters", "letter_events")):
        for statement in (f"delete from {table}", f"update {table} set tenant_id = tenant_id"):
            with (
                pytest.raises(ProgrammingError, match="permission denied"),
                federation.work(login) as work,
            ):
                work.session.execute(text(statement))


def test_the_permission_to_address_ends_with_the_letter(federation: Federation) -> None:
    case = federation.accepted()
    with federation.work("head@street") as work:
        escalate(work, case.number, reason="街道无力协调", request="请区总牵头约谈")
        left = work.session.scalars(text("select current_setting('app.addressees', true)")).one()
        assert left == ""
        row = letter_row(federation.ids["east"], federation.ids["street"], federation.ids["east"])
        assert not accepted(work.session.connection(), Letter.__table__, row)


def test_the_test_role_is_bound_by_the_wall(stage: Stage) -> None:
    """Without this, every test above could pass for the wrong reason."""
    stage.database.assert_cannot_bypass()
    engine = create_engine(stage.settings.database_url)
    with engine.connect() as connection:
        assert connection.scalar(text("select current_user")) == "lianxin_app"
    engine.dispose()


def test_a_block_that_raises_takes_its_permission_with_it(federation: Federation) -> None:
    with federation.work("head@street") as work:
        with pytest.raises(RuntimeError), work.session.addressing([federation.ids["east"]]):
            raise RuntimeError
        left = work.session.execute(text("select current_setting('app.addressees', true)")).scalar_one()
    assert not left
