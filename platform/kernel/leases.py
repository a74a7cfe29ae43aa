"""Leadership by lease: of two schedulers started by mistake, one works and the other waits.

A row with an expiry instead of an advisory lock, because a session-level lock does not survive a pooler in
transaction mode and its holder cannot be seen. Times are the database's, so that clocks of two hosts cannot disagree.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, DateTime, Text, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from kernel.db import Base

#: The scheduler's lease, and the heartbeat that says since when the present holder is at work.
SCHEDULER = "scheduler"


class Lease(Base):
    """Who holds a duty and until when."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    holder: Mapped[str] = mapped_column(Text)
    until: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Heartbeat(Base):
    """When a periodic duty last ended well; pages show the fold's as their as-of time (数据截至)."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


_HOLD = text(
    """
    insert into leases (name, holder, until)
    values (:name, :holder, clock_timestamp() + make_interval(secs => :seconds))
    on conflict (name) do update set holder = excluded.holder, until = excluded.until
    where leases.holder = excluded.holder or leases.until < clock_timestamp()
    returning holder
    """
)

_BEAT = text(
    "insert into heartbeats (name, at) values (:name, clock_timestamp()) "
    "on conflict (name) do update set at = excluded.at"
)


def beats(session: Session) -> dict[str, datetime]:
    """When each duty last ended well; one that never did is missing."""
    return {row.name: row.at for row in session.execute(select(Heartbeat.name, Heartbeat.at))}


def hold(connection: Connection, name: str, holder: str, *, seconds: float) -> bool:
    """Take or renew a lease for ``seconds``; ``False`` while somebody else's is running."""
    row = connection.execute(_HOLD, {"name": name, "holder": holder, "seconds": seconds}).first()
    return row is not None


def held(connection: Connection, name: str, holder: str) -> bool:
    """Whether the lease is the holder's now; a duty asks in its own transaction, after whatever pause it had."""
    statement = text("select 1 from leases where name = :name and holder = :holder and until > clock_timestamp()")
    return connection.execute(statement, {"name": name, "holder": holder}).first() is not None


def release(connection: Connection, name: str, holder: str) -> None:
    """Give a lease back at an orderly stop, so that the next holder need not wait for its end."""
    connection.execute(
        text("delete from leases where name = :name and holder = :holder"), {"name": name, "holder": holder}
    )


def beat(connection: Connection, name: str) -> None:
    """Note that a duty just ended well."""
    connection.execute(_BEAT, {"name": name})
