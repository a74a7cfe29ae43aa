"""办理看板: whether notices and opinions came in time, how long cases take, and which units differ; no ranking."""

from __future__ import annotations

from access.actor import Work
from dashboards import links, wording
from dashboards.charts import PageContent
from dashboards.pages import durations, funnels, months
from measures import own_cases, queries
from measures.definitions import BY_KEY
from measures.scopes import SUBTREE_WORD, Around, Wanted

PATH = "/dashboards/resolution"


def content(work: Work, here: Around, wanted: Wanted) -> PageContent:
    """One statement for the months, one more for the units below or for the own cases' durations."""
    found = queries.months(work, wanted)
    charts = [
        months.on_time(wanted, found),
        months.notice(wanted, found),
        months.due(wanted, found),
        months.flow(wanted, found),
    ]
    notes = []
    if wanted.scope.is_own:
        charts.append(durations.time_to_close(wanted, own_cases.durations(work, wanted), work.clock.today()))
    else:
        notes.append("办结用时要逐件计算，只对本单位显示：上级只看数据，不看下级的信访件。")
    if wanted.scope.word == SUBTREE_WORD and here.children:
        rows = queries.units(work, wanted, here)
        opened = [links.page(PATH, wanted, unit=str(row.unit.tenant_id)) for row in rows]
        handled = [(row.unit, row.handling, link) for row, link in zip(rows, opened, strict=True)]
        charts.append(funnels.of_units(wanted, BY_KEY["on_time"], "哪些单位的按期办结率与众不同？", handled))
        notes.append(wording.hidden_note("下级单位"))
    elif wanted.scope.is_child:
        notes.append(wording.hidden_note("下级单位"))
    return PageContent(charts, notes)
