"""A worker files a matter on a telephone: nothing typed is lost, one form files once, the code is shown once."""

from __future__ import annotations

import io
import logging
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from audit.services import history
from cases import accused
from cases.models import Case, CaseClock, Claim, Party
from cases.query_codes import QueryCode
from documents.models import Attachment
from tenants.life import close, suspend
from tests.builders import Federation
from tests.documents.uploads import png
from tests.portal.visitors import FILLED, enter, filed, form_of, receipt_of, send
from tests.web.clients import login
from tests.web.conftest import MovingClock


def only_case(federation: Federation) -> Case:
    with federation.work_as_system("street") as work:
        return work.session.scalars(select(Case)).one()


def count(federation: Federation, slug: str = "street") -> int:
    with federation.work_as_system(slug) as work:
        return len(work.session.scalars(select(Case)).all())


def test_a_matter_goes_in_as_online_with_claims_parties_and_the_fifteen_days(
    client: FlaskClient, clock: MovingClock, federation: Federation
) -> None:
    number, code = filed(
        client,
        clock,
        when="去年十二月起",
        confidential="1",
        headcount="12",
        **{"rep.0.name": "测试乙", "rep.0.phone": "13800002222"},
    )
    assert re.fullmatch(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", code)
    case = only_case(federation)
    assert (case.number, case.channel, case.status) == (number, "online", "registered")
    assert case.joint, "several people who write together have signed together"
    assert case.confidential and case.headcount == 12 and not case.sealed and "时间：去年十二月起" in case.content
    with federation.work_as_system("street") as work:
        claims = work.session.scalars(select(Claim.text).order_by(Claim.position)).all()
        assert list(claims) == FILLED["claim"]
        roles = work.session.scalars(select(Party.role).order_by(Party.position)).all()
        assert list(roles) == ["petitioner", "respondent", "representative"]
        clock_row = work.session.scalars(select(CaseClock)).one()
        assert (clock_row.kind, str(clock_row.due_on)) == ("C-15", "2026-03-17")
        told = {event.action: event for event in history(work.session, case.id)}
        assert told["case:register"].actor_name == "信访人（网上）" and told["case:register"].actor_id is None
        assert told["case:own_filed"].data["notice"]
    login(client, "clerk@street")
    listed = client.get("/cases/").text
    assert number in listed
    assert "网信" in client.get(f"/cases/{number}").text


def test_the_page_says_number_code_and_what_happens_by_when(
    client: FlaskClient, clock: MovingClock, federation: Federation
) -> None:
    answer = send(client, clock)
    for words in ("只显示这一次", "2026年3月17日", "30日以内可以申请复查", "申请劳动仲裁", "试一试查进度"):
        assert words in answer.text, words
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    _number, code = receipt_of(answer.text)
    with federation.work_as_system("street") as work:
        row = work.session.scalars(select(QueryCode)).one()
    assert len(row.digest) == 16 and row.given_by is None
    assert code.replace("-", "").encode() not in row.digest


def test_one_form_sent_twice_files_once_and_shows_the_same_code(
    client: FlaskClient, clock: MovingClock, federation: Federation
) -> None:
    form = form_of(client)
    clock.forward(seconds=30)
    first = client.post("/portal/street/file", data=form)
    again = client.post("/portal/street/file", data=form)
    assert receipt_of(first.text) == receipt_of(again.text)
    assert "没有重复登记" in again.text and "没有重复登记" not in first.text
    assert count(federation) == 1
    with federation.work("clerk@street") as work:
        from cases.query_codes import give_by_number

        give_by_number(work, receipt_of(first.text)[0])
    late = client.post("/portal/street/file", data=form).text
    assert receipt_of(first.text)[1] not in late and "以回执上的为准" in late


def test_what_was_typed_comes_back_with_every_mistake_at_once(
    client: FlaskClient, clock: MovingClock, federation: Federation
) -> None:
    answer = send(client, clock, name="", phone="123", story="短", agree=None, claim=["", ""], what="")
    assert answer.status_code == 422
    for words in (
        "请填写您的姓名",
        "电话号码格式不正确",
        "不少于10个字",
        "同意后才能提交",
        "至少写一项",
        "请填写标题",
    ):
        assert words in answer.text, words
    assert 'value="测试电子厂"' in answer.text and 'value="123"' in answer.text
    assert count(federation) == 0


def test_rows_are_added_without_scripts_and_nothing_is_filed(
    client: FlaskClient, clock: MovingClock, federation: Federation
) -> None:
    more = send(client, clock, add="claim")
    assert more.status_code == 200 and more.text.count('name="claim"') == 3
    assert 'value="补缴社会保险"' in more.text
    people = send(client, clock, add="rep", **{"rep.0.name": "测试乙"})
    assert 'name="rep.1.name"' in people.text and 'value="测试乙"' in people.text
    assert count(federation) == 0


def test_anonymous_means_that_nobody_is_named(
    client: FlaskClient, clock: MovingClock, federation: Federation
) -> None:
    both = send(client, clock, anonymous="1")
    assert both.status_code == 422 and "又填写了姓名、电话" in both.text
    answer = send(client, clock, anonymous="1", name="", phone="")
    assert "遗失查询码就查不到" in answer.text
    assert only_case(federation).anonymous
    with federation.work_as_system("street") as work:
        assert work.session.scalars(select(Party.role)).all() == ["respondent"]


def test_a_report_is_closed_to_all_but_two_roles(
    client: FlaskClient, clock: MovingClock, federation: Federation
) -> None:
    number, code = filed(client, clock, report="1")
    assert only_case(federation).sealed
    other = client.application.test_client()
    login(other, "clerk@street")
    assert other.get(f"/cases/{number}").status_code == 404
    login(client, "head@street")
    assert client.get(f"/cases/{number}").status_code == 200
    assert enter(client.application.test_client(), number, code).status_code == 303


def test_files_come_in_checked_by_what_they_are(
    client: FlaskClient, clock: MovingClock, federation: Federation
) -> None:
    wrong = send(client, clock, files=(io.BytesIO(b"MZ\x00\x01"), "工资条.jpg"))
    assert wrong.status_code == 422 and "不是可以附上的格式" in wrong.text and "这些文件要重新选择" in wrong.text
    assert count(federation) == 0
    send(client, clock, files=(io.BytesIO(png()), "测试甲的工资条.png"))
    with federation.work_as_system("street") as work:
        file = work.session.scalars(select(Attachment)).one()
    assert file.added_by is None and "测试甲" not in file.name and file.media_type == "image/png"


def test_programs_are_asked_again_and_people_lose_nothing(
    client: FlaskClient, clock: MovingClock, federation: Federation
) -> None:
    fast = client.post("/portal/street/file", data=form_of(client))
    assert fast.status_code == 422 and "提交得太快" in fast.text and 'value="测试电子厂"' in fast.text
    trapped = send(client, clock, website="https://example.com")
    assert trapped.status_code == 422 and "识别自动程序" in trapped.text
    old = form_of(client)
    clock.forward(hours=25)
    stale = client.post("/portal/street/file", data=old)
    assert stale.status_code == 422 and "打开的时间太久" in stale.text and 'value="测试电子厂"' in stale.text
    made_up = send(client, clock, token="made-up")
    assert made_up.status_code == 422
    assert count(federation) == 0


def test_a_browser_that_lost_its_cookie_does_not_lose_the_words(
    client: FlaskClient, clock: MovingClock, federation: Federation
) -> None:
    form = form_of(client)
    clock.forward(seconds=30)
    fresh = client.application.test_client()
    answer = fresh.post("/portal/street/file", data=form)
    assert answer.status_code == 422 and "再按一次" in answer.text and 'value="测试电子厂"' in answer.text
    assert count(federation) == 0
    assert fresh.post("/portal/street/file", data=form | {"token": "x"}).status_code == 400


def test_a_network_files_so_many_in_a_quarter_of_an_hour(
    client: FlaskClient, clock: MovingClock, federation: Federation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.filing.FILED", 2)
    assert [send(client, clock).status_code for _turn in range(3)] == [200, 200, 429]
    refused = send(client, clock)
    assert "操作过于频繁" in refused.text and 'value="测试电子厂"' in refused.text and refused.headers["Retry-After"]
    clock.forward(minutes=16)
    assert send(client, clock).status_code == 200
    with federation.work_as_system("platform") as work:
        keys = work.session.execute(text("select key from login_throttle")).scalars().all()
    assert keys and all(len(key) == 32 and b"127.0.0.1" not in key for key in keys)


def test_a_union_that_rests_or_is_gone_says_whom_to_ask(
    client: FlaskClient, clock: MovingClock, federation: Federation
) -> None:
    form = form_of(client)
    with federation.work("root@platform") as work:
        suspend(work, "street", "机构改革，暂停使用")
        suspend(work, "west", "机构改革，暂停使用")
        close(
            work,
            "west",
            reason="机构改革，暂停使用",
            retention_years=10,
            unfinished=(),
            successor_id=federation.ids["east"],
        )
    for part in ("file", "track", "rate"):
        assert "暂停在本平台办理" in client.get(f"/portal/street/{part}").text
        assert 'href="/portal/east/"' in client.get(f"/portal/west/{part}").text
        assert client.get(f"/portal/nowhere/{part}").status_code == 404
    clock.forward(seconds=30)
    assert client.post("/portal/street/file", data=form).status_code == 409
    assert count(federation) == 0


def test_a_form_of_one_union_files_nothing_in_another(
    client: FlaskClient, clock: MovingClock, federation: Federation
) -> None:
    form = form_of(client)
    clock.forward(seconds=30)
    assert client.post("/portal/east/file", data=form).status_code == 422
    assert count(federation) == count(federation, "east") == 0


def test_no_log_line_holds_a_name_a_telephone_or_a_code(
    client: FlaskClient, clock: MovingClock, federation: Federation, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        number, code = filed(client, clock)
        enter(client, number, "0000-0000-0000-0000")
        enter(client, number, code)
    for words in ("测试甲", "13800001111", code, code.replace("-", ""), "0000-0000"):
        assert words not in caplog.text, words
    with federation.work_as_system("street") as work:
        log = work.session.execute(text("select string_agg(data::text, ' ') from audit_events")).scalar()
    assert code.replace("-", "") not in log and "测试甲" not in log and "13800001111" not in log


def test_a_report_against_the_leader_is_kept_from_the_leader(
    client: FlaskClient, clock: MovingClock, federation: Federation
) -> None:
    number, _code = filed(client, clock, report="1", **{"against.leader": "1"})
    case = only_case(federation)
    assert case.sealed
    with federation.work_as_system("street") as work:
        assert accused.accused_of(work, case.id) == {federation.users["leader@street"].id}
        told = history(work.session, case.id)
        assert str(federation.users["leader@street"].id) not in str([event.data for event in told])
    for login_name, status in (("leader@street", 404), ("clerk@street", 404), ("head@street", 200)):
        browser = client.application.test_client()
        login(browser, login_name)
        assert browser.get(f"/cases/{number}").status_code == status, login_name


def test_a_report_against_everybody_who_could_handle_it_is_told_to_go_to_the_union_above(
    client: FlaskClient, clock: MovingClock, federation: Federation
) -> None:
    answer = send(client, clock, report="1", **{"against.leader": "1", "against.head": "1"})
    assert answer.status_code == 422
    assert "请向上级工会（东区总工会）反映" in answer.text and count(federation) == 0
    assert FILLED["story"] in answer.text


def test_an_office_ticked_without_a_report_changes_nothing(
    client: FlaskClient, clock: MovingClock, federation: Federation
) -> None:
    filed(client, clock, **{"against.head": "1"})
    with federation.work_as_system("street") as work:
        assert accused.accused_of(work, only_case(federation).id) == frozenset()
