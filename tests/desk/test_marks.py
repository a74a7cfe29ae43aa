"""The marks that rules read, at the desk: typed once, shown to whom they concern."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient

from tests.builders import Federation
from tests.desk.pages import Page
from tests.web.clients import post

AsUser = Callable[[str], FlaskClient]
TRIAGE = {"purpose": "request", "category": "11.04", "tier": "ordinary"}


def test_the_accused_union_is_shown_to_whoever_sees_sealed_files_and_to_nobody_else(
    as_user: AsUser, federation: Federation
) -> None:
    number = federation.register().number
    federation.act("clerk@street", number, "triage", **TRIAGE, accused="west", conflict="1")
    handler = str(federation.users["handler@street"].id)
    federation.act("head@street", number, "accept", assignee=handler)
    assert "西区总工会" in as_user("head@street").get(f"/cases/{number}").text
    for login in ("handler@street", "clerk@street", "supervisor@street"):
        page = as_user(login).get(f"/cases/{number}").text
        assert "西区总工会" not in page
        assert "需回避" in page
        for path in ("/cases/", "/desk/"):
            assert "西区总工会" not in as_user(login).get(path).text


def test_an_accused_union_that_nobody_knows_comes_back_with_a_sentence_and_what_was_typed(
    as_user: AsUser, federation: Federation
) -> None:
    number = federation.register().number
    clerk = as_user("clerk@street")
    path = f"/cases/{number}/do/triage"
    assert Page(clerk.get(path).text).value("accused") == ""
    answer = post(clerk, path, TRIAGE | {"accused": "不存在的工会", "retaliation": "1"})
    assert answer.status_code == 422
    assert "没有找到这个工会组织" in answer.text
    assert "不存在的工会" in answer.text
    assert 'name="retaliation" value="1" checked' in answer.text


def test_a_rating_is_shown_as_written_down_by_staff(as_user: AsUser, federation: Federation) -> None:
    number = federation.register().number
    federation.act("clerk@street", number, "answer", spot_purpose="inquiry", reply="当场答复了政策规定")
    federation.act(
        "clerk@street", number, "rate", told_how="call", rating="mostly_satisfied", reason="电话回访时说基本满意"
    )
    page = as_user("clerk@street").get(f"/cases/{number}").text
    assert "基本满意（工作人员代录）" in page
    assert "电话回访时说基本满意" in page
