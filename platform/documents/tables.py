"""What tables that leave the platform have in common: kinds of cells, what stands around them, texts made harmless.

A table is written from front to back (``documents.workbooks``, ``documents.commas``) and holds one row in memory.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from kernel.errors import LianxinError
from kernel.formulas import inert

Value = str | int | Decimal | date | datetime | None

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
MEDIA_TYPES = {"xlsx": XLSX, "csv": CSV}

#: Excel's own limits: characters of a cell (as UTF-16 counts them) and rows of a sheet.
CELL_CHARACTERS = 32_767
SHEET_ROWS = 1_048_576

#: What a spreadsheet would read as a number or a date: telephones lose their zero, long numbers their last digits.
_NUMBERISH = re.compile(r"\d[\d.,:/eE+\-%\s]*")


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    WHOLE = "whole"
    #: Yuan with two places.
    MONEY = "money"
    DAY = "day"
    #: A moment, given as local time without a zone.
    MOMENT = "moment"


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a table; ``width`` in characters as Excel counts them."""

    heading: str
    kind: Kind = Kind.TEXT
    width: int = 12


@dataclass(frozen=True, slots=True)
class About:
    """What stands around a table: who took it, what it holds, how many rows the database says there are."""

    title: str
    #: The watermark: union, person, moment, reason.
    stamp: str
    #: What a reader has to know, line by line: the filter, what is masked, until when the file is kept.
    notes: Sequence[tuple[str, str]]
    #: Rows that will be written; a writer that got another number of them refuses to finish.
    count: int
    #: What a row is called: 件.
    unit: str = "件"
    #: The place of the column that names a row in messages.
    named: int = 0


@dataclass(frozen=True, slots=True)
class Cut:
    """A text that did not fit into its cell: which row and column, and how long it was."""

    row: str
    heading: str
    characters: int


class Writer(Protocol):
    """Takes rows of values in the order of the fields."""

    cuts: list[Cut]

    def rows(self, rows: Sequence[Sequence[Value]]) -> None:
        """Write some rows."""
        ...

    def finish(self) -> None:
        """Write the end, with the number of rows.

        :raises MiscountError: when it is not the number that was announced.
        """
        ...

    def abandon(self) -> None:
        """Let go of a table that will not be finished; its stream takes no more."""
        ...


class MiscountError(LianxinError):
    """The table has another number of rows than the database announced: it is not handed out."""

    code = "miscount"

    def __init__(self, written: int, announced: int) -> None:
        super().__init__(
            f"导出的件数（{written}）与数据库中的件数（{announced}）不一致，文件没有生成。"
            "请重试；仍不一致请联系平台管理员。"
        )


def harmless(text: str) -> str:
    """A text for a CSV: an apostrophe in front of what a spreadsheet would run, or turn into a number or a date."""
    return f"'{text}" if _NUMBERISH.fullmatch(text.strip()) else inert(text)


def units(text: str) -> int:
    """The length of a text as Excel counts it: characters beyond the first plane count twice."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def fitted(text: str, limit: int = CELL_CHARACTERS) -> str:
    """The text, or as much of it as a cell takes, with a mark at its end that says how long it was."""
    if len(text) * 2 <= limit:
        return text
    length = units(text)
    if length <= limit:
        return text
    mark = f"……〔原文{length}字，单元格放不下，此处截断〕"
    kept = text.encode("utf-16-le", "surrogatepass")[: 2 * (limit - units(mark))]
    # Half of a pair at the end is dropped with it.
    return kept.decode("utf-16-le", "ignore") + mark
