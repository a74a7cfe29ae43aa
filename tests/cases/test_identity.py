"""Identity: checked at the door, sealed in the row, masked in lists, shown only with a reason that is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from audit.services import history
from cases.identity import check_id_number, check_name, check_phone, reveal
from cases.intake import NewParty
from cases.models import Party
from kernel.errors import InvalidError, NotFoundError
from tests.builders import Federation

#: Made up, with a good check digit; the region code 000000 is nobody's.
ID_NUMBER = "000000199001010018"


def check_digit(first17: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(d) * w for d, w in zip(first17, weights, strict=True)) % 11]


@given(st.text("0123456789", min_size=17, max_size=17))
def test_exactly_one_check_digit_is_right(first17: str) -> None:
    right = check_digit(first17)
    assert check_id_number(f"{first17}{right.lower()}") == f"{first17}{right}"
    for wrong in set("0123456789X") - {right}:
        with pytest.raises(InvalidError, match="校验位"):
            check_id_number(first17 + wrong)


@pytest.mark.parametrize("number", ["123", "1" * 15, "1" * 19, "ABCDEFGHIJKLMNOPQR", "１" * 17 + "？"])
def test_an_identity_number_has_eighteen_places(number: str) -> None:
    with pytest.raises(InvalidError, match="18位"):
        check_id_number(number)


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ("13800001111", "13800001111"),
        (" 138 0000 1111 ", "13800001111"),
        ("１３８００００１１１１", "13800001111"),
        ("010-12345678", "01012345678"),
        ("0510-1234567", "05101234567"),
        ("", None),
        (None, None),
    ],
)
def test_a_telephone_is_kept_in_one_form(given_: str | None, kept: str | None) -> None:
    assert check_phone(given_) == kept


@pytest.mark.parametrize("phone", ["1380000111", "12800001111", "+8613800001111", "12345678", "138-0000-1111x"])
def test_what_is_no_telephone_is_refused(phone: str) -> None:
    with pytest.raises(InvalidError, match="电话"):
        check_phone(phone)


@pytest.mark.parametrize("name", ["13800001111", f"甲{ID_NUMBER}", "长" * 41])
def test_a_number_in_the_place_of_a_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidError):
        check_name(name)


def test_a_code_name_may_stand_for_a_name() -> None:
    assert check_name(" a00012345 ".upper()) == "A00012345"
    assert check_name("  ") is None


def full_case(federation: Federation) -> str:
    party = NewParty(name="测试乙", phone="13911112222", id_number=ID_NUMBER, address="测试路1号")
    return federation.register(parties=(party,)).number


def test_nothing_of_an_identity_stands_in_clear_in_any_row(federation: Federation) -> None:
    full_case(federation)
    with federation.work("head@street") as work:
        tables = (
            work.session.execute(text("select tablename from pg_tables where schemaname = 'public'")).scalars().all()
        )
        for table in sorted(set(tables) - {"leases"}):
            rows = work.session.execute(text(f"select x::text from {table} x")).scalars().all()
            for secret in ("测试乙", "13911112222", ID_NUMBER, "测试路1号"):
                assert not any(secret in row or secret.encode().hex() in row for row in rows), table
        party = work.session.scalars(select(Party)).one()
        assert (party.name_mask, party.phone_mask) == ("测*", "139****2222")


def test_an_identity_is_shown_with_a_reason_and_the_reason_is_kept(federation: Federation) -> None:
    number = full_case(federation)
    with federation.work("clerk@street") as work:
        shown = reveal(work, number, 1, " 核对来访人身份 ")
        assert (shown.name, shown.phone, shown.id_number) == ("测试乙", "13911112222", ID_NUMBER)
        assert shown.address == "测试路1号"
    with federation.work("clerk@street") as work:
        case_id = work.session.scalars(select(Party.case_id)).one()
        event = history(work.session, case_id)[-1]
    assert event.data == {"party": 1, "reason": "核对来访人身份"}


@pytest.mark.parametrize("reason", ["", "看看", "  查  "])
def test_without_a_reason_nothing_is_shown_and_nothing_is_written(federation: Federation, reason: str) -> None:
    number = full_case(federation)
    with pytest.raises(InvalidError), federation.work("clerk@street") as work:
        reveal(work, number, 1, reason)


@pytest.mark.parametrize(
    "login",
    [
        "admin@street",
        "security@street",
        "auditor@street",
        "handler@street",
        "head@east",
        "head@city",
        "root@platform",
    ],
)
def test_whoever_does_not_see_the_case_is_shown_no_identity(federation: Federation, login: str) -> None:
    number = full_case(federation)
    with pytest.raises(NotFoundError), federation.work(login) as work:
        reveal(work, number, 1, "想要查看身份")


def test_a_party_that_is_not_there_is_not_found(federation: Federation) -> None:
    number = full_case(federation)
    with pytest.raises(NotFoundError), federation.work("head@street") as work:
        reveal(work, number, 2, "核对来访人身份")


def test_an_identity_copied_into_another_row_does_not_open(federation: Federation) -> None:
    first = full_case(federation)
    second = federation.register("clerk@west", parties=(NewParty(name="测试丙"),)).number
    with federation.work("head@street") as work:
        sealed = work.session.scalars(select(Party)).one().name_sealed
    with federation.work("head@west") as work:
        work.session.scalars(select(Party)).one().name_sealed = sealed
    with pytest.raises(Exception, match="校验失败"), federation.work("head@west") as work:
        reveal(work, second, 1, "核对来访人身份")
    with federation.work("head@street") as work:
        assert reveal(work, first, 1, "核对来访人身份").name == "测试乙"
