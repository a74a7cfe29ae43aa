"""登记."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from cases.models import Case, Claim, Party
from tests.builders import Federation
from tests.desk.pages import Page
from tests.web.clients import post, token

AsUser = Callable[[str], FlaskClient]


def a_form(**changes: Any) -> dict[str, Any]:
    return {
        "token": str(uuid4()),
        "channel": "visit",
        "received_on": "2026-03-02",
        "parties.0.name": "测试乙",
        "parties.0.phone": "138 0000 2222",
        "parties.0.subject_type": "migrant",
        "parties.1.organisation": "测试物流公司",
        "title": "反映加班费未付",
        "content": "去年下半年加班费一直未付。",
        "claims": "补发加班费\n\n说明计算办法",
        "headcount": "1",
    } | changes


def registered(federation: Federation, slug: str = "street") -> list[Case]:
    with federation.database.transaction(federation.ids[slug]) as session:
        return list(session.scalars(select(Case).order_by(Case.registered_at, Case.id)))


def test_a_sent_form_is_a_case_with_a_receipt_that_says_what_happens_next_and_by_when(
    as_user: AsUser, federation: Federation
) -> None:
    browser = as_user("clerk@street")
    answer = post(browser, "/cases/new", a_form())
    assert answer.status_code == 303
    receipt = Page(browser.get(answer.location).text)
    (case,) = registered(federation)
    assert case.number in receipt.visible
    assert "2026年3月17日" in receipt.visible
    assert "测试乙" not in receipt.visible
    assert "补发加班费" in receipt.visible
    with federation.database.transaction(federation.ids["street"]) as session:
        roles = session.execute(select(Party.role, Party.organisation).order_by(Party.position)).all()
    assert [tuple(row) for row in roles] == [("petitioner", None), ("respondent", "测试物流公司")]


def test_all_four_channels_and_all_kinds_of_parties_fit_the_one_form(as_user: AsUser, federation: Federation) -> None:
    browser = as_user("handler@street")
    for channel in ("visit", "letter", "call", "online"):
        assert post(browser, "/cases/new", a_form(channel=channel)).status_code == 303
    many = {f"parties.{slot}.name": f"代表{slot}" for slot in range(3, 8)}
    answer = post(browser, "/cases/new", a_form(headcount="6", **{"parties.2.name": "受影响的人"}, **many))
    assert answer.status_code == 303
    case = registered(federation)[-1]
    assert case.collective
    with federation.database.transaction(federation.ids["street"]) as session:
        statement = select(Party.role).where(Party.case_id == case.id).order_by(Party.position)
        roles = session.scalars(statement).all()
    assert list(roles) == ["petitioner", "respondent", "affected", *["representative"] * 5]


def test_an_anonymous_letter_needs_no_name(as_user: AsUser, federation: Federation) -> None:
    form = a_form(channel="letter", anonymous="1", **{"parties.0.name": "", "parties.0.phone": ""})
    form["parties.0.subject_type"] = ""
    assert post(as_user("clerk@street"), "/cases/new", form).status_code == 303
    assert registered(federation)[0].anonymous


def test_mistakes_stand_beside_their_fields_and_everything_typed_is_kept(
    as_user: AsUser, federation: Federation
) -> None:
    form = a_form(
        title="",
        received_on="",
        headcount="很多",
        urgent="1",
        channel="call",
        **{"parties.0.phone": "12345", "parties.3.phone": "999", "parties.3.name": "代表甲"},
    )
    answer = post(as_user("clerk@street"), "/cases/new", form)
    assert answer.status_code == 422
    page = Page(answer.text)
    for name, sentence in {
        "title": "请填写标题",
        "received_on": "请填写收到日期",
        "headcount": "人数应填数字",
        "parties-0-phone": "电话号码格式不正确",
        "parties-3-phone": "电话号码格式不正确",
    }.items():
        assert page.one("span", id=f"e-{name}")
        assert page.one("a", href=f"#f-{name}")
        assert sentence in page.visible
    assert page.value("content") == form["content"]
    assert [page.value(f"claims.{place}") for place in (0, 1)] == ["补发加班费", "说明计算办法"]
    assert page.value("parties.0.phone") == "12345"
    assert page.value("headcount") == "很多"
    assert page.value("token") == form["token"]
    assert page.checked("channel") == ["call"]
    assert page.checked("urgent") == ["1"]
    assert registered(federation) == []


def test_every_mistake_has_a_field_to_link_to(as_user: AsUser) -> None:
    page = Page(post(as_user("clerk@street"), "/cases/new", {"token": str(uuid4())}).text)
    targets = [link["href"][1:] for link in page.all("a") if link.get("href", "").startswith("#f-")]
    assert targets
    for target in targets:
        assert any(attributes.get("id") == target for _tag, attributes in page.tags), target


def test_a_sixth_representative_is_refused_with_its_article_and_nothing_is_lost(
    as_user: AsUser, federation: Federation
) -> None:
    browser = as_user("clerk@street")
    many = {f"parties.{slot}.name": f"代表{slot}" for slot in range(3, 8)}
    shown = post(
        browser, "/cases/new", a_form(add="representatives", **{"rows.representatives": "2", "parties.3.name": "甲"})
    )
    assert shown.status_code == 200
    assert Page(shown.text).value("parties.5.name") == ""
    full = post(browser, "/cases/new", a_form(add="representatives", **{"rows.representatives": "5"}, **many))
    assert full.status_code == 422
    page = Page(full.text)
    assert "第二十条" in page.visible
    assert page.value("parties.7.name") == "代表7"
    assert page.value("content") == a_form()["content"]
    sixth = post(browser, "/cases/new", a_form(**many, **{"parties.8.name": "第六位"}))
    assert sixth.status_code == 422
    assert "代表不得超过5人（《信访工作条例》第二十条）" in Page(sixth.text).visible
    assert Page(sixth.text).value("parties.8.name") == "第六位"
    assert registered(federation) == []


def test_claims_and_parties_get_one_row_more_without_a_script_and_nothing_is_lost(
    as_user: AsUser, federation: Federation
) -> None:
    browser = as_user("clerk@street")
    form = a_form(**{"parties.2.name": "测试丙"}) | {"claims": "", "claims.0": "补发加班费", "rows.claims": "1"}
    more = Page(post(browser, "/cases/new", form | {"add": "claims"}).text)
    assert (more.value("claims.0"), more.value("claims.1")) == ("补发加班费", "")
    assert "autofocus" in more.one("input", name="claims.1"), "whoever asked for a row types on"
    for group, slot in (("respondents", "parties.10.organisation"), ("affected", "parties.14.name")):
        page = Page(post(browser, "/cases/new", form | {"add": group}).text)
        assert page.value(slot) == "" and page.value("content") == form["content"], group
    full = {f"claims.{place}": f"诉求{place}" for place in range(20)} | {"rows.claims": "20"}
    refused = post(browser, "/cases/new", form | full | {"add": "claims"})
    assert refused.status_code == 422 and "诉求不能超过20项" in Page(refused.text).visible
    kept = {"claims.0": "补发加班费", "claims.1": "说明计算办法", "rows.claims": "2"}
    others = {"parties.10.organisation": "测试二厂", "parties.14.name": "测试丁"}
    assert post(browser, "/cases/new", form | kept | others).status_code == 303
    with federation.database.transaction(federation.ids["street"]) as session:
        assert session.scalars(select(Claim.text).order_by(Claim.position)).all() == ["补发加班费", "说明计算办法"]
        roles = session.execute(select(Party.role, Party.organisation).order_by(Party.position)).all()
    assert [tuple(row) for row in roles] == [
        ("petitioner", None),
        ("respondent", "测试物流公司"),
        ("affected", None),
        ("respondent", "测试二厂"),
        ("affected", None),
    ]


def test_how_it_came_its_aim_and_an_agent_are_kept_and_shown(as_user: AsUser, federation: Federation) -> None:
    browser = as_user("clerk@street")
    form = a_form(
        way="leader_reception",
        aim="尽快拿到工资",
        background="去年找过单位两次",
        first_in_system="yes",
        **{
            "arrival.reception_mode": "reception_day",
            "arrival.leader": "测试领导",
            "parties.9.name": "测试代理",
            "parties.9.authority": "general",
        },
    )
    assert post(browser, "/cases/new", form).status_code == 303
    (case,) = registered(federation)
    page = Page(browser.get(f"/cases/{case.number}").text).visible
    for words in ("领导接访", "接待日", "测试领导", "尽快拿到工资", "去年找过单位两次", "一般代理", "代理人"):
        assert words in page, words
    wrong = post(
        browser, "/cases/new", form | {"token": str(uuid4()), "channel": "letter", "parties.9.authority": ""}
    )
    assert wrong.status_code == 422
    seen = Page(wrong.text)
    for name in ("way", "arrival-reception_mode", "parties-9-authority"):
        assert seen.one("span", id=f"e-{name}")


def test_who_stays_anonymous_is_told_what_follows(as_user: AsUser, federation: Federation) -> None:
    browser = as_user("clerk@street")
    assert "无法书面告知" in Page(browser.get("/cases/new").text).visible
    form = a_form(anonymous="1", **{"parties.0.name": "", "parties.0.phone": "", "parties.0.subject_type": ""})
    answer = post(browser, "/cases/new", form)
    assert "凭编号查询" in Page(browser.get(answer.location).text).visible


def test_enter_in_a_field_registers_and_does_not_add_a_row(as_user: AsUser) -> None:
    text = as_user("clerk@street").get("/cases/new").text
    buttons = Page(text[text.index("data-quick-send") :]).all("button", type="submit")
    assert "name" not in buttons[0]


def test_a_form_sent_twice_registers_once(as_user: AsUser, federation: Federation) -> None:
    browser = as_user("clerk@street")
    form = a_form()
    first = post(browser, "/cases/new", form)
    second = post(browser, "/cases/new", form)
    assert first.location == second.location
    assert len(registered(federation)) == 1
    assert "没有重复登记" in Page(browser.get(second.location).text).visible


def test_a_form_sent_twice_at_the_same_moment_registers_once(
    app: Flask, as_user: AsUser, federation: Federation
) -> None:
    browser = as_user("clerk@street")
    form = a_form() | {"csrf_token": token(browser)}
    cookie = browser.get_cookie("lianxin")
    assert cookie is not None

    def send(_place: int) -> tuple[int, str]:
        other = app.test_client()
        other.set_cookie("lianxin", cookie.value)
        answer = other.post("/cases/new", data=form)
        return answer.status_code, answer.location

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(send, range(4)))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 303
    with federation.database.transaction(federation.ids["street"]) as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 1
    # A number that the loser had taken goes back with it.
    assert registered(federation)[0].number.endswith("000001")


def test_leaving_the_telephone_shows_earlier_cases_of_the_same_person(
    as_user: AsUser, federation: Federation
) -> None:
    federation.register(title="去年反映过的一件")
    browser = as_user("clerk@street")
    hint = post(browser, "/cases/new/earlier", {"parties.0.phone": "138-0000-1111"})
    assert "电话号码" not in hint.text
    hint = post(browser, "/cases/new/earlier", {"parties.0.phone": "13800001111"})
    assert "电话或证件号相同" in Page(hint.text).visible
    assert "去年反映过的一件" in hint.text
    assert hint.headers["Cache-Control"] == "no-store"
    by_name = Page(post(browser, "/cases/new/earlier", {"parties.0.name": "测试甲"}).text)
    assert "信访人同名" in by_name.visible
    by_place = Page(post(browser, "/cases/new/earlier", {"parties.1.organisation": "测试厂"}).text)
    assert "90日内反映同一单位" in by_place.visible
    elsewhere = post(as_user("clerk@west"), "/cases/new/earlier", {"parties.0.phone": "13800001111"})
    assert "去年反映过的一件" not in elsewhere.text


def test_leaders_and_supervisors_do_not_register(as_user: AsUser, federation: Federation) -> None:
    for who in ("leader@street", "supervisor@street"):
        assert as_user(who).get("/cases/new").status_code == 403
        assert post(as_user(who), "/cases/new", a_form()).status_code == 403
    assert registered(federation) == []


def test_a_form_without_the_token_of_its_session_is_refused(as_user: AsUser, federation: Federation) -> None:
    assert as_user("clerk@street").post("/cases/new", data=a_form()).status_code == 400
    assert registered(federation) == []


def test_what_was_typed_is_text_and_never_markup(as_user: AsUser, federation: Federation) -> None:
    browser = as_user("clerk@street")
    nasty = '"><script>alert(1)</script>'
    assert nasty not in post(browser, "/cases/new", a_form(title=nasty, content="")).text
    answer = post(browser, "/cases/new", a_form(title=nasty, content=nasty, claims=nasty))
    number = registered(federation)[0].number
    for path in (answer.location, f"/cases/{number}", "/cases/", "/desk/", f"/cases/{number}/do/triage"):
        assert "<script>alert" not in browser.get(path).text
