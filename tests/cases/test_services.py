"""One case through its whole table."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from audit.services import history, verify
from cases.models import Case, CaseClock, Claim
from cases.services import perform
from cases.workflow import Status
from documents.services import of_subject
from kernel.errors import ConflictError, ForbiddenError, IllegalTransitionError, InvalidError, NotFoundError
from kernel.outbox import OutboxMessage
from measures.models import FactDelta
from tests.builders import Federation


def test_a_case_goes_from_registration_to_closing(federation: Federation) -> None:
    case = federation.decided()
    assert case.number == "东一工信〔2026〕000001"
    closed = federation.act(
        "handler@street",
        case.number,
        "close",
        delivery="in_person",
        delivered_on="2026-03-02",
        executed_on="2026-03-02",
        result="工资已补发到位",
    )
    assert closed.status == Status.CLOSED
    assert closed.closed_at is not None
    assert closed.due_on is None
    with federation.work("head@street") as work:
        actions = [event.action for event in history(work.session, case.id)]
        papers = [paper.number for paper in of_subject(work.session, case.id)]
        assert verify(work.session)[1] is None
    assert actions == ["case:register", "case:triage", "case:accept", "case:decide", "case:close"]
    assert papers == ["东一工信受〔2026〕000001", "东一工信意〔2026〕000001", "东一工信送〔2026〕000001"]


def test_the_notice_clock_gives_way_to_the_sixty_days_at_acceptance(federation: Federation) -> None:
    case = federation.register()
    assert (case.due_on, case.due_kind) == (date(2026, 3, 17), "C-15")
    case = federation.accepted(received_on=date(2026, 3, 1))
    assert (case.due_on, case.due_kind) == (date(2026, 5, 6), "C-60")


def test_a_suggestion_gets_no_sixty_day_clock(federation: Federation) -> None:
    case = federation.register()
    federation.act("clerk@street", case.number, "triage", purpose="suggestion", category="14", tier="simple")
    case = federation.act("head@street", case.number, "accept", assignee=str(federation.users["handler@street"].id))
    assert case.due_on is None


def test_a_refusal_names_reason_article_and_the_right_door(federation: Federation) -> None:
    case = federation.register()
    federation.act("clerk@street", case.number, "triage", purpose="request", category="02.03", tier="ordinary")
    with pytest.raises(InvalidError) as refused:
        federation.act("clerk@street", case.number, "refuse", refusal="N3")
    assert set(refused.value.fields) == {"reason", "where_to_go"}
    case = federation.act(
        "clerk@street",
        case.number,
        "refuse",
        refusal="N3",
        reason="属于劳动争议",
        where_to_go="区劳动人事争议仲裁委员会",
    )
    assert case.status == Status.REFUSED
    with federation.work("head@street") as work:
        paper = of_subject(work.session, case.id)[0]
    assert "区劳动人事争议仲裁委员会" in str(paper.body)
    assert "第三十一条" in str(paper.body)


def test_an_action_outside_its_status_is_refused(federation: Federation) -> None:
    case = federation.register()
    with pytest.raises(IllegalTransitionError):
        federation.act("head@street", case.number, "decide")


def test_a_handler_does_not_see_cases_of_others(federation: Federation) -> None:
    case = federation.register()
    with pytest.raises(NotFoundError):
        federation.act("handler@street", case.number, "note", note="看看")


@pytest.mark.parametrize("login", ["admin@street", "security@street", "auditor@street", "root@platform"])
def test_no_administrator_can_touch_a_case(federation: Federation, login: str) -> None:
    case = federation.register()
    with pytest.raises(NotFoundError):
        federation.act(login, case.number, "note", note="看看")


def test_a_case_cannot_be_decided_with_an_open_claim(federation: Federation) -> None:
    case = federation.accepted(claims=("补发工资", "补缴社保"))
    with pytest.raises(InvalidError) as refused:
        federation.act(
            "handler@street",
            case.number,
            "decide",
            facts="经核实，情况属实，单位承认。",
            basis="《劳动法》第五十条",
            opinions={"1": {"opinion": "support", "finding": "补发"}},
        )
    assert list(refused.value.fields) == ["opinions.2.opinion"]


def test_a_stale_form_is_refused_and_writes_nothing(federation: Federation) -> None:
    case = federation.register()
    federation.act("clerk@street", case.number, "triage", purpose="request", category="01.01", tier="ordinary")
    with pytest.raises(ConflictError), federation.work("clerk@street") as work:
        perform(work, case.number, "note", {"note": "迟到的记录"}, version=case.version)


def test_a_letter_row_cannot_be_performed_by_hand(federation: Federation) -> None:
    case = federation.accepted()
    with pytest.raises(ForbiddenError):
        federation.act("head@street", case.number, "escalate", reason="需要上级协调", request="请求协调用人单位")


def test_a_report_against_officials_is_sealed_from_the_clerk(federation: Federation) -> None:
    case = federation.register()
    federation.act("clerk@street", case.number, "triage", purpose="report", category="13.01", tier="hard")
    with pytest.raises(NotFoundError):
        federation.act("clerk@street", case.number, "note", note="看看")
    federation.act("head@street", case.number, "note", note="已转纪检监察")


def test_every_change_leaves_figures_and_work_for_the_queue(federation: Federation) -> None:
    case = federation.accepted()
    with federation.work("head@street") as work:
        totals = work.session.execute(
            select(
                func.sum(FactDelta.registered),
                func.sum(FactDelta.accepted),
                func.sum(FactDelta.notice_due),
                func.sum(FactDelta.notice_met),
                func.sum(FactDelta.due),
            )
        ).one()
        by_category = dict(
            work.session.execute(
                select(FactDelta.category, func.sum(FactDelta.registered)).group_by(FactDelta.category)
            ).all()
        )
        topics = work.session.scalars(select(OutboxMessage.topic).order_by(OutboxMessage.id)).all()
        clocks = work.session.scalars(select(CaseClock).where(CaseClock.case_id == case.id)).all()
    assert tuple(totals) == (1, 1, 1, 1, 1)
    assert by_category == {"-": 0, "01": 1}
    assert topics == ["case.registered", "case.ruled", "case.assigned"]
    assert {clock.kind: clock.stopped_on for clock in clocks} == {"C-15": date(2026, 3, 2), "C-60": None}


def test_the_other_tenants_case_is_not_there(federation: Federation) -> None:
    case = federation.register()
    with pytest.raises(NotFoundError):
        federation.act("head@west", case.number, "note", note="看看")
    with federation.work("head@west") as work:
        assert work.session.scalars(select(Case)).all() == []


def test_two_notes_from_one_version_notice_each_other(federation: Federation) -> None:
    case = federation.accepted()
    with federation.work("head@street") as work:
        perform(work, case.number, "note", {"note": "第一条记录"}, version=case.version)
    with pytest.raises(ConflictError), federation.work("handler@street") as work:
        perform(work, case.number, "note", {"note": "第二条记录"}, version=case.version)


def refer(federation: Federation, number: str, **data: str) -> Case:
    """Hand a case to another union, as the letters' package does."""
    with federation.work("head@street") as work:
        given = {"way": "transfer", "destination": "西区总工会"} | data
        return perform(work, number, "refer", given, internal=True)


