"""复查 and 复核 between unions: the request goes up, the opinion comes back, and each side moves its own case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from cases.models import Case, CaseClock, Party
from cases.workflow import Status
from dispatches import queries
from dispatches.drafts import Draft
from dispatches.jobs import arrived
from dispatches.kinds import LetterKind
from dispatches.models import LetterEvent
from dispatches.reviewing import findings, stage_of
from dispatches.services import act, register_case, send
from kernel.clock import FixedClock
from kernel.errors import IllegalTransitionError, InvalidError
from kernel.ids import uuid7
from tests.builders import Federation
from tests.ways import Ways


@pytest.fixture
def ways(federation: Federation) -> Ways:
    """The street's people; the district above reviews their opinions."""
    return Ways(federation)


def ask(ways: Ways, case: Case, to: str = "east", **more: Any) -> UUID:
    """Send the request upward and let it arrive."""
    federation = ways.federation
    draft = Draft(
        kind=LetterKind.REVIEW,
        to=federation.ids[to],
        subject="",
        reason="对不予支持的部分不服，请求复查。",
        request="请求撤销原意见。",
        case_number=case.number,
        **more,
    )
    with federation.work("head@street") as work:
        letter = send(work, draft).id
    arrive(federation, to, letter)
    return letter


def arrive(federation: Federation, slug: str, letter: UUID) -> None:
    """The worker's consumer, for the newest event."""
    with federation.work_as_system(slug) as work:
        seq = work.session.scalars(
            select(LetterEvent.seq).where(LetterEvent.letter_id == letter).order_by(LetterEvent.seq.desc()).limit(1)
        ).one()
        arrived(work, {"letter": str(letter), "seq": seq})


def opinion(ways: Ways, letter: UUID, decision: str, slug: str = "east", **more: Any) -> Case:
    """The reviewing body's own case, from its registration to the service of its opinion."""
    federation = ways.federation
    today = federation.clock.today().isoformat()
    with federation.work(f"head@{slug}") as work:
        act(work, letter, "sign")
        number = register_case(work, letter).number
    federation.act(f"clerk@{slug}", number, "triage", purpose="request", category="01.01", tier="ordinary")
    federation.act(f"head@{slug}", number, "accept", assignee=str(federation.users[f"handler@{slug}"].id))
    words = {"facts": "经复查，原意见认定事实清楚。", "basis": "《信访工作条例》第三十五条", **more}
    federation.act(f"handler@{slug}", number, "review_decide", review_decision=decision, **words)
    return federation.act(
        f"handler@{slug}", number, "serve", delivery="post", tracking="EMS1234", delivered_on=today, receipt="signed"
    )


def conclude(ways: Ways, letter: UUID, slug: str = "east") -> None:
    """Send the opinion back and let it arrive."""
    with ways.federation.work(f"head@{slug}") as work:
        act(work, letter, "conclude", {"text": "复查意见已经送达信访人。"})
    arrive(ways.federation, "street", letter)


def now(ways: Ways, case: Case) -> Case:
    """The street's case as it is."""
    with ways.federation.work("head@street") as work:
        found = work.session.scalars(select(Case).where(Case.id == case.id)).one()
        work.session.expunge(found)
        return found


def test_a_review_goes_up_is_decided_there_and_moves_the_case_when_it_comes_back(ways: Ways) -> None:
    case = ways.served()
    letter = ask(ways, case)
    assert now(ways, case).status == Status.REVIEWING
    reviewed = opinion(ways, letter, "change")
    with ways.federation.work("head@east") as work:
        kinds = set(work.session.scalars(select(CaseClock.kind).where(CaseClock.case_id == reviewed.id)))
    assert (reviewed.review_stage, kinds) == ("review", {"C-R30"}), "neither fifteen nor sixty days of its own"
    conclude(ways, letter)
    back = now(ways, case)
    assert (back.status, back.review_outcome) == (Status.REVIEWED, "change")
    assert stage_of(back) == "recheck"
    # 复核: the reviewer's own superior, two levels up, without a reason for the level between.
    letter = ask(ways, back, to="city")
    assert now(ways, case).status == Status.RECHECKING
    opinion(ways, letter, "uphold", slug="city")
    conclude(ways, letter, slug="city")
    # What was supported is carried out before the last word ends the matter.
    assert now(ways, case).status == Status.EXECUTING


def test_the_last_word_ends_a_matter_in_which_nothing_was_left_to_do(ways: Ways) -> None:
    case = ways.explained()
    letter = ask(ways, case)
    opinion(ways, letter, "uphold")
    conclude(ways, letter)
    letter = ask(ways, now(ways, case), to="city")
    opinion(ways, letter, "uphold", slug="city")
    conclude(ways, letter, slug="city")
    assert now(ways, case).status == Status.CONCLUDED


