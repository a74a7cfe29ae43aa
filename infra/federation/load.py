"""Write the demo federation: one transaction a union, each with its mark, so that a run that was killed is finished
by the next one and a finished one is left alone.

Everything goes through the application's own role, in each union's context, under row-level security.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import func, select, update

from access.actor import Work, system_actor
from access.models import User
from access.passwords import hash_password, verify
from access.roles import Role
from audit.models import AuditEvent
from audit.services import record
from infra.federation import names, one_union, plan
from infra.federation.living import live
from infra.federation.one_union import LOADED, Terms
from infra.federation.post import Post
from infra.federation.stage import Stage
from kernel.clock import Clock, FixedClock, SystemClock
from kernel.crypto import FieldCipher
from kernel.db import PLATFORM_TENANT, Database
from kernel.errors import InvalidError, UnavailableError
from kernel.settings import Settings
from measures import spotting
from measures.folding import fold
from tenants.accounts import create_user
from tenants.models import Tenant
from tenants.moving import move
from tenants.services import create

BEGUN = "demo:begin"
_FOLD_BATCH = 50_000
#: Two cores are what a small machine has; more processes would only wait for the disk.
_PROCESSES = min(4, os.cpu_count() or 1)

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run found or did. ``fresh`` is false when everything was there already."""

    fresh: bool
    unions: int
    cases: int


def load_federation(
    settings: Settings,
    *,
    password: str,
    seed: int = plan.SEED,
    cases: int = plan.CASES,
    clock: Clock | None = None,
    progress: Progress = lambda _done: None,
) -> Outcome:
    """Write what is not there yet; ``password`` is that of every demo account, ``progress`` is told of cases.

    :raises InvalidError: for a database with unions that are not the demo's: nothing is written into it.
    """
    clock = clock or SystemClock()
    database = Database(settings.database_url, pool_size=1)
    try:
        terms, fresh = _begin(database, settings, Terms(seed, cases, clock.today()), password)
        ids = _unions(database)
        # argon2 is slow on purpose, and 270 demo accounts share one password: it is hashed once.
        password_hash = _agree_on_password(database, ids, password)
        missing = [slug for slug, tenant in ids.items() if not _is_loaded(database, tenant)]
    finally:
        database.engine.dispose()
    total = _load_all(settings, terms, password_hash, progress) if missing else 0
    _live(settings, terms, ids)
    _fold(settings)
    _look(settings, terms, ids)
    return Outcome(fresh or bool(missing), len(ids), total)


def _begin(database: Database, settings: Settings, wished: Terms, password: str) -> tuple[Terms, bool]:
    """Found the unions, once, and settle the terms."""
    with database.transaction(PLATFORM_TENANT) as session:
        begun = session.scalars(select(AuditEvent).where(AuditEvent.action == BEGUN)).first()
        if begun is not None:
            data = begun.data
            return Terms(data["seed"], data["cases"], date.fromisoformat(data["today"])), False
        if session.scalar(select(func.count()).select_from(Tenant)) != 1:
            raise InvalidError("数据库里已有其他组织，不是空库，没有写入演示数据。")
        clock = FixedClock(wished.start)
        work = Work(session, system_actor(PLATFORM_TENANT), clock, FieldCipher(settings.data_keys))
        data = {"seed": wished.seed, "cases": wished.cases, "today": wished.today.isoformat()}
        record(work, BEGUN, subject_type="platform", data=data)
        _found(work, wished)
        create_user(
            work,
            username=names.PLATFORM_ADMIN,
            display_name="平台管理员",
            password=password,
            roles=(Role.PLATFORM_ADMIN,),
            must_change_password=False,
        )
    return wished, True


def _found(work: Work, terms: Terms) -> None:
    """The unions as they began, and the one move since: its figures stay with the line of their day."""
    for place, union in enumerate(names.unions(), start=1):
        made = create(
            work,
            slug=union.slug,
            name=union.name,
            short_name=union.short_name,
            kind=union.kind,
            code=union.code,
            parent_slug=names.MOVED_FROM if union.slug == names.MOVED else union.parent,
            second_parent_slug=names.SECOND_LINES.get(union.slug),
            members=union.members,
            portal_colour=names.COLOURS.get(union.slug),
            **names.contact(place, union),
        )
        # In life it is the database's time; here the unions began two years ago.
        made.created_at = terms.start
    moved = next(union for union in names.unions() if union.slug == names.MOVED)
    then = replace(work, clock=FixedClock(terms.end - timedelta(days=names.MOVED_DAYS) + timedelta(hours=9)))
    move(then, moved.slug, new_parent_slug=moved.parent, reason=names.MOVED_REASON)


