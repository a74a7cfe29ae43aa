"""Login sessions are rows that are asked at every request."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from sqlalchemy import event, text

from access.roles import Role
from access.sessions import ABSOLUTE, IDLE, account, end_session, open_session, stand
from tests.builders import Federation

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def opened(federation: Federation):
    user = federation.users["head@street"]
    with federation.database.transaction(user.tenant_id) as session:
        row = open_session(session, account(session, "head"), kind="browser", now=NOW)
    return user, row


def look(federation: Federation, tenant: int, user, row, moment: datetime):
    with federation.database.transaction(tenant) as session:
        return stand(session, user.id, row.id, moment)


def test_a_standing_session_tells_who_and_with_which_roles(federation: Federation, opened) -> None:
    user, row = opened
    found = look(federation, user.tenant_id, user, row, NOW)
    assert found.actor.roles == {Role.OFFICE_HEAD}
    assert (found.actor.user_id, found.username, found.kind) == (user.id, "head", "browser")
    assert not found.must_change_password


def test_it_stands_up_to_its_limits_and_not_beyond(federation: Federation, opened) -> None:
    user, row = opened
    second = timedelta(seconds=1)
    assert look(federation, user.tenant_id, user, row, NOW + IDLE) is None
    assert look(federation, user.tenant_id, user, row, NOW + IDLE - second) is not None
    moment = NOW + IDLE - second
    while moment < NOW + ABSOLUTE - second:
        assert look(federation, user.tenant_id, user, row, moment) is not None
        moment = min(moment + IDLE - second, NOW + ABSOLUTE - second)
    assert look(federation, user.tenant_id, user, row, NOW + ABSOLUTE) is None


def test_an_ended_session_stays_ended(federation: Federation, opened) -> None:
    user, row = opened
    for moment in (NOW, NOW + timedelta(minutes=1)):
        with federation.database.transaction(user.tenant_id) as session:
            end_session(session, row.id, moment)
    assert look(federation, user.tenant_id, user, row, NOW) is None
    with federation.database.transaction(user.tenant_id) as session:
        assert session.scalar(text("select ended_at from login_sessions")) == NOW


def test_nobody_stands_on_anothers_session_or_in_another_union(federation: Federation, opened) -> None:
    user, row = opened
    other = federation.users["leader@street"]
    assert look(federation, user.tenant_id, other, row, NOW) is None
    assert look(federation, federation.ids["east"], user, row, NOW) is None
    assert look(federation, user.tenant_id, SimpleNamespace(id=uuid4()), row, NOW) is None


def test_a_look_is_one_statement_and_writes_once_a_minute_only(federation: Federation, opened) -> None:
    user, row = opened
    statements: list[str] = []

    def note(_conn, _cursor, statement, *_rest) -> None:
        if not statement.startswith("SET LOCAL"):
            statements.append(statement)

    engine = federation.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        look(federation, user.tenant_id, user, row, NOW + timedelta(seconds=59))
        assert len(statements) == 1
        look(federation, user.tenant_id, user, row, NOW + timedelta(seconds=60))
        assert len(statements) == 3 and statements[-1].startswith("UPDATE")
        look(federation, user.tenant_id, user, row, NOW + timedelta(seconds=61))
        assert len(statements) == 4
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_a_session_opened_under_an_old_epoch_never_stands(federation: Federation, opened) -> None:
    """Somebody logs in while an administrator resets the password: the later commit wins, whoever it is."""
    user, _ = opened
    with federation.database.transaction(user.tenant_id) as session:
        stale = account(session, "head")
    with federation.database.transaction(user.tenant_id) as session:
        session.execute(text("update users set epoch = epoch + 1 where username = 'head'"))
    with federation.database.transaction(user.tenant_id) as session:
        row = open_session(session, stale, kind="browser", now=NOW)
    assert look(federation, user.tenant_id, user, row, NOW) is None
