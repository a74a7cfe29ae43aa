"""How long a session lives and what a password must be, as a union has set it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from access import limits
from access.passwords import check_new, one_time
from access.sessions import account, open_session, stand
from access.throttle import MOST, counters
from kernel.errors import InvalidError
from tenants import settings
from tests.builders import Federation

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_defaults_stand_where_nothing_or_nonsense_is_stored() -> None:
    assert limits.read(None) == limits.read({}) == limits.DEFAULTS
    assert limits.read({"idle_minutes": 10**9, "lock_after": "ten", "password_days": True}) == limits.DEFAULTS


def test_a_union_s_time_outs_end_its_sessions_and_nobody_elses(federation: Federation) -> None:
    with federation.work("security@street") as work:
        settings.change(work, {"idle_minutes": 5, "absolute_hours": 1})
    for slug, stands in (("street", False), ("east", True)):
        user = federation.users[f"head@{slug}"]
        with federation.database.transaction(user.tenant_id) as session:
            row = open_session(session, account(session, "head"), kind="browser", now=NOW)
        with federation.database.transaction(user.tenant_id) as session:
            assert stand(session, user.id, row.id, NOW + timedelta(minutes=4)) is not None
            assert (stand(session, user.id, row.id, NOW + timedelta(minutes=10)) is not None) is stands


def test_an_old_password_has_to_be_changed_once_the_union_asks_for_it(federation: Federation) -> None:
    user = federation.users["head@street"]
    with federation.database.transaction(user.tenant_id) as session:
        session.execute(text("update users set password_changed_at = :at"), {"at": NOW - timedelta(days=100)})
        row = open_session(session, account(session, "head"), kind="browser", now=NOW)
    for days, must in ((0, False), (365, False), (90, True)):
        with federation.work("security@street") as work:
            settings.change(work, {"password_days": days})
        with federation.database.transaction(user.tenant_id) as session:
            found = stand(session, user.id, row.id, NOW)
            assert found is not None and found.must_change_password is must
            assert found.settings.get("password_days", 0) == days


def test_longer_passwords_are_asked_for_and_given() -> None:
    with pytest.raises(InvalidError, match="20至128"):
        check_new("Long-enough-2026", username="chen", shortest=20)
    for shortest in (10, 14, 15, 20, 32):
        assert len(check_new(one_time(shortest), username="zz9", shortest=shortest)) >= shortest


def test_a_union_locks_earlier_or_later_and_never_after_more_than_a_hundred() -> None:
    assert [counters("s", login="a", address="b", per_account=n)[0].limit for n in (3, 10, 5000)] == [3, 10, MOST]
    assert counters("s", login="a", address="b", per_account=3)[1] == counters("s", login="a", address="b")[1]
