"""An exported list holds what its asker may see, masked, whole, and only for the one who asked."""

from __future__ import annotations

import csv
import gc
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import openpyxl
import pytest
from sqlalchemy import delete, select, update

from access.actor import Work
from access.models import UserRole
from access.roles import Role
from archives import lines, listing_jobs, listings
from archives.listings import Order
from audit.models import AuditEvent
from audit.services import verify
from cases import ledger, queries
from cases.intake import NewParty
from cases.models import Case
from cases.queries import Filter
from documents import attachments, parts
from documents.models import CaseExport
from documents.workbooks import ABOUT_TITLE, HEAD_ROWS
from kernel.blobs import NO_FILES
from kernel.clock import FixedClock
from kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, UnavailableError
from kernel.outbox import OutboxMessage
from tests.builders import Federation

FILTER_ID = UUID("01890000-0000-7000-8000-000000000001")
REASON = "季度台账报送上级工会"


def order(**changes: Any) -> Order:
    given: dict[str, Any] = {
        "wanted": Filter(),
        "told": "全部信访件",
        "form": "csv",
        "columns": ledger.USUAL,
        "reason": REASON,
    }
    return Order(**(given | changes))


def deliver(federation: Federation, slug: str = "street") -> int:
    """Make every waiting file as the worker would, each in a transaction of its own; returns how many."""
    made = 0
    while True:
        with federation.work_as_system(slug) as work:
            statement = select(OutboxMessage).where(
                OutboxMessage.topic == listings.TOPIC, OutboxMessage.done_at.is_(None)
            )
            message = work.session.scalars(statement.limit(1)).first()
            if message is None:
                return made
            listing_jobs.make(work, message.payload)
            message.done_at = work.clock.now()
            made += 1


def asked(federation: Federation, who: str, **changes: Any) -> Any:
    with federation.work(who) as work:
        return listings.ask(work, order(**changes)).id


def fetched(federation: Federation, who: str, identifier: Any) -> bytes:
    with federation.work(who) as work:
        _export, content = listings.open_one(work, identifier)
    return b"".join(content)


def made(federation: Federation, who: str, **changes: Any) -> bytes:
    identifier = asked(federation, who, **changes)
    deliver(federation, who.partition("@")[2])
    return fetched(federation, who, identifier)


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def now_only(work: Work, user_id: UUID, role: Role) -> None:
    """The account holds this role and no other."""
    work.session.execute(delete(UserRole).where(UserRole.user_id == user_id))
    work.session.add(UserRole(user_id=user_id, role=role.value))
    work.session.flush()


def events(federation: Federation, slug: str = "street") -> list[AuditEvent]:
    with federation.work_as_system(slug) as work:
        statement = select(AuditEvent).where(AuditEvent.subject_type == "export").order_by(AuditEvent.seq)
        return list(work.session.scalars(statement))


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


def test_names_in_clear_are_for_those_who_answer_for_the_office_and_never_of_the_protected(
    federation: Federation,
) -> None:
    federation.register(parties=(NewParty(name="测试公开", phone="13800002222"),))
    federation.register(parties=(NewParty(name="测试保密", phone="13800003333"),), confidential=True)
    sealed = federation.register(parties=(NewParty(name="测试密件", phone="13800004444"),))
    with federation.work_as_system("street") as work:
        queries.file(work, sealed.number).case.sealed = True
    for who in ("clerk@street", "handler@street", "supervisor@street"):
        with federation.work(who) as work, pytest.raises(ForbiddenError, match="姓名和电话"):
            listings.ask(work, order(clear=True, confirmed=True))
    with federation.work("head@street") as work, pytest.raises(InvalidError) as refused:
        listings.ask(work, order(clear=True))
    assert set(refused.value.fields) == {"confirmed"}
    content = made(federation, "head@street", clear=True, confirmed=True)
    people = [(row["信访人"], row["联系电话"]) for row in table(content)]
    assert people == [("测*", "138****4444"), ("测*", "138****3333"), ("测试公开", "'13800002222")]
    assert [event.data["clear"] for event in events(federation)] == [True] * 3


def test_a_sealed_case_is_only_in_the_files_of_those_who_see_it(federation: Federation) -> None:
    federation.register(title="普通事项")
    sealed = federation.register(title="检举某某")
    with federation.work_as_system("street") as work:
        queries.file(work, sealed.number).case.sealed = True
    assert [row["主题"] for row in table(made(federation, "leader@street"))] == ["检举某某", "普通事项"]
    for who in ("clerk@street", "supervisor@street"):
        content = made(federation, who)
        assert [row["主题"] for row in table(content)] == ["普通事项"]
        assert "共1件" in content.decode()


