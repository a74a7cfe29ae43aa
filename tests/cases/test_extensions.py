"""An extension that waits reaches whoever may grant it, and its answer reaches whoever asked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from cases import queries
from cases.jobs import sweep
from cases.models import Case
from kernel.clock import FixedClock
from kernel.errors import IllegalTransitionError
from notices.models import Notice, Task
from tests.builders import Federation
from tests.ways import DECIDE, Ways


@pytest.fixture
def ways(federation: Federation) -> Ways:
    """The street's people."""
    return Ways(federation)


def tasks(ways: Ways) -> list[tuple[str, bool]]:
    """Whose tasks about extensions there are, and whether they are done."""
    with ways.federation.work_as_system(ways.slug) as work:
        found = work.session.scalars(select(Task).where(Task.kind == "case.extension"))
        return [(task.role, task.done_at is not None) for task in found]


def told(ways: Ways) -> list[tuple[bool, str | None, str]]:
    """Notices about extensions: to a person or a role, and what they say."""
    with ways.federation.work_as_system(ways.slug) as work:
        found = work.session.scalars(
            select(Notice).where(Notice.kind == "case.extension").order_by(Notice.created_at)
        )
        return [(notice.user_id is not None, notice.role, notice.title) for notice in found]


def waiting(ways: Ways, who: str) -> list[Case]:
    """The queue of one of the street's people."""
    with ways.federation.work(f"{who}@{ways.slug}") as work:
        return list(queries.todo(work))


@pytest.mark.parametrize(("answer", "said", "values"), [
    ("grant_extension", "已经批准", {}),
    ("deny_extension", "没有批准", {"reason": "现有材料足以作出意见"}),
])  # fmt: skip
def test_a_request_waits_with_the_leader_and_its_answer_goes_to_the_handler(
    ways: Ways, answer: str, said: str, values: dict[str, str]
) -> None:
    case = ways.asked()
    assert tasks(ways) == [("leader", False)]
    assert [one.id for one in waiting(ways, "leader")] == [case.id]
    with ways.federation.work("head@street") as work:
        assert [one.id for one in queries.newest(work, queries.Filter(flag="extension")).cases] == [case.id]
    ways.act("leader", case, answer, **values)
    assert tasks(ways) == [("leader", True)]
    assert waiting(ways, "leader") == []
    assert [(mine, said in title) for mine, _role, title in told(ways)] == [(True, True)]


def test_an_opinion_makes_the_request_pointless(ways: Ways) -> None:
    case = ways.act("handler", ways.asked(), "decide", **DECIDE)
    assert (case.extension_to, case.extension_reason, tasks(ways)) == (None, None, [("leader", True)])


def test_the_leader_is_warned_before_the_sixty_days_end_and_refused_with_the_reason_after(ways: Ways) -> None:
    case = ways.asked()
    ways.federation.clock = FixedClock(ways.federation.clock.now() + timedelta(days=60))
    with ways.federation.work_as_system(ways.slug) as work:
        sweep(work)
    assert [(role, "没有批复" in title) for _mine, role, title in told(ways)] == [("leader", True)]
    ways.federation.clock = FixedClock(ways.federation.clock.now() + timedelta(days=10))
    with pytest.raises(IllegalTransitionError, match="届满以前批准"):
        ways.act("leader", case, "grant_extension")
