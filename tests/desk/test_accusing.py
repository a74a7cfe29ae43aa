"""被反映人 on the desk: registered at the window, changed by whoever is not accused, shown to nobody who is."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from flask.testing import FlaskClient
from sqlalchemy import select

from cases import accused
from cases.models import Case, Party
from tests.builders import Federation
from tests.desk.pages import Page
from tests.web.clients import post

AsUser = Callable[[str], FlaskClient]
TYPED = {
    "channel": "visit",
    "title": "反映负责人收受礼金",
    "content": "反映信访部门负责人收受礼金的情况",
    "received_on": "2026-03-02",
    "headcount": "1",
    "parties.0.name": "测试甲",
    "parties.0.phone": "13800001111",
    "parties.1.name": "测试某",
}


def only(federation: Federation) -> Case:
    with federation.work_as_system("street") as work:
        return work.session.scalars(select(Case)).one()


def test_the_clerk_hands_out_the_receipt_and_does_not_see_the_file_again(
    as_user: AsUser, federation: Federation
) -> None:
    clerk, head = as_user("clerk@street"), federation.users["head@street"]
    page = clerk.get("/cases/new").text
    assert head.display_name in Page(page).visible
    form = TYPED | {f"accused_staff.{head.id}": "1", "token": Page(page).value("token")}
    answer = post(clerk, "/cases/new", form)
    case = only(federation)
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    seen = Page(answer.text).visible
    assert case.number in seen and "本件已按检举控告封闭办理" in seen and "查询码" in seen
    assert case.sealed and clerk.get(f"/cases/{case.number}").status_code == 404
    with federation.work_as_system("street") as work:
        assert accused.accused_of(work, case.id) == {head.id}
        party = work.session.scalars(select(Party).where(Party.role == "respondent")).one()
        assert party.name_sealed is not None and party.name_mask not in (None, "测试某")
    again = post(clerk, "/cases/new", form)
    assert again.status_code == 303 and "已经提交过" in clerk.get(again.headers["Location"]).text
    assert only(federation).id == case.id


def test_a_report_against_everybody_comes_back_with_where_to_go_and_what_was_typed(
    as_user: AsUser, federation: Federation
) -> None:
    everybody = {f"accused_staff.{federation.users[f'{name}@street'].id}": "1" for name in ("head", "leader")}
    answer = post(as_user("clerk@street"), "/cases/new", TYPED | everybody)
    assert answer.status_code == 422
    assert "请呈报上级工会（东区总工会" in Page(answer.text).visible and TYPED["title"] in answer.text
    assert all(f'name="{name}" value="1" checked' in answer.text for name in everybody)


def test_the_leader_reads_and_changes_the_list_and_the_head_finds_no_such_case(
    as_user: AsUser, federation: Federation
) -> None:
    head = federation.users["head@street"]
    case = federation.register(accused_staff=frozenset([head.id]))
    path = f"/cases/{quote(case.number)}"
    leader = as_user("leader@street")
    assert head.display_name in Page(leader.get(path).text).visible
    form = Page(leader.get(f"{path}/accused").text)
    refused = post(leader, f"{path}/accused", {"version": form.value("version"), "reason": ""})
    assert refused.status_code == 422 and "请写明理由" in refused.text
    for address in ("", "/accused", "/do/triage"):
        assert as_user("head@street").get(f"{path}{address}").status_code == 404, address
    handler = federation.users["handler@street"]
    saved = post(
        leader,
        f"{path}/accused",
        {"version": form.value("version"), "reason": "核实系同名", f"accused_staff.{handler.id}": "1"},
    )
    assert saved.status_code == 303
    assert handler.display_name in Page(as_user("head@street").get(path).text).visible
    stale = post(leader, f"{path}/accused", {"version": form.value("version"), "reason": "再改一次"})
    assert stale.status_code == 409


def test_naming_oneself_leads_back_to_the_desk(as_user: AsUser, federation: Federation) -> None:
    case = federation.register(accused_staff=frozenset([federation.users["handler@street"].id]))
    head, path = as_user("head@street"), f"/cases/{quote(case.number)}/accused"
    version = Page(head.get(path).text).value("version")
    me = f"accused_staff.{federation.users['head@street'].id}"
    saved = post(head, path, {"version": version, "reason": "本人应当回避", me: "1"})
    assert saved.status_code == 303 and saved.headers["Location"].endswith("/desk/")


def test_an_ordinary_case_has_no_such_page(as_user: AsUser, federation: Federation) -> None:
    case = federation.register()
    assert as_user("head@street").get(f"/cases/{quote(case.number)}/accused").status_code == 404
