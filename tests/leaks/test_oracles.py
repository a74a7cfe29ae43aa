"""What an error or its absence could tell about another tenant, and the one way by which a letter crosses."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import Connection, insert, text
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from dispatches.models import Letter
from kernel.ids import uuid7
from tests.leaks.twins import Twins


def answer(connection: Connection, statement: str, given: dict[str, Any]) -> str:
    """What a statement leads to, without the values that were sent: what an observer could learn from it."""
    savepoint = connection.begin_nested()
    try:
        outcome = f"{connection.execute(text(statement), given).rowcount} row"
    except IntegrityError as error:
        outcome = f"{type(error.orig).__name__} {error.orig.diag.constraint_name}"
    except DBAPIError as error:
        outcome = re.sub(r"\([^)]*\)=\([^)]*\)", "", str(error.orig))
    finally:
        if savepoint.is_active:
            savepoint.rollback()
    return outcome


def test_a_unique_value_of_another_tenant_is_answered_like_an_unused_one(twins: Twins, inside: Connection) -> None:
    new_user = (
        "insert into users (tenant_id, id, username, display_name, password_hash) "
        "values (:t, gen_random_uuid(), :value, 'x', 'x')"
    )
    own = {"t": twins.east}
    assert answer(inside, new_user, own | {"value": twins.only_west.username}) == "1 row"
    assert answer(inside, new_user, own | {"value": "nobody"}) == "1 row"
    assert "uq_users" in answer(inside, new_user, own | {"value": "clerk"})
    renumber = "update cases set number = :value where tenant_id = :t and number = :own"
    mine = own | {"own": twins.numbers["handling"]}
    assert answer(inside, renumber, mine | {"value": twins.only_west.number}) == "1 row"
    assert "uq_cases" in answer(inside, renumber, mine | {"value": twins.numbers["closed"]})


def test_a_reference_to_another_tenants_row_is_answered_like_one_to_nothing(twins: Twins, inside: Connection) -> None:
    claim = (
        "insert into claims (tenant_id, id, case_id, position, text) values (:t, gen_random_uuid(), :case, 99, 'x')"
    )
    theirs = answer(inside, claim, {"t": twins.east, "case": twins.only_west.case_id})
    nobodys = answer(inside, claim, {"t": twins.east, "case": uuid7()})
    assert theirs == nobodys
    assert "fk_claims" in theirs
    assign = "update cases set assignee_id = :user where tenant_id = :t and number = :own"
    mine = {"t": twins.east, "own": twins.numbers["handling"]}
    assert answer(inside, assign, mine | {"user": twins.only_west.user_id}) == answer(
        inside, assign, mine | {"user": uuid7()}
    )


def test_on_conflict_does_not_tell_another_tenants_rows(twins: Twins, inside: Connection) -> None:
    seen = "insert into inbox (tenant_id, id) values (:t, :id) on conflict do nothing"
    with twins.superuser.connect() as connection:
        theirs = connection.execute(
            text(
                "select id from inbox where tenant_id <> :t and id not in (select id from inbox where tenant_id = :t)"
            ),
            {"t": twins.east},
        ).scalar()
    for value in (theirs or twins.only_west.case_id, uuid7()):
        assert answer(inside, seen, {"t": twins.east, "id": value}) == "1 row"


def test_a_letter_can_be_written_across_only_while_addressing_and_never_read_back(twins: Twins) -> None:
    letter = {
        "tenant_id": twins.west,
        "id": uuid7(),
        "kind": "escalation",
        "side": "recipient",
        "sender_id": twins.east,
        "recipient_id": twins.west,
        **dict.fromkeys(("sender_name", "recipient_name", "number", "subject", "reason", "request"), "x"),
        "snapshot": {},
        "sent_at": text("now()"),
        "reply_due_on": text("current_date"),
    }
    send = insert(Letter.__table__).values(letter)
    with twins.database.session(twins.east) as session:
        with pytest.raises(ProgrammingError, match="row-level security"):
            session.execute(send)
        session.rollback()
        with session.addressing([twins.west]):
            session.execute(send)
            found = session.execute(text("select count(*) from letters where tenant_id = :b"), {"b": twins.west})
            assert found.scalar_one() == 0
            for forged in (
                {"sender_id": twins.west, "recipient_id": twins.east},
                {"case_id": twins.only_west.case_id},
            ):
                savepoint = session.begin_nested()
                with pytest.raises((ProgrammingError, IntegrityError)):
                    session.execute(insert(Letter.__table__).values(letter | {"id": uuid7()} | forged))
                savepoint.rollback()
        with pytest.raises(ProgrammingError, match="row-level security"):
            session.execute(insert(Letter.__table__).values(letter | {"id": uuid7()}))
        session.rollback()
    with twins.database.session(twins.west) as session:
        assert session.get(Letter, (twins.west, letter["id"])) is None
