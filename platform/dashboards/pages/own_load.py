"""The part of 负荷看板 that only the own union has: deadlines, hands and hours, from the cases under their policy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from dashboards import figures, links, spreads, theme, wording
from dashboards.charts import Chart, Table
from measures.ages import Age
from measures.own_cases import SHORTEST_WEEKS, SOON_DAYS, Load
from measures.scopes import Wanted

OPEN_CASES = "点击标记可打开对应的信访件。"
_WEEKDAYS = tuple(f"星期{day}" for day in "一二三四五六日")
#: Hours that are drawn even when nobody came: a working day.
_USUAL_HOURS = (8, 17)


def ageing(wanted: Wanted, bands: Sequence[Age], today: date) -> Chart:
    """Open cases by the days that are left."""
    opened = [
        links.cases(wanted, open_only="1", due_from=band.first, due_to=band.last)
        if band.first is not None or band.last is not None
        else None
        for band in bands
    ]
    late = sum(band.count for band in bands if band.late)
    total = sum(band.count for band in bands)
    colours = [theme.RED if band.late else theme.AMBER if band.label == "剩0–7天" else theme.BLUE for band in bands]
    return Chart(
        name="ageing",
        title="哪些在办件快要到期？",
        answer=f"在办{total:,}件，其中红灯（已超期）{late:,}件，黄灯（剩0–7天）{bands[2].count:,}件。",
        basis=f"截至{wording.day(today)}，n={total:,}件，只含您有权查看的在办件。"
        "按正在走的期限（受理告知15日或办理60日）剩余的自然日分段；没有期限的单列。",
        table=Table(("期限", "在办件数"), tuple((band.label, f"{band.count:,}") for band in bands), tuple(opened)),
        figure=figures.bars(
            [band.label for band in bands],
            [band.count for band in bands],
            colours=colours,
            links=opened,
            unit="件",
        ),
        click=OPEN_CASES,
        min_width=70 * len(bands),
    )


def handlers(wanted: Wanted, loads: Sequence[Load], today: date) -> Chart:
    """Who has how much in hand, by name: to share out work, and never in the order of the numbers."""
    labels = _labels(loads)
    opened = [_of(wanted, load) for load in loads]
    total, people = sum(load.open for load in loads), [load for load in loads if load.user_id is not None]
    unassigned = total - sum(load.open for load in people)
    held = f"{len(people)}人共有在办件{total - unassigned:,}件" if people else "还没有在办件分到个人"
    until = today + timedelta(days=SOON_DAYS)
    due = [
        links.cases(
            wanted,
            open_only="1",
            assignee=str(load.user_id) if load.user_id else None,
            unassigned=None if load.user_id else "1",
            due_from=today,
            due_to=until,
        )
        for load in loads
    ]
    return Chart(
        name="handlers",
        title="在办件在谁手里？",
        answer=f"{held}；未分配的{unassigned:,}件。" if loads else "没有在办件。",
        basis=f"截至{wording.day(today)}，n={total:,}件在办件，只含您有权查看的。按姓名排列，不作排名："
        f"件数只反映手头的工作量，难易不同，不反映工作好坏。深色为{wording.day(until)}以前（含当日）到期的件。",
        table=Table(
            ("承办人", "在办件数", f"其中{SOON_DAYS}日内到期"),
            tuple((label, f"{load.open:,}", f"{load.soon:,}") for label, load in zip(labels, loads, strict=True)),
            tuple(opened),
        ),
        figure=spreads.stacked(
            labels,
            (
                (f"{SOON_DAYS}日内到期", theme.AMBER, [load.soon for load in loads], due),
                ("其他在办", theme.BLUE, [load.open - load.soon for load in loads], opened),
            ),
            unit="件",
            lying=True,
        )
        if loads
        else None,
        click=OPEN_CASES,
    )


def _labels(loads: Sequence[Load]) -> list[str]:
    """Names; two people of one name are told apart by a number, or their bars would be one."""
    seen: dict[str, int] = {}
    found = []
    for load in loads:
        name = (load.name or "已停用账号") if load.user_id else "未分配"
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}（{seen[name]}）")
    return found


def _of(wanted: Wanted, load: Load) -> str | None:
    if load.user_id is None:
        return links.cases(wanted, unassigned="1")
    return links.cases(wanted, open_only="1", assignee=str(load.user_id))


def arrivals(wanted: Wanted, counts: Sequence[Sequence[int]] | None) -> Chart:
    """When people come: weekday × hour."""
    weeks = len(wanted.weeks)
    title, name = "职工什么时候来反映？", "arrivals"
    headings = ("星期", "时段", "登记件数")
    if counts is None:
        sentence = f"所选时段只有{weeks}个整周，不足{SHORTEST_WEEKS}个整周，不画分布：个别日子会被看成规律。"
        return Chart(name, title, sentence, f"{wording.asked(wanted)}，n=—。", Table(headings, ()), wide=True)
    total = sum(map(sum, counts))
    used = [hour for hour in range(24) if any(line[hour] for line in counts)]
    first, last = min([_USUAL_HOURS[0], *used]), max([_USUAL_HOURS[1], *used])
    span = range(first, last + 1)

    def opened(day: int, hour: int) -> str | None:
        return links.cases(
            wanted,
            arrived=f"{day + 1}-{hour:02d}",
            registered_from=wanted.first_monday,
            registered_to=wanted.last_sunday,
        )

    cells = [(day, hour) for day in range(7) for hour in span if counts[day][hour]]
    most = max(cells, key=lambda cell: counts[cell[0]][cell[1]], default=None)
    answer = (
        f"最多的是{_WEEKDAYS[most[0]]}{most[1]}时至{most[1] + 1}时，{weeks}周共{counts[most[0]][most[1]]:,}件。"
        if most
        else "所选时段没有登记件。"
    )
    return Chart(
        name=name,
        title=title,
        answer=answer,
        basis=f"{wording.period(wanted.first_monday, wanted.last_sunday)}的{weeks}个整周，n={total:,}件。"
        "按登记时刻（北京时间）计，只含您有权查看的件；批量导入和来函登记的件没有来访的时刻，不计入。节假日未剔除。",
        table=Table(
            headings,
            tuple((_WEEKDAYS[day], f"{hour}时至{hour + 1}时", f"{counts[day][hour]:,}") for day, hour in cells),
            tuple(opened(day, hour) for day, hour in cells),
        ),
        figure=spreads.clock(
            _WEEKDAYS,
            [f"{hour}时" for hour in span],
            [[line[hour] for hour in span] for line in counts],
            [[opened(day, hour) if counts[day][hour] else None for hour in span] for day in range(7)],
        )
        if total
        else None,
        click="点击格子可打开对应的信访件。",
        wide=True,
        min_width=120 + 40 * len(span),
    )
