"""What the answer of a reviewing body writes into the file whose opinion it reviewed, without a database."""

from __future__ import annotations

from datetime import date

import pytest

from cases.effect_kit import Turn
from cases.models import Case, Claim
from cases.remedy_effects import REMEDY_EFFECTS

DAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("status", "outcome", "opinion", "finding"),
    [
        ("reviewing", "uphold", "reject", "没有政策依据"),
        ("reviewing", "change", "support", "复查变更：应予补发"),
        ("rechecking", "change", "support", "复核变更：应予补发"),
    ],
)
def test_only_a_change_takes_the_place_of_the_opinion(status: str, outcome: str, opinion: str, finding: str) -> None:
    case = Case(status=status, asked_online_on=DAY)
    claim = Claim(opinion="reject", finding="没有政策依据")
    told = {"review_outcome": outcome, "review_text": "应予补发"}
    REMEDY_EFFECTS["review_result"](Turn(case, [claim], [], told, DAY))
    assert (case.review_outcome, case.asked_online_on) == (outcome, None)
    assert (claim.opinion, claim.finding) == (opinion, finding)


def test_a_late_entry_keeps_the_day_on_which_it_was_asked() -> None:
    case = Case(status="concluded")
    REMEDY_EFFECTS["late_review"](Turn(case, [], [], {"review_asked_on": DAY}, date(2026, 4, 9)))
    assert case.asked_online_on == DAY
