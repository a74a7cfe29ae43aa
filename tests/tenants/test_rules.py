"""Particulars of an organisation: the check digit of its code, a colour that can be read, text as people paste it."""

from __future__ import annotations

import pytest

from tenants.rules import SLUG, colour_problem, contrast_with_white, credit_code, is_credit_code, plain


@pytest.mark.parametrize(
    "code",
    # The standard's own example, and codes made with its rule.
    ["91350100M000100Y43", "81110000MC0000001R", "81320100MD12345677", "81420100MJ0000002N"],
)
def test_a_right_code_passes(code: str) -> None:
    assert is_credit_code(code)


@pytest.mark.parametrize(
    "code",
    [
        "91350100M000100Y44",  # check digit
        "91350100M001000Y43",  # two places changed
        "91350100M000100Y4",  # too short
        "91350100M000100Y433",  # too long
        "91350I00M000100Y43",  # a letter among the digits of the place
        "9135010OM000100Y43",  # letters that the standard leaves out
        "91350100m000100y43",  # not yet in its stored form
        "",
    ],
)
def test_a_wrong_code_does_not(code: str) -> None:
    assert not is_credit_code(code)


def test_a_pasted_code_is_brought_into_its_form() -> None:
    assert credit_code(" ９１３５０１００ｍ000100y43　") == "91350100M000100Y43"
    assert credit_code("91350100-M000100Y-43") == "91350100M000100Y43"


def test_pasted_text_loses_odd_widths_and_spaces() -> None:
    assert plain("　江城市　总工会 １２ ") == "江城市 总工会 12"
    assert plain(None) == ""
    assert plain(12) == "12"


def test_white_words_must_be_readable() -> None:
    assert contrast_with_white("#000000") == pytest.approx(21)
    assert contrast_with_white("#ffffff") == pytest.approx(1)
    # The grey at which WCAG's own examples draw the line.
    assert colour_problem("#767676") is None
    assert "4.5" in (colour_problem("#777777") or "")
    assert colour_problem("red") == "颜色请写成 #1a5fb4 的样子"


def test_slugs() -> None:
    for slug in ("city", "a1", "jc-east-2"):
        assert SLUG.fullmatch(slug)
    for slug in ("City", "a", "a--b", "-a", "a-", "市", "a" * 41):
        assert not SLUG.fullmatch(slug)
