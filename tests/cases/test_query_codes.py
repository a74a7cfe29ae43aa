"""A code is eighty bits of chance that nobody keeps; it opens one case of one union."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from audit.services import history
from cases import query_codes
from cases.query_codes import (
    ALPHABET,
    LENGTH,
    QueryCode,
    from_bytes,
    give_by_number,
    is_code,
    new_code,
    normal,
    open_case,
    short_number,
    spaced,
)
from kernel.errors import ForbiddenError
from tests.builders import Federation


def test_a_code_has_eighty_bits_and_reads_in_groups_of_four() -> None:
    assert len(set(ALPHABET)) == 32 and LENGTH * 5 == 80
    codes = {new_code() for _turn in range(200)}
    assert len(codes) == 200 and all(normal(code) == code for code in codes)
    assert spaced("7K3MQ9XR2TDF8WHN") == "7K3M-Q9XR-2TDF-8WHN"
    assert from_bytes(bytes(10)) == "0" * 16 and from_bytes(b"\xff" * 10) == "Z" * 16
    assert len({from_bytes(place.to_bytes(10, "big")) for place in range(500)}) == 500
    with pytest.raises(ValueError, match="chance"):
        from_bytes(bytes(9))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("7k3m-q9xr-2tdf-8whn", "7K3MQ9XR2TDF8WHN"),
        ("7K3M Q9XR 2TDF 8WHN", "7K3MQ9XR2TDF8WHN"),
        ("OIL0－1234　5678 ９ABC", "011012345678" + "9ABC"),
        ("7K3M-Q9XR-2TDF-8WH", None),
        ("7K3M-Q9XR-2TDF-8WH!", None),
        ("", None),
    ],
)
def test_look_alikes_blanks_and_dashes_make_no_difference(typed: str, meant: str | None) -> None:
    assert normal(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("东一工信〔2026〕000123", "2026/123"),
        ("东一工信[2026]000123号", "2026/123"),
        ("2026-123", "2026/123"),
        ("2026000123", "2026/123"),
        ("２０２６ 123", "2026/123"),
        ("", ""),
        ("abc", ""),
    ],
)
def test_a_number_is_known_however_its_brackets_were_typed(typed: str, meant: str) -> None:
    assert short_number(typed) == meant


def test_only_a_keyed_digest_is_kept_and_a_new_code_ends_the_old(federation: Federation) -> None:
    case = federation.register()
    with federation.work("clerk@street") as work:
        first = give_by_number(work, case.number)
    with federation.work("clerk@street") as work:
        second = give_by_number(work, case.number)
    with federation.work_as_system("street") as work:
        row = work.session.scalars(select(QueryCode)).one()
        assert first.encode() not in row.digest and second.encode() not in row.digest
        assert open_case(work, case.number, first) is None
        found = open_case(work, case.number, second)
        assert found is not None and found[0].id == case.id and is_code(work, case.id, second)
        told = [event for event in history(work.session, case.id) if event.action.startswith("case:code")]
        assert [event.action for event in told] == ["case:code", "case:code_again"]
        assert not any(code in str(event.data) for code in (first, second) for event in told)


def test_the_same_code_means_nothing_in_another_union(federation: Federation) -> None:
    here, there = federation.register("clerk@street"), federation.register("clerk@east")
    code = new_code()
    for slug, case in (("street", here), ("east", there)):
        with federation.work(f"clerk@{slug}") as work:
            query_codes.give(work, work.session.merge(case), code if slug == "street" else None)
    for slug in ("east", "west", "city"):
        with federation.work_as_system(slug) as work:
            assert open_case(work, here.number, code) is None
            assert open_case(work, there.number, code) is None


def test_only_the_door_opens_a_case_by_its_code(federation: Federation) -> None:
    case = federation.register()
    with federation.work("clerk@street") as work:
        code = give_by_number(work, case.number)
    with pytest.raises(ForbiddenError), federation.work("head@street") as work:
        open_case(work, case.number, code)
    with pytest.raises(ForbiddenError), federation.work("leader@street") as work:
        give_by_number(work, case.number)
