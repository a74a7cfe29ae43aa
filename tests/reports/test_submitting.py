"""Reports go upward as letters with figures, and a superior's report is assembled from what came."""

from __future__ import annotations

from datetime import date

import pytest

from dispatches import queries as letters
from dispatches.kinds import LetterKind
from dispatches.models import Letter
from dispatches.services import act, escalate
from kernel.errors import ConflictError, ForbiddenError, InvalidError
from reports import correspondence, drafting, figures, gathering, submitting, verifying
from reports.drafting import period_of
from reports.periods import Kind, containing
from tests.reports.conftest import Desk

FEB = containing(Kind.MONTH, date(2026, 2, 1))


def incoming(desk: Desk, slug: str) -> Letter:
    with desk.federation.work(f"head@{slug}") as work:
        return letters.inbox(work)[0].letter


def test_a_report_goes_upward_with_its_figures_as_data_and_small_ones_hidden(desk: Desk) -> None:
    desk.count("street", date(2026, 2, 12), registered=3, category="03")
    desk.submit("street", "east")
    letter = incoming(desk, "east")
    told = letter.snapshot["report"]
    assert (letter.kind, told["kind"], told["first"]) == ("report", "month", "2026-02-01")
    assert {row["key"]: row["now"] for row in told["measures"]}["registered"] == 45, "43 to the nearest five"
    assert {row["key"]: row["now"] for row in told["categories"]} == {"01": 0, "02": None, "03": None}
    assert "43" not in str(told["measures"]), "no exact count crosses"
    assert verifying.holds_as_told(told)
    assert not verifying.holds_as_told(told | {"edition": 2})
    assert letter.snapshot["papers"][0]["body"][0]["text"] == "本期信访总量平稳。"


def test_only_who_may_send_letters_submits_and_nobody_twice(desk: Desk) -> None:
    report = desk.issue("street")
    with pytest.raises(ForbiddenError), desk.federation.work("handler@street") as work:
        submitting.submit(work, report.id, to=desk.federation.ids["east"])
    desk.send("street", "east", report)
    with pytest.raises(ConflictError, match="已经报送"):
        desk.send("street", "east", report)


def test_a_report_that_was_taken_back_is_submitted_again(desk: Desk) -> None:
    report = desk.issue("street")
    letter_id = desk.send("street", "east", report)
    with desk.federation.work("head@street") as work:
        act(work, letter_id, "withdraw", {"text": "有误，撤回重报。"})
    with desk.federation.work("head@east") as work:
        assert gathering.submitted(work, FEB) == {}
    desk.send("street", "east", report)
    with desk.federation.work("head@street") as work:
        assert len(submitting.submissions(work, report.id)) == 2


def test_a_root_has_nobody_to_submit_to(desk: Desk) -> None:
    report = desk.issue("city")
    with pytest.raises(InvalidError, match="没有上级"), desk.federation.work("head@city") as work:
        submitting.submit(work, report.id, to=desk.federation.ids["east"])


def test_a_superiors_report_says_who_is_missing_and_what_the_sum_differs_by(desk: Desk) -> None:
    desk.submit("east", "city")
    with desk.federation.work("leader@city") as work:
        below = figures.compute(work, FEB)["below"]
    assert [(unit["name"], unit["submitted"]) for unit in below["units"]] == [
        ("东区总工会", True),
        ("西区总工会", False),
    ]
    assert below["missing"] == ["西区总工会"]
    line = below["sums"][0]
    assert (line["own"], line["low"], line["high"], line["facts"]) == (10, 68, 72, 100)
    assert "西区总工会；按系统汇总其登记量合计约30件" in below["words"][0]
    assert "系统汇总比报送合计多至少28件" in below["words"][1]
    assert "有单位没有报送" in below["words"][1]


def test_when_all_have_submitted_the_sum_agrees_with_the_facts_within_what_was_rounded(desk: Desk) -> None:
    desk.submit("east", "city")
    desk.submit("west", "city")
    with desk.federation.work("leader@city") as work:
        below = figures.compute(work, FEB)["below"]
    assert below["missing"] == []
    assert below["words"][0] == "2个下级单位均已报送。"
    assert all(line["low"] <= line["facts"] <= line["high"] for line in below["sums"])
    assert "在报送合计的范围之内" in below["words"][1]


def test_what_was_registered_after_a_report_is_said_to_be_in_the_facts_alone(desk: Desk) -> None:
    desk.submit("east", "city")
    desk.submit("west", "city")
    desk.count("west", date(2026, 2, 28), registered=50)
    with desk.federation.work("leader@city") as work:
        words = figures.compute(work, FEB)["below"]["words"][1]
    assert "报送以后登记、更正" in words
    assert "有单位没有报送" not in words


def test_a_revised_report_takes_the_place_of_the_earlier_one_above(desk: Desk) -> None:
    first = desk.submit("west", "city")
    above = desk.issue("city")
    desk.count("west", date(2026, 2, 28), registered=50)
    with desk.federation.work("head@west") as work:
        draft = drafting.revise(work, first, "补登五十件。")
    desk.send("west", "city", desk.sign("west", draft.id))
    with pytest.raises(ConflictError, match="更新的版次"), desk.federation.work("head@west") as work:
        desk_letter = submitting.submissions(work, first.id)[0][0]
        act(work, desk_letter.id, "withdraw", {"text": "撤回旧版。"})
        submitting.submit(work, first.id, to=desk.federation.ids["city"])
    with desk.federation.work("leader@city") as work:
        came = gathering.submitted(work, FEB)[desk.federation.ids["west"]]
        assert (came.told["edition"], gathering._number(came.told, "registered")) == (2, 80)
        assert gathering.newer(work, FEB, above.figures) == ["西区总工会"]


def test_letters_and_suggestions_of_the_period_are_counted_from_the_own_books(desk: Desk) -> None:
    desk.submit("street", "east")
    march = containing(Kind.MONTH, date(2026, 3, 1))
    case = desk.federation.accepted("street")
    with desk.federation.work("head@street") as work:
        escalate(work, case.number, reason="需要上级协调解决", request="请求协调用人单位")
    with desk.federation.work("head@street") as work:
        lines = {line["key"]: line for line in correspondence.letters(work, march)}
        assert (lines["escalation"]["sent"], lines["escalation"]["sent_open"]) == (1, 1)
        assert correspondence.letters(work, FEB)[0]["sent"] == 0
        assert [line["made"] for line in correspondence.suggestions(work, march)] == [0, 0, 0]
        assert correspondence.suggestion_papers(work, march) == 0
    with desk.federation.work("head@east") as work:
        kinds = [letter.kind for letter in letters.inbox(work)]
    assert LetterKind.REPORT in kinds


def test_the_period_of_a_report_is_the_one_that_it_was_begun_for(desk: Desk) -> None:
    assert period_of(desk.issue("west")) == FEB
