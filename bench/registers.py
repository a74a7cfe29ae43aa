"""Rows a second of an import, beside registering the same matters one by one."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

from access.actor import Work, system_actor
from bench.ground import Place, Sizes, heading
from cases import columns, imports, intake
from cases.rules import Channel
from infra.federation import names
from kernel import sheets
from kernel.bus import Bus
from kernel.clock import SystemClock
from kernel.crypto import FieldCipher
from kernel.db import Database
from measures.services import SUBSCRIPTIONS as COUNTING
from tenants import queries as tenants

_CONTENT = "本人在该单位工作三年，自去年十二月起未发工资，多次讨要未果。" * 8


def measure(place: Place, sizes: Sizes, folder: Path) -> None:
    """Print both rates; each way commits once."""
    today = SystemClock().today()
    path = folder / "register.csv"
    with path.open("w", encoding="utf-8-sig") as file:
        file.write("编号,来访人代号,主题,时间,内容\n")
        for n in range(sizes.import_rows):
            day = today - timedelta(days=n % 700)
            file.write(f"{n},A{n:08d},反映三个月工资未发{n},{day:%Y/%m/%d} 9:30:00,{_CONTENT}\n")
    database = Database(place.settings.database_url, pool_size=1)
    try:
        with database.transaction(0) as session:
            tenant = tenants.by_slug(session, names.HOTSPOT)
        assert tenant is not None
        heading(f"导入（{sizes.import_rows}行 csv）")
        began = time.perf_counter()
        with database.transaction(tenant.id) as session:
            work = Work(
                session,
                system_actor(tenant.id),
                SystemClock(),
                FieldCipher(place.settings.data_keys),
                Bus(COUNTING),
            )
            report = imports.import_cases(work, sheets.read(path))
        together = time.perf_counter() - began
        assert report.added == sizes.import_rows
        one_by_one = min(sizes.import_rows, 300)
        rows = columns.understand(sheets.read(path)).rows[:one_by_one]
        began = time.perf_counter()
        with database.transaction(tenant.id) as session:
            work = Work(
                session, system_actor(tenant.id), SystemClock(), FieldCipher(place.settings.data_keys), Bus(COUNTING)
            )
            for row in rows:
                party = intake.NewParty(name=str(row.cells[1]))
                new = intake.NewCase(Channel.ONLINE.value, str(row.cells[2]), _CONTENT, today, (party,))
                intake.register(work, new)
        singly = time.perf_counter() - began
    finally:
        database.engine.dispose()
    fast, slow = sizes.import_rows / together, one_by_one / singly
    print(f"import {fast:,.0f} rows/s; intake.register {slow:,.0f} rows/s; ratio {fast / slow:.2f}×", flush=True)
