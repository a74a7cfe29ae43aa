"""What must hold around the remedies: execution, the times to ask 复查 and 复核, and where the reviewing body is."""

from __future__ import annotations

from access.roles import Role
from cases.models import Case
from cases.options import CHANGED, FINAL_OUTCOMES
from cases.rules import ClockKind, Opinion
from cases.standings import Condition, Standing
from cases.statuses import Status
from cases.table import LAPSED
from cases.terms import TIMES_TO_ASK


def _supported(standing: Standing) -> bool:
    return any(claim.opinion == Opinion.SUPPORT for claim in standing.claims or ())


def stage_of(case: Case) -> str:
    """What may be asked for now: ``recheck`` (复核) once 复查 upheld or changed the opinion, else ``review``."""
    return "recheck" if case.review_stage is None and case.review_outcome in FINAL_OUTCOMES else "review"


def left_to_execute(standing: Standing) -> bool:
    """Whether a claim was supported and nothing says that it was carried out (条例 art. 32(2))."""
    case = standing.case
    # Closed before it was reviewed: carried out then, unless the review itself changed what has to be done.
    done = case.came_from == Status.CLOSED and (
        case.status == Status.RECHECKING or (case.status == Status.REVIEWED and case.review_outcome != CHANGED)
    )
    return case.review_stage is None and _supported(standing) and not done


def _open_to_ask(standing: Standing, kind: ClockKind) -> bool:
    # What counts is the day of asking, which the act is told; the office may write it down later than that.
    return standing.running(kind) is not None


def _lapsed(standing: Standing, kind: ClockKind) -> bool:
    clock = standing.newest(kind)
    return clock is not None and clock.stop_reason == LAPSED


def _over(standing: Standing) -> bool:
    # Whoever asked through the worker's door asked in time, even where the office has not yet passed it on.
    return standing.case.asked_online_on is None and not any(
        clock.kind in TIMES_TO_ASK and clock.stopped_on is None and standing.today <= clock.due_on
        for clock in standing.clocks or ()
    )


_ART_32_2, _ART_35, _ART_36 = (
    "《信访工作条例》第三十二条第二款",
    "《信访工作条例》第三十五条",
    "《信访工作条例》第三十六条",
)

REMEDIES: dict[str, Condition] = {
    "something_to_execute": Condition(
        "没有予以支持的诉求，不需要交付执行；请直接记录落实情况并办结。",
        left_to_execute,
        _ART_32_2,
        needs="claims",
    ),
    "nothing_to_execute": Condition(
        "有予以支持的诉求还没有执行，不能终结；请先交付执行。",
        lambda s: not left_to_execute(s),
        _ART_32_2,
        needs="claims",
    ),
    "executed_or_nothing_to_execute": Condition(
        "有予以支持的诉求，请先交付执行，再记录落实情况并办结。",
        lambda s: s.case.status == Status.EXECUTING or not left_to_execute(s),
        _ART_32_2,
        needs="claims",
    ),
    "served": Condition(
        "处理意见还没有送达，不能申请复查；请先送达。", lambda s: s.case.served_on is not None, _ART_35
    ),
    "time_to_ask_review": Condition(
        "申请复查的期限（收到处理意见之日起30日）已过，或者没有记录送达日期；请向信访人说明。",
        lambda s: s.in_time(ClockKind.ASK_REVIEW),
        _ART_35,
        needs="clocks",
    ),
    "time_to_ask_recheck": Condition(
        "申请复核的期限（收到复查意见之日起30日）已过；请向信访人说明。",
        lambda s: s.in_time(ClockKind.ASK_RECHECK),
        _ART_36,
        needs="clocks",
    ),
    "review_not_asked_yet": Condition(
        "没有可以申请复查的处理意见：没有记录送达日期，或者已经提出过申请；请核对办理过程。",
        lambda s: _open_to_ask(s, ClockKind.ASK_REVIEW),
        _ART_35,
        needs="clocks",
    ),
    "recheck_not_asked_yet": Condition(
        "没有可以申请复核的复查意见：没有记录送达日期，或者已经提出过申请；请核对办理过程。",
        lambda s: _open_to_ask(s, ClockKind.ASK_RECHECK),
        _ART_36,
        needs="clocks",
    ),
    "review_lapsed": Condition(
        "本件不是因逾期未申请复查而终结的，不能补登复查申请。",
        lambda s: _lapsed(s, ClockKind.ASK_REVIEW),
        _ART_35,
        needs="clocks",
    ),
    "recheck_lapsed": Condition(
        "本件不是因逾期未申请复核而终结的，不能补登复核申请。",
        lambda s: _lapsed(s, ClockKind.ASK_RECHECK),
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
}
