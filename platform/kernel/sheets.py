"""Read a table out of a file that somebody handed over: .xlsx or .csv, judged by its content and not by its name.

Everything that can be wrong with a file is told in one sentence before a row is looked at. Sizes are checked before
anything is unpacked, because a workbook of one megabyte can hold gigabytes.
"""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.datetime import CALENDAR_WINDOWS_1900

from kernel.errors import InvalidError

MAX_FILE_BYTES = 20 * 1024 * 1024
#: Unpacked size of everything in a workbook; 50,000 long messages unpack to less.
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_ROWS = 50_000
MAX_COLUMNS = 200

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ZIP = b"PK\x03\x04"
#: Where Excel itself stops; padding rows beyond the limit are refused instead of walked.
_LAST_ROW = 1_048_576
_DTD_WINDOW = 4096
#: Of more worksheets only the first are read.
_MOST_SHEETS = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table; ``number`` is the one that Excel shows at the left."""

    number: int
    cells: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a table that hold anything, the headings among them. ``epoch`` is the workbook's day zero."""

    rows: tuple[Row, ...]
    epoch: Any = CALENDAR_WINDOWS_1900
    #: Titles of further worksheets, which are not read.
    unread: tuple[str, ...] = ()


def read(path: Path) -> Sheet:
    """All rows of a file.

    :raises InvalidError: with one sentence for a file that is missing, empty, too large, old, locked or no table.
    """
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise InvalidError(f"“{path.name}”不是文件。")
        if size > MAX_FILE_BYTES:
            limit = MAX_FILE_BYTES // 1024 // 1024
            raise InvalidError(f"文件“{path.name}”有{size / 1024 / 1024:.0f}MB，超过{limit}MB的上限，请拆分后导入。")
        data = path.read_bytes()
    except FileNotFoundError:
        raise InvalidError(f"找不到文件“{path}”。") from None
    except OSError as error:
        raise InvalidError(f"无法读取文件“{path.name}”：{error.strerror}。") from None
    if not data.strip():
        raise InvalidError(f"文件“{path.name}”是空的。")
    if data.startswith(_OLE):
        raise InvalidError(
            f"“{path.name}”是旧版 .xls 文件或加了打开密码的文件，无法读取：请另存为不带密码的 .xlsx 后再导入。"
        )
    sheet = _workbook(path.name, data) if data.startswith(_ZIP) else _text(path.name, data)
    if not sheet.rows:
        raise InvalidError(f"文件“{path.name}”里没有任何内容。")
    return sheet


def read_all(name: str, data: bytes) -> dict[str, Sheet]:
    """Every worksheet of a workbook by its title; a worksheet without anything in it has no rows.

    :raises InvalidError: with one sentence for a file that is empty, too large, old, locked or no workbook.
    """
    if not data.strip():
        raise InvalidError(f"文件“{name}”是空的。")
    if len(data) > MAX_FILE_BYTES:
        raise InvalidError(f"文件“{name}”超过{MAX_FILE_BYTES // 1024 // 1024}MB的上限，请拆分后导入。")
    if data.startswith(_OLE):
        raise InvalidError(
            f"“{name}”是旧版 .xls 文件或加了打开密码的文件，无法读取：请另存为不带密码的 .xlsx 后再导入。"
        )
    if not data.startswith(_ZIP):
        raise InvalidError(f"“{name}”不是 Excel 工作簿（.xlsx），请下载模板填写。")
    return _worksheets(name, data, most=_MOST_SHEETS)


def _workbook(name: str, data: bytes) -> Sheet:
    first, *_others = _worksheets(name, data, most=1).values()
    return first


def _worksheets(name: str, data: bytes, *, most: int) -> dict[str, Sheet]:
    not_a_workbook = InvalidError(f"“{name}”不是有效的 Excel 工作簿（.xlsx），可能已损坏，或只是改了扩展名的压缩包。")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if "xl/workbook.xml" not in archive.namelist():
                raise not_a_workbook
            # zipfile never unpacks more than the directory announces, so what is announced is what is checked.
            if sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
                raise InvalidError(f"“{name}”解压后过大，已拒绝读取：请只保留需要的工作表，另存后再导入。")
            for member in members:
                if member.filename.endswith((".xml", ".rels")):
                    with archive.open(member) as part:
                        if b"<!DOCTYPE" in part.read(_DTD_WINDOW):
                            raise not_a_workbook
        with warnings.catch_warnings(action="ignore", category=UserWarning):
            # Styles and validations that openpyxl does not know are none of our business.
            workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        try:
            found: dict[str, Sheet] = {}
            unread = tuple(worksheet.title for worksheet in workbook.worksheets[most:])
            for worksheet in workbook.worksheets[:most]:
                # The announced dimension may be wrong or huge; the rows themselves say how far they go.
                worksheet.reset_dimensions()
                numbered = enumerate(worksheet.iter_rows(values_only=True, max_col=MAX_COLUMNS), start=1)
                found[worksheet.title] = Sheet(_bounded(name, numbered), workbook.epoch, unread)
            if not found:
                raise not_a_workbook
            return found
        finally:
            workbook.close()
    except InvalidError:
        raise
    except Exception:
        # openpyxl answers a broken part with whatever its parser met: KeyError, ValueError, ParseError, BadZipFile.
        raise not_a_workbook from None


def _text(name: str, data: bytes) -> Sheet:
    text = _decode(name, data)
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(",\t;，", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return Sheet(_bounded(name, enumerate(reader, start=1)))
    except csv.Error as error:
        raise InvalidError(f"“{name}”不是有效的 csv 文件（第{reader.line_num}行：{error}）。") from None


def _decode(name: str, data: bytes) -> str:
    if b"\x00" not in data:
        # Excel in China writes csv as GB18030, everybody else as UTF-8, with a mark in front or without.
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                continue
    raise InvalidError(f"“{name}”既不是 Excel 工作簿（.xlsx），也不是 UTF-8 或 GB18030 编码的 csv 文件。")


def _bounded(name: str, numbered: Iterator[tuple[int, Iterable[Any]]]) -> tuple[Row, ...]:
    rows: list[Row] = []
    for number, cells in numbered:
        kept = tuple(cells)
        if any(cell is not None and str(cell).strip() for cell in kept):
            rows.append(Row(number, kept))
        if len(rows) > MAX_ROWS + 1 or number > _LAST_ROW:
            raise InvalidError(f"“{name}”超过{MAX_ROWS:,}行，请拆分成几个文件后导入。")
    return tuple(rows)
