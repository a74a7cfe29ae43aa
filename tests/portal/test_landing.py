"""A worker finds the union, or is led to the one that can help; nothing is asked and nothing is remembered."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from tenants.life import close, suspend
from tenants.models import NOT_MOVED_IN
from tests.builders import Federation
from tests.web.clients import login

WHY = "机构改革，暂停使用"


def test_a_union_says_where_to_come_and_what_happens_then(client: FlaskClient, federation: Federation) -> None:
    with federation.work_as_system("platform") as work:
        work.session.execute(
            text(
                "update tenants set address = '测试路1号', phone = '0537-1234567', hours = '工作日 9:00—17:00', "
                "portal_colour = '#0a6b3d' where slug = 'street'"
            )
        )
    answer = client.get("/portal/street/")
    assert answer.status_code == 200
    for words in ("东一街道工会联合会", "测试路1号", "0537-1234567", "9:00—17:00", "12351", "15 日内", "东区总工会"):
        assert words in answer.text, words
    assert "--union: #0a6b3d" in client.get("/portal/street/colours.css").text
    # A page promises what it can do: three doors, and no form of its own.
    for part in ("file", "track", "rate"):
        assert f'href="/portal/street/{part}"' in answer.text
    assert "<form" not in answer.text


def test_the_page_is_the_same_for_everybody_and_may_be_kept(client: FlaskClient, federation: Federation) -> None:
    stranger = client.get("/portal/street/")
    assert stranger.headers["Cache-Control"] == "public, max-age=300"
    assert "Set-Cookie" not in stranger.headers and "Cookie" not in stranger.headers.get("Vary", "")
    login(client, "head@street")
    known = client.get("/portal/street/")
    assert known.text == stranger.text and "Set-Cookie" not in known.headers
    assert "Cookie" not in known.headers.get("Vary", "")
    assert client.get("/portal/street/colours.css").headers["Cache-Control"] == "public, max-age=300"


@pytest.mark.parametrize("slug", ["nowhere", "platform", "EAST", "x'--", "a" * 200])
def test_a_name_that_nobody_has_gets_a_page_of_the_same_shape(
    client: FlaskClient, federation: Federation, slug: str
) -> None:
    answer = client.get(f"/portal/{slug}/")
    assert answer.status_code == 404 and "没有找到这个单位" in answer.text and "12351" in answer.text
    assert answer.headers["Cache-Control"] == "public, max-age=300" and "Set-Cookie" not in answer.headers
    assert client.get("/portal/nowhere/").text == answer.text


def test_a_suspended_union_leads_to_the_union_above(client: FlaskClient, federation: Federation) -> None:
    with federation.work("root@platform") as work:
        suspend(work, "street", WHY)
        suspend(work, "east", WHY)
    answer = client.get("/portal/street/")
    assert "暂停在本平台办理" in answer.text and "期限照常计算" in answer.text
    assert 'href="/portal/city/"' in answer.text and 'href="/portal/east/"' not in answer.text
    assert WHY not in answer.text


def test_a_closed_union_leads_to_its_successor(client: FlaskClient, federation: Federation) -> None:
    with federation.work("root@platform") as work:
        suspend(work, "west", WHY)
        close(work, "west", reason=WHY, retention_years=10, unfinished=(), successor_id=federation.ids["east"])
    answer = client.get("/portal/west/")
    assert "已不再办理" in answer.text and 'href="/portal/east/"' in answer.text and "不需要重新提出" in answer.text


def test_a_union_that_works_elsewhere_has_no_page(client: FlaskClient, federation: Federation) -> None:
    with federation.work_as_system("platform") as work:
        work.session.execute(
            text("update tenants set status = 'closed', status_reason = :r where slug = 'west'"), {"r": NOT_MOVED_IN}
        )
    assert client.get("/portal/west/").status_code == 404
