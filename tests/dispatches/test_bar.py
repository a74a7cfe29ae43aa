"""No letter of any kind about a case reaches a union that the case accuses, nor any union below it."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from cases.models import Case
from dispatches import policy
from dispatches.drafts import Draft
from dispatches.kinds import RELATIONS, LetterKind
from dispatches.models import Letter
from dispatches.sending import send
from dispatches.services import act, register_case, send_circular
from kernel.errors import ConflictError, ForbiddenError, InvalidError, LianxinError
from tenants import succession
from tenants.standing import Relation
from tests.builders import Federation

SEALED = {"purpose": "report", "category": "13.01", "tier": "ordinary"}
RETALIATION = {"purpose": "request", "category": "01.01", "tier": "ordinary", "retaliation": "1"}
#: Kinds that a person may send about a case.
KINDS = [kind for kind in LetterKind if kind is not LetterKind.HANDOVER]


def case_against(federation: Federation, slug: str, accused: str, triage: dict[str, Any]) -> Case:
    case = federation.register(f"clerk@{slug}")
    return federation.act(f"clerk@{slug}", case.number, "triage", **triage, accused=accused)


def draft(kind: LetterKind, to: int, number: str, **changes: Any) -> Draft:
    due = {"due_on": date(2026, 3, 20) if kind is LetterKind.ORDER else None}
    details = {"details": {"trigger": "other"}} if kind is LetterKind.SUPERVISION else {}
    fields = {
        "subject": "关于一件信访事项",
        "reason": "依法处理需要",
        "request": "请按规定办理",
        "case_number": number,
        "skip_reason": "情况特殊需要越级",
    }
    return Draft(kind=kind, to=to, **(fields | due | details | changes))


@pytest.mark.parametrize("triage", [SEALED, RETALIATION], ids=["sealed", "retaliation"])
@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize("to", ["east", "street"])
def test_no_kind_of_letter_goes_down_into_the_accused_subtree(
    federation: Federation, kind: LetterKind, to: str, triage: dict[str, Any]
) -> None:
    number = case_against(federation, "city", "东区总工会", triage).number
    with federation.work("head@city") as work, pytest.raises(LianxinError) as refused:
        send(work, draft(kind, federation.ids[to], number))
    assert not isinstance(refused.value, ConflictError)
    if Relation.DOWN in RELATIONS[kind] and kind is not LetterKind.URGE:
        assert isinstance(refused.value, InvalidError)
        assert refused.value.code == "barred"
    with federation.work_as_system(to) as work:
        assert work.session.scalars(select(Letter)).all() == []


@pytest.mark.parametrize("kind", [LetterKind.TRANSFER, LetterKind.ASSIST, LetterKind.DISPUTE], ids=str)
@pytest.mark.parametrize("to", ["east", "street"])
def test_no_letter_reaches_the_accused_through_the_common_superior(
    federation: Federation, kind: LetterKind, to: str
) -> None:
    number = case_against(federation, "west", "east", SEALED).number
    for way in ({"to": federation.ids[to]}, {"to": federation.ids["city"], "beyond": federation.ids[to]}):
        with federation.work("head@west") as work, pytest.raises(InvalidError) as refused:
            send(work, draft(kind, way["to"], number, beyond=way.get("beyond")))
        assert refused.value.code == "barred"


@pytest.mark.parametrize("kind", [LetterKind.ESCALATION, LetterKind.SUBMISSION, LetterKind.REPORT], ids=str)
def test_no_letter_goes_up_to_an_accused_superior_and_the_next_one_may_get_it(
    federation: Federation, kind: LetterKind
) -> None:
    number = case_against(federation, "street", "east", SEALED).number
    with federation.work("head@street") as work, pytest.raises(InvalidError) as refused:
        send(work, draft(kind, federation.ids["east"], number))
    assert refused.value.code == "barred"
    with federation.work("head@street") as work:
        letter = send(work, draft(kind, federation.ids["city"], number))
    assert letter.skipped == 1


def test_a_circular_that_carries_the_case_leaves_the_accused_subtree_out(federation: Federation) -> None:
    number = case_against(federation, "city", "east", SEALED).number
    with federation.work("head@city") as work:
        send_circular(work, subject="通报一件信访事项", reason="请各单位引以为戒", case_number=number)
    reached = set()
    for slug in ("east", "west", "street"):
        with federation.work_as_system(slug) as work:
            if work.session.scalars(select(Letter)).first() is not None:
                reached.add(slug)
    assert reached == {"west"}


def test_a_letter_about_a_case_that_accuses_is_sealed_on_both_sides(federation: Federation) -> None:
    number = case_against(federation, "street", "west", RETALIATION).number
    with federation.work("head@street") as work:
        letter = send(work, draft(LetterKind.SUBMISSION, federation.ids["east"], number))
    assert letter.sealed
    with federation.work("clerk@east") as work:
        assert work.session.scalars(select(Letter.id).where(policy.visible(work.actor))).all() == []
    with federation.work("head@east") as work:
        assert work.session.scalars(select(Letter.id).where(policy.visible(work.actor))).all() == [letter.id]


def test_an_ordinary_complaint_about_a_union_may_be_sent_to_it(federation: Federation) -> None:
    ordinary = {"purpose": "request", "category": "11.04", "tier": "ordinary"}
    case = case_against(federation, "city", "east", ordinary)
    with federation.work("head@city") as work:
        assert policy.barred(work, case) == set()
        letter = send(work, draft(LetterKind.TRANSFER, federation.ids["east"], case.number))
    assert "accused" not in json.dumps(letter.snapshot)


def test_a_superior_does_not_order_the_accused_to_handle_the_case_against_itself(federation: Federation) -> None:
    number = case_against(federation, "street", "street", SEALED).number
    with federation.work("head@street") as work:
        letter = send(work, draft(LetterKind.ESCALATION, federation.ids["east"], number))
    with federation.work("head@east") as work:
        act(work, letter.id, "sign")
    with federation.work("head@east") as work, pytest.raises(ForbiddenError):
        act(work, letter.id, "order", {"text": "请你单位自行办理", "due_on": "2026-03-20"})
    with federation.work("head@east") as work:
        act(work, letter.id, "answer", {"text": "由本级直接办理"})


@pytest.mark.parametrize("triage", [SEALED, RETALIATION], ids=["sealed", "retaliation"])
def test_whoever_takes_the_matter_over_is_bound_as_its_first_holder_was(
    federation: Federation, triage: dict[str, Any]
) -> None:
    number = case_against(federation, "city", "东一街道工会联合会", triage).number
    with federation.work("head@city") as work:
        letter = send(work, draft(LetterKind.ORDER, federation.ids["east"], number))
    with federation.work("head@east") as work:
        act(work, letter.id, "sign")
        own = register_case(work, letter.id).number
    # Whatever the new holder takes it for, it stays closed and it stays away from the accused.
    ordinary = {"purpose": "request", "category": "01.01", "tier": "ordinary"}
    case = federation.act("head@east", own, "triage", **ordinary)
    assert case.sealed
    with federation.work("head@east") as work, pytest.raises(InvalidError) as refused:
        send(work, draft(LetterKind.TRANSFER, federation.ids["street"], own))
    assert refused.value.code == "barred"


@pytest.mark.parametrize("kind", ["merge", "split"])
@pytest.mark.parametrize("when", ["before the complaint", "after the complaint"])
def test_the_bar_follows_an_accused_union_to_whoever_carries_on_its_work(
    federation: Federation, kind: str, when: str
) -> None:
    def decide() -> None:
        with federation.work("root@platform") as work:
            succession.decide(
                work, "west", successor="east", kind=kind, basis="机构编制〔2026〕7号", decided_on=date(2026, 3, 2)
            )

    if when == "before the complaint":
        decide()
    case = case_against(federation, "city", "西区总工会", SEALED)
    if when == "after the complaint":
        decide()
    with federation.work("head@city") as work:
        assert policy.accused(work, case) == {federation.ids["west"]}, "the complaint names whom it names"
        assert policy.barred(work, case) == {federation.ids[slug] for slug in ("west", "east", "street")}
    for to in ("east", "street"):
        with federation.work("head@city") as work, pytest.raises(InvalidError) as refused:
            send(work, draft(LetterKind.TRANSFER, federation.ids[to], case.number))
        assert refused.value.code == "barred"


def test_the_bar_follows_a_union_through_two_merges_and_round_a_circle(federation: Federation) -> None:
    ids = federation.ids
    with federation.work("root@platform") as work:
        for before, after, kind in (("west", "street", "split"), ("street", "west", "split")):
            succession.decide(
                work, before, successor=after, kind=kind, basis="机构编制〔2026〕7号", decided_on=date(2026, 3, 2)
            )
    with federation.work("head@city") as work:
        assert succession.carrying_on(work.session, {ids["west"]}) == {ids["west"], ids["street"]}
        assert succession.carrying_on(work.session, {ids["east"]}) == {ids["east"]}
        assert succession.carrying_on(work.session, ()) == set()
