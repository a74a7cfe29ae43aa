"""Code tables of a petition case (domain.md D). Pure."""

from __future__ import annotations

from enum import StrEnum


class Channel(StrEnum):
    """How a matter arrives (信访形式, 条例 art. 17)."""

    VISIT = "visit"
    LETTER = "letter"
    CALL = "call"
    ONLINE = "online"


CHANNEL_LABELS: dict[Channel, str] = {
    Channel.VISIT: "来访",
    Channel.LETTER: "来信",
    Channel.CALL: "来电",
    Channel.ONLINE: "网信",
}


#: ``Case.source`` of what was typed at the desk's form, and of what a worker filed through the portal without help.
FORM, PORTAL = "form", "portal"


#: 联名: what several people can sign; those who come or call are counted as 集体访 or by their number.
SIGNED_CHANNELS = frozenset({Channel.LETTER, Channel.ONLINE})


class Purpose(StrEnum):
    """What the petitioner wants (信访目的)."""

    APPEAL = "appeal"
    REQUEST = "request"
    SUGGESTION = "suggestion"
    REPORT = "report"
    INQUIRY = "inquiry"
    THANKS = "thanks"
    OTHER = "other"


PURPOSE_LABELS: dict[Purpose, str] = {
    Purpose.REQUEST: "求决",
    Purpose.APPEAL: "申诉",
    Purpose.SUGGESTION: "意见建议",
    Purpose.REPORT: "检举控告",
    Purpose.INQUIRY: "咨询",
    Purpose.THANKS: "感谢",
    Purpose.OTHER: "其他",
}

#: Only 申诉求决 gets the 60-day clock (条例 art. 31(六), 34).
CLOCKED_PURPOSES = frozenset({Purpose.APPEAL, Purpose.REQUEST})

#: Matters that may be answered on the spot (domain.md T2).
ON_THE_SPOT_PURPOSES = frozenset({Purpose.INQUIRY, Purpose.THANKS, Purpose.SUGGESTION})


class Tier(StrEnum):
    """Difficulty tier: 简单马上办、一般快速办、疑难监督办."""

    SIMPLE = "simple"
    ORDINARY = "ordinary"
    HARD = "hard"


TIER_LABELS: dict[Tier, str] = {Tier.SIMPLE: "简单", Tier.ORDINARY: "一般", Tier.HARD: "疑难"}


class SubjectType(StrEnum):
    """Who petitions (信访主体, domain.md D2)."""

    EMPLOYEE = "employee"
    RETIRED = "retired"
    FAMILY = "family"
    MIGRANT = "migrant"
    DISPATCHED = "dispatched"
    LAID_OFF = "laid_off"
    PLATFORM_WORKER = "platform_worker"
    UNION = "union"
    OUTSIDE = "outside"
    OTHER = "other"


SUBJECT_LABELS: dict[SubjectType, str] = {
    SubjectType.EMPLOYEE: "在职职工",
    SubjectType.MIGRANT: "农民工",
    SubjectType.DISPATCHED: "劳务派遣/外包人员",
    SubjectType.PLATFORM_WORKER: "新就业形态劳动者",
    SubjectType.RETIRED: "退休人员",
    SubjectType.LAID_OFF: "下岗/分流人员",
    SubjectType.FAMILY: "家属/遗属",
    SubjectType.UNION: "基层工会组织",
    SubjectType.OUTSIDE: "系统外人员",
    SubjectType.OTHER: "其他",
}


class PartyRole(StrEnum):
    """A party's place in the case. The one who comes need not be the one affected."""

    PETITIONER = "petitioner"
    AFFECTED = "affected"
    REPRESENTATIVE = "representative"
    AGENT = "agent"
    RESPONDENT = "respondent"


PARTY_LABELS: dict[PartyRole, str] = {
    PartyRole.PETITIONER: "信访人",
    PartyRole.AFFECTED: "权益受影响人",
    PartyRole.REPRESENTATIVE: "代表",
    PartyRole.AGENT: "代理人",
    PartyRole.RESPONDENT: "被反映单位",
}

#: 条例 art. 20: several people with one matter choose representatives, five at most.
MAX_REPRESENTATIVES = 5


class Opinion(StrEnum):
    """Outcome of one claim (条例 art. 32)."""

    SUPPORT = "support"
    EXPLAIN = "explain"
    REJECT = "reject"


OPINION_LABELS: dict[Opinion, str] = {
    Opinion.SUPPORT: "予以支持",
    Opinion.EXPLAIN: "解释说明",
    Opinion.REJECT: "不予支持",
}


class Refusal(StrEnum):
    """Reasons for 不予受理 (domain.md D5)."""

    N1 = "N1"
    N2 = "N2"
    N3 = "N3"
    N4 = "N4"
    N5 = "N5"
    N6 = "N6"
    N7 = "N7"


