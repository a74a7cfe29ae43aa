"""The hotspot in three clicks from the desk: the list, its evidence, and what people do about it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from dispatches.models import Letter
from measures import spot_queries
from tests.builders import Federation
from tests.measures.planting import plant, search, spots

Enter = Callable[[str], FlaskClient]
Fold = Callable[..., int]


@pytest.fixture
def planted(federation: Federation, superuser: Engine, fold_all: Fold) -> Iterator[Federation]:
    plant(federation, superuser, "east")
    plant(federation, superuser, "west", factor=1.0, seed=2)
    fold_all()
    search(federation, "city")
    search(federation, "east")
    yield federation


def token(html: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', html)
    assert found is not None
    return found[1]


def address(federation: Federation, slug: str) -> str:
    return f"/dashboards/hotspots/{spots(federation, slug)[0].id}"


def post(browser: FlaskClient, url: str, act: str, **typed: str) -> tuple[int, str]:
    page = browser.get(url).text
    answer = browser.post(f"{url}/{act}", data={"csrf_token": token(page), "version": "1", **typed})
    return answer.status_code, answer.text


def test_the_hotspot_is_three_clicks_from_the_desk(planted: Federation, as_user: Enter) -> None:
    browser = as_user("supervisor@city")
    assert 'href="/dashboards/hotspots"' in browser.get("/desk/").text
    board = browser.get("/dashboards/hotspots").text
    url = address(planted, "city")
    assert f'href="{url}"' in board
    page = browser.get(url).text
    evidence = spots(planted, "city")[0].evidence
    assert evidence in page
    assert "开督办" in page
    assert evidence in browser.get("/dashboards/hotspots/found").text


def test_a_supervision_is_sent_and_tied_to_it_in_one_step(planted: Federation, as_user: Enter) -> None:
    browser, url = as_user("supervisor@city"), address(planted, "city")
    page = browser.get(url).text
    typed = {
        "subject": "关于督办工资问题的函",
        "letter_reason": "近四周登记件明显增多，请重视。",
        "request": "请核查原因并书面反馈。",
        "ladder": "supervise",
        "due_on": "2026-06-30",
    }
    answer = browser.post(f"{url}/supervise", data={"csrf_token": token(page), "version": "1", **typed})
    assert (answer.status_code, answer.location) == (303, url)
    page = browser.get(url).text
    assert "已部署处置" in page
    assert "查看督办函和反馈" in page
    assert "再发一份督办函" in page, "the form of the first is put away"
    again = browser.post(f"{url}/supervise", data={"csrf_token": token(page), "version": "1", **typed})
    assert again.status_code == 409
    with planted.work("supervisor@city") as work:
        letters = work.session.scalars(select(Letter).where(Letter.kind == "supervision")).all()
        assert [letter.id for letter in letters] == [spot_queries.page(work)[0][0].letter_id]


def test_what_was_typed_stays_when_a_letter_or_a_dismissal_is_refused(planted: Federation, as_user: Enter) -> None:
    browser, url = as_user("head@city"), address(planted, "city")
    status, page = post(browser, url, "supervise", subject="", letter_reason="原因写在这里的", request="要求写在这里")
    assert status == 422
    assert "原因写在这里的" in page
    status, page = post(browser, url, "dismiss", reason=" ")
    assert status == 422
    assert "请写明排除的理由。" in page
    assert spots(planted, "city")[0].status == "open"
    status, page = post(browser, url, "dismiss", reason="集中补录历史件")
    assert status == 303
    assert "集中补录历史件" in browser.get(url).text
    assert spots(planted, "city")[0].evidence in browser.get("/dashboards/hotspots/found?box=past").text


def test_a_stale_form_is_refused_in_words(planted: Federation, as_user: Enter) -> None:
    browser, url = as_user("head@city"), address(planted, "city")
    assert post(browser, url, "confirm")[0] == 303
    status, page = post(browser, url, "dismiss", reason="集中补录")
    assert status == 409
    assert "其他人刚刚处理了同一事项" in page


def test_the_unit_itself_notes_a_plan_and_cannot_supervise_itself(planted: Federation, as_user: Enter) -> None:
    browser, url = as_user("head@east"), address(planted, "east")
    page = browser.get(url).text
    assert "开督办" not in page
    assert "/cases/?registered_from=" in page
    assert post(browser, url, "supervise", subject="x", letter_reason="x", request="x")[0] == 403
    assert post(browser, url, "plan", plan="欠薪应急预案，劳动关系部牵头")[0] == 303
    assert "欠薪应急预案" in browser.get(url).text


def test_a_clerk_reads_the_own_one_and_may_not_judge(planted: Federation, as_user: Enter) -> None:
    browser, url = as_user("clerk@east"), address(planted, "east")
    page = browser.get(url).text
    assert "确认为热点" not in page
    assert as_user("clerk@city").get(address(planted, "city")).status_code == 404
    assert as_user("head@west").get(url).status_code == 404


def test_a_page_number_that_is_none_shows_the_first(planted: Federation, as_user: Enter) -> None:
    assert as_user("head@city").get("/dashboards/hotspots/found?page=x").status_code == 200
