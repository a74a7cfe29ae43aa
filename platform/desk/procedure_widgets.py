"""Fields of the whole procedure: how each is drawn, what it is called, what it offers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from access.actor import Work
from cases.options import (
    ADOPTIONS,
    FINAL_OUTCOMES,
    HEARINGS,
    OUTCOMES,
    RECEIPTS,
    REFUSALS_AGAIN,
    REFUSALS_AGAIN_BASIS,
    RIGHTS,
    ROUTES,
    SIMPLE_GROUNDS,
    STAFF_WITHDRAWALS,
    SUGGESTIONS,
    TERMINATIONS,
)
from desk.widget_table import Asked, Options, labels, none
from documents.outcomes import TAKERS
from doorway.words import N_


def _area(label: str, help_text: str = "", *, rows: int = 4, optional: bool = False) -> Asked:
    return ("area", label, help_text, optional, none, rows)


def _line(label: str, help_text: str = "", *, optional: bool = False) -> Asked:
    return ("line", label, help_text, optional, none, 0)


def _day(label: str, help_text: str = "", *, optional: bool = False) -> Asked:
    return ("date", label, help_text, optional, none, 0)


def _check(label: str, help_text: str) -> Asked:
    return ("check", label, help_text, False, none, 0)


def _one(label: str, table: Mapping[Any, str], help_text: str = "", *, tall: bool = True) -> Asked:
    return ("tall" if tall else "radios", label, help_text, False, labels(table), 0)


def _refusals(_work: Work) -> Options:
    return [(code, word, REFUSALS_AGAIN_BASIS[code]) for code, word in REFUSALS_AGAIN.items()]


def _routes(_work: Work) -> Options:
    return [(code, name) for code, (name, _clock) in ROUTES.items()]


PROCEDURE_TABLE: dict[str, Asked] = {
    "extend_to": _day(N_("延长至"), N_("不超过现期限之后30日，只能延期一次。")),
    "simple_ground": _one(N_("适用简易办理的情形"), SIMPLE_GROUNDS),
    "simple_checked": _check(
        N_("已核对排除情形"), N_("可能不予支持、可以通过法定程序处理、多个责任主体的，不适用简易办理。")
    ),
    "refusal_again": ("tall", N_("不再受理的理由"), "", False, _refusals, 0),
    "earlier": _line(N_("原信访件"), N_("原信访件编号，或者复核意见书文号。")),
    "receipt": _one(N_("送达结果"), RECEIPTS, N_("写入送达回证；期限自送达之日起计算。"), tall=False),
    "receiver": ("select", N_("代收人"), N_("他人代收的才填。"), True, labels(TAKERS), 0),
    "tracking": _line(N_("邮件编号"), N_("邮寄送达的必填。"), optional=True),
    "service_note": _line(N_("备注"), N_("拒收、留置的写明见证人和情况；不写信访人姓名、电话。"), optional=True),
    "executed_on": _day(
        N_("予以支持的诉求执行到位的日期"),
        N_("有予以支持的诉求时必须填写；还没有执行到位的，请先送达，再交付执行。"),
        optional=True,
    ),
    "execution_plan": _area(N_("执行单位和措施"), N_("由谁、在什么时候、做什么。")),
    "execute_by": _day(N_("执行期限"), N_("可以不填；填写后到期提醒。"), optional=True),
    "archive_no": _line(N_("卷宗号"), optional=True),
    "mediator": _line(N_("调解员或者调解组织")),
    "both_agree": _check(N_("双方自愿调解"), N_("信访人和另一方均同意调解；调解期间办理期限照常计算。")),
    "agreement": _area(N_("协议内容"), N_("写入调解协议书，不少于10个字。"), rows=6),
    "agreed_on": _day(N_("达成协议的日期")),
    "performed_on": _day(N_("履行完毕的日期"), N_("本单位设置为履行后终结的，必须填写。"), optional=True),
    "hearing_form": _one(N_("形式"), HEARINGS, tall=False),
    "hearing_on": _day(N_("举行日期")),
    "participants": _area(N_("参加单位和人员"), rows=3),
    "hearing_record": _area(N_("情况和结论"), N_("写入听证（会商）记录，不少于10个字。"), rows=6),
    "employer": _line(N_("用人单位")),
    "demands": _area(N_("存在的问题和改正要求"), N_("写入监督意见书，不写信访人的姓名。"), rows=6),
    "employer_reply": _area(N_("用人单位的答复"), rows=5),
    "proposal_to": _line(N_("提请处理的部门"), N_("例如：区人力资源和社会保障局。")),
    "right": _one(N_("权利时效"), RIGHTS, N_("是信访人自己的权利，只显示和提醒，不算本单位超期。")),
    "right_from": _day(N_("起算之日"), N_("知道权利被侵害之日、事故发生之日或者违法行为终了之日。")),
    "interrupted_on": _day(
        N_("中断之日"), N_("向对方主张权利、向有关部门请求救济，或者对方同意履行之日；时效重新计算。")
    ),
    "reported_to": _line(N_("已报告的单位"), N_("本级党委政府、联席会议办公室和上级工会。")),
    "progress": _area(N_("告知的进展"), N_("何时、以何种方式、告知了什么。")),
    "supervise_reason": _area(N_("督办的问题和要求"), N_("写入督办单，不少于10个字。")),
    "supervise_by": _day(N_("督办期限"), N_("到期以前反馈办理情况；到期提醒。")),
    "supervision_answer": _area(N_("办理情况"), N_("采取了什么措施，还有什么没有办完、何时办完。")),
    "suggestion": _one(N_("建议种类"), SUGGESTIONS, tall=False),
    "advised_unit": _line(N_("接受建议的单位")),
    "suggestion_text": _area(N_("建议内容"), N_("写入建议书，不少于10个字。"), rows=6),
    "adoption": _one(N_("采纳情况"), ADOPTIONS, tall=False),
    "route": ("tall", N_("法定途径"), "", False, _routes, 0),
    "target_body": _line(N_("受理的机关"), N_("写明全称，例如：区劳动人事争议仲裁委员会。")),
    "limitation_on": _day(N_("时效届满日期"), N_("仲裁、工伤认定、劳动监察必须填写，写入告知书。"), optional=True),
    "withdrawal": _one(N_("核实方式"), STAFF_WITHDRAWALS, N_("工作人员不得代为撤回。")),
    "withdrawn_on": _day(N_("提出撤回的日期")),
    "statement": _area(N_("信访人本人的陈述"), N_("照录书面申请或者谈话、录音中的原话。")),
    "termination": _one(N_("终止的情形"), TERMINATIONS),
    "lead": _line(N_("主件编号"), N_("本件并入该件；应是期限最早的一件。")),
    "same_people": (
        "check",
        N_("已核对两件是同一或者部分相同的信访人"),
        N_("系统没有查到相同的姓名、电话或者证件时必须勾选；确不相同的不能并案。"),
        True,
        none,
        0,
    ),
    "first_case": _line(N_("初次件编号")),
    "claims_chosen": ("claims", N_("要拆分的诉求"), N_("原件至少保留一项。"), False, none, 0),
    "review_asked_on": _day(
        N_("申请日期"), N_("信访人提出申请之日，邮寄的以邮戳日为准；期限内提出、逾期才收到的照样登记。")
    ),
    "review_body": _line(N_("复查（复核）机关")),
    "review_outcome": _one(N_("结论"), FINAL_OUTCOMES, tall=False),
    "review_decision": _one(N_("结论"), OUTCOMES, tall=False),
    "review_number": _line(N_("意见书文号")),
    "review_text": _area(N_("意见要点"), rows=5),
    "review_served_on": _day(N_("送达信访人的日期"), N_("申请复核的期限自此日起计算。")),
    "redo_by": _day(N_("重新办理的期限"), N_("撤销并责令重作的，必须填写。"), optional=True),
}
