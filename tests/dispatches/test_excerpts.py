"""调阅: the owner shows what it chooses of its own file, and nobody's name is among it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from cases.models import Case
from dispatches import excerpts, files
from dispatches.kinds import LetterKind
from dispatches.models import Letter, LetterEvent
from dispatches.queries import get
from dispatches.services import NewFile
from documents.services import of_subject
from kernel.errors import InvalidError
from tests.builders import Federation
from tests.dispatches.carried import ADDRESS, ID_NUMBER, NAME, PHONE, WORDS, matter, on, sent
from tests.dispatches.letters import sent as escalated
from tests.dispatches.letters import view
from tests.documents.uploads import PDF


def asked(federation: Federation, **changes: Any) -> Letter:
    """A request from east to the street, signed and begun."""
    fields: dict[str, Any] = {"kind": LetterKind.FILE_REQUEST, "case_number": None, "subject": "调阅欠薪件办理材料"}
    letter = sent(federation, **(fields | changes))
    on(federation, "head@street", letter, "sign")
    on(federation, "head@street", letter, "start")
    return letter


def filed(federation: Federation) -> Case:
    """A decided case of the street with a named petitioner and notes that name her."""
    case = matter(federation, "street")
    handler = str(federation.users["handler@street"].id)
    federation.act("head@street", case.number, "accept", assignee=handler, procedure="由承办人调查核实")
    federation.act("handler@street", case.number, "note", note=f"电话联系{NAME}（{PHONE}），核对工资条")
    return case


def told(federation: Federation, letter: Letter) -> dict[str, Any]:
    """What the asker has of the answer."""
    with federation.work("head@east") as work:
        event = work.session.scalars(
            select(LetterEvent).where(LetterEvent.letter_id == letter.id, LetterEvent.action == "reply")
        ).one()
    return event.told or {}


def test_only_what_was_chosen_is_shown(federation: Federation) -> None:
    case, letter = filed(federation), asked(federation)
    on(federation, "head@street", letter, "reply", text="现提供期限情况", case=case.number, parts=("clocks",))
    excerpt = told(federation, letter)["excerpt"]
    assert set(excerpt) == {"case_number", "title", "status", "clocks"}
    assert [clock["kind"] for clock in excerpt["clocks"]] == ["C-15", "C-60"]
    assert view(federation, "head@east", letter).status == "replied"


def test_everything_chosen_shows_nobodys_name(federation: Federation) -> None:
    case, letter = filed(federation), asked(federation)
    with federation.work("head@street") as work:
        paper = of_subject(work.session, case.id)[0]
    on(
        federation,
        "head@street",
        letter,
        "reply",
        text=f"{NAME}一案材料",
        case=case.number,
        parts=("claims", "clocks", "notes"),
        papers=[str(paper.id)],
        files=(NewFile(f"{NAME}工资条.pdf", PDF),),
    )
    with federation.work("head@east") as work:
        shown = str([event.told for event in get(work, letter.id).events]) + str(
            [event.text for event in get(work, letter.id).events]
        )
        assert [line.name for line in files.of_letter(work, letter.id)] == ["赵*工资条.pdf"]
    assert not [secret for secret in (NAME, PHONE, ID_NUMBER, ADDRESS, WORDS, "测试承办人") if secret in shown]
    excerpt = told(federation, letter)["excerpt"]
    assert excerpt["claims"][0]["text"] == "补发赵*三个月工资"
    assert [note["what"] for note in excerpt["notes"]] == ["登记", "甄别分流", "受理告知", "记录办理情况"]
    assert "核对工资条" in excerpt["notes"][3]["text"]
    assert excerpt["papers"][0]["title"] == "信访事项受理告知书"
    assert "赵*反映三个月工资未发" in str(excerpt["papers"])


def test_an_answer_without_a_file_is_its_text_alone(federation: Federation) -> None:
    letter = asked(federation)
    on(federation, "head@street", letter, "reply", text="经查，本单位没有该件。")
    assert told(federation, letter) == {}


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"case": "没有这个编号"}, "case"),
        ({"parts": ("claims",)}, "case"),
        ({"case": "own", "parts": ("parties",)}, "parts"),
        ({"case": "own", "papers": ("nonsense",)}, "papers"),
        ({"case": "own", "papers": ("01890000-0000-7000-8000-000000000000",)}, "papers"),
    ],
)
def test_what_cannot_be_shown_is_refused_by_field_and_nothing_is_sent(
    federation: Federation, data: dict[str, Any], field: str
) -> None:
    case, letter = filed(federation), asked(federation)
    given = {name: case.number if value == "own" else value for name, value in data.items()}
    with pytest.raises(InvalidError) as refused:
        on(federation, "head@street", letter, "reply", text="现提供材料", **given)
    assert list(refused.value.fields) == [field]
    assert view(federation, "head@east", letter).status == "working"


def test_the_form_knows_the_case_that_a_request_follows(federation: Federation) -> None:
    earlier = escalated(federation)
    letter = asked(federation, refers_to=earlier.id)
    with federation.work("head@street") as work:
        own = work.session.scalars(select(Case.number)).one()
        received = work.session.get_one(Letter, (work.tenant_id, letter.id))
        assert excerpts.asked_about(work, received) == own
    with federation.work("head@east") as work:
        assert excerpts.asked_about(work, work.session.get_one(Letter, (work.tenant_id, letter.id))) == ""
