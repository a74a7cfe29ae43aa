"""The letters' table, row by row: what it says, who may do it on a real letter, and who may not."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Set
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from access.actor import Actor, Work
from access.roles import CASE_ROLES, Role
from cases.models import Case
from dispatches import posting
from dispatches.copies import own_copy
from dispatches.kinds import KIND_LABELS, PREFIXES, RELATIONS
from dispatches.models import Letter, LetterCase, LetterEvent
from dispatches.services import act, send
from dispatches.statuses import FINAL, LETTER_STATUS_LABELS
from dispatches.table import LETTER_TABLE
from dispatches.workflow import (
    OPEN,
    RECIPIENT_WORKFLOW,
    LetterKind,
    LetterStatus,
    Side,
    action_label,
    duties,
    optional_fields,
    senders,
    workflow,
)
from kernel.errors import ForbiddenError, IllegalTransitionError, NotFoundError
from tests.builders import Federation
from tests.dispatches.expected import Expected, expected
from tests.dispatches.letters import PAIRS, a_letter, draft, nothing_left, post
from tests.ways import Ways

#: The other side's action, or one that the role does not do; and an action whose time is over.
NOT_YOURS = (ForbiddenError,)
OVER = (IllegalTransitionError,)
#: Words that satisfy every rule.
WORDS = "经研究，提出如下意见，请依照执行。"


def test_the_table_says_what_was_agreed() -> None:
    said = {
        Expected(
            kind.value,
            row.side.value,
            row.action,
            source,
            (row.target or LetterStatus(source)).value,
            frozenset(role.value for role in row.roles),
            frozenset(f"{name}?" if name in row.optional else name for name in row.fields),
        )
        for row in LETTER_TABLE
        for kind in row.kinds
        for source in ([status.value for status in row.sources] or [""])
    }
    assert said - expected() == set(), "in the table and not agreed"
    assert expected() - said == set(), "agreed and not in the table"


def test_every_kind_has_a_word_a_prefix_a_way_and_somebody_who_sends_it() -> None:
    for kind in LetterKind:
        assert KIND_LABELS[kind] and PREFIXES[kind] and RELATIONS[kind] and senders(kind)
    assert set(LETTER_STATUS_LABELS) == set(LetterStatus) == set(OPEN) | set(FINAL)
    # Numbers of two kinds may only be alike where they share one counter.
    assert len(set(PREFIXES.values())) == len(LetterKind) - 1


def test_every_letter_can_be_brought_to_an_end_by_people_alone() -> None:
    for kind in LetterKind:
        reached, todo = set(), [LetterStatus.SENT]
        rows = [*workflow(kind, Side.RECIPIENT), *workflow(kind, Side.SENDER)]
        while todo:
            status = todo.pop()
            reached.add(status)
            following = {row.target for row in rows if status in row.sources and row.target} - reached
            todo += following
            assert status in FINAL or following or reached & set(FINAL), f"{kind}: {status} is a dead end"
        assert reached & set(FINAL)
        for status in reached - set(FINAL):
            sides = [side for side in (Side.RECIPIENT, Side.SENDER) if (kind, status) in duties(side, CASE_ROLES)]
            assert len(sides) == 1, f"{kind}: {status} waits for {sides}, and must wait for exactly one side"


def test_an_action_has_one_word_on_every_kind_and_optional_fields_are_fields() -> None:
    for row in LETTER_TABLE:
        assert row.optional <= set(row.fields)
        for kind in row.kinds:
            assert action_label(kind, row.action)
            assert optional_fields(kind, row.side, row.action) == row.optional
    assert action_label(LetterKind.ORDER, "burn") == "burn"
    assert RECIPIENT_WORKFLOW is workflow(LetterKind.ESCALATION, Side.RECIPIENT)


@pytest.mark.parametrize("kind", list(LetterKind))
def test_every_row_is_done_by_its_roles_on_its_side_in_its_statuses_and_by_nobody_else(
    federation: Federation, kind: LetterKind
) -> None:
    plain = a_letter(federation, kind)
    performed = 0
    for row in LETTER_TABLE:
        if kind not in row.kinds or row.action == "send":
            continue
        own, other = sides_of(federation, plain, row.side)
        there = workflow(kind, Side.SENDER if row.side is Side.RECIPIENT else Side.RECIPIENT)
        for source in row.sources:
            letter = plain
            if row.action == "forward":
                # Only a letter for a unit behind the recipient is passed on.
                letter = post(federation, "head@east", kind, to=federation.ids["west"], beyond=None)
                own, other = "city", "east"
            put(federation, letter, source)
            if row.action == "conclude":
                reviewed_here(federation, letter)
            values = given(row, letter)
            if row.side is Side.SYSTEM:
                # Some of what the system does has a row for people as well; from there it is none of its business.
                same = any(
                    mine.action == row.action and source in mine.sources for mine in workflow(kind, Side.RECIPIENT)
                )
                refused(federation, own, set() if same else CASE_ROLES, letter, row.action, values, NOT_YOURS + OVER)
            else:
                refused(federation, own, CASE_ROLES - row.roles, letter, row.action, values, NOT_YOURS)
            if all(theirs.action != row.action for theirs in there):
                refused(federation, other, CASE_ROLES, letter, row.action, values, NOT_YOURS)
            assert standing(federation, letter) == {source.value}
            with acting(federation, own, sorted(row.roles - {Role.HANDLER})[0]) as work:
                act(work, letter.id, row.action, values)
            assert standing(federation, letter) == {(row.target or source).value}
            performed += 1
    assert performed >= 4


def reviewed_here(federation: Federation, letter: Letter) -> None:
    """The reviewing body's own case says what the letter is to carry back."""
    case = Ways(federation, "east").served()
    with federation.work_as_system("east") as work:
        work.session.get_one(Case, (work.tenant_id, case.id)).review_outcome = "uphold"
        work.session.add(LetterCase(letter_id=letter.id, case_id=case.id))


