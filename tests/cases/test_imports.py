"""Registers that offices hand over: good ones, and every bad one that the desk has seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select

from access.roles import Role
from audit.services import verify
from cases.imports import Report, RowsError, import_cases
from cases.models import Case, CaseClock, Claim, Party
from cases.rows import RowProblem
from cases.rules import Channel
from documents.models import NumberCounter
from kernel.errors import ForbiddenError, InvalidError
from kernel.outbox import OutboxMessage
from kernel.sheets import Sheet, read
from measures.models import FactDelta
from notices.models import Notice
from tests.builders import Federation

HEADINGS = ("编号", "来访人代号", "主题", "时间", "内容")
ROWS: tuple[tuple[Any, ...], ...] = (
    ("101", "A00012345", "反映加班费问题", "2019/2/25 0:31:20", "单位长期不支付加班费。"),
    ("102", "A1357519", "咨询社保转移", "2020年12月5日", "如何办理社保关系转移？"),
    (103, "张测试", "请求落实休息休假", datetime(2021, 5, 6, 8, 30), "单位不安排年休假。"),
)


def workbook(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    book.save(path)
    return path


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., Sheet]:
    """A sheet read from a real workbook with the usual headings, or with others."""

    def make(*rows: Sequence[Any], headings: Sequence[str] = HEADINGS) -> Sheet:
        return read(workbook(tmp_path / "register.xlsx", [headings, *rows]))

    return make


def run(federation: Federation, sheet: Sheet, **options: Any) -> Report:
    with federation.work_as_system("street") as work:
        return import_cases(work, sheet, **options)


def refused(federation: Federation, sheet: Sheet) -> dict[int, str]:
    """The sentences of a refused import by row, after a look that nothing at all was written."""
    with pytest.raises(RowsError) as caught:
        run(federation, sheet)
    assert count(federation, Case) == count(federation, NumberCounter) == 0
    said: dict[int, str] = {}
    for problem in caught.value.problems:
        said[problem.row] = said.get(problem.row, "") + problem.sentence
    return said


def count(federation: Federation, model: type) -> int:
    with federation.work_as_system("street") as work:
        return work.session.scalars(select(func.count()).select_from(model)).one()


def test_an_office_register_becomes_cases_in_its_order(federation: Federation, book: Callable[..., Sheet]) -> None:
    report = run(federation, book(*ROWS))
    assert (report.rows, report.added, report.skipped) == (3, 3, 0)
    assert report.numbers == tuple(f"东一工信〔2026〕{n:06d}" for n in (1, 2, 3))
    with federation.work("head@street") as work:
        cases = work.session.scalars(select(Case).order_by(Case.registered_at, Case.id)).all()
        assert [case.title for case in cases] == [row[2] for row in ROWS]
        assert [case.received_on for case in cases] == [date(2019, 2, 25), date(2020, 12, 5), date(2021, 5, 6)]
        assert [case.source_key for case in cases] == ["101", "102", "103"]
        assert {case.channel for case in cases} == {"online"}
        people = work.session.scalars(select(Party).order_by(Party.id)).all()
        opened = {work.cipher.decrypt(work.tenant_id, "name", person.name_sealed or b"") for person in people}
        assert opened == {"A00012345", "A1357519", "张测试"}


def test_the_clock_of_an_old_matter_runs_from_the_day_it_was_received(
    federation: Federation, book: Callable[..., Sheet]
) -> None:
    """条例 art. 23: fifteen days from receipt, so history is overdue; it is told once and not case by case."""
    run(federation, book(*ROWS))
    with federation.work("head@street") as work:
        clock = work.session.scalars(select(CaseClock).order_by(CaseClock.started_on)).first()
        assert clock is not None
        assert (clock.started_on, clock.due_on) == (date(2019, 2, 25), date(2019, 3, 12))
        assert set(work.session.scalars(select(Case.overdue_noted_on))) == {date(2026, 3, 2)}
        notices = work.session.scalars(select(Notice)).all()
        assert [(notice.role, "3件" in notice.title) for notice in notices] == [(Role.OFFICE_HEAD, True)]
        assert work.session.scalars(select(OutboxMessage)).all() == []
        # One registration on the day of the import, one missed notice in the cohort of its own due date.
        sums = work.session.execute(
            select(func.sum(FactDelta.registered), func.sum(FactDelta.notice_due), func.sum(FactDelta.notice_met))
        ).one()
        assert tuple(sums) == (3, 3, 0)


def test_every_imported_case_is_in_the_log_and_the_chain_holds(
    federation: Federation, book: Callable[..., Sheet]
) -> None:
    run(federation, book(*ROWS))
    with federation.work("head@street") as work:
        links, broken = verify(work.session)
    assert (links, broken) == (len(federation_people(federation)) + 3 + 1, None)


def federation_people(federation: Federation) -> list[str]:
    return [login for login in federation.users if login.endswith("@street")]


def test_the_same_file_again_adds_nothing(federation: Federation, book: Callable[..., Sheet]) -> None:
    sheet = book(*ROWS)
    run(federation, sheet)
    report = run(federation, sheet)
    assert (report.added, report.skipped, report.numbers) == (0, 3, ())
    assert count(federation, Case) == 3
    more = run(federation, book(*ROWS, ("104", "李测试", "新的事项", "2026-03-01", "新的内容。")))
    assert (more.added, more.skipped, more.numbers) == (1, 3, ("东一工信〔2026〕000004",))


def test_the_same_file_twice_at_once_is_taken_once(federation: Federation, book: Callable[..., Sheet]) -> None:
    sheet = book(*ROWS)
    with ThreadPoolExecutor(2) as both:
        reports = list(both.map(lambda _: run(federation, sheet), range(2)))
    assert sorted((report.added, report.skipped) for report in reports) == [(0, 3), (3, 0)]
    assert count(federation, Case) == 3


def test_rows_without_a_number_are_known_again_by_what_they_say(
    federation: Federation, book: Callable[..., Sheet]
) -> None:
    sheet = book(*(row[1:] for row in ROWS), headings=HEADINGS[1:])
    assert run(federation, sheet).added == 3
    assert run(federation, sheet).added == 0


def test_a_dry_run_checks_everything_and_writes_nothing(federation: Federation, book: Callable[..., Sheet]) -> None:
    report = run(federation, book(*ROWS), dry_run=True)
    assert (report.added, report.numbers) == (3, ())
    assert count(federation, Case) == count(federation, NumberCounter) == count(federation, Notice) == 0


def test_all_known_columns_are_taken(federation: Federation, book: Callable[..., Sheet]) -> None:
    headings = (
        "信访编号",
        "标题",
        "来访日期（必填）",
        "反映内容",
        "姓名",
        "联系电话",
        "信访形式",
        "诉求",
        "类别",
        "人数",
        "被反映单位",
        "信访人类别",
    )
    row = ("甲-1", "反映欠薪", "20260301", "欠薪三个月。", "赵测试", 13800001111.0, "走访", "1. 补发工资；2、支付赔偿", "劳动报酬/拖欠工资", "12人", "测试厂", "农民工")  # fmt: skip # noqa: E501
    assert run(federation, book(row, headings=headings)).added == 1
    with federation.work("head@street") as work:
        case = work.session.scalars(select(Case)).one()
        assert (case.channel, case.category_code, case.headcount, case.collective) == ("visit", "01.01", 12, True)
        claims = work.session.scalars(select(Claim).order_by(Claim.position)).all()
        assert [(claim.text, claim.category_code) for claim in claims] == [
            ("补发工资", "01.01"),
            ("支付赔偿", "01.01"),
        ]
        petitioner, respondent = work.session.scalars(select(Party).order_by(Party.position)).all()
        assert (petitioner.name_mask, petitioner.phone_mask, petitioner.subject_type) == (
            "赵*",
            "138****1111",
            "migrant",
        )
        assert (respondent.role, respondent.organisation) == ("respondent", "测试厂")


def test_a_category_of_the_sealed_branch_seals_the_case(federation: Federation, book: Callable[..., Sheet]) -> None:
    sheet = book((*ROWS[0], "违纪违法"), headings=(*HEADINGS, "类别"))
    run(federation, sheet)
    with federation.work("head@street") as work:
        assert work.session.scalars(select(Case.sealed)).all() == [True]


def test_columns_nobody_knows_are_named_and_left_out(federation: Federation, book: Callable[..., Sheet]) -> None:
    report = run(federation, book((*ROWS[0], "甲"), headings=(*HEADINGS, "备注栏")), channel=Channel.LETTER)
    assert report.warnings == ("第6列“备注栏”无法识别，将忽略。", "没有“信访形式”列，全部按“来信”登记。")


def test_a_table_without_its_required_columns_is_refused_by_name(
    federation: Federation, book: Callable[..., Sheet]
) -> None:
    with pytest.raises(InvalidError, match="缺少必需的列：“时间”、“内容”"):
        run(federation, book(("1", "甲"), headings=("编号", "主题")))
    with pytest.raises(InvalidError, match="都表示时间"):
        run(federation, book(("x", "2020-1-1", "2020-1-1", "y"), headings=("主题", "时间", "日期", "内容")))
    with pytest.raises(InvalidError, match="没有数据行"):
        run(federation, book())


def test_a_title_line_above_the_headings_is_passed_over(federation: Federation, book: Callable[..., Sheet]) -> None:
    sheet = book(HEADINGS, ROWS[0], headings=("某单位信访登记表",))
    assert run(federation, sheet).added == 1
    with pytest.raises(RowsError) as caught:
        run(federation, book(HEADINGS, ("7", "甲", "", "2020-1-1", "乙"), headings=("某单位信访登记表",)))
    assert caught.value.problems[0].row == 3


def test_bad_rows_are_told_by_number_and_nothing_is_written(
    federation: Federation, book: Callable[..., Sheet]
) -> None:
    said = refused(
        federation,
        book(
            ROWS[0],
            ("2", "13800138000", "标题", "2026-02-01", "内容"),
            ("3", "王测试", "标题", "2026-03-03", "内容"),
            ("4", "王测试", "标题", "3/4/2020", "内容"),
            ("5", "王测试", "", "2026-02-01", ""),
            ("101", "王测试", "标题", "2026-02-01", "内容"),
            ("7", "王测试", "标题", None, "内容"),
        ),
    )
    assert said == {
        3: "姓名栏里像是电话或证件号码，请填到对应的栏目。",
        4: "收到日期不能晚于今天。",
        5: "时间“3/4/2020”无法识别，请写成 2026-02-25 或 2026年2月25日。",
        6: "请填写标题，用一句话说明反映的问题。请填写反映内容。",
        7: "编号“101”与第2行重复。",
        8: "没有填写时间。",
    }


def test_unknown_words_in_coded_columns_are_told(federation: Federation, book: Callable[..., Sheet]) -> None:
    headings = (*HEADINGS, "类别", "信访形式", "人数", "电话")
    said = refused(federation, book((*ROWS[0], "天气", "飞鸽", "许多", "12"), headings=headings))
    for part in ("没有类别“天气”", "信访形式“飞鸽”", "人数“许多”", "电话号码格式不正确"):
        assert part in said[2]


def test_equal_rows_without_numbers_are_one_too_many(federation: Federation, book: Callable[..., Sheet]) -> None:
    said = refused(federation, book(ROWS[0][1:], ROWS[0][1:], headings=HEADINGS[1:]))
    assert said == {3: "内容与第2行完全相同。"}


def test_a_known_number_with_another_matter_is_not_skipped_in_silence(
    federation: Federation, book: Callable[..., Sheet]
) -> None:
    run(federation, book(ROWS[0]))
    with pytest.raises(RowsError) as caught:
        run(federation, book(("101", "甲", "另一件事", "2020-1-1", "另一内容"), ROWS[1]))
    assert caught.value.problems == (
        RowProblem(2, "编号“101”已登记为东一工信〔2026〕000001，但主题或内容不同，请核对。"),
    )
    assert count(federation, Case) == 1


def test_a_handler_may_import_and_an_auditor_may_not(federation: Federation, book: Callable[..., Sheet]) -> None:
    sheet = book(ROWS[0])
    with federation.work("auditor@street") as work, pytest.raises(ForbiddenError):
        import_cases(work, sheet)


def test_the_bar_moves_through_checking_and_writing(federation: Federation, book: Callable[..., Sheet]) -> None:
    moved: list[int] = []
    run(federation, book(*ROWS), progress=moved.append)
    assert sum(moved) == 6


def test_the_real_register_is_taken_as_it_is(federation: Federation, shared_data: Path | None) -> None:
    """Where the folder of real input stands beside the checkout; a table of the same shape was taken above."""
    if shared_data is None:
        return
    sheet = read(shared_data / "labour-messages.xlsx")
    report = run(federation, sheet)
    assert (report.rows, report.added) == (52, 52)
    again = run(federation, sheet)
    assert (again.added, again.skipped) == (0, 52)
