"""A paper as pages: the signature never stands alone, rare characters are printed, fonts are cut and cleaned up."""

from __future__ import annotations

import io
import time
from datetime import date
from typing import Any

import pypdf
import pytest

from documents import fonts, pdf, word
from documents.layout import Sheet
from tests.documents.scans import words_of


def sheet(paragraphs: int = 3, **changes: Any) -> Sheet:
    body = [{"heading": "处理意见", "text": "予以支持，督促单位补发。"} for _place in range(paragraphs)]
    fields: dict[str, Any] = {
        "title": "信访事项处理意见书",
        "number": "河西总工信意〔2026〕000012",
        "addressee": "王*",
        "paragraphs": [*body, {"heading": "救济途径和期限", "text": "如不服，可以自收到之日起30日内请求复查。"}],
        "signature": "河西区总工会",
        "issued_on": date(2026, 3, 20),
        "code": "ABCDEFGHJKMNPQ",
        "verify_url": "https://example.org/verify/ABCDEFGHJKMNPQ",
    }
    return Sheet(**(fields | changes))


@pytest.mark.parametrize("paragraphs", range(4, 14))
def test_signature_and_mark_stand_on_a_page_with_words(paragraphs: int) -> None:
    pages = words_of(pdf.render(sheet(paragraphs)))
    last = pages[-1]
    assert "可以自收到之日起" in last or "请求复查" in last, "the end of the text"
    assert "河西区总工会" in last
    assert "2026年3月20日" in last
    assert "ABCD-EFGHJ-KMNPQ" in last
    assert not pages[0].endswith("救济途径和期限"), "no heading stays behind"


def test_every_page_is_a4_and_numbered_and_its_fonts_are_inside() -> None:
    made = pypdf.PdfReader(io.BytesIO(pdf.render(sheet(30))))
    assert len(made.pages) > 1
    assert {(round(float(page.mediabox.width)), round(float(page.mediabox.height))) for page in made.pages} == {
        (595, 842)
    }
    for place, words in enumerate(words_of(pdf.render(sheet(30))), start=1):
        assert f"—{place}—" in words
    used = made.pages[0]["/Resources"]["/Font"]  # type: ignore[index]
    for font in used.values():
        below = font.get_object()["/DescendantFonts"][0].get_object()
        assert "/FontFile3" in below["/FontDescriptor"].get_object()


def test_rare_characters_of_names_are_printed() -> None:
    assert "镕堃喆玥㛃" in "".join(words_of(pdf.render(sheet(addressee="镕堃喆玥㛃"))))


def test_a_draft_says_so_on_every_page_and_has_no_code() -> None:
    pages = words_of(pdf.render(sheet(30, watermark="草稿，未出具", code="", verify_url="")))
    assert all("草稿，未出具" in page for page in pages)
    assert "验证码" not in "".join(pages)


def test_font_files_are_removed_when_the_book_is_over() -> None:
    pdf.render(sheet())
    assert list(fonts._folder().iterdir()) == []


def test_a_paper_is_quickly_printed_in_either_form() -> None:
    pdf.render(sheet())  # the first one loads the fonts
    for render in (pdf.render, word.render):
        began = time.process_time()
        render(sheet())
        assert time.process_time() - began < 2.0


def test_a_paper_does_not_tell_the_moment_it_was_printed() -> None:
    """The same paper is the same bytes: what is compared and hashed does not change with the clock."""
    made = pypdf.PdfReader(io.BytesIO(pdf.render(sheet())))
    assert made.metadata is not None and made.metadata.creation_date == pdf.NO_MOMENT
    assert pdf.render(sheet()) == pdf.render(sheet())
