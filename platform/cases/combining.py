"""Rules between fields of one act: each field is right by itself, and together they say nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cases.field_kit import Context
from cases.options import CHANGED, ROUTES
from cases.rules import CLOCK_LABELS, ClockKind, Opinion
from cases.statuses import Status
from cases.terms import TERMS
from documents import outcomes
from kernel.errors import InvalidError


def _divert(_context: Context, values: Mapping[str, Any]) -> None:
    name, right = ROUTES[values["route"]]
    if right is not None and values.get("limitation_on") is None:
        # A petition must never let a right lapse: the notice says until when the worker may go there.
        _refuse("limitation_on", f"{name}有时效，请填写时效届满日期，并在告知书中写明。")


def _decide(context: Context, values: Mapping[str, Any]) -> None:
    if context.case.status != Status.SIMPLE:
        return
    told = "简易办理不作不予支持的意见（可能不予支持的不适用简易办理）；请先“转普通程序”，再出具意见。"
    rejected = [place for place, (opinion, _text) in values["opinions"].items() if opinion == Opinion.REJECT]
    if rejected:
        raise InvalidError(told, fields={f"opinions.{place}.opinion": told for place in rejected})


def _review_decide(_context: Context, values: Mapping[str, Any]) -> None:
    if values["review_decision"] == "redo" and values.get("redo_by") is None:
        _refuse("redo_by", "撤销并责令重作的，请指定重新办理的期限。")


def _redo(_context: Context, values: Mapping[str, Any]) -> None:
    if values.get("redo_by") is None:
        _refuse("redo_by", "请填写复查（复核）机关指定的重新办理期限。")


def _recheck_result(_context: Context, values: Mapping[str, Any]) -> None:
    if values["review_outcome"] == CHANGED:
        _refuse("review_outcome", "复核变更了意见的，须按复核意见执行，请用“登记复核意见并交付执行”。")


def _recheck_execute(context: Context, values: Mapping[str, Any]) -> None:
    if values["review_outcome"] != CHANGED and all(claim.opinion != Opinion.SUPPORT for claim in context.claims):
        _refuse("review_outcome", "没有予以支持的诉求，不需要交付执行，请用“登记复核意见”。")


def _record_right(context: Context, values: Mapping[str, Any]) -> None:
    kind = ClockKind(values["right"])
    if any(c.kind == kind and (c.stopped_on is None or not TERMS[kind].again) for c in context.clocks):
        _refuse("right", f"{CLOCK_LABELS[kind]}已经登记，不能重复登记；时效中断的，请记录时效中断。")


def _exercise_right(context: Context, values: Mapping[str, Any]) -> None:
    kind = ClockKind(values["right"])
    if not any(c.kind == kind and c.stopped_on is None for c in context.clocks):
        _refuse("right", f"没有正在计算的{CLOCK_LABELS[kind]}，请核对。")


#: Parts of one attempt to serve a paper by the field of the step that asks for it.
SERVICE_FIELDS = {
    **{"way": "delivery", "served_on": "delivered_on", "outcome": "receipt"},
    **{"receiver": "receiver", "tracking": "tracking", "note": "service_note"},
}


def _service(_context: Context, values: Mapping[str, Any]) -> None:
    told = outcomes.problems(
        way=values["delivery"],
        outcome=values["receipt"],
        receiver=values.get("receiver"),
        tracking=values.get("tracking", ""),
        note=values.get("service_note", ""),
    )
    if told:
        fields = {SERVICE_FIELDS[name]: sentence for name, sentence in told.items()}
        raise InvalidError("；".join(fields.values()), fields=fields)


def _refuse(field: str, sentence: str) -> None:
    raise InvalidError(sentence, fields={field: sentence})


TOGETHER: dict[str, Callable[[Context, Mapping[str, Any]], None]] = {
    **dict.fromkeys(("serve", "close", "own_receive", "employer_received"), _service),
    "divert": _divert,
    "decide": _decide,
    "review_decide": _review_decide,
    "review_redo": _redo,
    "recheck_result": _recheck_result,
    "recheck_execute": _recheck_execute,
    "record_right": _record_right,
    "exercise_right": _exercise_right,
}


def check(context: Context, action: str, values: Mapping[str, Any]) -> None:
    """What the fields of an action must be together.

    :raises InvalidError: at the field that has to be filled in or changed.
    """
    rule = TOGETHER.get(action)
    if rule is not None:
        rule(context, values)
