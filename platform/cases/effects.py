"""What each row of the table writes into the file itself, beside status and clocks. Nothing is read here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cases import clocks
from cases.effect_kit import Turn
from cases.options import OUTCOMES, ROUTES, TERMINATIONS
from cases.remedy_effects import REMEDY_EFFECTS
from cases.rules import RETALIATION_CATEGORY, ClockKind, Opinion, Purpose, Rating
from tenants.models import Category


def _triage(turn: Turn) -> None:
    case, values = turn.case, turn.values
    category: Category = values["category"]
    case.purpose, case.tier, case.category_code = values["purpose"], values["tier"], category.code
    # 条例 art. 30(3): a report closes the file to all but two roles, and triage opens none that came closed.
    named = bool(values.get("accused_staff"))
    case.sealed = case.sealed or category.sealed or named or values["purpose"] == Purpose.REPORT
    _mark(turn)
    case.retaliation = case.retaliation or category.code == RETALIATION_CATEGORY
    case.sealed = case.sealed or case.retaliation
    for claim in turn.claims:
        claim.category_code = claim.category_code or category.code


def _flag(turn: Turn) -> None:
    _mark(turn)
    # The category says it already; only another triage could say otherwise.
    turn.case.retaliation = turn.case.retaliation or turn.case.category_code == RETALIATION_CATEGORY
    # 打击报复 is handled like a report: whoever was near the matter so far may be near the revenge.
    turn.case.sealed = turn.case.sealed or turn.case.retaliation


def _mark(turn: Turn) -> None:
    case, values = turn.case, turn.values
    case.retaliation = values.get("retaliation", False)
    conflict = values.get("conflict", False)
    # 回避: whoever holds the case when the mark is set is the one who has to withdraw; a new handler is not.
    if conflict and not case.conflict:
        case.avoid_id = case.assignee_id
    elif not conflict:
        case.avoid_id = None
    case.conflict = conflict
    case.accused_tenant_id = values.get("accused")


def _rate(turn: Turn) -> None:
    turn.case.rating, turn.case.rated_by_staff = turn.values["rating"], True
    turn.case.dissatisfied += turn.values["rating"] == Rating.DISSATISFIED


def _answer(turn: Turn) -> None:
    turn.case.purpose = turn.values["spot_purpose"]
    turn.case.replied_on = turn.today
    for claim in turn.claims:
        claim.opinion, claim.finding = "explain", turn.values["reply"]


def _assign(turn: Turn) -> None:
    turn.case.assignee_id = turn.values["assignee"]
    turn.case.department_id = turn.values.get("department")


def _left_open(turn: Turn, words: str) -> None:
    """件件有着落: an end without an opinion is the outcome of every claim that has none."""
    for claim in turn.claims:
        if claim.opinion is None:
            claim.finding = words


def _change_first(turn: Turn) -> None:
    turn.case.first_handler_id = turn.values["first_handler"]


def _refuse(turn: Turn) -> None:
    # The written notice with the reason is the answer (件件有着落,事事有回音).
    turn.case.replied_on = turn.today
    turn.case.refusal_code = turn.values["refusal"]
    _left_open(turn, f"不予受理：{turn.values['reason']}")


def _refuse_again(turn: Turn) -> None:
    turn.case.replied_on = turn.today
    turn.case.refusal_code = turn.values["refusal_again"]
    _left_open(turn, f"不再受理：{turn.values['reason']}")
    turn.case.earlier_reference = turn.values["earlier"]


def _decide(turn: Turn) -> None:
    turn.case.basis = turn.values["basis"]
    for claim in turn.claims:
        claim.opinion, claim.finding = turn.values["opinions"][claim.position]


def _review_decide(turn: Turn) -> None:
    case, decision = turn.case, turn.values["review_decision"]
    case.basis, case.review_outcome, case.redo_by = turn.values["basis"], decision, turn.values.get("redo_by")
    for claim in turn.claims:
        # 维持 leaves what was explained or refused; the two others find for the petitioner in part at least.
        claim.opinion = (Opinion.EXPLAIN if decision == "uphold" else Opinion.SUPPORT).value
        claim.finding = f"{OUTCOMES[decision]}：{turn.values['facts']}"


def _serve(turn: Turn) -> None:
    turn.case.served_on = turn.case.replied_on = turn.values["delivered_on"]


def _settle(turn: Turn) -> None:
    turn.case.replied_on = turn.today
    outcomes: Mapping[int, tuple[str, str]] = turn.values["outcomes"]
    for claim in turn.claims:
        if claim.opinion is None:
            # Who was asked may report claim by claim; what it left open is answered by the report as a whole.
            answered = (Opinion.EXPLAIN.value, turn.values["reply"])
            claim.opinion, claim.finding = outcomes.get(claim.position, answered)


def _ask_extension(turn: Turn) -> None:
    turn.case.extension_to, turn.case.extension_reason = turn.values["extend_to"], turn.values["reason"]


def _grant_extension(turn: Turn) -> None:
    case = turn.case
    assert case.extension_to is not None
    clocks.extend(case, turn.clocks, until=case.extension_to, reason=case.extension_reason or "")
    case.extension_to = case.extension_reason = None


def _deny_extension(turn: Turn) -> None:
    turn.case.extension_to = turn.case.extension_reason = None


def _mediate(turn: Turn) -> None:
    turn.case.agreed_on = None


def _agree(turn: Turn) -> None:
    turn.case.agreed_on = turn.values["agreed_on"]


def _conclude_agreement(turn: Turn) -> None:
    turn.case.replied_on = turn.today
    for claim in turn.claims:
        claim.opinion, claim.finding = turn.values["opinions"][claim.position]


def _divert(turn: Turn) -> None:
    case, values = turn.case, turn.values
    case.replied_on = case.replied_on or turn.today
    case.diverted_to, case.target_body, case.limitation_on = (
        values["route"],
        values["target_body"],
        values.get("limitation_on"),
    )
    _left_open(turn, f"已导入法定程序：{values['target_body']}")
    kind = ROUTES[values["route"]][1]
    if kind is not None and case.limitation_on is not None and turn.clock(kind) is None:
        # A right that lapsed before the worker came is shown as such; a clock cannot end before it starts.
        begun = min(turn.today, case.limitation_on)
        clocks.start(case, turn.clocks, kind, begun, rolling=None, due_on=case.limitation_on)


def _record_right(turn: Turn) -> None:
    clocks.start(turn.case, turn.clocks, ClockKind(turn.values["right"]), turn.values["right_from"], rolling=None)


def _interrupt_right(turn: Turn) -> None:
    clock = turn.clock(ClockKind.ARBITRATION)
    assert clock is not None
    clocks.interrupt(clock, turn.values["interrupted_on"])


def _exercise_right(turn: Turn) -> None:
    clocks.stop(turn.clocks, ClockKind(turn.values["right"]), turn.today, "已行使权利")


def _withdraw(turn: Turn) -> None:
    turn.case.withdrawal_way = turn.values["withdrawal"]
    _left_open(turn, "信访人撤回")


def _terminate(turn: Turn) -> None:
    turn.case.termination = turn.values["termination"]
    _left_open(turn, TERMINATIONS[turn.values["termination"]])


def _archive(turn: Turn) -> None:
    turn.case.archived_on = turn.today


def _link_first(turn: Turn) -> None:
    turn.case.first_id, turn.case.repeat = turn.values["first_case"].id, True
    turn.case.first_at_this_org = False


def _unmerge(turn: Turn) -> None:
    turn.case.lead_id = None


EFFECTS: dict[str, Callable[[Turn], None]] = {
    **REMEDY_EFFECTS,
    "triage": _triage,
    "answer": _answer,
    "accept": _assign,
    "take_simple": _assign,
    "assign": _assign,
    "change_first": _change_first,
    "refuse": _refuse,
    "refuse_again": _refuse_again,
    "decide": _decide,
    "review_decide": _review_decide,
    "close": _serve,
    "serve": _serve,
    "flag": _flag,
    "rate": _rate,
    "settle": _settle,
    "ask_extension": _ask_extension,
    "grant_extension": _grant_extension,
    "deny_extension": _deny_extension,
    "mediate": _mediate,
    "agree": _agree,
    "conclude_agreement": _conclude_agreement,
    "divert": _divert,
    "record_right": _record_right,
    "interrupt_right": _interrupt_right,
    "exercise_right": _exercise_right,
    "withdraw": _withdraw,
    "own_withdraw": _withdraw,
    "own_receive": _serve,
    "terminate": _terminate,
    "archive": _archive,
    "link_first": _link_first,
    "unmerge": _unmerge,
}
