"""The platform changes a union's particulars on its page; the union's administrator changes how it appears."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from audit.models import AuditEvent
from tests.builders import Federation
from tests.web.clients import login, post

FACE = {
    "short_name": "东一",
    "seal_text": "",
    "portal_colour": "#1b5e20",
    "address": "测试路1号",
    "phone": "12351",
    "hours": "",
}
FORM = FACE | {
    "name": "东一街道总工会",
    "kind": "federation",
    "region": "东区",
    "members": "1200",
    "credit_code": "",
    "second_parent": "西区总工会",
}


def stamped(client: FlaskClient, path: str) -> dict[str, str]:
    return {"stamp": client.get(path).text.split('name="stamp" value="')[1].split('"')[0]}


def test_the_platform_changes_a_union_and_its_page_shows_it(client: FlaskClient, federation: Federation) -> None:
    login(client, "root")
    path = "/onboarding/street/edit"
    answer = post(client, path, FORM | stamped(client, path), follow_redirects=True)
    for words in ("资料已保存", "东一街道总工会", "西区总工会", "1200", "#1b5e20", "测试路1号，12351"):
        assert words in answer.text
    assert "东一街道总工会" in client.get("/portal/street/").text


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"portal_colour": "#ffff00"}, 422, "白字看不清"),
        ({"members": "很多"}, 422, "会员人数应是"),
        ({"kind": "club"}, 422, "请选择组织类型"),
        ({"second_parent": "区总"}, 422, "可能是"),
        ({"credit_code": "123"}, 422, "校验位"),
        ({"stamp": "old"}, 409, "刚刚修改了这个组织的资料"),
    ],
)
def test_why_not_is_said_and_what_was_typed_stays(
    client: FlaskClient, federation: Federation, fields: dict[str, str], status: int, words: str
) -> None:
    login(client, "root")
    path = "/onboarding/street/edit"
    answer = post(client, path, FORM | stamped(client, path) | fields)
    assert answer.status_code == status and words in answer.text
    for value in (FORM | fields | {"kind": "federation"}).values():
        assert value in answer.text


def test_a_unions_administrator_changes_its_face_and_both_logs_say_so(
    client: FlaskClient, federation: Federation
) -> None:
    login(client, "admin@street")
    assert "门户与落款" in client.get("/admin/settings").text
    answer = post(
        client, "/admin/branding", FACE | stamped(client, "/admin/branding") | {"name": "冒名"}, follow_redirects=True
    )
    assert "资料已保存" in answer.text and 'value="12351"' in answer.text
    for slug, actor in (("street", "测试管理员"), ("platform", "系统")):
        with federation.work_as_system(slug) as work:
            event = work.session.scalars(select(AuditEvent).where(AuditEvent.action == "tenant:particulars")).one()
            assert (event.actor_name, event.data["after"]["phone"], "name" in event.data["after"]) == (
                actor,
                "12351",
                False,
            )
    page = client.get("/portal/street/").text
    assert "测试路1号" in page and "冒名" not in page


def test_a_colour_that_cannot_be_read_is_refused_and_nothing_is_logged(
    client: FlaskClient, federation: Federation
) -> None:
    login(client, "admin@street")
    answer = post(client, "/admin/branding", FACE | stamped(client, "/admin/branding") | {"portal_colour": "#ffee00"})
    assert answer.status_code == 422 and "白字看不清" in answer.text and "测试路1号" in answer.text
    with federation.work_as_system("street") as work:
        assert not work.session.scalars(select(AuditEvent).where(AuditEvent.action == "tenant:particulars")).all()


def test_all_mistakes_are_said_at_once(client: FlaskClient, federation: Federation) -> None:
    login(client, "root")
    path = "/onboarding/street/edit"
    wrong = {"second_parent": "区总", "portal_colour": "#ffee00", "members": "很多", "credit_code": "123"}
    answer = post(client, path, FORM | stamped(client, path) | wrong)
    for words in ("有4处需要改正", "不是一个组织的标识或全称", "白字看不清", "会员人数应是", "校验位"):
        assert words in answer.text
