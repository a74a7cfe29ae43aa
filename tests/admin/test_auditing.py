"""Two guardians read their union's log, and the log says nothing of a case."""

import re

import pytest
from flask.testing import FlaskClient

from admin.auditing import ACTIONS, label
from cases.workflow import CASE_WORKFLOW
from dispatches.workflow import RECIPIENT_WORKFLOW
from tests.builders import Federation
from tests.web.clients import login, try_login


@pytest.mark.parametrize("who", ["auditor@street", "security@street"])
def test_a_guardian_reads_who_did_what(client: FlaskClient, federation: Federation, who: str) -> None:
    case = federation.accepted()
    try_login(client, "clerk@street", "wrong")
    login(client, who)
    page = client.get("/admin/audit").text
    for words in ("登记信访件", "信访件：甄别分流", "登录失败", "测试登记员", "开通账号", "来自 127.0.0.1"):
        assert words in page, words
    for secret in ("三个月工资", "测试甲", "13800001111", "测试厂", case.title):
        assert secret not in page, secret


def test_no_word_of_a_case_is_in_any_filtered_page(client: FlaskClient, federation: Federation) -> None:
    federation.decided()
    login(client, "auditor@street")
    for action in ("case", "case:decide", "case:register", "party", "letter"):
        page = client.get(f"/admin/audit?action={action}").text
        for secret in ("经核实", "督促单位", "劳动法", "测试甲", "拖欠"):
            assert secret not in page


@pytest.mark.parametrize(
    "who", ["clerk@street", "handler@street", "head@street", "leader@street", "admin@street", "root"]
)
def test_nobody_else_reads_the_log(client: FlaskClient, who: str) -> None:
    login(client, who)
    assert client.get("/admin/audit").status_code == 403


def test_another_unions_log_is_not_there(client: FlaskClient, federation: Federation) -> None:
    federation.register("clerk@street")
    for who in ("auditor@city", "auditor@west"):
        login(client, who)
        page = client.get("/admin/audit").text
        assert 'data-label="操作"><span>登记信访件' not in page
        client.delete_cookie("lianxin")


def test_the_log_is_walked_by_cursor_without_gap_or_repeat(client: FlaskClient, federation: Federation) -> None:
    for _ in range(30):
        federation.register("clerk@street")
        federation.register("head@street")
    login(client, "auditor@street")
    seen: list[int] = []
    address: str | None = "/admin/audit"
    while address:
        page = client.get(address).text
        seen += [int(number) for number in re.findall(r'data-label="序号"><span class="num">(\d+)<', page)]
        following = re.search(r'href="(/admin/audit\?before=\d+)"', page)
        address = following.group(1) if following else None
    assert seen == sorted(seen, reverse=True) and seen[-1] == 1 and len(seen) == len(set(seen)) == seen[0]
    assert len(seen) >= 68


def test_filters_by_action_and_person_live_in_the_address(client: FlaskClient, federation: Federation) -> None:
    federation.register("clerk@street")
    login(client, "auditor@street")

    def actions(query: str) -> set[str]:
        page = client.get(f"/admin/audit?{query}").text
        return set(re.findall(r'data-label="操作"><span>([^<]+)<', page))

    assert actions("action=case:register") == {"登记信访件"}
    assert actions("action=user") == {"开通账号", "登录"}
    assert actions("person=测试登记员") == {"登记信访件"}
    assert actions("person=测试登记员&action=user") == set()
    assert actions("person=%25") == set()
    assert client.get("/admin/audit?action=;drop").status_code == 422
    assert client.get("/admin/audit?before=abc").status_code == 200


def test_every_action_of_the_tables_has_a_chinese_word() -> None:
    for row in CASE_WORKFLOW:
        assert row.label in label(f"case:{row.action}")
    for row in RECIPIENT_WORKFLOW:
        assert row.label in label(f"letter:{row.action}")
    for word in ACTIONS.values():
        assert not re.search(r"[A-Za-z]", word)
