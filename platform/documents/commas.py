"""A table as CSV, for machines first: UTF-8 with a mark for Excel and WPS, one heading line, every line alike.

The watermark is the last column of every line, not a comment and not a line of its own: a reader of the file needs no
exception, a copied line still says whose it is, and the last line (第n行，共n行) shows whether anything is missing.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal

from documents.tables import About, Cut, Field, Kind, MiscountError, Value, harmless

MARK = "\ufeff"
STAMP_HEADING = "导出信息"


class CommaWriter:
    """Writes to ``write``; a text of any length stays whole, because a CSV's cell has no limit of its own."""

    def __init__(self, write: Callable[[bytes], object], fields: Sequence[Field], about: About) -> None:
        self._write, self._fields, self._about = write, fields, about
        self._count = 0
        self.cuts: list[Cut] = []
        self._put([[*(field.heading for field in fields), STAMP_HEADING]], MARK)

    def rows(self, rows: Sequence[Sequence[Value]]) -> None:
        """As :meth:`documents.tables.Writer.rows`."""
        stamp, total, unit = self._about.stamp, self._about.count, self._about.unit
        lines = []
        for row in rows:
            self._count += 1
            cells = [plain(value, field.kind) for value, field in zip(row, self._fields, strict=True)]
            lines.append([*cells, harmless(f"{stamp}　第{self._count}{unit}，共{total}{unit}")])
        self._put(lines)

    def finish(self) -> None:
        """As :meth:`documents.tables.Writer.finish`."""
        if self._count != self._about.count:
            raise MiscountError(self._count, self._about.count)

    def abandon(self) -> None:
        """As :meth:`documents.tables.Writer.abandon`: nothing is held open."""

    def _put(self, lines: Sequence[Sequence[str]], before: str = "") -> None:
        text = io.StringIO(newline="")
        text.write(before)
        csv.writer(text).writerows(lines)
        self._write(text.getvalue().encode("utf-8", "replace"))


def plain(value: Value, kind: Kind) -> str:
    """A value as a CSV has it: ISO dates, plain numbers, harmless texts."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if kind is not Kind.TEXT and isinstance(value, int | Decimal):
        return str(value)
    return harmless(str(value))
