"""What a petitioner does with the case is done in person: on record as such, and never by a clerk."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from audit.services import history
from cases import own, statements
from cases.lapsing import lapse
from cases.models import Case, CaseClock
from cases.services import perform
from documents.models import Attachment, Document, Serving
from kernel.clock import FixedClock
from kernel.errors import ForbiddenError, InvalidError
from notices.models import Task
from tests.builders import Federation
from tests.documents.uploads import PDF, png
from tests.portal.test_tracking import coded
from tests.portal.visitors import act, visit
from tests.web.clients import login
from tests.web.conftest import MovingClock


def now(federation: Federation, number: str) -> Case:
    with federation.work_as_system("street") as work:
        return work.session.scalars(select(Case).where(Case.number == number)).one()


def papers(federation: Federation, number: str) -> dict[str, Document]:
    with federation.work_as_system("street") as work:
        case = work.session.scalars(select(Case).where(Case.number == number)).one()
        found = work.session.scalars(select(Document).where(Document.subject_id == case.id)).all()
        return {paper.kind: paper for paper in found}


def come(client: FlaskClient, federation: Federation, number: str) -> str:
    return visit(client, number, coded(federation, number))


def test_words_and_files_come_in_and_the_desk_sees_whose_they_are(
    client: FlaskClient, clock: MovingClock, federation: Federation
) -> None:
    case = federation.accepted()
    come(client, federation, case.number)
    told = {"words": "又找到了两张考勤表。", "files": (io.BytesIO(png()), "测试甲考勤.png")}
    answer = act(client, "material", told)
    assert answer.status_code == 303
    page = client.get(answer.headers["Location"]).text
    assert "已经收到，谢谢您的补充" in page and "考勤.png" in page and "又找到了" not in page
    with federation.work_as_system("street") as work:
        row = work.session.scalars(select(statements.CaseStatement)).one()
        file = work.session.scalars(select(Attachment)).one()
        last = history(work.session, case.id)[-1]
    assert (row.kind, row.words) == ("material", "又找到了两张考勤表。") and file.added_by is None
    assert (last.action, last.actor_name) == ("case:own_material", "信访人（网上）")
    assert "考勤" not in str(last.data)
    login(client, "handler@street")
    desk = client.get(f"/cases/{case.number}").text
    assert "信访人网上陈述" in desk and "又找到了两张考勤表" in desk
    assert "信访人网上提交" in client.get(f"/cases/{case.number}/files").text
    assert "信访人在网上补充了材料" in client.get("/desk/").text


def test_a_refused_form_comes_back_open_with_what_was_typed(
    client: FlaskClient, clock: MovingClock, federation: Federation
) -> None:
    case = federation.accepted()
    come(client, federation, case.number)
    wrong = act(client, "material", {"words": "补充的话", "files": (io.BytesIO(b"MZ\x00"), "坏.exe")})
    assert wrong.status_code == 422 and "补充的话" in wrong.text and "不是可以附上的格式" in wrong.text
    empty = act(client, "material", {"words": ""})
    assert empty.status_code == 422 and "请写明要补充的情况" in empty.text
    with federation.work_as_system("street") as work:
        assert statements.of_case(work, case.id) == []


def test_withdrawing_is_the_petitioners_own_word_and_only_while_it_is_theirs(
    client: FlaskClient, clock: MovingClock, federation: Federation
) -> None:
    case = federation.accepted()
    page = come(client, federation, case.number)
    assert "有人要求、劝说或者威胁您撤回的" in page
    unsure = act(client, "withdraw", {"statement": "单位已经发了工资"})
    assert unsure.status_code == 422 and "请勾选确认" in unsure.text and "单位已经发了工资" in unsure.text
    assert act(client, "withdraw", {"statement": "单位已经发了工资", "sure": "1"}).status_code == 303
    done = now(federation, case.number)
    assert (done.status, done.withdrawal_way) == ("withdrawn", "online")
    assert papers(federation, case.number)["withdrawal_record"]
    assert "您已经撤回" in client.get("/portal/street/track").text
    decided = federation.decided()
    page = come(client, federation, decided.number)
    assert "我要撤回" not in page
    late = act(client, "withdraw", {"statement": "不想再反映了", "sure": "1"})
    assert late.status_code == 409 and now(federation, decided.number).status == "decided"


def test_nobody_of_the_staff_withdraws_as_if_it_had_come_online(federation: Federation) -> None:
    case = federation.accepted()
    with pytest.raises(InvalidError, match="核实方式"), federation.work("clerk@street") as work:
        told = {"withdrawal": "online", "withdrawn_on": "2026-03-02", "statement": "本人不再反映"}
        perform(work, case.number, "withdraw", told)
    for step in (
        lambda work: own.withdraw(work, case.number, "不想再反映了"),
        lambda work: own.rate(work, case.number, "unit", "satisfied", ""),
        lambda work: own.add_material(work, case.number, "补充", ()),
        lambda work: own.ask_review(work, case.number, "不服处理意见"),
    ):
        with pytest.raises(ForbiddenError), federation.work("head@street") as work:
            step(work)
    with pytest.raises(ForbiddenError), federation.work("head@street") as work:
        perform(work, case.number, "own_material", {"own_words": "补充"}, internal=True)


def test_signing_for_the_opinion_is_its_service_and_the_thirty_days_run_from_then(
    client: FlaskClient, clock: MovingClock, federation: Federation
) -> None:
    case = federation.decided()
    page = come(client, federation, case.number)
    opinion = papers(federation, case.number)["decision"]
    assert "30日以内可以申请复查" in page and "督促单位十日内补发" not in page
    path = f"/portal/street/track/papers/{opinion.id}"
    unsigned = client.get(path)
    assert unsigned.status_code == 303 and unsigned.headers["Location"].endswith("#papers")
    clock.forward(days=2)
    come(client, federation, case.number)
    assert act(client, f"papers/{opinion.id}").status_code == 303
    done = now(federation, case.number)
    assert (done.status, done.served_on) == ("served", date(2026, 3, 4))
    with federation.work_as_system("street") as work:
        clock_row = work.session.scalars(select(CaseClock).where(CaseClock.kind == "C-RV30")).one()
        proof = work.session.scalars(select(Serving).where(Serving.document_id == opinion.id)).one()
        told = history(work.session, case.id)[-1]
    assert (clock_row.started_on, clock_row.due_on) == (date(2026, 3, 4), date(2026, 4, 3))
    assert (proof.way, proof.outcome, proof.receiver, proof.recorded_by) == ("online", "signed", "self", None)
    assert (told.action, told.actor_name) == ("case:own_receive", "信访人（网上）")
    paper = client.get(path)
    assert paper.mimetype == "application/pdf" and paper.data.startswith(PDF[:5])
    assert "attachment" in paper.headers["Content-Disposition"] and paper.headers["Cache-Control"] == "no-store"
    # A second click changes nothing.
    assert act(client, f"papers/{opinion.id}").status_code == 303
    assert now(federation, case.number).version == done.version


def test_other_papers_are_signed_for_without_moving_the_case_and_offices_papers_are_not_there(
    client: FlaskClient, clock: MovingClock, federation: Federation
) -> None:
    case = federation.accepted()
    federation.act("handler@street", case.number, "ask_extension", extend_to="2026-05-20", reason="案情复杂")
    page = come(client, federation, case.number)
    known = papers(federation, case.number)
    assert "信访事项受理告知书" in page and "延期审批表" not in page
    assert act(client, f"papers/{known['extension_form'].id}").status_code == 404
    assert act(client, f"papers/{known['acceptance_notice'].id}").status_code == 303
    assert now(federation, case.number).status == "handling"
    with federation.work_as_system("street") as work:
        assert work.session.scalars(select(Serving)).one().way == "online"


def test_a_paper_of_another_case_is_not_there(
    client: FlaskClient, clock: MovingClock, federation: Federation
) -> None:
    mine, other = federation.accepted(), federation.accepted()
    theirs = federation.accepted("east")
    with federation.work_as_system("east") as work:
        foreign = work.session.scalars(select(Document).where(Document.subject_id == theirs.id)).first()
    assert foreign is not None
    come(client, federation, mine.number)
    for paper in (papers(federation, other.number)["acceptance_notice"], foreign):
        assert client.get(f"/portal/street/track/papers/{paper.id}").status_code == 404
        assert act(client, f"papers/{paper.id}").status_code == 404
    with federation.work_as_system("street") as work:
        assert work.session.scalars(select(Serving)).all() == []


def test_review_is_asked_for_in_time_however_late_the_office_passes_it_on(
    client: FlaskClient, clock: MovingClock, federation: Federation
) -> None:
    case = federation.decided()
    federation.act(
        "handler@street",
        case.number,
        "close",
        delivery="in_person",
        delivered_on="2026-03-02",
        executed_on="2026-03-02",
        receipt="signed",
        result="已答复信访人。",
    )
    clock.forward(days=30)
    federation.clock = FixedClock(clock.now())
    page = come(client, federation, case.number)
    assert "2026年4月1日" in page and "东区总工会" in page
    assert act(client, "review", {"words": "短"}).status_code == 422
    assert act(client, "review", {"words": "少算了两个月工资，不服。"}).status_code == 303
    assert now(federation, case.number).asked_online_on == date(2026, 4, 1)
    page = client.get("/portal/street/track").text
    assert "正在移送处理" in page
    again = act(client, "review", {"words": "少算了两个月工资，不服。"})
    assert again.status_code == 409 and "不需要重复提出" in again.text
    clock.forward(days=5)
    federation.clock = FixedClock(clock.now())
    with federation.work_as_system("street") as work:
        assert lapse(work, limit=10) == 0
        assert work.session.scalars(select(Task.title).where(Task.kind == "case.asked_review")).all()
    login(client, "head@street")
    desk = client.get(f"/cases/{case.number}").text
    assert "信访人已于2026年4月1日申请复查" in desk and "少算了两个月工资" in desk
    # Five days later the office passes it on, with the petitioner's own day.
    form = client.get("/dispatches/new", query_string={"kind": "review", "case": case.number, "to": "2"})
    assert form.status_code == 200 and 'value="2026-04-01"' in form.text
    with federation.work("head@street") as work:
        moved = perform(work, case.number, "send_review", {"reason": "信访人网上申请复查"}, internal=True)
        asked = work.session.scalars(select(CaseClock).where(CaseClock.kind == "C-R30")).one()
        assert (moved.status, asked.started_on) == ("reviewing", date(2026, 4, 1))


def test_after_the_thirty_days_the_page_says_so(
    client: FlaskClient, clock: MovingClock, federation: Federation
) -> None:
    case = federation.decided()
    federation.act(
        "handler@street", case.number, "serve", delivery="in_person", delivered_on="2026-03-02", receipt="signed"
    )
    clock.moment += timedelta(days=31)
    page = come(client, federation, case.number)
    assert "最后一天是2026年4月1日，已经过了" in page
    late = act(client, "review", {"words": "少算了两个月工资，不服。"})
    assert late.status_code == 409 and now(federation, case.number).asked_online_on is None


def test_one_case_is_not_flooded(
    client: FlaskClient, clock: MovingClock, federation: Federation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.acting.PER_CASE", 2)
    case = federation.accepted()
    come(client, federation, case.number)
    statuses = [act(client, "material", {"words": f"第{turn}次补充"}).status_code for turn in range(3)]
    assert statuses == [303, 303, 429]


def test_every_status_and_every_duty_has_words_for_the_petitioner() -> None:
    from cases.workflow import Status
    from portal.telling import WORDS

    assert set(WORDS) == set(Status)
    assert all(not re.search("[a-z]", word + meaning) for word, meaning, _done in WORDS.values())
