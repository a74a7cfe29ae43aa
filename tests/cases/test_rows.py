"""One row of a register as a matter: the columns of intake, and a sentence for each cell that cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from cases import columns
from cases.arrivals import FIELDS
from cases.imports import RowsError, import_cases
from cases.matter import NewCase
from cases.models import Case, Party
from cases.rows import Reading, read
from cases.rules import Channel
from kernel.sheets import Row, Sheet
from kernel.sheets import read as read_sheet
from tests.builders import Federation

PLAIN = ("主题", "时间", "内容", "信访人")
FIRST = ("反映加班费", "2026-02-25", "长期不付加班费", "测试甲")

Book = Callable[[Sequence[str], Sequence[Any]], Sheet]


@pytest.fixture
def book(tmp_path: Any) -> Book:
    """A sheet with one row under the usual headings and more."""

    def make(headings: Sequence[str], cells: Sequence[Any]) -> Sheet:
        made = openpyxl.Workbook()
        assert made.active is not None
        made.active.append([*PLAIN, *headings])
        made.active.append([*FIRST, *cells])
        made.save(tmp_path / "register.xlsx")
        return read_sheet(tmp_path / "register.xlsx")

    return make


def matter(sheet: Sheet) -> tuple[NewCase, list[str]]:
    table = columns.understand(sheet)
    reading = Reading(table.rows[0], table)
    new = read(reading, Channel.VISIT, {})
    return new, [problem.sentence for problem in reading.problems]


def test_every_particular_of_an_arrival_has_a_column() -> None:
    assert {f"arrival.{field.name}" for field in FIELDS} <= set(columns.LABELS)


def test_the_columns_of_intake_are_read(book: Book) -> None:
    new, problems = matter(
        book(
            (
                *("目的", "背景", "要求保密", "是否紧急", "初次信访", "具体渠道", "接访方式", "接待地点"),
                *("代表", "利害关系人", "代理人", "代理权限", "被反映单位"),
            ),
            (
                *("补发", "已协商", "是", "否", "是", "领导接访", "联合接访", "一号接待室"),
                *("测试乙、测试丙", "测试丁", "测试戊", "特别授权", "测试厂"),
            ),
        )
    )
    assert problems == []
    assert (new.aim, new.background, new.confidential, new.urgent) == ("补发", "已协商", True, False)
    assert (new.first_in_system, new.way) == (True, "leader_reception")
    assert new.arrival == {"reception_mode": "joint", "reception_point": "一号接待室"}
    assert [(party.role, party.name or party.organisation) for party in new.parties] == [
        ("petitioner", "测试甲"),
        ("representative", "测试乙"),
        ("representative", "测试丙"),
        ("affected", "测试丁"),
        ("agent", "测试戊"),
        ("respondent", "测试厂"),
    ]
    assert new.parties[4].authority == "special" and not new.anonymous


def test_dates_and_moments_of_an_arrival_are_read_from_any_cell(book: Book) -> None:
    headings = ("信访形式", "来电时间", "接听坐席")
    new, problems = matter(book(headings, ("来电", datetime(2026, 2, 25, 9, 30), 12)))
    assert (new.arrival, problems) == ({"called_at": "2026-02-25T09:30", "seat": "12"}, [])


@pytest.mark.parametrize(
    ("heading", "cell", "words"),
    [
        ("要求保密", "也许", "要求保密“也许”无法识别，应为是或否。"),
        ("具体渠道", "托人带话", "具体渠道“托人带话”无法识别"),
        ("接访方式", "随便", "接访方式“随便”无法识别"),
        ("寄出日期", "二月底", "时间“二月底”无法识别"),
    ],
)
def test_a_cell_that_cannot_be_read_has_its_sentence(book: Book, heading: str, cell: str, words: str) -> None:
    _new, problems = matter(book((heading,), (cell,)))
    assert len(problems) == 1 and words in problems[0]


def test_an_agent_with_an_unknown_authority_has_its_sentence(book: Book) -> None:
    _new, problems = matter(book(("代理人", "代理权限"), ("测试戊", "全权")))
    assert problems == ["代理权限“全权”无法识别，应为：一般代理、特别授权。"]


def test_rows_with_the_columns_of_intake_become_cases_and_a_sixth_representative_none(
    federation: Federation, book: Book
) -> None:
    headings = ("信访形式", "具体渠道", "接访方式", "代表", "要求保密")
    with federation.work_as_system("street") as work:
        import_cases(work, book(headings, ("来访", "领导接访", "联合接访", "测试乙；测试丙", "是")))
        case = work.session.scalars(select(Case)).one()
        assert (case.way, case.arrival, case.confidential) == ("leader_reception", {"reception_mode": "joint"}, True)
        roles = work.session.scalars(select(Party.role).order_by(Party.position)).all()
        assert roles == ["petitioner", "representative", "representative"]
    six = "、".join(f"测试代表{n}" for n in "甲乙丙丁戊己")
    with federation.work_as_system("street") as work, pytest.raises(RowsError) as refused:
        import_cases(work, book(headings, ("来访", "", "", six, "")))
    assert [problem.row for problem in refused.value.problems] == [2]
    assert "不得超过5人（《信访工作条例》第二十条）" in refused.value.problems[0].sentence
    with federation.work_as_system("street") as work, pytest.raises(RowsError) as refused:
        import_cases(work, book(headings, ("来电", "", "联合接访", "", "")))
    assert "“接访方式”只用于来访" in refused.value.problems[0].sentence


def test_a_row_that_ends_early_reads_as_empty() -> None:
    table = columns.Table((Row(2, ("题",)),), {"title": 0, "aim": 9}, None, ())
    assert Reading(table.rows[0], table).text("aim") == ""
