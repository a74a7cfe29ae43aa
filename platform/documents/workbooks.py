"""A table as XLSX, streamed: as many worksheets as its rows need, and a last one that says what it is.

openpyxl makes the frame (styles, widths, print settings, frozen headings); the rows go into it as text, straight into
the compressed stream. openpyxl's own write-only mode makes an object and an XML element of every cell, which costs
twenty times as much: a hundred thousand cases would not fit into the minute that a delivery may take.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import IO, Protocol, cast

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from documents import workbook_cells as cells
from documents.tables import SHEET_ROWS, About, Cut, Field, Kind, MiscountError, Value, fitted, units

ABOUT_TITLE = "说明"
#: Rows above the first case: watermark, conditions, headings.
HEAD_ROWS = 3
#: Rows of a sheet that are no case: those above, and the count at its end.
FRAME_ROWS = HEAD_ROWS + 1
#: A header of a printed page takes no more characters than this, its own signs among them.
_HEADER_CHARACTERS = 200
_FAST = 1
_END = b"</sheetData>"


class Stream(Protocol):
    """What a workbook is written to."""

    def write(self, content: bytes, /) -> int:
        """Take bytes."""
        ...

    def flush(self) -> None:
        """Nothing has to happen."""
        ...


class WorkbookWriter:
    """Writes to ``stream``, which needs neither a place to go back to nor to be read."""

    def __init__(
        self, stream: Stream, fields: Sequence[Field], about: About, *, sheet_rows: int = SHEET_ROWS
    ) -> None:
        notes = tuple((cells.clean(name), cells.clean(words)) for name, words in about.notes)
        self._fields, self._about = fields, replace(about, stamp=cells.clean(about.stamp), notes=notes)
        self._each = sheet_rows - FRAME_ROWS
        self._sheets = max(1, -(-about.count // self._each))
        self._letters = [get_column_letter(place) for place in range(1, len(fields) + 1)]
        self._frame, self._styles = self._framed()
        self._zip = zipfile.ZipFile(cast(IO[bytes], stream), "w", zipfile.ZIP_DEFLATED, compresslevel=_FAST)
        self._member: IO[bytes] | None = None
        self._rest = b""
        self._sheet, self._here, self._count = 0, 0, 0
        self.cuts: list[Cut] = []
        self._next_sheet()

    def rows(self, rows: Sequence[Sequence[Value]]) -> None:
        """As :meth:`documents.tables.Writer.rows`."""
        waiting: list[str] = []
        for row in rows:
            if self._here == self._each:
                self._put("".join(waiting))
                waiting.clear()
                self._end_sheet()
                self._next_sheet()
            self._here += 1
            self._count += 1
            waiting.append(self._row(HEAD_ROWS + self._here, row))
        self._put("".join(waiting))

    def finish(self) -> None:
        """As :meth:`documents.tables.Writer.finish`."""
        if self._count != self._about.count:
            raise MiscountError(self._count, self._about.count)
        self._end_sheet()
        self._tell()
        for name, content in self._frame.items():
            if name not in self._written:
                self._zip.writestr(name, content)
        self._zip.close()

    def abandon(self) -> None:
        """As :meth:`documents.tables.Writer.abandon`: an archive left open would complain when it is collected."""
        with suppress(OSError, ValueError, RuntimeError):
            if self._member is not None:
                self._member.close()
            self._zip.close()

    # The frame.

    def _framed(self) -> tuple[dict[str, bytes], dict[Kind, int]]:
        """The members of a workbook without rows, and the style of each kind of cell."""
        book = Workbook()
        first = book.active
        assert isinstance(first, Worksheet)
        book.properties.creator = book.properties.lastModifiedBy = self._about.stamp[:200]
        book.properties.title = self._about.title
        styles = {kind: cells.style(first, kind) for kind in Kind}
        for number in range(1, self._sheets + 1):
            self._framed_sheet(first if number == 1 else book.create_sheet(), number)
        self._framed_about(book.create_sheet(ABOUT_TITLE))
        made = io.BytesIO()
        book.save(made)
        with zipfile.ZipFile(made) as archive:
            frame = {name: archive.read(name) for name in archive.namelist()}
        self._written = {_member(number) for number in range(1, self._sheets + 2)}
        return frame, styles

    def _framed_sheet(self, sheet: Worksheet, number: int) -> None:
        about = self._about
        sheet.title = about.title if self._sheets == 1 else f"{about.title}（{number}）"
        first, last = self._span(number)
        told = "；".join(f"{name}：{words}" for name, words in about.notes)
        span = f"本表第{first}至{last}{about.unit}，全部共{about.count}{about.unit}"
        for row, text in ((1, about.stamp), (2, fitted(f"{told}；{span}"))):
            cells.write(sheet, row, 1, text)
        sheet.cell(1, 1).font = Font(bold=True, color="9C1F14")
        for column, field in enumerate(self._fields, start=1):
            cells.write(sheet, HEAD_ROWS, column, field.heading)
            cell = sheet.cell(HEAD_ROWS, column)
            cell.font = Font(bold=True)
            cell.fill = PatternFill("solid", fgColor="E7EBF1")
            cell.alignment = Alignment(vertical="center", wrap_text=True)
            sheet.column_dimensions[get_column_letter(column)].width = field.width
        sheet.freeze_panes = f"A{HEAD_ROWS + 1}"
        end = HEAD_ROWS + max(1, last - first + 1)
        sheet.auto_filter.ref = f"A{HEAD_ROWS}:{get_column_letter(len(self._fields))}{end}"
        sheet.print_title_rows = f"{HEAD_ROWS}:{HEAD_ROWS}"
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = 9
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        self._printed(sheet)

    def _framed_about(self, sheet: Worksheet) -> None:
        for letter, width in (("A", 22), ("B", 30), ("C", 60)):
            sheet.column_dimensions[letter].width = width
        self._printed(sheet)

    def _printed(self, sheet: Worksheet) -> None:
        """The watermark above and below every printed page."""
        stamp = self._about.stamp
        if len(stamp) > _HEADER_CHARACTERS:
            stamp = f"{stamp[: _HEADER_CHARACTERS - 1]}…"
        # An ampersand begins a sign of the header's own language.
        told = stamp.replace("&", "&&")
        assert sheet.oddHeader is not None
        assert sheet.oddFooter is not None
        sheet.oddHeader.center.text = told
        sheet.oddFooter.left.text = told
        sheet.oddFooter.right.text = "第&P页，共&N页"

    def _span(self, number: int) -> tuple[int, int]:
        first = (number - 1) * self._each + 1
        return min(first, self._about.count), min(number * self._each, self._about.count)

    # The stream.

    def _next_sheet(self) -> None:
        self._sheet, self._here = self._sheet + 1, 0
        name = _member(self._sheet)
        before, end, after = self._frame[name].partition(_END)
        # Sizes are not known before; beyond four gigabytes only the larger form of a directory entry is right.
        self._member = self._zip.open(name, "w", force_zip64=self._about.count * len(self._fields) > 10_000_000)
        if not end:
            # Nothing in the sheet yet: openpyxl wrote an empty element.
            before, _empty, after = self._frame[name].partition(b"<sheetData />")
            before, end = before + b"<sheetData>", _END
        self._member.write(before)
        self._rest = end + after

    def _end_sheet(self) -> None:
        about = self._about
        told = f"本表共{self._here}{about.unit}"
        if self._sheet == self._sheets:
            told += f"；文件共{self._count}{about.unit}，数据库同一时刻符合条件的共{about.count}{about.unit}，一致"
        self._put(self._told(HEAD_ROWS + self._here + 1, (told,)))
        self._close()

    def _tell(self) -> None:
        """The last sheet: what this is, and every text that was cut."""
        about = self._about
        self._next_sheet()
        rows: list[tuple[str, ...]] = [
            (about.title,),
            ("水印", about.stamp),
            *about.notes,
            ("文件中的件数", f"{self._count}{about.unit}"),
            ("数据库中的件数", f"{about.count}{about.unit}（与文件同一时刻）"),
            ("工作表", f"{self._sheets}张"),
            ("截短的单元格", f"{len(self.cuts)}处" if self.cuts else "没有"),
        ]
        if self.cuts:
            rows += [(), ("编号", "列", "原文字数")]
            rows += [(cut.row, cut.heading, f"{cut.characters}") for cut in self.cuts]
        self._put("".join(self._told(place, row) for place, row in enumerate(rows, start=1)))
        self._close()

    def _close(self) -> None:
        assert self._member is not None
        self._member.write(self._rest)
        self._member.close()

    def _put(self, text: str) -> None:
        assert self._member is not None
        if text:
            self._member.write(text.encode())

    def _row(self, number: int, values: Sequence[Value]) -> str:
        made = []
        for letter, field, value in zip(self._letters, self._fields, values, strict=True):
            if value is None or value == "":
                continue
            style = self._styles[field.kind]
            if isinstance(value, str):
                text = fitted(value)
                if text is not value:
                    self.cuts.append(Cut(str(values[self._about.named]), field.heading, units(value)))
                made.append(cells.text(f"{letter}{number}", style, text))
            else:
                made.append(f'<c r="{letter}{number}" s="{style}"><v>{cells.number(value)}</v></c>')
        return f'<row r="{number}">{"".join(made)}</row>'

    def _told(self, number: int, words: Sequence[str]) -> str:
        style = self._styles[Kind.TEXT]
        told = "".join(
            cells.text(f"{get_column_letter(place)}{number}", style, fitted(text))
            for place, text in enumerate(words, start=1)
        )
        return f'<row r="{number}">{told}</row>'


def _member(number: int) -> str:
    return f"xl/worksheets/sheet{number}.xml"
