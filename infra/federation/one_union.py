"""Load one union in one transaction: its mark, its accounts, its cases, its letters. Runs in a process of its own."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from multiprocessing.process import BaseProcess
from random import Random

from sqlalchemy import select, text

from access.actor import Work, system_actor
from access.models import User, UserRole
from access.roles import check_roles
from audit.models import AuditEvent
from infra.federation import names, plan
from infra.federation.post import Post
from infra.federation.shelf import Shelf
from infra.federation.telling import Teller
from kernel.clock import CHINA, FixedClock
from kernel.crypto import FieldCipher
from kernel.db import Database
from kernel.ids import uuid7
from kernel.settings import Settings
from tenants import queries as tenants
from tenants.models import Tenant

#: The first event of a union's chain once it is loaded.
LOADED = "demo:load"
_LOCK = 7_301_010


@dataclass(frozen=True, slots=True)
class Terms:
    """What the first run settled: a later one must tell the same stories, and tomorrow is another day."""

    seed: int
    cases: int
    today: date

    @property
    def start(self) -> datetime:
        """When the unions began to work with the platform: before the first case."""
        first = self.today - timedelta(days=plan.DAYS + 7)
        return datetime.combine(first, time(9), tzinfo=CHINA).astimezone(UTC)

    @property
    def end(self) -> datetime:
        """The first moment of today; everything lies before it."""
        return datetime.combine(self.today, time(), tzinfo=CHINA)


class Loader:
    """Loads unions one after another over one connection."""

    def __init__(self, settings: Settings, terms: Terms, password_hash: str) -> None:
        self.database = Database(settings.database_url, pool_size=1)
        self._cipher = FieldCipher(settings.data_keys)
        self._terms, self._password_hash = terms, password_hash

    def load(self, slug: str, received: Sequence[Post]) -> tuple[int, list[Post]]:
        """Write a union unless it is there; the number of its cases and the letters that it sent.

        What is there already is told again without being written: the union above needs the letters.
        """
        terms = self._terms
        union = next(each for each in names.unions() if each.slug == slug)
        stories = plan.stories(union, plan.Almanac(terms.today), seed=terms.seed, cases=terms.cases)
        tenant_id, above = self._places(slug)
        with self.database.transaction(tenant_id) as session:
            # A process that outlived a killed run may still be at it; its transaction ends before ours looks.
            session.execute(text("select pg_advisory_xact_lock(:key, :tenant)"), {"key": _LOCK, "tenant": tenant_id})
            # The mark is the first event of the chain, and so is found by its key.
            first = session.scalars(select(AuditEvent.action).where(AuditEvent.seq == 1)).first()
            tenant = tenants.get(session, tenant_id)
            shelf = Shelf(tenant_id)
            if first == LOADED:
                staff = {user.username: user for user in session.scalars(select(User))}
            else:
                staff = self._hire(shelf, tenant, len(stories))
            work = Work(session, system_actor(tenant_id), FixedClock(terms.end), self._cipher)
            teller = Teller(work, tenant, above, staff=staff, shelf=shelf)
            teller.tell(stories, received)
            if first != LOADED:
                shelf.write(session)
        return len(stories), teller.sent

    def _places(self, slug: str) -> tuple[int, Tenant | None]:
        with self.database.transaction(0) as session:
            tenant = tenants.by_slug(session, slug)
            assert tenant is not None
            return tenant.id, tenants.parent(session, tenant.id)

    def _hire(self, shelf: Shelf, tenant: Tenant, cases: int) -> dict[str, User]:
        """The union's mark and its accounts, as the service would have opened them one by one."""
        start = self._terms.start
        shelf.note(start, None, LOADED, about="tenant", subject_id=None, data={"cases": cases})
        people = names.staff_names(Random(tenant.slug))
        staff = {}
        for (login, roles), person in zip(names.STAFF, people, strict=True):
            user = User(
                id=uuid7(),
                username=login,
                display_name=person,
                password_hash=self._password_hash,
                password_changed_at=start,
                created_at=start,
            )
            held = sorted(role.value for role in check_roles(roles, platform=False))
            shelf.put([user, *(UserRole(user_id=user.id, role=role) for role in held)])
            data = {"username": login, "roles": held}
            shelf.note(start, None, "user:create", about="user", subject_id=user.id, data=data)
            staff[login] = user
        return staff


_loader: Loader | None = None


def prepare(settings: Settings, terms: Terms, password_hash: str) -> None:
    """Set this process up as a loader that does not outlive the one that asked for it."""
    global _loader  # noqa: PLW0603 - a pool's initializer has no other place to leave anything
    _loader = Loader(settings, terms, password_hash)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()


def _follow(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def load(slug: str, received: Sequence[Post]) -> tuple[int, list[Post]]:
    """Load one union in a process that was prepared."""
    assert _loader is not None
    return _loader.load(slug, received)
