"""送达 on a paper's own page and by the step: one act, one date, one proof."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from cases import delivering, issuing
from cases.clocks import of_case
from cases.models import Case
from documents import serving
from kernel.clock import FixedClock
from kernel.errors import InvalidError
from tests.builders import Federation
from tests.desk.test_papers import papers
from tests.documents.scans import words_of
from tests.ways import Ways
from tests.web.clients import post

AsUser = Callable[[str], FlaskClient]


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
    with federation.work("head@street") as work:
        assert delivering.step_of(work, work.session.get_one(Case, (work.tenant_id, case.id)), paper) == "serve"
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
    given = {
        "delivery": "in_person",
        "delivered_on": "2026-03-02",
        "executed_on": "2026-03-02",
        "result": "已补发工资。",
    }
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
