"""The platform lists unions, hands over the first account by a link, and then has no more say in them."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from tenants.models import Kind
from tenants.services import create
from tests.builders import Federation
from tests.web.clients import login, post


def test_a_union_left_without_an_administrator_gets_one_and_a_lost_link_is_given_again(
    client: FlaskClient, federation: Federation
) -> None:
    with federation.work_as_system("platform") as work:
        create(work, slug="bare", name="无人工会", kind=Kind.GRASSROOTS, code="无工信", parent_slug="city")
    login(client, "root")
    assert "尚未开通" in client.get("/onboarding/bare").text
    fields = {"admin_username": "first", "admin_name": "测试首任"}
    links = []
    for given in (fields, fields | {"admin_username": "second"}):
        page = post(client, "/onboarding/bare/admin", given).text
        found = re.search(r"/welcome/bare/[\w-]+", page)
        assert found is not None and "first@bare" in page, "one administrator, whatever was typed the second time"
        links.append(found.group())
    assert "已发链接，本人尚未启用" in client.get("/onboarding/bare").text
    assert client.get(links[0]).status_code == 404
    assert client.get(links[1]).status_code == 200
    taken = post(client, "/onboarding/street/admin", fields)
    assert taken.status_code == 422, "the platform cannot put its own person into a working union"
    with federation.database.transaction(0) as session:
        told = session.scalars(text("select data->>'slug' from audit_events where action = 'tenant:first_admin'"))
        assert told.all() == ["bare", "bare"]


def test_a_name_that_cannot_be_one_is_refused(client: FlaskClient, federation: Federation) -> None:
    with federation.work_as_system("platform") as work:
        create(work, slug="bare", name="无人工会", kind=Kind.GRASSROOTS, code="无工信", parent_slug="city")
    login(client, "root")
    answer = post(client, "/onboarding/bare/admin", {"admin_username": "A b", "admin_name": "测试"})
    assert answer.status_code == 422 and "用户名" in answer.text


@pytest.mark.parametrize("who", ["admin@city", "head@city", "auditor@city", "leader@city"])
def test_only_the_platform_founds_unions(client: FlaskClient, who: str) -> None:
    login(client, who)
    for path in (
        *("/onboarding/", "/onboarding/new", "/onboarding/city", "/onboarding/city/move"),
        *("/onboarding/import", "/onboarding/import/template"),
    ):
        assert client.get(path).status_code == 403, path
    for path in ("/onboarding/new", "/onboarding/city/admin", "/onboarding/city/move", "/onboarding/import"):
        assert post(client, path, {"slug": "north"}).status_code == 403, path


def test_the_platform_sees_no_case_and_no_account_of_a_union(client: FlaskClient, federation: Federation) -> None:
    case = federation.register()
    login(client, "root")
    for path in ("/desk/", "/cases/", f"/cases/{case.number}", "/dispatches/", "/dashboards/load", "/admin/audit"):
        assert client.get(path).status_code in (403, 404), path
    assert "测试登记员" not in client.get("/onboarding/street").text
    assert client.get("/onboarding/platform").status_code == 404
    assert client.get("/onboarding/nowhere").status_code == 404


def test_the_list_is_searched_by_name_and_slug(client: FlaskClient) -> None:
    login(client, "root")
    assert client.get("/onboarding/?q=街道").text.count('class="title"') == 1
    assert client.get("/onboarding/?q=EAST").text.count('class="title"') == 1
    assert client.get("/onboarding/").text.count('class="title"') == 4
    assert client.get("/onboarding/?after=2").text.count('class="title"') == 2
