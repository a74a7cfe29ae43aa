"""The petition case's table: every status, every action, who, which clock, which document. Pure.

Codes in comments are those of domain.md B2/B3. ``docs/workflow.md`` is drawn from these rows.
"""

from __future__ import annotations

from enum import StrEnum

from access.roles import Role
from cases.rules import ClockKind
from kernel.workflow import Transition, Workflow


class Status(StrEnum):
    """Where a case stands."""

    REGISTERED = "registered"  # S10
    TRIAGED = "triaged"  # S20
    HANDLING = "handling"  # S40
    ESCALATED = "escalated"  # S30, upward
    REFERRED = "referred"  # S30, downward or sideways: 转送、交办
    DECIDED = "decided"  # S50
    CLOSED = "closed"  # S70
    ANSWERED = "answered"  # S21
    REFUSED = "refused"  # S80
    HANDED_OVER = "handed_over"  # 机构承继: a successor has it


STATUS_LABELS: dict[Status, str] = {
    Status.REGISTERED: "已登记",
    Status.TRIAGED: "待受理告知",
    Status.HANDLING: "办理中",
    Status.ESCALATED: "已上报待答复",
    Status.REFERRED: "已转送/交办",
    Status.DECIDED: "已出处理意见",
    Status.CLOSED: "已办结",
    Status.ANSWERED: "当场答复办结",
    Status.REFUSED: "不予受理",
    Status.HANDED_OVER: "已移交承继单位",
}

#: Statuses in which somebody still has to do something.
OPEN = (
    Status.REGISTERED,
    Status.TRIAGED,
    Status.HANDLING,
    Status.ESCALATED,
    Status.REFERRED,
    Status.DECIDED,
)
FINAL = (Status.CLOSED, Status.ANSWERED, Status.REFUSED, Status.HANDED_OVER)

_INTAKE = frozenset({Role.CLERK, Role.OFFICE_HEAD})
_OFFICE = frozenset({Role.OFFICE_HEAD, Role.LEADER})
_WORK = frozenset({Role.HANDLER, Role.OFFICE_HEAD})
#: Whoever may end a letter may let its case follow, and so may the system.
_BACK = _OFFICE | frozenset({Role.SUPERVISOR, Role.SYSTEM})

N, H = ClockKind.NOTICE.value, ClockKind.HANDLING.value

