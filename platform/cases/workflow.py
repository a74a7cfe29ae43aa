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
    DECIDED = "decided"  # S50
    CLOSED = "closed"  # S70
    ANSWERED = "answered"  # S21
    REFUSED = "refused"  # S80


STATUS_LABELS: dict[Status, str] = {
    Status.REGISTERED: "已登记",
    Status.TRIAGED: "待受理告知",
    Status.HANDLING: "办理中",
    Status.ESCALATED: "已上报待答复",
    Status.DECIDED: "已出处理意见",
    Status.CLOSED: "已办结",
    Status.ANSWERED: "当场答复办结",
    Status.REFUSED: "不予受理",
}

#: Statuses in which somebody still has to do something.
OPEN = (Status.REGISTERED, Status.TRIAGED, Status.HANDLING, Status.ESCALATED, Status.DECIDED)
FINAL = (Status.CLOSED, Status.ANSWERED, Status.REFUSED)

_INTAKE = frozenset({Role.CLERK, Role.OFFICE_HEAD})
_OFFICE = frozenset({Role.OFFICE_HEAD, Role.LEADER})
_WORK = frozenset({Role.HANDLER, Role.OFFICE_HEAD})

N, H = ClockKind.NOTICE.value, ClockKind.HANDLING.value

CASE_WORKFLOW: Workflow[Status] = Workflow(
    (
        Transition(
            "triage",
            "甄别分流",
            (Status.REGISTERED,),
            Status.TRIAGED,
            _INTAKE,
            fields=("purpose", "category", "tier", "competence_note"),
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
            fields=("assignee", "procedure"),
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
            fields=("assignee", "reason"),
            source="首办责任制",
        ),
        Transition(
            "note",
            "记录办理情况",
            (Status.TRIAGED, Status.HANDLING, Status.ESCALATED, Status.DECIDED),
            None,
            _WORK | _INTAKE | _OFFICE,
            fields=("note",),
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
    )
)
