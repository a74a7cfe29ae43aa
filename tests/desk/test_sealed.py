"""检举控告 and 打击报复 as a case type (E1, E3; 条例 art. 30(3)): every way to a case, walked by everybody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from access.actor import Work
from access.roles import Role
from archives import dossiers
from cases import attaching, issuing, queries
from cases.intake import NewParty
from cases.jobs import sweep
from cases.models import Case
from cases.queries import Filter
from dispatches import badges
from dispatches import queries as letters
from dispatches.services import escalate
from documents import attachments
from documents.attachments import Upload
from kernel.clock import FixedClock
from kernel.errors import ForbiddenError, InvalidError, NotFoundError
from tests.builders import Federation
from tests.desk.pages import Page
from tests.documents.uploads import TEXT
from tests.web.clients import post

AsUser = Callable[[str], FlaskClient]
WORDS = "反映处长收受礼金"
MAY, MAY_NOT = ("head@street", "leader@street"), ("clerk@street", "handler@street", "supervisor@street")
NOBODY = ("admin@street", "security@street", "auditor@street", "head@west")
#: 检举控告, and 打击报复 as a case type of its own.
CLASSES = ("13.01", "13.03")


@pytest.fixture(params=CLASSES)
def case(request: pytest.FixtureRequest, federation: Federation) -> Case:
    """Received by the clerk, given to the handler, with a file, and then found to be what it is."""
    federation.register(title="平常一件")
    parties = (
        NewParty(name="测试举报人", phone="13800005555"),
        NewParty(role="respondent", organisation="被反映单位甲"),
    )
    made = federation.register(title=WORDS, parties=parties)
    with federation.work("clerk@street") as work:
        attaching.attach(work, made.number, [Upload("材料.txt", TEXT)])
    federation.act("clerk@street", made.number, "triage", purpose="report", category=request.param, tier="hard")
    with federation.work_as_system("street") as work:
        # As if it had been given to somebody before anybody knew.
        work.session.execute(
            text("update cases set assignee_id = :user where id = :case"),
            {"user": federation.users["handler@street"].id, "case": made.id},
        )
    return made


def numbers(work: Work, **wanted: object) -> list[str]:
    return [found.number for found in queries.newest(work, Filter(**wanted)).cases]  # type: ignore[arg-type]


@pytest.mark.parametrize("who", [*MAY, *MAY_NOT, *NOBODY])
def test_lists_counts_search_file_papers_and_attachments(federation: Federation, case: Case, who: str) -> None:
    may = who in MAY
    with federation.work(who) as work:
        for wanted in ({}, {"q": "收受礼金"}, {"q": case.number}, {"flag": "sealed"}, {"category": "13"}):
            assert (case.number in numbers(work, **wanted)) is may, wanted
        assert may or case.number not in [found.number for found in queries.todo(work)]
        everything = dict.fromkeys(MAY, 2) | {"clerk@street": 1, "supervisor@street": 1}
        assert queries.counts(work)["open"] == everything.get(who, 0)
        if may:
            assert queries.file(work, case.number).case.sealed
            assert attaching.open_file(work, case.number, attachments.of_subject(work, case.id)[0].id).content == TEXT
            return
        for way in (
            lambda: queries.file(work, case.number),
            lambda: attaching.open_file(work, case.number, case.id),
            lambda: issuing.paper(work, case.number, case.id),
            lambda: dossiers.ask(work, case.number, "移送需要全卷"),
        ):
            with pytest.raises((NotFoundError, ForbiddenError)):
                way()


@pytest.mark.parametrize("who", [*MAY, *MAY_NOT])
def test_pages_search_by_person_workplaces_and_the_machines_door(
    as_user: AsUser, federation: Federation, case: Case, who: str
) -> None:
    may, browser = who in MAY, as_user(who)
    for address in ("/desk/", "/cases/", "/cases/?q=收受礼金", "/workplaces/", "/tasks/"):
        answer = browser.get(address)
        shown = WORDS in answer.text or case.number in answer.text
        assert not shown or may, address
    for address in ("", "/receipt", "/papers", "/files", "/identity/1", "/do/note"):
        answer = browser.get(f"/cases/{quote(case.number)}{address}")
        assert answer.status_code in ((200, 403, 404, 409) if may else (403, 404)), address
        assert may or WORDS not in answer.text, address
    found = post(browser, "/cases/person", {"phone": "13800005555", "reason": "核对来访人身份"})
    assert (case.number in found.text) is (may and found.status_code == 200)
    hint = post(browser, "/cases/new/earlier", {"parties.0.phone": "13800005555"})
    assert case.number not in hint.text or who == "head@street"


def test_the_number_beside_the_menu_letters_and_their_files(federation: Federation, case: Case) -> None:
    with federation.work("head@street") as work:
        sent = escalate(work, case.number, reason="需要上级直接办理", request="请纪检部门直接调查")
    for who, may in ((who, who in MAY) for who in (*MAY, *MAY_NOT)):
        with federation.work(who) as work:
            assert (sent.id in [view.letter.id for view in letters.outbox(work)]) is may, who
    for who, may in (("head@east", True), ("leader@east", True), ("clerk@east", False), ("supervisor@east", False)):
        with federation.work(who) as work:
            assert (sent.id in [view.letter.id for view in letters.inbox(work)]) is may, who
            assert may or badges.of(work).letters == 0, who
            if may:
                told = str(letters.get(work, sent.id).letter.snapshot)
                assert "被反映单位甲" not in told and "测试举报人" not in told


def test_notices_and_tasks_call_nobody_who_may_not_open_it(federation: Federation, case: Case) -> None:
    with federation.work("head@street") as work:
        escalate(work, case.number, reason="需要上级直接办理", request="请纪检部门直接调查")
    federation.clock = FixedClock(federation.clock.now() + timedelta(days=80))
    with federation.work_as_system("street") as work:
        sweep(work)
        open_ones = {str(federation.users[who].id) for who in MAY}
        for table in ("notices", "tasks"):
            rows = work.session.execute(
                text(f"select role, user_id::text as person, title, kind from {table} where link like :link"),
                {"link": f"%{case.number}%"},
            ).all()
            for row in rows:
                assert row.role in (None, Role.OFFICE_HEAD.value, Role.LEADER.value), (table, row.kind)
                if row.kind not in ("case.registered", "case.assigned"):
                    assert row.person is None or row.person in open_ones, (table, row.kind)
                assert WORDS not in row.title


def test_what_reaches_the_log_says_nothing_of_the_matter(as_user: AsUser, federation: Federation, case: Case) -> None:
    page = Page(as_user("auditor@street").get("/admin/audit/").text).visible
    assert WORDS not in page and "被反映单位甲" not in page and "测试举报人" not in page


def test_it_is_given_to_nobody_who_could_not_see_it(as_user: AsUser, federation: Federation, case: Case) -> None:
    browser, handler = as_user("head@street"), federation.users["handler@street"]
    path = f"/cases/{quote(case.number)}/do/accept"
    offered = Page(browser.get(path).text)
    assert handler.display_name not in offered.visible
    refused = post(browser, path, {"assignee": str(handler.id), "department": "", "procedure": ""})
    assert refused.status_code == 422
    assert "只能由信访部门负责人承办" in Page(refused.text).visible
    with pytest.raises(InvalidError, match="只能由信访部门负责人承办"):
        federation.act("head@street", case.number, "accept", assignee=str(handler.id))
