"""Which failures pass by themselves: the database is away or two transactions met, and trying again is the answer."""

from __future__ import annotations

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

#: psycopg files refused connections, shutdowns, deadlocks and full disks under ``OperationalError``; none of them
#: says anything about the work that was being done.
TRANSIENT: tuple[type[Exception], ...] = (OperationalError, InterfaceError, PoolTimeoutError)