REFUSAL_LABELS: dict[Refusal, str] = {
    Refusal.N1: "不属于本单位或本系统职权范围",
    Refusal.N2: "已受理或正在办理，期限内向上级重复提出",
    Refusal.N3: "应当通过诉讼、仲裁、行政复议等法定途径解决",
    Refusal.N4: "已进入诉讼、仲裁或行政程序",
    Refusal.N5: "走访未到有权处理的本级或上一级机关、单位",
    Refusal.N6: "检举控告，转送有权处理的纪检监察机关",
    Refusal.N7: "已有处理（复查）意见，逾期未申请复查（复核）",
}

REFUSAL_BASIS: dict[Refusal, str] = {
    Refusal.N1: "《信访工作条例》第二十三条",
    Refusal.N2: "《信访工作条例》第十九条第三款",
    Refusal.N3: "《信访工作条例》第三十一条",
    Refusal.N4: "《信访工作条例》第三十一条",
    Refusal.N5: "《信访工作条例》第二十条",
    Refusal.N6: "《信访工作条例》第三十条",
    Refusal.N7: "《信访工作条例》第三十五条、第三十六条",
}


class Rating(StrEnum):
    """满意度评价: what the petitioner says of the answer."""

    SATISFIED = "satisfied"
    MOSTLY = "mostly_satisfied"
    DISSATISFIED = "dissatisfied"


RATING_LABELS: dict[Rating, str] = {
    Rating.SATISFIED: "满意",
    Rating.MOSTLY: "基本满意",
    Rating.DISSATISFIED: "不满意",
}

#: 打击报复 in the shared classification (migrations/versions/0002): choosing it marks the case.
RETALIATION_CATEGORY = "13.03"


class ClockKind(StrEnum):
    """Clocks of a case (domain.md B4). How long each runs is in ``cases.terms``."""

    NOTICE = "C-15"
    #: Of a matter that another union sent: the fifteen days run from the day on which the letter came.
    NOTICE_BY_LETTER = "C-15R"
    HANDLING = "C-60"
    EXTENSION = "C-EXT"
    #: 指定办理期限: set by the union that ordered the case (条例 art. 22(三)).
    ASSIGNED = "C-AD"
    SIMPLE_NOTICE = "C-3W"
    SIMPLE_OPINION = "C-10W"
    SIMPLE_FORWARD = "C-1W"
    ASK_REVIEW = "C-RV30"
    REVIEW = "C-R30"
    ASK_RECHECK = "C-FH30"
    RECHECK = "C-F30"
    #: 重作期限: set by the reviewing body with 撤销并责令重作.
    REDO = "C-RD"
    EXECUTION = "C-EXE"
    FEEDBACK = "C-FB"
    PROGRESS = "C-5P"
    EMPLOYER_REPLY = "C-15W"
    URGENT = "C-URG"
    #: 督办期限: set by whoever supervises the case within the union (条例 art. 40).
    SUPERVISION = "C-DB"
    #: The worker's own rights: shown and reminded, never counted as the union's overdue.
    ARBITRATION = "R-ARB"
    INJURY_EMPLOYER = "R-INJ30"
    INJURY_WORKER = "R-INJ1Y"
    INSPECTION = "R-INSP"


CLOCK_LABELS: dict[ClockKind, str] = {
    ClockKind.NOTICE: "受理告知期限",
    ClockKind.NOTICE_BY_LETTER: "承办单位告知期限",
    ClockKind.HANDLING: "办理期限",
    ClockKind.EXTENSION: "延长的办理期限",
    ClockKind.ASSIGNED: "指定办理期限",
    ClockKind.SIMPLE_NOTICE: "简易办理告知期限",
    ClockKind.SIMPLE_OPINION: "简易办理期限",
    ClockKind.SIMPLE_FORWARD: "简易件转送期限",
    ClockKind.ASK_REVIEW: "申请复查期限",
    ClockKind.REVIEW: "复查期限",
    ClockKind.ASK_RECHECK: "申请复核期限",
    ClockKind.RECHECK: "复核期限",
    ClockKind.REDO: "重新办理期限",
    ClockKind.EXECUTION: "执行期限",
    ClockKind.FEEDBACK: "建议采纳反馈期限",
    ClockKind.PROGRESS: "进展告知期限",
    ClockKind.EMPLOYER_REPLY: "监督意见书答复期限",
    ClockKind.URGENT: "重大紧急情况报告期限",
    ClockKind.SUPERVISION: "督办期限",
    ClockKind.ARBITRATION: "劳动仲裁时效",
    ClockKind.INJURY_EMPLOYER: "工伤认定申请期限（用人单位）",
    ClockKind.INJURY_WORKER: "工伤认定申请期限（职工、近亲属、工会）",
    ClockKind.INSPECTION: "劳动监察追查期限",
}

#: 代理权限: what the petitioner lets the agent (代理人) do.
AUTHORITIES: dict[str, str] = {
    "general": "一般代理（代为陈述、递交材料）",
    "special": "特别授权（代为承认、放弃、变更诉求）",
}