def test_an_opinion_that_is_set_aside_comes_back_with_a_date(ways: Ways) -> None:
    case = ways.served()
    letter = ask(ways, case)
    day = (ways.today + timedelta(days=20)).isoformat()
    opinion(ways, letter, "redo", redo_by=day)
    conclude(ways, letter)
    back = now(ways, case)
    assert (back.status, back.due_kind, str(back.due_on)) == (Status.HANDLING, "C-RD", day)


def test_a_review_says_by_when_the_matter_is_done_again(ways: Ways) -> None:
    letter = ask(ways, ways.served())
    with pytest.raises(InvalidError, match="指定重新办理的期限"):
        opinion(ways, letter, "redo")


def test_the_words_for_the_other_union_begin_with_what_was_found(ways: Ways) -> None:
    letter = ask(ways, ways.served())
    with ways.federation.work("head@east") as work:
        assert findings(work, letter) == "", "no case of it yet"
    opinion(ways, letter, "uphold")
    with ways.federation.work("head@east") as work:
        assert findings(work, letter) == "经复查，原意见认定事实清楚。"


def test_a_name_in_what_was_found_does_not_cross_with_the_words_that_are_offered(ways: Ways) -> None:
    federation = ways.federation
    letter = ask(ways, ways.served())
    case = opinion(ways, letter, "uphold", facts="经复查，张测试反映的情况属实，电话13800002222。")
    with federation.work_as_system("east") as work:
        party = Party(tenant_id=work.tenant_id, id=uuid7(), case_id=case.id, position=9, role="petitioner")
        party.name_sealed = work.cipher.encrypt(work.tenant_id, "name", "张测试")
        party.phone_sealed = work.cipher.encrypt(work.tenant_id, "phone", "13800002222")
        work.session.add(party)
    with federation.work("head@east") as work:
        assert findings(work, letter) == "经复查，张*反映的情况属实，电话138****2222。"


def test_nothing_is_sent_back_before_the_petitioner_was_served(ways: Ways) -> None:
    letter = ask(ways, ways.served())
    federation = ways.federation
    with federation.work("head@east") as work:
        act(work, letter, "sign")
        register_case(work, letter)
    with pytest.raises(IllegalTransitionError, match="没有作出或者没有送达"), federation.work("head@east") as work:
        act(work, letter, "conclude", {"text": "还没有意见"})


def test_a_request_goes_to_the_one_body_that_reviews_and_in_its_thirty_days(ways: Ways) -> None:
    case = ways.served()
    with pytest.raises(InvalidError, match="东区总工会"):
        ask(ways, case, to="city")
    with pytest.raises(InvalidError) as refused:
        ask(ways, case, details={"asked_on": "2026-02-01"})
    assert list(refused.value.fields) == ["asked_on"]
    ways.federation.clock = FixedClock(ways.federation.clock.now() + timedelta(days=31))
    with pytest.raises(InvalidError, match="30日") as late:
        ask(ways, case)
    assert list(late.value.fields) == ["asked_on"]
    # What was posted in time goes up in time, whenever it is opened.
    ask(ways, case, details={"asked_on": "2026-04-01"})
    assert now(ways, case).status == Status.REVIEWING


@pytest.mark.parametrize("end", ["return", "withdraw"])
def test_a_request_that_is_returned_or_taken_back_lets_the_time_run_on(ways: Ways, end: str) -> None:
    case = ways.closed()
    letter = ask(ways, case)
    assert now(ways, case).closed_at is None
    with ways.federation.work("head@east" if end == "return" else "head@street") as work:
        act(work, letter, end, {"text": "不属于本级复查范围"})
    if end == "return":
        arrive(ways.federation, "street", letter)
    back = now(ways, case)
    assert (back.status, back.came_from) == (Status.CLOSED, None)
    with ways.federation.work("head@street") as work:
        asked = work.session.scalars(
            select(CaseClock).where(CaseClock.case_id == case.id, CaseClock.kind == "C-RV30")
        ).one()
        assert asked.stopped_on is None
        assert queries.get(work, letter).letter.kind == "review"


def test_a_union_at_the_top_has_no_reviewer_on_the_platform(federation: Federation) -> None:
    ways = Ways(federation, "city")
    case = ways.served()
    case = ways.act(
        "clerk",
        case,
        "ask_review",
        review_asked_on=ways.today.isoformat(),
        reason="对意见不服",
        review_body="测试市人民政府",
    )
    assert case.status == Status.REVIEWING