def test_a_handler_takes_out_own_cases_only(federation: Federation) -> None:
    federation.register(title="别人的")
    own = federation.accepted(title="自己的")
    assert [row["编号"] for row in table(made(federation, "handler@street"))] == [own.number]


def test_two_unions_never_share_a_file(federation: Federation) -> None:
    federation.register("clerk@east", title="东区的事")
    federation.register("clerk@street", title="街道的事")
    identifier = asked(federation, "head@east", form="xlsx")
    assert deliver(federation, "street") == 0
    assert deliver(federation, "east") == 1
    everything = "\n".join(
        str(row)
        for page in openpyxl.load_workbook(io.BytesIO(fetched(federation, "head@east", identifier)))
        for row in page.iter_rows(values_only=True)
    )
    assert "东区的事" in everything
    assert "街道的事" not in everything
    for who in ("head@street", "leader@east", "head@city"):
        with federation.work(who) as work:
            assert listings.own(work) == []
            for act in (listings.open_one, listings.retry, listings.remove):
                with pytest.raises(NotFoundError):
                    act(work, identifier)


def test_rights_are_asked_again_when_the_file_is_made_and_when_it_is_fetched(federation: Federation) -> None:
    case = federation.accepted(title="后来密封")
    waiting = asked(federation, "handler@street")
    ready = asked(federation, "clerk@street")
    clear = asked(federation, "head@street", clear=True, confirmed=True)
    with federation.work_as_system("street") as work:
        for export in work.session.scalars(select(CaseExport).where(CaseExport.id != waiting)):
            listing_jobs.make(work, {"export": str(export.id)})
        queries.file(work, case.number).case.sealed = True
    with federation.work("clerk@street") as work, pytest.raises(ConflictError, match="1件您已无权查看"):
        listings.open_one(work, ready)
    with federation.work_as_system("street") as work:
        listing_jobs.make(work, {"export": str(waiting)})
        now_only(work, federation.users["head@street"].id, Role.CLERK)
    with federation.work("handler@street") as work:
        found = work.session.get(CaseExport, (work.tenant_id, waiting))
        assert found is not None
        assert (found.status, found.total) == ("ready", 0), "it holds what the handler sees now: nothing"
    with federation.work("head@street") as work, pytest.raises(ForbiddenError):
        listings.open_one(work, clear)


def test_a_closed_account_and_a_lost_role_get_no_file(federation: Federation) -> None:
    federation.register()
    gone, lost = asked(federation, "clerk@street"), asked(federation, "head@street", clear=True, confirmed=True)
    with federation.work_as_system("street") as work:
        user = work.session.get(
            type(federation.users["clerk@street"]), (work.tenant_id, federation.users["clerk@street"].id)
        )
        assert user is not None
        user.active = False
        now_only(work, federation.users["head@street"].id, Role.SUPERVISOR)
    deliver(federation)
    with federation.work_as_system("street") as work:
        told = {export.id: (export.status, export.problem) for export in work.session.scalars(select(CaseExport))}
    assert told[gone] == ("failed", "申请人的账号已停用，文件没有生成。")
    assert told[lost][0] == "failed"
    assert "角色已变化" in str(told[lost][1])


def test_what_is_missing_is_said_by_field_and_nothing_is_ordered(federation: Federation) -> None:
    with federation.work("clerk@street") as work:
        with pytest.raises(InvalidError) as refused:
            listings.ask(work, order(reason="看看", form="pdf", columns=("number", "content;drop")))
        assert set(refused.value.fields) == {"reason", "form", "columns", "wanted"}, "there is no case yet"
        assert listings.own(work) == []
    federation.register()
    for changes, name in (
        ({"columns": ()}, "columns"),
        ({"columns": ("number",)}, "columns"),
        ({"reason": ""}, "reason"),
    ):
        with federation.work("clerk@street") as work, pytest.raises(InvalidError) as refused:
            listings.ask(work, order(**changes))
        assert set(refused.value.fields) == {name}
    for who in ("admin@street", "auditor@street", "security@street"):
        with federation.work(who) as work, pytest.raises(ForbiddenError):
            listings.ask(work, order())
    for _turn in range(listings.MAX_WAITING):
        asked(federation, "clerk@street")
    with federation.work("clerk@street") as work, pytest.raises(ConflictError, match="正在生成"):
        listings.ask(work, order())


