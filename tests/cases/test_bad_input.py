"""Everything that the field gets wrong (issue 4, "Bad input"): which rule it is, its article, and what to do instead.

One test a line, so that a reader finds each; the corners of every rule are tested beside its module.
"""

from __future__ import annotations

import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from audit.services import history
from cases import attaching, clocks, paperwork
from cases.intake import NewParty
from cases.models import Case, CaseClock
from cases.services import perform
from documents import templates
from documents.attachments import MAX_BYTES, Upload
from documents.services import of_subject
from kernel.errors import ConflictError, IllegalTransitionError, InvalidError
from tenants import departments
from tests.builders import Federation
from tests.documents.scans import scan
from tests.documents.uploads import docx
from tests.ways import DECIDE, Ways

SIX = tuple(NewParty(role="representative", name=f"测试代表{place}") for place in "甲乙丙丁戊己")


@pytest.fixture
def ways(federation: Federation) -> Ways:
    return Ways(federation)


def refused(error: pytest.ExceptionInfo[Any], *words: str) -> None:
    for word in words:
        said = "；".join([error.value.message, *getattr(error.value, "fields", {}).values()])
        assert word in said, said


def test_a_sixth_representative(ways: Ways) -> None:
    with pytest.raises(InvalidError) as error:
        ways.registered(parties=SIX, headcount=6)
    refused(error, "不得超过5人", "《信访工作条例》第二十条", "请与信访人商定5名代表")
    assert ways.registered(parties=SIX[:5], headcount=6).collective


def test_a_second_extension(ways: Ways) -> None:
    case = ways.extended()
    with pytest.raises(IllegalTransitionError) as error:
        ways.act("handler", case, "ask_extension", extend_to="2026-06-30", reason="第二次申请延期")
    refused(error, "已经延期一次", "《信访工作条例》第三十四条", "请在延长的期限内办结")


def test_closing_with_an_open_claim(ways: Ways) -> None:
    with pytest.raises(InvalidError) as error:
        ways.act("handler", ways.handling(), "decide", **(DECIDE | {"opinions": {"1": DECIDE["opinions"]["1"]}}))
    refused(error, "诉求2还没有处理意见", "件件有着落", "第三十二条", "请选择意见并写明内容")
    case = ways.decided()
    with ways.federation.work_as_system("street") as work:
        work.session.execute(
            text("update claims set opinion = null where case_id = :c and position = 2"), {"c": case.id}
        )
    closing = {
        "delivery": "in_person",
        "delivered_on": "2026-03-02",
        "executed_on": "2026-03-02",
        "receipt": "signed",
        "result": "已经补发",
    }
    with pytest.raises(IllegalTransitionError) as closed:
        ways.act("handler", case, "close", **closing)
    refused(closed, "还有诉求没有处理意见，不能办结", "第三十二条", "请先补齐")


def test_a_decision_without_legal_basis(ways: Ways) -> None:
    case = ways.handling()
    for basis in ("", "  ", "劳动"):
        with pytest.raises(InvalidError) as error:
            ways.act("handler", case, "decide", **(DECIDE | {"basis": basis}))
        refused(error, "请填写法律法规依据", "《信访工作条例》第三十二条", "请写明名称和条款")
    with ways.federation.work_as_system("street") as work, pytest.raises(DBAPIError, match="decided_has_basis"):
        work.session.execute(
            update(Case).where(Case.id == case.id).values(status="decided", decided_at=work.clock.now())
        )


def test_a_handler_from_the_accused_department(ways: Ways) -> None:
    with ways.federation.work("admin@street") as work:
        place = departments.create(work, {"name": "财务部"}).id
        departments.move(work, ways.federation.users["handler@street"].id, place)
    parties = (NewParty(name="测试甲"), NewParty(role="respondent", organisation="财务部"))
    with pytest.raises(InvalidError) as error:
        ways.act("head", ways.triaged(parties=parties), "accept", assignee=ways.handler)
    refused(error, "应当回避", "被反映部门", "《信访工作条例》第二十八条第三款", "请选择其他人")


