"""The ordinary way of a case: sorting, acceptance, the simple track, the opinion (T2–T5, T14–T23). Pure."""

from __future__ import annotations

from cases.rules import ClockKind
from cases.statuses import ASIDE, OPEN, WORKING, Status
from cases.table import EXT, INTAKE, NOTICE_STOPS, OFFICE, OPINION_STOPS, STAFF, TEN, UNIT_HEAD, WORK, H, Rows
from kernel.workflow import Transition as Row

S = Status
_AFTER_SORTING = tuple(status for status in OPEN if status is not S.REGISTERED)
_IN_HAND = (S.HANDLING, S.SIMPLE, S.EXTENDED, *ASIDE)

ROWS: Rows = (
    Row(
        "triage",
        "甄别分流",
        (S.REGISTERED,),
        S.TRIAGED,
        # A report against the head of the office is sorted by the leader.
        INTAKE | UNIT_HEAD,
        fields=(
            *("purpose", "category", "tier", "competence_note", "retaliation", "conflict", "accused"),
            "accused_staff",
        ),
        conditions=("intake_or_sealed",),
        primary=True,
        source="《信访工作条例》第二十三条（T3）",
    ),
    Row(
        "answer",
        "当场答复",
        (S.REGISTERED,),
        S.ANSWERED,
        INTAKE,
        fields=("spot_purpose", "reply"),
        stops=NOTICE_STOPS,
        document="spot_reply",
        conditions=("not_a_review", "spot_by_one", "spot_not_sealed", "spot_purpose_fits"),
        source="《信访工作条例》第二十三条第二项：咨询、感谢和意见建议，能够当场答复的应当当场书面答复（T2）",
    ),
    Row(
        "accept",
        "受理告知",
        (S.TRIAGED,),
        S.HANDLING,
        INTAKE,
        fields=("department", "assignee", "declared", "procedure"),
        stops=NOTICE_STOPS,
        starts=(H,),
        document="acceptance_notice",
        primary=True,
        source="《信访工作条例》第二十三条、第三十四条（T4、T8）",
    ),
    Row(
        "take_simple",
        "简易办理",
        (S.TRIAGED,),
        S.SIMPLE,
        INTAKE,
        fields=("department", "assignee", "declared", "simple_ground", "simple_checked"),
        stops=NOTICE_STOPS,
        starts=(ClockKind.SIMPLE_NOTICE.value, H, TEN),
        document="simple_notice",
        conditions=("first_petition", "nobody_ordered", "not_collective", "not_hard", "not_a_review"),
        source="信访事项简易办理：初次提出、事实清楚、责任明确的事项（T17）",
    ),
    Row(
        "refuse",
        "不予受理",
        (S.TRIAGED,),
        S.REFUSED,
        INTAKE,
        fields=("refusal", "reason", "where_to_go"),
        stops=NOTICE_STOPS,
        document="refusal_notice",
        conditions=("not_a_review", "no_task_open"),
        source="《信访工作条例》第十九条、第二十三条（T14）",
    ),
    Row(
        "refuse_again",
        "不再受理",
        (S.TRIAGED,),
        S.REFUSED_AGAIN,
        INTAKE,
        fields=("refusal_again", "earlier", "reason"),
        stops=NOTICE_STOPS,
        document="refusal_again_notice",
        conditions=("not_a_review", "no_task_open"),
        source="《信访工作条例》第三十六条第三款（T15）",
    ),
    Row(
        "ordinary",
        "转普通程序",
        (S.SIMPLE,),
        S.HANDLING,
        WORK,
        fields=("reason",),
        stops=(TEN,),
        document="ordinary_notice",
        source="信访事项简易办理：不宜简易办理的，按普通程序办理，期限自原受理之日起计算（T18）",
    ),
    Row(
        "assign",
        "改派承办人",
        (*_IN_HAND, S.SERVED, S.EXECUTING),
        None,
        OFFICE,
        fields=("department", "assignee", "declared", "reason"),
        source="首办责任制",
    ),
    Row("note", "记录办理情况", _AFTER_SORTING, None, STAFF, fields=("note",)),
    Row(
        "flag",
        "标注回避和打击报复",
        _AFTER_SORTING,
        None,
        OFFICE,
        fields=("retaliation", "conflict", "accused", "reason"),
        source="《信访工作条例》第十八条、第二十八条第三款、第三十条第三款",
    ),
    Row(
        "decide",
        "出具处理意见",
        (*WORKING, S.SIMPLE),
        S.DECIDED,
        WORK,
        fields=("facts", "basis", "opinions"),
        stops=OPINION_STOPS,
        document="decision",
        primary=True,
        conditions=("not_a_review", "not_avoiding"),
        source="《信访工作条例》第二十八条第三款、第三十二条、第三十四条（T23）",
    ),
    Row(
        "review_decide",
        "作出复查（复核）意见",
        WORKING,
        S.DECIDED,
        WORK,
        fields=("review_decision", "facts", "basis", "redo_by"),
        stops=(ClockKind.REVIEW.value, ClockKind.RECHECK.value, H, EXT),
        document="review_opinion",
        primary=True,
        conditions=("is_a_review", "not_avoiding"),
        source="《信访工作条例》第三十五条、第三十六条（T27、T29、T30）",
    ),
    Row(
        "rate",
        "代录满意度评价",
        (S.CLOSED, S.CONCLUDED, S.ANSWERED),
        None,
        INTAKE | WORK,
        fields=("rated_about", "rating", "told_how", "reason"),
        source="《信访工作条例》第十八条、第二十一条（方便信访人查询、评价）",
    ),
)

#: An opinion is the case's own handler's, and nobody who has to withdraw (回避) writes one.
DECIDING = frozenset({row.action for row in ROWS if row.target is S.DECIDED})
