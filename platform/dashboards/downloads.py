"""下载表格: a chart's numbers as XLSX, from the same answer as the chart, with the same numbers hidden."""

from __future__ import annotations

import io
import re
from urllib.parse import quote

from flask import Blueprint, Response, request

from access.roles import CASE_ROLES
from dashboards import answers, wording
from dashboards.charts import Chart, Table
from documents.tables import XLSX, About, Field, Kind, Value
from documents.workbooks import WorkbookWriter
from doorway.guard import guard, work
from kernel.clock import CHINA
from measures import queries, recounting
from measures.suppression import HIDDEN
from tenants import queries as tenants

_WHOLE = re.compile(r"-?\d{1,3}(,\d{3})*|-?\d+")
#: What may stand in a column of numbers without making it a column of texts.
_NO_NUMBER = frozenset({HIDDEN, wording.NOTHING, ""})
#: What Excel does not allow in the name of a sheet, and how long that may be.
_SHEET_SIGNS, _SHEET_CHARACTERS = re.compile(r"[\[\]:*?/\\]"), 28
_WIDEST = 60


def add_routes(pages: Blueprint) -> None:
    """Hang the download on the door's blueprint; Dash's own catch-all comes after it."""
    pages.add_url_rule("/dashboards/tables/<page>/<chart>", "table", table)


@guard(*CASE_ROLES)
def table(page: str, chart: str) -> Response:
    """One chart's table under the filters of the address.

    :raises NotFoundError: for a page or chart that the viewer does not have.
    :raises InvalidError: for filters that cannot be used.
    """
    unit = work()
    wanted, found = answers.chart_named(unit, answers.page_named(page), chart, request.args)
    now = unit.clock.now().astimezone(CHINA)
    as_of = queries.as_of(unit.session)
    recount = recounting.warning(unit.session)
    notes = [
        ("图表", found.title),
        ("范围", wording.about(wanted)),
        ("结论", found.answer),
        ("口径", found.basis),
        ("数据截至", f"{as_of.astimezone(CHINA):%Y-%m-%d %H:%M}" if as_of else "还没有汇总过数据"),
        *([("提示", recount)] if recount else []),
    ]
    union = tenants.get(unit.session, unit.tenant_id).name
    stamp = f"{union}　{unit.actor.name}　{now:%Y-%m-%d %H:%M}下载"
    answer = Response(workbook(found, stamp, notes), mimetype=XLSX)
    name = quote(f"{found.title.rstrip('？')} {now:%Y-%m-%d}.xlsx", safe="")
    answer.headers["Content-Disposition"] = f"attachment; filename=\"table.xlsx\"; filename*=UTF-8''{name}"
    return answer


def workbook(chart: Chart, stamp: str, notes: list[tuple[str, str]]) -> bytes:
    """The file. Texts are written as texts, so that nothing in them can become a formula."""
    title = _SHEET_SIGNS.sub(" ", chart.title)[:_SHEET_CHARACTERS]
    fields = _fields(chart.table)
    rows = [[_value(cell, field.kind) for cell, field in zip(row, fields, strict=True)] for row in chart.table.rows]
    made = io.BytesIO()
    writer = WorkbookWriter(made, fields, About(title, stamp, notes, len(rows), unit="行"))
    writer.rows(rows)
    writer.finish()
    return made.getvalue()


def _fields(found: Table) -> list[Field]:
    fields = []
    for place, heading in enumerate(found.headings):
        cells = [row[place] for row in found.rows]
        numbers = [cell for cell in cells if _WHOLE.fullmatch(cell)]
        whole = bool(numbers) and all(cell in _NO_NUMBER for cell in cells if cell not in numbers)
        width = max((len(cell.encode("gb18030", errors="replace")) for cell in (heading, *cells)), default=0)
        fields.append(Field(heading, Kind.WHOLE if whole else Kind.TEXT, min(_WIDEST, width + 2)))
    return fields


def _value(cell: str, kind: Kind) -> Value:
    return int(cell.replace(",", "")) if kind is Kind.WHOLE and _WHOLE.fullmatch(cell) else cell
