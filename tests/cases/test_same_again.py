"""The same people, and the same opinion: what is compared before a person may say so."""

from __future__ import annotations

import pytest

from cases.matter import NewParty
from cases.workflow import Status
from kernel.errors import InvalidError
from tests.builders import Federation
from tests.ways import DECIDE, OPINIONS, Ways


@pytest.fixture
def ways(federation: Federation) -> Ways:
    """The street's people."""
    return Ways(federation)


def test_cases_of_different_people_are_merged_only_by_whoever_compared_the_two(ways: Ways) -> None:
    lead = ways.handling(parties=(NewParty(name="欧阳测试", phone="13800001111"),))
    case = ways.handling(parties=(NewParty(name="上官测试", phone="13800002222"),))
    with pytest.raises(InvalidError) as refused:
        ways.act("clerk", case, "merge", lead=lead.number, reason="同一事项的两件")
    told = refused.value.fields["same_people"]
    assert "本件：上*" in told and "主件：欧*" in told, "both stand there as masks"
    merged = ways.act("clerk", case, "merge", lead=lead.number, same_people=True, reason="同一事项，同班组职工")
    assert merged.status == Status.MERGED


def test_a_comma_makes_no_new_opinion(ways: Ways) -> None:
    case = ways.reviewing(supported=True)
    again = {"review_number": "测信复〔2026〕2号", "review_text": "事实不清，责令重作", "redo_by": "2026-03-31"}
    case = ways.act("head", case, "review_redo", **again)
    moved = {place: {**told, "finding": f" {told['finding'].rstrip('。')} ； "} for place, told in OPINIONS.items()}
    with pytest.raises(InvalidError, match="不得以同一事实和理由"):
        ways.act("handler", case, "decide", **(DECIDE | {"opinions": moved}))
