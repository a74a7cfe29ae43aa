"""Papers in the browser: drafted, edited, issued once, printed, served, and verified by anybody."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import docx as word
import pytest
from flask.testing import FlaskClient

from audit.services import history
from cases import issuing
from documents.models import Document
from documents.services import of_subject
from kernel.errors import ConflictError
from tests.builders import Federation
from tests.documents.scans import words_of
from tests.web.clients import post

AsUser = Callable[[str], FlaskClient]


def drafted(federation: Federation, number: str, kind: str = "completion_report") -> Any:
    with federation.work("head@street") as work:
        return issuing.begin(work, number, kind)


def papers(federation: Federation, case: Any) -> list[Document]:
    with federation.work("head@street") as work:
        return list(of_subject(work.session, case.id))


def test_a_paper_is_drafted_from_the_case_edited_and_issued(as_user: AsUser, federation: Federation) -> None:
    case = federation.accepted()
    handler, base = as_user("handler@street"), f"/cases/{case.number}/papers"
    answer = post(handler, base, {"kind": "settlement_agreement"})
    assert answer.status_code == 303
    form = handler.get(answer.location).text
    assert "反映三个月工资未发" in form, "filled from the case"
    assert "还有没填的内容：请填写：协议内容和履行期限" in form
    fields = {"version": "1", "title": "和解协议书", "heading.0": "", "text.0": "双方自愿和解。", "do": "issue"}
    refused = post(handler, answer.location, fields | {"text.1": "{{请填写：协议内容和履行期限}}"})
    assert refused.status_code == 422
    assert "文书中还有没填的内容：协议内容和履行期限" in refused.text
    unknown = post(handler, answer.location, fields | {"text.1": "{{工号}}"})
    assert unknown.status_code == 422
    assert "没有这些字段：{{工号}}。可以使用的字段：" in unknown.text
    assert "双方自愿和解。" in unknown.text
    issued = post(handler, answer.location, fields | {"heading.1": "协议内容", "text.1": "六月底前付清。"})
    assert issued.status_code == 303
    paper = papers(federation, case)[-1]
    assert (paper.title, paper.number) == ("和解协议书", "东一工信和〔2026〕000001")
    assert handler.get(answer.location).location == issued.location, "a draft that was issued leads to its paper"
    with federation.work("head@street") as work:
        event = history(work.session, case.id)[-1]
        assert (event.action, event.data["paper_hash"]) == ("case:issue_paper", (paper.digest or b"").hex())


def test_two_people_who_issue_at_once_get_one_number_between_them(federation: Federation) -> None:
    case = federation.accepted()
    draft = drafted(federation, case.number)
    with federation.work("head@street") as work:
        body = [{"heading": None, "text": "交办事项已办结。"}]
        issuing.edit(work, case.number, draft.id, "办结报告", body, version=None)

    def issue(who: str) -> str:
        try:
            with federation.work(who) as work:
                return issuing.issue_draft(work, case.number, draft.id, version=2).number
        except ConflictError as error:
            return error.message

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(issue, ("head@street", "handler@street")), key=len)
    assert said[0] == "东一工信结〔2026〕000001"
    assert "已由他人出具" in said[1]
    assert len(papers(federation, case)) == 2, "the acceptance notice and this one"


def test_a_changed_draft_is_not_overwritten_and_one_kind_has_one_draft(
    as_user: AsUser, federation: Federation
) -> None:
    case = federation.accepted()
    draft = drafted(federation, case.number)
    head, path = as_user("head@street"), f"/cases/{case.number}/papers/drafts/{draft.id}"
    fields = {"version": "1", "title": "办结报告", "text.0": "第一个人的文字。"}
    assert post(head, path, fields).status_code == 303
    late = post(head, path, fields | {"text.0": "第二个人的文字。"})
    assert late.status_code == 409
    assert "刚刚被他人修改" in late.text
    assert "第二个人的文字。" in late.text
    again = post(head, f"/cases/{case.number}/papers", {"kind": "completion_report"})
    assert again.status_code == 409
    assert "已有一份同类文书的草稿" in again.text
    assert post(head, path, {"do": "discard", "version": "2"}).status_code == 303
    assert post(head, f"/cases/{case.number}/papers", {"kind": "completion_report"}).status_code == 303


def test_the_draft_of_a_step_is_what_the_step_issues(federation: Federation) -> None:
    case = federation.accepted()
    draft = drafted(federation, case.number, "decision")
    text = {str(part["heading"]): str(part["text"]) for part in draft.body}
    assert text["投诉请求"] == "1. 反映三个月工资未发"
    assert text["事实和理由"] == "{{事实和理由}}", "known when the step is taken"
    with federation.work("head@street") as work:
        body = [*draft.body, {"heading": "特别说明", "text": "本单位将持续跟踪。"}]
        issuing.edit(work, case.number, draft.id, "关于工资问题的处理意见书", body, version=None)
    decide = {
        "facts": "经核实，单位确实拖欠三个月工资。",
        "basis": "《劳动法》第五十条",
        "opinions": {"1": {"opinion": "support", "finding": "督促单位十日内补发。"}},
    }
    federation.act("handler@street", case.number, "decide", **decide)
    paper = papers(federation, case)[-1]
    assert paper.title == "关于工资问题的处理意见书"
    told = {str(part["heading"]): str(part["text"]) for part in paper.body}
    assert told["事实和理由"] == "经核实，单位确实拖欠三个月工资。"
    assert told["处理意见"] == "1. 予以支持：督促单位十日内补发。"
    assert told["特别说明"] == "本单位将持续跟踪。"
    assert "30日内" in told["救济途径和期限"]


def test_a_draft_that_leaves_out_what_the_law_wants_stops_the_step(federation: Federation) -> None:
    case = federation.accepted()
    draft = drafted(federation, case.number, "decision")
    with federation.work("head@street") as work:
        body = [part for part in draft.body if part["heading"] != "救济途径和期限"]
        issuing.edit(work, case.number, draft.id, "处理意见书", body, version=None)
    with pytest.raises(Exception, match="草稿里缺少：救济途径和期限"):
        federation.act(
            "handler@street",
            case.number,
            "decide",
            facts="经核实，单位确实拖欠三个月工资。",
            basis="《劳动法》第五十条",
            opinions={"1": {"opinion": "support", "finding": "督促单位十日内补发。"}},
        )
    assert [paper.kind for paper in papers(federation, case)] == ["acceptance_notice"]


def test_pdf_and_docx_hold_the_same_words_and_mask_the_name_until_there_is_a_reason(
    as_user: AsUser, federation: Federation
) -> None:
    case = federation.decided()
    paper = papers(federation, case)[-1]
    head, path = as_user("head@street"), f"/cases/{case.number}/papers/{paper.id}"
    pdf = head.get(f"{path}/pdf")
    assert pdf.mimetype == "application/pdf"
    text = "".join(words_of(pdf.data))
    for words in ("信访事项处理意见书", paper.number, "测*：", "督促单位十日内补发。", "东一街道工会联合会"):
        assert words in text, words
    assert "测试甲" not in text
    office = head.get(f"{path}/docx").data
    lines = [line.text for line in word.Document(io.BytesIO(office)).paragraphs]
    assert paper.number in lines
    assert "测*：" in lines
    assert "1. 予以支持：督促单位十日内补发。" in lines
    refused = post(head, f"{path}/pdf", {"reason": ""})
    assert refused.status_code == 422
    named = post(head, f"{path}/pdf", {"reason": "盖章后当面送达"})
    assert "测试甲：" in "".join(words_of(named.data))
    with federation.work("head@street") as work:
        event = history(work.session, case.id)[-1]
        assert (event.action, event.data["reason"]) == ("party:reveal", "盖章后当面送达")


def test_service_is_recorded_with_proof_and_only_once(as_user: AsUser, federation: Federation) -> None:
    case = federation.decided()
    paper = papers(federation, case)[-1]
    head, path = as_user("head@street"), f"/cases/{case.number}/papers/{paper.id}"
    form = {"way": "post", "served_on": "2026-03-02", "outcome": "sent", "receiver": "", "tracking": ""}
    refused = post(head, f"{path}/serve", form)
    assert refused.status_code == 422
    assert "邮寄送达的，请填写邮件编号。" in refused.text
    assert post(head, f"{path}/serve", form | {"tracking": "EMS1234"}).status_code == 303
    later = form | {"tracking": "EMS1234", "outcome": "signed", "receiver": "family"}
    assert post(head, f"{path}/serve", later).status_code == 303
    page = head.get(path).text
    assert "同住成年家属" in page
    assert "EMS1234" in page
    again = post(head, f"{path}/serve", later)
    assert again.status_code == 422
    assert "已经送达" in again.text
    proof = "".join(words_of(head.get(f"{path}/proof").data))
    for words in ("送达回证", "EMS1234", "同住成年家属", paper.number):
        assert words in proof
    assert "已送达 2026-03-02" in head.get(f"/cases/{case.number}/papers").text
    assert "登记送达" in head.get(f"/cases/{case.number}").text


def test_the_step_that_serves_leaves_the_proof_with_the_paper(federation: Federation, as_user: AsUser) -> None:
    case = federation.decided()
    federation.act(
        "handler@street",
        case.number,
        "close",
        delivery="in_person",
        delivered_on="2026-03-02",
        executed_on="2026-03-02",
        result="已补发工资。",
    )
    paper = papers(federation, case)[1]
    page = as_user("head@street").get(f"/cases/{case.number}/papers/{paper.id}").text
    assert "当面送达" in page
    assert "签收" in page


def test_anybody_may_verify_a_paper_and_learns_neither_who_nor_what(as_user: AsUser, federation: Federation) -> None:
    case = federation.decided()
    paper = papers(federation, case)[-1]
    page = as_user("head@street").get(f"/cases/{case.number}/papers/{paper.id}").text
    code = re.search(r"验证码 <span class=\"num\">([\w-]+)</span>", page)
    assert code is not None
    stranger = as_user("head@street").application.test_client()
    genuine = stranger.get(f"/verify/?code={code.group(1).lower()}")
    assert genuine.headers["Cache-Control"] == "no-store"
    for words in ("是真实的", "东一街道工会联合会", "信访事项处理意见书", paper.number, "2026年3月2日"):
        assert words in genuine.text
    for secret in ("测*", "测试甲", "工资", "补发"):
        assert secret not in genuine.text
    wrong = [stranger.get(f"/verify/{typed}").text for typed in ("22222222222222", "x", "ABCDABCDABCDAB")]
    assert all("没有查到这份文书" in text for text in wrong)
    shapes = {re.sub(r'value="[^"]*"', "", text) for text in wrong}
    assert len(shapes) == 1, "the same answer for every wrong code"


def test_few_codes_may_be_tried_in_a_row(
    as_user: AsUser, federation: Federation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.verifying.PER_ADDRESS", 3)
    stranger = as_user("head@street").application.test_client()
    said = [stranger.get("/verify/22222222222222").status_code for _try in range(5)]
    assert said[:2] == [200, 200]
    assert said[-1] == 429
    assert stranger.get("/verify/").status_code == 200, "the empty form asks nothing"
