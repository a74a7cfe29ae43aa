"""Time to close (办结用时) of the own union's cases: Kaplan–Meier, with those that are still open."""

from __future__ import annotations

from datetime import date, timedelta

from dashboards import links, series, wording
from dashboards.charts import Chart, Table
from measures.own_cases import Durations
from measures.scopes import Wanted
from measures.survival import TAIL, Survival, survival

#: Days that the regulation names (条例 art. 23, 34): notice, handling, handling with its extension.
MARKS = ((15, "15日"), (60, "60日"), (90, "90日"))


def time_to_close(wanted: Wanted, found: Durations, today: date) -> Chart:
    """Whole days from registration to the end, by the cases that were registered in the period."""
    curve = survival(found.days, found.closed)
    name, title = "durations", "从登记到办结要多久？"
    headings = ("登记后第几天", "仍未办结", "95%区间", "仍在观察")
    basis = (
        f"{wording.asked(wanted)}登记的件，截至{wording.day(today)}，n={found.days.size:,}件，只含您有权查看的件。"
        "卡普兰—迈耶估计：未办结的件按“到今天还没有办结”计入，不像平均天数那样把久拖的件漏掉。"
        f"仍在观察的不足{TAIL}件后不再画，阴影为95%区间。机构承继移来的件不计。办结含不予受理、撤回等结束方式，办结≠解决。"
    )
    if curve is None or not curve.days.size:
        told = "所选时段没有登记件。" if curve is None else f"登记的件不足{TAIL}件，或还没有办结的，不画曲线。"
        return Chart(name, title, told, basis, Table(headings, ()), wide=True)
    opened = [_open_after(wanted, int(day), today) for day in curve.days]
    return Chart(
        name=name,
        title=title,
        answer=_told(curve),
        basis=basis,
        table=Table(
            headings,
            tuple(
                (
                    f"{day:,}",
                    wording.percent(float(share)),
                    f"{wording.percent(float(low))}–{wording.percent(float(high))}",
                    f"{risk:,}件",
                )
                for day, share, low, high, risk in zip(
                    curve.days, curve.open_share, curve.lower, curve.upper, curve.at_risk, strict=True
                )
            ),
            tuple(opened),
        ),
        figure=series.survival(curve, [None, *opened], MARKS),
        click="点击曲线可打开到那一天仍未办结的在办件。",
        wide=True,
    )


def _open_after(wanted: Wanted, days: int, today: date) -> str | None:
    """Cases of the period that are open now and were not closed within so many days."""
    last = min(wanted.last, today - timedelta(days=days))
    if last < wanted.first:
        return None
    return links.cases(wanted, open_only="1", registered_from=wanted.first, registered_to=last)


def _told(curve: Survival) -> str:
    half, most = curve.median, curve.quantile(0.9)
    still = f"其中{curve.cases - curve.closed:,}件尚未办结。"
    if half is None:
        return f"到曲线末端还有{curve.open_share[-1]:.0%}未办结，中位天数还看不出来；{still}"
    told = f"一半的件在{half}天内办结"
    return f"{told}，九成在{most}天内办结；{still}" if most is not None else f"{told}；{still}"
