"""Every row of the letters' table by its form, on either side."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from dispatches import queries
from dispatches.kinds import LetterKind
from dispatches.models import Letter
from dispatches.services import Draft, act, register_case, send
from dispatches.workflow import LETTER_TABLE, LetterRow, LetterStatus, Side, workflow
from tests.builders import Federation
from tests.desk.pages import Page
from tests.dispatches.letters import a_letter
from tests.web.clients import login, post

AsUser = Callable[[str], FlaskClient]

TEXT = "已经逐件核查，主要原因是人手不足，现已调整分工。"
#: What a person would type for each act, where it is not only a text.
TYPED: dict[str, dict[str, str]] = {
    "order": {"due_on": "2026-03-20"},
    "ask_extension": {"due_on": "2026-03-28"},
    "grant_extension": {"due_on": "2026-03-28"},
    "redo": {"due_on": "2026-04-10"},
}
#: The acts that lead a worked letter to a status, each with its side.
WAY: dict[LetterStatus, tuple[tuple[str, Side], ...]] = {
    LetterStatus.SENT: (),
    LetterStatus.SIGNED: (("sign", Side.RECIPIENT),),
    LetterStatus.WORKING: (("sign", Side.RECIPIENT), ("start", Side.RECIPIENT)),
    LetterStatus.REPLIED: (("sign", Side.RECIPIENT), ("start", Side.RECIPIENT), ("reply", Side.RECIPIENT)),
    LetterStatus.OBJECTED: (("object", Side.RECIPIENT),),
    LetterStatus.EXTENSION: (("sign", Side.RECIPIENT), ("ask_extension", Side.RECIPIENT)),
}


def made(federation: Federation, kind: LetterKind) -> Letter:
    """A letter of a kind between the district and its street (for a dispute: between the city and the district)."""
    if kind is LetterKind.REVIEW:
        return a_letter(federation, kind)
    upward = kind in (LetterKind.ESCALATION, LetterKind.SUBMISSION, LetterKind.REPORT)
    who, to = ("head@street", "east") if upward else ("head@east", "street")
    more: dict[str, Any] = {}
    if kind in (LetterKind.ESCALATION, LetterKind.SUBMISSION):
        more["case_number"] = federation.accepted().number
    if kind is LetterKind.ORDER:
        more["due_on"] = date(2026, 3, 20)
    if kind is LetterKind.SUPERVISION:
        more["details"] = {"trigger": "overdue", "ladder": "supervise", "suggestion": "improve"}
    if kind is LetterKind.DISPUTE:
        to = "west"
    if kind is LetterKind.URGE:
        more["refers_to"] = made(federation, LetterKind.ASSIST).id
    with federation.work(who) as work:
        draft = Draft(kind, federation.ids[to], "关于办理欠薪信访件的函", "涉及职工较多。", "请依法办理。", **more)
        return send(work, draft)


def people(letter: Letter) -> dict[Side, str]:
    """Who holds which copy."""
    if letter.kind == LetterKind.DISPUTE:
        return {Side.SENDER: "head@east", Side.RECIPIENT: "head@city"}
    upward = letter.kind in (LetterKind.ESCALATION, LetterKind.SUBMISSION, LetterKind.REPORT, LetterKind.REVIEW)
    sides = ("head@street", "head@east") if upward else ("head@east", "head@street")
    return dict(zip((Side.SENDER, Side.RECIPIENT), sides, strict=True))


def lead(federation: Federation, letter: Letter, status: LetterStatus) -> None:
    """Bring a letter to a status by the services."""
    for action, side in WAY[status]:
        with federation.work(people(letter)[side]) as work:
            row = next(row for row in workflow(LetterKind(letter.kind), side) if row.action == action)
            act(work, letter.id, action, typed(row.fields, action))


def reviewed(federation: Federation, letter: Letter) -> None:
    """The reviewing body's own case about a request, as far as the service of its opinion."""
    with federation.work("head@east") as work:
        number = register_case(work, letter.id).number
    federation.act("clerk@east", number, "triage", purpose="request", category="01.01", tier="ordinary")
    federation.act("head@east", number, "accept", assignee=str(federation.users["handler@east"].id))
    words = {"facts": "经复查，原意见认定事实清楚。", "basis": "《信访工作条例》第三十五条"}
    federation.act("handler@east", number, "review_decide", review_decision="uphold", **words)
    today = federation.clock.today().isoformat()
    federation.act(
        "handler@east", number, "serve", delivery="post", tracking="EMS1234", delivered_on=today, receipt="signed"
    )


def typed(fields: tuple[str, ...], action: str, unit: int = 0) -> dict[str, str]:
    data = {"text": TEXT, "note": TEXT, "adoption": "adopted", "unit": str(unit), **TYPED.get(action, {})}
    return {name: data[name] for name in fields if name in data}


