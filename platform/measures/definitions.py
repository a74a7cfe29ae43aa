"""The catalogue of measures in use: what each divides by what, over which days, and who says so. Pure.

A rate without its definition (口径) is not shown anywhere: pages print these rows. domain.md C has the sources.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """One row of the catalogue. ``numerator`` and ``denominator`` name count columns of the daily facts."""

    key: str
    name: str
    numerator: str
    denominator: str | None
    #: Which day a case counts on.
    cohort: str
    unit: str
    #: The definition as printed under a chart.
    definition: str
    source: str


#: Each union counts the files that it answers for, and figures hold no key by which two files could be one matter. A
#: reader of a sum has to be told.
_TWICE = "含下级的合计是各单位件数之和：同一事项经交办、转送后由收函单位另行登记的，发函单位和收函单位各计一件。"

CATALOGUE: tuple[Measure, ...] = (
    Measure(
        "registered",
        "登记量",
        "registered",
        None,
        "登记之日",
        "件",
        "登记的信访事项件数，含来访、来信、来电、网信；同一件不论涉及几人只计一件。" + _TWICE,
        "《信访工作条例》第二十二条、第二十三条",
    ),
    Measure(
        "closed",
        "办结量",
        "closed",
        None,
        "办结之日",
        "件",
        "送达办结、当场答复和不予受理的件数。办结≠解决：只说明程序走完，不说明诉求得到满足。" + _TWICE,
        "《信访工作条例》第三十二条",
    ),
    Measure(
        "open",
        "在办量",
        "registered",
        None,
        "当日结束时",
        "件",
        "累计登记加累计移入（机构承继或隶属关系调整移入为正、移出为负）减去累计办结，即当日结束时尚未办结的件数。"
        "隶属关系调整前各日的数据留在原上级。" + _TWICE,
        "由登记量、移入移出量和办结量得出；《信访工作条例》第二十四条（机构承继）",
    ),
    Measure(
        "on_time",
        "按期办结率",
        "due_met",
        "due",
        "办理期限届满之日",
        "%",
        "期限在该时段届满的件中，在期限届满前出具处理意见的比例。未办的计入分母；期限以依法延长后的为准；到期前撤回、并案、导入、终止的不计，到期后的仍算逾期；没有到期件时显示“—”。",
        "《信访工作条例》第三十四条",
    ),
    Measure(
        "notice_on_time",
        "按期告知率",
        "notice_met",
        "notice_due",
        "告知期限届满之日",
        "%",
        "受理告知期限（收到之日起15日）在该时段届满的件中，按期告知、当场答复或转报上级的比例。",
        "《信访工作条例》第二十三条",
    ),
)

BY_KEY: dict[str, Measure] = {measure.key: measure for measure in CATALOGUE}
