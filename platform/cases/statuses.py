"""Where a case may stand (domain.md B2). Pure. Statuses are stored as words; none is ever renamed or taken away."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """Where a case stands."""

    REGISTERED = "registered"  # S10
    TRIAGED = "triaged"  # S20
    HANDLING = "handling"  # S40
    SIMPLE = "simple"  # S41: 简易办理
    EXTENDED = "extended"  # S42
    MEDIATING = "mediating"  # S43
    HEARING = "hearing"  # S44
    NEGOTIATING = "negotiating"  # S45: 工会法 art. 23
    ESCALATED = "escalated"  # S30, upward
    REFERRED = "referred"  # S30, downward or sideways: 转送、交办
    DECIDED = "decided"  # S50
    SERVED = "served"  # S51: 救济期
    EXECUTING = "executing"  # S52
    REVIEWING = "reviewing"  # S60
    REVIEWED = "reviewed"  # S61
    RECHECKING = "rechecking"  # S62
    CLOSED = "closed"  # S70
    CONCLUDED = "concluded"  # S71: 办理终结
    ARCHIVED = "archived"  # S72
    ANSWERED = "answered"  # S21
    REFUSED = "refused"  # S80
    REFUSED_AGAIN = "refused_again"  # S81: 不再受理
    DIVERTED = "diverted"  # S82: 导入法定程序
    WITHDRAWN = "withdrawn"  # S83
    MERGED = "merged"  # S84: 并案
    TERMINATED = "terminated"  # S85
    HANDED_OVER = "handed_over"  # 机构承继: a successor has it


STATUS_LABELS: dict[Status, str] = {
    Status.REGISTERED: "已登记",
    Status.TRIAGED: "待受理告知",
    Status.HANDLING: "办理中",
    Status.SIMPLE: "简易办理中",
    Status.EXTENDED: "延期办理中",
    Status.MEDIATING: "调解中",
    Status.HEARING: "听证/会商中",
    Status.NEGOTIATING: "交涉监督中",
    Status.ESCALATED: "已上报待答复",
    Status.REFERRED: "已转送/交办",
    Status.DECIDED: "已出处理意见",
    Status.SERVED: "已送达（救济期）",
    Status.EXECUTING: "执行中",
    Status.REVIEWING: "复查中",
    Status.REVIEWED: "复查意见已送达",
    Status.RECHECKING: "复核中",
    Status.CLOSED: "已办结",
    Status.CONCLUDED: "办理终结",
    Status.ARCHIVED: "已归档",
    Status.ANSWERED: "当场答复办结",
    Status.REFUSED: "不予受理",
    Status.REFUSED_AGAIN: "不再受理",
    Status.DIVERTED: "已导入法定程序",
    Status.WITHDRAWN: "已撤回",
    Status.MERGED: "已并案",
    Status.TERMINATED: "已终止",
    Status.HANDED_OVER: "已移交承继单位",
}

#: Statuses in which somebody still has to do something, or a time to ask still runs.
OPEN = (
    Status.REGISTERED,
    Status.TRIAGED,
    Status.HANDLING,
    Status.SIMPLE,
    Status.EXTENDED,
    Status.MEDIATING,
    Status.HEARING,
    Status.NEGOTIATING,
    Status.ESCALATED,
    Status.REFERRED,
    Status.DECIDED,
    Status.SERVED,
    Status.EXECUTING,
    Status.REVIEWING,
    Status.REVIEWED,
    Status.RECHECKING,
)
FINAL = tuple(status for status in Status if status not in OPEN)

#: The ordinary procedure under way at this union.
WORKING = (Status.HANDLING, Status.EXTENDED)
#: Side steps of the ordinary procedure; each leads back to where it left.
ASIDE = (Status.MEDIATING, Status.HEARING, Status.NEGOTIATING)
#: The reviewing body has the word.
UNDER_REVIEW = (Status.REVIEWING, Status.RECHECKING)
#: The opinion is written; what follows is service, execution and remedies.
AFTER_OPINION = (
    Status.DECIDED,
    Status.SERVED,
    Status.EXECUTING,
    Status.REVIEWING,
    Status.REVIEWED,
    Status.RECHECKING,
)
#: Ends that give the petitioner no answer of this union: a deadline that was still running is then neither kept nor
#: missed, so that no rate gets better by withdrawing, merging or passing on (domain.md C, performance guard).
UNANSWERED_ENDS = frozenset(
    {
        Status.DIVERTED,
        Status.WITHDRAWN,
        Status.MERGED,
        Status.TERMINATED,
    }
)
