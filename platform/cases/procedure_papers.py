"""The words of the documents of the whole procedure (domain.md D7). Pure text; layout belongs to whoever prints."""

from __future__ import annotations

from collections.abc import Callable

from cases.options import (
    HEARINGS,
    RECEIPTS,
    REFUSALS_AGAIN,
    REFUSALS_AGAIN_BASIS,
    ROUTES,
    SIMPLE_GROUNDS,
    SUGGESTIONS,
    TERMINATIONS,
    WITHDRAWALS,
)
from cases.paper_kit import (
    Facts,
    Paragraphs,
    chinese_date,
    clock,
    day_of,
    outcomes,
    paragraph,
    received,
    requests,
)
from cases.review_papers import REVIEW_TEMPLATES
from cases.rules import ClockKind
from documents.outcomes import TAKERS


def _simple(facts: Facts) -> Paragraphs:
    ten, ground = clock(facts, ClockKind.SIMPLE_OPINION), SIMPLE_GROUNDS[facts.data["simple_ground"]]
    until = f"，即不晚于{chinese_date(ten.due_on)}" if ten else ""
    return [
        paragraph(f"{received(facts)}（编号{facts.case.number}）已收悉，决定予以受理，并适用简易办理。"),
        paragraph(f"{ground}。", "适用简易办理的情形"),
        paragraph(f"自受理之日起10个工作日内出具处理意见{until}；不宜简易办理的，转为普通程序。", "办理期限"),
        paragraph("《信访工作条例》第二十三条；信访事项简易办理规定。", "依据"),
    ]


def _ordinary(facts: Facts) -> Paragraphs:
    sixty = clock(facts, ClockKind.HANDLING)
    until = f"，不晚于{chinese_date(sixty.due_on)}" if sixty else ""
    return [
        paragraph(f"{received(facts)}（编号{facts.case.number}）不宜继续简易办理，转为普通程序办理。"),
        paragraph(str(facts.data["reason"]), "理由"),
        paragraph(f"办理期限自原受理之日起计算{until}。", "办理期限"),
    ]


def _refusal_again(facts: Facts) -> Paragraphs:
    code = facts.data["refusal_again"]
    return [
        paragraph(f"{received(facts)}（编号{facts.case.number}）已收悉。经审查，决定不再受理。"),
        paragraph(f"{REFUSALS_AGAIN[code]}。{facts.data['reason']}", "理由"),
        paragraph(str(facts.data["earlier"]), "原信访事项"),
        paragraph(f"{REFUSALS_AGAIN_BASIS[code]}。", "依据"),
    ]


def _extension_form(facts: Facts) -> Paragraphs:
    sixty = clock(facts, ClockKind.HANDLING)
    return [
        paragraph(f"信访事项“{facts.case.title}”（编号{facts.case.number}），申请延长办理期限。"),
        paragraph(chinese_date(sixty.due_on) if sixty else "—", "现办理期限"),
        paragraph(day_of(facts, "extend_to"), "申请延长至"),
        paragraph(str(facts.data["reason"]), "延期理由"),
        paragraph("同意（  ）  不同意（  ）\n负责人签字：            年   月   日", "本单位负责人审批意见"),
        paragraph("《信访工作条例》第三十四条：情况复杂的，经本单位负责人批准可以延长，期限不超过30日。", "依据"),
    ]


def _extension(facts: Facts) -> Paragraphs:
    extension = clock(facts, ClockKind.EXTENSION)
    until, reason = (chinese_date(extension.due_on), extension.due_reason) if extension else ("—", "")
    return [
        paragraph(f"{received(facts)}（编号{facts.case.number}），因情况复杂，经本单位负责人批准，延长办理期限。"),
        paragraph(str(reason or "—"), "延期理由"),
        paragraph(f"延长至{until}。", "办理期限"),
        paragraph("《信访工作条例》第三十四条。", "依据"),
    ]


def _agreement(facts: Facts) -> Paragraphs:
    return [
        paragraph(f"{received(facts)}（编号{facts.case.number}），经调解，双方自愿达成如下协议。"),
        paragraph(requests(facts), "争议事项"),
        paragraph(str(facts.data["agreement"]), "协议内容"),
        paragraph(day_of(facts, "agreed_on"), "达成日期"),
        paragraph("信访人签字：            另一方签字（盖章）：            调解员签字：            ", "签署"),
        paragraph("《信访工作条例》第三十三条。", "依据"),
    ]


def _agreement_conclusion(facts: Facts) -> Paragraphs:
    return [
        paragraph(f"{received(facts)}（编号{facts.case.number}），双方已达成调解协议，办理终结。"),
        paragraph(outcomes(facts), "逐项结果"),
        paragraph(str(facts.data["result"]), "落实情况"),
        paragraph("《信访工作条例》第三十三条。", "依据"),
    ]


