"""Charts of calendar months from their counts, and what every chart of months needs."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date

from dashboards import figures, links, wording
from dashboards.charts import Chart, Table
from measures.definitions import BY_KEY
from measures.queries import Month, Rate
from measures.scopes import Wanted
from measures.statistics import wilson
from measures.suppression import words

PATH = "/dashboards/resolution"
ONE_MONTH = "点击标记可只看那一个月。"


def total(rates: Sequence[Rate]) -> Rate:
    """The rate of all together; hidden where one of them is."""
    met, due = 0, 0
    for rate in rates:
        if rate.met is None or rate.due is None:
            return Rate(None, None)
        met, due = met + rate.met, due + rate.due
    return Rate(met, due)


def narrowed(path: str, wanted: Wanted, month: date) -> str | None:
    """The same page for one month; ``None`` when that is what is shown already."""
    begin, end = max(wanted.first, month), last(wanted, month)
    if (begin, end) == (wanted.first, wanted.last):
        return None
    return links.page(path, wanted, **{"from": begin.isoformat(), "to": end.isoformat()})


def last(wanted: Wanted, month: date) -> date:
    """The last day of a month, or of the period where that ends before."""
    return min(wanted.last, date(month.year, month.month, monthrange(month.year, month.month)[1]))


def point(rate: Rate) -> tuple[float, float, float] | None:
    """Share and ends of Wilson's interval; ``None`` for what nothing fell due of, or is hidden."""
    if not rate.due or rate.met is None:
        return None
    ends = wilson(rate.met, rate.due)
    return (rate.met / rate.due, *ends) if ends else None


def due(wanted: Wanted, months: Sequence[Month]) -> Chart:
    """What fell due, and how much of it in time."""
    labels = [wording.month(month.first) for month in months]
    opened = [narrowed(PATH, wanted, month.first) for month in months]
    rates = [month.handling for month in months]
    whole = total(rates)
    late = None if whole.due is None or whole.met is None else whole.due - whole.met
    return Chart(
        name="due",
        title="到期的件里，按期的有多少？",
        answer="部分月份为小数，已隐去。" if late is None else f"到期{whole.due:,}件，其中{late:,}件没有按期。",
        basis=f"{wording.asked(wanted)}，按办理期限届满之日归月，n={words(whole.due)}件到期。"
        "灰柱为办理期限在当月届满的件数，蓝柱为其中按期出具处理意见的件数。",
        table=Table(
            ("月份", "到期", "按期"),
            tuple((label, words(rate.due), words(rate.met)) for label, rate in zip(labels, rates, strict=True)),
            tuple(opened),
        ),
        figure=figures.pair(
            labels,
            [rate.due for rate in rates],
            [rate.met for rate in rates],
            names=("到期", "按期"),
            links=opened,
        ),
        click=ONE_MONTH,
    )


def flow(wanted: Wanted, months: Sequence[Month]) -> Chart:
    """Registered beside closed."""
    labels = [wording.month(month.first) for month in months]
    opened = [
        links.cases(wanted, closed_from=max(wanted.first, month.first), closed_to=last(wanted, month.first))
        for month in months
    ]
    counts = [count for month in months for count in (month.registered, month.closed)]
    hidden = any(count is None for count in counts)
    into = sum(month.registered or 0 for month in months)
    out = sum(month.closed or 0 for month in months)
    return Chart(
        name="flow",
        title="办结跟得上登记吗？",
        answer="部分月份为小数，已隐去。" if hidden else f"时段内登记{into:,}件，办结{out:,}件。",
        basis=f"{wording.asked(wanted)}，n={'—' if hidden else f'{into:,}'}件登记。{BY_KEY['closed'].definition}"
        "当月办结的多数不是当月登记的，因此两者之比不是办结率。",
        table=Table(
            ("月份", "登记", "办结"),
            tuple(
                (label, words(month.registered), words(month.closed))
                for label, month in zip(labels, months, strict=True)
            ),
            tuple(opened),
        ),
        figure=figures.pair(
            labels,
            [month.registered for month in months],
            [month.closed for month in months],
            names=("登记", "办结"),
            links=opened,
        ),
        click="点击柱形可打开当月办结的信访件。" if wanted.scope.is_own else "",
    )
