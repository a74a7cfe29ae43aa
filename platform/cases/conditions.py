"""What must hold beside status and role before a row of the table may be taken: named predicates with their articles.

Each says in one sentence why the act is refused and what to do. A list that has only the case at hand asks as far as
it can: a predicate that needs claims or clocks which were not loaded counts as met, and the act itself looks again.
"""

from __future__ import annotations

from collections.abc import Iterable

from access.roles import Role
from cases.arrivals import Way
from cases.remedy_conditions import REMEDIES, left_to_execute, stage_of
from cases.rules import ON_THE_SPOT_PURPOSES, ClockKind, Tier
from cases.standings import Condition, Standing
from cases.statuses import Status
from cases.terms import RIGHTS
from kernel.errors import IllegalTransitionError
from kernel.workflow import Transition

__all__ = ["CONDITIONS", "Condition", "Standing", "check", "left_to_execute", "met", "stage_of", "unmet"]

#: ``Case.source`` of what was registered from a letter: its dates are the letter's.
BY_LETTER = "letter"
_B5 = "信访事项简易办理（domain.md B5）"
_ART_34, _ART_35, _ART_36 = (f"《信访工作条例》第三十{n}条" for n in "四五六")

CONDITIONS: dict[str, Condition] = {
    **REMEDIES,
    "spot_by_one": Condition(
        "集体、联名的信访件不能当场答复办结，请甄别分流后按程序办理。",
        lambda s: not (s.case.collective or s.case.joint),
        "《信访工作条例》第二十条、第二十三条",
    ),
    "spot_not_sealed": Condition(
        "检举控告件不能当场答复办结，请甄别分流后依法移送。",
        lambda s: not s.case.sealed,
        "《信访工作条例》第三十条",
    ),
    "spot_purpose_fits": Condition(
        "申诉求决、检举控告不能当场答复办结，请甄别分流后按程序办理；只有咨询、感谢和意见建议可以当场答复。",
        lambda s: s.case.purpose is None or s.case.purpose in ON_THE_SPOT_PURPOSES,
        "《信访工作条例》第二十三条、第三十一条",
    ),
    "first_petition": Condition(
        "简易办理只适用于初次信访；本件是重复信访，请按普通程序受理。", lambda s: not s.case.repeat, _B5
    ),
    "nobody_ordered": Condition(
        "上级交办、转送的信访件不适用简易办理，请按普通程序受理。",
        lambda s: s.case.source != BY_LETTER and s.case.way != Way.SUPERIOR and not s.has(ClockKind.ASSIGNED),
        _B5,
    ),
    "not_collective": Condition(
        "集体、联名的信访件不适用简易办理，请按普通程序受理。", lambda s: not (s.case.collective or s.case.joint), _B5
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
    "outsiders_wait": Condition(
        "本件没有平台以外单位指定的、正在计算的反馈期限；平台上的交办件请在来往函件里提交办结报告。",
        lambda s: s.case.source != BY_LETTER and s.running(ClockKind.ASSIGNED) is not None,
        "《信访工作条例》第二十二条第三项",
        needs="clocks",
    ),
    "sixty_days_run": Condition(
        "本件没有正在计算的60日办理期限，不需要延期。",
        lambda s: s.running(ClockKind.HANDLING) is not None,
        _ART_34,
        needs="clocks",
    ),
    "sixty_days_left": Condition(
        "办理期限已经届满，不能再延期（延期应当在届满以前批准）；请尽快办结，并向信访人说明原因。",
        lambda s: s.in_time(ClockKind.HANDLING),
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
    "supervised": Condition(
        "本件没有正在督办的事项。",
        lambda s: s.running(ClockKind.SUPERVISION) is not None,
        "《信访工作条例》第四十条",
        needs="clocks",
    ),
    "not_supervised": Condition(
        "本件正在督办，请等待承办人反馈；反馈以后可以再次督办。",
        lambda s: s.running(ClockKind.SUPERVISION) is None,
        "《信访工作条例》第四十条",
        needs="clocks",
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
    "employer_not_served": Condition(
        "用人单位收到监督意见书的日期已经登记，答复期限正在计算。",
        lambda s: s.running(ClockKind.EMPLOYER_REPLY) is None,
        "《工会法》第二十三条",
        needs="clocks",
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