def step(federation: Federation, number: str, action: str, **data: object) -> Case:
    """An internal step of a referred case, by the system."""
    with federation.work_as_system("street") as work:
        return perform(work, number, action, data, internal=True)


def test_a_referred_case_waits_and_its_petitioner_is_told_where_it_went(federation: Federation) -> None:
    case = federation.register()
    federation.act("clerk@street", case.number, "triage", purpose="request", category="01.01", tier="ordinary")
    referred = refer(federation, case.number, way="order")
    assert (referred.status, referred.due_on, referred.closed_at) == (Status.REFERRED, None, None)
    with federation.work("head@street") as work:
        paper = of_subject(work.session, case.id)[0]
    assert paper.number == "东一工信转告〔2026〕000001"
    assert "已依法交办西区总工会" in str(paper.body)
    assert "测试甲" not in str(paper.body)


@pytest.mark.parametrize("data", [{"way": "give"}, {"destination": ""}])
def test_a_referral_without_a_way_or_a_place_is_refused(federation: Federation, data: dict[str, str]) -> None:
    case = federation.accepted()
    with pytest.raises(InvalidError) as refused:
        refer(federation, case.number, **data)
    assert set(refused.value.fields) == set(data)


def test_a_case_recalled_before_acceptance_owes_its_first_notice_from_the_first_day(federation: Federation) -> None:
    case = federation.register()
    federation.act("clerk@street", case.number, "triage", purpose="request", category="01.01", tier="ordinary")
    refer(federation, case.number)
    back = step(federation, case.number, "recall_notice")
    assert (back.status, back.due_on, back.due_kind) == (Status.TRIAGED, date(2026, 3, 17), "C-15")
    with federation.work("head@street") as work:
        clock = work.session.scalars(select(CaseClock).where(CaseClock.case_id == case.id)).one()
    assert (clock.started_on, clock.stopped_on, clock.stop_reason) == (date(2026, 3, 2), None, None)


def test_a_case_recalled_after_acceptance_is_handled_again_in_its_sixty_days(federation: Federation) -> None:
    case = federation.accepted()
    refer(federation, case.number)
    back = step(federation, case.number, "recall")
    assert (back.status, back.due_on, back.due_kind) == (Status.HANDLING, date(2026, 5, 6), "C-60")


def test_the_report_closes_a_referred_case_and_every_claim_has_an_outcome(federation: Federation) -> None:
    case = federation.accepted(claims=("补发工资", "补缴社保", "恢复岗位"))
    refer(federation, case.number)
    outcomes = {
        "1": {"opinion": "support", "finding": "已补发三个月工资"},
        "2": {"opinion": "perhaps", "finding": "不认识的意见不采用"},
        "9": {"opinion": "support", "finding": "不是本件的诉求"},
    }
    closed = step(federation, case.number, "settle", reply="经办理，各项诉求均已答复。", outcomes=outcomes)
    assert closed.status == Status.CLOSED
    assert (closed.due_on, closed.closed_at is not None) == (None, True)
    with federation.work("head@street") as work:
        claims = work.session.scalars(select(Claim).where(Claim.case_id == case.id).order_by(Claim.position)).all()
        assert verify(work.session)[1] is None
    assert [(claim.opinion, claim.finding) for claim in claims] == [
        ("support", "已补发三个月工资"),
        ("explain", "经办理，各项诉求均已答复。"),
        ("explain", "经办理，各项诉求均已答复。"),
    ]


def test_the_figures_of_a_referred_case_add_up(federation: Federation) -> None:
    case = federation.register()
    federation.act("clerk@street", case.number, "triage", purpose="request", category="01.01", tier="ordinary")
    refer(federation, case.number)
    step(federation, case.number, "recall_notice")
    refer(federation, case.number)
    step(federation, case.number, "settle", reply="经办理，已经答复。", outcomes={})
    with federation.work("head@street") as work:
        sums = work.session.execute(
            select(func.sum(FactDelta.registered), func.sum(FactDelta.closed), func.sum(FactDelta.notice_met))
        ).one()
    assert tuple(sums) == (1, 1, 1)
