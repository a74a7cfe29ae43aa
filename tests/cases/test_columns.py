"""Headings and cells as offices write them."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from cases import columns
from kernel.errors import InvalidError
from kernel.sheets import Sheet, read

HEADINGS = ("编号", "来访人代号", "主题", "时间", "内容")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_comes_in_the_encodings_that_offices_use(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "register.csv"
    lines = [
        HEADINGS,
        ("1", "甲", "标题", "2020-1-1", '"含,逗号、分;号\n和换行"'),
        ("2", "乙", "标题", "2020-1-2", "内容"),
    ]
    path.write_bytes("\r\n".join(delimiter.join(map(str, line)) for line in lines).encode(encoding))
    table = columns.understand(read(path))
    assert [row.number for row in table.rows] == [2, 3]
    assert table.cell(table.rows[0], "content") == "含,逗号、分;号\n和换行"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2019/2/25 0:31:20", date(2019, 2, 25)),
        ("2019-02-25", date(2019, 2, 25)),
        ("2019-02-25T08:00:00+08:00", date(2019, 2, 25)),
        ("2019.2.25", date(2019, 2, 25)),
        ("2019年2月25日", date(2019, 2, 25)),
        ("2019年2月25日 下午3时5分", date(2019, 2, 25)),
        ("２０１９／２／２５", date(2019, 2, 25)),
        ("20190225", date(2019, 2, 25)),
        (43521, date(2019, 2, 25)),
        (43521.5, date(2019, 2, 25)),
        (datetime(2019, 2, 25, 23, 59), date(2019, 2, 25)),
        (date(2019, 2, 25), date(2019, 2, 25)),
    ],
)
def test_days_are_read_in_every_form_that_was_met(cell: object, expected: date) -> None:
    assert columns.day(cell, Sheet(()).epoch) == expected


@pytest.mark.parametrize(
    "cell", ["", "昨天", "2019/13/1", "2019/2/30", "2019-02-25 25:00", "2/25/2019", 12, 3.0, True]
)
def test_days_that_could_be_two_or_none_are_refused(cell: object) -> None:
    with pytest.raises(InvalidError, match="时间"):
        columns.day(cell, Sheet(()).epoch)


def test_only_the_first_worksheet_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    for row in (HEADINGS, ("1", "A00012345", "标题", "2020-1-1", "内容")):
        first.append(list(row))
    book.create_sheet("旧数据").append(["x"])
    book.save(tmp_path / "two.xlsx")
    table = columns.understand(read(tmp_path / "two.xlsx"))
    assert table.warnings == ("只读取第一个工作表；其余1个未读取：旧数据。",)
