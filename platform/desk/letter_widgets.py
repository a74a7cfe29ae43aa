"""How each field of an act on a letter is asked for, in the words of that act."""

from __future__ import annotations

from collections.abc import Mapping

from access.actor import Work
from desk.widget_table import Options
from desk.widgets import Widget
from dispatches.kinds import ADOPTIONS, EXTENSION_DAYS, LetterKind
from dispatches.queries import LetterView
from dispatches.workflow import LetterStatus, optional_fields
from doorway.presenting import china_day
from doorway.words import N_, _
from kernel.workflow import Transition

#: Action → label, help and lines of its text.
_TEXTS: dict[str, tuple[str, str, int]] = {
    "answer": (N_("答复内容"), N_("下级工会据此继续办理，会看到全文。"), 7),
    "order": (N_("交办要求"), N_("写明怎样办、报告什么，下级工会会看到全文。"), 7),
    "return": (N_("退回理由"), N_("对方会看到全文。"), 4),
    "reply": (N_("办结报告"), N_("写明查清的事实、处理结果和落实情况，对方据此审核。"), 8),
    "note": (N_("批注"), N_("对方会看到全文。"), 4),
    "object": (
        N_("异议理由"),
        N_("不少于10个字，写明为什么不属于本单位职权、应由谁办理。"),
        6,
    ),
    "ask_extension": (N_("申请延期的理由"), N_("为什么不能按期办结，已经做了什么。"), 4),
    "deny_extension": (N_("不同意延期的理由"), "", 4),
    "refuse_objection": (N_("不同意退回的理由"), N_("对方应据此继续办理。"), 4),
    "progress": (N_("内容"), N_("对方会看到全文，函件状态不变。"), 5),
    "designate": (N_("指定的理由"), N_("指定的单位会收到交办函，看到全文。"), 5),
    "withdraw": (N_("撤回原因"), N_("对方会看到原因。"), 3),
    "conclude": (N_("意见要点"), N_("原单位会看到全文；结论、文号和送达日期随函带去，不必再写。"), 6),
    "redo": (N_("退回重办的要求"), N_("写明哪里不符合要求、怎样补正。"), 5),
}
_SUPERVISED = (N_("整改情况"), N_("写明核查的原因、改正的措施和结果。"), 8)
_URGED = (N_("回复"), N_("写明现在办到哪一步、何时能办结。"), 5)
_REQUESTED = (N_("答复说明"), N_("写明提供了哪些材料，没有提供的说明原因。提供哪些由本单位决定。"), 5)
#: Acts that say something at length may carry files.
_ATTACHING = frozenset(
    {"answer", "order", "reply", "progress", "object", "ask_extension", "redo", "note", "designate"}
)
_NOTES: dict[str, str] = {"forward": N_("转交要求"), "approve": N_("审核意见"), "agree_objection": N_("核实意见")}
_DATES: dict[str, tuple[str, str]] = {
    "order": (N_("办结期限"), N_("下级工会应在此日期前办结。")),
    "ask_extension": (N_("申请延至"), ""),
    "grant_extension": (N_("同意延至"), N_("不改就是对方申请的日期。")),
    "redo": (N_("重办期限"), N_("不填则原期限不变。")),
}


def letter_widgets(_work: Work, view: LetterView, row: Transition[LetterStatus], units: Options) -> list[Widget]:
    """The fields of an act in the order of its row. ``units`` are the choices of a union."""
    left_out = optional_fields(view.kind, view.my_side, row.action)
    suggested = bool((view.letter.snapshot.get("details") or {}).get("suggestion"))
    found = []
    for name in row.fields:
        optional = name in left_out and not (name == "adoption" and suggested)
        if name == "adoption":
            if suggested:
                found.append(
                    Widget(name, "radios", _("建议采纳情况"), _("依照条例第四十条书面反馈。"), options=_pairs())
                )
        elif name == "due_on":
            label, help_text = _DATES.get(row.action, (N_("期限"), ""))
            if row.action == "ask_extension":
                help_text = _(
                    "现在的期限是%(day)s，最多再延%(most)d日。", day=china_day(view.due_on), most=EXTENSION_DAYS
                )
            found.append(Widget(name, "date", _(label), _(help_text) if help_text else "", optional))
        elif name == "unit":
            label = _("承办单位") if row.action == "forward" else _("受理单位")
            found.append(Widget(name, "unit", label, "", optional, units))
        elif name == "note":
            found.append(Widget(name, "area", _(_NOTES.get(row.action, "说明")), "", optional, rows=4))
        else:
            label, help_text, rows = _text_of(view.kind, row.action)
            found.append(Widget(name, "area", _(label), _(help_text) if help_text else "", optional, rows=rows))
    return found


def _text_of(kind: LetterKind, action: str) -> tuple[str, str, int]:
    if action == "reply":
        special = {
            LetterKind.SUPERVISION: _SUPERVISED,
            LetterKind.URGE: _URGED,
            LetterKind.FILE_REQUEST: _REQUESTED,
        }
        return special.get(kind, _TEXTS[action])
    return _TEXTS.get(action, (N_("内容"), "", 5))


def _pairs() -> Options:
    return list(ADOPTIONS.items())


def attaches(row: Transition[LetterStatus]) -> bool:
    """Whether files may go with an act."""
    return row.action in _ATTACHING


def defaults(view: LetterView, row: Transition[LetterStatus]) -> Mapping[str, str]:
    """What the form may know already."""
    if row.action == "grant_extension" and view.extension_asked is not None:
        return {"due_on": view.extension_asked.isoformat()}
    if row.action == "forward" and view.letter.beyond_id is not None:
        return {"unit": str(view.letter.beyond_id)}
    return {}


def told(action: str) -> list[str]:
    """What happens when the act is sent, in words."""
    after = {
        "sign": N_("对方会看到已签收。"),
        "object": N_("对方核实期间，函件停在“异议待核实”；不同意退回的，应继续办理。"),
        "agree_objection": N_("函件退回本单位，由本单位办理或改送其他单位。"),
        "refuse_objection": N_("函件回到“已签收”，由对方继续办理。"),
        "ask_extension": N_("对方批复之前，函件停在“延期待批”，原期限不变。"),
        "approve": N_("函件办结，不能再改。"),
        "redo": N_("函件回到“办理中”。"),
        "withdraw": N_("函件作废，对方仍能看到撤回原因。"),
        "return": N_("函件结束，由对方继续办理。"),
        "designate": N_("函件办结；指定的单位收到交办函。"),
        "file": N_("函件办结。"),
        "conclude": N_("函件办结；原单位的信访件自动登记复查（复核）结论。"),
        "forward": N_("承办单位收到本单位的函，所附事项和附件一并转去；办理情况会自动转告来函单位。"),
    }
    sentence = after.get(action)
    return [_(sentence)] if sentence else [_("对方会在往来记录中看到，并收到提醒。")]
