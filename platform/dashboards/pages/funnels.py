"""Funnels (漏斗图): which units below differ by more than chance and size explain. Never a ranking."""

from __future__ import annotations

from collections.abc import Sequence

from dashboards import spreads, wording
from dashboards.charts import Chart, Table
from dashboards.spreads import Spot
from measures.definitions import Measure
from measures.funnel import ALARM, FEWEST, WARN, funnel
from measures.queries import Rate
from measures.scopes import Unit, Wanted
from measures.suppression import words

_HOW = (
    "横轴为件数，纵轴为比率；虚线、实线为95%、99.8%界限，已按单位之间本来的差异放宽（缩尾后估计）。"
    "界限以内的差别不能说明好坏；件数越少，比率越忽高忽低。按显示的数字计算，隐去小数的单位不画。"
)


#: A unit, its rate and what it opens.
Row = tuple[Unit, Rate, str | None]


def of_units(
    wanted: Wanted,
    measure: Measure,
    title: str,
    rows: Sequence[Row],
    beside: Sequence[tuple[str, Sequence[str]]] = (),
) -> Chart:
    """``rows``: each unit with its rate and what it opens; ``beside``: names of other measures and what
    they are at each unit, in words.

    Everything is computed from the numbers that may be shown, so that no line gives a hidden one away.
    """
    met_name, due_name = measure.name, "件数"
    shown = [(unit, rate.met, rate.due, link) for unit, rate, link in rows if rate.due and rate.met is not None]
    found = funnel([met for _u, met, _d, _l in shown], [due for _u, _m, due, _l in shown]) if shown else None
    enough = found is not None and len(shown) >= FEWEST
    others = list(zip(*(texts for _name, texts in beside), strict=True)) if beside else [()] * len(rows)
    table = Table(
        ("单位", due_name, met_name, "95%区间", *(name for name, _texts in beside)),
        tuple(
            (
                wording.unit_name(wanted, unit),
                words(rate.due),
                wording.rate(rate),
                wording.interval(rate),
                *other,
            )
            for (unit, rate, _link), other in zip(rows, others, strict=True)
        ),
        tuple(link for _unit, _rate, link in rows),
    )
    cases = sum(due or 0 for _u, _m, due, _l in shown)
    basis = (
        f"{wording.asked(wanted)}，n={len(shown)}个单位、{cases:,}件，按{measure.cohort}计。{measure.name}："
        f"{measure.definition}{_HOW}办结≠解决。依据：{measure.source}。"
    )
    name = f"funnel-{measure.key.replace('_', '-')}"
    if found is None or not enough:
        told = f"有可显示数字的单位只有{len(shown)}个，不足{FEWEST}个，不画漏斗图：太少，看不出谁与众不同。"
        return Chart(name, title, told, basis, table, wide=True)
    spots = [
        Spot(unit.short_name, met, due, f"{unit.short_name}<br>{met:,}/{due:,}件，{met / due:.1%}", link)
        for unit, met, due, link in shown
    ]
    outer, inner = set(found.places(ALARM)), set(found.places(WARN))
    named = [spot.name for place, spot in enumerate(spots) if place in outer]
    close = [spot.name for place, spot in enumerate(spots) if place in inner - outer]
    told = f"共同比率{found.share:.1%}。"
    told += f"越过99.8%界限、与其他单位确有不同的：{'、'.join(named)}。" if named else "没有单位越过99.8%界限。"
    if close:
        told += f"在95%与99.8%之间、值得留意的：{'、'.join(close)}。"
    return Chart(
        name=name,
        title=title,
        answer=told,
        basis=basis,
        table=table,
        figure=spreads.funnel(found, spots, unit=due_name),
        click="点击标记可下钻到该单位。",
        wide=True,
    )
