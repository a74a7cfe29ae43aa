"""How long each clock runs, whose duty it is and which article says so (domain.md B4). Pure.

A number that no law gives is a setting of the union and named as such; the words beside the date say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cases.rules import ClockKind

K = ClockKind


class Unit(StrEnum):
    """“日” are calendar days, “工作日” working days with 调休; years end on the same day (民法典 art. 202)."""

    DAYS = "日"
    WORKDAYS = "个工作日"
    YEARS = "年"
    #: Set with the act that starts the clock.
    SET = "另行指定"


class Whose(StrEnum):
    """Who is late when the clock has run out."""

    #: This union: the queue, the warnings and the rates look at it.
    UNION = "union"
    #: The petitioner's time to ask; never shortened, never the union's overdue.
    PETITIONER = "petitioner"
    #: An employer, a unit that was advised, or the body that reviews.
    OTHERS = "others"
    #: The worker's own right before another body; shown and reminded.
    WORKER = "worker"


@dataclass(frozen=True, slots=True)
class Term:
    """The length of one clock. ``setting`` names the union's own number where there is no legal one; 0 is off."""

    length: int
    unit: Unit
    whose: Whose
    basis: str
    setting: str = ""
    #: May run anew after it stopped (a second service, a second hearing of the employer).
    again: bool = False

    @property
    def words(self) -> str:
        """``60日``, ``10个工作日``, ``另行指定``."""
        return self.unit.value if self.unit is Unit.SET or not self.length else f"{self.length}{self.unit.value}"


_REG = "《信访工作条例》"

TERMS: dict[ClockKind, Term] = {
    K.NOTICE: Term(15, Unit.DAYS, Whose.UNION, f"{_REG}第二十三条：自收到信访事项之日起15日内告知"),
    K.NOTICE_BY_LETTER: Term(
        15, Unit.DAYS, Whose.UNION, f"{_REG}第二十二条、第二十三条：自收到转送、交办之日起15日内告知"
    ),
    K.HANDLING: Term(60, Unit.DAYS, Whose.UNION, f"{_REG}第三十四条：自受理之日起60日内办结"),
    K.EXTENSION: Term(
        30, Unit.SET, Whose.UNION, f"{_REG}第三十四条：经本单位负责人批准，延长期限不超过30日，并告知延期理由"
    ),
    K.ASSIGNED: Term(
        0, Unit.SET, Whose.UNION, f"{_REG}第二十二条第三项：在指定办理期限内反馈结果，提交办结报告", again=True
    ),
    K.SIMPLE_NOTICE: Term(3, Unit.WORKDAYS, Whose.UNION, "信访事项简易办理：自收到之日起3个工作日内决定受理"),
    K.SIMPLE_OPINION: Term(10, Unit.WORKDAYS, Whose.UNION, "信访事项简易办理：自受理之日起10个工作日内出具处理意见"),
    K.SIMPLE_FORWARD: Term(1, Unit.WORKDAYS, Whose.UNION, "信访事项简易办理：中间层级1个工作日内转送"),
    K.ASK_REVIEW: Term(
        30, Unit.DAYS, Whose.PETITIONER, f"{_REG}第三十五条：自收到书面答复之日起30日内请求复查", again=True
    ),
    K.REVIEW: Term(
        30, Unit.DAYS, Whose.UNION, f"{_REG}第三十五条：自收到复查请求之日起30日内提出复查意见", again=True
    ),
    K.ASK_RECHECK: Term(
        30, Unit.DAYS, Whose.PETITIONER, f"{_REG}第三十六条：自收到复查意见之日起30日内请求复核", again=True
    ),
    K.RECHECK: Term(
        30,
        Unit.DAYS,
        Whose.UNION,
        f"{_REG}第三十六条：自收到复核请求之日起30日内提出复核意见，听证所需时间不计算在内",
        again=True,
    ),
    K.REDO: Term(0, Unit.SET, Whose.UNION, "复查（复核）机关责令重新作出处理意见时指定的期限", again=True),
    K.EXECUTION: Term(
        0, Unit.SET, Whose.UNION, f"{_REG}第三十二条：支持信访请求的，督促有关机关、单位执行", again=True
    ),
    K.FEEDBACK: Term(
        30,
        Unit.DAYS,
        Whose.OTHERS,
        f"{_REG}第四十条：书面反馈采纳情况（条例未规定天数，按本单位设置）",
        "feedback_days",
        again=True,
    ),
    K.PROGRESS: Term(
        5, Unit.WORKDAYS, Whose.UNION, "来电来访不能当场答复的，反馈进展（按本单位设置）", "progress_days"
    ),
    K.EMPLOYER_REPLY: Term(
        15,
        Unit.WORKDAYS,
        Whose.OTHERS,
        "工会劳动法律监督意见书：用人单位自收到之日起15个工作日内答复（地方规定）",
        again=True,
    ),
    K.URGENT: Term(
        1,
        Unit.DAYS,
        Whose.UNION,
        f"{_REG}第二十五条：可能造成社会影响的重大、紧急信访事项，及时报告（条例未规定天数，按本单位设置）",
        "urgent_report_days",
    ),
    K.SUPERVISION: Term(
        0,
        Unit.SET,
        Whose.UNION,
        f"{_REG}第四十条：推诿、敷衍、拖延等情形及时督办，在督办时指定的期限内反馈",
        again=True,
    ),
    K.ARBITRATION: Term(
        1,
        Unit.YEARS,
        Whose.WORKER,
        "《劳动争议调解仲裁法》第二十七条：自知道或者应当知道权利被侵害之日起1年",
        again=True,
    ),
    K.INJURY_EMPLOYER: Term(
        30, Unit.DAYS, Whose.WORKER, "《工伤保险条例》第十七条：用人单位自事故伤害发生之日起30日内申请"
    ),
    K.INJURY_WORKER: Term(
        1, Unit.YEARS, Whose.WORKER, "《工伤保险条例》第十七条：职工、近亲属、工会组织自事故伤害发生之日起1年内申请"
    ),
    K.INSPECTION: Term(
        2, Unit.YEARS, Whose.WORKER, "《劳动保障监察条例》第二十条：自违法行为发生（终了）之日起2年内", again=True
    ),
}

#: The clock of the first notice: one of the two, by the way in which the matter came.
NOTICES = (K.NOTICE, K.NOTICE_BY_LETTER)
#: The worker's rights that may be written down (domain.md B4).
RIGHTS = tuple(kind for kind, term in TERMS.items() if term.whose is Whose.WORKER)
#: Times to ask: when they have passed, the matter is at its end (T31).
TIMES_TO_ASK = (K.ASK_REVIEW, K.ASK_RECHECK)
#: Written down and met by the same act: they say whether it came in time.
MET_AT_ONCE = frozenset({K.SIMPLE_NOTICE, K.SIMPLE_FORWARD})
#: Clocks of the reviewing body's own case. In the file of the union whose opinion is reviewed they are not its duty.
OF_REVIEWER = frozenset({K.REVIEW, K.RECHECK})
#: One a case at most, whatever happens.
ONCE = tuple(kind for kind, term in TERMS.items() if not term.again and term.whose is Whose.UNION)
