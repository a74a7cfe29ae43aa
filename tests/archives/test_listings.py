"""An exported list is for the one who asked, for a reason, as long as they may see what is in it."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from sqlalchemy import select

from access.roles import Role
from archives import listing_jobs, listings
from audit.services import verify
from cases import ledger, queries
from cases.intake import NewParty
from cases.queries import Filter
from documents import attachments, parts
from documents.models import CaseExport
from kernel.clock import FixedClock
from kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from tests.archives.ordering import REASON, asked, deliver, events, fetched, made, now_only, order, table
from tests.builders import Federation


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
