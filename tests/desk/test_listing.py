"""信访件: the list and its filters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import date
from typing import Any

from flask.testing import FlaskClient

from cases.intake import NewParty
from cases.marks import FLAGS
from cases.queries import BANDS, Filter
from desk.listing import BAND_LABELS, FLAG_LABELS, READERS, read_filter
from tests.builders import Federation
from tests.desk.pages import Page

AsUser = Callable[[str], FlaskClient]


def test_every_key_of_the_filter_can_be_asked_for_in_the_address() -> None:
    assert set(READERS) == {field.name for field in fields(Filter)}


def test_every_band_and_mark_of_the_filter_has_its_word() -> None:
    assert set(BAND_LABELS) == set(BANDS)
    assert set(FLAG_LABELS) == set(FLAGS)


def test_words_tier_band_and_mark_narrow_the_list_and_stay_in_the_address(
    as_user: AsUser, federation: Federation
) -> None:
    federation.register(title="拖欠工资三个月", urgent=True)
    federation.register(title="拖欠工资一年")
    case = federation.register(title="宿舍漏水")
    federation.act("clerk@street", case.number, "triage", purpose="request", category="01.01", tier="hard")
    browser = as_user("clerk@street")
    page = Page(browser.get("/cases/?q=拖欠工资&flag=urgent&band=fortnight").text)
    assert "拖欠工资三个月" in page.visible
    assert "拖欠工资一年" not in page.visible
    without = [link["href"] for link in page.all("a", class_="chip")]
    assert any("flag=urgent" in address and "band" not in address for address in without)
    assert "宿舍漏水" in Page(browser.get("/cases/?tier=hard").text).visible
    assert "宿舍漏水" not in Page(browser.get("/cases/?tier=simple").text).visible
    assert browser.get("/cases/?flag=nonsense").status_code == 422
    assert browser.get("/cases/?band=nonsense").status_code == 422


def test_a_telephone_in_the_search_box_is_sent_to_the_page_for_persons(
    as_user: AsUser, federation: Federation
) -> None:
    answer = as_user("clerk@street").get("/cases/?q=13800001111")
    assert answer.status_code == 422
    assert "按信访人查找" in Page(answer.text).visible


def test_what_cannot_be_read_is_named_and_nothing_else_is_lost(as_user: AsUser, federation: Federation) -> None:
    wanted, problems = read_filter({"channel": "call"})
    assert (wanted.channel, problems) == ("call", {})
    answer = as_user("clerk@street").get("/cases/?due_from=31.12.2026&status=nonsense")
    assert answer.status_code == 422
    assert "31.12.2026" in Page(answer.text).visible


def test_filters_of_the_address_choose_the_cases_and_can_be_taken_off(
    as_user: AsUser, federation: Federation
) -> None:
    federation.register(title="来电的一件", channel="call")
    federation.register(title="来访的一件", channel="visit")
    federation.register(title="很久以前收到的一件", received_on=date(2026, 1, 5))
    browser = as_user("clerk@street")
    page = Page(browser.get("/cases/?channel=call&registered_from=2026-03-01").text)
    assert "来电的一件" in page.visible
    assert "来访的一件" not in page.visible
    without = [link["href"] for link in page.all("a", class_="chip")]
    assert "/cases/?registered_from=2026-03-01" in without
    late = Page(browser.get("/cases/?overdue=1").text).visible
    assert "很久以前收到的一件" in late
    assert "来电的一件" not in late


def test_fifty_a_page_and_the_next_page_goes_on_where_the_first_ended(
    as_user: AsUser, federation: Federation
) -> None:
    for place in range(51):
        federation.register(title=f"第{place:03d}号事项")
    browser = as_user("clerk@street")
    first = Page(browser.get("/cases/?channel=visit").text)
    assert len(first.all("td", class_="title")) == 50
    assert "第000号事项" not in first.visible
    forward = next(link["href"] for link in first.all("a") if "cursor=" in link.get("href", ""))
    second = Page(browser.get(forward).text)
    assert "channel=visit" in forward
    assert second.visible.count("号事项") == 1
    assert "第000号事项" in second.visible
    assert browser.get("/cases/?cursor=nonsense").status_code == 422


def test_no_list_shows_a_name_or_a_telephone(as_user: AsUser, federation: Federation) -> None:
    federation.register(parties=(NewParty(name="欧阳测试", phone="13912345678"),))
    for path in ("/desk/", "/cases/"):
        text = as_user("clerk@street").get(path).text
        assert "欧阳" not in text
        assert "139****5678" not in text


def test_another_union_sees_none_of_it(as_user: AsUser, federation: Federation) -> None:
    federation.register(title="街道的一件")
    for who in ("head@east", "leader@city", "clerk@west"):
        assert "街道的一件" not in as_user(who).get("/cases/").text


def test_the_list_costs_the_same_number_of_statements_however_long_it_is(
    as_user: AsUser, federation: Federation, statements: Callable[[], Any]
) -> None:
    browser = as_user("clerk@street")
    federation.register()
    with statements() as few:
        browser.get("/cases/")
    for _ in range(9):
        federation.register()
    with statements() as many:
        browser.get("/cases/")
    assert len(many) == len(few) <= 9
    with statements() as searched:
        browser.get("/cases/?q=工资")
    assert len(searched) == len(few) + 1, "how common the words are is asked before the page is"
