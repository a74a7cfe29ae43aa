"""管辖争议: the superior of both names the unit that must take the matter, and that unit is told (条例 art. 24)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from cases.intake import NewParty
from dispatches import queries
from dispatches.models import Letter
from dispatches.services import act
from dispatches.workflow import LetterKind, LetterStatus, Side
from kernel.errors import InvalidError
from tests.builders import Federation
from tests.dispatches.letters import on, post, set_status, view

REASONS = "经核对，用人单位注册地在西区"


def disputed(federation: Federation, **changes: Any) -> Letter:
    """A dispute of the east with the west that the city has signed."""
    letter = post(federation, "head@east", LetterKind.DISPUTE, **changes)
    on(federation, "head@city", letter, "sign")
    return letter


def test_it_goes_to_the_nearest_superior_of_both(federation: Federation) -> None:
    letter = post(federation, "head@street", LetterKind.DISPUTE, to=federation.ids["west"], beyond=None)
    assert (letter.recipient_id, letter.beyond_id) == (federation.ids["city"], federation.ids["west"])
    with pytest.raises(InvalidError, match="共同"):
        post(federation, "head@street", LetterKind.DISPUTE, to=federation.ids["east"], beyond=None)


def test_the_named_unit_gets_an_order_that_tells_the_matter(federation: Federation) -> None:
    case = federation.accepted("east")
    letter = disputed(federation, case_number=case.number)
    on(federation, "head@city", letter, "designate", text=REASONS, unit=str(federation.ids["west"]))
    decided = view(federation, "head@east", letter)
    assert decided.status is LetterStatus.CLOSED
    assert decided.latest.told == {"unit": {"id": federation.ids["west"], "name": "西区总工会"}}
    with federation.work("head@west") as work:
        [order] = queries.inbox(work)
    assert (order.kind, order.refers_to, order.status) == (LetterKind.ORDER, letter.id, LetterStatus.SENT)
    assert order.letter.snapshot["case_number"] == case.number
    assert order.letter.due_on is not None


@pytest.mark.parametrize("slug", ["east", "city"])
def test_whoever_holds_the_case_or_decides_needs_no_order(federation: Federation, slug: str) -> None:
    letter = disputed(federation)
    on(federation, "head@city", letter, "designate", text=REASONS, unit=federation.ids[slug])
    with federation.work("head@city") as work:
        assert work.session.scalars(select(Letter).where(Letter.side == Side.SENDER.value)).all() == []


@pytest.mark.parametrize("unit", ["", None, "0", "987654", "9" * 30, "西区", -1])
def test_a_unit_that_is_none_is_refused_and_the_dispute_stands(federation: Federation, unit: Any) -> None:
    letter = disputed(federation)
    with pytest.raises(InvalidError) as told:
        on(federation, "head@city", letter, "designate", text=REASONS, unit=unit)
    assert set(told.value.fields) == {"unit"}
    assert view(federation, "head@city", letter).status is LetterStatus.SIGNED


def test_a_unit_that_does_not_work_now_or_is_not_below_cannot_be_named(federation: Federation) -> None:
    letter = disputed(federation)
    set_status(federation, "west", "suspended")
    with pytest.raises(InvalidError, match="已停用"):
        on(federation, "head@city", letter, "designate", text=REASONS, unit=federation.ids["west"])
    with pytest.raises(InvalidError):
        on(federation, "head@city", letter, "designate", text=REASONS, unit=federation.ids["platform"])


def test_an_accused_unit_is_not_named_and_the_decision_is_taken_back_with_its_letter(federation: Federation) -> None:
    parties = (NewParty(name="测试甲"), NewParty(role="respondent", organisation="东一街道工会联合会"))
    case = federation.register("clerk@east", parties=parties)
    federation.act("clerk@east", case.number, "triage", purpose="report", category="01.01", tier="hard")
    letter = disputed(federation, case_number=case.number)
    # The caller catches the refusal and commits, as a page does that shows the form again.
    with federation.work("head@city") as work, pytest.raises(InvalidError, match="第三十条"):
        act(work, letter.id, "designate", {"text": REASONS, "unit": federation.ids["street"]})
    assert view(federation, "head@city", letter).status is LetterStatus.SIGNED
    assert view(federation, "head@east", letter).status is LetterStatus.SIGNED
