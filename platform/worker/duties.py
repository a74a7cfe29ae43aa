"""The periodic duties and how often: one table. Each can be stopped anywhere and run again without harm."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from threading import Event

from access.actor import Work, system_actor
from access.jobs import purge_sessions
from archives import dossiers, listings
from cases import jobs as cases
from cases import search, training
from dispatches import handing, ruling, watching
from documents import attachments
from kernel import idempotency, leases, outbox
from kernel.blobs import NO_FILES, Files
from kernel.bus import Bus
from kernel.clock import Clock
from kernel.crypto import FieldCipher
from kernel.db import PLATFORM_TENANT, Database
from kernel.outages import TRANSIENT
from measures import rebuilding, recounting, spotting, summing
from measures.folding import fold
from notices.jobs import purge_notices
from tenants.queries import active_tenant_ids, kept_tenant_ids
from worker.leadership import Leadership

log = logging.getLogger(__name__)

FOLD_BATCH = 20_000
#: Tenants in a row whose visit fails because of the database: then it is away, and the round is given up.
OUTAGE_AFTER = 3
PURGE_BATCH = 10_000
#: The recount rests after a step as long as the step took, but not longer: it has the night, and others work.
LONGEST_REST = 30.0
KEEP_MESSAGES = timedelta(days=30)
#: Clients may ask again for a day; two, so that a day's end is no edge.
KEEP_ANSWERS = timedelta(hours=48)


@dataclass(frozen=True)
class Means:
    """What duties work with: the application role for one tenant at a time, the rollup role for what names nobody."""

    application: Database
    leadership: Leadership
    cipher: FieldCipher
    clock: Clock
    bus: Bus
    stop: Event
    files: Files = NO_FILES

    @contextmanager
    def work(self, tenant_id: int) -> Iterator[Work]:
        """A transaction of the system in one tenant, for the leader only."""
        self.leadership.check()
        with self.application.transaction(tenant_id) as session:
            yield Work(session, system_actor(tenant_id), self.clock, self.cipher, self.bus, self.files)

    def each(self, tenants: Iterable[int], visit: Callable[[int], None]) -> bool:
        """Visit tenants in turn. One that fails is reported and does not stop the others; whether all went well."""
        well, in_a_row = True, 0
        for tenant_id in tenants:
            if self.stop.is_set():
                return False
            self.leadership.check()
            try:
                visit(tenant_id)
                in_a_row = 0
            except Exception as error:
                well, in_a_row = False, in_a_row + 1
                # The class only: a message may quote a name.
                log.error("组织 %s 的定时任务失败：%s", tenant_id, type(error).__name__)
                if in_a_row >= OUTAGE_AFTER and isinstance(error, TRANSIENT):
                    raise
        return well

    def beat(self, name: str) -> None:
        """Note that a duty just ended well."""
        with self.leadership.transaction() as connection:
            leases.beat(connection, name)


@dataclass(frozen=True)
class Duty:
    """Run ``run`` every ``seconds``, counted from the end of the last time."""

    name: str
    seconds: float
    run: Callable[[Means], None]


def fold_figures(means: Means) -> None:
    """Figures flow up the tree; the fold keeps its own heartbeat."""
    folded = FOLD_BATCH
    while folded >= FOLD_BATCH and not means.stop.is_set():
        with means.leadership.transaction() as connection:
            folded = fold(connection, limit=FOLD_BATCH)


def sum_figures(means: Means) -> None:
    """Add up the days that are over, of whoever has many rows; the fold gets its turn after every line."""
    until = means.clock.today() - timedelta(days=1)
    with means.leadership.transaction() as connection:
        lines = summing.behind(connection, until)
    for line in lines:
        if means.stop.is_set():
            return
        with means.leadership.transaction() as connection:
            summing.advance(connection, line, until)
    means.beat("sums")


def recount(means: Means) -> None:
    """Count everybody's figures a second time from the cases, once a night; what was wrong is corrected and told.

    A step is one union's transaction, so that the fold waits for no more than that. Everybody is counted, not only
    who had deltas: a delta that was lost is what the count looks for. Cut short it begins anew an hour later.
    """
    with means.work(PLATFORM_TENANT) as work:
        if not recounting.due(work.session):
            return
    wrong, began = 0, time.monotonic()
    for tenant_id, cells in rebuilding.steps(means.application, means.leadership.transaction):
        if cells:
            wrong += cells
            log.warning("核对每日数据：组织 %s 有 %s 格与信访件不符，已改正。", tenant_id, cells)
        if means.stop.wait(min(time.monotonic() - began, LONGEST_REST)):
            return
        began = time.monotonic()
    if wrong:
        log.warning("核对每日数据：本轮共改正 %s 格，请查明原因。", wrong)
    means.beat(recounting.ROUND)


def sweep_deadlines(means: Means) -> None:
    """Tell about deadlines that passed or come near, tenant by tenant."""

    def visit(tenant_id: int) -> None:
        told = 1
        while told and not means.stop.is_set():
            with means.work(tenant_id) as work:
                told = cases.sweep(work)

    if means.each(_tenants(means), visit):
        means.beat("sweep")


def apply_rules(means: Means) -> None:
    """Settle what rules and triggers are true of, tenant by tenant, and look at the platform's calendar.

    What somebody does to a case is looked at within seconds (``case.ruled``); this finds what comes true by waiting.
    """

    def visit(tenant_id: int) -> None:
        with means.work(tenant_id) as work:
            found = ruling.evaluate(work) + watching.watch(work)
        while found and not means.stop.is_set():
            with means.work(tenant_id) as work:
                found = ruling.evaluate(work)

    well = means.each(_tenants(means), visit)
    with means.work(PLATFORM_TENANT) as work:
        watching.watch_calendar(work)
    if well:
        means.beat("rules")


def tokenise(means: Means) -> None:
    """Write the words of cases that an older version registered, tenant by tenant; afterwards it finds nothing."""

    def visit(tenant_id: int) -> None:
        done = 1
        while done and not means.stop.is_set():
            with means.work(tenant_id) as work:
                done = search.backfill(work)

    if means.each(_tenants(means), visit):
        means.beat("tokenise")


def learn(means: Means) -> None:
    """Train the suggestions of unions that have a fifth more labelled cases than last time, each on its own cases."""

    def visit(tenant_id: int) -> None:
        with means.work(tenant_id) as work:
            training.train(work)

    if means.each(_tenants(means), visit):
        means.beat("learn")


def find_hotspots(means: Means) -> None:
    """Look at every union's own figures and those of its direct subordinates for what its past does not explain."""

    def visit(tenant_id: int) -> None:
        with means.work(tenant_id) as work:
            spotting.look(work)

    if means.each(_tenants(means), visit):
        means.beat("hotspots")


