"""The rates of the catalogue: side by side for the period, by month with Wilson's intervals, never alone.

Whoever improves a rate without improving anything moves another one: the catalogue names it, and it stands beside.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dashboards import figures, links, wording
from dashboards.charts import Chart, Table
from dashboards.pages.months import ONE_MONTH, PATH, last, narrowed, point, total
from measures.definitions import BY_KEY
from measures.figuring import Answer
from measures.measure import Measure
from measures.queries import Rate
from measures.scopes import Wanted
from measures.sums import Answers
from measures.suppression import HIDDEN, words

#: 四率: the four by which offices are looked at (domain.md C), in the order of the process.
FOUR = ("notice_on_time", "on_time", "participation", "office_satisfaction")
#: The same, with what people say of the responsible unit beside what they say of the office: never one number.
RATED = (*FOUR, "unit_satisfaction")
#: Whether a matter is settled and not only closed.
SETTLED = ("once", "repeat_rate", "skip_levels", "unit_satisfaction", "reopened")
#: What moves when somebody improves a rate by other means.
GUARDS = ("withdrawal_rate", "merge_rate", "extension_rate", "staff_rated_share")


def measures(*groups: Sequence[str]) -> tuple[Measure, ...]:
    """The catalogue's rows of some keys."""
    return tuple(BY_KEY[key] for group in groups for key in group)


def with_beside(asked: Sequence[Measure]) -> tuple[Measure, ...]:
    """Measures and what the catalogue wants to be seen beside each of them, every one once."""
    beside = (BY_KEY[key] for measure in asked for key in measure.beside)
    return tuple({measure.key: measure for measure in (*asked, *beside)}.values())


def rate(answer: Answer) -> Rate:
    """An answer as a proportion with what may be shown of it."""
    return Rate(None, None) if answer.hidden else Rate(answer.numerator, answer.denominator)


def together(wanted: Wanted, answers: Answers, keys: Sequence[str], *, name: str, title: str) -> Chart:
    """Rates of the whole period side by side, each with its interval, its n, its definition and its counter-measures
    in the table.

    ``answers`` holds what stands beside each of them too (:func:`with_beside`).
    """
    found = [(BY_KEY[key], rate(answers[key])) for key in keys]
    told = "；".join(f"{measure.name}{wording.rate(share)}" for measure, share in found)
    return Chart(
        name=name,
        title=title,
        answer=f"{told}。",
        basis=f"{wording.asked(wanted)}，各率的分母不同，依次"
        f"n={'、'.join(words(share.due) for _measure, share in found)}件。竖线为威尔逊95%区间，件数越少越宽。"
        "办结≠解决，也≠满意；0件时显示“—”。各率的定义见数据表和口径页。",
        table=Table(
            ("比率", "数值", "95%区间", "分子", "分母n", "归入时段的日期", "怎样做数会让它变好", "并列看"),
            tuple(
                (
                    measure.name,
                    wording.rate(share),
                    wording.interval(share),
                    words(share.met),
                    words(share.due),
                    measure.cohort,
                    measure.gaming,
                    "、".join(f"{BY_KEY[key].name}{in_words(answers[key])}" for key in measure.beside),
                )
                for measure, share in found
            ),
            tuple(links.definition(measure.key) for measure, _share in found),
        ),
        figure=figures.shares(
            [measure.name for measure, _share in found],
            [point(share) for _measure, share in found],
            [f"{wording.rate(share)}（{words(share.met)}/{words(share.due)}）" for _measure, share in found],
            links=[links.definition(measure.key) for measure, _share in found],
        )
        if any(point(share) for _measure, share in found)
        else None,
        click="点击标记可查看该比率的口径。",
    )


def monthly(wanted: Wanted, months: Sequence[tuple[date, Answers]], key: str, title: str) -> Chart:
    """One rate by month, with the measures that the catalogue wants to be seen beside it in the table."""
    measure = BY_KEY[key]
    rates = [rate(answers[key]) for _first, answers in months]
    opened = [_open(wanted, key, first) for first, _answers in months]
    labels = [wording.month(first) for first, _answers in months]
    others = [BY_KEY[other] for other in measure.beside]
    whole = total(rates)
    if whole.due is None:
        told = "部分月份为小数，已隐去，因此不计算合计。"
    elif whole.due:
        told = f"整个时段{wording.rate(whole)}，95%区间{wording.interval(whole)}。"
    else:
        told = "所选时段没有可计入的件，比率显示“—”。"
    return Chart(
        name=key.replace("_", "-"),
        title=title,
        answer=told,
        basis=f"{wording.asked(wanted)}，按{measure.cohort}归月，n={words(whole.due)}件。{measure.name}："
        f"{measure.definition}竖线为威尔逊95%区间，件数越少越宽。{'办结≠解决。' if key in FOUR else ''}"
        f"{'没有公布的公式，此为本平台的定义。' if measure.assumed else ''}"
        f"依据：{measure.source}。要防止：{measure.gaming}",
        table=Table(
            ("月份", measure.name, "95%区间", "分子", "分母", *(other.name for other in others)),
            tuple(
                (
                    label,
                    wording.rate(share),
                    wording.interval(share),
                    words(share.met),
                    words(share.due),
                    *(in_words(answers[other.key]) for other in others),
                )
                for label, share, (_first, answers) in zip(labels, rates, months, strict=True)
            ),
            tuple(opened),
        ),
        figure=figures.shares(
            labels,
            [point(share) for share in rates],
            [f"{wording.rate(share)}（{words(share.met)}/{words(share.due)}件）" for share in rates],
            links=opened,
        )
        if any(point(share) for share in rates)
        else None,
        click="点击标记可打开当月登记的重复件。" if key in _FLAGS and wanted.scope.is_own else ONE_MONTH,
    )


#: Rates whose numerator is a mark of cases registered in the month: their list can be opened.
_FLAGS = {"repeat_rate": "repeat"}


def _open(wanted: Wanted, key: str, month: date) -> str | None:
    if key in _FLAGS and wanted.scope.is_own:
        first = max(wanted.first, month)
        return links.cases(wanted, flag=_FLAGS[key], registered_from=first, registered_to=last(wanted, month))
    return narrowed(PATH, wanted, month)


def in_words(answer: Answer) -> str:
    """An answer beside others: a rate, or a count with its unit."""
    if answer.measure.is_share:
        return wording.rate(rate(answer))
    return f"{words(answer.numerator)}{answer.measure.unit}" if answer.numerator is not None else HIDDEN
