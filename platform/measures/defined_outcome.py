"""Measures of outcome (质效): closed once, repeats, satisfaction apart for office and unit. Pure data."""

from __future__ import annotations

from measures.measure import Measure, Theme, of

_RATED_ON = "最近一次评价之日"
_C1 = "满意度评价统计口径：满意、基本满意占已评价；信访部门、责任单位分别计算"

OUTCOME: tuple[Measure, ...] = (
    Measure(
        "once",
        "初信初访一次办结率",
        "First petitions settled at once",
        Theme.OUTCOME,
        of("once_met"),
        of("once_due"),
        "办结之日后第90日",
        "%",
        "初信初访件办结（送达、调解终结、当场答复）满90日的，其中在未经延长的期限内作出意见，"
        "并且到第90日为止没有重复信访、没有申请复查、没有评价不满意的比例。没有满90日的件时显示“—”。",
        "没有公布的公式；天数取90日",
        "把重复件当作初件、劝信访人不评价不复查、不认定重复。",
        ("repeat_rate", "participation", "reopened"),
        assumed=True,
    ),
    Measure(
        "repeat_rate",
        "重复信访率",
        "Repeat petitions",
        Theme.OUTCOME,
        of("repeats"),
        of("registered"),
        "登记之日",
        "%",
        "登记的件中重复件所占的比例；是否重复由登记人员或者负责人认定，系统只提示。没有登记件时显示“—”。",
        "重复件占全部件次；归日未见公布口径，取登记之日",
        "不认定重复，或者把重复件并入初件。",
        ("merge_rate", "once"),
    ),
    Measure(
        "participation",
        "参评率",
        "Share rated",
        Theme.OUTCOME,
        of("rating_met"),
        of("rating_due"),
        "办结之日后第30日",
        "%",
        "办结满30日的件（匿名件除外）中，信访人已经作出评价（对信访部门或者责任单位，含工作人员代录）的比例。"
        "沉默不算满意。没有满30日的件时显示“—”。",
        "已评价占已评价和超期未评价；评价期限未见公布，取30日",
        "工作人员代为评价。",
        ("staff_rated_share",),
        assumed=True,
    ),
    Measure(
        "office_satisfaction",
        "满意率（信访部门）",
        "Satisfied with the petition office",
        Theme.OUTCOME,
        of("office_satisfied"),
        of("office_rated"),
        _RATED_ON,
        "%",
        "对信访部门的评价中，满意和基本满意的比例；同一件以最近一次评价为准，未评价的不计。没有评价时显示“—”。",
        _C1,
        "只请满意的人评价，或者代录、施压改评。",
        ("participation", "staff_rated_share"),
    ),
    Measure(
        "unit_satisfaction",
        "满意率（责任单位）",
        "Satisfied with the responsible unit",
        Theme.OUTCOME,
        of("unit_satisfied"),
        of("unit_rated"),
        _RATED_ON,
        "%",
        "对责任单位的评价中，满意和基本满意的比例；同一件以最近一次评价为准，未评价的不计。没有评价时显示“—”。",
        _C1,
        "只请满意的人评价，或者代录、施压改评。",
        ("participation", "staff_rated_share"),
    ),
)
