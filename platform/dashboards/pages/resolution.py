"""办理看板: in time, settled, satisfied; how long cases take, and which units differ by more than chance. No ranking.

Beside the rates stand those that move when somebody improves a rate by other means (domain.md C).
"""

from __future__ import annotations

from access.actor import Work
from dashboards import links, wording
from dashboards.charts import Chart, PageContent
from dashboards.pages import durations, funnels, months, portal, rates
from measures import figuring, online, own_cases, queries, sums
from measures.definitions import BY_KEY
from measures.scopes import SUBTREE_WORD, Around, Wanted

PATH = months.PATH


def content(work: Work, here: Around, wanted: Wanted) -> PageContent:
    """Three statements for the period and its months, one more for the units below, or two for the own cases."""
    found = queries.months(work, wanted)
    asked = rates.with_beside(rates.measures(rates.FOUR, rates.SETTLED, rates.GUARDS))
    whole = {answer.measure.key: answer for answer in figuring.answers(work, wanted, asked)}
    by_month = sums.by_month(work, wanted, asked)
    charts = [
        rates.monthly(wanted, by_month, "on_time", "信访件按期办结了吗？"),
        rates.monthly(wanted, by_month, "notice_on_time", "受理告知按期了吗？"),
        rates.together(wanted, whole, rates.RATED, name="four", title="四率各是多少？"),
        months.due(wanted, found),
        rates.monthly(wanted, by_month, "once", "初信初访一次办好了吗？"),
        rates.monthly(wanted, by_month, "repeat_rate", "多少件是重复反映的？"),
        rates.monthly(wanted, by_month, "skip_levels", "多少来访越过了本级？"),
        rates.together(wanted, whole, rates.GUARDS, name="guards", title="有没有靠别的办法让比率变好？"),
        months.flow(wanted, found),
    ]
    notes = []
    if wanted.scope.is_own:
        today = work.clock.today()
        charts.append(durations.time_to_close(wanted, own_cases.durations(work, wanted), today))
        charts += portal.content(wanted, online.filed(work, wanted), today)
    else:
        notes.append("办结用时和网上提交的去向要逐件计算，只对本单位显示：上级只看数据，不看下级的信访件。")
        notes.append(wording.hidden_note("下级单位"))
    if wanted.scope.word == SUBTREE_WORD and here.children:
        charts += _funnels(work, here, wanted)
    return PageContent(charts, notes)


def _funnels(work: Work, here: Around, wanted: Wanted) -> list[Chart]:
    keys = ("on_time", "office_satisfaction", "participation")
    asked = rates.measures(keys, ("repeat_rate", "reopened"))
    rows = sorted(sums.by_unit(work, wanted, here, asked), key=lambda row: wording.by_name(row[0]))
    opened = [links.page(PATH, wanted, unit=str(unit.tenant_id)) for unit, _answers in rows]

    def of(key: str) -> list[funnels.Row]:
        return [(unit, rates.rate(answers[key]), link) for (unit, answers), link in zip(rows, opened, strict=True)]

    # Whether an outcome is accepted: who answered at all, who came again, what was taken up again.
    beside = [
        (BY_KEY[key].name, [rates.in_words(answers[key]) for _unit, answers in rows])
        for key in ("participation", "repeat_rate", "reopened")
    ]
    return [
        funnels.of_units(wanted, BY_KEY["on_time"], "哪些单位的按期办结率与众不同？", of("on_time")),
        funnels.of_units(
            wanted,
            BY_KEY["office_satisfaction"],
            "哪些单位的满意率与众不同？",
            of("office_satisfaction"),
            beside=beside,
        ),
    ]
