"""发函: nothing goes twice, nobody is overwritten, and what goes along is what was shown."""

from __future__ import annotations

import io

from sqlalchemy import text

from dispatches import queries
from dispatches.services import act
from tests.builders import Federation
from tests.desk.pages import Page
from tests.desk.writing import PDF, WORDS, AsUser, count, form, letter_of
from tests.web.clients import post


def test_the_same_form_sent_twice_sends_once(as_user: AsUser, federation: Federation) -> None:
    head = as_user("head@east")
    fresh = Page(head.get(f"/dispatches/new?kind=assist&to={federation.ids['street']}").text)
    data = form(federation, "assist", "street", token=fresh.value("token"))
    first, second = post(head, "/dispatches/new", data), post(head, "/dispatches/new", data)
    assert first.location == second.location
    assert "没有重复发送" in Page(head.get(second.location).text).visible
    assert count(federation, "head@east") == 1


def test_a_case_that_somebody_else_changed_is_told_and_the_words_are_kept(
    as_user: AsUser, federation: Federation
) -> None:
    number = federation.accepted().number
    head = as_user("head@street")
    fresh = Page(head.get(f"/dispatches/new?kind=escalation&case={number}&to={federation.ids['east']}").text)
    federation.act("handler@street", number, "note", note="承办人先记了一笔")
    data = form(federation, "escalation", "east", case=number, version=fresh.value("version"))
    answer = post(head, "/dispatches/new", data)
    assert answer.status_code == 409
    page = Page(answer.text)
    assert page.value("reason") == WORDS["reason"]
    assert post(head, "/dispatches/new", data | {"version": page.value("version")}).status_code == 303


def test_a_circular_names_how_many_it_reaches_and_whom_it_does_not(as_user: AsUser, federation: Federation) -> None:
    with federation.database.transaction(0) as session:
        session.execute(text("update tenants set status = 'suspended' where slug = 'west'"))
    head = as_user("head@city")
    page = Page(head.get("/dispatches/new?kind=circular").text)
    assert "全部下级单位，共2个" in page.visible
    assert "西区总工会" in page.visible
    answer = post(head, "/dispatches/new", {"kind": "circular", "token": page.value("token"), **WORDS})
    assert answer.status_code == 303, Page(answer.text).visible
    assert count(federation, "head@city") == 2
    with federation.work("head@city") as work:
        one = queries.outbox(work)[0].letter.id
    shown = Page(head.get(f"/dispatches/{one}").text).visible
    assert "同一通报共发出2份。" in shown
    assert "没有收到的单位\n西区总工会" in shown
    for who in ("head@east", "head@street"):
        assert WORDS["subject"] in Page(as_user(who).get("/dispatches/").text).visible


def test_a_reminder_starts_on_its_letter_and_goes_to_whoever_holds_it(
    as_user: AsUser, federation: Federation
) -> None:
    head = as_user("head@east")
    view = letter_of(federation, "head@east", post(head, "/dispatches/new", form(federation, "assist", "street")))
    page = Page(head.get(f"/dispatches/{view.letter.id}").text)
    link = next(found["href"] for found in page.all("a") if "kind=urge" in found.get("href", ""))
    fresh = Page(head.get(link).text)
    assert fresh.value("subject") == f"催办：{view.letter.number}"
    data = {"kind": "urge", "refers": str(view.letter.id), "subject": fresh.value("subject")}
    urge = letter_of(federation, "head@east", post(head, "/dispatches/new", data | {"reason": fresh.value("reason")}))
    assert urge.letter.recipient_id == federation.ids["street"]
    assert view.letter.number in Page(head.get(f"/dispatches/{urge.letter.id}").text).visible
    assert "后续函件" in Page(head.get(f"/dispatches/{view.letter.id}").text).visible
    assert head.get("/dispatches/new?kind=urge").status_code == 303


def test_identities_are_offered_only_where_a_matter_is_handed_over(as_user: AsUser, federation: Federation) -> None:
    number = federation.accepted("east").number
    head = as_user("head@east")
    for kind, to, offered in (("order", "street", True), ("escalation", "city", False), ("assist", "street", True)):
        page = Page(head.get(f"/dispatches/new?kind={kind}&case={number}&to={federation.ids[to]}").text)
        assert bool(page.all("input", name="share_identity")) is offered, kind
        assert not page.checked("share_identity")
    secret = federation.accepted("east", confidential=True).number
    data = form(federation, "order", "street", case=secret, due_on="2026-03-20", share_identity="1")
    refused = post(head, "/dispatches/new", data)
    assert refused.status_code == 422
    page = Page(refused.text)
    assert "信访人要求保密" in page.visible
    assert page.checked("share_identity") == ["1"]
    confirmed = data | {"share_confirmed": "1", "share_reason": "信访人书面同意移交"}
    assert letter_of(federation, "head@east", post(head, "/dispatches/new", confirmed)).letter.kind == "order"


def test_papers_and_files_travel_as_copies_with_their_day(as_user: AsUser, federation: Federation) -> None:
    number = federation.accepted("east").number
    head = as_user("head@east")
    fresh = Page(head.get(f"/dispatches/new?kind=order&case={number}&to={federation.ids['street']}").text)
    paper = fresh.one("input", name="papers")["value"]
    data = form(federation, "order", "street", case=number, due_on="2026-03-20", papers=paper)
    files = {"files": (io.BytesIO(PDF), "情况说明.pdf"), "files_until": "2026-03-31"}
    view = letter_of(federation, "head@east", post(head, "/dispatches/new", data | files))
    page = Page(as_user("head@street").get(f"/dispatches/{view.letter.id}").text)
    assert "信访事项受理告知书" in page.visible
    assert "可查阅至2026年3月31日" in page.visible
    link = next(found["href"] for found in page.all("a") if "/files/" in found.get("href", ""))
    assert as_user("head@street").get(link).data == PDF
    assert as_user("head@west").get(link).status_code == 404


def test_what_came_back_is_sent_another_way_with_what_it_told(as_user: AsUser, federation: Federation) -> None:
    number = federation.accepted("east").number
    head = as_user("head@east")
    data = form(federation, "transfer", "street", case=number)
    view = letter_of(federation, "head@east", post(head, "/dispatches/new", data))
    with federation.work("head@street") as work:
        act(work, view.letter.id, "object", {"text": "该单位注册地在西区，不属于本单位职权范围。"})
    with federation.work("head@east") as work:
        act(work, view.letter.id, "agree_objection", {})
    page = Page(head.get(f"/dispatches/{view.letter.id}").text)
    again = next(
        found["href"] for found in page.all("a") if "改送" in page.visible and "kind=transfer" in found["href"]
    )
    chosen = Page(head.get(again).text)
    west = next(found["href"] for found in chosen.all("a") if f"to={federation.ids['west']}" in found["href"])
    ready = Page(head.get(west).text)
    assert number in ready.visible
    sent = form(federation, "transfer", "west", case=number, refers=str(view.letter.id))
    second = letter_of(federation, "head@east", post(head, "/dispatches/new", sent))
    assert second.letter.beyond_id == federation.ids["west"]
    assert second.refers_to == view.letter.id