def test_a_template_with_an_unknown_field(ways: Ways) -> None:
    with ways.federation.work("admin@street") as work:
        facts = paperwork.sample(work)
        known, required = paperwork.known_fields("decision", facts), paperwork.required_fields("decision", facts)
    with pytest.raises(InvalidError) as error:
        templates.check_fields([{"heading": None, "text": "{{身份证号}}"}], known=known, required=required)
    refused(error, "没有这些字段：{{身份证号}}", "可以使用的字段", "编号")


def test_a_scan_of_forty_pages_comes_in_and_a_heavier_one_is_told_how_heavy_it_may_be(ways: Ways) -> None:
    case = ways.registered()
    with ways.federation.work("clerk@street") as work:
        (kept,) = attaching.attach(work, case.number, [Upload("来信.pdf", scan(40))])
        assert kept.pages == 40
    with ways.federation.work("clerk@street") as work, pytest.raises(InvalidError) as error:
        attaching.attach(work, case.number, [Upload("大.pdf", b"%PDF-1.7\n" + bytes(MAX_BYTES) + b"%%EOF")])
    refused(error, "超过20MB", "请压缩或拆分后再附上")


def bomb(member: str, kind: str) -> bytes:
    """A document of a few kilobytes that would be thirty megabytes."""
    stream = io.BytesIO(docx()) if kind == "docx" else io.BytesIO()
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as package:
        if kind == "xlsx":
            package.writestr("[Content_Types].xml", "<Types/>")
            package.writestr("xl/workbook.xml", "<workbook/>")
        package.writestr(member, bytes(30_000_000))
    return stream.getvalue()


@pytest.mark.parametrize(("kind", "member"), [("docx", "word/media/zeros"), ("xlsx", "xl/worksheets/sheet1.xml")])
def test_a_zip_bomb(ways: Ways, kind: str, member: str) -> None:
    case, content = ways.registered(), bomb(member, kind)
    assert len(content) < 100_000
    with ways.federation.work("clerk@street") as work, pytest.raises(InvalidError) as error:
        attaching.attach(work, case.number, [Upload(f"材料.{kind}", content)])
    refused(error, "解压后过大", "请另存为 PDF 后再附上")


def test_an_exe_named_pdf(ways: Ways) -> None:
    case = ways.registered()
    with ways.federation.work("clerk@street") as work, pytest.raises(InvalidError) as error:
        attaching.attach(work, case.number, [Upload("工资条.pdf", b"MZ\x90\x00" + bytes(4000))])
    refused(error, "“工资条", "内容不是可以附上的格式", "请转换后再附上")


def test_two_people_deciding_at_once(ways: Ways) -> None:
    case = ways.handling()
    users = ("handler@street", "handler@street")

    def decide(login: str) -> str:
        try:
            with ways.federation.work(login) as work:
                perform(work, case.number, "decide", DECIDE, version=case.version)
        except ConflictError as error:
            return error.message
        return "decided"

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(decide, users))
    assert told == ["decided", "其他人刚刚处理了同一事项，请刷新后再操作；您填写的内容仍保留在页面上。"]
    with ways.federation.work("head@street") as work:
        papers = [paper.kind for paper in of_subject(work.session, case.id)]
        assert papers.count("decision") == 1
        assert [event.action for event in history(work.session, case.id)].count("case:decide") == 1


def test_a_clock_edited_backwards(ways: Ways) -> None:
    case = ways.handling()
    with pytest.raises(InvalidError) as error:
        ways.act("handler", case, "ask_extension", extend_to="2026-04-01", reason="需要调取账册核对")
    refused(error, "不能倒改", "《信访工作条例》第三十四条", "请另选日期")
    with ways.federation.work_as_system("street") as work:
        running = [clock for clock in clocks.of_case(work.session, case.id) if clock.kind == "C-60"]
        with pytest.raises(InvalidError, match="不能倒改"):
            clocks.move(running[0], running[0].original_due_on.replace(day=1), "改早")
    with ways.federation.work_as_system("street") as work, pytest.raises(DBAPIError, match="never_backwards"):
        statement = select(CaseClock).where(CaseClock.case_id == case.id, CaseClock.kind == "C-60")
        found = work.session.scalars(statement).one()
        found.due_on, found.due_reason = found.original_due_on.replace(day=1), "倒改"
        work.session.flush()
