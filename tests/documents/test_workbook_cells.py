"""Cells of a streamed workbook: nothing in them is a formula, a tag or a code of Excel's."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from openpyxl.utils.datetime import to_excel

from documents.workbook_cells import clean, number, text


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("=1+1", "=1+1"),
        ("工资<500 & 社保>0", "工资<500 & 社保>0"),
        ("第一行\r\n第二行\r第三行", "第一行\n第二行\n第三行"),
        ("坏字符\x00", "坏字符\ufffd"),
        ("_x0041_", "_x005F_x0041_"),
    ],
)
def test_a_text_stays_a_text(typed: str, read: str) -> None:
    cell = ElementTree.fromstring(text("B4", 3, typed))
    assert cell.attrib == {"r": "B4", "s": "3", "t": "inlineStr"}
    assert cell.findtext("is/t") == read


def test_what_xml_cannot_hold_leaves_a_mark() -> None:
    assert clean("甲\x0b乙") == "甲\ufffd乙"
    assert clean("甲\n乙") == "甲\n乙"


@pytest.mark.parametrize("value", [date(2026, 3, 2), datetime(2026, 3, 2, 9, 30)])
def test_days_are_counted_as_excel_counts_them(value: date) -> None:
    assert float(number(value)) == pytest.approx(to_excel(value))


def test_money_keeps_its_hundredths() -> None:
    assert number(Decimal("1234567890.10")) == "1234567890.10"
