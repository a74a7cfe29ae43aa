"""通报: the whole subtree in one transaction, each union its own copy, and nobody left out in silence."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from access.roles import Role
from cases.intake import NewParty
from dispatches import queries
from dispatches.circulars import CHUNK, send_circular
from dispatches.models import Letter
from dispatches.workflow import LetterKind, LetterStatus
from kernel.errors import ForbiddenError, InvalidError
from kernel.outbox import OutboxMessage
from notices.services import for_actor
from tenants.models import Kind
from tenants.moving import move
from tenants.services import create
from tests.builders import Federation
from tests.dispatches.letters import on, set_status

WORDS = {"subject": "关于开展欠薪专项排查的通报", "reason": "近期欠薪事项增多，请各单位对照排查。"}


def copies(federation: Federation, slug: str) -> list[Letter]:
    """Circulars in the books of a union."""
    with federation.work_as_system(slug) as work:
        return list(work.session.scalars(select(Letter).where(Letter.kind == LetterKind.CIRCULAR.value)))


def test_every_union_below_gets_one_copy_under_one_number(federation: Federation) -> None:
    with federation.work("head@city") as work:
        batch = send_circular(work, **WORDS)
    ours = copies(federation, "city")
    assert {letter.recipient_id for letter in ours} == {federation.ids[slug] for slug in ("east", "west", "street")}
    assert {(letter.number, letter.batch_id, letter.skipped) for letter in ours} == {
        ("测总工信通〔2026〕000001", batch, 0)
    }
    for slug in ("east", "west", "street"):
        [theirs] = copies(federation, slug)
        assert (theirs.recipient_id, theirs.subject, theirs.case_id) == (federation.ids[slug], WORDS["subject"], None)
        with federation.work_as_system(slug) as work:
            waiting = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.topic == "letter.event")
            assert work.session.scalars(waiting).one() == 1


def test_each_copy_lives_its_own_life_and_the_sender_sees_the_sum(federation: Federation) -> None:
    with federation.work("head@city") as work:
        batch = send_circular(work, **WORDS)
    [theirs] = copies(federation, "west")
    on(federation, "clerk@west", theirs, "sign")
    on(federation, "clerk@west", theirs, "file")
    with federation.work("head@city") as work:
        found = queries.batch(work, batch)
        assert found is not None
        assert found.reached == {LetterStatus.SENT: 2, LetterStatus.CLOSED: 1}
        assert found.not_reached == []
    with federation.work("head@east") as work:
        assert queries.batch(work, batch) is None, "a batch is the sender's own figure"


def test_who_does_not_work_now_is_listed_back_to_the_sender(federation: Federation) -> None:
    set_status(federation, "east", "suspended")
    with federation.work("head@city") as work:
        batch = send_circular(work, **WORDS)
    assert copies(federation, "east") == [] and len(copies(federation, "street")) == 1
    with federation.work("head@city") as work:
        found = queries.batch(work, batch)
        assert found is not None and [union.slug for union in found.not_reached] == ["east"]
        [notice] = for_actor(work.session, work.actor)
        assert notice.role == Role.OFFICE_HEAD
        assert notice.title == "通报测总工信通〔2026〕000001未送达：东区总工会，请另行告知。"


def test_who_did_not_get_it_is_told_as_it_was_when_it_was_sent(federation: Federation) -> None:
    set_status(federation, "east", "suspended")
    with federation.work("head@city") as work:
        batch = send_circular(work, **WORDS)
    with federation.work_as_system("platform") as work:
        create(work, slug="latecomer", name="新成立工会", kind=Kind.GRASSROOTS, code="新工信", parent_slug="city")
        move(work, "east", new_parent_slug="west", reason="隶属关系调整")
    set_status(federation, "east", "closed")
    with federation.work("head@city") as work:
        found = queries.batch(work, batch)
        assert found is not None and [union.slug for union in found.not_reached] == ["east"]


def test_a_union_that_was_closed_is_nobody_to_be_told(federation: Federation) -> None:
    set_status(federation, "west", "closed")
    with federation.work("head@city") as work:
        batch = send_circular(work, **WORDS)
        found = queries.batch(work, batch)
        assert found is not None and found.not_reached == []
    assert copies(federation, "west") == []


def test_a_circular_about_a_report_leaves_the_accused_and_its_subtree_out(federation: Federation) -> None:
    parties = (NewParty(name="测试甲"), NewParty(role="respondent", organisation="东区总工会"))
    case = federation.register("clerk@city", parties=parties)
    federation.act("clerk@city", case.number, "triage", purpose="report", category="01.01", tier="hard")
    with federation.work("head@city") as work:
        batch = send_circular(work, **WORDS, case_number=case.number)
        found = queries.batch(work, batch)
        assert found is not None and [union.slug for union in found.not_reached] == ["east", "street"]
    assert copies(federation, "east") == copies(federation, "street") == []
    assert [letter.sealed for letter in copies(federation, "west")] == [True]


def test_where_nobody_is_below_nothing_is_sent(federation: Federation) -> None:
    with federation.work("head@street") as work, pytest.raises(InvalidError, match="没有可以接收通报的下级"):
        send_circular(work, **WORDS)
    set_status(federation, "street", "suspended")
    with federation.work("head@east") as work, pytest.raises(InvalidError, match="没有可以接收通报的下级"):
        send_circular(work, **WORDS)


def test_words_are_asked_for_and_clerks_send_none(federation: Federation) -> None:
    with federation.work("head@city") as work, pytest.raises(InvalidError) as told:
        send_circular(work, subject="", reason=" ")
    assert set(told.value.fields) == {"subject", "reason"}
    with federation.work("clerk@city") as work, pytest.raises(ForbiddenError):
        send_circular(work, **WORDS)
    assert copies(federation, "city") == []


def test_more_unions_than_one_statement_addresses_are_all_reached_or_none(federation: Federation) -> None:
    with federation.work_as_system("platform") as work:
        for number in range(CHUNK + 5):
            create(
                work,
                slug=f"many{number}",
                name=f"第{number}工会",
                kind=Kind.GRASSROOTS,
                code=f"第{number}工信",
                parent_slug="west",
            )
    with pytest.raises(ZeroDivisionError), federation.work("head@west") as work:
        send_circular(work, **WORDS)
        raise ZeroDivisionError
    assert copies(federation, "west") == []
    with federation.work("head@west") as work:
        batch = send_circular(work, **WORDS)
        found = queries.batch(work, batch)
        assert found is not None and found.reached == {LetterStatus.SENT: CHUNK + 5}
