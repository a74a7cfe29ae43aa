"""热点看板: which matters, where, are more than row and column let expect. Hints with evidence; people decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from math import nan, sqrt

from access.actor import Work
from dashboards import figures, links, wording
from dashboards.charts import Chart, PageContent, Table
from measures import queries
from measures.definitions import BY_KEY
from measures.queries import RECENT_WEEKS, Heat, Recent
from measures.scopes import OWN_WORD, Around, Unit, Wanted
from measures.statistics import expected, pearson
from measures.suppression import words

PATH = "/dashboards/hotspots"
#: Beyond this residual a cell or a rise is put into words.
UNUSUAL = 2.0
#: A rise of fewer cases than this is not called one, whatever its residual.
FEWEST = 8
#: Columns that a heat map of this width can label.
_DRAWN = 40


def content(work: Work, here: Around, wanted: Wanted) -> PageContent:
    """Two statements: the cross table, and the recent weeks beside those before."""
    table = queries.heat(work, wanted, here)
    charts = [_heat(here, wanted, table), _recent(here, wanted, queries.recent(work, wanted, here))]
    notes = ["提示只说明件数与平常不同，不说明原因，也不评价任何单位或个人；是否成为热点由人核实判断。"]
    if wanted.scope.veiled or any(isinstance(column, Unit) for column in table.columns):
        notes.append(wording.hidden_note("下级单位"))
    return PageContent(charts, notes)


def _heat(here: Around, wanted: Wanted, table: Heat) -> Chart:
    by_unit = bool(table.columns) and isinstance(table.columns[0], Unit)
    across = "单位" if by_unit else "月份"
    residuals = pearson(_seen(table)).tolist() if table.rows else []
    rows = [here.category(code) for code in table.rows]
    columns = [_column(column) for column in table.columns]
    headings = [
        wording.unit_name(wanted, column) if isinstance(column, Unit) else name
        for column, name in zip(table.columns, columns, strict=True)
    ]
    opened = [[_open(wanted, code, column) for column in table.columns] for code in table.rows]
    kept = slice(0, _DRAWN)
    more = f"图中只画前{_DRAWN}列，其余{len(columns) - _DRAWN}列见数据表。" if len(columns) > _DRAWN else ""
    return Chart(
        name="heat",
        title=f"问题类别×{across}：哪里偏多？",
        answer=(_unusual(here, table) if table.rows else "所选时段没有登记件。") + more,
        basis=f"{wording.asked(wanted)}，n={words(table.total)}件登记。格内数字为登记件数；颜色为皮尔逊残差："
        "（实际−期望）÷√期望，期望由表中显示的数字按类别和列推出（隐去的格不参与，也不着色），橙色偏多、紫色偏少，±2以外才值得看。"
        f"{BY_KEY['registered'].definition}",
        table=Table(
            ("类别", *headings),
            tuple((name, *(words(count) for count in line)) for name, line in zip(rows, table.shown, strict=True)),
            tuple(_row(wanted, code) for code in table.rows),
            # As in the chart a hidden cell opens nothing.
            tuple(
                tuple(None if count is None else link for count, link in zip(line, found, strict=True))
                for line, found in zip(table.shown, opened, strict=True)
            ),
        ),
        figure=figures.heat(
            rows,
            columns[kept],
            [line[kept] for line in table.shown],
            [line[kept] for line in residuals],
            [line[kept] for line in opened],
        )
        if table.rows
        else None,
        click="点击格子可打开对应的信访件。"
        if wanted.scope.is_own
        else "点击格子可下钻到该单位。"
        if by_unit
        else "",
        wide=True,
        min_width=220 + 44 * len(columns[kept]),
    )


def _column(column: Unit | date) -> str:
    return column.short_name if isinstance(column, Unit) else wording.month(column)


def _open(wanted: Wanted, code: str, column: Unit | date) -> str | None:
    if isinstance(column, Unit):
        word = OWN_WORD if column.tenant_id == wanted.scope.subject_id else str(column.tenant_id)
        return links.page(PATH, wanted, unit=word, category=code)
    next_month = date(column.year + column.month // 12, column.month % 12 + 1, 1)
    return links.cases(
        wanted,
        category=code,
        registered_from=max(wanted.first, column),
        registered_to=min(wanted.last, next_month - timedelta(days=1)),
    )


def _seen(table: Heat) -> list[list[float]]:
    """The table as everybody sees it; a hidden count is NaN."""
    return [[nan if count is None else float(count) for count in line] for line in table.shown]


def _row(wanted: Wanted, code: str) -> str | None:
    """What a category opens: its cases in one's own union, else this page about it alone."""
    if wanted.scope.is_own:
        return links.cases(wanted, category=code, registered_from=wanted.first, registered_to=wanted.last)
    return links.page(PATH, wanted, category=code) if wanted.category != code else None


