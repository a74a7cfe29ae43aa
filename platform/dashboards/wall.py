"""大屏: two screens of four tiles in large type for a room, without the name of a person or of a unit below.

Many people see it who may see no figure of a single unit: counts of 1 to 7 are hidden in every breakdown, for the own
union too, and 检举控告 is counted for nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from flask import Blueprint, render_template, request

from access.actor import Work
from access.roles import CASE_ROLES
from cases.rules import CHANNEL_LABELS, Channel
from dashboards import sparks, wording
from dashboards.pages.load import RULES
from dashboards.pages.months import total
from dashboards.sparks import Spark
from doorway.guard import guard, work
from kernel.errors import ForbiddenError, InvalidError
from measures import beginnings, queries, recounting, scopes
from measures.control import XMR_SHORTEST, Limits, xmr
from measures.queries import RECENT_WEEKS, Flow, Month, Rate
from measures.scopes import Around, Wanted
from measures.suppression import Shown, outside, words
from tenants import queries as tenants

#: So many bars are read across a room.
_BARS = 5


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a breakdown; ``share`` of the longest, 0 where the count is hidden."""

    name: str
    count: str
    share: int


@dataclass(frozen=True, slots=True)
class Tile:
    """A question, its number in large type, one sentence, and either a line or bars."""

    title: str
    number: str
    unit: str
    sentence: str
    basis: str
    spark: Spark | None = None
    bars: tuple[Bar, ...] = ()


@dataclass(frozen=True, slots=True)
class Screen:
    """Four tiles that are seen together."""

    name: str
    tiles: tuple[Tile, ...]


def add_routes(pages: Blueprint) -> None:
    """Hang the wall on the door's blueprint; Dash's own catch-all comes after it."""
    pages.add_url_rule("/dashboards/wall", "wall", show)


@guard(*CASE_ROLES)
def show() -> tuple[str, int]:
    """The wall of the viewer's union and all below, or of its own cases alone; filters as on every page."""
    unit = work()
    here, problem, clipped = scopes.around(unit), "", ""
    shown: tuple[Screen, ...] = ()
    wanted = scopes.usual(unit, here)
    try:
        wanted = replace(scopes.read(unit, here, request.args), without=_sealed(unit))
        begins = beginnings.begun(unit, here, wanted)
        if begins is not None:
            clipped = f"从{wording.day(begins)}起才有数据，此前不计"
            wanted = replace(wanted, first=min(begins, wanted.last))
        shown = screens(unit, here, wanted)
    except (InvalidError, ForbiddenError) as error:
        problem = error.message
    page = render_template(
        "dashboards/wall.html",
        name=here.name,
        screens=shown,
        problem=problem,
        clipped=clipped,
        about=wording.about(wanted),
        as_of=queries.as_of(unit.session),
        recounting=recounting.warning(unit.session),
        today=unit.clock.today(),
    )
    return page, 422 if problem else 200


def _sealed(work: Work) -> frozenset[str]:
    """检举控告, which the room is told nothing of, neither apart nor in a total."""
    return tenants.sealed_codes(tenants.categories(work.session))


def screens(work: Work, here: Around, wanted: Wanted) -> tuple[Screen, ...]:
    """What the rooms sees: load, then resolution. Four statements."""
    flow, months = queries.flow(work, wanted), queries.months(work, wanted)
    recent = queries.recent(work, wanted, here)
    return (
        Screen(
            "负荷",
            (
                _weekly("上一周登记", "登记量", flow, [week.registered for week in flow.weeks]),
                _stock(flow),
                _parts(
                    f"近{RECENT_WEEKS}周反映最多的问题",
                    [(here.category(row.category), row.recent) for row in recent],
                    f"近{RECENT_WEEKS}个整周的登记件",
                ),
                _parts(
                    "通过什么形式反映",
                    [(CHANNEL_LABELS[channel], flow.channels.get(channel.value, 0)) for channel in Channel],
                    f"{len(flow.weeks)}个整周的登记件",
                ),
            ),
        ),
        Screen(
            "办理",
            (
                _weekly("上一周办结", "办结量", flow, [week.closed for week in flow.weeks]),
                _rate("按期办结率", wanted, months, [month.handling for month in months]),
                _rate("按期告知率", wanted, months, [month.notice for month in months]),
                _due(wanted, months),
            ),
        ),
    )


