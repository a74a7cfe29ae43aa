"""Kinds of letters and the code tables that go with them, as data. Pure.

What may happen to each kind is in ``workflow.LETTER_TABLE``; what it may be sent to is here.
"""

from __future__ import annotations

from enum import StrEnum

from cases import options
from tenants.standing import Relation


class LetterKind(StrEnum):
    """What crosses a border between unions."""

    ESCALATION = "escalation"
    SUBMISSION = "submission"
    ORDER = "order"
    TRANSFER = "transfer"
    ASSIST = "assist"
    SUPERVISION = "supervision"
    URGE = "urge"
    CIRCULAR = "circular"
    REPORT = "report"
    DISPUTE = "dispute"
    FILE_REQUEST = "file_request"
    HANDOVER = "handover"
    REVIEW = "review"


KIND_LABELS: dict[LetterKind, str] = {
    LetterKind.ESCALATION: "上报",
    LetterKind.SUBMISSION: "呈报",
    LetterKind.ORDER: "交办",
    LetterKind.TRANSFER: "转送",
    LetterKind.ASSIST: "协办",
    LetterKind.SUPERVISION: "督办",
    LetterKind.URGE: "催办",
    LetterKind.CIRCULAR: "通报",
    LetterKind.REPORT: "报告",
    LetterKind.DISPUTE: "管辖争议",
    LetterKind.FILE_REQUEST: "调阅",
    LetterKind.HANDOVER: "移交",
    LetterKind.REVIEW: "移送复查（复核）",
}

#: The word of a kind in its number (文号): ``东总工信交〔2026〕000001``. 上报 and 呈报 share one series.
PREFIXES: dict[LetterKind, str] = {
    LetterKind.ESCALATION: "报",
    LetterKind.SUBMISSION: "报",
    LetterKind.ORDER: "交",
    LetterKind.TRANSFER: "转",
    LetterKind.ASSIST: "协",
    LetterKind.SUPERVISION: "督",
    LetterKind.URGE: "催",
    LetterKind.CIRCULAR: "通",
    LetterKind.REPORT: "告",
    LetterKind.DISPUTE: "争",
    LetterKind.FILE_REQUEST: "调",
    LetterKind.HANDOVER: "移",
    LetterKind.REVIEW: "查",
}

#: Which way a kind may travel. SIDEWAYS letters are handed to the common superior, who passes them on.
RELATIONS: dict[LetterKind, frozenset[Relation]] = {
    LetterKind.ESCALATION: frozenset({Relation.UP}),
    LetterKind.SUBMISSION: frozenset({Relation.UP}),
    LetterKind.ORDER: frozenset({Relation.DOWN}),
    LetterKind.TRANSFER: frozenset({Relation.DOWN, Relation.SIDEWAYS}),
    LetterKind.ASSIST: frozenset({Relation.DOWN, Relation.SIDEWAYS}),
    LetterKind.SUPERVISION: frozenset({Relation.DOWN}),
    LetterKind.URGE: frozenset({Relation.UP, Relation.DOWN}),
    LetterKind.CIRCULAR: frozenset({Relation.DOWN}),
    LetterKind.REPORT: frozenset({Relation.UP}),
    # 条例 art. 24: two units that dispute competence ask the next superior of both.
    LetterKind.DISPUTE: frozenset({Relation.SIDEWAYS}),
    LetterKind.FILE_REQUEST: frozenset({Relation.DOWN}),
    LetterKind.HANDOVER: frozenset({Relation.SUCCESSION}),
    # 条例 art. 35, 36: the next body up, along either line; which one it is the union sets (``tenants.reviewing``).
    LetterKind.REVIEW: frozenset({Relation.UP}),
}

#: Letters that ask for work and are worked: 签收 → 办理 → 反馈 → 审核 → 办结.
WORKED = frozenset(
    {
        LetterKind.ORDER,
        LetterKind.TRANSFER,
        LetterKind.ASSIST,
        LetterKind.SUPERVISION,
        LetterKind.FILE_REQUEST,
    }
)
#: Letters that the common superior passes on to the unit meant.
PASSED_ON = frozenset({LetterKind.TRANSFER, LetterKind.ASSIST})
#: Letters that are read and put away (阅存).
INFORMING = frozenset({LetterKind.SUBMISSION, LetterKind.REPORT, LetterKind.CIRCULAR, LetterKind.HANDOVER})
#: Kinds for which a further level than the next one is a skipped level (越级) and takes a reason. The others go as
#: far as their sense asks: a circular to the whole subtree, a reminder after its letter, a dispute to the common
#: superior.
LEVELLED = frozenset(LetterKind) - {
    LetterKind.CIRCULAR,
    LetterKind.URGE,
    LetterKind.DISPUTE,
    LetterKind.HANDOVER,
    LetterKind.REVIEW,
}

#: The case's own step when a letter takes the matter away: kind → action of ``cases.workflow``.
CASE_STEPS: dict[LetterKind, str] = {LetterKind.ESCALATION: "escalate"}

#: C-15R (domain.md B4): whoever receives a matter gives written notice within 15 calendar days (条例 art. 22, 23).
REPLY_DAYS = 15
#: C-R30, C-F30: a request for review is answered within 30 days (条例 art. 35, 36).
REVIEW_DAYS = 30
#: [设] A reminder wants an answer sooner; five days is what the field gives a first report of progress.
URGE_DAYS = 5
#: C-5W (domain.md B4): 异议 within five working days, with detailed reasons (条例 art. 23).
OBJECTION_DAYS = 5
#: C-EXT: an extension is 30 days at most (条例 art. 34), here for the date that the sender set.
EXTENSION_DAYS = 30
#: An order's own date further away than this is a typing mistake: the handling clock is 60 days.
LONGEST_ORDER_DAYS = 366

#: 督办 triggers (条例 art. 40; the finer list of domain.md B6).
TRIGGERS: dict[str, str] = {
    "overdue": "无正当理由未按期办结",
    "no_feedback": "未按规定反馈办理结果",
    "procedure": "未按规定程序受理、办理",
    "stalling": "推诿、敷衍、拖延",
    "not_executed": "不执行信访处理意见",
    "wrong_finding": "答复认定事实不清或者依据、程序明显错误",
    "false_result": "虚报办理结果或者结果不落实",
    "other": "其他需要督办的情形",
}
#: The ladder of 条例 art. 39, lowest rung first; the next letter about a matter may only stand higher.
LADDER: dict[str, str] = {
    "supervise": "督办",
    "talk": "约谈",
    "notice": "通报",
    "listed": "挂牌督办",
    "rectify": "限期整改",
}
#: The three suggestions of 条例 art. 40; whoever gets one tells in writing what became of it.
SUGGESTIONS = options.SUGGESTIONS
ADOPTIONS = options.ADOPTIONS