def _unusual(here: Around, table: Heat) -> str:
    hoped, residuals = expected(_seen(table)), pearson(_seen(table))
    found = [
        (float(residuals[down, across]), down, across)
        for down in range(len(table.rows))
        for across in range(len(table.columns))
        # NaN, of what the table does not tell, is not larger than anything.
        if residuals[down, across] >= UNUSUAL and (table.shown[down][across] or 0) >= FEWEST
    ]
    if not found:
        return "没有件数不少于8件且明显偏多的格子。"
    named = [
        f"{_column(table.columns[across])}的“{here.category(table.rows[down])}”{words(table.shown[down][across])}件"
        f"（期望约{hoped[down, across]:.0f}件）"
        for _residual, down, across in sorted(found, reverse=True)[:3]
    ]
    return f"偏多最明显的：{'；'.join(named)}。"


def _recent(here: Around, wanted: Wanted, rows: Sequence[Recent]) -> Chart:
    lines, risen, names, seen, usual = [], [], [], [], []
    for row in rows:
        shown, before = row.recent, row.before
        visible = shown is not None and before is not None
        hoped = (before or 0) / row.weeks_before * RECENT_WEEKS
        residual = ((shown or 0) - hoped) / sqrt(hoped) if hoped else 0.0
        is_risen = visible and (shown or 0) >= FEWEST and (residual >= UNUSUAL or not hoped)
        verdict = "偏多，请核实" if is_risen else "小数隐去" if not visible else "与平常相近或偏少"
        name = here.category(row.category)
        lines.append((name, words(shown), f"{hoped:.1f}" if visible else wording.NOTHING, verdict))
        if visible:
            names.append(name)
            seen.append(shown)
            usual.append(hoped)
        if is_risen:
            risen.append(
                f"“{name}”近{RECENT_WEEKS}周{words(shown)}件，按此前{row.weeks_before}周的平均应为{hoped:.1f}件"
            )
    if not rows:
        answer = f"时段不足{RECENT_WEEKS + 1}个整周，或没有登记件，无从比较。"
    else:
        answer = "；".join(risen) + "。" if risen else f"近{RECENT_WEEKS}周没有类别明显多于此前。"
    weeks = wanted.weeks
    border = weeks[-RECENT_WEEKS] if len(weeks) > RECENT_WEEKS else None
    opened = [
        links.cases(wanted, category=row.category, registered_from=border, registered_to=wanted.last_sunday)
        for row in rows
    ]
    return Chart(
        name="recent",
        title=f"近{RECENT_WEEKS}周与期望相比",
        answer=answer,
        basis=f"{wording.asked(wanted)}中的整周，n={len(rows)}个类别。期望=此前各整周的平均×{RECENT_WEEKS}；"
        f"近{RECENT_WEEKS}周不少于{FEWEST}件且超出期望2个标准差以上才提示。件数时多时少，提示会有误报。",
        table=Table(("类别", f"近{RECENT_WEEKS}周", "期望", "提示"), tuple(lines), tuple(opened)),
        figure=figures.pair(
            names,
            usual,
            seen,
            names=("期望", f"近{RECENT_WEEKS}周"),
            links=[link for row, link in zip(rows, opened, strict=True) if here.category(row.category) in names],
        )
        if names
        else None,
        click="点击柱形可打开对应的信访件。" if wanted.scope.is_own else "",
        wide=True,
        min_width=60 * len(names),
    )
