"""Org charts as workbooks, and a way to bring one in as somebody."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import openpyxl

from access.actor import Work
from kernel.sheets import Sheet, read_all
from tenants.imports import Report, import_chart
from tests.builders import Federation

UNIT_HEAD = ("组织标识", "组织全称", "组织类型", "上级组织", "第二上级", "机关代字", "统一社会信用代码", "会员人数")
PEOPLE_HEAD = ("组织标识", "用户名", "姓名", "角色")


def unit(slug: str, parent: str = "city", **changes: Any) -> tuple[Any, ...]:
    row = {
        "slug": slug,
        "name": f"{slug}总工会",
        "kind": "总工会",
        "parent": parent,
        "second": "",
        "code": f"{slug}工信",
        "credit": "",
        "members": "",
    } | changes
    return tuple(row.values())


def book(
    units: Sequence[Sequence[Any]] = (),
    people: Sequence[Sequence[Any]] = (),
    unit_head: Sequence[Any] = UNIT_HEAD,
) -> dict[str, Sheet]:
    made = openpyxl.Workbook()
    first = made.active
    assert first is not None
    first.title = "组织"
    for row in (unit_head, *units):
        first.append(list(row))
    second = made.create_sheet("用户")
    for row in (PEOPLE_HEAD, *people):
        second.append(list(row))
    return reread(made)


def reread(made: openpyxl.Workbook) -> dict[str, Sheet]:
    out = io.BytesIO()
    made.save(out)
    return read_all("org.xlsx", out.getvalue())


def bring(federation: Federation, sheets: dict[str, Sheet], login: str = "root@platform", **options: Any) -> Report:
    @contextmanager
    def open_work(tenant_id: int) -> Iterator[Work]:
        if tenant_id == 0:
            with federation.work(login) as work:
                yield work
            return
        federation.ids = federation.ids | {f"#{tenant_id}": tenant_id}
        with federation.work_as_system(f"#{tenant_id}") as work:
            yield work

    return import_chart(open_work, sheets, **options)
