"""Rules of escalation and triggers of supervision, as data. Pure.

A rule (上报规则) tells the union above, or the head of the own office, that a case needs more than its handler; the
union chooses in its settings whether it is off, reminds or sends. A trigger (督办情形, domain.md B6) leaves a task in
the own union. ``occasions`` finds where one is true, ``ruling`` does what stands here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from access.roles import Role


class Mode(StrEnum):
    """What a union lets a rule do."""

    OFF = "off"
    REMIND = "remind"
    SEND = "send"


class Outcome(StrEnum):
    """What became of a rule that came true; each episode has exactly one."""

    SENT = "sent"
    REMINDED = "reminded"
    STUCK = "stuck"


OUTCOME_LABELS: dict[Outcome, str] = {
    Outcome.SENT: "已呈报上级",
    Outcome.REMINDED: "已提醒负责人",
    Outcome.STUCK: "未能呈报，已生成任务",
}


class Rule(StrEnum):
    """The six rules of escalation; the names are those of ``tenants.settings.escalation_rules``."""

    HARD = "hard"
    OVERDUE = "overdue"
    COLLECTIVE = "collective"
    RETALIATION = "retaliation"
    CONFLICT = "conflict"
    DISSATISFIED = "dissatisfied"


@dataclass(frozen=True, slots=True)
class EscalationRule:
    """One rule: what it is called, what it does where a union chose nothing, and its words."""

    rule: Rule
    label: str
    default: Mode
    #: The letter's reason and request; ``{days}``, ``{count}`` and ``{people}`` are filled in, never a name.
    reason: str
    request: str
    #: The unit should not go on with the case itself, so an escalation (上报) is proposed as well.
    hands_off: bool
    source: str


RULES: dict[Rule, EscalationRule] = {
    row.rule: row
    for row in (
        EscalationRule(
            Rule.HARD,
            "疑难信访件",
            Mode.REMIND,
            "本件经甄别为疑难信访件，依照本单位的上报规则呈报。",
            "请予指导；必要时请协调有关部门会商。",
            hands_off=False,
            source="难易分级：疑难信访监督办（domain.md D4、B6）",
        ),
        EscalationRule(
            Rule.OVERDUE,
            "超期未办结",
            Mode.SEND,
            "本件已超过法定期限{days}日仍未办结，依照本单位的上报规则呈报。",
            "请予督促指导；本单位继续办理，并及时报告进展。",
            hands_off=False,
            source="《信访工作条例》第三十四条、第四十条",
        ),
        EscalationRule(
            Rule.COLLECTIVE,
            "集体访",
            Mode.SEND,
            "本件为集体访，涉及{people}人，依照本单位的上报规则呈报。",
            "请知悉并予指导；本单位继续办理。",
            hands_off=False,
            source="《信访工作条例》第二十条、第二十五条",
        ),
        EscalationRule(
            Rule.RETALIATION,
            "反映打击报复",
            Mode.SEND,
            "信访人反映因信访受到打击报复，依照本单位的上报规则呈报。",
            "请上级工会关注，并指定与所反映单位没有利害关系的工会办理。",
            hands_off=True,
            source="《信访工作条例》第十八条、第四十六条第六项",
        ),
        EscalationRule(
            Rule.CONFLICT,
            "利益冲突需回避",
            Mode.REMIND,
            "本单位或经办人员与本件有直接利害关系，应当回避，依照本单位的上报规则呈报。",
            "请上级工会直接办理，或者指定其他工会办理。",
            hands_off=True,
            source="《信访工作条例》第二十八条第三款、第三十条第三款",
        ),
        EscalationRule(
            Rule.DISSATISFIED,
            "多次不满意",
            Mode.REMIND,
            "信访人对本件的办理已{count}次评价不满意，依照本单位的上报规则呈报。",
            "请予指导，必要时复核办理情况。",
            hands_off=False,
            source="《信访工作条例》第四十条；domain.md B6",
        ),
    )
}
#: A rating counts as repeated from the second on, those of the earlier petition about the same matter included.
REPEATED = 2


class Trigger(StrEnum):
    """Why somebody of the own union has to look at a case or a letter."""

    CASE_OVERDUE = "case_overdue"
    NO_NOTICE = "no_notice"
    REPEAT = "repeat"
    UNSATISFIED = "unsatisfied"
    SENT_BACK_TWICE = "sent_back_twice"
    HARD_CASE = "hard_case"
    NO_HANDLER = "no_handler"
    OBJECTION_REFUSED = "objection_refused"
    REDONE_TWICE = "redone_twice"
    REPLY_OVERDUE = "reply_overdue"
    ANSWER_LATE = "answer_late"
    UNSIGNED = "unsigned"
    NOT_TAKEN = "not_taken"
    OBJECTION_ENDS = "objection_ends"
    OBJECTION_WAITS = "objection_waits"
    EXTENSION_WAITS = "extension_waits"


@dataclass(frozen=True, slots=True)
class TriggerRow:
    """One trigger: for whom the task is and what it says. ``{number}`` is the case's or the letter's."""

    trigger: Trigger
    role: Role
    words: str
    #: The task is over by itself once the letter has moved on.
    passing: bool = False


TRIGGERS: dict[Trigger, TriggerRow] = {
    row.trigger: row
    for row in (
        TriggerRow(Trigger.CASE_OVERDUE, Role.SUPERVISOR, "{number}已超过办理期限，请督办并了解原因。"),
        TriggerRow(Trigger.NO_NOTICE, Role.SUPERVISOR, "{number}超过15日未书面告知信访人，请督办。"),
        TriggerRow(Trigger.REPEAT, Role.SUPERVISOR, "{number}为短期内重复信访，请督办上次办理的落实情况。"),
        TriggerRow(Trigger.UNSATISFIED, Role.SUPERVISOR, "信访人对{number}的办理评价为不满意，请督办。"),
        TriggerRow(Trigger.SENT_BACK_TWICE, Role.SUPERVISOR, "{number}的函件已两次被退回，请督办并理清职责。"),
        TriggerRow(Trigger.HARD_CASE, Role.SUPERVISOR, "{number}为疑难信访件，请列入督办。"),
        TriggerRow(Trigger.NO_HANDLER, Role.OFFICE_HEAD, "{number}的承办人账号已停用，请改派承办人。"),
        TriggerRow(Trigger.OBJECTION_REFUSED, Role.SUPERVISOR, "{number}的异议未获同意，请跟踪督办。"),
        TriggerRow(Trigger.REDONE_TWICE, Role.SUPERVISOR, "{number}已两次退回重办，请督办。"),
        TriggerRow(Trigger.REPLY_OVERDUE, Role.OFFICE_HEAD, "收到的{number}已过办理期限，请尽快反馈。"),
        TriggerRow(Trigger.ANSWER_LATE, Role.SUPERVISOR, "发出的{number}已过期限未见反馈，请催办或者督办。"),
        TriggerRow(Trigger.UNSIGNED, Role.OFFICE_HEAD, "收到的{number}两个工作日无人签收，请签收。", passing=True),
        TriggerRow(
            Trigger.NOT_TAKEN, Role.SUPERVISOR, "发出的{number}两个工作日未被签收，请与对方联系。", passing=True
        ),
        TriggerRow(
            Trigger.OBJECTION_ENDS,
            Role.OFFICE_HEAD,
            "对收到的{number}提出异议的期限将于一个工作日内届满，请决定是否接受。",
            passing=True,
        ),
        TriggerRow(Trigger.OBJECTION_WAITS, Role.OFFICE_HEAD, "对方对{number}提出异议，请核实并决定。", passing=True),
        TriggerRow(Trigger.EXTENSION_WAITS, Role.OFFICE_HEAD, "对方就{number}申请延期，请审批。", passing=True),
    )
}
#: [设] A matter that comes back within so many days of its last answer is a short-term repeat.
REPEAT_DAYS = 90
#: Working days after which a letter that nobody signed for is told to both sides.
UNSIGNED_DAYS = 2

#: Skipping the accused on the way up, as the letter tells it (越级的理由).
PASSED_OVER = "直接上级是本件的被反映单位或其下级，依照《信访工作条例》第三十条第三款越级呈报。"
