"""负荷看板: what came in, what went out, what is waiting, and how long it may still wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from access.actor import Work
from cases.rules import CHANNEL_LABELS, Channel
from dashboards import figures, links, series, theme, wording
from dashboards.charts import Chart, PageContent, Table
from dashboards.pages import own_load
from measures import ages, own_cases, policy, queries
from measures.control import XMR_SHORTEST, Limits, Rule, Signal, xmr
from measures.definitions import BY_KEY
from measures.queries import Flow, Week
from measures.scopes import Around, Wanted
from measures.suppression import Shown, words


def content(work: Work, _here: Around, wanted: Wanted) -> PageContent:
    """One statement for the weeks, and for one's own union three or four more about its cases."""
    flow = queries.flow(work, wanted)
    charts = [
        _weekly(wanted, flow, "registered", "每周登记量有没有真实变化？", [week.registered for week in flow.weeks]),
        _weekly(wanted, flow, "closed", "每周办结量有没有真实变化？", [week.closed for week in flow.weeks]),
        _cumulative(wanted, flow),
    ]
    today = work.clock.today()
    if wanted.scope.is_own:
        charts.append(own_load.ageing(wanted, ages.ageing(work, wanted), today))
    charts.append(_channels(wanted, flow))
    if wanted.scope.is_own:
        if policy.may_see_loads(work.actor):
            charts.append(own_load.handlers(wanted, own_cases.per_handler(work, wanted), today))
        charts.append(own_load.arrivals(wanted, own_cases.by_hour(work, wanted)))
    notes = [] if wanted.scope.is_own else ["期限、承办人和来访时刻只对本单位显示：上级只看数据，不看下级的信访件。"]
    if wanted.scope.veiled:
        notes.append(wording.hidden_note("下级单位"))
    return PageContent(charts, notes)


def _weekly(wanted: Wanted, flow: Flow, key: str, title: str, counts: Sequence[Shown]) -> Chart:
    measure = BY_KEY[key]
    known = [count for count in counts if count is not None]
    limits = xmr(known) if len(known) == len(counts) else None
    days = [week.monday for week in flow.weeks]
    # Intake opens the cases that came in that week, closures those that went out: the two keys of the list's filter.
    opened = [
        links.cases(wanted, **{f"{key}_from": monday, f"{key}_to": monday + timedelta(days=6)}) for monday in days
    ]
    total = flow.registered if key == "registered" else flow.closed
    return Chart(
        name=f"weekly-{key}",
        title=title,
        answer=_verdict(measure.name, counts, limits, days),
        basis=f"{_weeks(wanted, flow)}，n={words(total)}件。{measure.definition}"
        "控制限=均值±2.66×平均移动极差；越限、连续7周偏在一侧、连续7周升降、3周有2周接近一侧的限，才算异常，两周之间的涨跌多是波动。",
        table=Table(
            ("周（自）", measure.name, "是否异常"),
            tuple(
                (wording.day(day), words(count), _where(place, limits))
                for place, (day, count) in enumerate(zip(days, counts, strict=True))
            ),
            tuple(opened),
        ),
        figure=series.control(days, counts, limits, name=measure.name, links=opened) if days else None,
        click=own_load.OPEN_CASES if wanted.scope.is_own else "",
    )


#: What each rule of the control chart says, upward and downward.
RULES: dict[tuple[Rule, bool], str] = {
    ("outside", True): "越过上限",
    ("outside", False): "低于下限",
    ("side", True): "连续高于均值",
    ("side", False): "连续低于均值",
    ("trend", True): "连续上升",
    ("trend", False): "连续下降",
    ("near", True): "接近上限",
    ("near", False): "接近下限",
}


def _where(place: int, limits: Limits | None) -> str:
    if limits is None:
        return wording.NOTHING
    met = [RULES[signal.rule, signal.up] for signal in limits.signals if signal.first <= place <= signal.last]
    return "、".join(dict.fromkeys(met)) or "正常"


def _verdict(name: str, counts: Sequence[Shown], limits: Limits | None, days: Sequence[date]) -> str:
    """What the four rules say about a weekly series, in words."""
    if not days:
        return "所选时段不足一整周，没有可画的数据。"
    if any(count is None for count in counts):
        return "部分周为小数，已隐去，因此不计算控制限。"
    if limits is None:
        return f"不足{XMR_SHORTEST}整周，不计算控制限。"
    if not limits.signals:
        return f"{name}平均每周{limits.mean:.1f}件，各周都在控制限内，属正常波动。"
    told = "；".join(_told(signal, days) for signal in limits.signals[:3])
    more = f"；另有{len(limits.signals) - 3}处" if len(limits.signals) > 3 else ""
    reach = f"（{limits.lower:.1f}–{limits.upper:.1f}件）"
    return f"{name}平均每周{limits.mean:.1f}件，控制限{reach}；{told}{more}，值得查原因。"