ROWS = [
    (row, kind)
    for row in LETTER_TABLE
    for kind in LetterKind
    if kind in row.kinds
    and row.side is not Side.SYSTEM
    and row.sources
    and kind not in (LetterKind.CIRCULAR, LetterKind.HANDOVER)
    and row.action != "forward"
]


@pytest.mark.parametrize(("row", "kind"), ROWS, ids=[f"{kind}-{row.side}-{row.action}" for row, kind in ROWS])
def test_every_row_of_the_table_goes_by_its_form(
    as_user: AsUser, federation: Federation, row: LetterRow, kind: LetterKind
) -> None:
    letter = made(federation, kind)
    lead(federation, letter, row.sources[0])
    if row.action == "conclude":
        reviewed(federation, letter)
    browser = as_user(people(letter)[row.side])
    page = Page(browser.get(f"/dispatches/{letter.id}").text)
    assert row.label in page.visible
    path = f"/dispatches/{letter.id}/do/{row.action}"
    if row.fields:
        drawn = browser.get(path)
        assert drawn.status_code == 200
        assert Page(drawn.text).primary == [row.label]
        for name in row.fields:
            assert f'name="{name}"' in drawn.text, name
    answer = post(browser, path, typed(row.fields, row.action, federation.ids["east"]))
    assert answer.status_code == 303, Page(answer.text).visible
    for side, who in people(letter).items():
        shown = Page(as_user(who).get(f"/dispatches/{letter.id}").text).visible
        assert row.label in shown, side
        if "text" in row.fields:
            assert TEXT in shown, side


def test_the_other_side_cannot_act_and_is_told_whose_step_it_is(as_user: AsUser, federation: Federation) -> None:
    letter = made(federation, LetterKind.ORDER)
    for who, action, whose in (("head@east", "sign", "收函单位"), ("head@street", "withdraw", "发函单位")):
        for answer in (
            as_user(who).get(f"/dispatches/{letter.id}/do/{action}"),
            post(as_user(who), f"/dispatches/{letter.id}/do/{action}", {"text": TEXT}),
        ):
            assert answer.status_code == 403
            assert f"由{whose}办理" in Page(answer.text).visible
    assert as_user("head@street").get(f"/dispatches/{letter.id}/do/nonsense").status_code == 404


def test_mistakes_come_back_beside_their_fields_with_what_was_typed(as_user: AsUser, federation: Federation) -> None:
    letter = made(federation, LetterKind.SUPERVISION)
    lead(federation, letter, LetterStatus.WORKING)
    data = {"text": TEXT, "files": (io.BytesIO(b"x"), "说明.txt")}
    answer = post(as_user("head@street"), f"/dispatches/{letter.id}/do/reply", data)
    assert answer.status_code == 422
    page = Page(answer.text)
    assert page.value("text") == TEXT
    assert page.one("span", id="e-adoption")
    assert "附件需要重新选择：说明.txt" in page.visible


def test_an_extension_beyond_thirty_days_and_a_late_objection_are_refused_in_words(
    as_user: AsUser, federation: Federation, clock: Any
) -> None:
    letter = made(federation, LetterKind.ORDER)
    lead(federation, letter, LetterStatus.SIGNED)
    street = as_user("head@street")
    form = Page(street.get(f"/dispatches/{letter.id}/do/ask_extension").text)
    assert "现在的期限是2026年3月20日，最多再延30日。" in form.visible
    answer = post(street, f"/dispatches/{letter.id}/do/ask_extension", {"text": TEXT, "due_on": "2026-06-01"})
    assert answer.status_code == 422
    assert Page(answer.text).one("span", id="e-due_on")
    assert "异议期限" in Page(street.get(f"/dispatches/{letter.id}").text).visible
    clock.forward(days=8)
    login(street, "head@street")
    page = Page(street.get(f"/dispatches/{letter.id}").text)
    assert "异议期限" not in page.visible
    assert "提出异议" not in page.visible
    late = post(street, f"/dispatches/{letter.id}/do/object", {"text": TEXT})
    assert late.status_code == 409
    assert "五个工作日" in Page(late.text).visible


def test_two_who_act_at_once_are_told_apart_and_nothing_is_lost(as_user: AsUser, federation: Federation) -> None:
    letter = made(federation, LetterKind.ASSIST)
    lead(federation, letter, LetterStatus.REPLIED)
    with federation.work("leader@east") as work:
        act(work, letter.id, "approve", {})
    answer = post(as_user("head@east"), f"/dispatches/{letter.id}/do/redo", {"text": "请补充付款凭证。"})
    assert answer.status_code == 409
    page = Page(answer.text)
    assert page.value("text") == "请补充付款凭证。"
    assert page.primary == ["查看最新状态"]


