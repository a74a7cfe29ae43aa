"""A unit of work for a command: the system at work in one union, as the application's own role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from access.actor import Work, system_actor
from cases.leaving import SUBSCRIPTIONS as LEAVING
from kernel.bus import Bus
from kernel.clock import SystemClock
from kernel.crypto import FieldCipher
from kernel.db import PLATFORM_TENANT
from kernel.errors import InvalidError
from kernel.settings import Settings
from measures.services import SUBSCRIPTIONS as COUNTING
from tenants import queries as tenants


@contextmanager
def as_system(slug: str, *, platform: bool = False) -> Iterator[Work]:
    """One transaction in the union ``slug``, committed when the block ends well. ``platform`` admits tenant 0 too.

    A command is bound by row-level security like a page: its operator reaches one union and not the others.

    :raises SettingsError, UnavailableError: when the environment or the database is not fit.
    :raises InvalidError: when there is no such union, or when it does not work on the platform now.
    """
    from web.app import checked_database

    settings = Settings.from_env()
    database = checked_database(settings)
    try:
        with database.transaction(PLATFORM_TENANT) as session:
            tenant = tenants.by_slug(session, slug)
        if tenant is None or (tenant.id == PLATFORM_TENANT and not platform):
            raise InvalidError(f"没有标识为“{slug}”的组织；可用 lianxin tenant list 查看。")
        if tenant.status != "active":
            raise InvalidError(f"“{tenant.name}”已停用或关闭，不能写入。")
        with database.transaction(tenant.id) as session:
            yield Work(
                session,
                system_actor(tenant.id),
                SystemClock(),
                FieldCipher(settings.data_keys),
                Bus(COUNTING, LEAVING),
            )
    finally:
        database.engine.dispose()


@contextmanager
def opener() -> Iterator[Callable[[int], AbstractContextManager[Work]]]:
    """A function that opens a committed unit of work of the system in any union, for a command that visits many.

    :raises SettingsError, UnavailableError: when the environment or the database is not fit.
    """
    from web.app import checked_database

    settings = Settings.from_env()
    database = checked_database(settings)
    cipher, bus = FieldCipher(settings.data_keys), Bus(COUNTING)

    @contextmanager
    def open_work(tenant_id: int) -> Iterator[Work]:
        with database.transaction(tenant_id) as session:
            yield Work(session, system_actor(tenant_id), SystemClock(), cipher, bus)

    try:
        yield open_work
    finally:
        database.engine.dispose()
