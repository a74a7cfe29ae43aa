"""Through the common superior: passed on without a look at the people, and everything that comes of it told back."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, text

from cases import queries as case_queries
from cases.workflow import Status
from dispatches import files, jobs
from dispatches.kinds import LetterKind
from dispatches.models import Letter, LetterEvent
from dispatches.queries import get, waiting
from dispatches.services import NewFile, register_case
from dispatches.workflow import LetterStatus
from kernel.errors import ConflictError, ForbiddenError, InvalidError
from tests.builders import Federation
from tests.dispatches.carried import (
    ADDRESS,
    ID_NUMBER,
    NAME,
    PHONE,
    WORDS,
    case_of,
    copy_of,
    deliver,
    matter,
    on,
    sent,
    taken,
)
from tests.dispatches.letters import view
from tests.documents.uploads import PDF

SECRETS = (NAME, PHONE, ID_NUMBER, ADDRESS, WORDS)


def sideways(federation: Federation, **changes: Any) -> Letter:
    """A transfer from east to west, handed to the city and signed there."""
    fields: dict[str, Any] = {"kind": LetterKind.TRANSFER, "to": "west", "share_identity": True}
    letter = sent(federation, **(fields | changes))
    on(federation, "head@city", letter, "sign")
    return letter


def passed_on(federation: Federation, first: Letter, **data: Any) -> Letter:
    """The letter by which the city passed it on."""
    on(federation, "head@city", first, "forward", **data)
    with federation.work_as_system("city") as work:
        return work.session.scalars(
            select(Letter).where(Letter.refers_to == first.id).order_by(Letter.sent_at.desc(), Letter.id.desc())
        ).first() or pytest.fail("nothing was passed on")


def events(federation: Federation, login: str, letter: Letter) -> list[tuple[str, str, str | None]]:
    """Action, status and words of each event after the first."""
    return [(event.action, event.status, event.text) for event in view(federation, login, letter).events[1:]]


def test_the_superior_passes_the_matter_on_and_never_sees_the_people(federation: Federation) -> None:
    first = sideways(federation, files=(NewFile("工资条.pdf", PDF),))
    with federation.work("head@city") as work:
        offered = {row.action for row in get(work, first.id).actions}
        assert "forward" in offered
        assert "start" not in offered
    second = passed_on(federation, first)
    assert (second.recipient_id, second.kind, second.snapshot["title"]) == (
        federation.ids["west"],
        "transfer",
        "赵*反映三个月工资未发",
    )
    assert copy_of(federation, "city", second).enclosure is None
    own = taken(federation, "head@west", second)
    with federation.work("head@west") as work:
        party = case_queries.file(work, own.number).parties[0]
        assert work.cipher.decrypt(work.tenant_id, "name", party.name_sealed or b"") == NAME
        assert [line.name for line in files.of_letter(work, second.id)] == ["工资条.pdf"]
    with federation.work_as_system("city") as work:
        for table in ("letters", "letter_events", "letter_files", "audit_events", "notices", "cases", "parties"):
            rows = work.session.execute(text(f"select x::text from {table} x")).scalars().all()
            assert not [secret for secret in SECRETS if any(secret in row for row in rows)], table


def test_the_superior_cannot_make_a_case_of_what_is_for_another(federation: Federation) -> None:
    first = sideways(federation)
    with pytest.raises(ForbiddenError, match="转交承办单位"), federation.work("head@city") as work:
        register_case(work, first.id)
    with pytest.raises(ForbiddenError, match="转交承办单位"):
        on(federation, "head@city", first, "start")


def test_a_letter_for_the_recipient_itself_is_not_passed_on(federation: Federation) -> None:
    letter = sent(federation, kind=LetterKind.TRANSFER)
    on(federation, "head@street", letter, "sign")
    with pytest.raises(ForbiddenError, match="不由本单位转交"):
        on(federation, "head@street", letter, "forward")


def test_what_happens_on_the_second_letter_is_told_on_the_first(federation: Federation) -> None:
    case = matter(federation)
    first = sideways(federation, case=case)
    second = passed_on(federation, first)
    own = taken(federation, "head@west", second)
    on(federation, "head@west", second, "progress", text="已约谈用人单位")
    on(federation, "head@west", second, "reply", text="单位已补发工资。", files=(NewFile("凭证.pdf", PDF),))
    deliver(federation, "city")
    assert events(federation, "head@east", first) == [
        ("sign", "signed", None),
        ("forward", "working", None),
        ("relayed", "working", "西区总工会：签收。"),
        ("relayed", "working", "西区总工会：开始办理。"),
        ("relayed", "working", "西区总工会：反馈进展。已约谈用人单位"),
        ("relayed", "working", "西区总工会：反馈办理结果。单位已补发工资。"),
    ]
    on(federation, "head@city", second, "approve")
    assert events(federation, "head@east", first)[-1] == ("reply", "replied", "单位已补发工资。")
    with federation.work("head@east") as work:
        assert [(line.name, line.own) for line in files.of_letter(work, first.id)] == [("凭证.pdf", False)]
    on(federation, "head@east", first, "approve")
    assert case_of(federation, "east", case).status == Status.CLOSED
    assert case_of(federation, "west", own).status == Status.REGISTERED, "the other side's case is its own business"
    for slug in ("city", "west", "east"):
        deliver(federation, slug)


def test_a_message_that_comes_twice_is_told_once(federation: Federation) -> None:
    first = sideways(federation)
    second = passed_on(federation, first)
    on(federation, "head@west", second, "sign")
    for _ in range(2):
        with federation.work_as_system("city") as work:
            jobs.arrived(work, {"letter": str(second.id), "seq": 2})
    assert [action for action, _, _ in events(federation, "head@east", first)].count("relayed") == 1


def test_an_objection_comes_back_to_the_superior_who_names_another_unit(federation: Federation) -> None:
    first = sideways(federation)
    second = passed_on(federation, first)
    with pytest.raises(ConflictError, match="尚未退回"):
        on(federation, "head@city", first, "forward")
    on(federation, "head@west", second, "object", text="用人单位注册地和经营地均不在西区，不属于本单位职权范围。")
    on(federation, "head@city", second, "agree_objection")
    deliver(federation, "city")
    told = {words for action, _, words in events(federation, "head@east", first) if action == "relayed"}
    assert told == {
        "测试市总工会：同意退回。",
        "西区总工会：提出异议。用人单位注册地和经营地均不在西区，不属于本单位职权范围。",
    }
    for unit in ("east", "city"):
        with pytest.raises(InvalidError, match="只能转交"):
            on(federation, "head@city", first, "forward", unit=str(federation.ids[unit]))
    third = passed_on(federation, first, unit=str(federation.ids["street"]))
    assert third.recipient_id == federation.ids["street"]
    own = taken(federation, "head@street", third)
    with federation.work("head@street") as work:
        party = case_queries.file(work, own.number).parties[0]
        assert work.cipher.decrypt(work.tenant_id, "name", party.name_sealed or b"") == NAME


def test_a_unit_that_is_suspended_has_to_be_replaced(federation: Federation) -> None:
    first = sideways(federation)
    with federation.work_as_system("platform") as work:
        work.session.execute(text("update tenants set status = 'suspended' where slug = 'west'"))
    with pytest.raises(InvalidError, match="请选择其他承办单位"):
        on(federation, "head@city", first, "forward")
    assert view(federation, "head@city", first).status is LetterStatus.SIGNED


def test_the_case_of_the_first_sender_comes_back_when_the_superior_agrees_to_its_objection(
    federation: Federation,
) -> None:
    case = matter(federation)
    first = sideways(federation, case=case)
    on(federation, "head@city", first, "object", text="该单位隶属产业工会，应由产业工会系统办理。")
    on(federation, "head@east", first, "agree_objection")
    assert case_of(federation, "east", case).status == Status.TRIAGED


def test_nothing_of_the_first_sender_is_readable_at_the_third(federation: Federation) -> None:
    first = sideways(federation)
    second = passed_on(federation, first)
    with federation.work_as_system("west") as work:
        assert work.session.scalars(select(Letter.id)).all() == [second.id]
        assert set(work.session.scalars(select(LetterEvent.letter_id))) == {second.id}


def test_what_was_passed_on_waits_for_the_superior_again_only_when_it_comes_back(federation: Federation) -> None:
    def waits(letter: Letter) -> bool:
        with federation.work("head@city") as work:
            return any(found.letter.id == letter.id for found in waiting(work))

    first = sideways(federation)
    assert waits(first)
    second = passed_on(federation, first)
    assert not waits(first)
    on(federation, "head@west", second, "sign")
    on(federation, "head@west", second, "object", text="该事项不属于我单位职权范围，应由用人单位所在地办理。")
    deliver(federation, "city")
    assert not waits(first)
    assert waits(second)
    on(federation, "head@city", second, "agree_objection")
    deliver(federation, "city")
    assert waits(first)


def test_words_of_any_length_are_told_on(federation: Federation) -> None:
    first = sideways(federation)
    second = passed_on(federation, first)
    on(federation, "head@west", second, "sign")
    on(federation, "head@west", second, "progress", text="查" * 10_000)
    deliver(federation, "city")
    told = events(federation, "head@east", first)[-1][2] or ""
    assert told.startswith("西区总工会：反馈进展。查查")
    assert (len(told), told[-1]) == (10_000, "…")
