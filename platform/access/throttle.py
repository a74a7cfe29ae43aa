"""How many wrong passwords an account and an address may try before they wait (ASVS 6.3.1).

An attempt is counted *before* the password is hashed and forgiven when it was right: that way a hundred parallel
guesses cannot slip past the limit together, and a locked account costs the CPU nothing. These counters lie in the
database, so an emptied queue forgets none of them. They slow guessing down; what ends it is the count on the account
itself (``access.sessions.spend``), which no clock resets.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import case, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from access import limits
from access.models import LoginThrottle

#: Failures are counted over this long, and the first lock lasts this long.
WINDOW = timedelta(minutes=15)
#: Each lock of an account is twice as long as the one before, up to a day.
LOCKS = tuple(min(WINDOW * 2**n, timedelta(days=1)) for n in range(8))
PER_ACCOUNT = limits.DEFAULTS.lock_after
#: No account may try more often, whatever a row says (NIST SP 800-63B).
MOST = limits.NUMBERS["lock_after"][2]
#: An office often shares one address, so it gets more than one person would need.
PER_ADDRESS = 30
#: Counters that nobody touched for this long are swept away by later logins, so that the table stays small.
FORGOTTEN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Counter:
    """One counter: a keyed digest and how many failures it bears. ``resets`` says that a success empties it,
    ``doubles`` that its second lock lasts longer than its first."""

    key: bytes
    limit: int
    resets: bool
    doubles: bool = False


def counters(
    secret: str, *, login: str, address: str, per_account: int = PER_ACCOUNT, series: str = "", device: str = ""
) -> tuple[Counter, ...]:
    """The account's and the address's counter, always in this order, so that two logins cannot deadlock.

    ``per_account`` is the union's own limit, 100 at most; the address's is the platform's, because an address belongs
    to no union. ``series`` is the account's password hash: with a new password the count begins afresh, so a reset
    lifts a lock and nobody needs the secret for it. From a ``device`` that has opened this account before
    (``access.devices``) only the device's own counter asks: strangers who lock the account or the office's address do
    not lock its owner out.
    """
    limit = min(per_account, MOST)
    if device:
        return (Counter(_digest(secret, f"device:{login}:{series}:{device}"), limit, resets=True, doubles=True),)
    return (
        Counter(_digest(secret, f"account:{login}:{series}"), limit, resets=True, doubles=True),
        Counter(_digest(secret, "address:" + _network(address)), PER_ADDRESS, resets=False),
    )


def counter(secret: str, purpose: str, what: str, *, limit: int, resets: bool = False) -> Counter:
    """A counter of a purpose of its own, so that whoever tries one door too often is not kept from another."""
    return Counter(_digest(secret, f"{purpose}:{what}"), limit, resets)


def network(address: str) -> str:
    """What is counted for an address: the address itself, or the /64 of an IPv6 one."""
    return _network(address)


def take_attempt(session: Session, wanted: Sequence[Counter], now: datetime) -> int:
    """Count one attempt on every counter; returns the seconds to wait, 0 when the attempt may go ahead.

    The caller commits before it checks the password: the count must stand whatever happens next.
    """
    return max(_take(session, counter, now) for counter in wanted)


def forgive(session: Session, wanted: Sequence[Counter], now: datetime) -> None:
    """The password was right: the account starts afresh, the address gets this one attempt back."""
    for counter in wanted:
        mine = LoginThrottle.key == counter.key
        if counter.resets:
            session.execute(delete(LoginThrottle).where(mine))
        else:
            left = func.greatest(LoginThrottle.failures - 1, 0)
            open_again = case((left < counter.limit, None), else_=LoginThrottle.locked_until)
            session.execute(update(LoginThrottle).where(mine).values(failures=left, locked_until=open_again))
    untouched = func.greatest(LoginThrottle.window_started_at, LoginThrottle.locked_until)
    stale = select(LoginThrottle.key).where(untouched < now - FORGOTTEN)
    session.execute(
        delete(LoginThrottle)
        .where(LoginThrottle.key.in_(stale.limit(50).with_for_update(skip_locked=True)))
        .execution_options(synchronize_session=False)
    )


def _take(session: Session, counter: Counter, now: datetime) -> int:
    row = LoginThrottle
    over = or_(row.locked_until.is_not(None), row.window_started_at <= now - WINDOW)
    count = case((over, 1), else_=row.failures + 1)
    locks = count >= counter.limit
    lengths = LOCKS if counter.doubles else LOCKS[:1]
    until = case(*((row.strikes == n, now + length) for n, length in enumerate(lengths)), else_=now + lengths[-1])
    # One statement, so that parallel attempts each see the other's count; a locked row is not written at all.
    statement = (
        insert(row)
        .values(key=counter.key, failures=1, window_started_at=now)
        .on_conflict_do_update(
            index_elements=[row.key],
            set_={
                "failures": count,
                "window_started_at": case((over, now), else_=row.window_started_at),
                "locked_until": case((locks, until), else_=None),
                "strikes": case((locks, func.least(row.strikes + 1, len(LOCKS))), else_=row.strikes),
            },
            where=or_(row.locked_until.is_(None), row.locked_until <= now),
        )
        .returning(row.failures)
    )
    if session.execute(statement).first() is not None:
        return 0
    locked = session.scalars(select(row.locked_until).where(row.key == counter.key)).first()
    return max(1, int((locked - now).total_seconds())) if locked is not None else 1


def _digest(secret: str, text: str) -> bytes:
    return hmac.new(secret.encode(), text.encode(), sha256).digest()


def _network(address: str) -> str:
    """The address itself, or the /64 of an IPv6 one: a household owns 2^64 of those."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 6:
        mapped = parsed.ipv4_mapped
        return str(mapped) if mapped else str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
