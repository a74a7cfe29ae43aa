"""The words of 复查 and 复核: request, opinion, result, and a time to ask that has passed. Pure text."""

from __future__ import annotations

from collections.abc import Callable

from cases.options import FINAL_OUTCOMES, OUTCOMES, STAGES
from cases.paper_kit import Facts, Paragraphs, chinese_date, clock, day_of, paragraph, received, requests
from cases.rules import ClockKind


def _request(stage: str) -> Callable[[Facts], Paragraphs]:
    def words(facts: Facts) -> Paragraphs:
        article = "第三十五条" if stage == "review" else "第三十六条"
        return [
            paragraph(f"信访人对信访事项“{facts.case.title}”（编号{facts.case.number}）申请{STAGES[stage]}。"),
            paragraph(day_of(facts, "review_asked_on"), "申请日期"),
            paragraph(str(facts.data["reason"]), "申请理由"),
            paragraph(str(facts.data.get("review_body") or facts.body_of(stage)), "受理机关"),
            paragraph(f"《信访工作条例》{article}。", "依据"),
        ]

    return words


def _result(stage: str) -> Callable[[Facts], Paragraphs]:
    def words(facts: Facts) -> Paragraphs:
        told = [
            paragraph(f"信访事项“{facts.case.title}”（编号{facts.case.number}）{STAGES[stage]}结果登记。"),
            paragraph(FINAL_OUTCOMES[facts.data["review_outcome"]], "结论"),
            paragraph(str(facts.data["review_number"]), "意见书文号"),
            paragraph(str(facts.data["review_text"]), "意见要点"),
            paragraph(day_of(facts, "review_served_on"), "送达信访人日期"),
        ]
        asked = clock(facts, ClockKind.ASK_RECHECK)
        if stage == "review" and asked is not None:
            told.append(paragraph(f"可以请求复核的最后日期：{chinese_date(asked.due_on)}。", "救济期限"))
        return told

    return words


def _redo(facts: Facts) -> Paragraphs:
    return [
        paragraph(f"信访事项“{facts.case.title}”（编号{facts.case.number}）的处理意见被撤销，责令重新作出。"),
        paragraph(str(facts.data["review_number"]), "决定文号"),
        paragraph(str(facts.data["review_text"]), "决定要点"),
        paragraph(day_of(facts, "redo_by"), "重新办理的期限"),
        paragraph("不得以同一事实和理由作出与原处理意见相同的意见。", "要求"),
    ]


def _review_opinion(facts: Facts) -> Paragraphs:
    stage, decision = STAGES[facts.case.review_stage or "review"], facts.data["review_decision"]
    told = [
        paragraph(f"{received(facts)}，申请{stage}（编号{facts.case.number}），现已{stage}完毕。"),
        paragraph(requests(facts), f"{stage}请求"),
        paragraph(str(facts.data["facts"]), "事实和理由"),
        paragraph(f"{OUTCOMES[decision]}（原处理意见）。", f"{stage}意见"),
        paragraph(str(facts.data["basis"]), "法律法规依据"),
    ]
    if decision == "redo":
        told.append(paragraph(f"{day_of(facts, 'redo_by')}以前。", "重新办理的期限"))
    if facts.case.review_stage == "review":
        # This union is the reviewer: 复核 is its own superior's, as the petitioner's union says it on its page.
        above = facts.superior_name or facts.body_of("review")
        last = f"如不服本复查意见，可以自收到之日起30日内向{above}请求复核（《信访工作条例》第三十六条）。"
    else:
        last = "本意见为复核意见；以同一事实和理由再次提出的，不再受理（《信访工作条例》第三十六条）。"
    return [*told, paragraph(last, "救济途径和期限")]


def _lapse(facts: Facts) -> Paragraphs:
    return [
        paragraph(f"信访事项“{facts.case.title}”（编号{facts.case.number}），信访人逾期未申请复查（复核）。"),
        paragraph("系统依照登记的送达日期自动记录，办理终结。", "说明"),
    ]


REVIEW_TEMPLATES: dict[str, tuple[str, str, Callable[[Facts], Paragraphs]]] = {
    "review_request": ("信访事项复查申请登记", "查申", _request("review")),
    "recheck_request": ("信访事项复核申请登记", "核申", _request("recheck")),
    "review_result": ("信访事项复查结果登记", "查结", _result("review")),
    "recheck_result": ("信访事项复核结果登记", "核结", _result("recheck")),
    "redo_decision": ("责令重新作出处理意见登记", "重", _redo),
    "review_opinion": ("信访事项复查（复核）意见书", "查意", _review_opinion),
    "lapse_record": ("逾期未申请复查（复核）记录", "逾", _lapse),
}