@pytest.mark.parametrize("kind", list(LetterKind))
def test_nothing_is_done_from_a_status_that_no_row_names(federation: Federation, kind: LetterKind) -> None:
    letter = a_letter(federation, kind)
    for status in LetterStatus:
        put(federation, letter, status)
        for side in (Side.SENDER, Side.RECIPIENT):
            own, _ = sides_of(federation, letter, side)
            rows = workflow(kind, side)
            for action in {row.action for row in rows}:
                if not any(row.action == action and status in row.sources for row in rows):
                    row = next(row for row in rows if row.action == action)
                    refused(federation, own, {Role.LEADER}, letter, action, given(row, letter), OVER)
        assert standing(federation, letter) == {status.value}


def test_of_a_circular_and_a_handover_nobody_but_their_sender_makes_one(federation: Federation) -> None:
    for kind in LetterKind:
        for role in CASE_ROLES - senders(kind):
            with person(federation, PAIRS[kind][0], role) as work, pytest.raises(ForbiddenError):
                send(work, draft(federation, kind))
    assert nothing_left(federation, "street") and nothing_left(federation, "east")


def sides_of(federation: Federation, letter: Letter, side: Side) -> tuple[str, str]:
    """The union that acts and the other one; the system acts in the recipient's name here."""
    slugs = {number: slug for slug, number in federation.ids.items()}
    sender, recipient = slugs[letter.sender_id], slugs[letter.recipient_id]
    return (sender, recipient) if side is Side.SENDER else (recipient, sender)


def put(federation: Federation, letter: Letter, status: LetterStatus) -> None:
    """Bring a letter into a status, as its sender would have written it."""
    slug, _ = sides_of(federation, letter, Side.SENDER)
    with federation.work_as_system(slug) as work:
        copy, latest, _ = own_copy(work, letter.id)
        with posting.reaching(work, posting.other_side(copy)):
            posting.append(work, copy, seq=latest.seq + 1, action="put", status=status, due_on=letter.reply_due_on)


def standing(federation: Federation, letter: Letter) -> set[str]:
    """Where the letter stands for either side; one status when they agree."""
    found = set()
    for tenant in (letter.sender_id, letter.recipient_id):
        with federation.database.transaction(tenant) as session:
            newest = select(LetterEvent.status).where(LetterEvent.letter_id == letter.id)
            found.add(session.scalars(newest.order_by(LetterEvent.seq.desc()).limit(1)).one())
    return found


def given(row: Any, letter: Letter) -> dict[str, Any]:
    """Values for every field of a row."""
    # A letter that was sent back has a new date by then; an extension is counted from that one.
    later = letter.reply_due_on + timedelta(days=20 if row.action == "grant_extension" else 5)
    values = {"text": WORDS, "note": WORDS, "due_on": later, "adoption": "partly", "unit": letter.recipient_id}
    # The unit to which a letter is passed on is the one that its sender meant.
    return {name: values[name] for name in row.fields if (row.action, name) != ("forward", "unit")}


@contextmanager
def person(federation: Federation, slug: str, role: Role) -> Iterator[Work]:
    """A unit of work of somebody with exactly one role."""
    user = federation.users[f"head@{slug}"]
    with federation.database.transaction(user.tenant_id) as session:
        actor = Actor(user.tenant_id, user.id, "测试人员", frozenset({role}))
        yield Work(session, actor, federation.clock, federation.cipher, federation.bus)


def acting(federation: Federation, slug: str, role: Role) -> AbstractContextManager[Work]:
    """A committed unit of work of somebody with one role."""
    return federation.work_as_system(slug) if role is Role.SYSTEM else person(federation, slug, role)


def refused(
    federation: Federation,
    slug: str,
    roles: Set[Role],
    letter: Letter,
    action: str,
    values: dict[str, Any],
    errors: tuple[type[Exception], ...],
) -> None:
    """Whoever holds one of the roles writes nothing; a handler does not even see a letter of nobody's case."""
    for role in roles:
        with person(federation, slug, role) as work, pytest.raises((*errors, NotFoundError)) as told:
            act(work, letter.id, action, values)
        assert role is Role.HANDLER or not isinstance(told.value, NotFoundError)


def test_the_pairs_of_a_duty_follow_the_roles() -> None:
    clerk = duties(Side.RECIPIENT, frozenset({Role.CLERK}))
    assert (LetterKind.ORDER, LetterStatus.SENT) in clerk
    assert (LetterKind.ORDER, LetterStatus.WORKING) not in clerk
    assert duties(Side.SENDER, frozenset({Role.HANDLER})) == frozenset()
    assert all(pair not in clerk for pair in itertools.product(LetterKind, FINAL))
