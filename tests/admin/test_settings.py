"""``/admin/settings``: each administrator their own part, what was typed comes back, two at once: one is told."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tenants import settings
from tests.builders import Federation
from tests.web.clients import is_in, login, post, try_login

WORKING = {
    **{"collective_threshold": "8", "overdue_days": "20", "supervision_days": "10", "retention_years": "30"},
    **{"warning_bands.0": "40", "warning_bands.1": "60", "warning_bands.2": "80", "warning_bands.3": "95"},
    **{"tier_days.simple": "5", "tier_days.ordinary": "20", "tier_days.hard": "50"},
    **{f"escalation_rules.{rule}": "remind" for rule in settings.RULES},
    "holiday_rollover": "1",
    "version": "0",
}
SECURITY = {
    **{"idle_minutes": "15", "absolute_hours": "8", "password_min_length": "14", "password_days": "90"},
    **{"lock_after": "3", "mask_rule": "strict", "version": "0"},
}


def test_each_part_is_saved_by_its_owner_and_counts_at_once(
    app: Flask, client: FlaskClient, federation: Federation
) -> None:
    login(client, "admin@street")
    assert post(client, "/admin/settings/working", WORKING).location == "/admin/settings"
    refused = post(client, "/admin/settings/security", SECURITY)
    assert refused.status_code == 422 and "由安全管理员设置" in refused.text
    guard = app.test_client()
    login(guard, "security@street")
    assert post(guard, "/admin/settings/security", SECURITY | {"version": "1"}).location == "/admin/settings"
    with federation.database.transaction(federation.ids["street"]) as session:
        now = settings.of(session)
    assert (now.collective_threshold, now.warning_bands, now.tier_days["hard"]) == (8, (40, 60, 80, 95), 50)
    assert (now.lock_after, now.mask_rule, now.version) == (3, "strict", 2)
    named = WORKING | {"version": "2", "review_target": "outside", "review_body": "测试区信访局"}
    assert post(client, "/admin/settings/working", named).location == "/admin/settings"
    assert "测试区信访局" in client.get("/admin/settings").text
    # The lock: the third failure closes the account, before the right password is even looked at.
    stranger = app.test_client()
    statuses = [try_login(stranger, "clerk@street", "Wrong-Password-1").status_code for _ in range(4)]
    assert statuses == [401, 401, 401, 429]
    assert [try_login(stranger, "clerk@east", "Wrong-Password-1").status_code for _ in range(4)] == [401] * 4


def test_the_days_of_reports_are_typed_on_the_page_and_an_older_page_changes_none(
    app: Flask, client: FlaskClient, federation: Federation
) -> None:
    login(client, "admin@street")
    days = {"report_days.week": "1", "report_days.month": "8", "report_days.quarter": "15", "report_days.year": "45"}
    refused = post(client, "/admin/settings/working", WORKING | days | {"report_days.month": "91"})
    assert refused.status_code == 422
    assert "报告报送期限（月报）：应在1至90之间。" in refused.text
    assert 'name="report_days.month" value="91"' in refused.text
    assert post(client, "/admin/settings/working", WORKING | days).location == "/admin/settings"
    assert post(client, "/admin/settings/working", WORKING | {"version": "1"}).location == "/admin/settings"
    with federation.database.transaction(federation.ids["street"]) as session:
        assert settings.of(session).report_days == {"week": 1, "month": 8, "quarter": 15, "year": 45}
    reader = app.test_client()
    login(reader, "auditor@street")
    assert "报告报送期限" in reader.get("/admin/settings").text


def test_the_log_tells_before_and_after_in_chinese(app: Flask, client: FlaskClient) -> None:
    login(client, "admin@street")
    post(client, "/admin/settings/working", WORKING)
    reader = app.test_client()
    login(reader, "auditor@street")
    page = reader.get("/admin/audit?action=settings").text
    for words in (
        "集体访人数：5 → 8",
        "预警分档：50%/75%/85%/99% → 40%/60%/80%/95%",
        "简单 13、一般 30",
        "提醒负责人",
    ):
        assert words in page, words


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        ({"overdue_days": "0"}, "超期上报天数：应在1至365之间。"),
        ({"warning_bands.1": "30"}, "预警分档（黄灯）：四档百分数应从小到大，不能相同。"),
        ({"tier_days.hard": "很久"}, "内部办理目标（疑难）：请填1至365之间的整数。"),
        ({"escalation_rules.overdue": "shout"}, "提醒和上报规则（超期）：请选择列出的一项。"),
    ],
)
def test_what_is_wrong_names_its_field_and_keeps_what_was_typed(
    client: FlaskClient, bad: dict[str, str], sentence: str
) -> None:
    login(client, "admin@street")
    answer = post(client, "/admin/settings/working", WORKING | bad)
    assert answer.status_code == 422 and sentence in answer.text
    assert re.search(r'name="collective_threshold" value="8"', answer.text)


def test_the_second_of_two_administrators_is_told_and_keeps_the_form(app: Flask, client: FlaskClient) -> None:
    login(client, "admin@street")
    post(client, "/admin/settings/working", WORKING)
    late = post(client, "/admin/settings/working", WORKING | {"overdue_days": "33"})
    assert late.status_code == 409 and "其他管理员刚刚修改了设置" in late.text
    assert 'name="overdue_days" value="33"' in late.text
    for version in ("", "x", "-1", "9" * 30):
        assert post(client, "/admin/settings/working", WORKING | {"version": version}).status_code == 409


@pytest.mark.parametrize("who", ["auditor@street", "head@street", "root"])
def test_nobody_else_changes_a_setting(client: FlaskClient, who: str) -> None:
    login(client, who)
    for part in ("working", "security"):
        assert post(client, f"/admin/settings/{part}", WORKING).status_code == 403
    assert post(client, "/admin/settings/other", WORKING).status_code == 404


def test_an_old_password_leads_to_the_form_that_changes_it(
    app: Flask, client: FlaskClient, federation: Federation
) -> None:
    from sqlalchemy import text

    login(client, "clerk@street")
    with federation.database.transaction(federation.ids["street"]) as session:
        session.execute(text("update users set password_changed_at = now() - interval '2000 days'"))
    assert client.get("/desk/").status_code == 200
    with federation.work("security@street") as work:
        settings.change(work, {"password_days": 90, "password_min_length": 20})
    assert client.get("/desk/").location == "/password" and is_in(client)
    assert "20" in client.get("/password").text
    fresh = app.test_client()
    login(fresh, "clerk@street")
    assert fresh.get("/").location == "/password"


def test_a_strict_mask_hides_every_old_file_at_once(client: FlaskClient, federation: Federation) -> None:
    case = federation.register()
    login(client, "head@street")
    assert "138****1111" in client.get(f"/cases/{case.number}").text
    with federation.work("security@street") as work:
        settings.change(work, {"mask_rule": "strict"})
    page = client.get(f"/cases/{case.number}").text
    assert "138****1111" not in page and "测*" not in page and "*********11" in page
    assert "测*" not in client.get(f"/cases/{case.number}/receipt").text


def test_a_leader_s_password_takes_two_people_on_two_screens(
    app: Flask, client: FlaskClient, federation: Federation
) -> None:
    login(client, "admin@street")
    address = f"/admin/users/{federation.users['leader@street'].id}/password"
    assert "请写明申请理由" in post(client, address).text
    first = re.search(r"data-once>([^<]+)<", post(client, address, {"reason": "本人当面申请"}).text)
    guard = app.test_client()
    login(guard, "security@street")
    (approve,) = re.findall(r'action="(/admin/requests/[^"]+/approve)"', guard.get("/admin/requests").text)
    second = re.search(r"data-once>([^<]+)<", post(guard, approve).text)
    assert first and second
    assert post(guard, approve).status_code == 409
    person = app.test_client()
    assert try_login(person, "leader@street", first.group(1)).status_code == 401
    login(person, "leader@street", f"{first.group(1)}-{second.group(1)}")
    assert person.get("/").location == "/password"
