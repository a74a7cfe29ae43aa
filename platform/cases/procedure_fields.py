"""The fields of the whole procedure: extension, simple track, mediation, service, review, ends, linked cases."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from access.roles import Role
from cases import policy
from cases.clocks import LONGEST_EXTENSION
from cases.field_kit import LONGEST_AHEAD, Context, Rule, choice, coming_day, flag, past_day, read_day, text, ticked
from cases.models import Case
from cases.options import (
    ADOPTIONS,
    FINAL_OUTCOMES,
    HEARINGS,
    OUTCOMES,
    RECEIPTS,
    REFUSALS_AGAIN,
    RIGHTS,
    ROUTES,
    SIMPLE_GROUNDS,
    STAFF_WITHDRAWALS,
    SUGGESTIONS,
    TERMINATIONS,
    WITHDRAWALS,
)
from cases.rules import ClockKind, Opinion
from cases.statuses import OPEN
from cases.terms import TIMES_TO_ASK
from documents.outcomes import TAKERS
from kernel.clock import china_date
from kernel.errors import InvalidError
from tenants import settings

#: A limitation date may lie years ahead (监察 2年) or behind (already lapsed, and said so).
_LIMITATION_YEARS = 3


def _extend_to(context: Context, value: Any) -> date:
    day = read_day("延长后的办理期限", value)
    clock = next((c for c in context.clocks if c.kind == ClockKind.HANDLING and c.stopped_on is None), None)
    if clock is None:
        raise InvalidError("本件没有正在计算的60日办理期限，不需要延期。")
    if day <= clock.due_on:
        raise InvalidError(
            f"延长后的期限应晚于现在的期限（{clock.due_on.isoformat()}）：期限只能依法延长，不能倒改"
            "（《信访工作条例》第三十四条），请另选日期。"
        )
    latest = clock.due_on + timedelta(days=LONGEST_EXTENSION)
    if day > latest:
        raise InvalidError(
            f"延长的期限不得超过{LONGEST_EXTENSION}日（《信访工作条例》第三十四条），最晚为{latest.isoformat()}。"
        )
    return day


def _receipt(_context: Context, value: Any) -> str:
    """Not told by machines of earlier releases: what they wrote down as served had been handed over."""
    if value in (None, ""):
        return "signed"
    if value not in RECEIPTS:
        raise InvalidError("请选择签收情况。")
    return str(value)


def _receiver(_context: Context, value: Any) -> str | None:
    """Who took the paper for somebody else; whoever signed for it is its addressee."""
    return None if value in (None, "") else str(choice("代收人", TAKERS)(_context, value))


def _tracking(_context: Context, value: Any) -> str:
    return str(value or "").strip()


def _executed_on(context: Context, value: Any) -> date | None:
    """Served and closed in one act: what was supported has been carried out, and on which day (条例 art. 32(2))."""
    if str(value or "").strip():
        day: date = past_day("执行到位的日期")(context, value)
        return day
    if context.case.review_stage is None and any(claim.opinion == Opinion.SUPPORT for claim in context.claims):
        raise InvalidError(
            "有予以支持的诉求：已经执行到位的，请填写执行到位的日期；还没有的，请先“送达”，再“交付执行”"
            "（《信访工作条例》第三十二条第二款）。"
        )
    return None


def _performed_on(context: Context, value: Any) -> date | None:
    """达成即终结 or 履行后终结: local rules differ, so the union sets it."""
    needed = settings.of(context.work.session).mediation_ends == "performed"
    if not str(value or "").strip():
        if needed:
            raise InvalidError("本单位按协议履行完毕后终结，请填写履行完毕的日期；尚未履行的请继续督促。")
        return None
    day: date = past_day("履行完毕的日期")(context, value)
    if context.case.agreed_on is not None and day < context.case.agreed_on:
        raise InvalidError("履行完毕的日期不能早于达成协议之日。")
    return day


def _limitation_on(context: Context, value: Any) -> date | None:
    if not str(value or "").strip():
        return None
    day, today = read_day("时效届满日期", value), context.work.clock.today()
    if abs((day - today).days) > _LIMITATION_YEARS * LONGEST_AHEAD:
        raise InvalidError("时效届满日期不正确，请核对年份。")
    return day


def _served_before(label: str) -> Rule:
    """A request for review, or a reviewer's service, is not earlier than what it follows."""
    known = past_day(label)

    def rule(context: Context, value: Any) -> date:
        day: date = known(context, value)
        if context.case.served_on is not None and day < context.case.served_on:
            raise InvalidError(f"{label}不能早于处理意见送达之日（{context.case.served_on.isoformat()}）。")
        return day

    return rule


