"""Rows that belong to a letter; only the letters' package performs them (domain.md T5–T13, T38). Pure."""

from __future__ import annotations

from access.roles import Role
from cases.rules import ClockKind
from cases.statuses import OPEN, WORKING, Status
from cases.table import BACK, NOTICE_STOPS, OFFICE, Rows
from cases.terms import NOTICES
from kernel.workflow import Transition as Row

S = Status

ROWS: Rows = (
    Row(
        "escalate",
        "上报上级工会",
        (S.TRIAGED, *WORKING),
        S.ESCALATED,
        OFFICE,
        fields=("reason", "request"),
        stops=NOTICE_STOPS,
        document="escalation_notice",
        internal=True,
        source="工会法第十条；告知信访人去向（T5）",
    ),
    Row(
        "resume",
        "按上级意见继续办理",
        (S.ESCALATED,),
        S.HANDLING,
        OFFICE | frozenset({Role.SYSTEM}),
        internal=True,
        source="上级工会答复或交办",
    ),
    # A case that went up before it was accepted comes back to where it left: the petitioner still has no notice.
    Row(
        "take_back",
        "按上级意见办理受理告知",
        (S.ESCALATED,),
        S.TRIAGED,
        OFFICE | frozenset({Role.SYSTEM}),
        internal=True,
        source="上级工会答复或交办",
    ),
    Row(
        "refer",
        "转送/交办其他工会",
        (S.TRIAGED, *WORKING),
        S.REFERRED,
        OFFICE,
        fields=("way", "destination"),
        stops=NOTICE_STOPS,
        starts=(ClockKind.SIMPLE_FORWARD.value,),
        document="referral_notice",
        internal=True,
        source="《信访工作条例》第二十二条、第二十三条（T5、T6）",
    ),
    # Taken back before it was signed, or returned after an objection: the case stands again where it left.
    Row(
        "recall",
        "收回继续办理",
        (S.REFERRED,),
        S.HANDLING,
        BACK,
        internal=True,
        source="《信访工作条例》第二十三条（T10、T38）",
    ),
    # The petitioner was told where the matter went, and it did not go there: the first notice is owed again.
    Row(
        "recall_notice",
        "收回办理受理告知",
        (S.REFERRED,),
        S.TRIAGED,
        BACK,
        resumes=tuple(NOTICES),
        internal=True,
        source="《信访工作条例》第二十三条（T10、T38）",
    ),
    Row(
        "settle",
        "办结报告审核办结",
        (S.REFERRED,),
        S.CLOSED,
        BACK,
        fields=("reply", "outcomes"),
        internal=True,
        source="《信访工作条例》第二十二条第三项",
    ),
    # 机构承继: the file goes to the union that carries on the work, with its dates; here it is at its end.
    Row(
        "hand_over",
        "移交承继单位",
        OPEN,
        S.HANDED_OVER,
        frozenset({Role.SYSTEM}),
        fields=("destination",),
        document="handover_notice",
        internal=True,
        source="《信访工作条例》第二十四条：职权由继续行使的机关、单位承担",
    ),
    # … and there it goes on where it stood: it was accepted once, and is not accepted again.
    Row(
        "carry_on",
        "承继原单位继续办理",
        (S.REGISTERED,),
        S.HANDLING,
        frozenset({Role.SYSTEM}),
        internal=True,
        source="《信访工作条例》第二十四条",
    ),
    # What was served there is served: the time to ask runs on, and nothing is decided a second time.
    Row(
        "carry_on_served",
        "承继原单位后续办理",
        (S.REGISTERED,),
        S.SERVED,
        frozenset({Role.SYSTEM}),
        internal=True,
        source="《信访工作条例》第二十四条",
    ),
    # 复查意见 was given there: the next that may be asked for is 复核.
    Row(
        "carry_on_reviewed",
        "承继原单位复查后续",
        (S.REGISTERED,),
        S.REVIEWED,
        frozenset({Role.SYSTEM}),
        internal=True,
        source="《信访工作条例》第二十四条、第三十六条",
    ),
    # Sorted there and not accepted yet: the first notice is owed, unless a letter takes the matter away again.
    Row(
        "carry_sorted",
        "承继原单位甄别分流",
        (S.REGISTERED,),
        S.TRIAGED,
        frozenset({Role.SYSTEM}),
        resumes=tuple(NOTICES),
        internal=True,
        source="《信访工作条例》第二十四条",
    ),
)
