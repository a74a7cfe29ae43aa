"""联合会看板: the direct subordinates beside each other, one level at a time, and the letters that are under way.

Units stand by name (pinyin) and inside bands of like volume. They are never ranked: a ranking by raw rate
picks the smallest unit (ux.md §1).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from access.actor import Work
from dashboards import figures, links, spreads, theme, wording
from dashboards.charts import Chart, PageContent, Table
from dashboards.pages import months, rates
from dispatches.flight import AGES, Flight, in_flight
from dispatches.kinds import KIND_LABELS
from dispatches.workflow import Side
from measures import queries, sums
from measures.definitions import BY_KEY
from measures.queries import UnitRow
from measures.scopes import SUBTREE_WORD, Around, Wanted
from measures.suppression import HIDDEN_TO, words

PATH = "/dashboards/federation"
#: Registered cases of a period from which the next band begins; a hidden number belongs to the first.
BANDS: tuple[tuple[str, int], ...] = (("不足30件", 0), ("30–99件", 30), ("100–299件", 100), ("300件以上", 300))
#: More points than this on one axis cannot be told apart; the table has them all.
DRAWN = 40


def content(work: Work, here: Around, wanted: Wanted) -> PageContent:
    """One statement for the units or two for the months, one for the letters."""
    charts: list[Chart] = []
    notes: list[str] = []
    if wanted.scope.word == SUBTREE_WORD and here.children:
        rows = queries.units(work, wanted, here)
        charts += [_banded(wanted, rows), _volumes(wanted, rows)]
        notes.append(wording.hidden_note("下级单位"))
    elif wanted.scope.is_child:
        found = queries.months(work, wanted)
        by_month = sums.by_month(work, wanted, rates.with_beside(rates.measures(("on_time",))))
        charts += [
            months.flow(wanted, found),
            rates.monthly(wanted, by_month, "on_time", "信访件按期办结了吗？"),
        ]
        notes.append("这是下钻的一级：再下一级的数据属于该单位，只能在该单位自己的账号下查看。")
        notes.append(wording.hidden_note("下级单位"))
    elif here.children:
        notes.append("选的是“仅本单位”，没有可以比较的单位；要比较下级，请在“组织”中选“本单位及全部下级”。")
    else:
        notes.append("本单位没有您可以查看数据的下级单位，没有可以比较的对象；函件仍在下面。")
    if not wanted.scope.is_child:
        charts.append(_letters(in_flight(work), work.clock.today()))
    return PageContent(charts, notes)


def band(row: UnitRow) -> str:
    """The band of volume of a unit."""
    count = HIDDEN_TO if row.registered is None else row.registered
    return next(name for name, first in reversed(BANDS) if count >= first)


def _banded(wanted: Wanted, rows: Sequence[UnitRow]) -> Chart:
    """Units of like volume side by side, each group by name."""
    order = {name: place for place, (name, _first) in enumerate(BANDS)}
    sorted_rows = sorted(rows, key=lambda row: (order[band(row)], wording.by_name(row.unit)))
    opened = [links.page(PATH, wanted, unit=str(row.unit.tenant_id)) for row in sorted_rows]
    measure = BY_KEY["on_time"]
    drawable = [place for place, row in enumerate(sorted_rows) if months.point(row.handling) is not None][:DRAWN]
    more = f"图中只画前{DRAWN}个，其余见数据表。" if len(rows) > DRAWN else ""
    return Chart(
        name="units",
        title="件数相近的单位之间，按期办结率差多少？",
        answer="只在件数相近的单位之间比较；区间相互重叠的，不能说谁好谁差。" + more,
        basis=f"{wording.asked(wanted)}，n={len(rows)}个下级单位（各含其下级），按登记件数分组，组内按名称（拼音）排列，不作排名。"
        f"{measure.definition}竖线为威尔逊95%区间。办结≠解决。依据：{measure.source}。",
        table=Table(
            ("单位", "登记件数分组", "登记", "办结", "到期", "按期办结率", "95%区间", "按期告知率"),
            tuple(
                (
                    wording.unit_name(wanted, row.unit),
                    band(row),
                    words(row.registered),
                    words(row.closed),
                    words(row.handling.due),
                    wording.rate(row.handling),
                    wording.interval(row.handling),
                    wording.rate(row.notice),
                )
                for row in sorted_rows
            ),
            tuple(opened),
        ),
        figure=spreads.banded(
            [band(sorted_rows[place]) for place in drawable],
            [sorted_rows[place].unit.short_name for place in drawable],
            [months.point(sorted_rows[place].handling) for place in drawable],
            [
                f"{row.unit.short_name}<br>{wording.rate(row.handling)}，到期{words(row.handling.due)}件"
                for row in (sorted_rows[place] for place in drawable)
            ],
            [opened[place] for place in drawable],
        )
        if drawable
        else None,
        click="点击数据点可下钻到该单位。",
        wide=True,
        min_width=80 + 44 * len(drawable),
    )


def _volumes(wanted: Wanted, rows: Sequence[UnitRow]) -> Chart:
    rows = sorted(rows, key=lambda row: wording.by_name(row.unit))
    opened = [links.page("/dashboards/load", wanted, unit=str(row.unit.tenant_id)) for row in rows]
    silent = sum(row.registered == 0 for row in rows)
    young = sum(wording.unit_name(wanted, row.unit) != row.unit.short_name for row in rows)
    about_young = f"其中{young}个入驻不满所选时段，件数不能与其他单位相比。" if young else ""
    drawn = rows[:DRAWN]
    return Chart(
        name="volumes",
        title="各单位登记和办结了多少？",
        answer=(
            f"{len(rows)}个下级单位中，{silent}个在所选时段没有登记件。"
            if silent
            else f"{len(rows)}个下级单位在所选时段都有登记件。"
        )
        + about_young,
        basis=f"{wording.asked(wanted)}，n={len(rows)}个下级单位（各含其下级），按名称（拼音）排列，不作排名。"
        f"件数多少与人数、行业和渠道有关，不说明好坏。{BY_KEY['registered'].definition}",
        table=Table(
            ("单位", "登记", "办结"),
            tuple((wording.unit_name(wanted, row.unit), words(row.registered), words(row.closed)) for row in rows),
            tuple(opened),
        ),
        figure=figures.pair(
            [row.unit.short_name for row in drawn],
            [row.registered for row in drawn],
            [row.closed for row in drawn],
            names=("登记", "办结"),
            links=opened[:DRAWN],
        ),
        click="点击柱形可打开该单位的负荷看板。",
        wide=True,
        min_width=56 * len(drawn),
    )


_SIDES = {Side.SENDER: ("发出", "out"), Side.RECIPIENT: ("收到", "in")}


def _letters(flights: Sequence[Flight], today: date) -> Chart:
    """Own letters that are not finished, by kind."""
    labels = [f"{_SIDES[flight.side][0]}·{KIND_LABELS[flight.kind]}" for flight in flights]
    opened = [links.letters(box=_SIDES[flight.side][1], kind=flight.kind.value, open="1") for flight in flights]
    late = [
        links.letters(box=_SIDES[flight.side][1], kind=flight.kind.value, open="1", overdue="1") for flight in flights
    ]
    total, overdue = sum(flight.open for flight in flights), sum(flight.overdue for flight in flights)
    return Chart(
        name="letters",
        title="哪些函件还在途中？",
        answer=f"在途函件{total:,}件，其中收函方已逾期{overdue:,}件。" if total else "没有在途函件。",
        basis=f"截至{wording.day(today)}，n={total:,}件，只含本单位收发、您有权查看的函件，不受上面的筛选条件影响。"
        "在途指尚未办结、退回或撤回；时长从发出之日算起；逾期指收函方过了限期还没有签收或反馈。",
        table=Table(
            ("函件", "在途", "其中逾期", *(f"已发出{label}" for label, _low, _high in AGES)),
            tuple(
                (label, f"{flight.open:,}", f"{flight.overdue:,}", *(f"{count:,}" for count in flight.ages))
                for label, flight in zip(labels, flights, strict=True)
            ),
            tuple(opened),
        ),
        figure=spreads.stacked(
            labels,
            (
                ("已逾期", theme.RED, [flight.overdue for flight in flights], late),
                ("未逾期", theme.BLUE, [flight.open - flight.overdue for flight in flights], opened),
            ),
            unit="件",
            lying=True,
        )
        if flights
        else None,
        click="点击柱形可打开对应的函件。",
        wide=True,
    )
