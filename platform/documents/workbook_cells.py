"""Cells of a workbook: how each kind looks, and a value as the text that stands in the worksheet's XML."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment
from openpyxl.worksheet.worksheet import Worksheet

from documents.tables import Kind

FORMATS = {
    Kind.TEXT: "@",
    Kind.WHOLE: "0",
    Kind.MONEY: "#,##0.00",
    Kind.DAY: "yyyy-mm-dd",
    Kind.MOMENT: "yyyy-mm-dd hh:mm",
}
#: Excel counts days from here on; before March 1900 it is wrong by one, and nothing of ours is so old.
_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell has no zone
#: What XML 1.0 cannot hold.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CARE = re.compile("[&<>\r]|_x|" + _FORBIDDEN.pattern)
#: Excel reads ``_x0041_`` in a cell as ``A``.
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def style(sheet: Worksheet, kind: Kind) -> int:
    """The number of a kind's style in the workbook's list. The cell itself belongs to no sheet."""
    cell: Any = WriteOnlyCell(sheet)
    cell.number_format = FORMATS[kind]
    cell.alignment = Alignment(vertical="top", wrap_text=kind is Kind.TEXT)
    if kind is Kind.TEXT:
        # Somebody who edits the cell later and presses Enter would make a formula of it without this mark.
        cell.quotePrefix = True
    return int(cell.style_id)


def clean(text: str) -> str:
    """The text without what no XML may hold; each such character leaves the mark for an unknown one."""
    return _FORBIDDEN.sub("\ufffd", text) if _FORBIDDEN.search(text) else text


def write(sheet: Worksheet, row: int, column: int, text: str) -> None:
    """Put a text into the frame."""
    cell = sheet.cell(row, column)
    cell.value = clean(text)
    # openpyxl takes what begins with = for a formula.
    cell.data_type = "s"
    cell.number_format = FORMATS[Kind.TEXT]


def text(place: str, style: int, text: str) -> str:
    """A cell that holds a text and can be nothing else."""
    # Most texts have nothing of this: one look instead of six.
    if _CARE.search(text):
        text = _ESCAPE.sub("_x005F_", _FORBIDDEN.sub("\ufffd", text))
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def number(value: int | Decimal | date | datetime) -> str:
    """A number, or a day or moment as the number that Excel counts it by."""
    if isinstance(value, datetime):
        since = value - _DAY_ZERO
        return f"{since.days + since.seconds / 86_400:.15g}"
    if isinstance(value, date):
        return str(value.toordinal() - _DAY_ZERO.toordinal())
    return str(value)