def _hearing_notice(facts: Facts) -> Paragraphs:
    form = HEARINGS[facts.data["hearing_form"]]
    return [
        paragraph(f"{received(facts)}（编号{facts.case.number}），定于{day_of(facts, 'hearing_on')}举行{form}。"),
        paragraph(str(facts.data["participants"]), "参加单位和人员"),
        paragraph("《信访工作条例》第三十一条第六项、第三十六条。", "依据"),
    ]


def _hearing_record(facts: Facts) -> Paragraphs:
    return [
        paragraph(f"信访事项“{facts.case.title}”（编号{facts.case.number}）听证（会商）记录。"),
        paragraph(str(facts.data["hearing_record"]), "情况和结论"),
        paragraph("主持人：            记录人：            参加人签字：            ", "签署"),
    ]


def _supervision_opinion(facts: Facts) -> Paragraphs:
    return [
        paragraph(f"{facts.data['employer']}："),
        paragraph(str(facts.data["demands"]), "存在的问题和改正要求"),
        paragraph(str(facts.data["basis"]), "法律法规依据"),
        paragraph(
            f"请自收到本意见书之日起15个工作日内书面答复{facts.union_name}；拒不改正的，工会将提请有关部门依法处理。",
            "答复期限",
        ),
        paragraph("《中华人民共和国工会法》第二十三条。", "依据"),
    ]


def _supervision_proposal(facts: Facts) -> Paragraphs:
    return [
        paragraph(f"{facts.data['proposal_to']}："),
        paragraph(
            f"{facts.union_name}就信访事项“{facts.case.title}”向用人单位发出监督意见书，用人单位没有改正，提请依法处理。"
        ),
        paragraph(str(facts.data["reason"]), "情况和建议"),
        paragraph("《中华人民共和国工会法》第二十三条。", "依据"),
    ]


def _divert(facts: Facts) -> Paragraphs:
    limitation = facts.data.get("limitation_on")
    told = [
        paragraph(f"{received(facts)}（编号{facts.case.number}），依法应当通过法定途径解决，现予告知。"),
        paragraph(f"{ROUTES[facts.data['route']][0]}；受理机关：{facts.data['target_body']}。", "法定途径"),
        paragraph(str(facts.data["reason"]), "理由"),
    ]
    if limitation is not None:
        late = "（已经届满，请尽快咨询受理机关是否存在中断、中止情形）" if limitation < facts.today else ""
        told.append(paragraph(f"请在{chinese_date(limitation)}以前提出，逾期可能丧失权利{late}。", "时效届满日期"))
    return [*told, paragraph("《信访工作条例》第二十八条第二款、第三十一条。", "依据")]


def _way_of(facts: Facts) -> str:
    tracking = facts.data.get("tracking")
    return f"{facts.data['delivery_word']}" + (f"，邮件编号{tracking}" if tracking else "")


def _receipt_of(facts: Facts) -> str:
    receiver = facts.data.get("receiver")
    return RECEIPTS[facts.data["receipt"]] + (f"（{TAKERS[receiver]}）" if receiver else "")


def _service_proof(facts: Facts) -> Paragraphs:
    asked = clock(facts, ClockKind.ASK_REVIEW)
    told = [
        paragraph(f"信访事项“{facts.case.title}”（编号{facts.case.number}）的处理意见书送达情况。"),
        paragraph(_way_of(facts), "送达方式"),
        paragraph(day_of(facts, "delivered_on"), "送达日期"),
        paragraph(_receipt_of(facts), "签收情况"),
        paragraph("受送达人签字：            送达人签字：            ", "签署"),
    ]
    if asked is not None:
        told.append(paragraph(f"可以请求复查的最后日期：{chinese_date(asked.due_on)}。", "救济期限"))
    return told


def _execution_urge(facts: Facts) -> Paragraphs:
    return [
        paragraph(f"信访事项“{facts.case.title}”（编号{facts.case.number}）的处理意见予以支持，应当执行。"),
        paragraph(outcomes(facts), "处理意见"),
        paragraph(str(facts.data["reason"]), "督促执行的要求"),
        paragraph("《信访工作条例》第三十二条第二款、第四十条。", "依据"),
    ]


def _execution_record(facts: Facts) -> Paragraphs:
    return [
        paragraph(f"信访事项“{facts.case.title}”（编号{facts.case.number}）落实情况。"),
        paragraph(outcomes(facts), "处理意见"),
        paragraph(str(facts.data["result"]), "落实情况"),
    ]


def _withdrawal(facts: Facts) -> Paragraphs:
    return [
        paragraph(f"{received(facts)}（编号{facts.case.number}），信访人自愿撤回。"),
        paragraph(day_of(facts, "withdrawn_on"), "提出日期"),
        paragraph(str(facts.data["statement"]), "信访人本人的陈述"),
        paragraph(WITHDRAWALS[facts.data["withdrawal"]], "核实方式"),
        paragraph("撤回后仍可以就同一事项重新提出。信访人签字：            ", "说明"),
    ]


