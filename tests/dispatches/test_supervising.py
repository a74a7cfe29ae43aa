"""督办: codes and figures only, a ladder that only goes up, and suggestions that are answered."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest

from dispatches.drafts import Draft
from dispatches.kinds import ADOPTIONS, LADDER, SUGGESTIONS, TRIGGERS
from dispatches.models import Letter
from dispatches.services import send
from dispatches.supervising import check
from dispatches.workflow import LetterKind, LetterStatus
from kernel.errors import InvalidError
from tenants import settings
from tests.builders import Federation
from tests.dispatches.letters import draft, on, post, view

OVERDUE = {"trigger": "overdue", "count": 7, "category": "01.01", "from": "2026-01-01", "to": "2026-02-28"}


def supervise(federation: Federation, login: str = "supervisor@east", **changes: Any) -> Letter:
    """A supervision of the east over the street."""
    return post(federation, login, LetterKind.SUPERVISION, **changes)


def test_an_overdue_count_is_supervised_without_a_file(federation: Federation) -> None:
    letter = supervise(federation, details=OVERDUE)
    theirs = view(federation, "head@street", letter).letter
    assert theirs.snapshot == {"details": {**OVERDUE, "ladder": "supervise"}}
    assert (letter.case_id, theirs.sealed) == (None, False)
    on(federation, "head@street", letter, "sign")
    on(federation, "head@street", letter, "start")
    on(federation, "head@street", letter, "reply", text="七件均已办结，附情况说明")
    on(federation, "supervisor@east", letter, "approve")
    assert view(federation, "head@street", letter).status is LetterStatus.CLOSED


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"trigger": ""}, "trigger"),
        ({"trigger": "gossip"}, "trigger"),
        ({"ladder": "prison"}, "ladder"),
        ({"suggestion": "praise"}, "suggestion"),
        ({"count": 0}, "count"),
        ({"count": "7件"}, "count"),
        ({"count": 10_000_000}, "count"),
        ({"category": "99.99"}, "category"),
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-03-01", "to": "2026-02-01"}, "to"),
        ({"petitioner": "测试甲"}, "details"),
    ],
)
def test_what_is_no_code_and_no_figure_is_refused(
    federation: Federation, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidError) as told:
        supervise(federation, details=OVERDUE | changes)
    assert field in told.value.fields


def test_every_code_of_the_tables_is_taken(federation: Federation) -> None:
    with federation.work("head@east") as work:
        for trigger in TRIGGERS:
            for suggestion in ("", *SUGGESTIONS):
                for ladder in LADDER:
                    details = {"trigger": trigger, "suggestion": suggestion, "ladder": ladder, "count": "3"}
                    kept = check(work, draft(federation, LetterKind.SUPERVISION, details=details))
                    assert kept == {name: value for name, value in details.items() if value} | {"count": 3}


def test_the_ladder_only_goes_up(federation: Federation) -> None:
    for ladder in ("supervise", "talk", "listed"):
        supervise(federation, details=OVERDUE | {"ladder": ladder})
    for ladder in ("supervise", "talk", "notice", "listed"):
        with pytest.raises(InvalidError, match="限期整改") as told:
            supervise(federation, details=OVERDUE | {"ladder": ladder})
        assert set(told.value.fields) == {"ladder"}
    supervise(federation, details=OVERDUE | {"ladder": "rectify"})
    with pytest.raises(InvalidError, match="已是最高层级"):
        supervise(federation, details=OVERDUE | {"ladder": "rectify"})


def test_another_matter_another_union_and_a_letter_taken_back_start_anew(federation: Federation) -> None:
    listed = OVERDUE | {"ladder": "listed"}
    first = supervise(federation, details=listed)
    supervise(federation, details=listed | {"trigger": "stalling"})
    supervise(federation, details=listed | {"to": "2026-03-01"})
    supervise(federation, "head@city", to=federation.ids["east"], details=listed)
    supervise(federation, "head@city", to=federation.ids["west"], details=listed)
    earlier = post(federation, "head@east", LetterKind.ORDER)
    supervise(federation, details=listed, refers_to=earlier.id)
    with pytest.raises(InvalidError, match="限期整改"):
        supervise(federation, details={"trigger": "other", "ladder": "talk"}, refers_to=earlier.id)
    on(federation, "supervisor@east", first, "withdraw", text="数字有误，收回重发")
    supervise(federation, details=OVERDUE | {"ladder": "talk"})


def test_about_one_case_it_is_one_matter_whatever_the_trigger(federation: Federation) -> None:
    number = federation.accepted("east").number
    supervise(federation, "head@east", case_number=number, details={"trigger": "stalling", "ladder": "talk"})
    with pytest.raises(InvalidError, match="通报"):
        supervise(federation, "head@east", case_number=number, details={"trigger": "overdue"})


def test_two_supervisors_do_not_stand_on_one_rung(federation: Federation) -> None:
    barrier, outcomes = threading.Barrier(4), list[str]()

    def run() -> None:
        try:
            with federation.work("supervisor@east") as work:
                barrier.wait(timeout=10)
                send(work, draft(federation, LetterKind.SUPERVISION, details=OVERDUE | {"ladder": "talk"}))
            outcomes.append("sent")
        except InvalidError:
            outcomes.append("refused")

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(outcomes) == ["refused"] * 3 + ["sent"]


@pytest.mark.parametrize("adoption", list(ADOPTIONS))
def test_a_suggestion_is_answered_with_what_became_of_it(federation: Federation, adoption: str) -> None:
    letter = supervise(federation, details=OVERDUE | {"suggestion": "improve"})
    on(federation, "head@street", letter, "sign")
    on(federation, "head@street", letter, "start")
    for missing in ({}, {"adoption": ""}, {"adoption": "perhaps"}):
        with pytest.raises(InvalidError) as told:
            on(federation, "head@street", letter, "reply", text="已制定整改措施", **missing)
        assert set(told.value.fields) == {"adoption"}
    on(federation, "head@street", letter, "reply", text="已制定整改措施", adoption=adoption)
    assert view(federation, "head@east", letter).latest.told == {"adoption": adoption}


def test_without_a_suggestion_there_is_nothing_to_adopt(federation: Federation) -> None:
    letter = supervise(federation, details=OVERDUE)
    on(federation, "head@street", letter, "sign")
    on(federation, "head@street", letter, "start")
    on(federation, "head@street", letter, "reply", text="七件均已办结")
    assert view(federation, "head@east", letter).latest.told is None


def test_a_supervision_without_a_date_is_answered_in_the_days_that_the_union_set(federation: Federation) -> None:
    with federation.work("admin@east") as work:
        settings.change(work, {"supervision_days": 20})
    with federation.work("supervisor@east") as work:
        letter = send(
            work,
            Draft(
                LetterKind.SUPERVISION,
                federation.ids["street"],
                subject="关于督办超期信访件的函",
                reason="据统计超期七件",
                request="请逐件核查并反馈",
                details={"trigger": "overdue"},
            ),
        )
    assert (letter.due_on, letter.reply_due_on) == (None, date(2026, 3, 22))
