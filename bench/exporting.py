"""``python -m bench.exporting [--cases N]``: cases a second of an export, and what the memory does meanwhile.

A tenth of the cases first, then all of them, in both formats and in this one process: the peak of the memory must not
follow the number of cases. Rows come in by COPY as an administrator who passes the wall; people are sealed for real,
because an export opens each name to mask it in the texts.
"""

from __future__ import annotations

import argparse
import resource
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from sqlalchemy import text

from access.actor import Actor, Work
from access.roles import Role
from archives import listing_jobs, listings
from archives.listings import Order
from bench.ground import Place, ground, heading, place
from cases.ledger import USUAL
from cases.queries import Filter
from documents.models import CaseExport
from kernel.blobs import Files, FileStore
from kernel.bus import Bus
from kernel.clock import SystemClock
from kernel.crypto import FieldCipher
from kernel.db import Database

_UNION = 1
_USER = UUID("01890000-0000-7000-8000-000000000001")
_SETUP = (
    "insert into tenants (id, slug, name, short_name, kind, code, level) "
    "values (1, 'u-1', '测试工会', '测试', 'federation', '测工信', 1)",
    "insert into users (tenant_id, id, username, display_name, password_hash, active) "
    f"values (1, '{_USER}', 'leader', '测试领导', 'x', true)",
    f"insert into user_roles (tenant_id, user_id, role) values (1, '{_USER}', 'leader')",
)
_CASES = """
    insert into cases (tenant_id, id, number, title, content, channel, status, tier, received_on, registered_at,
        due_on, version, tokenised)
    select 1, ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
        '测工信〔2026〕' || lpad(n::text, 6, '0'), '反映三个月工资未发，多次讨要未果',
        repeat('本人在该单位工作三年，自去年十二月起未发工资。', 8), 'visit', 'registered',
        case when n <= :cases / 10 then 'simple' end, current_date, now() - make_interval(mins => n),
        current_date, 1, true
    from generate_series(1, :cases) n
"""
_CLAIMS = """
    insert into claims (tenant_id, id, case_id, position, text, opinion, finding)
    select 1, ('00000000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid,
        ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 1, '要求补发三个月工资',
        'support', '督促单位十日内补发。' from generate_series(1, :cases) n
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.exporting", description="导出的速度和内存")
    parser.add_argument("--cases", type=int, default=100_000)
    cases = parser.parse_args().cases
    with TemporaryDirectory(prefix="lianxin-bench-") as folder, ground(Path(folder) / "home") as environment:
        made = place(environment, "bench_export")
        fill(made, cases)
        measure(made, cases, Path(folder) / "blobs")
        made.close()


def fill(made: Place, cases: int) -> None:
    """One union with cases, each with a petitioner, a respondent and a claim."""
    with made.admin.connect() as connection:
        for statement in _SETUP:
            connection.exec_driver_sql(statement)
        connection.execute(text(_CASES), {"cases": cases})
        connection.execute(text(_CLAIMS), {"cases": cases})
    cipher = FieldCipher(made.settings.data_keys)
    raw = made.admin.raw_connection()
    columns = "tenant_id, id, case_id, position, role, organisation, name_mask, phone_mask, name_sealed, phone_sealed"
    try:
        driver = raw.driver_connection
        assert driver is not None
        with driver.cursor() as cursor, cursor.copy(f"copy parties ({columns}) from stdin") as copy:
            for n in range(1, cases + 1):
                case = UUID(int=0x0000000000007000_8000000000000000 + n)
                name, phone = f"测试{n % 997}", f"138{n:08d}"
                copy.write_row(
                    (
                        *(_UNION, UUID(int=0x0000000000007000_A000000000000000 + n), case, 1, "petitioner", None),
                        *("测*", f"138****{phone[-4:]}"),
                        *(cipher.encrypt(_UNION, "name", name), cipher.encrypt(_UNION, "phone", phone)),
                    )
                )
                respondent = UUID(int=0x0000000000007000_B000000000000000 + n)
                copy.write_row((_UNION, respondent, case, 2, "respondent", "测试重工集团", None, None, None, None))
    finally:
        raw.close()
    with made.admin.connect() as connection:
        connection.exec_driver_sql("vacuum analyze")


def measure(made: Place, cases: int, folder: Path) -> None:
    """Print seconds, cases a second, the file's size and the process's peak for a tenth and for all."""
    database = Database(made.settings.database_url, pool_size=2)
    heading(f"导出台账（{len(USUAL)}列）")
    print(f"before: peak {_peak():.0f} MB")
    try:
        for form in ("csv", "xlsx"):
            for wanted, count in ((Filter(tier="simple"), cases // 10), (Filter(), cases)):
                _export(database, made, form, wanted, count, folder)
    finally:
        database.engine.dispose()


def _export(database: Database, made: Place, form: str, wanted: Filter, cases: int, folder: Path) -> None:
    """Ask for a file and make it, as a browser and the worker would."""
    actor = Actor(_UNION, _USER, "测试领导", frozenset({Role.LEADER}))
    parts = SystemClock(), FieldCipher(made.settings.data_keys), Bus(), Files(FileStore(folder))
    with database.transaction(_UNION) as session:
        order = Order(wanted, "测量", form, USUAL, "性能测量用台账")
        export = listings.ask(Work(session, actor, *parts), order).id
    began, worked = time.perf_counter(), time.process_time()
    with database.transaction(_UNION) as session:
        listing_jobs.make(Work(session, actor, *parts), {"export": str(export)})
    seconds, worked = time.perf_counter() - began, time.process_time() - worked
    with database.transaction(_UNION) as session:
        found = session.get(CaseExport, (_UNION, export))
        assert found is not None
        assert found.status == "ready", found.problem
        assert found.lines == cases
        size = found.size or 0
    print(
        f"{form:5}{cases:>9,} cases {seconds:7.2f} s {cases / seconds:9,.0f} cases/s "
        f"{worked / cases * 1e6:5.0f} us CPU each {size / 1024 / 1024:7.1f} MB  peak {_peak():.0f} MB",
        flush=True,
    )


def _peak() -> float:
    """The most memory that this process ever had, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    print(f"{datetime.now(UTC):%Y-%m-%d}")
    main()