def _termination(facts: Facts) -> Paragraphs:
    return [
        paragraph(f"{received(facts)}（编号{facts.case.number}），终止办理。"),
        paragraph(f"{TERMINATIONS[facts.data['termination']]}。{facts.data['reason']}", "情形和依据的情况"),
    ]


def _merge(facts: Facts) -> Paragraphs:
    return [
        paragraph(
            f"{received(facts)}（编号{facts.case.number}）与编号{facts.data['lead'].number}属同一事项，并案办理。"
        ),
        paragraph(str(facts.data["reason"]), "理由"),
        paragraph("办理期限以最早的一件为准，处理意见将一并送达您。", "说明"),
    ]


def _split(facts: Facts) -> Paragraphs:
    chosen, other = "、".join(f"诉求{n}" for n in facts.data["claims_chosen"]), facts.data["destination"]
    return [
        paragraph(f"{received(facts)}（编号{facts.case.number}），其中{chosen}另立一件（编号{other}）。"),
        paragraph(str(facts.data["reason"]), "理由"),
        paragraph("收到日期和办理期限不变。", "说明"),
    ]


def _index(facts: Facts) -> Paragraphs:
    return [
        paragraph(f"信访事项“{facts.case.title}”（编号{facts.case.number}）卷宗。"),
        paragraph(str(facts.data.get("archive_no") or "—"), "卷宗号"),
        paragraph("\n".join((*facts.contents(), "办理过程记录")), "卷内文件"),
    ]


def _urgent(facts: Facts) -> Paragraphs:
    return [
        paragraph(f"关于信访事项“{facts.case.title}”（编号{facts.case.number}）的重大紧急情况报告。"),
        paragraph(str(facts.data["reported_to"]), "报告对象"),
        paragraph(str(facts.data["note"]), "情况和已采取的措施"),
        paragraph("《信访工作条例》第二十五条。", "依据"),
    ]


def _supervision_slip(facts: Facts) -> Paragraphs:
    return [
        paragraph(f"关于信访事项“{facts.case.title}”（编号{facts.case.number}），现予督办。"),
        paragraph(str(facts.data["supervise_reason"]), "问题和要求"),
        paragraph(f"{day_of(facts, 'supervise_by')}以前反馈办理情况。", "督办期限"),
        paragraph("《信访工作条例》第四十条。", "依据"),
    ]


def _suggestion(facts: Facts) -> Paragraphs:
    return [
        paragraph(f"{facts.data['advised_unit']}："),
        paragraph(str(facts.data["suggestion_text"]), SUGGESTIONS[facts.data["suggestion"]]),
        paragraph("请书面反馈采纳情况。", "反馈"),
        paragraph("《信访工作条例》第四十条。", "依据"),
    ]


PROCEDURE_TEMPLATES: dict[str, tuple[str, str, Callable[[Facts], Paragraphs]]] = {
    "simple_notice": ("信访事项简易办理告知书", "简", _simple),
    "ordinary_notice": ("信访事项转普通程序告知书", "转普", _ordinary),
    "refusal_again_notice": ("信访事项不再受理告知书", "不再", _refusal_again),
    "extension_form": ("信访事项延期审批表", "延审", _extension_form),
    "extension_notice": ("信访事项延期告知书", "延", _extension),
    "mediation_agreement": ("信访事项调解协议书", "调", _agreement),
    "agreement_conclusion": ("信访事项调解终结记录", "调终", _agreement_conclusion),
    "hearing_notice": ("信访事项听证（会商）通知", "听", _hearing_notice),
    "hearing_record": ("信访事项听证（会商）记录", "听记", _hearing_record),
    "supervision_opinion": ("工会劳动法律监督意见书", "监意", _supervision_opinion),
    "supervision_proposal": ("工会劳动法律监督建议书", "监建", _supervision_proposal),
    "divert_notice": ("信访事项导入法定程序告知书", "导", _divert),
    "service_proof": ("送达回证", "送", _service_proof),
    "execution_urge": ("信访处理意见督促执行函", "督执", _execution_urge),
    "execution_record": ("信访处理意见落实情况记录", "落", _execution_record),
    "withdrawal_record": ("信访人撤回申请记录", "撤", _withdrawal),
    "termination_record": ("信访事项终止办理记录", "终", _termination),
    "merge_notice": ("信访事项并案告知书", "并", _merge),
    "split_note": ("信访事项拆分说明", "拆", _split),
    "file_index": ("信访卷宗目录", "卷", _index),
    "urgent_report": ("重大紧急信访事项报告", "急", _urgent),
    "supervision_slip": ("信访事项督办单", "督单", _supervision_slip),
    "suggestion_letter": ("信访工作建议书", "建", _suggestion),
    **REVIEW_TEMPLATES,
}
