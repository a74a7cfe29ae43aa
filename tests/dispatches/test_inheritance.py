"""机构承继: a matter arrives with all that hung on it, and nothing is lost between two unions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select, text

from audit.services import history, verify
from cases import attaching, follow_ups, gains, issuing, queries, ratings, tasking, workplaces
from cases.identity import reveal
from cases.intake import NewParty
from cases.models import Case
from cases.queries import File, Filter
from dispatches import handing
from dispatches.succession import run
from documents import attachments, blobs, serving
from documents.attachments import Upload
from documents.drafts import open_of
from documents.models import Document
from documents.services import of_subject
from kernel.clock import FixedClock
from kernel.crypto import DecryptionError
from notices.models import Task
from tenants import departments
from tests.builders import Federation
from tests.dispatches.test_succession import decide, open_cases, settle
from tests.documents.scans import scan
from tests.documents.uploads import TEXT

OPINIONS = {"1": {"opinion": "support", "finding": "督促单位十日内补发。"}}


LETTER = scan(2)


def full(federation: Federation) -> Case:
    """A case of west's with something in every table that hangs on a case, its opinion served."""
    parties = (
        NewParty(name="测试甲", phone="13800001111"),
        NewParty(role="agent", name="测试代理", authority="special"),
        NewParty(role="respondent", organisation="测试厂"),
    )
    with federation.work("clerk@west") as work:
        workplaces.save(work, {"name": "测试厂", "region": "西区", "has_union": "yes"})
    case = federation.accepted("west", title="西区三月工资", parties=parties, aim="补发工资", background="已协商两次")
    with federation.work("admin@west") as work:
        place = departments.create(work, {"name": "财务部", "head_id": federation.users["clerk@west"].id}).id
    act, number = federation.act, case.number
    for asked in ("请核对工资发放表", "请查考勤记录"):
        act(
            "handler@west",
            number,
            "ask_department",
            task_department=str(place),
            task_asked=asked,
            task_due="2026-03-09",
        )
    with federation.work("clerk@west") as work:
        tasking.answer(work, tasking.of_case(work, case.id)[0].id, "已核对，三月没有发放")
        attaching.attach(work, number, [Upload("来信.pdf", LETTER), Upload("工资条.txt", TEXT)])
    act("handler@west", number, "note", note="已约谈用人单位")
    act("handler@west", number, "gains", dispositions={"1": {"disposition": "solved", "aided": True}},
        measures=["mediation"], recovered="36500.50", helped=3)  # fmt: skip
    act(
        "handler@west",
        number,
        "decide",
        facts="经核实，拖欠三个月工资。",
        basis="《劳动法》第五十条",
        opinions=OPINIONS,
    )
    act("handler@west", number, "serve", delivery="in_person", delivered_on="2026-03-02", receipt="signed")
    with federation.work("handler@west") as work:
        issuing.begin(work, number, "interview_record")
    return case


def arrived(federation: Federation, slug: str) -> File:
    [row] = open_cases(federation, slug)
    with federation.work(f"head@{slug}") as work:
        found = queries.file(work, row.number)
        work.session.expunge_all()
    return found


def notes(work: Any, case: Case) -> str:
    return "\n".join(event.data["note"] for event in history(work.session, case.id) if event.action == "case:note")


def test_everything_that_hung_on_a_case_is_at_the_successor(federation: Federation) -> None:
    case = full(federation)
    decide(federation, "west", "east")
    settle(federation)
    found = arrived(federation, "east")
    own = found.case
    assert (own.status, own.aim, own.background) == ("served", "补发工资", "已协商两次")
    with federation.work("head@west") as work:
        before = {paper.number: paper for paper in of_subject(work.session, case.id)}
        work.session.expunge_all()
    with federation.work("head@east") as work:
        files = attachments.of_subject(work, own.id)
        assert [(file.name, file.pages) for file in files] == [("来信.pdf", 2), ("工资条.txt", None)]
        assert attaching.open_file(work, own.number, files[0].id).content == LETTER
        papers = of_subject(work.session, own.id)
        assert [paper.kind for paper in papers] == [
            *("acceptance_notice", "decision", "service_proof"),
        ], "the notice of the handover itself stays with the union that gave it"
        for paper in papers:
            old = before[paper.number]
            assert (paper.title, paper.body, paper.digest, paper.code) == (old.title, old.body, old.digest, old.code)
        served = [proof for paper in papers for proof in serving.of_document(work.session, paper.id)]
        assert [(proof.served_on, proof.outcome) for proof in served] == [(date(2026, 3, 2), "signed")]
        assert [draft.kind for draft in open_of(work.session, own.id)] == ["interview_record"]
        result = gains.result_of(work, own.id)
        assert result is not None
        assert (result.measures, result.recovered_fen, result.helped) == (["mediation"], 3_650_050, 3)
        assert gains.dispositions_of(work, found.claims) == {1: ("solved", True)}
        told = notes(work, own)
        for words in (
            *("（西区总工会移交）办理过程：", "交财务部办理", "请核对工资发放表——已答复：已核对，三月没有发放"),
            *("请查考勤记录——尚未办结，随移交撤回", "先后由1名承办人办理", "（2026-03-02）已约谈用人单位"),
        ):
            assert words in told, words
        assert "测试承办人" not in told, "people of the predecessor stay in its own log"
        tasks = work.session.scalars(select(Task.title).where(Task.kind == "inherited_tasks")).all()
        assert len(tasks) == 1 and "1项部门任务" in tasks[0]
        agent, respondent = found.parties[1], found.parties[2]
        assert (agent.authority, reveal(work, own.number, 2, "核对代理人身份").name) == ("special", "测试代理")
        place = workplaces.get(work, respondent.workplace_id)  # type: ignore[arg-type]
        assert (place.name, place.region, place.has_union) == ("测试厂", "西区", True)
        assert [row.id for row in queries.newest(work, Filter(q="西区三月工资")).cases] == [own.id], "found by words"
        assert verify(work.session)[1] is None
    with federation.work_as_system("west") as work:
        kept = attachments.of_subject(work, case.id)
        assert [file.name for file in kept] == ["来信.pdf", "工资条.txt"], "the predecessor's archive stays whole"
        with pytest.raises(DecryptionError):
            work.cipher.open(work.tenant_id, f"blob/{files[0].blob}", _raw(federation, "east", files[0].blob))