def _weekly(title: str, name: str, flow: Flow, counts: Sequence[Shown]) -> Tile:
    known = [count for count in counts if count is not None]
    limits = xmr(known) if len(known) == len(counts) else None
    days = [week.monday for week in flow.weeks]
    sunday = days[-1] + timedelta(days=6) if days else None
    return Tile(
        title=title,
        number=words(counts[-1]) if counts else wording.NOTHING,
        unit="件",
        sentence=_lately(name, counts, limits),
        basis=f"{wording.period(days[-1], sunday)}；折线为{len(days)}个整周，横线为均值" if sunday else "没有整周",
        spark=sparks.spark(counts, level=limits.mean if limits else None),
    )


def _lately(name: str, counts: Sequence[Shown], limits: Limits | None) -> str:
    """What the four rules say about the newest weeks: a room needs today's news, the page has the history."""
    if limits is None:
        return "部分周为小数，不计算控制限。" if None in counts else f"不足{XMR_SHORTEST}整周，不计算控制限。"
    mean = f"{name}平均每周{limits.mean:.1f}件"
    newest = [signal for signal in limits.signals if signal.last >= len(counts) - RECENT_WEEKS]
    if not newest:
        return f"{mean}，近{RECENT_WEEKS}周属正常波动。"
    told = "、".join(dict.fromkeys(RULES[signal.rule, signal.up] for signal in newest))
    return f"{mean}；近{RECENT_WEEKS}周{told}，值得查原因。"


def _stock(flow: Flow) -> Tile:
    stocks = [week.open for week in flow.weeks]
    first, last = (stocks[0], stocks[-1]) if stocks else (None, None)
    told = f"{len(stocks)}周前为{words(first)}件。" if stocks else "所选时段不足一整周。"
    return Tile(
        title="在办",
        number=words(last) if stocks else wording.NOTHING,
        unit="件",
        sentence=told,
        basis="上周日结束时尚未办结的件；折线为各周末",
        spark=sparks.spark(stocks),
    )


def _parts(title: str, counts: Sequence[tuple[str, Shown]], basis: str) -> Tile:
    """A breakdown: the longest bars first, because it compares matters and not people or units."""
    shown = [(name, None if count is None else outside(count)) for name, count in counts if count != 0]
    ordered = sorted(shown, key=lambda pair: -(pair[1] or 1))[:_BARS]
    longest = max((count or 0 for _name, count in ordered), default=0)
    return Tile(
        title=title,
        number="",
        unit="",
        sentence="" if ordered else "没有登记件。",
        basis=f"{basis}；1至7件不显示具体数字",
        bars=tuple(
            Bar(name, words(count), round(100 * (count or 0) / longest) if longest else 0) for name, count in ordered
        ),
    )


def _rate(title: str, wanted: Wanted, months: Sequence[Month], rates: Sequence[Rate]) -> Tile:
    whole = total(rates)
    shares = [rate.met / rate.due if rate.due and rate.met is not None else None for rate in rates]
    known = [share for share in shares if share is not None]
    number = f"{whole.met / whole.due:.1%}" if whole.due and whole.met is not None else wording.NOTHING
    ends = f"95%区间{wording.interval(whole)}，" if whole.due else ""
    return Tile(
        title=title,
        number=number,
        unit="",
        sentence=f"{ends}到期{words(whole.due)}件。办结≠解决。",
        basis=f"{wording.asked(wanted)}期限届满的件；折线为{len(months)}个月，从{min(known, default=0):.0%}起",
        spark=sparks.spark(shares, lowest=max(0.0, min(known, default=0.0) - 0.02)),
    )


def _due(wanted: Wanted, months: Sequence[Month]) -> Tile:
    whole = total([month.handling for month in months])
    late = whole.due - whole.met if whole.due is not None and whole.met is not None else None
    return Tile(
        title="到期未按期办结",
        number=words(late),
        unit="件",
        sentence=f"时段内到期{words(whole.due)}件。",
        basis=f"{wording.asked(wanted)}，按办理期限届满之日计；折线为各月",
        spark=sparks.spark(
            [
                None
                if month.handling.due is None or month.handling.met is None
                else month.handling.due - month.handling.met
                for month in months
            ]
        ),
    )