CASE_WORKFLOW: Workflow[Status] = Workflow(
    (
        Transition(
            "triage",
            "甄别分流",
            (Status.REGISTERED,),
            Status.TRIAGED,
            _INTAKE,
            fields=("purpose", "category", "tier", "competence_note", "retaliation", "conflict", "accused"),
            primary=True,
            source="《信访工作条例》第二十三条（T3）",
        ),
        Transition(
            "answer",
            "当场答复",
            (Status.REGISTERED,),
            Status.ANSWERED,
            _INTAKE,
            fields=("reply",),
            stops=(N,),
            document="spot_reply",
            source="《信访工作条例》第二十三条第二项（T2）",
        ),
        Transition(
            "accept",
            "受理告知",
            (Status.TRIAGED,),
            Status.HANDLING,
            _INTAKE,
            fields=("department", "assignee", "procedure"),
            stops=(N,),
            starts=(H,),
            document="acceptance_notice",
            primary=True,
            source="《信访工作条例》第二十三条、第三十四条（T4）",
        ),
        Transition(
            "refuse",
            "不予受理",
            (Status.TRIAGED,),
            Status.REFUSED,
            _INTAKE,
            fields=("refusal", "reason", "where_to_go"),
            stops=(N,),
            document="refusal_notice",
            source="《信访工作条例》第十九条、第二十三条（T14）",
        ),
        Transition(
            "assign",
            "改派承办人",
            (Status.HANDLING,),
            None,
            _OFFICE,
            fields=("department", "assignee", "reason"),
            source="首办责任制",
        ),
        Transition(
            "note",
            "记录办理情况",
            (Status.TRIAGED, Status.HANDLING, Status.ESCALATED, Status.REFERRED, Status.DECIDED),
            None,
            _WORK | _INTAKE | _OFFICE,
            fields=("note",),
        ),
        Transition(
            "flag",
            "标注回避和打击报复",
            (Status.TRIAGED, Status.HANDLING, Status.ESCALATED, Status.REFERRED, Status.DECIDED),
            None,
            _OFFICE,
            fields=("retaliation", "conflict", "accused", "reason"),
            source="《信访工作条例》第十八条、第二十八条第三款、第三十条第三款",
        ),
        Transition(
            "decide",
            "出具处理意见",
            (Status.HANDLING,),
            Status.DECIDED,
            _WORK,
            fields=("facts", "basis", "opinions"),
            stops=(H,),
            document="decision",
            primary=True,
            source="《信访工作条例》第三十二条、第三十四条（T23）",
        ),
        Transition(
            "close",
            "送达并办结",
            (Status.DECIDED,),
            Status.CLOSED,
            _WORK,
            fields=("delivery", "delivered_on", "result"),
            primary=True,
            source="《信访工作条例》第三十二条、第三十五条（T24、T25）",
        ),
        Transition(
            "rate",
            "代录满意度评价",
            (Status.CLOSED, Status.ANSWERED),
            None,
            _INTAKE | _WORK,
            fields=("rating", "reason"),
            source="《信访工作条例》第十八条、第二十一条（方便信访人查询、评价）",
        ),
        # The rows below belong to a letter; only the letters' package performs them.
        Transition(
            "escalate",
            "上报上级工会",
            (Status.TRIAGED, Status.HANDLING),
            Status.ESCALATED,
            _OFFICE,
            fields=("reason", "request"),
            stops=(N,),
            document="escalation_notice",
            internal=True,
            source="工会法第十条；告知信访人去向（T5）",
        ),
        Transition(
            "resume",
            "按上级意见继续办理",
            (Status.ESCALATED,),
            Status.HANDLING,
            _OFFICE | frozenset({Role.SYSTEM}),
            internal=True,
            source="上级工会答复或交办",
        ),
        # A case that went up before it was accepted comes back to where it left: the petitioner still has no notice.
        Transition(
            "take_back",
            "按上级意见办理受理告知",
            (Status.ESCALATED,),
            Status.TRIAGED,
            _OFFICE | frozenset({Role.SYSTEM}),
            internal=True,
            source="上级工会答复或交办",
        ),
        Transition(
            "refer",
            "转送/交办其他工会",
            (Status.TRIAGED, Status.HANDLING),
            Status.REFERRED,
            _OFFICE,
            fields=("way", "destination"),
            stops=(N,),
            document="referral_notice",
            internal=True,
            source="《信访工作条例》第二十二条、第二十三条（T5、T6）",
        ),
        # Taken back before it was signed, or returned after an objection: the case stands again where it left.
        Transition(
            "recall",
            "收回继续办理",
            (Status.REFERRED,),
            Status.HANDLING,
            _BACK,
            internal=True,
            source="《信访工作条例》第二十三条（T10、T38）",
        ),
        # The petitioner was told where the matter went, and it did not go there: the first notice is owed again.
        Transition(
            "recall_notice",
            "收回办理受理告知",
            (Status.REFERRED,),
            Status.TRIAGED,
            _BACK,
            resumes=(N,),
            internal=True,
            source="《信访工作条例》第二十三条（T10、T38）",
        ),
        Transition(
            "settle",
            "办结报告审核办结",
            (Status.REFERRED,),
            Status.CLOSED,
            _BACK,
            fields=("reply", "outcomes"),
            internal=True,
            source="《信访工作条例》第二十二条第三项",
        ),
        # 机构承继: the file goes to the union that carries on the work, with its dates; here it is at its end.
        Transition(
            "hand_over",
            "移交承继单位",
            OPEN,
            Status.HANDED_OVER,
            frozenset({Role.SYSTEM}),
            fields=("destination",),
            document="handover_notice",
            internal=True,
            source="《信访工作条例》第二十四条：职权由继续行使的机关、单位承担",
        ),
        # … and there it goes on where it stood: it was accepted once, and is not accepted again.
        Transition(
            "carry_on",
            "承继原单位继续办理",
            (Status.REGISTERED,),
            Status.HANDLING,
            frozenset({Role.SYSTEM}),
            internal=True,
            source="《信访工作条例》第二十四条",
        ),
        # Sorted there and not accepted yet: the first notice is owed, unless a letter takes the matter away again.
        Transition(
            "carry_sorted",
            "承继原单位甄别分流",
            (Status.REGISTERED,),
            Status.TRIAGED,
            frozenset({Role.SYSTEM}),
            resumes=(N,),
            internal=True,
            source="《信访工作条例》第二十四条",
        ),
    )
)