def _unions(database: Database) -> dict[str, int]:
    with database.transaction(PLATFORM_TENANT) as session:
        found = {tenant.slug: tenant.id for tenant in session.scalars(select(Tenant))}
    return {union.slug: found[union.slug] for union in names.unions()}


def _is_loaded(database: Database, tenant: int) -> bool:
    with database.transaction(tenant) as session:
        return session.scalars(select(AuditEvent.action).where(AuditEvent.seq == 1)).first() == LOADED


def _agree_on_password(database: Database, ids: dict[str, int], password: str) -> str:
    """The stored hash of ``password``. Another home with the same database has another password: the newest run's,
    which it prints, becomes that of all demo accounts.
    """
    with database.transaction(PLATFORM_TENANT) as session:
        stored = session.scalars(select(User.password_hash).where(User.username == names.PLATFORM_ADMIN)).first()
    if stored is not None and verify(stored, password):
        return stored
    fresh = hash_password(password)
    logins = [login for login, _ in names.STAFF] + [names.PLATFORM_ADMIN]
    # The platform's last: a run that is killed in between finds the old hash there and does all of it again.
    for tenant in (*ids.values(), PLATFORM_TENANT):
        with database.transaction(tenant) as session:
            session.execute(
                update(User)
                .where(User.tenant_id == tenant, User.username.in_(logins))
                .values(password_hash=fresh, epoch=User.epoch + 1)
            )
    return fresh


def _load_all(settings: Settings, terms: Terms, password_hash: str, progress: Progress) -> int:
    """Unions side by side, each after those below it: their letters come up with them."""
    waiting = {union.slug: sum(each.parent == union.slug for each in names.unions()) for union in names.unions()}
    parents = {union.slug: union.parent for union in names.unions()}
    letters: dict[str, list[Post]] = defaultdict(list)
    total = 0
    with ProcessPoolExecutor(
        _PROCESSES,
        # A forked process would share its parent's connections and the half-held locks of its threads.
        mp_context=multiprocessing.get_context("spawn"),
        initializer=one_union.prepare,
        initargs=(settings, terms, password_hash),
    ) as pool:
        running: dict[Future[tuple[int, list[Post]]], str] = {}

        def start_ready() -> None:
            for slug in [slug for slug, below in waiting.items() if below == 0]:
                del waiting[slug]
                running[pool.submit(one_union.load, slug, letters.pop(slug, []))] = slug

        start_ready()
        try:
            while running:
                for done in wait(running, return_when=FIRST_COMPLETED).done:
                    slug = running.pop(done)
                    cases, sent = done.result()
                    total += cases
                    progress(cases)
                    if (parent := parents[slug]) is not None:
                        letters[parent] += sent
                        waiting[parent] -= 1
                start_ready()
        except BrokenProcessPool:
            raise UnavailableError(
                "写入演示数据的进程意外退出（可能内存不足），请重新运行，已写入的不会重复。"
            ) from None
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    return total


def _live(settings: Settings, terms: Terms, ids: dict[str, int]) -> None:
    database = Database(settings.database_url, pool_size=1)
    try:
        cipher = FieldCipher(settings.data_keys)
        live(Stage(database, cipher, {**ids, "platform": PLATFORM_TENANT}, terms.today))
    finally:
        database.engine.dispose()


def _fold(settings: Settings) -> None:
    """Bring the figures up, as the scheduler would; without the rollup role the scheduler does it later."""
    if settings.database_rollup_url is None:
        return
    rollup = Database(settings.database_rollup_url, pool_size=1)
    try:
        while True:
            with rollup.engine.begin() as connection:
                if fold(connection, limit=_FOLD_BATCH) < _FOLD_BATCH:
                    return
    finally:
        rollup.engine.dispose()


def _look(settings: Settings, terms: Terms, ids: dict[str, int]) -> None:
    """Find the hotspots of last night, as the scheduler would; whoever opens the demo need not wait for them."""
    if settings.database_rollup_url is None:
        return
    database = Database(settings.database_url, pool_size=1)
    # An hour into today: the search looks at whole days, up to yesterday.
    clock, cipher = FixedClock(terms.end + timedelta(hours=1)), FieldCipher(settings.data_keys)
    try:
        for tenant in ids.values():
            with database.transaction(tenant) as session:
                spotting.look(Work(session, system_actor(tenant), clock, cipher))
    finally:
        database.engine.dispose()
