"""What must hold beside status and role before a row of the table may be taken: named predicates with their articles.

Each says in one sentence why the act is refused and what to do. A list that has only the case at hand asks as far as
it can: a predicate that needs claims or clocks which were not loaded counts as met, and the act itself looks again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from access.actor import Actor
from access.roles import Role
from cases.models import Case, CaseClock, Claim
from cases.rules import ClockKind, Opinion, Tier
from cases.statuses import Status
from cases.terms import RIGHTS, TIMES_TO_ASK
from kernel.errors import IllegalTransitionError
from kernel.workflow import Transition


@dataclass(frozen=True, slots=True)
class Standing:
    """A case as predicates see it. ``claims`` and ``clocks`` are ``None`` where nobody has read them."""

    case: Case
    actor: Actor
    today: date
    claims: Sequence[Claim] | None = None
    clocks: Sequence[CaseClock] | None = None
    #: Whether 复查 and 复核 of this union's opinions are outside the platform; ``None``: not asked.
    outside: bool | None = None
    #: How many tasks of departments are still open.
    open_tasks: int | None = None

    def running(self, *kinds: ClockKind) -> CaseClock | None:
        """The newest clock of one of the kinds that has not stopped."""
        return next(
            (clock for clock in reversed(self.clocks or ()) if clock.kind in kinds and clock.stopped_on is None), None
        )

    def has(self, kind: ClockKind) -> bool:
        """Whether a clock of the kind was ever started."""
        return any(clock.kind == kind for clock in self.clocks or ())


@dataclass(frozen=True, slots=True)
class Condition:
    """One predicate. ``sentence`` is shown when it does not hold; ``source`` is the article behind it."""

    sentence: str
    holds: Callable[[Standing], bool]
    source: str = ""
    #: Needs what only the file's own page has read.
    needs: str = ""


def _supported(standing: Standing) -> bool:
    return any(claim.opinion == Opinion.SUPPORT for claim in standing.claims or ())


def _until(standing: Standing, *kinds: ClockKind) -> bool:
    clock = standing.running(*kinds)
    return clock is not None and standing.today <= clock.due_on


def _over(standing: Standing) -> bool:
    # Whoever asked through the worker's door asked in time, even where the office has not yet passed it on.
    return standing.case.asked_online_on is None and not any(
        clock.kind in TIMES_TO_ASK and clock.stopped_on is None and standing.today <= clock.due_on
        for clock in standing.clocks or ()
    )


_B5 = "信访事项简易办理（domain.md B5）"
_ART_34, _ART_35, _ART_36 = (f"《信访工作条例》第三十{n}条" for n in "四五六")

CONDITIONS: dict[str, Condition] = {
    "first_petition": Condition(
        "简易办理只适用于初次信访；本件是重复信访，请按普通程序受理。", lambda s: not s.case.repeat, _B5
    ),
    "nobody_ordered": Condition(
        "上级交办、转送的信访件不适用简易办理，请按普通程序受理。",
        lambda s: s.case.source != "letter" and not s.has(ClockKind.ASSIGNED),
        _B5,
    ),
    "not_collective": Condition(
        "集体、联名的信访件不适用简易办理，请按普通程序受理。", lambda s: not s.case.collective, _B5
    ),
    "not_hard": Condition("疑难信访件不适用简易办理，请按普通程序受理。", lambda s: s.case.tier != Tier.HARD, _B5),
    "intake_or_sealed": Condition(
        "甄别分流由登记员或者信访部门负责人进行；单位领导只在检举控告件涉及信访部门负责人时进行。",
        lambda s: s.case.sealed or s.actor.holds(Role.CLERK, Role.OFFICE_HEAD),
        "《信访工作条例》第三十条第三款",
    ),
    "not_a_review": Condition(
        "本件是复查（复核）件，请作出复查（复核）意见。", lambda s: s.case.review_stage is None, _ART_35
    ),
    "is_a_review": Condition(
        "本件不是复查（复核）件，请出具处理意见。", lambda s: s.case.review_stage is not None, _ART_35
    ),
    "not_avoiding": Condition(
        "您已被标注需要回避，不能出具意见；请信访部门负责人改派承办人。",
        lambda s: s.case.avoid_id is None or s.case.avoid_id != s.actor.user_id,
        "《信访工作条例》第二十八条第三款",
    ),
    "every_claim_answered": Condition(
        "还有诉求没有处理意见，不能办结（件件有着落）；请先补齐每项诉求的意见。",
        lambda s: all(claim.opinion is not None for claim in s.claims or ()),
        "《信访工作条例》第三十二条",
        needs="claims",
    ),
    "no_task_open": Condition(
        "本件还有交部门办理的任务没有办结，请先办结或者撤回（件件有着落）。",
        lambda s: not s.open_tasks,
        "首办责任制",
        needs="open_tasks",
    ),
    "a_task_is_open": Condition(
        "本件没有未办结的部门任务。", lambda s: bool(s.open_tasks), "首办责任制", needs="open_tasks"
    ),
    "own_case": Condition(
        "只有本件的承办人可以申报利害关系。",
        lambda s: s.actor.is_or_stands_in_for(s.case.assignee_id),
        "《信访工作条例》第二十八条第三款",
    ),
    "not_own_release": Condition(
        "您就是首办责任人，不能自己变更；请单位领导批准。",
        lambda s: s.case.first_handler_id != s.actor.user_id or s.actor.holds(Role.LEADER),
        "首办责任制",
    ),
    "several_claims": Condition(
        "本件只有一项诉求，没有可以拆分的诉求。", lambda s: len(s.claims or ()) > 1, "T34", needs="claims"
    ),
    "something_to_execute": Condition(
        "没有予以支持的诉求，不需要交付执行；请直接记录落实情况并办结。",
        lambda s: s.case.review_stage is None and _supported(s),
        "《信访工作条例》第三十二条第二款",
        needs="claims",
    ),
    "nothing_to_execute": Condition(
        "有予以支持的诉求，须先执行，不能自动终结。",
        lambda s: s.case.status != Status.SERVED or not _supported(s),
        "《信访工作条例》第三十二条第二款",
        needs="claims",
    ),
    "executed_or_nothing_to_execute": Condition(
        "有予以支持的诉求，请先交付执行，再记录落实情况并办结。",
        lambda s: s.case.status == Status.EXECUTING or s.case.review_stage is not None or not _supported(s),
        "《信访工作条例》第三十二条第二款",
        needs="claims",
    ),
    "sixty_days_run": Condition(
        "本件没有正在计算的60日办理期限，不需要延期。",
        lambda s: s.running(ClockKind.HANDLING) is not None,
        _ART_34,
        needs="clocks",
    ),
    "sixty_days_left": Condition(
        "办理期限已经届满，不能再延期；请尽快办结，并向信访人说明原因。",
        lambda s: _until(s, ClockKind.HANDLING),
        _ART_34,
        needs="clocks",
    ),
    "never_extended": Condition(
        "本件已经延期一次，不能再次延期；请在延长的期限内办结。",
        lambda s: not s.has(ClockKind.EXTENSION),
        _ART_34,
        needs="clocks",
    ),
    "no_extension_asked": Condition(
        "已经提出延期申请，请等待单位领导批复。", lambda s: s.case.extension_to is None, _ART_34
    ),
    "extension_asked": Condition(
        "本件没有待批的延期申请，请先由承办人申请。", lambda s: s.case.extension_to is not None, _ART_34
    ),
    "no_agreement_yet": Condition(
        "已经记录了调解协议；按协议终结，或者写明调解未成继续办理。",
        lambda s: s.case.agreed_on is None,
        "《信访工作条例》第三十三条",
    ),
    "agreement_made": Condition(
        "还没有调解协议，不能按协议终结；请先记录达成的协议。",
        lambda s: s.case.agreed_on is not None,
        "《信访工作条例》第三十三条",
    ),
    "arbitration_runs": Condition(
        "没有正在计算的劳动仲裁时效，请先登记权利时效。",
        lambda s: s.running(ClockKind.ARBITRATION) is not None,
        "《劳动争议调解仲裁法》第二十七条",
        needs="clocks",
    ),
    "a_right_runs": Condition(
        "没有正在计算的权利时效。", lambda s: s.running(*RIGHTS) is not None, "domain.md B4", needs="clocks"
    ),
    "urgent": Condition(
        "本件没有待报告的重大紧急情况。",
        lambda s: s.case.urgent,
        "《信访工作条例》第二十五条",
    ),
    "advice_waits": Condition(
        "没有等待反馈的建议。",
        lambda s: s.running(ClockKind.FEEDBACK) is not None,
        "《信访工作条例》第四十条",
        needs="clocks",
    ),
    "no_advice_waits": Condition(
        "上一项建议还没有反馈采纳情况，请先记录反馈。",
        lambda s: s.running(ClockKind.FEEDBACK) is None,
        "《信访工作条例》第四十条",
        needs="clocks",
    ),
    "served": Condition(
        "处理意见还没有送达，不能申请复查；请先送达。", lambda s: s.case.served_on is not None, _ART_35
    ),
    "time_to_ask_review": Condition(
        "申请复查的期限（收到处理意见之日起30日）已过，或者没有记录送达日期；请向信访人说明。",
        lambda s: s.case.asked_online_on is not None or _until(s, ClockKind.ASK_REVIEW),
        _ART_35,
        needs="clocks",
    ),
    "time_to_ask_recheck": Condition(
        "申请复核的期限（收到复查意见之日起30日）已过；请向信访人说明。",
        lambda s: s.case.asked_online_on is not None or _until(s, ClockKind.ASK_RECHECK),
        _ART_36,
        needs="clocks",
    ),
    "not_asked_online": Condition(
        "您已经提出过申请，正在等待处理，不需要重复提出。", lambda s: s.case.asked_online_on is None, _ART_35
    ),
    "times_to_ask_over": Condition(
        "申请复查（复核）的期限还没有届满，不能终结。", _over, f"{_ART_35}、第三十六条", needs="clocks"
    ),
    "remedies_over": Condition(
        "申请复查（复核）的期限还没有届满，请在期满以后归档。", _over, f"{_ART_35}、第三十六条", needs="clocks"
    ),
    "reviewed_outside": Condition(
        "本单位的复查（复核）由平台上的上级工会办理，请用“移送复查（复核）”函。",
        lambda s: s.outside is not False,
        f"{_ART_35}（复查机关按本单位设置）",
    ),
    "reviewed_inside": Condition(
        "本单位的复查（复核）机关不在平台上，请登记申请和结论。",
        lambda s: s.outside is not True,
        f"{_ART_35}（复查机关按本单位设置）",
    ),
    "outside_or_by_letter": Condition(
        "复查（复核）意见由复查机关以函件送回后自动登记，不能由本单位代填。",
        lambda s: s.actor.holds(Role.SYSTEM) or s.case.review_by_hand,
        _ART_35,
    ),
    "merged_by_hand": Condition(
        "本件的诉求已经退回原件，不能撤销；需要时请在原件上重新拆分。",
        lambda s: bool(s.claims),
        "T34",
        needs="claims",
    ),
    "was_split": Condition("本件不是从其他信访件拆分出来的。", lambda s: s.case.origin_id is not None, "T34"),
    "not_linked_yet": Condition("本件已经与初次件关联。", lambda s: s.case.first_id is None, "T37"),
}


def unmet(row: Transition[Status], standing: Standing) -> Condition | None:
    """The first condition of a row that does not hold, or ``None``; what nobody has read counts as met."""
    for name in row.conditions:
        condition = CONDITIONS[name]
        if condition.needs and getattr(standing, condition.needs) is None:
            continue
        if not condition.holds(standing):
            return condition
    return None


def met(rows: Iterable[Transition[Status]], standing: Standing) -> list[Transition[Status]]:
    """Those rows whose conditions hold, in their order: what a page offers."""
    return [row for row in rows if unmet(row, standing) is None]


def check(row: Transition[Status], standing: Standing) -> None:
    """Refuse in words, with the article.

    :raises IllegalTransitionError: when a condition of the row does not hold.
    """
    condition = unmet(row, standing)
    if condition is not None:
        source = f"（{condition.source}）" if condition.source.startswith("《") else ""
        raise IllegalTransitionError(condition.sentence.rstrip("。") + source + "。")
