"""Pieces become one file: cover and index in front, every line with its first page, every page numbered."""

from __future__ import annotations

import io

from pypdf import PdfReader

from archives.assembling import assemble
from archives.binding import Entry, Piece
from cases import queries
from tests.builders import Federation
from tests.documents.scans import scan, words_of


def test_pages_are_counted_on_from_piece_to_piece(federation: Federation) -> None:
    case = federation.decided()
    with federation.work("head@street") as work:
        file = queries.file(work, case.number)
    pieces = (
        Piece((Entry("处理意见书", "第1号", 2),), scan(2)),
        Piece((Entry("证据照片", "", 1), Entry("录音", "不能装订", 0)), scan(1)),
    )
    made, pages = assemble(file, pieces, union="东一街道工会联合会", stamp="测试乙　2026年3月2日")
    reader = PdfReader(io.BytesIO(made))
    words = words_of(made)
    assert pages == len(reader.pages) == len(words) == 5
    assert case.number in words[0]
    assert "不能装订" in words[1]
    assert ["第1页" in words[2], "第2页" in words[3], "第3页" in words[4]] == [True] * 3
    assert [str(line["/Title"]) for line in reader.outline] == ["处理意见书 第1号", "证据照片"]  # type: ignore[call-overload, index]


def test_a_file_without_pages_still_has_its_cover_and_index(federation: Federation) -> None:
    case = federation.register()
    with federation.work("head@street") as work:
        file = queries.file(work, case.number)
    made, pages = assemble(file, (Piece((Entry("录音", "不能装订", 0),), b""),), union="工会", stamp="测试乙")
    assert pages == 2
    assert "不能装订" in words_of(made)[1]
