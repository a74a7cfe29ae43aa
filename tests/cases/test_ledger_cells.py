"""What one case tells in the ledger."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

from cases.ledger_cells import Line, Words, claims, day, late, marks, moment, opinions, respondents, subject, word

TODAY = date(2026, 3, 20)


def line(**changes: Any) -> Line:
    """A line of an invented case whose texts come veiled."""
    given: dict[str, Any] = {
        "place": 1,
        "case": SimpleNamespace(due_on=date(2026, 3, 17), status="handling", handed_on=None),
        "words": Words(TODAY, subjects={"migrant": "农民工"}),
        "veil": lambda text: text.replace("测试甲", "测**"),
    }
    return Line(**(given | changes))


def test_moments_and_days_are_those_of_china() -> None:
    late_evening = datetime(2026, 3, 2, 17, 30, 59, tzinfo=UTC)
    assert moment(late_evening) == datetime(2026, 3, 3, 1, 30)
    assert day(late_evening) == date(2026, 3, 3)
    assert moment(None) is None and day(None) is None


def test_a_code_without_a_word_is_shown_and_nothing_is_empty() -> None:
    assert (word({"a": "甲"}, "a"), word({"a": "甲"}, "b"), word({}, None)) == ("甲", "b", "")


def test_parties_are_told_by_their_part_and_behind_the_veil() -> None:
    parties = [
        SimpleNamespace(role="petitioner", organisation=None, subject_type="migrant"),
        SimpleNamespace(role="petitioner", organisation=None, subject_type="migrant"),
        SimpleNamespace(role="respondent", organisation="测试甲的店", subject_type=None),
    ]
    assert respondents(line(parties=parties)) == "测**的店"
    assert subject(line(parties=parties)) == "农民工"


def test_every_claim_is_a_line_with_its_opinion() -> None:
    told = [
        SimpleNamespace(position=1, text="给测试甲补发工资", opinion="support", finding="单位欠测试甲三个月工资"),
        SimpleNamespace(position=2, text="赔礼道歉", opinion=None, finding=None),
    ]
    assert claims(line(claims=told)) == "1. 给测**补发工资\n2. 赔礼道歉"
    assert opinions(line(claims=told)) == "1. 予以支持：单位欠测**三个月工资"


def test_marks_stand_with_the_pressing_ones_first() -> None:
    names = ("urgent", "sealed", "retaliation", "conflict", "collective", "joint", "repeat")
    names += ("confidential", "anonymous")
    case = SimpleNamespace(**dict.fromkeys(names, False) | {"collective": True, "urgent": True})
    assert marks(line(case=case)) == "紧急、集体"


def test_lateness_is_counted_in_days_while_the_case_is_open() -> None:
    assert late(line()) == "超期3天"
