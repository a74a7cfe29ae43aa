"""Papers as docx, for an office that has to change or to seal them in its own program."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import docx
import segno
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from documents.layout import (
    BODY_POINTS,
    HEIGHT,
    LEFT,
    SMALL_POINTS,
    TITLE_POINTS,
    TOP,
    VERIFY_HINT,
    WIDTH,
    Sheet,
    chinese_date,
    spaced_code,
)

#: Fonts of every office in the field; where one is missing the program takes its own serif or sans.
_SERIF, _SANS = "仿宋", "黑体"
_TITLE = "方正小标宋简体"


def render(sheet: Sheet) -> bytes:
    """The paper as an office document: the same words in the same order, without anything active in it."""
    paper = docx.Document()
    # The library's own template says when it was made and by whom.
    paper.core_properties.author = sheet.signature
    paper.core_properties.title = sheet.title
    paper.core_properties.comments = ""
    paper.core_properties.created = paper.core_properties.modified = _moment(sheet)
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(LEFT), Mm(210 - LEFT - WIDTH)
    section.top_margin, section.bottom_margin = Mm(TOP), Mm(297 - TOP - HEIGHT)
    _number_pages(section)
    if sheet.watermark:
        _write(section.header.paragraphs[0], sheet.watermark, _SERIF, SMALL_POINTS, align=WD_ALIGN_PARAGRAPH.CENTER)
    centre = WD_ALIGN_PARAGRAPH.CENTER
    _write(paper.add_paragraph(), sheet.title, _TITLE, TITLE_POINTS, align=centre, line=33)
    if sheet.number:
        _write(paper.add_paragraph(), sheet.number, _SERIF, BODY_POINTS, align=centre)
    _write(paper.add_paragraph(), "", _SERIF, BODY_POINTS)
    if sheet.addressee:
        _write(paper.add_paragraph(), f"{sheet.addressee}：", _SERIF, BODY_POINTS)
    for paragraph in sheet.paragraphs:
        if paragraph.get("heading"):
            heading = _write(paper.add_paragraph(), str(paragraph["heading"]), _SANS, BODY_POINTS, indent=True)
            heading.paragraph_format.keep_with_next = True
        for text in str(paragraph.get("text") or "").splitlines():
            if text.strip():
                _write(
                    paper.add_paragraph(),
                    text.strip(),
                    _SERIF,
                    BODY_POINTS,
                    indent=True,
                    align=WD_ALIGN_PARAGRAPH.JUSTIFY,
                )
        if paragraph.get("table"):
            _table(paper, paragraph["table"]["headings"], paragraph["table"]["rows"], paragraph.get("widths"))
            for note in (*(paragraph.get("after") or ()), ""):
                _write(paper.add_paragraph(), str(note), _SERIF, SMALL_POINTS, indent=True, line=16)
    if sheet.table is not None:
        _table(paper, *sheet.table)
    if sheet.signature:
        _sign(paper, sheet)
    if sheet.code:
        _verify(paper, sheet)
    stream = io.BytesIO()
    paper.save(stream)
    return _without_times(stream.getvalue())


def _without_times(made: bytes) -> bytes:
    """The same parts without the minute of their packing: the same paper is the same bytes whenever it is made."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as packed, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as again:
        for name in packed.namelist():
            again.writestr(zipfile.ZipInfo(name), packed.read(name), zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _write(
    paragraph: Any, text: str, font: str, points: float, *, align: Any = None, indent: bool = False, line: float = 28
) -> Any:
    run = paragraph.add_run(text)
    run.font.name, run.font.size = font, Pt(points)
    run._element.rPr.rFonts.set(qn("w:eastAsia"), font)
    shape = paragraph.paragraph_format
    shape.space_before = shape.space_after = Pt(0)
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)
    if align is not None:
        paragraph.alignment = align
    if indent:
        shape.first_line_indent = Pt(2 * points)
    return paragraph


def _sign(paper: Any, sheet: Sheet) -> None:
    for _line in range(2):
        _write(paper.add_paragraph(), "", _SERIF, BODY_POINTS).paragraph_format.keep_with_next = True
    day = chinese_date(sheet.issued_on) if sheet.issued_on else "　　年　月　日"
    for text in (sheet.signature, day, "（盖章）"):
        small = text == "（盖章）"
        points = SMALL_POINTS if small else BODY_POINTS
        line = _write(paper.add_paragraph(), text, _SERIF, points, align=WD_ALIGN_PARAGRAPH.RIGHT)
        line.paragraph_format.right_indent = Pt(2 * BODY_POINTS)
        line.paragraph_format.keep_with_next = not small


def _verify(paper: Any, sheet: Sheet) -> None:
    if sheet.verify_url:
        picture = io.BytesIO()
        segno.make(sheet.verify_url, error="m", micro=False).save(picture, kind="png", scale=6, border=1)
        place = paper.add_paragraph()
        place.paragraph_format.space_before = Pt(18)
        place.add_run().add_picture(picture, width=Mm(20))
    words = f"验证码　{spaced_code(sheet.code)}　{VERIFY_HINT}"
    _write(paper.add_paragraph(), words, _SERIF, SMALL_POINTS - 1.5, line=14)


def _table(
    paper: Any, headings: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int] | None = None
) -> None:
    """A ruled table; ``widths`` in thousandths of the text block."""
    if not rows:
        return
    table = paper.add_table(rows=0, cols=len(headings), style="Table Grid")
    for place, row in enumerate((headings, *rows)):
        line = table.add_row()
        if not place:
            # The headings stand again on the next page.
            mark = OxmlElement("w:tblHeader")
            line._tr.get_or_add_trPr().append(mark)
        for column, (cell, text) in enumerate(zip(line.cells, row, strict=True)):
            if widths:
                cell.width = Mm(WIDTH * widths[column] / 1000)
            _write(cell.paragraphs[0], text, _SERIF, SMALL_POINTS + 1, line=20)


def _number_pages(section: Any) -> None:
    """``— 1 —`` at the foot, counted by the program that opens the file."""
    place = section.footer.paragraphs[0]
    place.alignment = WD_ALIGN_PARAGRAPH.CENTER
    place.add_run("— ")
    run = place.add_run()
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._element.append(part)
    place.add_run(" —")


def _moment(sheet: Sheet) -> datetime:
    day = sheet.issued_on
    return datetime(day.year, day.month, day.day, tzinfo=UTC) if day else datetime(2026, 1, 1, tzinfo=UTC)
