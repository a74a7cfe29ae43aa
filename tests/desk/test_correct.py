"""更正登记 on the desk: the form shows what stands in the file, and no identity."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from flask.testing import FlaskClient

from tests.builders import Federation
from tests.desk.pages import Page
from tests.web.clients import post

AsUser = Callable[[str], FlaskClient]


def test_a_clerk_corrects_a_case_and_the_timeline_says_so(as_user: AsUser, federation: Federation) -> None:
    case, clerk = federation.register(), as_user("clerk@street")
    path = f"/cases/{quote(case.number)}"
    assert "更正登记" in Page(clerk.get(path).text).visible
    form = Page(clerk.get(f"{path}/correct").text)
    assert form.value("title") == case.title and "13800001111" not in form.text and "测试甲" not in form.text
    typed = {"version": form.value("version"), "title": "反映四个月工资未发", "content": case.content}
    refused = post(clerk, f"{path}/correct", typed | {"parties.1.phone": "123"})
    assert refused.status_code == 422
    shown = Page(refused.text)
    assert "请写明更正的理由" in shown.visible and "电话号码格式不正确" in shown.visible
    assert shown.value("title") == "反映四个月工资未发"
    done = post(clerk, f"{path}/correct", typed | {"reason": "登记时听错了", "parties.1.phone": "13900002222"})
    assert done.status_code == 303
    page = Page(clerk.get(path).text).visible
    assert "反映四个月工资未发" in page and "标题、当事人电话" in page and "更正前的登记内容" in page
    stale = post(clerk, f"{path}/correct", typed | {"reason": "再改一次", "title": "又一个标题"})
    assert stale.status_code == 409 and "查看最新状态" in stale.text


def test_closing_it_by_correction_leads_the_clerk_to_the_desk(as_user: AsUser, federation: Federation) -> None:
    case, clerk = federation.accepted(), as_user("clerk@street")
    path = f"/cases/{quote(case.number)}/correct"
    form = Page(clerk.get(path).text)
    assert form.one("select", name="category")
    typed = {name: form.value(name) for name in ("version", "title", "content")}
    done = post(clerk, path, typed | {"sealed": "1", "reason": "补充材料属检举控告"})
    assert done.status_code == 303 and done.headers["Location"].endswith("/desk/")
    assert "仅负责人和单位领导可见" in clerk.get("/desk/").text
    assert clerk.get(path).status_code == 404


def test_a_supervisor_is_not_offered_it(as_user: AsUser, federation: Federation) -> None:
    case = federation.register()
    browser, path = as_user("supervisor@street"), f"/cases/{quote(case.number)}"
    assert "更正登记" not in Page(browser.get(path).text).visible
    assert browser.get(f"{path}/correct").status_code == 403
