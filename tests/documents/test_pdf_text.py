"""Tables inside the text of a paper: on pages and in a docx, with their headings again on the next page."""

from __future__ import annotations

import io
from datetime import date

import docx

from documents import pdf, word
from documents.layout import Sheet
from documents.pdf_text import texts_of
from documents.services import digest
from tests.documents.scans import words_of

ROWS = [[f"第{place}类问题", str(place)] for place in range(1, 41)]
TABLE = {
    "heading": None,
    "text": "按问题类别",
    "table": {"headings": ["类别", "件数"], "rows": ROWS},
    "widths": [700, 300],
    "after": ["各类合计与总量一致。"],
}
SHEET = Sheet(
    title="信访工作月报",
    paragraphs=[{"heading": "一、总量", "text": "总量平稳。"}, TABLE, {"heading": "二、建议", "text": "加强排查。"}],
    signature="河西区总工会",
    issued_on=date(2026, 3, 5),
)


def test_a_table_stands_between_its_paragraphs_and_its_headings_again_on_the_next_page() -> None:
    pages = words_of(pdf.render(SHEET))
    assert len(pages) >= 2
    assert all("件数" in page for page in pages[:2])
    whole = "".join(pages)
    assert whole.index("总量平稳") < whole.index("第1类问题") < whole.index("第40类问题") < whole.index("加强排查")
    assert "各类合计与总量一致" in whole
    assert {"第40类问题", "各类合计与总量一致。"} <= set(texts_of(SHEET))


def test_a_docx_has_the_same_table() -> None:
    paper = docx.Document(io.BytesIO(word.render(SHEET)))
    assert [[cell.text for cell in row.cells] for row in paper.tables[0].rows] == [["类别", "件数"], *ROWS]
    assert "各类合计与总量一致。" in [paragraph.text for paragraph in paper.paragraphs]


def test_the_hash_of_a_paper_holds_its_tables_and_papers_without_one_keep_theirs() -> None:
    day = date(2026, 3, 5)
    changed = TABLE | {"table": {"headings": ["类别", "件数"], "rows": [["第1类问题", "2"]]}}
    assert digest("号", "题", [TABLE], day) != digest("号", "题", [changed], day)
    plain = [{"heading": "一", "text": "文"}]
    assert digest("号", "题", plain, day) == digest("号", "题", [plain[0] | {"below": False}], day)
