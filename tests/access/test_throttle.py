"""The counters of failed logins."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from access.throttle import LOCKS, PER_ACCOUNT, PER_ADDRESS, WINDOW, counters, forgive, take_attempt
from tests.conftest import Stage

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECRET = "a secret of the deployment, long enough"


def take(stage: Stage, login: str = "a@b", address: str = "10.0.0.1", now: datetime = NOW) -> int:
    with stage.database.transaction(0) as session:
        return take_attempt(session, counters(SECRET, login=login, address=address), now)


def pardon(stage: Stage, login: str = "a@b", address: str = "10.0.0.1", now: datetime = NOW) -> None:
    with stage.database.transaction(0) as session:
        forgive(session, counters(SECRET, login=login, address=address), now)


def test_an_account_may_fail_ten_times_and_then_waits_a_quarter_of_an_hour(clean: Stage) -> None:
    assert [take(clean) for _ in range(PER_ACCOUNT)] == [0] * PER_ACCOUNT
    assert take(clean) == WINDOW.total_seconds()
    assert take(clean, now=NOW + timedelta(minutes=5)) == 600
    assert take(clean, now=NOW + WINDOW) == 0, "the first after the lock goes ahead"
    assert take(clean, now=NOW + WINDOW) == 0, "and the count begins again"


def test_knocking_on_a_locked_door_does_not_lock_it_longer(clean: Stage) -> None:
    for _ in range(PER_ACCOUNT):
        take(clean)
    for minute in range(14):
        assert take(clean, now=NOW + timedelta(minutes=minute)) == 60 * (15 - minute)
    assert take(clean, now=NOW + WINDOW) == 0


def test_each_lock_of_an_account_is_twice_as_long_as_the_last_up_to_a_day(clean: Stage) -> None:
    now, waits = NOW, []
    for n in range(len(LOCKS) + 1):
        # From another address every time: that one's own lock does not grow.
        for _ in range(PER_ACCOUNT):
            assert take(clean, address=f"10.0.2.{n}", now=now) == 0
        waits.append(take(clean, address=f"10.0.2.{n}", now=now))
        now += timedelta(seconds=waits[-1])
    assert [wait / 60 for wait in waits] == [15, 30, 60, 120, 240, 480, 960, 1440, 1440]
    pardon(clean, now=now)
    for _ in range(PER_ACCOUNT):
        take(clean, address="10.0.3.1", now=now)
    assert take(clean, address="10.0.3.1", now=now) == WINDOW.total_seconds(), "a success sets it back"


def test_the_lock_of_a_shared_address_does_not_grow(clean: Stage) -> None:
    now = NOW
    for _ in range(3):
        for n in range(PER_ADDRESS):
            assert take(clean, login=f"u{n}@b", now=now) == 0
        assert take(clean, login="next@b", now=now) == WINDOW.total_seconds()
        now += WINDOW


def test_a_new_password_and_a_known_device_have_counters_of_their_own(clean: Stage) -> None:
    def key(series: str, device: str = "") -> bytes:
        return counters(SECRET, login="a@b", address="x", series=series, device=device)[0].key

    assert len({key("old"), key("new"), key("old", "desk"), key("new", "desk"), key("old", "other")}) == 5
    assert len(counters(SECRET, login="a@b", address="x", device="desk")) == 1, "the address is not asked"


def test_a_counter_that_is_locked_for_a_day_is_not_forgotten_meanwhile(clean: Stage) -> None:
    for _ in range(PER_ACCOUNT):
        take(clean)
    with clean.database.transaction(0) as session:
        session.execute(text("update login_throttle set locked_until = :until"), {"until": NOW + timedelta(days=2)})
    pardon(clean, login="other@b", address="10.0.0.9", now=NOW + timedelta(days=1, hours=1))
    assert take(clean, now=NOW + timedelta(days=1, hours=1)) > 0


def test_accounts_and_addresses_do_not_share_a_counter(clean: Stage) -> None:
    for _ in range(PER_ACCOUNT):
        take(clean)
    assert take(clean, login="c@b") == 0
    assert take(clean, login="a@b", address="10.0.0.2") > 0


def test_an_address_counts_every_account(clean: Stage) -> None:
    assert [take(clean, login=f"u{n}@b") for n in range(PER_ADDRESS)] == [0] * PER_ADDRESS
    assert take(clean, login="fresh@b") > 0
    assert take(clean, login="fresh@b", address="10.0.0.2") == 0


def test_a_success_forgives_the_account_all_and_the_address_one(clean: Stage) -> None:
    for _ in range(PER_ACCOUNT):
        take(clean)
    pardon(clean)
    assert take(clean) == 0
    for n in range(PER_ADDRESS - PER_ACCOUNT):
        assert take(clean, login=f"u{n}@b") == 0
    assert take(clean, login="z@b") > 0


def test_the_last_attempt_that_was_right_opens_the_address_again(clean: Stage) -> None:
    for n in range(PER_ADDRESS):
        assert take(clean, login=f"u{n}@b") == 0
    pardon(clean, login=f"u{PER_ADDRESS - 1}@b")
    assert take(clean, login="next@b") == 0


def test_parallel_attempts_are_counted_one_by_one(clean: Stage) -> None:
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda _: take(clean), range(50)))
    assert sum(wait == 0 for wait in waits) == PER_ACCOUNT


def test_the_table_names_nobody(clean: Stage) -> None:
    take(clean, login="head@street", address="203.0.113.9")
    with clean.database.transaction(0) as session:
        keys = session.scalars(text("select key from login_throttle")).all()
    assert len(keys) == 2
    assert all(len(key) == 32 and b"head" not in bytes(key) for key in keys)
    assert counters("another secret", login="head@street", address="x")[0].key not in keys


def test_forgotten_counters_are_swept_away_by_later_logins(clean: Stage) -> None:
    for n in range(5):
        take(clean, login=f"u{n}@b", address=f"10.0.1.{n}")
    later = NOW + timedelta(days=2)
    take(clean, now=later)
    pardon(clean, now=later)
    with clean.database.transaction(0) as session:
        assert session.scalar(text("select count(*) from login_throttle")) == 1


def test_a_household_shares_one_ipv6_counter_and_a_mapped_address_is_its_ipv4(clean: Stage) -> None:
    def key(address: str) -> bytes:
        return counters(SECRET, login="x", address=address)[1].key

    assert key("2001:db8:1:2::1") == key("2001:db8:1:2:ffff::9")
    assert key("2001:db8:1:2::1") != key("2001:db8:1:3::1")
    assert key("::ffff:10.0.0.1") == key("10.0.0.1")
    assert key("not an address") == key("not an address")
