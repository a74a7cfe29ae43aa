"""发函: every kind, by its pages; nothing typed is lost, nothing goes twice, and what is shown is what is sent."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from desk.kinds import GROUPS, KIND_FORMS, Need
from dispatches.kinds import KIND_LABELS, RELATIONS, LetterKind
from dispatches.workflow import senders
from tenants import settings
from tests.builders import Federation
from tests.conftest import Stage
from tests.desk.pages import Page
from tests.desk.writing import PDF, WORDS, AsUser, count, form, letter_of
from tests.web.clients import post


def test_every_kind_that_a_person_sends_has_a_form_and_a_place_on_the_first_page() -> None:
    assert set(KIND_FORMS) == set(LetterKind) - {LetterKind.HANDOVER} == set(RELATIONS) - {LetterKind.HANDOVER}
    assert {kind for _heading, kinds in GROUPS for kind in kinds} == set(KIND_FORMS)


@pytest.mark.parametrize("who", ["clerk", "handler", "head", "leader", "supervisor"])
@pytest.mark.parametrize("slug", ["city", "east", "street"])
def test_the_first_page_offers_what_the_role_and_the_place_in_the_tree_allow(
    as_user: AsUser, federation: Federation, who: str, slug: str
) -> None:
    page = Page(as_user(f"{who}@{slug}").get("/dispatches/new").text)
    offered = {link["href"] for link in page.all("a") if "kind=" in link.get("href", "")}
    above, below = {"up", "sideways"} if slug != "city" else set(), {"down"} if slug != "street" else set()
    expected = {
        f"/dispatches/new?kind={kind.value}"
        for kind in KIND_FORMS
        if kind is not LetterKind.URGE
        and KIND_FORMS[kind].case is not Need.MUST
        and {way.value for way in RELATIONS[kind]} & (above | below)
        and senders(kind) & federation.actor(f"{who}@{slug}").roles
    }
    assert offered == expected
    if not expected:
        assert "没有可以发出的函件" in page.visible


def test_a_kind_that_the_role_may_not_send_is_refused(as_user: AsUser, federation: Federation) -> None:
    clerk = as_user("clerk@east")
    assert clerk.get("/dispatches/new?kind=order").status_code == 403
    assert post(clerk, "/dispatches/new", form(federation, "order", "street")).status_code == 403
    assert as_user("head@east").get("/dispatches/new?kind=handover").status_code == 404


def test_addressees_come_nearest_first_and_a_skipped_level_says_that_it_needs_a_reason(
    as_user: AsUser, federation: Federation
) -> None:
    number = federation.accepted().number
    head = as_user("head@street")
    page = Page(head.get(f"/dispatches/new?kind=escalation&case={number}").text)
    assert page.visible.index("东区总工会") < page.visible.index("测试市总工会")
    assert "越1级，须写明理由" in page.visible
    found = Page(head.get(f"/dispatches/new?kind=escalation&case={number}&q=测试市").text)
    assert "东区总工会" not in found.visible
    assert "没有名称含“无此”" in Page(head.get("/dispatches/new?kind=report&q=无此").text).visible


def test_whoever_the_kind_does_not_reach_is_not_accepted_from_the_address(
    as_user: AsUser, federation: Federation
) -> None:
    head = as_user("head@east")
    for to in (federation.ids["west"], federation.ids["city"], federation.ids["east"], 0, 999_999, "x"):
        answer = head.get(f"/dispatches/new?kind=order&to={to}")
        assert "不能发给所选单位" in Page(answer.text).visible, to
        refused = post(head, "/dispatches/new", {"kind": "order", "to": str(to), **WORDS})
        assert refused.status_code == 422, to
    assert count(federation, "head@east") == 0


def test_thousands_of_unions_are_found_by_name_on_a_short_page(
    as_user: AsUser, federation: Federation, clean: Stage, statements: Callable[[], Any]
) -> None:
    head = as_user("head@city")
    head.get("/dispatches/new?kind=order")
    with statements() as few:
        head.get("/dispatches/new?kind=order")
    with federation.database.transaction(0) as session:
        session.execute(
            text(
                "insert into tenants (id, slug, name, short_name, kind, code, parent_id, level)"
                " select 100000 + n, 'unit-' || n, '单位' || n || '工会', '单位', 'grassroots', '码' || n, :city, 2"
                " from generate_series(1, 2000) n"
            ),
            {"city": federation.ids["city"]},
        )
        session.execute(
            text(
                "insert into tenant_closure (ancestor_id, descendant_id, depth)"
                " select :city, 100000 + n, 1 from generate_series(1, 2000) n"
            ),
            {"city": federation.ids["city"]},
        )
    with statements() as many:
        page = Page(head.get("/dispatches/new?kind=order").text)
    assert len(many) == len(few)
    assert "只列出前50个单位" in page.visible
    assert len([link for link in page.all("a") if "&to=" in link.get("href", "")]) == 50
    found = Page(head.get("/dispatches/new?kind=order&q=单位1999工会").text)
    assert [link["href"].split("to=")[1] for link in found.all("a") if "to=" in link.get("href", "")] == ["101999"]


def test_an_escalation_over_a_head_needs_its_reason_and_is_counted(as_user: AsUser, federation: Federation) -> None:
    number = federation.accepted().number
    head = as_user("head@street")
    data = form(federation, "escalation", "city", case=number)
    refused = post(head, "/dispatches/new", data)
    assert refused.status_code == 422
    page = Page(refused.text)
    assert page.one("span", id="e-skip_reason")
    assert page.value("reason") == WORDS["reason"]
    view = letter_of(federation, "head@street", post(head, "/dispatches/new", data | {"skip_reason": "区总工会回避"}))
    assert (view.letter.skipped, view.letter.skip_reason) == (1, "区总工会回避")
    assert "越1级" in Page(head.get(f"/dispatches/{view.letter.id}").text).visible


SENT: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    ("head@east", "order", "street", {"due_on": "2026-03-20"}),
    ("head@east", "assist", "street", {}),
    ("supervisor@east", "supervision", "street", {"details.trigger": "overdue", "details.ladder": "supervise"}),
    ("leader@east", "file_request", "street", {}),
    ("head@street", "report", "east", {}),
    ("head@east", "dispute", "west", {}),
    ("head@east", "transfer", "west", {}),
    ("head@east", "assist", "west", {}),
)


@pytest.mark.parametrize(("who", "kind", "to", "more"), SENT)
def test_a_letter_of_each_kind_goes_by_its_form_and_stands_in_both_boxes(
    as_user: AsUser, federation: Federation, who: str, kind: str, to: str, more: dict[str, str]
) -> None:
    sender = as_user(who)
    fresh = Page(sender.get("/dispatches/new", query_string={"kind": kind, "to": federation.ids[to]}).text)
    assert fresh.primary == ["发出"]
    data = form(federation, kind, to, token=fresh.value("token"), **more)
    view = letter_of(federation, who, post(sender, "/dispatches/new", data))
    label = KIND_LABELS[LetterKind(kind)]
    assert label in Page(sender.get("/dispatches/?box=out").text).visible
    holder = "city" if kind in ("dispute", "transfer") or (kind, to) == ("assist", "west") else to
    page = Page(as_user(f"head@{holder}").get(f"/dispatches/{view.letter.id}").text)
    assert WORDS["reason"] in page.visible
    assert page.primary == ["签收"]
    assert (view.letter.beyond_id is not None) == (holder != to)


def test_a_case_goes_along_as_it_was_shown_and_without_its_people(as_user: AsUser, federation: Federation) -> None:
    number = federation.accepted().number
    head = as_user("head@street")
    data = form(
        federation, "escalation", "east", case=number, reason="测试甲多次到访，电话13800001111，本级无权决定。"
    )
    shown = post(head, "/dispatches/new", data | {"step": "preview"})
    assert shown.status_code == 200
    page = Page(shown.text)
    assert "对方将看到" in page.visible
    assert page.value("reason") == data["reason"]
    preview = shown.text[shown.text.index('id="preview"') :]
    for words in ("测试甲", "13800001111"):
        assert words not in preview
    assert "138****1111" in preview
    assert count(federation, "head@street") == 0
    view = letter_of(federation, "head@street", post(head, "/dispatches/new", data))
    there = Page(as_user("head@east").get(f"/dispatches/{view.letter.id}").text).visible
    assert view.letter.reason in Page(preview).visible
    for words in (view.letter.reason, number, "拖欠工资", "测试厂"):
        assert words in there
        assert words in Page(preview).visible


def test_mistakes_stand_beside_their_fields_and_nothing_typed_is_lost(
    as_user: AsUser, federation: Federation
) -> None:
    head = as_user("head@east")
    data = form(federation, "order", "street", due_on="", request="短", reason="写了很久的理由，不能丢掉。")
    answer = post(head, "/dispatches/new", data | {"files": (io.BytesIO(PDF), "说明.pdf")})
    assert answer.status_code == 422
    page = Page(answer.text)
    assert page.one("span", id="e-due_on")
    assert page.one("span", id="e-request")
    assert page.value("reason") == data["reason"]
    assert "附件需要重新选择：说明.pdf" in page.visible
    assert count(federation, "head@east") == 0


def test_a_supervision_keeps_its_choices_and_says_what_is_wrong_with_its_figures(
    as_user: AsUser, federation: Federation
) -> None:
    head = as_user("head@east")
    figures = {
        "details.trigger": "overdue",
        "details.ladder": "talk",
        "details.suggestion": "improve",
        "details.count": "许多",
        "details.from": "2026-03-01",
        "details.to": "2026-02-01",
    }
    answer = post(head, "/dispatches/new", form(federation, "supervision", "street", **figures))
    assert answer.status_code == 422
    page = Page(answer.text)
    assert page.one("span", id="e-details-count")
    assert page.checked("details.ladder") == ["talk"]
    assert page.checked("details.suggestion") == ["improve"]
    assert page.value("details.count") == "许多"
    good = figures | {"details.count": "12", "details.from": "2026-01-01"}
    view = letter_of(
        federation, "head@east", post(head, "/dispatches/new", form(federation, "supervision", "street", **good))
    )
    shown = Page(as_user("head@street").get(f"/dispatches/{view.letter.id}").text).visible
    for words in ("无正当理由未按期办结", "约谈", "改进工作建议", "12件", "2026年1月1日至2026年2月1日"):
        assert words in shown


def test_a_supervision_proposes_the_days_that_the_union_set(as_user: AsUser, federation: Federation) -> None:
    with federation.work("admin@east") as work:
        settings.change(work, {"supervision_days": 21})
    address = f"/dispatches/new?kind=supervision&to={federation.ids['street']}"
    assert Page(as_user("supervisor@east").get(address).text).value("due_on") == "2026-03-23"
