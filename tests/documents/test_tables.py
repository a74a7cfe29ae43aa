"""Texts that leave in tables run nothing, lose nothing and are never cut in silence."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import from_excel
from openpyxl.utils.escape import unescape

from documents import workbook_cells
from documents.commas import STAMP_HEADING, CommaWriter
from documents.tables import About, Field, Kind, MiscountError, Value, fitted, harmless, units
from documents.workbooks import ABOUT_TITLE, HEAD_ROWS, WorkbookWriter

FIELDS = (
    Field("编号"),
    Field("主题", width=30),
    Field("人数", Kind.WHOLE),
    Field("金额", Kind.MONEY),
    Field("日期", Kind.DAY),
    Field("时间", Kind.MOMENT),
)
FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "  =1+1",
    "　=1+1",
    "\u200b=1+1",
    "\ufeff=cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.example","点我")',
)


def about(count: int, **more: Any) -> About:
    told = {"stamp": "测试工会　测试甲　2026-03-02 09:30导出　理由：A&B公司", "notes": (("条件", "全部"),)}
    return About("信访台账", count=count, **(told | more))


def line(number: str, text: Value = "主题", **more: Value) -> list[Value]:
    rest: dict[str, Value] = {
        "whole": 3,
        "money": Decimal("1234.50"),
        "day": date(2026, 3, 2),
        "moment": datetime(2026, 3, 2, 9, 30),
    }
    return [number, text, *(rest | more).values()]


class Pipe:
    """A stream that nobody can go back in."""

    def __init__(self) -> None:
        self.kept = bytearray()

    def write(self, content: bytes, /) -> int:
        self.kept += content
        return len(content)

    def flush(self) -> None:
        pass


def workbook(rows: Sequence[Sequence[Value]], **more: Any) -> tuple[Any, bytes]:
    options = {"sheet_rows": more.pop("sheet_rows")} if "sheet_rows" in more else {}
    pipe = Pipe()
    writer = WorkbookWriter(pipe, FIELDS, about(len(rows), **more), **options)
    for one in rows:
        writer.rows([one])
    writer.finish()
    return openpyxl.load_workbook(io.BytesIO(bytes(pipe.kept))), bytes(pipe.kept)


def commas(rows: Sequence[Sequence[Value]]) -> list[list[str]]:
    pipe = Pipe()
    writer = CommaWriter(pipe.write, FIELDS, about(len(rows)))
    writer.rows(rows)
    writer.finish()
    assert pipe.kept.startswith(b"\xef\xbb\xbf"), "Excel and WPS take it for GBK without the mark"
    return list(csv.reader(io.StringIO(pipe.kept.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_inert_in_both_formats(text: str) -> None:
    assert harmless(text) == f"'{text}"
    row = commas([line("一", text)])[1]
    assert row[1] == f"'{text}"
    book, raw = workbook([line("一", text)])
    cell = book.worksheets[0].cell(HEAD_ROWS + 1, 2)
    assert (cell.data_type, cell.value) == ("s", text.replace("\r", "\n"))
    assert cell.quotePrefix, "editing the cell makes no formula of it either"
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(raw)).read("xl/worksheets/sheet1.xml")


def test_a_watermark_and_a_heading_that_look_like_formulas_are_inert_too() -> None:
    book, _raw = workbook([line("一")], stamp="=1+1", notes=(("=条件", "=2"),))
    assert [cell.data_type for cell in (book.worksheets[0]["A1"], book.worksheets[0]["A2"])] == ["s", "s"]
    assert {cell.data_type for row in book[ABOUT_TITLE].iter_rows() for cell in row} <= {"s", "n"}


def test_numbers_that_are_names_stay_text_and_plain_text_stays_as_it_is() -> None:
    assert harmless("01012345678") == "'01012345678", "a spreadsheet would drop the zero"
    assert harmless("110101199003070011") == "'110101199003070011", "or the last digits"
    assert harmless("2026-03-02") == "'2026-03-02"
    assert harmless("12E5") == "'12E5"
    assert harmless("测总工信〔2026〕000001") == "测总工信〔2026〕000001"
    assert harmless("138****1111") == "138****1111"
    assert harmless("3月工资未发") == "3月工资未发"
    book, _raw = workbook([line("01012345678", "110101199003070011")])
    cells = book.worksheets[0][HEAD_ROWS + 1]
    assert [(cell.value, cell.number_format) for cell in cells[:2]] == [
        ("01012345678", "@"),
        ("110101199003070011", "@"),
    ]


def test_dates_are_dates_and_amounts_are_numbers() -> None:
    book, _raw = workbook([line("一")])
    cells = book.worksheets[0][HEAD_ROWS + 1]
    assert [cell.value for cell in cells[2:]] == [3, 1234.5, datetime(2026, 3, 2), datetime(2026, 3, 2, 9, 30)]
    assert cells[4].is_date
    assert cells[5].is_date
    assert commas([line("一")])[1][2:6] == ["3", "1234.50", "2026-03-02", "2026-03-02 09:30"]


def test_a_comma_file_has_one_heading_and_the_watermark_with_its_place_in_every_line() -> None:
    rows = commas([line("一", '有"引号"，\n和换行'), line("二")])
    assert rows[0] == [*(field.heading for field in FIELDS), STAMP_HEADING]
    assert {len(row) for row in rows} == {len(FIELDS) + 1}
    assert rows[1][1] == '有"引号"，\n和换行'
    assert "测试甲" in rows[1][-1]
    assert "理由：A&B公司" in rows[1][-1]
    assert rows[-1][-1].endswith("第2件，共2件")


def test_every_sheet_says_who_took_it_on_screen_and_on_paper() -> None:
    book, _raw = workbook([line(str(number)) for number in range(5)], sheet_rows=HEAD_ROWS + 1 + 2)
    assert book.sheetnames == ["信访台账（1）", "信访台账（2）", "信访台账（3）", ABOUT_TITLE]
    for sheet in book.worksheets:
        assert "测试甲" in sheet.oddHeader.center.text
        assert "A&&B公司" in sheet.oddHeader.center.text
        assert "测试甲" in sheet.oddFooter.left.text
    first, second, third, last = book.worksheets
    assert "A&B公司" in first["A1"].value
    assert "本表第3至4件，全部共5件" in second["A2"].value
    assert [first.cell(row, 1).value for row in range(HEAD_ROWS, HEAD_ROWS + 4)] == ["编号", "0", "1", "本表共2件"]
    assert third.cell(HEAD_ROWS + 2, 1).value == "本表共1件；文件共5件，数据库同一时刻符合条件的共5件，一致"
    assert first.freeze_panes == "A4"
    assert first.print_title_rows in ("3:3", "$3:$3")
    told = {row[0]: row[1] for row in last.iter_rows(values_only=True) if row[0]}
    assert told["文件中的件数"] == "5件"
    assert told["截短的单元格"] == "没有"


def test_a_text_that_does_not_fit_is_cut_with_a_mark_and_listed_on_the_last_sheet() -> None:
    long = "长" * 32_768
    book, _raw = workbook([line("一", long), line("二", "短" * 32_767)])
    sheet = book.worksheets[0]
    cut = sheet.cell(HEAD_ROWS + 1, 2).value
    assert units(cut) == 32_767
    assert cut.endswith("〔原文32768字，单元格放不下，此处截断〕")
    assert sheet.cell(HEAD_ROWS + 2, 2).value == "短" * 32_767
    rows = list(book[ABOUT_TITLE].iter_rows(values_only=True))
    assert ("截短的单元格", "1处", None) in rows
    assert ("一", "主题", "32768") in rows
    assert commas([line("一", long)])[1][1] == long, "a CSV has no such limit"


def test_characters_beyond_the_first_plane_count_twice_and_are_never_halved() -> None:
    text = "𠮷" * 16_384
    assert units(text) == 32_768
    kept = fitted(text)
    assert units(kept) <= 32_767
    assert kept.startswith("𠮷" * 1000)
    assert kept.encode()


def test_what_xml_cannot_hold_breaks_no_file() -> None:
    book, _raw = workbook([line("一", "a\x01b\x0bc\ufffe<&>]]>"), line("二", "_x0041_")], stamp="\x01甲")
    sheet = book.worksheets[0]
    assert sheet.cell(HEAD_ROWS + 1, 2).value == "a\ufffdb\ufffdc\ufffd<&>]]>"
    assert unescape(sheet.cell(HEAD_ROWS + 2, 2).value) == "_x0041_"


def test_another_number_of_rows_than_the_database_has_is_never_handed_out() -> None:
    pipe = Pipe()
    for writer in (WorkbookWriter(pipe, FIELDS, about(2)), CommaWriter(pipe.write, FIELDS, about(2))):
        writer.rows([line("一")])
        with pytest.raises(MiscountError, match="不一致"):
            writer.finish()
        writer.abandon()


def test_an_empty_table_is_a_table() -> None:
    book, _raw = workbook([])
    assert book.worksheets[0].cell(HEAD_ROWS + 1, 1).value.startswith("本表共0件")
    assert len(commas([])) == 1


def test_days_are_counted_as_the_library_counts_them() -> None:
    for moment in (datetime(1970, 1, 1), datetime(2026, 3, 2, 9, 30), datetime(2099, 12, 31, 23, 59)):
        assert from_excel(float(workbook_cells.number(moment))) == moment
        assert from_excel(int(workbook_cells.number(moment.date()))).date() == moment.date()
