"""A bound file holds what its asker may see, page by page, with an index, numbers and a watermark on every page."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import select

from archives import dossiers
from archives import jobs as binding_jobs
from audit.services import history
from cases import attaching, follow_ups, own, queries, tasking
from cases.intake import NewParty
from documents.attachments import Upload
from documents.models import Dossier
from documents.services import of_subject
from kernel.clock import FixedClock
from kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from kernel.outbox import OutboxMessage
from tenants import departments
from tests.builders import Federation
from tests.documents.scans import picture, scan, words_of
from tests.documents.uploads import PDF, TEXT, docx
from tests.ways import DECIDE, Ways


def deliver(federation: Federation, slug: str = "street") -> int:
    """Run every waiting step as the worker would, each in a transaction of its own; returns how many."""
    steps = 0
    while True:
        with federation.work_as_system(slug) as work:
            statement = select(OutboxMessage).where(
                OutboxMessage.topic == dossiers.TOPIC, OutboxMessage.done_at.is_(None)
            )
            message = work.session.scalars(statement.limit(1)).first()
            if message is None:
                return steps
            binding_jobs.bind(work, message.payload)
            message.done_at = work.clock.now()
            steps += 1


def order(federation: Federation, who: str, number: str) -> Any:
    with federation.work(who) as work:
        return dossiers.ask(work, number, "移送仲裁需要全卷").id


def bound(federation: Federation, who: str, number: str) -> bytes:
    identifier = order(federation, who, number)
    deliver(federation, who.partition("@")[2])
    with federation.work(who) as work:
        return dossiers.open_one(work, number, identifier)


def test_the_whole_file_is_one_pdf_with_an_index(federation: Federation) -> None:
    case = federation.decided()
    with federation.work("clerk@street") as work:
        attaching.attach(
            work,
            case.number,
            (
                Upload("来信.pdf", scan(3)),
                Upload("现场.jpg", picture()),
                Upload("工资条.txt", TEXT),
                Upload("合同.docx", docx()),
                Upload("坏的.pdf", PDF),
            ),
        )
    made = bound(federation, "head@street", case.number)
    pages = words_of(made)
    front, index, text = pages[0], pages[1], "".join(pages)
    assert "信访卷宗" in front
    assert "东一街道工会联合会" in front
    for line in ("信访事项基本情况", "办理过程", "信访事项受理告知书", "信访事项处理意见书", "附件：来信.pdf"):
        assert line in index, line
    assert "Office文档，不能并入" in index
    assert "文件损坏，不能并入" in index
    assert "督促单位十日内补发" in text
    assert "三月未发" in text, "the plain text file was set"
    assert [place for place, page in enumerate(pages) if "第1页" in page] == [2]
    assert all("测试负责人" in page for page in pages), "who took it out"
    titles = [item.title for item in PdfReader(io.BytesIO(made)).outline]  # type: ignore[union-attr]
    assert titles[0] == "信访事项基本情况"
    assert "附件：来信.pdf" in titles
    assert "测试甲" not in text, "people stay behind their masks"
    assert "13800001111" not in text


def test_the_bound_file_says_all_that_the_pages_of_the_case_say(federation: Federation) -> None:
    ways = Ways(federation)
    lead = ways.handling(aim="拿回工资", background="工地已经停工两个月")
    ways.act("clerk", ways.handling(), "merge", lead=lead.number, reason="同一事项、同一信访人")
    with federation.work("admin@street") as work:
        place = departments.create(work, {"name": "劳动保护部"}).id
        departments.move(work, federation.users["clerk@street"].id, place)
    asked = {"task_department": str(place), "task_asked": "核对工资台账", "task_due": "2026-03-20"}
    ways.act("handler", lead, "ask_department", **asked)
    with federation.work("clerk@street") as work:
        tasking.answer(work, tasking.of_case(work, lead.id)[0].id, "台账已经核对，欠薪属实。")
    with federation.work_as_system("street") as work:
        own.add_material(work, lead.number, "又收到一张欠条。", ())
    employer = {"employer": "测试厂", "demands": "拖欠三个月工资，请十日内补发。", "basis": "《工会法》第二十三条"}
    ways.act("handler", lead, "negotiate", **employer)
    ways.act("handler", lead, "employer_reply", employer_reply="资金周转困难，月底前付清。")
    ways.act("handler", lead, "decide", **DECIDE)
    served = {"delivery": "post", "tracking": "EMS1234", "delivered_on": "2026-03-02", "receipt": "left"}
    ways.act("handler", lead, "serve", **served)
    ways.act("handler", lead, "execute", execution_plan="督促单位财务部门补发")
    ways.act("handler", lead, "finish", result="工资已经补发到位")
    ways.act("handler", lead, "gains", measures=["mediation"], recovered="36500", helped="3")
    told = {"rated_about": "unit", "rating": "dissatisfied", "told_how": "call", "reason": "拖得太久"}
    ways.act("clerk", lead, "rate", **told)
    with federation.work("clerk@street") as work:
        first = follow_ups.of_case(work, lead.id)[0]
        contacted = {"reached": "yes", "content": "partly", "retaliation": "no", "note": "希望以后按月发"}
        follow_ups.contact(work, first.id, contacted, number=lead.number)
    text = "".join("".join(words_of(bound(federation, "head@street", lead.number))).split())
    for words in (
        *("拿回工资", "工地已经停工两个月", "求决", "核对工资台账", "劳动保护部", "台账已经核对，欠薪属实。"),
        *("又收到一张欠条。", "月底前付清", "督促单位财务部门补发", "工资已经补发到位", "留置送达", "EMS1234"),
        *("调解", "36,500元", "惠及人数：3人", "责任单位：不满意", "工作人员代录，电话回访", "理由：拖得太久"),
        *("其他信访件并入本件", "第1次回访", "希望以后按月发", "解决问题到位"),
    ):
        assert words in text, words
    assert "测试甲" not in text


def test_the_index_of_a_closed_file_lists_its_papers_and_attachments(federation: Federation) -> None:
    ways = Ways(federation)
    case = ways.act("handler", ways.explained(), "finish", result="没有需要执行的事项")
    with federation.work("clerk@street") as work:
        attaching.attach(work, case.number, (Upload("来信.pdf", scan(3)),))
    federation.clock = FixedClock(federation.clock.now() + timedelta(days=60))
    ways.act("head", case, "archive", archive_no="2026-17")
    with federation.work("head@street") as work:
        index = of_subject(work.session, case.id)[-1]
    told = next(part["text"] for part in index.body if part["heading"] == "卷内文件").splitlines()
    assert [line.split("　")[0] for line in told] == [
        *("1. 信访事项受理告知书", "2. 信访事项处理意见书", "3. 送达回证", "4. 信访处理意见落实情况记录"),
        *("5. 附件：来信.pdf", "办理过程记录"),
    ]


def test_a_picture_of_too_many_pixels_from_earlier_days_is_bound_as_a_note(
    federation: Federation, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = federation.accepted()
    made = io.BytesIO()
    Image.new("1", (9_000, 9_000)).save(made, "PNG")
    with monkeypatch.context() as earlier, federation.work("clerk@street") as work:
        earlier.setattr("documents.contents.MAX_PIXELS", 100_000_000)
        attaching.attach(work, case.number, (Upload("扫描.png", made.getvalue()),))
    text = "".join(words_of(bound(federation, "head@street", case.number)))
    assert "图片约8100万像素，超过5000万像素，没有并入，请单独下载" in text


def test_ordering_and_taking_out_leave_events_with_the_reason(federation: Federation) -> None:
    case = federation.accepted()
    identifier = order(federation, "leader@street", case.number)
    with federation.work("leader@street") as work:
        with pytest.raises(NotFoundError):
            dossiers.open_one(work, case.number, identifier)
        with pytest.raises(ConflictError, match="正在装订"):
            dossiers.ask(work, case.number, "移送仲裁需要全卷")
    assert deliver(federation) == 1
    with federation.work("leader@street") as work:
        dossiers.open_one(work, case.number, identifier)
        told = [(event.action, event.data.get("reason")) for event in history(work.session, case.id)][-2:]
    assert told == [("case:bind", "移送仲裁需要全卷"), ("case:dossier_open", "移送仲裁需要全卷")]
    with federation.work("head@street") as work, pytest.raises(NotFoundError):
        dossiers.open_one(work, case.number, identifier)


def test_a_reason_is_wanted_and_readers_cannot_take_a_file_out(federation: Federation) -> None:
    case = federation.accepted()
    with federation.work("head@street") as work, pytest.raises(InvalidError, match="理由"):
        dossiers.ask(work, case.number, "看看")
    for who in ("clerk@street", "supervisor@street"):
        with federation.work(who) as work, pytest.raises(ForbiddenError, match="不能导出整卷"):
            dossiers.ask(work, case.number, "移送仲裁需要全卷")
    with federation.work("head@east") as work, pytest.raises(NotFoundError):
        dossiers.ask(work, case.number, "移送仲裁需要全卷")


def test_a_case_that_was_sealed_after_the_order_is_not_bound_for_its_handler(federation: Federation) -> None:
    case = federation.accepted()
    order(federation, "handler@street", case.number)
    with federation.work_as_system("street") as work:
        queries.file(work, case.number).case.sealed = True
    deliver(federation)
    with federation.work_as_system("street") as work:
        found = work.session.scalars(select(Dossier)).one()
        assert (found.status, found.blob) == ("failed", None)
        assert found.problem == "没有找到，或者您无权查看。"


def test_a_long_file_is_bound_in_steps_and_tells_how_far_it_is(
    federation: Federation, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = federation.accepted()
    with federation.work("clerk@street") as work:
        attaching.attach(work, case.number, [Upload(f"{place}.jpg", picture()) for place in range(2)])
    monkeypatch.setattr(binding_jobs, "STEP_SECONDS", 0.01)
    identifier = order(federation, "head@street", case.number)
    seen = []
    for _step in range(12):
        with federation.work_as_system("street") as work:
            binding_jobs.bind(work, {"dossier": str(identifier), "case": case.number})
        with federation.work("head@street") as work:
            found = dossiers.of_case(work, queries.file(work, case.number))[0]
            seen.append((found.done, found.total))
            if found.status == "ready":
                break
        monkeypatch.setattr(binding_jobs, "STEP_SECONDS", binding_jobs.STEP_SECONDS * 3)
    assert found.status == "ready"
    assert seen[0][0] < seen[-1][0] == seen[-1][1] == 4


def test_a_bound_file_is_forgotten_after_a_week(federation: Federation) -> None:
    case = federation.accepted(parties=(NewParty(name="测试乙", phone="13800002222"),))
    bound(federation, "head@street", case.number)
    with federation.work_as_system("street") as work:
        assert dossiers.purge(work) == 0
        work.session.scalars(select(Dossier)).one().expires_at = work.clock.now().replace(year=2025)
        work.session.flush()
        assert dossiers.purge(work) == 1
