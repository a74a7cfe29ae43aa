"""How a matter came: ways and their fields."""

from __future__ import annotations

import pytest

from cases.arrivals import BY_NAME, FIELDS, WAY_CHANNELS, WAY_LABELS, Way, check, told


def test_every_way_has_a_word_and_a_channel_and_every_field_belongs_somewhere() -> None:
    assert set(WAY_LABELS) == set(WAY_CHANNELS) == set(Way)
    assert all(field.channels or field.ways for field in FIELDS)
    assert len(BY_NAME) == len(FIELDS)


@pytest.mark.parametrize(
    ("channel", "way", "given", "wrong"),
    [
        ("visit", None, {"reception_mode": "fixed", "reception_point": "一楼大厅", "leader": "测试领导"}, set()),
        ("letter", None, {"posted_on": "2026-03-01", "mail_number": "XA12345"}, set()),
        ("call", "hotline_12351", {"called_at": "2026-03-02T09:30", "seat": "3号", "ticket_number": "1"}, set()),
        ("letter", "superior", {"from_body": "市总工会", "report_due_on": "2026-04-01"}, set()),
        ("letter", "superior", {}, {"from_body"}),
        ("visit", "informant", {}, {"reporting_unit"}),
        ("letter", "leader_visit", {}, {"way"}),
        ("visit", "nonsense", {}, {"way"}),
        ("visit", None, {"mail_number": "1"}, {"mail_number"}),
        ("visit", None, {"reception_mode": "nonsense"}, {"reception_mode"}),
        ("letter", None, {"posted_on": "昨天"}, {"posted_on"}),
        ("visit", None, {"reception_point": "长" * 101}, {"reception_point"}),
    ],
)
def test_a_field_of_another_form_is_refused_in_words(
    channel: str, way: str | None, given: dict[str, str], wrong: set[str]
) -> None:
    kept, problems = check(channel, way, given)
    assert set(problems) == wrong
    assert set(kept) == set(given) - wrong


def test_what_is_kept_is_told_in_words() -> None:
    assert told({"reception_mode": "joint", "leader": "测试领导", "called_at": "2026-03-02T09:30"}) == [
        ("接访方式", "联合接访"),
        ("接访领导", "测试领导"),
        ("来电时间", "2026-03-02 09:30"),
    ]