_asked_on = _served_before("申请日期")


def _review_asked_on(context: Context, value: Any) -> date:
    """Whoever asked through the worker's door asked on that day, whenever the office passes it on.

    The day of asking counts (条例 art. 35, 36), not the day on which the office writes it down: a letter that was
    posted in time was in time.
    """
    own = context.case.asked_online_on
    day: date = _asked_on(context, own if own is not None and not str(value or "").strip() else value)
    if own is not None and day != own:
        raise InvalidError(f"信访人已于{own.isoformat()}提出申请，申请日期以此为准。")
    asked = [clock for clock in context.clocks if clock.kind in TIMES_TO_ASK]
    clock = next((one for one in reversed(asked) if one.stopped_on is None), asked[-1] if asked else None)
    if clock is not None and day < clock.started_on:
        raise InvalidError(f"申请日期不能早于意见送达之日（{clock.started_on.isoformat()}）。")
    if clock is not None and own is None and day > clock.due_on:
        raise InvalidError(
            f"申请日期晚于申请期限的最后一天（{clock.due_on.isoformat()}，收到意见之日起30日，"
            "《信访工作条例》第三十五条、第三十六条）；邮寄的以寄出的邮戳日为准。确已逾期的，请向信访人说明。"
        )
    return day


def _withdrawal(context: Context, value: Any) -> str:
    known = WITHDRAWALS if context.work.actor.holds(Role.SYSTEM) else STAFF_WITHDRAWALS
    return str(choice("撤回申请的核实方式", known)(context, value))


def _redo_by(context: Context, value: Any) -> date | None:
    """Required where the reviewer sends the matter back; asked of a reviewer for no other outcome."""
    # The reviewing body's own form offers it beside the outcome; the outcome decides (``services``).
    return None if not str(value or "").strip() else coming_day("重新办理的期限")(context, value)


def _interrupted_on(context: Context, value: Any) -> date:
    day: date = past_day("时效中断之日")(context, value)
    clock = next(
        (c for c in context.clocks if c.kind == ClockKind.ARBITRATION and c.stopped_on is None),
        None,
    )
    if clock is not None and not clock.started_on <= day <= clock.due_on:
        raise InvalidError("中断之日应在时效起算之日以后、届满之日以前。")
    return day


def _case(label: str, *, still_open: bool) -> Rule:
    """Another case of the union by its number, that the actor sees."""

    def rule(context: Context, value: Any) -> Case:
        number = str(value or "").strip()
        if not number:
            raise InvalidError(f"请填写{label}的编号。")
        work = context.work
        found = work.session.scalars(select(Case).where(Case.number == number, policy.visible(work.actor))).first()
        if found is None:
            raise InvalidError(f"没有找到{label}，或者您无权查看；请核对编号。")
        if found.id == context.case.id:
            raise InvalidError(f"{label}不能是本件自己。")
        if still_open and found.status not in OPEN:
            raise InvalidError(f"{label}已经办结，请选择在办的信访件。")
        return found

    return rule


_any_case = _case("初次信访件", still_open=False)


def _first_case(context: Context, value: Any) -> Case:
    first: Case = _any_case(context, value)
    if first.first_id == context.case.id:
        raise InvalidError("所填的信访件已经关联到本件，不能互为初次件。")
    if (first.registered_at, first.id) > (context.case.registered_at, context.case.id):
        raise InvalidError("初次件的登记时间应早于本件，请核对编号。")
    # The first of them all, so that a third case does not hang on the second.
    root = select(Case).where(Case.id == first.first_id, policy.visible(context.work.actor))
    return context.work.session.scalars(root).first() or first if first.first_id else first


