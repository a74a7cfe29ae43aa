"""LETTER_TABLE: kinds × statuses × who, as data. Pure. ``docs/letters.md`` is drawn from these rows."""

from __future__ import annotations

from collections.abc import Set

from access.roles import Role
from dispatches.kinds import INFORMING, PASSED_ON, WORKED, LetterKind
from dispatches.statuses import OPEN, LetterRow, LetterStatus, Side

_K = LetterKind
_ALL = frozenset(LetterKind)
#: Reports of a case upward; they may be sent by rule.
_UPWARD = frozenset({_K.ESCALATION, _K.SUBMISSION})
#: What a supervisor may write on his own word.
_WATCHED = frozenset({_K.SUPERVISION, _K.URGE})
#: Letters on which a superior decides.
_DECIDED = frozenset({_K.ESCALATION, _K.DISPUTE})

_OFFICE = frozenset({Role.OFFICE_HEAD, Role.LEADER})
_DESK = _OFFICE | {Role.CLERK}
_WATCH = _OFFICE | {Role.SUPERVISOR}
_STAFF = _DESK | {Role.SUPERVISOR, Role.HANDLER}
_SYSTEM = frozenset({Role.SYSTEM})

_TO, _FROM, _BY_SYSTEM = Side.RECIPIENT, Side.SENDER, Side.SYSTEM
_ANY_OPEN = " ".join(OPEN)


def _row(
    side: Side,
    kinds: Set[LetterKind],
    named: str,
    way: str,
    roles: Set[Role],
    *,
    takes: str = "",
    source: str = "",
    primary: bool = False,
) -> LetterRow:
    """``named`` is action and label, ``way`` is sources > target (none keeps the status), ``takes`` are the fields,
    those with a question mark may stay empty.
    """
    action, label = named.split()
    sources, _, target = way.partition(">")
    names = takes.split()
    return LetterRow(
        kinds=frozenset(kinds),
        side=side,
        action=action,
        label=label,
        sources=tuple(LetterStatus(word) for word in sources.split()),
        target=LetterStatus(target.strip()) if target.strip() else None,
        roles=frozenset(roles),
        fields=tuple(name.removesuffix("?") for name in names),
        optional=frozenset(name.removesuffix("?") for name in names if name.endswith("?")),
        source=source,
        primary=primary,
    )


