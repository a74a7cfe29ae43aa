"""What a spreadsheet would run is inert in every table that leaves the platform."""

import ast
import csv
import io
from pathlib import Path

import pytest

from archives import human
from documents.tables import harmless
from kernel.formulas import inert, starts_a_formula
from tenants import workbooks

_SIGNS = "=+-@＝＋－＠﹦﹢﹣﹫"
#: What stands in front of the sign and is not seen.
_BEFORE = {
    "nothing": "",
    "blank": "  ",
    "wide blank": "\u3000",
    "blank that does not break": "\u00a0\u2007\u202f",
    "tab": "\t",
    "line": "\n",
    "return and line": "\r\n",
    "blank and line": " \n ",
    "byte order mark": "\ufeff",
    "blanks without width": "\u200b\u200c\u200d\u2060",
    "directions": "\u200e\u202a\u2066",
    "soft hyphen": "\u00ad",
    "nil": "\x00",
    "line of Unicode": "\u2028",
    "all of it": "\ufeff \u3000\t\u200b",
}


@pytest.mark.parametrize("before", _BEFORE.values(), ids=_BEFORE)
def test_every_sign_is_found_behind_whatever_hides_it(before: str) -> None:
    for sign in _SIGNS:
        text = f"{before}{sign}HYPERLINK(1)"
        assert starts_a_formula(text)
        assert inert(text) == human.safe(text) == harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["\t文字", "\r文字", "\n文字"])
def test_what_breaks_a_cell_is_enough_by_itself(text: str) -> None:
    assert inert(text) == f"'{text}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "反映拖欠工资",
        "　反映=拖欠",
        "“=1”",
        "'=1",
        "3-5人",
        "测总工信〔2026〕1",
        "*重要",
        "（=）",
        "，",
        "。-",
    ],
)
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert inert(text) == text


def test_the_tables_of_an_exported_union_hold_no_formula() -> None:
    pieces: list[bytes] = []
    texts = [f"{before}{sign}1" for before in _BEFORE.values() for sign in _SIGNS if "\x00" not in before]
    human.table(["标题"], [[text] for text in texts], pieces.append)
    lines = list(csv.reader(io.StringIO(b"".join(pieces).decode("utf-8-sig"), newline="")))
    assert [line[0] for line in lines[1:]] == [f"'{text}" for text in texts]


def test_nobody_else_writes_tables_with_a_rule_of_their_own() -> None:
    """A new exporter belongs to this list after its cells went through ``inert`` or ``documents.tables``."""
    folder = Path(human.__file__).parents[1]
    writers = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            # csv.writer, openpyxl.Workbook, whichever way they are called
            if isinstance(node, ast.Attribute) and ast.unparse(node) in (
                "csv.writer",
                "openpyxl.Workbook",
                "csv.DictWriter",
            ):
                writers.add(path.relative_to(folder).as_posix())
            if isinstance(node, ast.ImportFrom) and node.module in ("csv", "openpyxl"):
                writers.add(path.relative_to(folder).as_posix())
    assert writers == {
        "archives/human.py",
        "documents/commas.py",
        "documents/workbooks.py",
        "tenants/workbooks.py",
    }
    assert workbooks.inert is inert
