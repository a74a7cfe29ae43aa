"""By number and code to one case and to no other; wrong numbers and wrong codes cannot be told apart."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from cases.query_codes import give_by_number, new_code, spaced
from tenants.settings import change
from tests.builders import Federation
from tests.portal.visitors import act, enter, filed, hidden, visit
from tests.web.clients import login
from tests.web.conftest import MovingClock


def coded(federation: Federation, number: str, slug: str = "street") -> str:
    with federation.work(f"clerk@{slug}") as work:
        return spaced(give_by_number(work, number))


def test_the_page_tells_progress_dates_and_whom_to_ask_and_no_person(
    client: FlaskClient, clock: MovingClock, federation: Federation
) -> None:
    case = federation.accepted()
    page = visit(client, case.number, coded(federation, case.number))
    for words in ("正在办理", "2026年5月6日", "办结并书面答复您", "信访事项受理告知书", "东一街道工会联合会"):
        assert words in page, words
    for words in ("测试甲", "13800001111", "测试承办人", "测试登记员", "反映三个月工资未发", "讨要未果", "测试厂"):
        assert words not in page, words
    with federation.work("admin@street") as work:
        change(work, {"portal_contact": "person"})
    assert "测试承办人" in client.get("/portal/street/track").text


def test_a_number_may_be_typed_as_people_type(
    client: FlaskClient, clock: MovingClock, federation: Federation
) -> None:
    number, code = filed(client, clock)
    year, last = re.findall(r"\d+", number)
    sloppy = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    for typed in (number, f"{year}-{int(last)}", f"东一工信[{year}]{last}号", f"{year}{last}", f" {number} "):
        assert enter(client, typed, sloppy).status_code == 303, typed


def test_a_wrong_number_and_a_wrong_code_get_the_same_answer(
    client: FlaskClient, clock: MovingClock, federation: Federation
) -> None:
    number, code = filed(client, clock)
    other, _other_code = filed(client, clock, what="另一件事情")
    wrong = [(number, spaced(new_code())), (other, code), ("2026-999", code), ("2026-999", "x"), (number, "")]
    answers = [enter(client.application.test_client(), *pair) for pair in wrong]
    assert {answer.status_code for answer in answers} == {422}

    def plain(page: str, typed: str) -> str:
        return re.sub(r'name="csrf_token" value="[^"]*"', "", page).replace(typed, "TYPED")

    pages = {plain(answer.text, pair[0]) for answer, pair in zip(answers, wrong, strict=True)}
    assert len(pages) == 1
    assert all("Set-Cookie" not in a.headers or "lianxin-case" not in a.headers["Set-Cookie"] for a in answers)
    assert code not in pages.pop()


def test_a_code_of_one_union_opens_nothing_in_another(
    client: FlaskClient, clock: MovingClock, federation: Federation
) -> None:
    number, code = filed(client, clock, "street")
    theirs, _code = filed(client, clock, "east")
    for slug, asked in (("east", number), ("east", theirs), ("city", number), ("west", number)):
        assert enter(client.application.test_client(), asked, code, slug).status_code == 422, slug
    # A visit of one union is none in another either, even where a browser is made to send its cookie there.
    assert enter(client, number, code).status_code == 303
    cookie = client.get_cookie("lianxin-case", path="/portal/street/")
    assert cookie is not None
    client.set_cookie("lianxin-case", cookie.value, path="/portal/east/")
    assert "查询码" in client.get("/portal/east/track").text and theirs not in client.get("/portal/east/track").text


def test_guessing_ends_soon_for_a_number_and_for_a_network(
    client: FlaskClient, clock: MovingClock, federation: Federation, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, code = filed(client, clock)
    statuses = [enter(client, number, spaced(new_code())).status_code for _turn in range(12)]
    assert statuses == [422] * 10 + [429] * 2
    # Locked for the right code as well, so that an answer tells nothing; other numbers are not.
    assert enter(client, number, code).status_code == 429
    assert enter(client, "2026-777", code).status_code == 422
    clock.forward(minutes=16)
    assert enter(client, number, code).status_code == 303
    monkeypatch.setattr("portal.tracking.PER_NETWORK", 3)
    tried = [enter(client, f"2026-{place}", spaced(new_code())).status_code for place in range(500, 505)]
    assert tried[-1] == 429


def test_number_and_code_are_in_no_address_and_no_cookie(
    client: FlaskClient, clock: MovingClock, federation: Federation
) -> None:
    number, code = filed(client, clock)
    answer = enter(client, number, code)
    cookie = next(value for value in answer.headers.getlist("Set-Cookie") if "lianxin-case" in value)
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/portal/street/" in cookie
    for words in (code, code.replace("-", ""), number, "000001"):
        assert words not in cookie and words not in answer.headers["Location"]
    page = client.get("/portal/street/track")
    assert page.headers["Cache-Control"] == "no-store" and page.headers["Referrer-Policy"] == "no-referrer"
    assert code not in page.text


def test_a_visit_ends_by_time_by_leaving_and_with_a_new_code(
    client: FlaskClient, clock: MovingClock, federation: Federation
) -> None:
    number, code = filed(client, clock)
    assert number in visit(client, number, code)
    clock.forward(minutes=15)
    assert number in client.get("/portal/street/track").text
    clock.forward(minutes=15)
    assert number in client.get("/portal/street/track").text
    clock.forward(minutes=21)
    assert number not in client.get("/portal/street/track").text
    assert act_is_refused(client)
    visit(client, number, code)
    assert act(client, "leave").status_code == 303
    assert number not in client.get("/portal/street/track").text
    visit(client, number, code)
    fresh = coded(federation, number)
    assert number not in client.get("/portal/street/track").text
    assert enter(client, number, code).status_code == 422
    assert enter(client, number, fresh).status_code == 303


def act_is_refused(client: FlaskClient) -> bool:
    answer = act(client, "material", {"words": "补充"})
    return answer.status_code == 303 and "ended=1" in answer.headers["Location"]


def test_a_visit_ends_after_two_hours_however_busy(
    client: FlaskClient, clock: MovingClock, federation: Federation
) -> None:
    number, code = filed(client, clock)
    visit(client, number, code)
    for _turn in range(8):
        clock.forward(minutes=14)
        assert number in client.get("/portal/street/track").text
    clock.forward(minutes=14)
    assert number not in client.get("/portal/street/track").text


def test_the_clerks_receipt_shows_the_code_once_and_a_new_one_ends_the_old(
    client: FlaskClient, clock: MovingClock, federation: Federation
) -> None:
    login(client, "clerk@street")
    page = client.get("/cases/new").text
    token = hidden(page, "csrf_token")
    form = {
        "csrf_token": token,
        "token": hidden(page, "token"),
        "channel": "visit",
        "title": "反映食堂卫生",
        "content": "食堂卫生不好。",
        "received_on": "2026-03-02",
        "parties.0.name": "测试丁",
    }
    made = client.post("/cases/new", data=form)
    receipt = client.get(made.headers["Location"]).text
    shown = re.search(r'code-shown">([^<]+)<', receipt)
    assert shown is not None and "/portal/street/track" in receipt and 'class="qr"' in receipt
    again = client.get(made.headers["Location"]).text
    assert "code-shown" not in again and "重新发放查询码" in again
    number = re.search(r"东一工信〔\d+〕\d+", receipt).group(0)  # type: ignore[union-attr]
    worker = client.application.test_client()
    assert enter(worker, number, shown.group(1)).status_code == 303
    anew = client.post(f"/cases/{number}/code", data={"csrf_token": token}, follow_redirects=True).text
    fresh = re.search(r'code-shown">([^<]+)<', anew)
    assert fresh is not None and fresh.group(1) != shown.group(1)
    assert enter(worker, number, shown.group(1)).status_code == 422
    assert enter(worker, number, fresh.group(1)).status_code == 303
    assert "重新发放查询码，原码作废" in client.get(f"/cases/{number}").text


def test_a_handler_gives_no_code_to_a_case_of_somebody_else(
    client: FlaskClient, clock: MovingClock, federation: Federation
) -> None:
    case = federation.register()
    for who in ("handler@street", "leader@street", "head@east"):
        browser = client.application.test_client()
        login(browser, who)
        token = hidden(browser.get("/password").text, "csrf_token")
        assert browser.post(f"/cases/{case.number}/code", data={"csrf_token": token}).status_code in (403, 404), who
