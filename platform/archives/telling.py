"""What an event of a case says, in words: for its timeline on a page and in a bound file (卷宗)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from audit.models import AuditEvent
from cases.correcting import LABELS as CORRECTED
from cases.fields import DELIVERIES
from cases.gains import yuan
from cases.handling_rules import CONTENT, DISPOSITIONS, MEASURES, RATED, TOLD_HOW
from cases.options import (
    ADOPTIONS,
    HEARINGS,
    OUTCOMES,
    RECEIPTS,
    REFUSALS_AGAIN,
    RIGHTS,
    ROUTES,
    SIMPLE_GROUNDS,
    SUGGESTIONS,
    TERMINATIONS,
    WITHDRAWALS,
)
from cases.rules import PURPOSE_LABELS, RATING_LABELS, REFUSAL_LABELS, TIER_LABELS
from cases.workflow import CASE_WORKFLOW
from dispatches.rules import OUTCOME_LABELS, RULES, Rule
from documents.outcomes import OUTCOMES as PROOFS
from documents.outcomes import RECEIVERS

#: Events that no row of the case's table names.
OTHER_EVENTS: dict[str, str] = {
    "case:register": "登记",
    "case:own_filed": "信访人网上提出，已同意个人信息告知",
    "case:code": "发放查询码",
    "case:code_again": "重新发放查询码，原码作废",
    "party:reveal": "查看身份信息",
    "case:import": "导入登记",
    "case:attach": "上传附件",
    "case:draft_paper": "起草文书",
    "case:discard_paper": "删除文书草稿",
    "case:issue_paper": "出具文书",
    "case:serve_paper": "登记送达",
    "case:bind": "导出卷宗",
    "case:dossier_open": "下载卷宗",
    "case:file_open": "打开附件",
    "case:file_remove": "移除附件",
    "case:correct": "更正登记",
    "case:accused_staff": "标明被反映人",
    "case:handover": "移交承办人",
    "case:unlink": "取消重复认定",
    "case:recounted": "节假日安排公布，期限重新计算",
    "case:assigned_deadline": "指定办理期限",
    "case:assigned_deadline_stopped": "指定办理期限停止计算",
    "rule:fire": "按规则呈报或提醒",
    "case:take_over": "承继登记",
    "case:overdue": "期限届满",
    "case:merged_in": "其他信访件并入本件",
    "case:merge_undone": "并入的信访件已分出",
    "case:split_off": "从原件拆分登记",
    "case:rejoined": "拆分的诉求退回本件",
    "case:repeated": "同一事项再次信访",
    "case:repeat_undone": "再次信访的认定已取消",
    "case:task_answer": "部门任务已答复",
    "case:follow_up": "办结后回访",
}

#: What an event tells, in order: key of its data, the words before it, and how the value reads.
Reading = Callable[[Any, Mapping[UUID, str], Mapping[str, str]], str]


def _plain(value: Any, _people: Mapping[UUID, str], _categories: Mapping[str, str]) -> str:
    return str(value)


def _of(labels: Mapping[Any, str]) -> Reading:
    return lambda value, _people, _categories: labels.get(value, str(value))


def _person(value: Any, people: Mapping[UUID, str], _categories: Mapping[str, str]) -> str:
    identifier = _uuid(value)
    return people.get(identifier, "") if identifier else ""


def _places(value: Any, _people: Mapping[UUID, str], _categories: Mapping[str, str]) -> str:
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _dispositions(value: Any, _people: Mapping[UUID, str], _categories: Mapping[str, str]) -> str:
    if not isinstance(value, Mapping):
        return ""
    words = (
        f"{place}. {DISPOSITIONS.get(told[0], told[0])}{'、' + DISPOSITIONS['aided'] if told[1] else ''}"
        for place, told in value.items()
    )
    return "；".join(words)


def _several(labels: Mapping[str, str]) -> Reading:
    return lambda value, _people, _categories: "、".join(labels.get(code, str(code)) for code in value)


TELLS: tuple[tuple[str, str, Reading], ...] = (
    ("purpose", "信访目的", _of(PURPOSE_LABELS)),
    ("spot_purpose", "信访目的", _of(PURPOSE_LABELS)),
    ("category", "问题类别", lambda value, _people, categories: categories.get(value, str(value))),
    ("tier", "难易程度", _of(TIER_LABELS)),
    ("corrected", "更正的内容", _several(CORRECTED)),
    ("competence_note", "职权判断", _plain),
    ("on_behalf", "", lambda value, people, _categories: f"代{_person(value, people, {})}办理"),
    ("department", "承办部门", _plain),
    ("retaliation", "标注", lambda value, _people, _categories: "反映打击报复" if value == "True" else ""),
    ("conflict", "标注", lambda value, _people, _categories: "需要回避" if value == "True" else ""),
    ("rated_about", "评价对象", _of(RATED)),
    ("rating", "评价（工作人员代录）", _of(RATING_LABELS)),
    ("own_rating", "评价（信访人本人）", _of(RATING_LABELS)),
    ("told_how", "得知方式", _of(TOLD_HOW)),
    ("rule", "规则", lambda value, _people, _categories: RULES[Rule(value)].label),
    ("outcome", "结果", _of(OUTCOME_LABELS)),
    ("assignee", "承办人", _person),
    ("procedure", "处理途径和程序", _plain),
    ("refusal", "不予受理理由", _of(REFUSAL_LABELS)),
    ("reason", "理由", _plain),
    ("request", "请求事项", _plain),
    ("where_to_go", "可以向谁提出", _plain),
    ("reply", "答复内容", _plain),
    ("note", "", _plain),
    ("delivery", "送达方式", _of(DELIVERIES)),
    ("delivered_on", "送达日期", _plain),
    ("result", "办理结果", _plain),
    ("paper", "文书", _plain),
    ("served", "送达结果", _of(PROOFS)),
    ("receiver", "签收人", _of(RECEIVERS)),
    ("tracking", "邮件编号", _plain),
    ("case", "相关信访件", _plain),
    ("lead", "主件", _plain),
    ("first_case", "初次件", _plain),
    ("destination", "去向", _plain),
    ("claims_chosen", "拆分的诉求", _places),
    ("extend_to", "申请延长至", _plain),
    ("simple_ground", "简易办理", _of(SIMPLE_GROUNDS)),
    ("refusal_again", "不再受理理由", _of(REFUSALS_AGAIN)),
    ("earlier", "原信访件", _plain),
    ("receipt", "签收情况", _of(RECEIPTS)),
    ("execution_plan", "执行单位和措施", _plain),
    ("execute_by", "执行期限", _plain),
    ("executed_on", "执行到位", _plain),
    ("archive_no", "卷宗号", _plain),
    ("mediator", "调解员", _plain),
    ("agreement", "协议内容", _plain),
    ("agreed_on", "达成日期", _plain),
    ("performed_on", "履行完毕日期", _plain),
    ("hearing_form", "形式", _of(HEARINGS)),
    ("hearing_on", "举行日期", _plain),
    ("participants", "参加单位和人员", _plain),
    ("hearing_record", "情况和结论", _plain),
    ("employer", "用人单位", _plain),
    ("demands", "改正要求", _plain),
    ("opinion_received_on", "用人单位收到日期", _plain),
    ("employer_reply", "用人单位答复", _plain),
    ("proposal_to", "提请部门", _plain),
    ("right", "权利时效", _of(RIGHTS)),
    ("right_from", "起算之日", _plain),
    ("interrupted_on", "中断之日", _plain),
    ("reported_to", "已报告", _plain),
    ("progress", "告知的进展", _plain),
    ("supervise_reason", "督办要求", _plain),
    ("supervise_by", "督办期限", _plain),
    ("supervision_answer", "办理情况", _plain),
    ("suggestion", "建议", _of(SUGGESTIONS)),
    ("advised_unit", "接受建议的单位", _plain),
    ("suggestion_text", "建议内容", _plain),
    ("adoption", "采纳情况", _of(ADOPTIONS)),
    ("route", "法定途径", _of({code: name for code, (name, _clock) in ROUTES.items()})),
    ("target_body", "受理的机关", _plain),
    ("limitation_on", "时效届满日期", _plain),
    ("withdrawal", "核实方式", _of(WITHDRAWALS)),
    ("withdrawn_on", "提出日期", _plain),
    ("statement", "信访人陈述", _plain),
    ("termination", "终止情形", _of(TERMINATIONS)),
    ("review_asked_on", "申请日期", _plain),
    ("review_body", "复查（复核）机关", _plain),
    ("review_outcome", "结论", _of(OUTCOMES)),
    ("review_decision", "结论", _of(OUTCOMES)),
    ("review_number", "意见书文号", _plain),
    ("review_text", "意见要点", _plain),
    ("review_served_on", "送达日期", _plain),
    ("redo_by", "重新办理期限", _plain),
    ("declared", "承办人声明", _plain),
    ("dispositions", "三到位一处理", _dispositions),
    ("measures", "办理措施", _several(MEASURES)),
    ("recovered", "追回金额", lambda value, _people, _categories: yuan(int(value)) if str(value).isdecimal() else ""),
    ("helped", "惠及人数", _plain),
    ("task_department", "交给部门", _plain),
    ("task_handler", "经办人", _person),
    ("task_asked", "事项", _plain),
    ("task_due", "任务期限", _plain),
    ("interest", "利害关系", _plain),
    ("permitted", "批准不回避", _person),
    ("first_handler", "首办责任人", _person),
    ("follow_up", "第几次", _plain),
    ("content", "对办理结果", _of(CONTENT)),
)


def what(event: AuditEvent) -> str:
    """The name of what happened; empty for housekeeping that is nobody's handling."""
    action = event.action.partition(":")[2]
    if event.action in OTHER_EVENTS:
        return OTHER_EVENTS[event.action]
    return CASE_WORKFLOW.label(action) if any(row.action == action for row in CASE_WORKFLOW) else ""


def said(
    data: Mapping[str, Any],
    people: Mapping[UUID, str],
    categories: Mapping[str, str],
    own: Mapping[str, Mapping[str, str]],
) -> Iterable[str]:
    """What an event tells beside its name; ``own`` are the union's words for codes, by key of the data."""
    for key, words, reading in TELLS:
        value = data.get(key)
        if value in (None, "", "None"):
            continue
        text = own[key].get(str(value), "") if key in own else ""
        text = text or reading(value, people, categories)
        if text:
            yield f"{words}：{text}" if words else text


#: Keys of an event's data that name an account.
PERSONS = ("assignee", "on_behalf", "task_handler", "permitted", "first_handler")


def people_in(history: Sequence[AuditEvent]) -> set[UUID]:
    """Accounts that the history names inside its data."""
    return {found for event in history for key in PERSONS if (found := _uuid(event.data.get(key)))}


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(str(value)) if value else None
    except ValueError:
        return None
