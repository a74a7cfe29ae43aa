"""The mark of a second count that is correcting, and when the next one is due.

A correction at one level and the sums above it are separate transactions: from the first correction to the end of the
count, totals of different levels may disagree although 数据截至 is fresh. The mark says so. It is set in the
transaction of the correction and is taken away by whoever ends a whole count well, so a count that died leaves it
standing, and the next one, which corrects what the dead one left, takes it away. A count that finds nothing to
correct never sets it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from kernel.clock import CHINA
from kernel.db import TenantSession
from kernel.leases import beat, beats

#: Heartbeats: since when corrections go on, the last sign of life, the end, and the last time anything was wrong.
SINCE, ALIVE, DONE, CORRECTED = "recount-since", "recount-alive", "recount-done", "recount-corrected"
#: Under this name the duty notes that it went all round (``worker.duties``).
ROUND = "recount"
#: A count shows signs of life after every union, the largest of which takes minutes.
DEAD_AFTER = timedelta(minutes=10)
#: Hours of the night in China in which a round begins, when the last one is at least :data:`REST` ago …
NIGHT = range(0, 5)
REST = timedelta(hours=12)
#: … and after this long one begins at any hour: the night was missed.
LATEST = timedelta(hours=36)

_OPEN = text(
    """
    insert into heartbeats (name, at)
    select :since, clock_timestamp()
    where not exists (
        select 1 from heartbeats begun left join heartbeats ended on ended.name = :done
        where begun.name = :since and (ended.at is null or begun.at > ended.at)
    )
    on conflict (name) do update set at = excluded.at
    """
)
_NOW = text("select clock_timestamp()")


@dataclass(frozen=True, slots=True)
class Recount:
    """Corrections that are not yet carried up everywhere; ``dead`` when nobody has worked on them lately."""

    since: datetime
    dead: bool


def mark(connection: Connection, corrected: int) -> bool:
    """Note in the transaction of a step that it corrected so many cells; whether that has set the mark."""
    beat(connection, ALIVE)
    if not corrected:
        return False
    beat(connection, CORRECTED)
    return connection.execute(_OPEN, {"since": SINCE, "done": DONE}).rowcount > 0


def ended(connection: Connection) -> None:
    """A whole count went through: every level agrees."""
    beat(connection, DONE)


def running(session: TenantSession) -> Recount | None:
    """The second count that has corrected something and has not ended; ``None`` when all levels agree."""
    found = beats(session)
    since, done = found.get(SINCE), found.get(DONE)
    if since is None or (done is not None and done >= since):
        return None
    now: datetime = session.execute(_NOW).scalar_one()
    return Recount(since, dead=now - found.get(ALIVE, since) > DEAD_AFTER)


def warning(session: TenantSession) -> str:
    """What everybody who reads figures has to know now, as a sentence; empty on an ordinary day."""
    found = running(session)
    if found is None:
        return ""
    since = f"{found.since.astimezone(CHINA):%Y-%m-%d %H:%M}"
    if found.dead:
        return f"数据重算（自{since}）中途停止，系统将自动重新核对；在此之前各级合计可能不一致。"
    return f"数据正在重算（自{since}），各级合计可能暂不一致。"


def is_due(last: datetime | None, now: datetime, recount: Recount | None) -> bool:
    """Whether a round should begin: at night, after a missed night at any hour, and where one died at once.

    ``last`` is the end of the last round (``None``: there was none yet). Not while somebody else's is at work.
    """
    if recount is not None:
        return recount.dead
    if last is None or now - last > LATEST:
        return True
    return now.astimezone(CHINA).hour in NIGHT and now - last > REST


def due(session: TenantSession) -> bool:
    """:func:`is_due` by the database's clock."""
    now: datetime = session.execute(_NOW).scalar_one()
    return is_due(beats(session).get(ROUND), now, running(session))