def _told(signal: Signal, days: Sequence[date]) -> str:
    first, weeks = wording.day(days[signal.first]), signal.last - signal.first + 1
    if weeks == 1:
        return f"{first}起的一周{RULES[signal.rule, signal.up]}"
    return f"{first}起{weeks}周{RULES[signal.rule, signal.up]}"


def _weeks(wanted: Wanted, flow: Flow) -> str:
    if not flow.weeks:
        return "没有整周"
    last = flow.weeks[-1].monday + timedelta(days=6)
    return f"{wording.period(flow.weeks[0].monday, last)}的{len(flow.weeks)}个整周{wording.withheld(wanted)}"


def _cumulative(wanted: Wanted, flow: Flow) -> Chart:
    measure, weeks = BY_KEY["open"], flow.weeks
    sundays = [week.monday + timedelta(days=6) for week in weeks]
    came, went = (
        [
            links.cases(wanted, **{f"{key}_from": week.monday, f"{key}_to": sunday})
            for week, sunday in zip(weeks, sundays, strict=True)
        ]
        for key in ("registered", "closed")
    )
    nowhere: list[str | None] = [None] * len(weeks)
    return Chart(
        name="cumulative",
        title="积压在增加吗？",
        answer=_change(weeks),
        basis=f"{_weeks(wanted, flow)}，每周日的累计数，"
        f"n={words(flow.registered)}件登记、{words(flow.closed)}件办结。"
        "登记线从时段开始时的在办量起算，含移入移出；受理线、办结线从零起算；"
        "当场答复、不予受理和转送的件不经受理就能办结，因此受理线可以低于办结线。登记线与办结线之间的高度就是在办量："
        f"越来越宽是积压在增加。{measure.definition}办结≠解决。",
        table=Table(
            ("周（自）", "登记", "办结", "周末在办", "累计登记", "累计受理", "累计办结"),
            tuple(
                (
                    wording.day(week.monday),
                    *map(words, (week.registered, week.closed, week.open, week.come, week.accepted, week.gone)),
                )
                for week in weeks
            ),
            tuple(came),
        ),
        figure=series.cumulative(
            sundays,
            [[week.come for week in weeks], [week.accepted for week in weeks], [week.gone for week in weeks]],
            [came, nowhere, went],
        )
        if weeks
        else None,
        click="点击登记线或办结线上的点，可打开当周登记或办结的信访件。" if wanted.scope.is_own else "",
    )


def _change(weeks: Sequence[Week]) -> str:
    if not weeks:
        return "所选时段不足一整周，没有可画的数据。"
    first, last = weeks[0].open, weeks[-1].open
    if first is None or last is None:
        return f"最近一个整周结束时在办{words(last)}件。"
    return f"在办量从首周末的{words(first)}件到末周末的{words(last)}件。"


def _channels(wanted: Wanted, flow: Flow) -> Chart:
    last = flow.weeks[-1].monday + timedelta(days=6) if flow.weeks else None
    opened = [
        links.cases(wanted, channel=channel.value, registered_from=wanted.first_monday, registered_to=last)
        for channel in Channel
    ]
    counts = [flow.channels.get(channel.value, 0) for channel in Channel]
    labels = [CHANNEL_LABELS[channel] for channel in Channel]
    biggest = max((count for count in counts if count is not None), default=0)
    most = labels[counts.index(biggest)] if biggest else None
    return Chart(
        name="channels",
        title="职工通过什么形式反映？",
        answer=f"最多的是{most}，{biggest:,}件。" if most else "所选时段没有可显示的登记件。",
        basis=f"{_weeks(wanted, flow)}，n={words(flow.registered)}件登记。{BY_KEY['registered'].definition}",
        table=Table(("信访形式", "登记件数"), tuple(zip(labels, map(words, counts), strict=True)), tuple(opened)),
        figure=figures.bars(labels, counts, colours=[theme.BLUE] * len(labels), links=opened, unit="件"),
        click=own_load.OPEN_CASES if wanted.scope.is_own else "",
    )
