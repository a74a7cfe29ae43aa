"""What may become of a hotspot, and how its evidence reads to whom."""

from __future__ import annotations

from measures.spot_rules import (
    ACTION_LABELS,
    STATUS_LABELS,
    SpotAction,
    SpotStatus,
    actions_of,
    note_of_evidence,
    places_of,
)


def test_the_note_says_what_was_counted_what_was_expected_and_how_many_employers() -> None:
    said = note_of_evidence("A7县", "拖欠工资", counted=19, hoped=6.2, places=places_of([2, 1, 1]))
    assert said == "A7县 拖欠工资 近4周19件，预期6.2件，涉及3家用人单位"


def test_employers_with_several_cases_are_told_apart() -> None:
    said = note_of_evidence("A7县", "拖欠工资", counted=19, hoped=6.2, places=places_of([5, 5, 4, 1, 1]))
    assert said.endswith("涉及5家用人单位，其中3家共14件")


def test_a_steep_rise_names_its_own_days() -> None:
    said = note_of_evidence("A7县", "拖欠工资", counted=19, hoped=6.2, window=7, recent=14, recent_hoped=1.5)
    assert said == "A7县 拖欠工资 近4周19件，预期6.2件，其中近7日14件（预期1.5件）"
    hidden = note_of_evidence("A7县", "拖欠工资", counted=19, hoped=6.2, window=7, recent=None, recent_hoped=0.5)
    assert hidden == "A7县 拖欠工资 近4周19件，预期6.2件"


def test_a_hidden_count_hides_what_was_expected_too() -> None:
    said = note_of_evidence("A7县", "工伤", counted=None, hoped=0.7, window=7, recent=None, outside=True)
    assert said == "A7县 工伤 近4周明显多于预期（件数少，隐去）"


def test_what_is_rounded_for_those_outside_says_so() -> None:
    said = note_of_evidence("A7县", "拖欠工资", counted=20, hoped=6.2, outside=True)
    assert said == "A7县 拖欠工资 近4周约20件，预期约6件"


def test_dismissed_and_ended_are_the_end_and_everything_has_a_word() -> None:
    assert actions_of(SpotStatus.DISMISSED) == actions_of(SpotStatus.ENDED) == ()
    assert SpotAction.CONFIRM in actions_of(SpotStatus.OPEN)
    assert SpotAction.CONFIRM not in actions_of(SpotStatus.CONFIRMED)
    assert SpotAction.DISMISS not in actions_of(SpotStatus.SUPERVISED)
    assert set(STATUS_LABELS) == set(SpotStatus)
    assert set(ACTION_LABELS) == set(SpotAction)
