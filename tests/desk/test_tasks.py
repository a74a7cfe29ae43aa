"""任务: on the desk and on a page of their own, closed with a word, lost by nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient

from access.roles import Role
from notices.models import Task
from notices.tasks import open_task
from tests.builders import Federation
from tests.desk.pages import Page
from tests.web.clients import post

AsUser = Callable[[str], FlaskClient]
TITLE = "本单位没有上级工会，疑难件不能上报；请由本级研究处理。"


def left(federation: Federation, key: str = "k1", role: Role = Role.OFFICE_HEAD, **more: Any) -> Task:
    with federation.work_as_system("street") as work:
        return open_task(work, kind="rule", title=TITLE, link="/cases/", role=role, key=key, **more)


def test_a_task_waits_on_the_desk_of_its_role_and_of_nobody_else(as_user: AsUser, federation: Federation) -> None:
    left(federation)
    page = Page(as_user("head@street").get("/desk/").text)
    assert TITLE in page.visible
    assert "等我处理的任务" in page.visible
    for who in ("clerk@street", "head@east"):
        assert TITLE not in as_user(who).get("/desk/").text
        assert TITLE not in as_user(who).get("/tasks/").text


def test_a_task_is_closed_with_a_word_and_the_desk_says_so(as_user: AsUser, federation: Federation) -> None:
    task = left(federation)
    head = as_user("head@street")
    answer = post(head, f"/tasks/{task.id}", {"resolution": "已报党组研究", "from": "desk"})
    assert (answer.status_code, answer.location) == (303, "/desk/")
    page = Page(head.get("/desk/").text)
    assert "任务已处理完毕。" in page.visible
    assert TITLE not in page.visible


def test_without_a_word_the_page_comes_back_with_what_was_typed(as_user: AsUser, federation: Federation) -> None:
    task, other = left(federation), left(federation, "k2")
    answer = post(as_user("head@street"), f"/tasks/{task.id}", {"resolution": " 好 "})
    assert answer.status_code == 422
    page = Page(answer.text)
    assert page.one("span", id=f"e-resolution-{task.id}")
    assert "请写明任务是怎样处理的。" in page.visible
    assert " 好 " in answer.text
    assert str(other.id) in answer.text


def test_a_task_that_a_colleague_closed_first_is_told_in_words(as_user: AsUser, federation: Federation) -> None:
    task = left(federation)
    head = as_user("head@street")
    post(head, f"/tasks/{task.id}", {"resolution": "已报党组研究"})
    answer = post(head, f"/tasks/{task.id}", {"resolution": "再处理一次"})
    assert answer.status_code == 303
    assert "刚刚已由他人处理" in Page(head.get(answer.location).text).visible


def test_nobody_closes_what_is_not_theirs(as_user: AsUser, federation: Federation) -> None:
    task = left(federation)
    for who in ("clerk@street", "head@east", "admin@street"):
        assert post(as_user(who), f"/tasks/{task.id}", {"resolution": "不该能处理"}).status_code == 404


def test_administrators_have_a_page_of_tasks_and_still_no_desk(as_user: AsUser, federation: Federation) -> None:
    left(federation, role=Role.TENANT_ADMIN)
    admin = as_user("admin@street")
    page = Page(admin.get("/tasks/").text)
    assert TITLE in page.visible
    assert page.all("a", href="/tasks/")
    assert admin.get("/desk/").status_code == 403


def test_a_long_queue_shows_the_oldest_on_the_desk_and_all_on_its_page(
    as_user: AsUser, federation: Federation, statements: Callable[[], Any]
) -> None:
    head = as_user("head@street")
    left(federation)
    with statements() as few:
        head.get("/tasks/")
    for place in range(7):
        left(federation, f"many-{place}")
    with statements() as many:
        page = Page(head.get("/tasks/").text)
    assert page.visible.count(TITLE) >= 8
    assert len(many) == len(few)
    desk = Page(head.get("/desk/").text)
    assert len([form for form in desk.all("form") if form.get("action", "").startswith("/tasks/")]) == 5
    assert "全部任务" in desk.visible


def test_an_empty_page_says_so(as_user: AsUser) -> None:
    assert "现在没有等您处理的任务。" in Page(as_user("head@street").get("/tasks/").text).visible
