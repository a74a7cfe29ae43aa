"""Papers as PDF, in pure Python: a machine with nothing but Python prints the same page as every other."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import segno
from fpdf import FPDF

from documents.fonts import ALWAYS, SANS, SERIF, cut
from documents.layout import (
    BODY_POINTS,
    HEIGHT,
    LEFT,
    LINE_MM,
    SMALL_POINTS,
    TITLE_POINTS,
    TOP,
    VERIFY_HINT,
    WIDTH,
    Sheet,
    chinese_date,
    lines,
    spaced_code,
)
from documents.pdf_text import SIGNED_MM, SMALL_LINE, set_text, texts_of

_A4_WIDTH, _A4_HEIGHT = 210.0, 297.0
_MARK_MM = 22.0
#: The library tells on every subset what it leaves out.
logging.getLogger("fontTools").setLevel(logging.ERROR)


NO_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


class Book(FPDF):
    """Pages of A4 with their number at the foot, and a watermark where there is one.

    ``text`` is everything that will be set, in any order: the fonts are cut to it. :meth:`finish` ends the book.
    """

    def __init__(self, text: Iterable[str], *, watermark: str = "", numbered: bool = True) -> None:
        super().__init__(format="A4", unit="mm")
        self._watermark, self._numbered = watermark, numbered
        self._widths: dict[tuple[str, float, str], float] = {}
        self.set_margins(LEFT, TOP, _A4_WIDTH - LEFT - WIDTH)
        self.set_auto_page_break(False)
        self.set_lang("zh-CN")
        self.set_creator("连心桥")
        # The same pages are the same bytes whenever they are made; the day that counts is printed on them.
        self.set_creation_date(NO_MOMENT)
        wanted = ALWAYS + watermark + "".join(text)
        self._files = {name: cut(name, wanted) for name in (SERIF, SANS)}
        for name, path in self._files.items():
            self.add_font(name, "", path)

    def finish(self) -> bytes:
        """The PDF; the book is over."""
        try:
            return bytes(self.output())
        finally:
            for path in self._files.values():
                path.unlink(missing_ok=True)

    def header(self) -> None:
        """The watermark, below everything else."""
        if not self._watermark:
            return
        with self.local_context(fill_opacity=0.13, text_color=(90, 90, 90)):
            self.set_font(SANS, size=15)
            for place in range(4):
                with self.rotation(28, _A4_WIDTH / 2, 45 + place * 70):
                    self.text(25, 45 + place * 70, self._watermark)

    def footer(self) -> None:
        """``— 1 —`` below the text block."""
        if not self._numbered:
            return
        self.set_font(SERIF, size=14)
        self.set_xy(LEFT, _A4_HEIGHT - 26)
        self.cell(WIDTH, 8, f"— {self.page_no()} —", align="C")

    # Text.

    def width_of(self, character: str) -> float:
        """Millimetres of one character in the present font, remembered."""
        key = (self.font_family, self.font_size_pt, character)
        if key not in self._widths:
            self._widths[key] = self.get_string_width(character)
        return self._widths[key]

    def room(self, height: float) -> None:
        """Begin a new page when less than ``height`` is left on this one."""
        if self.get_y() + height > TOP + HEIGHT:
            self.add_page()
            self.set_xy(LEFT, TOP)

    def paragraph(
        self,
        text: str,
        *,
        font: str = SERIF,
        size: float = BODY_POINTS,
        line: float = LINE_MM,
        indent: bool = True,
        after: float = 0.0,
    ) -> None:
        """Lines set to the full width, the first indented by two characters.

        ``after`` is what must stand on the same page as the last two lines, in millimetres: a signature never stands
        on a page alone (GB/T 9704 7.3.5).
        """
        self.set_font(font, size=size)
        step = 2 * self.width_of("国") if indent else 0.0
        found = lines(text, WIDTH, self.width_of, indent=step)
        for place, words in enumerate(found):
            left_over = len(found) - place
            together = after and left_over <= 2 and (place == 0 or left_over == 2)
            self.room(line * left_over + after if together else line)
            left = LEFT + (step if place == 0 else 0.0)
            self._set(words, left, WIDTH - (left - LEFT), line, full=place < len(found) - 1)

    def _set(self, words: str, left: float, width: float, line: float, *, full: bool) -> None:
        spare = width - sum(map(self.width_of, words))
        # More than a character and a half missing means that something long moved down: not stretched.
        stretch = full and len(words) > 1 and 0 < spare < 1.5 * self.width_of("国")
        self.set_char_spacing(spare / (len(words) - 1) * self.k if stretch else 0)
        self.text(left, self.get_y() + line * 0.72, words)
        self.set_char_spacing(0)
        self.set_xy(LEFT, self.get_y() + line)

    def centred(self, text: str, *, font: str = SERIF, size: float, line: float) -> None:
        """Lines in the middle of the text block."""
        self.set_font(font, size=size)
        for words in lines(text, WIDTH, self.width_of):
            self.room(line)
            left = LEFT + (WIDTH - sum(map(self.width_of, words))) / 2
            self.text(left, self.get_y() + line * 0.72, words)
            self.set_xy(LEFT, self.get_y() + line)

    def ruled(self, headings: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float]) -> None:
        """A ruled table; a row that does not fit goes to the next page, where the headings stand again."""
        self._row(headings, widths, SANS)
        for row in rows:
            if self._row(row, widths, SERIF, dry=True) + self.get_y() > TOP + HEIGHT:
                self.add_page()
                self.set_xy(LEFT, TOP)
                self._row(headings, widths, SANS)
            self._row(row, widths, SERIF)

    def height_of(self, headings: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float]) -> float:
        """Millimetres that :meth:`ruled` takes on one page."""
        begins = self._row(headings, widths, SANS, dry=True)
        return begins + sum(self._row(row, widths, SERIF, dry=True) for row in rows)

    def _row(self, row: Sequence[str], widths: Sequence[float], font: str, *, dry: bool = False) -> float:
        self.set_font(font, size=SMALL_POINTS + 1)
        cells = [
            [found for part in text.split("\n") for found in lines(part, width - 4, self.width_of)]
            for text, width in zip(row, widths, strict=True)
        ]
        height = max(len(cell) for cell in cells) * 6.2 + 3
        if dry:
            return height
        left, top = LEFT, self.get_y()
        for cell, width in zip(cells, widths, strict=True):
            self.rect(left, top, width, height)
            for place, words in enumerate(cell):
                self.text(left + 2, top + 5.6 + place * 6.2, words)
            left += width
        self.set_xy(LEFT, top + height)
        return height

    def mark(self, url: str, left: float, top: float, size: float) -> None:
        """A QR mark drawn as squares: sharp at any resolution, and no picture in the file."""
        code = segno.make(url, error="m", micro=False)
        dot = size / (len(tuple(code.matrix)) or 1)
        self.set_fill_color(0, 0, 0)
        for y, row in enumerate(code.matrix):
            for x, dark in enumerate(row):
                if dark:
                    self.rect(left + x * dot, top + y * dot, dot + 0.01, dot + 0.01, style="F")


def render(sheet: Sheet) -> bytes:
    """The paper as a PDF."""
    book = Book(characters(sheet), watermark=sheet.watermark)
    book.set_title(sheet.title)
    add(book, sheet)
    return book.finish()


def characters(sheet: Sheet) -> list[str]:
    """Every text that :func:`add` sets of a sheet."""
    headings, rows = sheet.table or ((), ())
    words = [sheet.title, sheet.number, sheet.addressee, sheet.signature, VERIFY_HINT, *sheet.footnotes]
    return [*words, *texts_of(sheet), *headings, *(cell for row in rows for cell in row)]


def add(book: Book, sheet: Sheet) -> None:
    """Set one paper into a book, beginning on a new page."""
    book.add_page()
    book.set_xy(LEFT, TOP)
    book.centred(sheet.title, size=TITLE_POINTS, line=12.5)
    if sheet.number:
        book.centred(sheet.number, size=BODY_POINTS, line=LINE_MM)
    book.set_xy(LEFT, book.get_y() + 5)
    if sheet.addressee:
        book.paragraph(f"{sheet.addressee}：", indent=False)
    set_text(book, sheet)
    if sheet.table is not None:
        headings, rows = sheet.table
        book.set_xy(LEFT, book.get_y() + 4)
        book.ruled(headings, rows, [WIDTH * share for share in _shares(len(headings))])
    page, below = book.page, book.get_y()
    if sheet.signature:
        _sign(book, sheet)
    if sheet.code:
        # The signature stands to the right and the mark to the left: only the text must not run into it.
        _verify(book, sheet, below if book.page == page else TOP)
    elif sheet.footnotes:
        _small(book, sheet.footnotes, LEFT, TOP + HEIGHT - len(sheet.footnotes) * SMALL_LINE)


def _shares(columns: int) -> list[float]:
    return [0.3, 0.7] if columns == 2 else [1 / columns] * columns


def _sign(book: Book, sheet: Sheet) -> None:
    """Signature and date to the right, with room for the seal across both."""
    book.room(SIGNED_MM)
    book.set_font(SERIF, size=BODY_POINTS)
    spare = TOP + HEIGHT - book.get_y() - SIGNED_MM
    top = book.get_y() + min(LINE_MM * 1.5, max(spare, LINE_MM * 0.4))
    right = LEFT + WIDTH - 4 * book.width_of("国")
    day = chinese_date(sheet.issued_on) if sheet.issued_on else "　　年　月　日"
    signature = sum(map(book.width_of, sheet.signature))
    dated = sum(map(book.width_of, day))
    middle = max(LEFT + signature / 2, right - max(signature, dated) / 2)
    book.text(min(middle - signature / 2, LEFT + WIDTH - signature), top + LINE_MM * 0.72, sheet.signature)
    book.text(middle - dated / 2, top + LINE_MM * 1.72, day)
    book.set_font(SERIF, size=SMALL_POINTS)
    with book.local_context(text_color=(120, 120, 120)):
        book.text(middle - book.get_string_width("（盖章）") / 2, top + LINE_MM * 2.5, "（盖章）")
    book.set_xy(LEFT, top + LINE_MM * 3)


def _verify(book: Book, sheet: Sheet, below: float) -> None:
    """The mark at the lower left of the last page, with what it is for; the text ends at ``below``."""
    if below + _MARK_MM - 4 > TOP + HEIGHT:
        book.add_page()
    top = TOP + HEIGHT - _MARK_MM + 6
    if sheet.verify_url:
        book.mark(sheet.verify_url, LEFT, top, _MARK_MM - 4)
    words = [f"验证码　{spaced_code(sheet.code)}", *VERIFY_HINT.split("，"), *sheet.footnotes]
    _small(book, words, LEFT + (_MARK_MM if sheet.verify_url else 0), top + 1)


def _small(book: Book, words: Sequence[str], left: float, top: float) -> None:
    book.set_font(SERIF, size=SMALL_POINTS - 1.5)
    for place, line in enumerate(words):
        book.text(left, top + 4 + place * SMALL_LINE, line)


def picture_page(book: Book, content: bytes) -> None:
    """A photograph on a page of its own, as large as the text block allows."""
    book.add_page()
    book.image(io.BytesIO(content), LEFT, TOP, WIDTH, HEIGHT, keep_aspect_ratio=True)
