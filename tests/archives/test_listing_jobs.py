"""A made file holds what its asker may see, masked and whole, as one moment had it."""

from __future__ import annotations

import gc
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select, update

from archives import lines, listing_jobs, listings
from cases import ledger, queries
from cases.models import Case
from cases.queries import Filter
from documents import parts
from documents.workbooks import ABOUT_TITLE, HEAD_ROWS
from kernel.blobs import NO_FILES
from kernel.errors import ConflictError, InvalidError, NotFoundError, UnavailableError
from kernel.outbox import OutboxMessage
from tests.archives.ordering import REASON, asked, deliver, events, fetched, made, table
from tests.builders import Federation


@pytest.fixture(autouse=True)
def _nothing_left_open() -> Iterator[None]:
    """A workbook that was given up leaves nothing that complains when it is collected."""
    yield
    gc.collect()


def test_the_ledger_as_a_workbook_is_masked_dated_and_signed(federation: Federation) -> None:
    case = federation.decided()
    federation.register(title="电话13912345678要求回电，测试甲反映欠薪", headcount=7)
    content = made(federation, "head@street", form="xlsx")
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["信访台账", ABOUT_TITLE]
    sheet = book.worksheets[0]
    heads = [cell.value for cell in sheet[HEAD_ROWS]]
    assert heads == [ledger.BY_KEY[key].heading for key in ledger.USUAL]
    rows = [dict(zip(heads, cells, strict=True)) for cells in sheet.iter_rows(min_row=4, max_row=5, values_only=True)]
    assert [row["序号"] for row in rows] == [1, 2], "newest first, as in the list"
    assert rows[1]["编号"] == case.number
    assert rows[1]["收到日期"].date() == date(2026, 3, 2)
    assert rows[1]["被反映单位"] == "测试厂"
    assert rows[1]["处理意见"].startswith("1. 予以支持：督促单位十日内补发")
    assert rows[1]["承办人"] == "测试承办人"
    assert (rows[1]["信访人"], rows[1]["联系电话"]) == ("测*", "138****1111")
    assert rows[0]["主题"] == "电话139****5678要求回电，测*反映欠薪", "names and numbers in texts are masked too"
    assert rows[0]["人数"] == 7
    everything = "\n".join(str(cell) for page in book for row in page.iter_rows(values_only=True) for cell in row)
    for secret in ("测试甲", "13800001111", "13912345678"):
        assert secret not in everything
    for told in ("东一街道工会联合会", "测试负责人", "2026-03-02 09:30", REASON, "全部信访件", "已遮盖"):
        assert told in everything, told
    assert "文件共2件，数据库同一时刻符合条件的共2件，一致" in everything


def test_the_file_holds_the_filters_cases_and_says_which_filter(federation: Federation) -> None:
    federation.register(title="拖欠工资三个月", urgent=True)
    federation.register(title="拖欠工资一年")
    federation.register(title="宿舍漏水")
    rows = table(made(federation, "clerk@street", wanted=Filter(q="拖欠工资"), told="含“拖欠工资”"))
    assert [row["主题"] for row in rows] == ["拖欠工资一年", "拖欠工资三个月"]
    assert rows[-1]["导出信息"].endswith("第2件，共2件")
    rows = table(made(federation, "clerk@street", wanted=Filter(q="拖欠工资", flag="urgent"), columns=("title",)))
    assert [(row["序号"], row["主题"]) for row in rows] == [("1", "拖欠工资三个月")]
    assert list(rows[0]) == ["序号", "编号", "主题", "导出信息"]
    with federation.work("clerk@street") as work:
        assert queries.count(work, Filter(q="拖欠工资")) == 2
        assert queries.count(work, Filter(q="，")) == 0
        with pytest.raises(InvalidError, match="不能查电话"):
            queries.count(work, Filter(q="13800001111"))


def test_every_column_of_the_catalogue_can_be_written(federation: Federation) -> None:
    case = federation.decided()
    federation.act("handler@street", case.number, "gains", measures=["mediation"], recovered="36500.50", helped="3")
    federation.register(anonymous=True, parties=())
    keys = tuple(ledger.BY_KEY)
    rows = table(made(federation, "head@street", columns=keys))
    assert len(rows[0]) == len(keys) + 1
    assert rows[0]["信访人"] == "匿名"
    assert rows[1]["追回金额（元）"] == "36500.50"
    assert (rows[1]["惠及人数"], rows[1]["采取措施"]) == ("3", "调解")
    assert rows[1]["法律依据"] == "《劳动法》第五十条"
    book = openpyxl.load_workbook(io.BytesIO(made(federation, "head@street", columns=keys, form="xlsx")))
    assert 36500.5 in [cell.value for cell in book.worksheets[0][5]]