def _raw(federation: Federation, slug: str, key: str) -> bytes:
    return federation.files.store.read(f"{federation.ids[slug]}/{key[:2]}/{key}")


def test_a_matter_that_comes_back_to_where_it_began_keeps_both_papers_apart(federation: Federation) -> None:
    case = full(federation)
    decide(federation, "west", "east", "split", categories=("01",))
    settle(federation)
    decide(federation, "east", "west", "split", categories=("01",))
    settle(federation)
    back = arrived(federation, "west").case
    assert back.id != case.id
    with federation.work("head@west") as work:
        numbers = [paper.number for paper in of_subject(work.session, back.id)]
        assert len(numbers) == 3 and all(number.endswith("（移交第2份）") for number in numbers)
        assert work.session.scalars(select(Document.code).where(Document.subject_id == back.id)).all() == [None] * 3
        assert len(attachments.of_subject(work, back.id)) == 2
        told = notes(work, back)
        assert "（西区总工会移交）" in told and "（东区总工会移交）" in told, "the words of both unions are there"


def test_no_sweep_takes_a_file_that_a_letter_brings_before_its_case_is_taken_up(federation: Federation) -> None:
    full(federation)
    found = decide(federation, "west", "east")
    with federation.work_as_system("west") as work:
        run(work, {"succession": str(found), "step": "cases"})
    with federation.work_as_system("east") as work:
        awaited = handing.awaited(work)
        assert len(awaited) == 2
        late = replace(work, clock=FixedClock(datetime(2036, 3, 2, tzinfo=UTC)))
        # What other tests left in the union's folder may go; what a letter brings stays.
        attachments.sweep(late, awaited)
        for key in awaited:
            assert blobs.fetch(work, key)
    settle(federation)
    with federation.work_as_system("east") as work:
        assert handing.awaited(work) == set()


def test_a_closed_file_that_was_asked_about_again_brings_its_ratings_and_its_follow_up(
    federation: Federation,
) -> None:
    case = federation.decided("west")
    closing = {
        "delivery": "in_person",
        "delivered_on": "2026-03-02",
        "executed_on": "2026-03-02",
        "receipt": "signed",
        "result": "已经全部补发",
    }
    federation.act("handler@west", case.number, "close", **closing)
    federation.act(
        "clerk@west", case.number, "rate",
        rated_about="unit", rating="dissatisfied", told_how="call", reason="还差一个月",
    )  # fmt: skip
    with federation.work_as_system("west") as work:
        planned = [row.due_on for row in follow_ups.of_case(work, case.id)]
        work.session.execute(
            text("update cases set status = 'reviewing', closed_at = null, came_from = 'closed' where id = :id"),
            {"id": case.id},
        )
    decide(federation, "west", "east")
    settle(federation)
    own = arrived(federation, "east").case
    assert (own.dissatisfied, own.rating, own.rated_by_staff) == (1, "dissatisfied", True)
    with federation.work("head@east") as work:
        rows = ratings.of_case(work, own.id)
        assert [(row.about, row.reason, row.entered_by, row.told_how) for row in rows] == [
            ("unit", "还差一个月", "staff", "call")
        ]
        plan = follow_ups.of_case(work, own.id)
        assert planned and [row.due_on for row in plan] == planned
        assert all(row.opened_on is None for row in plan)


def test_after_the_first_review_the_successor_is_asked_for_the_second(federation: Federation) -> None:
    case = full(federation)
    with federation.work_as_system("west") as work:
        work.session.execute(
            text("update cases set status = 'reviewed', review_outcome = 'uphold' where id = :id"), {"id": case.id}
        )
    decide(federation, "west", "east")
    settle(federation)
    own = arrived(federation, "east").case
    assert (own.status, own.review_outcome) == ("reviewed", "uphold")


def test_people_of_a_merged_case_are_answered_by_the_successor_too(federation: Federation) -> None:
    lead = federation.accepted("west", title="西区主件")
    other = federation.accepted(
        "west", title="西区并入件", parties=(NewParty(name="测试乙", phone="13800002222"),), claims=("补缴社保",)
    )
    federation.act("head@west", other.number, "merge", lead=lead.number, same_people=True, reason="同一单位同一事项")
    decide(federation, "west", "east")
    settle(federation)
    found = arrived(federation, "east")
    with federation.work("head@east") as work:
        assert reveal(work, found.case.number, 3, "核对并入件信访人").name == "测试乙"
        assert "已并入本件：" in notes(work, found.case) and "补缴社保" in notes(work, found.case)