LETTER_TABLE: tuple[LetterRow, ...] = (
    # Sending makes a letter. By rule the system reports upward, supervises and reminds.
    _row(_FROM, _UPWARD, "send 发出", "> sent", _OFFICE | _SYSTEM, source="工会法第十条；domain.md T5"),
    _row(_FROM, _WATCHED, "send 发出", "> sent", _WATCH | _SYSTEM, source="《信访工作条例》第三十九条、第四十条"),
    _row(
        _FROM,
        _ALL - _WATCHED - _UPWARD - {_K.HANDOVER},
        "send 发出",
        "> sent",
        _OFFICE,
        source="《信访工作条例》第二十二条、第二十三条、第二十四条",
    ),
    _row(_FROM, {_K.HANDOVER}, "send 发出", "> sent", _SYSTEM, source="《信访工作条例》第二十四条"),
    # What the recipient does.
    _row(_TO, _ALL, "sign 签收", "sent > signed", _DESK | _WATCH, primary=True),
    _row(_TO, {_K.ESCALATION}, "answer 答复", "signed > answered", _OFFICE, takes="text", primary=True),
    _row(
        _TO,
        {_K.ESCALATION},
        "order 交办下级办理",
        "signed > ordered",
        _OFFICE,
        takes="text due_on",
        source="《信访工作条例》第二十二条第三项",
    ),
    _row(
        _TO,
        {_K.DISPUTE},
        "designate 指定受理单位",
        "signed > closed",
        _OFFICE,
        takes="text unit",
        source="《信访工作条例》第二十四条：由共同的上一级决定受理单位",
        primary=True,
    ),
    _row(
        _TO,
        _DECIDED,
        "return 退回",
        "sent signed > returned",
        _OFFICE,
        takes="text",
        source="《信访工作条例》第二十三条",
    ),
    _row(_TO, _DECIDED, "progress 反馈进展", "signed >", _STAFF, takes="text"),
    # Only where the sender meant a unit behind the recipient (``copies.fits``): the common superior passes it on.
    _row(
        _TO,
        PASSED_ON,
        "forward 转交承办单位",
        "signed working > working",
        _OFFICE,
        takes="unit? note?",
        source="《信访工作条例》第二十二条、第二十三条",
        primary=True,
    ),
    _row(_TO, WORKED, "start 开始办理", "signed > working", _DESK, primary=True),
    _row(
        _TO,
        WORKED - {_K.SUPERVISION},
        "reply 反馈办理结果",
        "working > replied",
        _OFFICE,
        takes="text",
        source="《信访工作条例》第二十二条第三项：办结报告",
        primary=True,
    ),
    _row(
        _TO,
        {_K.SUPERVISION},
        "reply 反馈整改情况",
        "working > replied",
        _OFFICE,
        takes="text adoption?",
        source="《信访工作条例》第四十条：书面反馈采纳情况",
        primary=True,
    ),
    _row(_TO, {_K.REVIEW}, "start 开始办理", "signed > working", _DESK, primary=True),
    _row(
        _TO,
        {_K.REVIEW},
        "conclude 送出复查（复核）意见",
        "working > closed",
        _OFFICE,
        takes="text",
        source="《信访工作条例》第三十五条、第三十六条",
        primary=True,
    ),
    _row(
        _TO,
        {_K.REVIEW},
        "return 退回",
        "sent signed working > returned",
        _OFFICE,
        takes="text",
        source="《信访工作条例》第三十五条、第三十六条：不属于本级复查（复核）的",
    ),
    _row(_TO, {_K.REVIEW}, "progress 反馈进展", "signed working >", _STAFF, takes="text"),
    _row(_FROM, {_K.REVIEW}, "progress 补充说明", "sent signed working >", _STAFF, takes="text"),
    _row(_TO, {_K.URGE}, "reply 回复催办", "signed > closed", _DESK, takes="text", primary=True),
    _row(
        _TO,
        WORKED,
        "object 提出异议",
        "sent signed > objected",
        _OFFICE,
        takes="text",
        source="《信访工作条例》第二十三条：五个工作日内提出异议，详细说明理由",
    ),
    _row(
        _TO,
        WORKED,
        "ask_extension 申请延期",
        "signed working > extension",
        _OFFICE,
        takes="text due_on",
        source="《信访工作条例》第三十四条：延期不超过三十日",
    ),
    _row(_TO, WORKED, "progress 反馈进展", "signed working >", _STAFF, takes="text"),
    _row(_TO, INFORMING, "note 批注回复", "signed >", _OFFICE, takes="text"),
    _row(_TO, INFORMING, "file 阅存", "signed > closed", _DESK, primary=True),
    # What the sender does.
    _row(
        _FROM,
        _ALL - _WATCHED - {_K.HANDOVER},
        "withdraw 撤回",
        "sent > withdrawn",
        _OFFICE,
        takes="text",
        source="domain.md T38",
    ),
    _row(_FROM, _WATCHED, "withdraw 撤回", "sent > withdrawn", _WATCH, takes="text", source="domain.md T38"),
    _row(_FROM, WORKED, "progress 补充说明", "sent signed working replied >", _STAFF, takes="text"),
    _row(_FROM, _DECIDED, "progress 补充说明", "sent signed >", _STAFF, takes="text"),
    _row(
        _FROM,
        WORKED - {_K.SUPERVISION},
        "approve 审核办结",
        "replied > closed",
        _OFFICE,
        takes="note?",
        source="《信访工作条例》第二十二条第三项",
        primary=True,
    ),
    _row(
        _FROM,
        {_K.SUPERVISION},
        "approve 审核办结",
        "replied > closed",
        _WATCH,
        takes="note?",
        source="《信访工作条例》第四十条",
        primary=True,
    ),
    _row(_FROM, WORKED - {_K.SUPERVISION}, "redo 退回重办", "replied > working", _OFFICE, takes="text due_on?"),
    _row(_FROM, {_K.SUPERVISION}, "redo 退回重办", "replied > working", _WATCH, takes="text due_on?"),
    _row(
        _FROM,
        WORKED,
        "agree_objection 同意退回",
        "objected > returned",
        _OFFICE,
        takes="note?",
        source="《信访工作条例》第二十三条：经核实同意后退还",
        primary=True,
    ),
    _row(
        _FROM,
        WORKED,
        "refuse_objection 不同意退回",
        "objected > signed",
        _OFFICE,
        takes="text",
        source="domain.md T11",
    ),
    _row(
        _FROM,
        WORKED,
        "grant_extension 同意延期",
        "extension > working",
        _OFFICE,
        takes="due_on?",
        source="《信访工作条例》第三十四条：经负责人批准",
        primary=True,
    ),
    _row(
        _FROM,
        WORKED,
        "deny_extension 不同意延期",
        "extension > working",
        _OFFICE,
        takes="text",
        source="《信访工作条例》第三十四条",
    ),
    # The platform's own hand; what comes of a letter that was passed on goes back to its first sender.
    _row(_BY_SYSTEM, PASSED_ON, "relayed 转报办理进展", "signed working extension >", _SYSTEM, takes="text"),
    _row(_BY_SYSTEM, PASSED_ON, "reply 转报办理结果", "signed working extension > replied", _SYSTEM, takes="text"),
    # Where a successor writes its predecessor's letter again, the unit behind us has the matter already.
    _row(
        _BY_SYSTEM,
        PASSED_ON,
        "rejoin 接续原转交",
        "sent > working",
        _SYSTEM,
        takes="text",
        source="《信访工作条例》第二十四条：职权由继续行使的机关、单位承担",
    ),
    # What comes back to a union that handed its matter over follows the matter.
    _row(_BY_SYSTEM, {_K.HANDOVER}, "pass_on 转来后续函件", "sent signed closed >", _SYSTEM, takes="text"),
    _row(
        _BY_SYSTEM,
        _ALL,
        "succeed 因机构变动终结",
        f"{_ANY_OPEN} > returned",
        _SYSTEM,
        takes="text unit",
        source="《信访工作条例》第二十四条：职权由继续行使的机关、单位承担",
    ),
)