def purge(means: Means) -> None:
    """Forget what nobody will ask for any more: acknowledged messages, kept answers, ended sessions."""
    gone = PURGE_BATCH
    while gone >= PURGE_BATCH and not means.stop.is_set():
        with means.leadership.transaction() as connection:
            gone = outbox.purge(connection, older_than=KEEP_MESSAGES, limit=PURGE_BATCH)

    def visit(tenant_id: int) -> None:
        with means.work(tenant_id) as work:
            idempotency.purge(work.session, older_than=KEEP_ANSWERS)
            purge_sessions(work.session)
            purge_notices(work)

    if means.each((PLATFORM_TENANT, *_tenants(means)), visit):
        means.beat("purge")


def sweep_files(means: Means) -> None:
    """Take away bound files and exports whose week is over, then blobs that no row names (any more).

    In closed unions as well: what was bound on the last day would otherwise lie there for as long as the files do.
    """

    def visit(tenant_id: int) -> None:
        with means.work(tenant_id) as work:
            dossiers.purge(work)
            listings.purge(work)
            attachments.sweep(work, handing.awaited(work))

    with means.work(PLATFORM_TENANT) as work:
        kept = kept_tenant_ids(work.session)
    if means.each(kept, visit):
        means.beat("files")


def _tenants(means: Means) -> list[int]:
    with means.work(PLATFORM_TENANT) as work:
        return active_tenant_ids(work.session)


DUTIES: tuple[Duty, ...] = (
    Duty("fold", 5.0, fold_figures),
    Duty("sums", 6 * 3600.0, sum_figures),
    # Every hour it looks whether the night's round is due.
    Duty("recount", 3600.0, recount),
    Duty("sweep", 60.0, sweep_deadlines),
    Duty("tokenise", 60.0, tokenise),
    Duty("rules", 300.0, apply_rules),
    Duty("learn", 86_400.0, learn),
    Duty("hotspots", 86_400.0, find_hotspots),
    Duty("purge", 3600.0, purge),
    Duty("files", 6 * 3600.0, sweep_files),
)
