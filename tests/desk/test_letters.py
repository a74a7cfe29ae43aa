"""来往函件: both ends of an escalation, by their pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

from flask.testing import FlaskClient

from desk.letter_lines import begun_on
from dispatches.models import Letter, LetterEvent
from dispatches.queries import LetterView
from tenants import settings
from tests.builders import Federation
from tests.desk.pages import Page
from tests.web.clients import post
from tests.web.conftest import MovingClock

AsUser = Callable[[str], FlaskClient]

ASKED = {"reason": "涉及多家企业，本级无权决定。", "request": "请区总工会协调人社部门。"}


def upward(federation: Federation, number: str) -> dict[str, str]:
    """A filled-in form that sends a case of the street up."""
    return {
        "kind": "escalation",
        "case": number,
        "to": str(federation.ids["east"]),
        "subject": "反映三个月工资未发",
        **ASKED,
    }


def sent(federation: Federation, browser: FlaskClient, number: str) -> str:
    answer = post(browser, "/dispatches/new", upward(federation, number))
    assert answer.status_code == 303, Page(answer.text).visible
    return answer.location.rsplit("/", 1)[1]


def test_a_case_goes_up_and_comes_back_by_pages_alone(as_user: AsUser, federation: Federation) -> None:
    number = federation.accepted().number
    head, above = as_user("head@street"), as_user("head@east")
    assert "上报上级工会" in Page(head.get(f"/cases/{number}").text).visible
    letter = f"/dispatches/{sent(federation, head, number)}"
    assert "待上级签收" in Page(head.get("/dispatches/?box=out").text).visible
    assert Page(head.get(letter).text).primary == []

    assert ASKED["request"] in Page(above.get(letter).text).visible
    assert "反映三个月工资未发" in Page(above.get("/desk/").text).visible
    assert "签收" in above.get(letter).text
    assert post(above, f"{letter}/do/sign").status_code == 303
    assert Page(above.get(letter).text).primary == ["答复"]
    answer = post(above, f"{letter}/do/answer", {"text": "请按《社会保险法》第六十三条办理。"})
    assert answer.status_code == 303

    case = Page(head.get(f"/cases/{number}").text)
    assert case.primary == ["查看上级意见并继续办理"]
    assert "上级已答复" in case.visible
    page = Page(head.get(letter).text)
    assert "请按《社会保险法》第六十三条办理。" in page.visible
    assert page.primary == ["按上级意见继续办理"]
    assert "按上级意见继续办理" in Page(head.get("/desk/").text).visible
    back = post(head, f"{letter}/resume")
    assert back.status_code == 303
    assert "办理中" in Page(head.get(back.location).text).visible
    assert "已按上级意见继续办理。" not in Page(head.get("/desk/").text).visible  # told once, on the page before


def test_an_order_needs_a_date_and_keeps_its_text_until_it_has_one(as_user: AsUser, federation: Federation) -> None:
    number = federation.accepted().number
    letter = f"/dispatches/{sent(federation, as_user('head@street'), number)}"
    above = as_user("leader@east")
    post(above, f"{letter}/do/sign")
    assert as_user("leader@east").get(f"{letter}/do/order").status_code == 200
    answer = post(above, f"{letter}/do/order", {"text": "请于期限内办结并报结果。"})
    assert answer.status_code == 422
    page = Page(answer.text)
    assert page.value("text") == "请于期限内办结并报结果。"
    assert page.one("span", id="e-due_on")
    post(above, f"{letter}/do/order", {"text": "请于期限内办结并报结果。", "due_on": "2026-03-20"})
    below = Page(as_user("head@street").get(letter).text)
    assert "上级已交办" in below.visible
    assert "2026年3月20日" in below.visible


def test_signing_twice_is_told_and_changes_nothing(as_user: AsUser, federation: Federation) -> None:
    number = federation.accepted().number
    letter = f"/dispatches/{sent(federation, as_user('head@street'), number)}"
    assert post(as_user("head@east"), f"{letter}/do/sign").status_code == 303
    assert post(as_user("leader@east"), f"{letter}/do/sign").status_code == 409


def test_the_sender_cannot_answer_its_own_letter_and_a_third_union_sees_none(
    as_user: AsUser, federation: Federation
) -> None:
    number = federation.accepted().number
    letter = f"/dispatches/{sent(federation, as_user('head@street'), number)}"
    assert as_user("head@street").get(f"{letter}/do/answer").status_code == 403
    assert post(as_user("head@street"), f"{letter}/do/sign").status_code == 403
    for who in ("head@west", "head@city"):
        assert as_user(who).get(letter).status_code == 404
        assert post(as_user(who), f"{letter}/do/sign").status_code == 404
        assert post(as_user(who), f"{letter}/resume").status_code == 404
    assert as_user("head@east").get(f"/dispatches/{uuid4()}").status_code == 404


def test_a_letter_shows_no_identity_on_either_side(as_user: AsUser, federation: Federation) -> None:
    number = federation.accepted().number
    letter = f"/dispatches/{sent(federation, as_user('head@street'), number)}"
    for who in ("head@street", "head@east"):
        text = as_user(who).get(letter).text
        assert "测试甲" not in text
        assert "13800001111" not in text


def test_a_union_without_a_superior_has_no_way_up(as_user: AsUser, federation: Federation) -> None:
    number = federation.accepted("city").number
    head = as_user("head@city")
    assert "上报上级工会" not in Page(head.get(f"/cases/{number}").text).visible
    form = {"kind": "escalation", "case": number}
    assert "没有可以接收上报函的单位" in Page(head.get("/dispatches/new", query_string=form).text).visible
    assert post(head, "/dispatches/new", form | ASKED | {"to": str(federation.ids["east"])}).status_code == 422


def test_an_escalation_without_words_comes_back_with_its_fields(as_user: AsUser, federation: Federation) -> None:
    number = federation.accepted().number
    form = upward(federation, number) | {"reason": "", "request": "请协调解决"}
    answer = post(as_user("head@street"), "/dispatches/new", form)
    assert answer.status_code == 422
    page = Page(answer.text)
    assert page.one("span", id="e-reason")
    assert page.value("request") == "请协调解决"


def test_empty_boxes_say_so_in_words(as_user: AsUser) -> None:
    browser = as_user("head@street")
    assert "还没有收到函件" in Page(browser.get("/dispatches/").text).visible
    assert "还没有发出函件" in Page(browser.get("/dispatches/?box=out").text).visible


def test_the_list_of_letters_costs_the_same_however_long_it_is(
    as_user: AsUser, federation: Federation, statements: Callable[[], Any]
) -> None:
    head = as_user("head@street")
    sent(federation, head, federation.accepted().number)
    with statements() as few:
        head.get("/dispatches/?box=out")
    for _ in range(3):
        sent(federation, head, federation.accepted().number)
    with statements() as many:
        head.get("/dispatches/?box=out")
    assert len(many) == len(few) <= 6


def test_a_letters_lamp_burns_in_the_unions_own_bands(
    as_user: AsUser, federation: Federation, clock: MovingClock
) -> None:
    number = federation.accepted().number
    letter = f"/dispatches/{sent(federation, as_user('head@street'), number)}"
    clock.forward(days=6)  # of fifteen: forty per cent
    above = as_user("head@east")
    for page in (letter, "/dispatches/"):
        assert "绿灯 剩9天" in Page(above.get(page).text).visible
    with federation.work("admin@east") as work:
        settings.change(work, {"warning_bands": [10, 20, 85, 99]})
    for page in (letter, "/dispatches/", "/desk/"):
        assert "橙灯 剩9天" in Page(above.get(page).text).visible


def test_what_is_redone_begins_anew_and_an_extension_only_lengthens() -> None:
    first, again = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 20, tzinfo=UTC)
    letter = Letter(sent_at=first)

    def begun(*actions: str) -> date:
        events = tuple(LetterEvent(action=action, at=again) for action in actions)
        return begun_on(cast("LetterView", SimpleNamespace(letter=letter, events=events)))

    assert begun("send", "grant_extension") == date(2026, 3, 2)
    assert begun("send", "redo", "progress") == date(2026, 3, 20)
