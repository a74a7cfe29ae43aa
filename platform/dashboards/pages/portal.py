"""网上门户 in 办理看板: how far filed matters got, and what share of the intake came that way. Own union only.

The portal follows nobody, so these charts know nothing of who opened a form and gave up; their definitions say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dashboards import figures, links, spreads, theme, wording
from dashboards.charts import Chart, Table
from dashboards.pages.months import last, point
from measures import online
from measures.counting import RATING_DAYS
from measures.online import Filed
from measures.queries import Rate
from measures.scopes import Wanted

NOBODY_WATCHED = (
    "不计没有提交的人：门户不跟踪任何人，打开过页面、填了一半又放弃的，不留任何痕迹，这是有意的，"
    "因此这里看不出有多少人在填写途中放弃。"
)
_PORTAL = "门户提交=职工自己在网上门户填写、提交的件；工作人员代为登记的网信、来电、来访不算。"
_OPEN = "点击标记可打开当期门户提交的信访件。"


def content(wanted: Wanted, months: Sequence[tuple[date, Filed]], today: date) -> list[Chart]:
    """Both charts from the same months."""
    return [way(wanted, online.together(months), today), share(wanted, months)]


def way(wanted: Wanted, found: Filed, today: date) -> Chart:
    """From filing to rating: how many got there, may still get there, or ended without."""
    everything = links.cases(wanted, flag="portal", registered_from=wanted.first, registered_to=wanted.last)
    waiting = links.cases(
        wanted, flag="portal", open_only="1", registered_from=wanted.first, registered_to=wanted.last
    )
    steps = (
        ("提交", found.filed, 0),
        ("受理或直接答复", found.taken, found.taken_ahead),
        ("答复", found.answered, found.answered_ahead),
        ("本人网上评价", found.rated, found.rated_ahead),
    )
    names = [name for name, _reached, _ahead in steps]
    missed = [found.filed - reached - ahead for _name, reached, ahead in steps]
    rates = [Rate(reached, found.filed) for _name, reached, _ahead in steps]
    told = "，".join(
        f"{name}{reached:,}件（{wording.rate(rate)}）"
        for (name, reached, _ahead), rate in zip(steps[1:], rates[1:], strict=True)
    )
    return Chart(
        name="portal",
        title="网上提交的件，走到了哪一步？",
        answer=f"网上门户提交{found.filed:,}件：{told}。" if found.filed else "所选时段没有从网上门户提交的件。",
        basis=f"{wording.asked(wanted)}登记、截至{wording.day(today)}的情况，n={found.filed:,}件门户提交，只含您有权查看的件。"
        f"{_PORTAL}受理或直接答复=已经受理，或者不经受理就有答复（当场答复、不予受理告知、导入法定程序）；"
        "答复=案卷里有对信访人的答复；本人网上评价=信访人凭查询码作出的评价，工作人员代录的不计，不予受理的件不能评价。"
        f"还可能走到=还在办，或者办结不满{RATING_DAYS}日、还没有评价；其余为结束时没有走到，如撤回、并案、不评价。"
        f"机构承继移来移走的件不计。{NOBODY_WATCHED}",
        table=Table(
            ("步骤", "走到了", "占提交", "95%区间", "还可能走到", "结束时没有走到"),
            tuple(
                (name, f"{reached:,}", wording.rate(rate), wording.interval(rate), f"{ahead:,}", f"{gone:,}")
                for (name, reached, ahead), rate, gone in zip(steps, rates, missed, strict=True)
            ),
            (everything,) * len(steps),
        ),
        figure=spreads.stacked(
            names,
            (
                ("走到了", theme.BLUE, [reached for _name, reached, _ahead in steps], [everything] * len(steps)),
                ("还可能走到", theme.GREY, [ahead for _name, _reached, ahead in steps], [waiting] * len(steps)),
                ("结束时没有走到", theme.AMBER, missed, [everything] * len(steps)),
            ),
            unit="件",
            lying=True,
        )
        if found.filed
        else None,
        click=_OPEN if found.filed else "",
    )


def share(wanted: Wanted, months: Sequence[tuple[date, Filed]]) -> Chart:
    """What workers filed themselves, of everything that was registered, by month."""
    whole = online.together(months)
    labels = [wording.month(first) for first, _found in months]
    rates = [Rate(found.filed, found.registered) for _first, found in months]
    opened = [
        links.cases(
            wanted, flag="portal", registered_from=max(wanted.first, first), registered_to=last(wanted, first)
        )
        for first, _found in months
    ]
    total = Rate(whole.filed, whole.registered)
    return Chart(
        name="portal-share",
        title="多少件是职工自己在网上提交的？",
        answer=f"登记{whole.registered:,}件，其中门户提交{whole.filed:,}件，占{wording.rate(total)}，"
        f"95%区间{wording.interval(total)}。"
        if whole.registered
        else "所选时段没有登记件，比率显示“—”。",
        basis=f"{wording.asked(wanted)}，按登记之日归月，n={whole.registered:,}件登记，只含您有权查看的件。{_PORTAL}"
        "与“网信占比”不同：那里还有工作人员登记的网信。占比低不等于门户不好用，窗口和电话照样受理。竖线为威尔逊95%区间。"
        f"机构承继移来移走的件不计。{NOBODY_WATCHED}",
        table=Table(
            ("月份", "门户提交占比", "95%区间", "门户提交", "登记"),
            tuple(
                (label, wording.rate(rate), wording.interval(rate), f"{found.filed:,}", f"{found.registered:,}")
                for label, rate, (_first, found) in zip(labels, rates, months, strict=True)
            ),
            tuple(opened),
        ),
        figure=figures.shares(
            labels,
            [point(rate) for rate in rates],
            [f"{wording.rate(rate)}（{rate.met:,}/{rate.due:,}件）" for rate in rates],
            links=opened,
        )
        if whole.registered
        else None,
        click=_OPEN if whole.filed else "",
    )