def _claims_chosen(context: Context, value: Any) -> tuple[int, ...]:
    given = value if isinstance(value, list | tuple) else [value] if value else []
    try:
        chosen = {int(str(each)) for each in given}
    except ValueError:
        raise InvalidError("请选择要拆分的诉求。") from None
    known = {claim.position for claim in context.claims}
    if not chosen or not chosen <= known:
        raise InvalidError("请选择要拆分的诉求。")
    if chosen == known:
        raise InvalidError("不能拆分全部诉求，原件至少保留一项。")
    return tuple(sorted(chosen))


def _agreed_on(context: Context, value: Any) -> date:
    day: date = past_day("达成协议的日期")(context, value)
    if context.case.accepted_at is not None and day < china_date(context.case.accepted_at):
        raise InvalidError("达成协议的日期不能早于受理之日。")
    return day


PROCEDURE_RULES: dict[str, Rule] = {
    "extend_to": _extend_to,
    "simple_ground": choice("适用简易办理的情形", SIMPLE_GROUNDS),
    "simple_checked": ticked("请核对排除情形：可能不予支持、可以通过法定程序处理、多个责任主体的，不适用简易办理。"),
    "refusal_again": choice("不再受理的理由", REFUSALS_AGAIN),
    "earlier": text("原信访件编号或者复核意见文号", shortest=4),
    "receipt": _receipt,
    "receiver": _receiver,
    "tracking": _tracking,
    "service_note": text("备注", required=False),
    "executed_on": _executed_on,
    "execution_plan": text("执行单位和措施", shortest=4),
    "execute_by": coming_day("执行期限", required=False),
    "archive_no": text("卷宗号", required=False),
    "mediator": text("调解员或者调解组织"),
    "both_agree": ticked("调解以双方自愿为前提，请确认双方均同意调解。"),
    "agreement": text("协议内容", shortest=10),
    "agreed_on": _agreed_on,
    "performed_on": _performed_on,
    "hearing_form": choice("听证或者会商", HEARINGS),
    "hearing_on": coming_day("举行日期"),
    "participants": text("参加单位和人员", shortest=2),
    "hearing_record": text("听证或者会商的情况和结论", shortest=10),
    "employer": text("用人单位"),
    "demands": text("存在的问题和改正要求", shortest=10),
    "employer_reply": text("用人单位的答复", shortest=4),
    "proposal_to": text("提请处理的部门"),
    "right": choice("权利时效", RIGHTS),
    "right_from": past_day("起算之日"),
    "interrupted_on": _interrupted_on,
    "reported_to": text("已报告的单位", shortest=4),
    "progress": text("告知的进展", shortest=4),
    "supervise_reason": text("督办的问题和要求", shortest=10),
    "supervise_by": coming_day("督办期限"),
    "supervision_answer": text("办理情况", shortest=4),
    "suggestion": choice("建议种类", SUGGESTIONS),
    "advised_unit": text("接受建议的单位"),
    "suggestion_text": text("建议内容", shortest=10),
    "adoption": choice("采纳情况", ADOPTIONS),
    "route": choice("法定途径", ROUTES),
    "target_body": text("受理的机关", shortest=4),
    "limitation_on": _limitation_on,
    "withdrawal": _withdrawal,
    "withdrawn_on": past_day("信访人提出撤回的日期"),
    "statement": text("信访人本人的陈述", shortest=4),
    "termination": choice("终止的情形", TERMINATIONS),
    "lead": _case("主件", still_open=True),
    "same_people": flag,
    "first_case": _first_case,
    "claims_chosen": _claims_chosen,
    "review_asked_on": _review_asked_on,
    "review_body": text("复查（复核）机关", shortest=4),
    "review_outcome": choice("复查（复核）结论", FINAL_OUTCOMES),
    "review_decision": choice("复查（复核）结论", OUTCOMES),
    "review_number": text("复查（复核）意见书文号", shortest=4),
    "review_text": text("复查（复核）意见要点", shortest=4),
    "review_served_on": _served_before("意见送达信访人的日期"),
    "redo_by": _redo_by,
}
