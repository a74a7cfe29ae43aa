"""The words of each document (文书, domain.md D7) filled from the case. Pure text; layout belongs to the door."""

from __future__ import annotations

from collections.abc import Callable

from cases.fields import WAYS
from cases.options import HEARINGS, STAGES
from cases.paper_kit import Facts, Paragraphs, chinese_date, clock, outcomes, paragraph, received, requests
from cases.procedure_papers import PROCEDURE_TEMPLATES
from cases.rules import REFUSAL_BASIS, REFUSAL_LABELS, ClockKind, Refusal

__all__ = ["TEMPLATES", "TITLES", "Facts", "Paragraphs", "chinese_date"]


def _acceptance(facts: Facts) -> Paragraphs:
    handling = clock(facts, ClockKind.HANDLING)
    if facts.case.review_stage is not None:
        return _review_acceptance(facts)
    paragraphs = [
        paragraph(f"{received(facts)}（编号{facts.case.number}）已收悉，属于本单位职权范围，决定予以受理。"),
        paragraph(
            str(facts.data.get("procedure") or "由本单位承办部门调查核实，作出书面处理意见并送达您本人。"),
            "处理途径和程序",
        ),
    ]
    if handling is not None:
        paragraphs.append(paragraph(f"自受理之日起60日内办结，即不晚于{chinese_date(handling.due_on)}。", "办理期限"))
    paragraphs.append(paragraph("《信访工作条例》第二十三条、第三十四条。", "依据"))
    return paragraphs


def _review_acceptance(facts: Facts) -> Paragraphs:
    stage = facts.case.review_stage or "review"
    thirty = clock(facts, ClockKind.REVIEW if stage == "review" else ClockKind.RECHECK)
    until = f"，即不晚于{chinese_date(thirty.due_on)}" if thirty is not None else ""
    article = "第三十五条" if stage == "review" else "第三十六条"
    return [
        paragraph(f"{received(facts)}，申请{STAGES[stage]}（编号{facts.case.number}），已收悉并予以受理。"),
        paragraph(f"自收到请求之日起30日内提出{STAGES[stage]}意见{until}。", "办理期限"),
        paragraph(f"《信访工作条例》{article}。", "依据"),
    ]


def _refusal(facts: Facts) -> Paragraphs:
    code = Refusal(facts.data["refusal"])
    return [
        paragraph(f"{received(facts)}（编号{facts.case.number}）已收悉。经审查，决定不予受理。"),
        paragraph(f"{REFUSAL_LABELS[code]}。{facts.data['reason']}", "理由"),
        paragraph(str(facts.data["where_to_go"]), "您可以向谁提出"),
        paragraph(f"{REFUSAL_BASIS[code]}。", "依据"),
    ]


def _decision(facts: Facts) -> Paragraphs:
    return [
        paragraph(f"{received(facts)}（编号{facts.case.number}），现已办理完毕，答复如下。"),
        paragraph(requests(facts), "投诉请求"),
        paragraph(str(facts.data["facts"]), "事实和理由"),
        paragraph(outcomes(facts), "处理意见"),
        paragraph(str(facts.data["basis"]), "法律法规依据"),
        paragraph(
            f"如不服本处理意见，可以自收到之日起30日内向{facts.body_of('review')}请求复查（《信访工作条例》第三十五条）。",
            "救济途径和期限",
        ),
    ]


def _spot_reply(facts: Facts) -> Paragraphs:
    return [
        paragraph(f"{received(facts)}（编号{facts.case.number}），现当场答复如下。"),
        paragraph(str(facts.data["reply"]), "答复内容"),
        paragraph("《信访工作条例》第二十三条。", "依据"),
    ]


def _escalation(facts: Facts) -> Paragraphs:
    return [
        paragraph(
            f"{received(facts)}（编号{facts.case.number}）已由{facts.union_name}上报{facts.superior_name}。"
            "收到上级工会意见后，将继续办理并向您书面答复。"
        ),
        paragraph("《信访工作条例》第二十三条。", "依据"),
    ]


def _referral(facts: Facts) -> Paragraphs:
    way, destination = WAYS[facts.data["way"]], facts.data["destination"]
    return [
        paragraph(
            f"{received(facts)}（编号{facts.case.number}），经审查由{destination}办理更为适当，"
            f"已依法{way}{destination}。该单位将自收到之日起15日内向您书面告知接收情况以及处理途径和程序。"
        ),
        paragraph(f"{destination}。办理中的情况，也可以凭本编号向{facts.union_name}查询。", "去向"),
        paragraph("《信访工作条例》第二十二条、第二十三条。", "依据"),
    ]


def _handover(facts: Facts) -> Paragraphs:
    return [
        paragraph(
            f"{received(facts)}（编号{facts.case.number}），因{facts.union_name}机构变动，"
            f"自{chinese_date(facts.today)}起移交{facts.data['destination']}继续办理。"
        ),
        paragraph("您不需要重新提出；收到日期和办理期限不变，请向上述单位查询。", "说明"),
        paragraph("《信访工作条例》第二十四条。", "依据"),
    ]


#: Papers whose title says which of two they are, once that is known.
TITLES: dict[str, Callable[[Facts], str]] = {
    "review_opinion": lambda facts: f"信访事项{STAGES[facts.case.review_stage or 'review']}意见书",
    "referral_notice": lambda facts: f"信访事项{WAYS[facts.data['way']]}告知书",
    "hearing_notice": lambda facts: f"信访事项{HEARINGS[facts.data['hearing_form']]}通知",
}
#: Template name → (title, letters before the number, the words).
TEMPLATES: dict[str, tuple[str, str, Callable[[Facts], Paragraphs]]] = {
    "acceptance_notice": ("信访事项受理告知书", "受", _acceptance),
    "refusal_notice": ("信访事项不予受理告知书", "不受", _refusal),
    "decision": ("信访事项处理意见书", "意", _decision),
    "spot_reply": ("信访事项当场答复记录", "答", _spot_reply),
    "escalation_notice": ("信访事项上报告知书", "报告", _escalation),
    "handover_notice": ("信访事项移交告知书", "移告", _handover),
    "referral_notice": ("信访事项转送（交办）告知书", "转告", _referral),
    **PROCEDURE_TEMPLATES,
}