def test_a_file_that_takes_too_long_fails_in_words_and_can_be_tried_again(
    federation: Federation, monkeypatch: pytest.MonkeyPatch
) -> None:
    federation.register()
    monkeypatch.setattr(listing_jobs, "MOST_SECONDS", -1.0)
    identifier = asked(federation, "clerk@street", form="xlsx")
    deliver(federation)
    with federation.work("clerk@street") as work:
        found = listings.own(work)[0]
        assert (found.status, found.parts) == ("failed", [])
        assert "请缩小条件" in str(found.problem)
        with pytest.raises(NotFoundError):
            listings.open_one(work, identifier)
    monkeypatch.undo()
    with federation.work("clerk@street") as work:
        listings.retry(work, identifier)
        with pytest.raises(ConflictError):
            listings.retry(work, identifier)
    deliver(federation)
    assert openpyxl.load_workbook(io.BytesIO(fetched(federation, "clerk@street", identifier)))
    assert [event.action for event in events(federation)] == [
        f"export:{what}" for what in ("ask", "fail", "retry", "make", "download")
    ]


def test_a_store_that_is_away_is_waited_for_and_any_other_fault_is_told(
    federation: Federation, monkeypatch: pytest.MonkeyPatch
) -> None:
    federation.register()
    identifier = asked(federation, "clerk@street")
    with pytest.raises(UnavailableError), federation.work_as_system("street") as work:
        listing_jobs.make(replace(work, files=NO_FILES), {"export": str(identifier)})

    def broken(*_given: Any, **_more: Any) -> Any:
        raise KeyError("秘密")

    monkeypatch.setattr(listing_jobs, "batches", broken)
    deliver(federation)
    with federation.work("clerk@street") as work:
        found = listings.own(work)[0]
    assert found.status == "failed"
    assert "请重试" in str(found.problem)
    assert "秘密" not in str(found.problem)


def test_a_file_is_one_moment_counted_and_read_in_one_snapshot(
    federation: Federation, monkeypatch: pytest.MonkeyPatch
) -> None:
    for title in ("一", "二", "三"):
        federation.register(title=title)
    real = lines._Reader._rows

    def meddled(reader: Any, cases: Any, place: int) -> Any:
        if place == 0:
            federation.register(title="迟到")
            with federation.work_as_system("street") as work:
                work.session.execute(update(Case).where(Case.title == "一").values(title="改过"))
        return real(reader, cases, place)

    monkeypatch.setattr(lines._Reader, "_rows", meddled)
    monkeypatch.setattr(lines, "BATCH", 1)
    monkeypatch.setattr(lines.batches, "__kwdefaults__", {"size": 1})
    rows = table(made(federation, "clerk@street"))
    assert [row["主题"] for row in rows] == ["三", "二", "一"]
    assert rows[-1]["导出信息"].endswith("第3件，共3件")


def test_progress_is_seen_while_the_file_is_being_made(
    federation: Federation, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _turn in range(3):
        federation.register()
    seen: list[tuple[str, int, int]] = []
    alive: list[bool] = []
    real = lines._Reader._rows

    def watched(reader: Any, cases: Any, place: int) -> Any:
        with federation.work("clerk@street") as work:
            found = listings.own(work)[0]
            seen.append((found.status, found.lines, found.total))
            due = work.session.scalars(
                select(OutboxMessage.next_attempt_at).where(OutboxMessage.topic == listings.TOPIC)
            ).one()
            now = work.session.scalar(select(func.clock_timestamp()))
            alive.append(due > now + timedelta(seconds=5))
        return real(reader, cases, place)

    monkeypatch.setattr(lines._Reader, "_rows", watched)
    monkeypatch.setattr(lines.batches, "__kwdefaults__", {"size": 1})
    monkeypatch.setattr(listing_jobs, "TELL_SECONDS", -1.0)
    made(federation, "clerk@street")
    assert seen == [("waiting", 0, 3), ("waiting", 1, 3), ("waiting", 2, 3)]
    assert alive == [False, True, True], "its message is not sent a second time meanwhile"


def test_a_file_lies_sealed_in_parts_and_comes_back_whole(
    federation: Federation, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _turn in range(4):
        federation.register()
    monkeypatch.setattr(parts.PartWriter.__init__, "__kwdefaults__", {"part_bytes": 256})
    identifier = asked(federation, "clerk@street")
    deliver(federation)
    with federation.work("clerk@street") as work:
        found = listings.own(work)[0]
        assert len(found.parts) > 3
        for key in found.parts:
            raw = work.files.store.read(f"{work.tenant_id}/{key[:2]}/{key}")
            assert "信访".encode() not in raw
    content = fetched(federation, "clerk@street", identifier)
    assert len(table(content)) == 4
    assert len(content) == found.size
