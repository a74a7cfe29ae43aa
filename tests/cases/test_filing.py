"""A form is registered once."""

from __future__ import annotations

from datetime import date

import pytest

from cases.filing import register_once
from cases.intake import NewCase, NewParty
from kernel.errors import InvalidError
from tests.builders import Federation


def a_case(title: str = "反映加班费未付", key: str | None = "a") -> NewCase:
    return NewCase(
        channel="visit",
        title=title,
        content="加班费一直未付。",
        received_on=date(2026, 3, 2),
        parties=(NewParty(name="测试丁"),),
        source="form",
        source_key=key,
    )


def test_the_second_time_finds_what_the_first_one_registered(federation: Federation) -> None:
    with federation.work("clerk@street") as work:
        first, new = register_once(work, a_case())
        assert new
    with federation.work("head@street") as work:
        second, new = register_once(work, a_case("换了标题"))
        assert (second.number, second.title, new) == (first.number, "反映加班费未付", False)


def test_another_form_and_another_union_are_other_cases(federation: Federation) -> None:
    for who, key in (("clerk@street", "a"), ("clerk@street", "b"), ("clerk@east", "a")):
        with federation.work(who) as work:
            assert register_once(work, a_case(key=key))[1]


def test_without_a_key_every_time_is_the_first(federation: Federation) -> None:
    with federation.work("clerk@street") as work:
        assert register_once(work, a_case(key=None))[1]
        assert register_once(work, a_case(key=None))[1]


def test_a_refused_form_leaves_nothing_and_may_be_sent_again(federation: Federation) -> None:
    with federation.work("clerk@street") as work:
        with pytest.raises(InvalidError):
            register_once(work, a_case(title=""))
        case, new = register_once(work, a_case())
        assert new
        assert case.number.endswith("000001")