def test_too_many_cases_are_refused_and_not_cut_off(federation: Federation, monkeypatch: pytest.MonkeyPatch) -> None:
    federation.register()
    federation.register()
    monkeypatch.setattr(listings, "MAX_ROWS", 1)
    with federation.work("clerk@street") as work, pytest.raises(InvalidError, match="有2件，一次最多导出1件"):
        listings.ask(work, order())


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
    real = lines._Reader._rows

    def watched(reader: Any, cases: Any, place: int) -> Any:
        with federation.work("clerk@street") as work:
            found = listings.own(work)[0]
            seen.append((found.status, found.lines, found.total))
        return real(reader, cases, place)

    monkeypatch.setattr(lines._Reader, "_rows", watched)
    monkeypatch.setattr(lines.batches, "__kwdefaults__", {"size": 1})
    monkeypatch.setattr(listing_jobs, "TELL_SECONDS", -1.0)
    made(federation, "clerk@street")
    assert seen == [("waiting", 0, 3), ("waiting", 1, 3), ("waiting", 2, 3)]


def test_everything_about_an_export_is_on_record_without_a_word_of_a_case(federation: Federation) -> None:
    federation.register(title="拖欠工资三个月")
    identifier = asked(federation, "clerk@street", wanted=Filter(q="拖欠工资", open_only=True))
    deliver(federation)
    content = fetched(federation, "clerk@street", identifier)
    with federation.work("clerk@street") as work:
        listings.remove(work, identifier)
        with pytest.raises(ConflictError):
            listings.remove(work, identifier)
        with pytest.raises(NotFoundError):
            listings.open_one(work, identifier)
    told = events(federation)
    assert [event.action for event in told] == [f"export:{what}" for what in ("ask", "make", "download", "remove")]
    for event in told:
        assert (event.data["reason"], event.data["rows"]) == (REASON, 1)
        assert event.data["filter"] == {"q": True, "open_only": True}
        assert event.data["columns"] == list(ledger.USUAL)
        assert "拖欠" not in str(event.data)
    assert told[1].data["size"] == len(content)
    with federation.work_as_system("street") as work:
        assert verify(work.session)[1] is None


def test_a_file_is_taken_away_after_a_week_and_its_bytes_with_the_sweep(federation: Federation) -> None:
    federation.register()
    # Blobs are as old as the disk says; those of other tests lie in the same store.
    much_later = FixedClock(datetime.now(UTC) + timedelta(days=2))
    with federation.work_as_system("street") as work:
        attachments.sweep(replace(work, clock=much_later))
    identifier = asked(federation, "clerk@street")
    deliver(federation)
    with federation.work_as_system("street") as work:
        found = work.session.get(CaseExport, (work.tenant_id, identifier))
        assert found is not None
        keys = [*found.parts, *found.members]
        assert len(keys) == 2
        old_blobs = replace(work, clock=much_later)
        soon = replace(work, clock=FixedClock(work.clock.now() + timedelta(days=6)))
        assert listings.purge(soon) == 0
        assert attachments.sweep(old_blobs) == 0, "a file that is still offered keeps its bytes"
        later = replace(work, clock=FixedClock(work.clock.now() + timedelta(days=8)))
        assert listings.purge(later) == 1
        assert listings.purge(later) == 0
        assert attachments.sweep(old_blobs) == 2
    assert events(federation)[-1].data["expired"] is True
    with federation.work("clerk@street") as work:
        assert listings.own(work)[0].status == "removed"
        assert list(parts.read(work, [])) == []
    with federation.work_as_system("street") as work:
        listings.purge(replace(work, clock=FixedClock(work.clock.now() + timedelta(days=31))))
    with federation.work("clerk@street") as work:
        assert listings.own(work) == []


def test_an_expired_file_is_not_handed_out_before_the_duty_came_by(federation: Federation) -> None:
    federation.register()
    identifier = asked(federation, "clerk@street")
    deliver(federation)
    with federation.work("clerk@street") as work:
        late = replace(work, clock=FixedClock(work.clock.now() + timedelta(days=8)))
        with pytest.raises(NotFoundError):
            listings.open_one(late, identifier)


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


def test_a_filter_comes_back_from_the_order_as_it_was() -> None:
    wanted = Filter(
        status="handling",
        overdue=True,
        department=FILTER_ID,
        assignee=FILTER_ID,
        registered_from=date(2026, 1, 1),
        due_to=date(2026, 12, 31),
        q="工资",
    )
    assert ledger.restored(ledger.stored(wanted)) == wanted
    assert ledger.stored(Filter()) == {}
    with pytest.raises(InvalidError):
        ledger.restored({"unheard_of": True})


@pytest.fixture(autouse=True)
def _nothing_left_open() -> Iterator[None]:
    """A workbook that was given up leaves nothing that complains when it is collected."""
    yield
    gc.collect()
