"""通知: all of them on one page, unread ones first; opening one reads it."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient

from access.roles import Role
from desk.notices import ON_PAGE
from notices.services import post as tell
from tests.builders import Federation
from tests.desk.pages import Page
from tests.web.clients import post

AsUser = Callable[[str], FlaskClient]


def left(federation: Federation, *titles: str, role: Role = Role.CLERK, link: str = "/cases/") -> None:
    for title in titles:
        with federation.work_as_system("street") as work:
            tell(work.session, kind="note", title=title, link=link, role=role)


def test_the_desk_shows_a_few_and_leads_to_all_with_the_number_of_unread_ones(
    as_user: AsUser, federation: Federation
) -> None:
    left(federation, *(f"第{n}条提醒" for n in range(8)))
    clerk = as_user("clerk@street")
    desk = Page(clerk.get("/desk/").text)
    assert "全部通知（8条未读）" in desk.visible and "第0条提醒" not in desk.visible
    page = Page(clerk.get("/notices/").text)
    assert "未读8条" in page.visible and "第0条提醒" in page.visible
    assert page.primary == ["全部标为已读"]


def test_opening_a_notice_reads_it_and_leads_to_what_it_is_about(as_user: AsUser, federation: Federation) -> None:
    left(federation, "先来的", "后来的")
    clerk = as_user("clerk@street")
    page = Page(clerk.get("/notices/").text)
    link = next(one["href"] for one in page.all("a") if one["href"].startswith("/notices/") and len(one["href"]) > 20)
    answer = clerk.get(link)
    assert (answer.status_code, answer.location) == (303, "/cases/")
    page = Page(clerk.get("/notices/").text)
    assert "未读1条" in page.visible
    assert page.visible.index("先来的") < page.visible.index("后来的")
    assert as_user("head@street").get(link).status_code == 404
    assert as_user("clerk@east").get(link).status_code == 404


def test_everything_is_marked_as_read_at_once(as_user: AsUser, federation: Federation) -> None:
    left(federation, "一", "二")
    left(federation, "别人的", role=Role.OFFICE_HEAD)
    clerk = as_user("clerk@street")
    assert post(clerk, "/notices/read").location == "/notices/"
    page = Page(clerk.get("/notices/").text)
    assert "已将2条通知标为已读" in page.visible and "没有未读的通知" in page.visible
    assert page.primary == []
    assert "全部通知（" not in Page(clerk.get("/desk/").text).visible
    assert "未读1条" in Page(as_user("head@street").get("/notices/").text).visible


def test_many_notices_come_in_pages_and_a_made_up_page_is_refused(as_user: AsUser, federation: Federation) -> None:
    left(federation, *(f"第{n}条" for n in range(ON_PAGE + 3)))
    clerk = as_user("clerk@street")
    page = Page(clerk.get("/notices/").text)
    following = next(one["href"] for one in page.all("a") if one["href"].startswith("/notices/?after="))
    rest = Page(clerk.get(following).text)
    assert "第0条" in rest.visible and "已到最后一页" in rest.visible
    for made_up in ("x", "r.x", "u.eA==", "z.MjAyNg=="):
        assert clerk.get("/notices/", query_string={"after": made_up}).status_code == 422


def test_an_administrator_without_a_desk_finds_them_in_the_menu(as_user: AsUser, federation: Federation) -> None:
    left(federation, "给管理员", role=Role.TENANT_ADMIN, link="/admin/users")
    page = Page(as_user("admin@street").get("/admin/users").text)
    assert any(one["href"] == "/notices/" for one in page.all("a"))
    assert "给管理员" in Page(as_user("admin@street").get("/notices/").text).visible
