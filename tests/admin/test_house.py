"""The library's views over our wall: own rows, own session, own words, and nothing of the library's look."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, text

from tenants import departments
from tests.builders import Federation
from tests.web.clients import login, post

PLACES = ("/admin/users", "/admin/departments", "/admin/routing", "/admin/delegations", "/admin/codes")
OTHERS = ("/admin/settings", "/admin/requests", "/admin/audit")


def department(federation: Federation, name: str = "权益保障部", slug: str = "street", **more: Any) -> str:
    with federation.work(f"admin@{slug}") as work:
        return str(departments.create(work, {"name": name, **more}).id)


def visible(page: str) -> str:
    return re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<(script|style|head).*?</\1>", "", page))


@pytest.mark.parametrize("who", ["admin@street", "security@street", "auditor@street"])
def test_the_three_administrators_read_the_house_and_one_of_them_changes_it(
    client: FlaskClient, federation: Federation, who: str
) -> None:
    pk = department(federation)
    login(client, who)
    keeps = who.startswith("admin")
    for path in (*PLACES, "/admin/settings", "/admin/requests"):
        assert client.get(path).status_code == 200, path
    for path in PLACES[1:]:
        assert client.get(f"{path}/new").status_code == (200 if keeps else 403), path
        assert (post(client, f"{path}/new", {}).status_code == 422) is keeps, path
    page = client.get(f"/admin/departments/{pk}")
    assert page.status_code == 200 and ("保存" in page.text) is keeps
    changed = post(client, f"/admin/departments/{pk}", {"name": "新名", "active": "1"})
    assert changed.status_code == (302 if keeps else 403)
    assert post(client, f"/admin/departments/{pk}/delete").status_code == (302 if keeps else 403)


@pytest.mark.parametrize("who", ["clerk@street", "handler@street", "leader@street", "supervisor@street", "root"])
def test_nobody_else_comes_in(client: FlaskClient, federation: Federation, who: str) -> None:
    pk = department(federation)
    login(client, who)
    for path in (*PLACES[1:], "/admin/settings", "/admin/requests", f"/admin/departments/{pk}"):
        assert client.get(path).status_code == 403, path
    for path in (f"/admin/departments/{pk}/delete", "/admin/departments/new", f"/admin/departments/{pk}/members"):
        assert post(client, path).status_code == 403, path


def test_the_head_of_the_office_enters_absences_and_nothing_else(client: FlaskClient) -> None:
    login(client, "head@street")
    assert client.get("/admin/delegations").status_code == 200
    assert client.get("/admin/delegations/new").status_code == 200
    assert client.get("/admin/departments").status_code == 403


@pytest.mark.parametrize("who", ["admin@east", "admin@west", "admin@city"])
def test_another_unions_house_is_not_there(client: FlaskClient, federation: Federation, who: str) -> None:
    pk = department(federation)
    login(client, who)
    assert "权益保障部" not in client.get("/admin/departments").text
    assert client.get(f"/admin/departments/{pk}").status_code == 404
    for part in ("", "/delete", "/members"):
        answer = post(client, f"/admin/departments/{pk}{part}", {"name": "夺走"})
        assert answer.status_code in (302, 404), part
    with federation.work("admin@street") as work:
        assert [row.name for row in departments.active(work.session)] == ["权益保障部"]


def test_no_page_speaks_english_or_wears_the_library_s_clothes(client: FlaskClient, federation: Federation) -> None:
    pk = department(federation)
    login(client, "admin@street")
    forms = [f"{path}/new" for path in PLACES]
    for path in (*PLACES, *OTHERS[:2], *forms, f"/admin/departments/{pk}"):
        page = client.get(path).text
        words = re.sub(r"@?street|employee|admin|[a-z_]+@[a-z]+|office_head|12351|clerk|handler", "", visible(page))
        left = set(re.findall(r"[A-Za-z]{3,}", words)) - {"head", "leader", "supervisor", "security", "auditor"}
        assert left == set(), (path, left)
        for foreign in ("bootstrap-3", "jquery", "fontawesome", "glyphicon", "appbuilder/", "style=", "onclick="):
            assert foreign not in page, (path, foreign)


def test_a_list_costs_the_same_however_long_and_counts_nothing(client: FlaskClient, federation: Federation) -> None:
    def cost(path: str) -> list[str]:
        statements: list[str] = []

        def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith("SET LOCAL"):
                statements.append(statement)

        engine = client.application.extensions["lianxin"].database.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            assert client.get(path).status_code == 200
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return statements

    department(federation)
    login(client, "admin@street")
    few = {path: len(cost(path)) for path in PLACES}
    for n in range(30):
        department(federation, f"部门{n}")
    for path in PLACES:
        statements = cost(path)
        assert len(statements) == few[path] <= 7, path
        # The menu's numbers are counted in the one statement that knows of tasks; it is the same for every list.
        listed = [one for one in statements if "FROM tasks" not in one]
        assert len(listed) == len(statements) - 1, path
        assert not any("count(*)" in one.lower() and "group by" not in one.lower() for one in listed), path


def test_two_searches_at_once_never_see_each_others_words(client: FlaskClient, federation: Federation) -> None:
    """The library keeps one set of filters for the whole process; ours are made for the request."""
    department(federation, "甲部")
    department(federation, "乙部")
    login(client, "admin@street")
    assert client.get("/admin/departments?q=甲").text.count('class="title"') == 1
    page = client.get("/admin/departments").text
    assert page.count('class="title"') == 2 and 'value="甲"' not in page
    assert client.get("/admin/departments?q=%25").text.count('class="title"') == 0, "a percent sign is a percent sign"


@pytest.mark.parametrize(
    "query", ["page=-1", "page=x", "page=99999999999", "order=password_hash", "order=tenant_id&desc=1", "q=%00"]
)
def test_a_twisted_address_is_no_error_of_the_server(client: FlaskClient, query: str) -> None:
    login(client, "admin@street")
    for path in PLACES:
        assert client.get(f"{path}?{query}").status_code in (200, 400, 422), path


def test_lists_are_walked_page_by_page_in_a_fixed_order(client: FlaskClient, federation: Federation) -> None:
    for n in range(60):
        department(federation, f"部门{n:02}")
    login(client, "admin@street")
    first = client.get("/admin/departments?order=name").text
    assert first.count('class="title"') == 50 and "page=1" in first and 'aria-sort="ascending"' in first
    second = client.get("/admin/departments?order=name&page=1").text
    names = re.findall(r"部门\d\d", re.sub(r"(?s)^.*<tbody>", "", first) + re.sub(r"(?s)^.*<tbody>", "", second))
    assert sorted(set(names)) == [f"部门{n:02}" for n in range(60)]


def test_a_department_lives_and_every_step_is_in_the_log_in_chinese(
    client: FlaskClient, federation: Federation
) -> None:
    login(client, "admin@street")
    head = str(federation.users["head@street"].id)
    given = {"name": "权益保障部", "short_name": "权保", "head_id": head, "position": "1", "active": "1"}
    assert post(client, "/admin/departments/new", given).location == "/admin/departments"
    assert "权益保障部" in client.get("/admin/departments").text
    again = post(client, "/admin/departments/new", given)
    assert again.status_code == 422 and "已有名为“权益保障部”的部门" in again.text and 'value="权保"' in again.text
    for bad, sentence in (
        ({"name": ""}, "请填写部门名称"),
        ({"name": "长" * 41}, "不能超过40个字"),
        ({"position": "第一"}, "0至999之间的整数"),
        ({"head_id": "nobody"}, "权益保障部"),
    ):
        assert sentence in post(client, "/admin/departments/new", given | bad).text
    with federation.work("admin@street") as work:
        pk = departments.active(work.session)[0].id
    assert post(client, f"/admin/departments/{pk}", given | {"name": "权益部", "head_id": ""}).status_code == 302
    post(client, f"/admin/departments/{pk}/members", {"user": head})
    kept = post(client, f"/admin/departments/{pk}/delete")
    assert "部门里还有人员" in client.get(kept.location).text
    post(client, f"/admin/departments/{pk}/members", {"user": head, "move": "1", "to": ""})
    post(client, f"/admin/departments/{pk}/delete")
    assert "还没有部门" in client.get("/admin/departments").text
    client.delete_cookie("lianxin")
    login(client, "auditor@street")
    page = visible(client.get("/admin/audit").text)
    for words in (
        "新增部门",
        "修改部门",
        "调整部门",
        "删除部门",
        "名称：权益保障部 → 权益部",
        "负责人：测试负责人 → —",
    ):
        assert words in page, words


def test_somebody_with_open_cases_moves_only_with_a_colleague_to_take_them(
    client: FlaskClient, federation: Federation
) -> None:
    case = federation.accepted()
    one, other = department(federation, "一部"), department(federation, "二部")
    login(client, "admin@street")
    handler, head = federation.users["handler@street"].id, federation.users["head@street"].id
    assert post(client, f"/admin/departments/{one}/members", {"user": str(handler)}).status_code == 302
    refused = post(client, f"/admin/departments/{other}/members", {"user": str(handler)})
    assert refused.status_code == 422 and "还承办1件在办信访件" in refused.text
    done = post(client, f"/admin/departments/{other}/members", {"user": str(handler), "successor": str(head)})
    assert done.status_code == 302
    with federation.database.transaction(federation.ids["street"]) as session:
        row = session.execute(text("select assignee_id, version from cases")).one()
        assert row.assignee_id == head and row.version > case.version


def test_an_absence_is_entered_ended_and_clashes_are_said(client: FlaskClient, federation: Federation) -> None:
    login(client, "admin@street")
    handler, head = str(federation.users["handler@street"].id), str(federation.users["head@street"].id)
    today = client.application.extensions["lianxin"].clock.today()
    given = {
        "user_id": handler,
        "deputy_id": head,
        "from_on": today.isoformat(),
        "until_on": (today + timedelta(days=3)).isoformat(),
        "reason": "年休假",
    }
    for bad, sentence in (
        ({"deputy_id": handler}, "代办人不能是本人"),
        ({"user_id": ""}, "请选择外出人员"),
        ({"until_on": (today - timedelta(days=1)).isoformat()}, "结束日期"),
        ({"until_on": "明天"}, "请填写日期"),
        ({"reason": ""}, "请填写事由"),
        ({"deputy_id": str(federation.users["clerk@street"].id)}, "不是承办人"),
    ):
        answer = post(client, "/admin/delegations/new", given | bad)
        assert answer.status_code == 422 and sentence in answer.text, sentence
    assert post(client, "/admin/delegations/new", given).status_code == 302
    assert "已登记外出" in post(client, "/admin/delegations/new", given).text
    back = post(client, "/admin/delegations/new", given | {"user_id": head, "deputy_id": handler})
    assert "代办人在" in back.text or "正代他人办理" in back.text
    page = client.get("/admin/delegations").text
    assert "代办中" in page
    (end,) = re.findall(r'action="(/admin/delegations/[^"]+/end)"', page)
    post(client, end)
    assert "已提前结束" in client.get("/admin/delegations").text
    assert "已经结束" in client.get(post(client, end).location).text


def test_routes_and_codes_are_entered_changed_and_removed(client: FlaskClient, federation: Federation) -> None:
    pk = department(federation)
    login(client, "admin@street")
    given = {"category_code": "01", "department_id": pk, "handler_id": str(federation.users["handler@street"].id)}
    assert post(client, "/admin/routing/new", given).status_code == 302
    assert "已有分流规则" in post(client, "/admin/routing/new", given).text
    page = client.get("/admin/routing").text
    assert "劳动报酬" in page and "测试承办人" in page
    (route,) = set(re.findall(r"/admin/routing/[0-9a-f-]{36}", page))
    assert post(client, route, given | {"handler_id": ""}).status_code == 302
    assert post(client, f"{route}/delete").status_code == 302
    assert "还没有分流规则" in client.get("/admin/routing").text

    own = {"table_name": "subject_type", "code": "driver", "label": "货车司机", "active": "1", "position": "1"}
    assert post(client, "/admin/codes/new", own).status_code == 302
    assert "已有一条" in post(client, "/admin/codes/new", own).text
    assert "小写字母开头" in post(client, "/admin/codes/new", own | {"code": "司机"}).text
    renamed = own | {"code": "employee", "label": "本单位职工"}
    assert post(client, "/admin/codes/new", renamed).status_code == 302
    page = client.get("/admin/codes").text
    assert "货车司机" in page and "在职职工" in page, "the shared word stands beside the own one"
    for address in set(re.findall(r"/admin/codes/[0-9a-f-]{36}", page)):
        post(client, f"{address}/delete")
    page = client.get("/admin/codes").text
    assert "货车司机" in page and "本单位职工" not in page, "an own code is closed, never removed"
    client.delete_cookie("lianxin")
    login(client, "clerk@street")
    assert "货车司机" in client.get("/cases/new").text
