"""The platform's pages about a union's life: said in words first, done with a reason, refused with what was typed."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from tenants import settings
from tests.builders import Federation
from tests.web.clients import login, post

WHY = "机构改革〔2026〕3号"
BASE = "/onboarding/west/life"


@pytest.fixture
def root(client: FlaskClient, federation: Federation) -> FlaskClient:
    login(client, "root@platform")
    return client


def test_a_union_is_suspended_and_resumed_with_a_page_between(root: FlaskClient, federation: Federation) -> None:
    federation.register("clerk@west", title="西区机密标题")
    page = root.get(BASE)
    assert page.status_code == 200 and "未办结 1 件" in page.text and "西区机密标题" not in page.text
    assert "lianxin tenant export west" in page.text and "网页不提供下载" in page.text
    asked = root.get(f"{BASE}/suspend")
    assert "全部用户立即退出" in asked.text and "未办结 1 件" in asked.text
    refused = post(root, f"{BASE}/suspend", {"reason": "无"})
    assert refused.status_code == 422 and "请写明原因和依据" in refused.text
    assert post(root, f"{BASE}/suspend", {"reason": WHY}).status_code == 302
    assert "已停用" in root.get(BASE).text and WHY in root.get(BASE).text
    assert root.get(f"{BASE}/suspend").status_code == 409
    assert post(root, f"{BASE}/resume", {"reason": "改革完成，恢复"}).status_code == 302


def test_closing_says_what_is_left(root: FlaskClient, federation: Federation) -> None:
    federation.register("clerk@west")
    post(root, f"{BASE}/suspend", {"reason": WHY})
    with federation.work("admin@west") as work:
        settings.change(work, {"retention_years": 25})
    page = root.get(f"{BASE}/close").text
    assert "还有 1 件信访件没有办结。" in page
    assert 'name="retention_years" value="25"' in page, "what the union set for itself"
    refused = post(root, f"{BASE}/close", {"reason": WHY, "retention_years": "x"})
    assert refused.status_code == 422 and "保管期限" in refused.text
    refused = post(root, f"{BASE}/close", {"reason": WHY, "retention_years": "10"})
    assert refused.status_code == 422 and "移交承继" in refused.text and WHY in refused.text


def test_a_merge_is_decided_and_shown_and_a_wrong_successor_is_refused(
    root: FlaskClient, federation: Federation
) -> None:
    fields = {"successor": "nowhere", "reason": WHY, "decided_on": "2026-03-02"}
    refused = post(root, f"{BASE}/merge", fields)
    assert refused.status_code == 422 and "承继单位须是另一个正在使用的组织" in refused.text
    assert 'value="nowhere"' in refused.text
    assert post(root, f"{BASE}/merge", fields | {"successor": "east", "decided_on": "bald"}).status_code == 422
    assert post(root, f"{BASE}/merge", fields | {"successor": "east"}).status_code == 302
    page = root.get(BASE)
    assert "合并" in page.text and "东区总工会" in page.text and "已全部移交，可以办结承继" in page.text
    asked = root.get(f"{BASE}/finish")
    assert "合并：东区总工会" in asked.text
    with federation.work_as_system("platform") as work:
        number = work.session.execute(text("select id from tenant_successions")).scalar_one()
    done = post(root, f"{BASE}/finish", {"succession": str(number), "retention_years": "30"})
    assert done.status_code == 302
    assert "已关闭" in root.get(BASE).text
    assert "先后签署" in root.get(f"{BASE}/ask").text
    refused = post(root, f"{BASE}/ask", {"reason": WHY, "manifest": "ab" * 32})
    assert refused.status_code == 422 and "届满" in refused.text
    assert post(root, f"{BASE}/confirm", {"destruction": "x"}).status_code == 422


def test_a_step_or_a_union_that_is_not_there_is_not_found(root: FlaskClient, federation: Federation) -> None:
    assert root.get(f"{BASE}/frob").status_code == 404
    assert root.get("/onboarding/platform/life").status_code == 404
    assert root.get("/onboarding/nowhere/life").status_code == 404
    assert post(root, f"{BASE}/frob", {}).status_code == 404


def test_a_unions_own_administrator_has_no_such_page(client: FlaskClient, federation: Federation) -> None:
    login(client, "admin@west")
    assert client.get(BASE).status_code == 403
    assert post(client, f"{BASE}/suspend", {"reason": WHY}).status_code == 403
