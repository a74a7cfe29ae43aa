"""Papers in the browser: drafted, edited, issued once, printed, served, and verified by anybody."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import docx as word
import pytest
from flask.testing import FlaskClient

from audit.services import history
from cases import issuing
from cases.clocks import of_case
from cases.models import Case
from documents import serving
from documents.models import Document
from documents.services import of_subject
from kernel.clock import FixedClock
from kernel.errors import ConflictError, InvalidError
from tests.builders import Federation
from tests.documents.scans import words_of
from tests.ways import Ways
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


def running(federation: Federation, case: Any) -> tuple[str, dict[str, Any]]:
    """Where the case stands, and when each clock began and ends."""
    with federation.work("head@street") as work:
        status = work.session.get_one(Case, (work.tenant_id, case.id)).status
        return status, {clock.kind: (clock.started_on, clock.due_on) for clock in of_case(work.session, case.id)}


POSTED = {"way": "post", "served_on": "2026-03-02", "outcome": "sent", "receiver": "", "tracking": "EMS1234"}


def test_an_opinion_served_on_its_own_page_moves_the_case_and_starts_the_time_to_ask(
    as_user: AsUser, federation: Federation
) -> None:
    now = federation.clock
    federation.clock = FixedClock(now.now() - timedelta(days=4))
    case = federation.accepted(received_on=date(2026, 2, 25))
    finding = {"1": {"opinion": "support", "finding": "督促单位十日内补发。"}}
    words = {"facts": "经核实，单位确实拖欠三个月工资。", "basis": "《劳动法》第五十条", "opinions": finding}
    federation.act("handler@street", case.number, "decide", **words)
    federation.clock = now
    paper = papers(federation, case)[-1]
    head, path = as_user("head@street"), f"/cases/{case.number}/papers/{paper.id}"
    assert "就是在信访件上办理“送达”" in head.get(path).text
    refused = post(head, f"{path}/serve", POSTED | {"tracking": ""})
    assert refused.status_code == 422
    assert "邮寄送达的，请填写邮件编号。" in refused.text
    clerk = as_user("clerk@street")
    assert post(clerk, f"{path}/serve", POSTED).status_code == 303
    assert running(federation, case)[0] == "decided", "on its way is not served"
    later = POSTED | {"outcome": "agent", "receiver": "family", "served_on": "2026-02-27"}
    theirs = post(clerk, f"{path}/serve", later)
    assert theirs.status_code == 403
    assert "由本件的承办人或者信访部门负责人登记" in theirs.text
    assert post(head, f"{path}/serve", later).status_code == 303
    status, clocks = running(federation, case)
    assert (status, clocks["C-RV30"]) == ("served", (date(2026, 2, 27), date(2026, 3, 30)))
    page = head.get(path).text
    for words in ("同住成年家属", "他人代收", "EMS1234"):
        assert words in page
    again = post(head, f"{path}/serve", later)
    assert again.status_code == 422
    assert "已经送达" in again.text
    proof = "".join(words_of(head.get(f"{path}/proof").data))
    step = papers(federation, case)[-1]
    assert step.kind == "service_proof"
    for words in ("他人代收", "EMS1234", "同住成年家属", "2026年2月27日", "邮寄送达"):
        assert words in proof
        assert words in str(step.body), "the two proofs say the same"
    assert paper.number in proof
    assert "已送达 2026-02-27" in head.get(f"/cases/{case.number}/papers").text
    assert "登记送达" in head.get(f"/cases/{case.number}").text


def test_a_paper_that_no_step_serves_only_gets_its_proof(as_user: AsUser, federation: Federation) -> None:
    case = federation.accepted()
    notice = papers(federation, case)[0]
    clerk, path = as_user("clerk@street"), f"/cases/{case.number}/papers/{notice.id}"
    before = running(federation, case)
    form = {"way": "in_person", "served_on": "2026-03-02", "outcome": "left", "note": "社区工作人员见证"}
    assert post(clerk, f"{path}/serve", form).status_code == 303
    assert running(federation, case) == before
    assert "留置送达" in clerk.get(path).text


def test_the_employers_receipt_recorded_on_the_opinion_starts_the_fifteen_working_days(
    as_user: AsUser, federation: Federation
) -> None:
    case = Ways(federation).negotiating()
    paper = papers(federation, case)[-1]
    head, path = as_user("head@street"), f"/cases/{case.number}/papers/{paper.id}"
    form = {"way": "in_person", "served_on": "2026-03-02", "outcome": "signed"}
    assert post(head, f"{path}/serve", form).status_code == 303
    status, clocks = running(federation, case)
    assert (status, clocks["C-15W"]) == ("negotiating", (date(2026, 3, 2), date(2026, 3, 23)))
    proof = "".join(words_of(head.get(f"{path}/proof").data))
    assert "测试厂" in proof
    assert "复查" not in proof
    assert "本人" not in proof


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"receipt": "left"}, "留置送达"),
        ({"receipt": "agent", "receiver": "unit"}, "他人代收"),
        ({"receipt": "refused"}, "拒收"),
        ({}, "签收"),
    ],
)
def test_the_step_that_serves_leaves_a_true_proof_with_the_paper(
    federation: Federation, as_user: AsUser, told: dict[str, str], words: str
) -> None:
    case = federation.decided()
    given = {"delivery": "in_person", "delivered_on": "2026-03-02", "result": "已补发工资。"}
    federation.act("handler@street", case.number, "close", **given, **told)
    paper = papers(federation, case)[1]
    page = as_user("head@street").get(f"/cases/{case.number}/papers/{paper.id}").text
    assert "当面送达" in page
    assert f"<strong>{words}</strong>" in page


def test_the_step_wants_of_a_posted_opinion_what_its_page_wants(federation: Federation) -> None:
    case = federation.decided()
    with pytest.raises(InvalidError) as refused:
        federation.act("handler@street", case.number, "serve", delivery="post", delivered_on="2026-03-02")
    assert refused.value.fields == {"tracking": "邮寄送达的，请填写邮件编号。"}
    with pytest.raises(InvalidError) as unnamed:
        federation.act(
            "handler@street",
            case.number,
            "serve",
            delivery="in_person",
            delivered_on="2026-03-02",
            receipt="agent",
        )
    assert list(unnamed.value.fields) == ["receiver"]


def test_a_paper_served_before_its_step_is_served_on_that_day_and_no_other(federation: Federation) -> None:
    case = federation.decided()
    federation.clock = FixedClock(federation.clock.now() + timedelta(days=4))
    with federation.work("head@street") as work:
        # As earlier releases recorded it: with the paper alone.
        _case, document = issuing.paper(work, case.number, papers(federation, case)[-1].id)
        serving.serve(work, document, way="in_person", served_on=date(2026, 3, 4), receiver="self")
    told = {"delivery": "in_person", "delivered_on": "2026-03-05", "receipt": "signed"}
    with pytest.raises(InvalidError, match="已经登记于2026-03-04送达"):
        federation.act("handler@street", case.number, "serve", **told)
    federation.act("handler@street", case.number, "serve", **told | {"delivered_on": "2026-03-04"})
    assert running(federation, case)[1]["C-RV30"][0] == date(2026, 3, 4)


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