def test_a_dispute_is_decided_for_a_unit_that_is_searched_for(as_user: AsUser, federation: Federation) -> None:
    letter = made(federation, LetterKind.DISPUTE)
    lead(federation, letter, LetterStatus.SIGNED)
    city, path = as_user("head@city"), f"/dispatches/{letter.id}/do/designate"
    choices = [found["value"] for found in Page(city.get(path).text).all("input", name="unit")]
    assert choices == [str(federation.ids[slug]) for slug in ("east", "west", "city")]
    found = post(city, path, {"step": "find", "q": "街道", "text": TEXT, "unit": str(federation.ids["west"])})
    page = Page(found.text)
    assert page.value("text") == TEXT
    assert page.checked("unit") == [str(federation.ids["west"])]
    assert str(federation.ids["street"]) in [option["value"] for option in page.all("input", name="unit")]
    assert post(city, path, {"text": TEXT, "unit": str(federation.ids["west"])}).status_code == 303
    assert "指定单位：西区总工会" in Page(city.get(f"/dispatches/{letter.id}").text).visible
    assert "等我处理的函件" in Page(as_user("head@west").get("/desk/").text).visible


def test_a_file_request_is_answered_with_what_the_owner_chooses_and_nothing_else(
    as_user: AsUser, federation: Federation
) -> None:
    case = federation.decided()
    letter = made(federation, LetterKind.FILE_REQUEST)
    lead(federation, letter, LetterStatus.WORKING)
    street, path = as_user("head@street"), f"/dispatches/{letter.id}/do/reply"
    listed = Page(post(street, path, {"step": "find", "case": case.number, "text": TEXT}).text)
    papers = [found["value"] for found in listed.all("input", name="papers")]
    assert len(papers) >= 2
    assert listed.value("text") == TEXT
    wrong = post(street, path, {"text": TEXT, "case": "没有这个编号", "parts": ["claims"]})
    assert wrong.status_code == 422
    assert Page(wrong.text).one("span", id="e-case")
    data = {"text": TEXT, "case": case.number, "parts": ["claims"], "papers": papers[:1]}
    assert post(street, path, data).status_code == 303
    shown = Page(as_user("head@east").get(f"/dispatches/{letter.id}").text)
    assert "督促单位十日内补发。" in shown.visible
    assert case.number in shown.visible
    # Neither the people nor what was not chosen: the clocks.
    for secret in ("测试甲", "13800001111", "2026年5月1日到期"):
        assert secret not in shown.visible
    assert len(shown.all("details", class_="paper-copy")) == 1


def test_a_letter_through_the_common_superior_is_passed_on_and_its_end_is_told_back(
    as_user: AsUser, federation: Federation
) -> None:
    number = federation.accepted("east").number
    with federation.work("head@east") as work:
        letter = send(
            work,
            Draft(
                LetterKind.TRANSFER,
                federation.ids["west"],
                "",
                "注册地在西区。",
                "请依法办理。",
                case_number=number,
            ),
        )
    city = as_user("head@city")
    assert post(city, f"/dispatches/{letter.id}/do/sign").status_code == 303
    assert Page(city.get(f"/dispatches/{letter.id}").text).primary == ["转交承办单位"]
    form = Page(city.get(f"/dispatches/{letter.id}/do/forward").text)
    assert form.checked("unit") == [str(federation.ids["west"])]
    passed = post(city, f"/dispatches/{letter.id}/do/forward", {"unit": str(federation.ids["west"])})
    assert passed.status_code == 303, Page(passed.text).visible
    with federation.work("head@west") as work:
        second = queries.inbox(work)[0]
    west = as_user("head@west")
    post(west, f"/dispatches/{second.letter.id}/do/sign")
    page = Page(west.get(f"/dispatches/{second.letter.id}").text)
    assert page.primary == ["登记为本单位信访件"]
    registered = post(west, f"/dispatches/{second.letter.id}/register")
    assert registered.status_code == 303
    case = Page(west.get(registered.location).text)
    assert "已根据来函登记为" in case.visible
    assert "来往函件" in case.visible
    assert "查看信访件" in Page(west.get(f"/dispatches/{second.letter.id}").text).visible


def test_registering_twice_leads_to_the_same_case(as_user: AsUser, federation: Federation) -> None:
    letter = made(federation, LetterKind.ORDER)
    lead(federation, letter, LetterStatus.SIGNED)
    street = as_user("head@street")
    first = post(street, f"/dispatches/{letter.id}/register")
    second = post(street, f"/dispatches/{letter.id}/register")
    assert (first.status_code, first.location) == (second.status_code, second.location)
