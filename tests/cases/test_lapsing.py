"""What happens by waiting: concluded once, reminded once, and never the union's overdue."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from audit.services import history
from cases.jobs import sweep
from cases.lapsing import lapse, remind
from cases.models import Case
from cases.workflow import Status
from kernel.clock import FixedClock
from kernel.errors import IllegalTransitionError, InvalidError
from notices.models import Notice
from tests.builders import Federation
from tests.ways import Ways


@pytest.fixture
def ways(federation: Federation) -> Ways:
    """The street's people."""
    return Ways(federation)


def swept(ways: Ways) -> int:
    """One round of the sweep, as the scheduler does it."""
    with ways.federation.work_as_system("street") as work:
        return sweep(work)


def status(ways: Ways, case: Case) -> str:
    """Where the case stands now."""
    with ways.federation.work_as_system("street") as work:
        return work.session.scalars(select(Case.status).where(Case.id == case.id)).one()


def titles(ways: Ways) -> list[str]:
    """What notices say."""
    with ways.federation.work_as_system("street") as work:
        return list(work.session.scalars(select(Notice.title).where(Notice.kind == "case.right")))


def test_a_time_to_ask_that_has_passed_concludes_the_case_and_a_day_before_it_does_not(ways: Ways) -> None:
    explained, supported = ways.explained(), ways.served()
    ways.federation.clock = FixedClock(ways.federation.clock.now() + timedelta(days=30))
    assert swept(ways) == 0
    assert status(ways, explained) == Status.SERVED
    ways.federation.clock = FixedClock(ways.federation.clock.now() + timedelta(days=1))
    with ways.federation.work_as_system("street") as work:
        assert lapse(work, limit=10) == 1
    with ways.federation.work_as_system("street") as work:
        assert lapse(work, limit=10) == 0
    assert status(ways, explained) == Status.CONCLUDED
    assert status(ways, supported) == Status.SERVED, "what was promised has to be carried out"


def test_a_review_that_was_not_followed_by_another_concludes_too(ways: Ways) -> None:
    case = ways.reviewed()
    ways.federation.clock = FixedClock(ways.federation.clock.now() + timedelta(days=31))
    assert swept(ways) == 1
    assert status(ways, case) == Status.CONCLUDED


def test_a_case_that_lapsed_alone_opens_again_for_a_request_that_was_made_in_time(ways: Ways) -> None:
    ways.outside()
    case = ways.explained()
    ways.federation.clock = FixedClock(ways.federation.clock.now() + timedelta(days=31))
    assert swept(ways) == 1
    with pytest.raises(InvalidError, match="邮戳"):
        ways.act("clerk", case, "late_review", review_asked_on="2026-04-02", reason="来信于期满后收到")
    with pytest.raises(IllegalTransitionError, match="复核"):
        ways.act("clerk", case, "late_recheck", review_asked_on="2026-04-01", reason="来信于期满后收到")
    case = ways.act("clerk", case, "late_review", review_asked_on="2026-04-01", reason="邮戳为四月一日，二日收到")
    assert (case.status, case.closed_at, case.asked_online_on) == (Status.SERVED, None, date(2026, 4, 1))
    assert swept(ways) == 0, "asked in time is not lapsed a second time"
    with ways.federation.work("head@street") as work:
        logged = next(event for event in history(work.session, case.id) if event.action == "case:late_review")
    assert logged.data["reason"] == "邮戳为四月一日，二日收到"
    told = {"reason": "对意见不服", "review_body": "区信访局"}
    case = ways.act("clerk", case, "ask_review", review_asked_on="2026-04-01", **told)
    assert case.status == Status.REVIEWING


def test_what_ended_by_the_last_word_or_an_agreement_does_not_open_again(ways: Ways) -> None:
    case = ways.concluded()
    for action in ("late_review", "late_recheck"):
        with pytest.raises(IllegalTransitionError, match="不是因逾期"):
            ways.act("clerk", case, action, review_asked_on="2026-03-02", reason="对协议不服")


def test_a_right_is_reminded_of_once_in_its_last_month_and_anew_after_an_interruption(ways: Ways) -> None:
    case = ways.handling()
    ways.act("handler", case, "record_right", right="R-ARB", right_from="2025-03-20")
    ways.act("handler", case, "record_right", right="R-INSP", right_from="2025-03-20")
    with ways.federation.work_as_system("street") as work:
        assert remind(work, limit=10) == 1
    with ways.federation.work_as_system("street") as work:
        assert remind(work, limit=10) == 0
    assert titles(ways) == ["信访人的劳动仲裁时效将于2026-03-20届满，请提醒其及时行使权利"]
    ways.act("handler", case, "interrupt_right", interrupted_on="2026-03-02", reason="向单位书面主张权利")
    ways.federation.clock = FixedClock(ways.federation.clock.now() + timedelta(days=340))
    with ways.federation.work_as_system("street") as work:
        assert remind(work, limit=10) == 1


def test_a_silent_employer_is_told_of_the_day_after(ways: Ways) -> None:
    ways.negotiating()
    ways.federation.clock = FixedClock(ways.federation.clock.now() + timedelta(days=21))
    with ways.federation.work_as_system("street") as work:
        assert remind(work, limit=10) == 0
    ways.federation.clock = FixedClock(ways.federation.clock.now() + timedelta(days=1))
    with ways.federation.work_as_system("street") as work:
        assert remind(work, limit=10) == 1
    assert "对方没有答复" in titles(ways)[0]
