"""更正登记: what was written down wrongly is put right with a reason, on record; what the law fixes stays."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from audit.services import history
from cases import correcting, corrections, identity, queries, statements
from cases.intake import NewParty
from cases.models import Case, Claim, Party
from cases.queries import Filter
from kernel.clock import FixedClock
from kernel.errors import ConflictError, ForbiddenError, IllegalTransitionError, InvalidError, NotFoundError
from measures.models import FactDelta
from tests.builders import Federation

REASON = {"reason": "登记时听错了"}


def form_of(case: Case, **changes: Any) -> dict[str, Any]:
    """The form as the page would send it, with what is changed."""
    held = {name: getattr(case, name) for name in (*correcting.TEXTS, "purpose", "tier")}
    flags = {name: getattr(case, name) for name in ("confidential", "urgent", "sealed")}
    return held | flags | {"category": case.category_code} | REASON | changes


def correct(federation: Federation, login: str, case: Case, **changes: Any) -> Case:
    with federation.work(login) as work:
        return corrections.correct(work, case.number, form_of(case, **changes), version=case.version)


def last(federation: Federation, case: Case) -> dict[str, Any]:
    with federation.work_as_system("street") as work:
        event = history(work.session, case.id)[-1]
    assert event.action == "case:correct"
    return dict(event.data)


def test_wording_is_corrected_and_the_old_wording_stays_beside_the_file(federation: Federation) -> None:
    case = federation.register()
    done = correct(federation, "clerk@street", case, title="反映四个月工资未发", aim="补发工资")
    assert (done.title, done.aim, done.version) == ("反映四个月工资未发", "补发工资", case.version + 1)
    told = last(federation, case)
    assert told["corrected"] == ["title", "aim"] and told["reason"] == REASON["reason"]
    assert "四个月" not in str(told) and "三个月" not in str(told)
    with federation.work("clerk@street") as work:
        (kept,) = statements.of_case(work, case.id)
        assert (kept.kind, "标题：反映三个月工资未发" in kept.words) == ("corrected", True)
        for words in ("四个月", "三个月"):
            assert [one.id for one in queries.newest(work, Filter(q=words)).cases] == [case.id], words


def test_a_wrong_telephone_is_replaced_and_found_and_the_log_says_only_that(federation: Federation) -> None:
    case = federation.register()
    correct(federation, "clerk@street", case, parties={1: {"phone": "139 0000 2222", "name": ""}})
    with federation.work("clerk@street") as work:
        person = identity.reveal(work, case.number, 1, "核对联系方式")
        assert (person.name, person.phone) == ("测试甲", "13900002222")
        assert [one.id for one in identity.find_person(work, name=None, phone="13900002222", id_number=None)] == [
            case.id
        ]
    with federation.work_as_system("street") as work:
        event = next(one for one in history(work.session, case.id) if one.action == "case:correct")
        assert event.data["corrected"] == ["phone"] and "139" not in str(event.data)


def test_a_respondent_gets_its_right_name(federation: Federation) -> None:
    case = federation.register()
    correct(federation, "clerk@street", case, parties={2: {"organisation": "测试一厂"}})
    with federation.work("clerk@street") as work:
        assert work.session.scalars(select(Party.organisation).where(Party.position == 2)).one() == "测试一厂"


def test_representatives_are_added_up_to_five_and_a_claim_before_the_opinion(federation: Federation) -> None:
    people = (
        NewParty(name="测试甲", phone="13800001111"),
        *(NewParty(role="representative", name=f"代表{n}") for n in "一二三四"),
    )
    case = federation.register(parties=people, channel="letter")
    done = correct(federation, "clerk@street", case, new_name="代表五", new_phone="13800005555", claim="补缴社会保险")
    with federation.work("clerk@street") as work:
        assert work.session.scalars(select(Claim.text).order_by(Claim.position)).all()[-1] == "补缴社会保险"
        assert len(work.session.scalars(select(Party).where(Party.role == "representative")).all()) == 5
    with pytest.raises(InvalidError, match="代表不得超过5人"):
        correct(federation, "clerk@street", done, new_name="代表六")


def test_no_claim_and_no_other_category_once_there_is_an_opinion(federation: Federation) -> None:
    case = federation.decided()
    with pytest.raises(InvalidError, match="不能再增加诉求"):
        correct(federation, "handler@street", case, claim="又一项诉求")
    with pytest.raises(InvalidError, match="不能更正分类"):
        correct(federation, "handler@street", case, category="02.01")


def test_whoever_was_anonymous_and_gives_a_name_can_be_answered(federation: Federation) -> None:
    case = federation.register(anonymous=True, parties=())
    assert not correct(federation, "clerk@street", case, new_name="测试乙", new_phone="13800002222").anonymous


def test_secrecy_and_urgency_are_set_later_and_the_urgent_report_runs_from_today(federation: Federation) -> None:
    case = federation.register()
    federation.clock = FixedClock(federation.clock.now() + timedelta(days=3))
    done = correct(federation, "clerk@street", case, confidential=True, urgent=True)
    with federation.work("clerk@street") as work:
        urgent = [clock for clock in queries.file(work, case.number).clocks if clock.kind == "C-URG"]
    assert done.confidential and [clock.started_on for clock in urgent] == [date(2026, 3, 5)]
    told = last(federation, case)
    assert (told["before"]["urgent"], told["urgent"]) == ("False", "True")
    again = correct(federation, "clerk@street", done, confidential=True, urgent=False)
    with federation.work("clerk@street") as work:
        (urgent_clock,) = [clock for clock in queries.file(work, case.number).clocks if clock.kind == "C-URG"]
    assert not again.urgent and urgent_clock.stop_reason == "更正登记：不属紧急"


def test_another_category_moves_the_case_in_the_figures_and_its_claims_with_it(federation: Federation) -> None:
    case = federation.accepted()
    with federation.work_as_system("street") as work:
        before = work.session.scalars(select(FactDelta.id)).all()
    done = correct(federation, "head@street", case, category="02.01", tier="hard")
    assert (done.category_code, done.tier) == ("02.01", "hard")
    told = last(federation, case)
    assert (told["before"], told["category"]) == ({"category": "01.01", "tier": "ordinary"}, "02.01")
    with federation.work_as_system("street") as work:
        fresh = work.session.scalars(select(FactDelta).where(FactDelta.id.not_in(before))).all()
        moved = {(row.category, row.registered) for row in fresh if row.registered}
        assert moved == {("01", -1), ("02", 1)}
        assert work.session.scalars(select(Claim.category_code).where(Claim.case_id == case.id)).all() == ["02.01"]


def test_the_sixty_days_neither_begin_nor_vanish_by_a_correction(federation: Federation) -> None:
    case = federation.accepted()
    with pytest.raises(InvalidError, match="60日办理期限"):
        correct(federation, "head@street", case, purpose="inquiry")
    assert correct(federation, "head@street", case, purpose="appeal").purpose == "appeal"


def test_a_matter_that_turns_out_to_be_a_report_closes_and_leaves_its_handler(federation: Federation) -> None:
    case = federation.accepted()
    done = correct(federation, "handler@street", case, sealed=True)
    assert done.sealed and done.assignee_id == federation.users["head@street"].id
    with federation.work("handler@street") as work, pytest.raises(NotFoundError):
        queries.file(work, case.number)
    # Closed by mistake: the head opens it again, with a reason.
    assert not correct(federation, "head@street", done, sealed=False).sealed


def test_a_report_by_its_category_by_revenge_or_by_its_accused_stays_closed(federation: Federation) -> None:
    report = {"purpose": "report", "category": "13.01", "tier": "hard"}
    case = federation.register()
    case = federation.act("clerk@street", case.number, "triage", **report)
    with pytest.raises(InvalidError, match="不能解除封闭"):
        correct(federation, "head@street", case, sealed=False)
    # Sorted wrongly altogether: with the right category it opens.
    assert not correct(federation, "head@street", case, sealed=False, purpose="request", category="01.01").sealed
    case = federation.register()
    ordinary = {"purpose": "request", "category": "01.01", "tier": "ordinary"}
    case = federation.act("clerk@street", case.number, "triage", **ordinary, retaliation="1")
    with pytest.raises(InvalidError, match="打击报复"):
        correct(federation, "leader@street", case, sealed=False)
    case = federation.register(accused_staff=frozenset([federation.users["handler@street"].id]))
    with pytest.raises(InvalidError, match="请先更改被反映人"):
        correct(federation, "head@street", case, sealed=False)


@pytest.mark.parametrize("login", ["supervisor@street", "leader@street"])
def test_who_does_not_work_on_it_corrects_nothing(federation: Federation, login: str) -> None:
    with pytest.raises(ForbiddenError):
        correct(federation, login, federation.accepted(), title="另一个标题")


def test_a_handler_corrects_the_own_cases_only_and_nobody_one_at_its_end(federation: Federation) -> None:
    mine = federation.register("handler@street")
    with pytest.raises(ForbiddenError):
        correct(federation, "handler@street", mine, title="另一个标题")
    assert correct(federation, "handler@street", federation.accepted(), title="另一个标题").title == "另一个标题"
    done = federation.register()
    done = federation.act("clerk@street", done.number, "answer", spot_purpose="inquiry", reply="已经当面解释清楚")
    with pytest.raises(IllegalTransitionError, match="已经办结"):
        correct(federation, "clerk@street", done, title="另一个标题")


def test_of_two_at_once_one_is_told_and_every_mistake_stands_at_its_field(federation: Federation) -> None:
    case = federation.register()
    correct(federation, "clerk@street", case, title="另一个标题")
    with pytest.raises(ConflictError):
        correct(federation, "head@street", case, title="第三个标题")
    with federation.work("clerk@street") as work:
        fresh = queries.file(work, case.number).case
    with pytest.raises(InvalidError) as refused:
        correct(federation, "clerk@street", fresh, title="", reason="", parties={1: {"phone": "123"}}, new_phone="1")
    assert set(refused.value.fields) == {"title", "reason", "parties.1.phone", "new_phone"}
    with pytest.raises(InvalidError, match="没有更正任何内容"):
        correct(federation, "clerk@street", fresh)
