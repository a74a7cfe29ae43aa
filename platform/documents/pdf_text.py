"""The text of a paper on the pages of a book: paragraphs, headings that stay with them, and tables between."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from documents.fonts import SANS
from documents.layout import HEIGHT, LINE_MM, SMALL_POINTS, WIDTH, Sheet

if TYPE_CHECKING:
    from documents.pdf import Book

#: The least that a signature takes: two lines, with the seal over them.
SIGNED_MM = 2.6 * LINE_MM
SMALL_LINE = 5.0
#: Up to this share of a page a table is not torn apart.
_WHOLE = HEIGHT * 0.5
#: Of a longer one so much stands below its title.
_BEGINS = 40.0


def texts_of(sheet: Sheet) -> list[str]:
    """Every text that :func:`set_text` sets."""
    found = []
    for part in sheet.paragraphs:
        found.append(f"{part.get('heading') or ''}{part.get('text') or ''}")
        if part.get("table"):
            found += [*part["table"]["headings"], *(cell for row in part["table"]["rows"] for cell in row)]
            found += part.get("after") or ()
    return found


def set_text(book: Book, sheet: Sheet) -> None:
    """Paragraphs with their tables, from the present place on."""
    parts = [
        (str(paragraph.get("heading") or "") if not place else "", text, paragraph if place == count - 1 else {})
        for paragraph in sheet.paragraphs
        for texts in [list(filter(None, map(str.strip, str(paragraph.get("text") or "").splitlines())))]
        for count in [len(texts)]
        for place, text in enumerate(texts)
    ]
    for place, (heading, text, paragraph) in enumerate(parts):
        table = paragraph.get("table")
        last = place == len(parts) - 1 and sheet.signature and sheet.table is None and not table
        if heading:
            # A heading does not stay behind on a page alone.
            least = 3 * LINE_MM + SIGNED_MM if last else 2 * LINE_MM
            book.room(least + _room_of(book, paragraph))
            book.paragraph(heading, font=SANS)
        elif table:
            book.room(LINE_MM + _room_of(book, paragraph))
        book.paragraph(text, after=SIGNED_MM if last else 0.0)
        if table:
            _set_table(book, paragraph)


def _widths(paragraph: Mapping[str, Any]) -> list[float]:
    headings = paragraph["table"]["headings"]
    return [WIDTH * width / 1000 for width in paragraph.get("widths") or [1000 / len(headings)] * len(headings)]


def _room_of(book: Book, paragraph: Mapping[str, Any]) -> float:
    """What must stand on the page of a table's title; nothing without a table."""
    table = paragraph.get("table")
    if not table:
        return 0.0
    height = book.height_of(table["headings"], table["rows"], _widths(paragraph))
    noted = SMALL_LINE + 2 if paragraph.get("after") else 0.0
    return height + noted if height <= _WHOLE else _BEGINS


def _set_table(book: Book, paragraph: Mapping[str, Any]) -> None:
    """A table inside the text, and the small sentences below it."""
    headings, rows = paragraph["table"]["headings"], paragraph["table"]["rows"]
    if rows:
        book.set_xy(book.l_margin, book.get_y() + 1)
        book.ruled(headings, rows, _widths(paragraph))
        book.set_xy(book.l_margin, book.get_y() + 1)
    for note in paragraph.get("after") or ():
        book.paragraph(str(note), size=SMALL_POINTS, line=SMALL_LINE + 1)
    book.set_xy(book.l_margin, book.get_y() + 2)
