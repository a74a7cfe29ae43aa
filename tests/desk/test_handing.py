"""逐件移交: the button on a case page while the union is being split, its form, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from cases import queries
from cases.intake import NewParty
from tenants import succession
from tests.builders import Federation
from tests.desk.pages import Page
from tests.web.clients import post

AsUser = Callable[[str], FlaskClient]
BUTTON = "移交承继单位"


def split(federation: Federation, to: str, basis: str = "机构编制〔2026〕7号") -> UUID:
    with federation.work("root@platform") as work:
        return succession.decide(
            work, "west", successor=to, kind="split", basis=basis, decided_on=date(2026, 3, 2)
        ).id


def status(federation: Federation, number: str) -> str:
    with federation.work("head@west") as work:
        return queries.file(work, number).case.status


def test_the_button_is_there_for_the_office_and_the_leader_while_a_split_is_under_way(
    as_user: AsUser, federation: Federation
) -> None:
    case = federation.register("clerk@west")
    assert BUTTON not in Page(as_user("head@west").get(f"/cases/{case.number}").text).visible
    found = split(federation, "east")
    for who, sees in (("head", True), ("leader", True), ("clerk", False), ("supervisor", False)):
        page = Page(as_user(f"{who}@west").get(f"/cases/{case.number}").text)
        assert (BUTTON in page.visible) is sees, who
        assert BUTTON not in page.primary
        assert as_user(f"{who}@west").get(f"/cases/{case.number}/hand-over").status_code == (200 if sees else 403)
    with federation.work("root@platform") as work:
        succession.finish(work, found, unfinished=())
    assert BUTTON not in Page(as_user("head@west").get(f"/cases/{case.number}").text).visible
    assert as_user("head@west").get(f"/cases/{case.number}/hand-over").status_code == 409


def test_one_successor_is_chosen_already_and_the_case_goes_there(as_user: AsUser, federation: Federation) -> None:
    case, found = federation.register("clerk@west"), split(federation, "east")
    form = Page(as_user("head@west").get(f"/cases/{case.number}/hand-over").text)
    assert form.checked("succession") == [str(found)]
    for words in ("东区总工会", "分立依据：机构编制〔2026〕7号", "期限不变", case.title):
        assert words in form.visible, words
    answer = post(as_user("head@west"), f"/cases/{case.number}/hand-over", {"succession": str(found)})
    assert answer.status_code == 303
    page = Page(as_user("head@west").get(answer.location).text)
    assert "已移交东区总工会" in page.visible and "已移交承继单位" in page.visible
    assert not page.all("a", href=f"/cases/{case.number}/hand-over")
    steps = [found["class"] for found in page.all("li") if "step" in found.get("class", "")]
    assert steps == ["step step-done"] * 2, "registered, and handed over"
    assert status(federation, case.number) == "handed_over"
    again = post(as_user("head@west"), f"/cases/{case.number}/hand-over", {"succession": str(found)})
    assert again.status_code == 409 and "查看最新状态" in again.text


def test_of_two_successors_one_must_be_chosen(as_user: AsUser, federation: Federation) -> None:
    case = federation.register("clerk@west")
    split(federation, "east")
    other = split(federation, "street", "机构编制〔2026〕8号")
    form = Page(as_user("leader@west").get(f"/cases/{case.number}/hand-over").text)
    assert form.checked("succession") == [] and "机构编制〔2026〕8号" in form.visible
    for wrong in ({}, {"succession": "nonsense"}, {"succession": str(UUID(int=1))}):
        answer = post(as_user("leader@west"), f"/cases/{case.number}/hand-over", wrong)
        assert answer.status_code == 422 and "请选择承继单位。" in Page(answer.text).visible
    assert status(federation, case.number) == "registered"
    answer = post(as_user("leader@west"), f"/cases/{case.number}/hand-over", {"succession": str(other)})
    assert answer.status_code == 303
    assert "已移交东一街道工会联合会" in as_user("leader@west").get(answer.location).text


def test_a_report_against_the_successor_goes_past_it_and_the_page_says_to_whom(
    as_user: AsUser, federation: Federation
) -> None:
    parties = (NewParty(name="测试甲"), NewParty(role="respondent", organisation="东区总工会"))
    case = federation.register("clerk@west", parties=parties)
    federation.act("clerk@west", case.number, "triage", purpose="report", category="13.01", tier="hard")
    found = split(federation, "east")
    answer = post(as_user("head@west"), f"/cases/{case.number}/hand-over", {"succession": str(found)})
    assert "已移交测试市总工会" in as_user("head@west").get(answer.location).text


@pytest.mark.parametrize("who", ["head@east", "head@city"])
def test_a_case_of_another_union_is_not_there(as_user: AsUser, federation: Federation, who: str) -> None:
    case, found = federation.register("clerk@west"), split(federation, "east")
    assert as_user(who).get(f"/cases/{case.number}/hand-over").status_code == 404
    data = {"succession": str(found)}
    assert post(as_user(who), f"/cases/{case.number}/hand-over", data).status_code == 404
    assert status(federation, case.number) == "registered"
