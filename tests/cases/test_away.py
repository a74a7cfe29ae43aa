"""Who is away, and what waits meanwhile."""

from __future__ import annotations

from datetime import date, timedelta

from cases import away
from tenants import delegations
from tests.builders import Federation

TODAY = date(2026, 3, 2)


def leave(federation: Federation, begins: int, days: int, who: str = "handler", deputy: str = "head") -> None:
    with federation.work("head@street") as work:
        delegations.begin(
            work,
            user_id=federation.users[f"{who}@street"].id,
            deputy_id=federation.users[f"{deputy}@street"].id,
            from_on=TODAY + timedelta(days=begins),
            until_on=TODAY + timedelta(days=begins + days),
            reason="年休假",
        )


def test_the_head_sees_who_is_away_now_and_soon_with_open_cases_and_what_falls_due(federation: Federation) -> None:
    federation.accepted()
    federation.accepted()
    leave(federation, 0, 10)
    leave(federation, 14, 3, who="clerk", deputy="head")
    leave(federation, 15, 3, who="leader", deputy="head")
    with federation.work("head@street") as work:
        now, soon = away.people(work)
    assert (now.name, now.deputy, now.open, now.due) == ("测试承办人", "测试负责人", 2, 0)
    assert (soon.name, soon.open, soon.from_on) == ("测试登记员", 0, TODAY + timedelta(days=14))


def test_a_deadline_on_the_last_day_away_falls_due_meanwhile(federation: Federation) -> None:
    case = federation.accepted()
    assert case.due_on is not None
    leave(federation, 0, (case.due_on - TODAY).days)
    with federation.work("head@street") as work:
        assert [each.due for each in away.people(work)] == [1]


def test_others_see_the_absences_that_concern_them(federation: Federation) -> None:
    federation.accepted()
    leave(federation, 0, 10)
    for who, seen in (("handler", [1]), ("clerk", []), ("leader", [1]), ("supervisor", [])):
        with federation.work(f"{who}@street") as work:
            assert [each.open for each in away.people(work)] == seen
    with federation.work("head@east") as work:
        assert away.people(work) == []


def test_an_absence_that_was_ended_is_over(federation: Federation) -> None:
    leave(federation, 0, 10)
    with federation.work("head@street") as work:
        row = work.session.query(away.Delegation).one()
        delegations.end(work, row.id)
        assert away.people(work) == []
