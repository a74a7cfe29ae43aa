"""按信访人查找."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select

from audit.models import AuditEvent
from cases.intake import NewParty
from tests.builders import Federation
from tests.desk.pages import Page

AsUser = Callable[[str], FlaskClient]


def search(browser: FlaskClient, **typed: str) -> tuple[int, str]:
    token = Page(browser.get("/cases/person").text).value("csrf_token")
    answer = browser.post("/cases/person", data={"csrf_token": token} | typed)
    return answer.status_code, Page(answer.text).visible


def test_an_exact_name_telephone_or_identity_number_finds_the_persons_cases(
    as_user: AsUser, federation: Federation
) -> None:
    person = NewParty(name="欧阳测试", phone="13912345678", id_number="11010519491231002X")
    federation.register(title="欧阳的一件", parties=(person,))
    federation.register(title="别人的一件")
    federation.register(title="密件", parties=(person,), category="13.01")
    browser = as_user("clerk@street")
    for typed in ({"name": "欧阳测试"}, {"phone": "13912345678"}, {"id_number": "11010519491231002x"}):
        status, seen = search(browser, **typed)
        assert status == 200
        assert "欧阳的一件" in seen
        assert "别人的一件" not in seen
        assert "密件" not in seen
    assert "没有查到" in search(browser, name="欧阳")[1]
    assert "没有查到" in search(as_user("clerk@east"), name="欧阳测试")[1]


def test_the_looking_up_is_on_record_and_the_name_is_not(as_user: AsUser, federation: Federation) -> None:
    search(as_user("clerk@street"), name="欧阳测试")
    with federation.work_as_system("street") as work:
        event = work.session.scalars(select(AuditEvent).where(AuditEvent.action == "party:search")).one()
        assert event.data == {"by": "name", "found": 0}


def test_nothing_typed_or_nonsense_is_answered_in_words(as_user: AsUser, federation: Federation) -> None:
    browser = as_user("clerk@street")
    status, seen = search(browser)
    assert status == 422
    assert "请填写其中一项" in seen
    assert search(browser, phone="12")[0] == 422
