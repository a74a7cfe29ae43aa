"""Any tree, any letters: one is taken if and only if the tree allows it, and each side holds its own copies only.

The rule is written here a second time, from parents alone, and shares nothing with the code that it checks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from access.actor import Actor, Work
from access.roles import Role
from dispatches.drafts import Draft
from dispatches.kinds import LetterKind
from dispatches.models import Letter, LetterEvent
from dispatches.services import act, send, send_circular
from kernel.errors import InvalidError
from tenants.models import Kind, Tenant
from tenants.services import create
from tests.builders import Federation

_SERIES = count(1)
_OFFICE = frozenset({Role.CLERK, Role.OFFICE_HEAD, Role.LEADER, Role.SUPERVISOR})
_UPWARD = (LetterKind.SUBMISSION, LetterKind.REPORT)
_DOWNWARD = (LetterKind.ORDER, LetterKind.SUPERVISION, LetterKind.FILE_REQUEST)
_ANYWHERE = (LetterKind.TRANSFER, LetterKind.ASSIST)
SIZE = 8


@dataclass(frozen=True)
class Forest:
    """Unions by place, each with the place of the one above it (``None``: a root) and whether it works now."""

    parents: tuple[int | None, ...]
    active: tuple[bool, ...]

    def above(self, union: int) -> list[int]:
        """The line upward, nearest first."""
        line: list[int] = []
        parent = self.parents[union]
        while parent is not None:
            line.append(parent)
            parent = self.parents[parent]
        return line

    def goes_to(self, kind: LetterKind, sender: int, to: int) -> tuple[int, int] | None:
        """Who gets a letter and how many levels it skips, or ``None`` where the tree does not allow it."""
        up, down = self.above(sender), self.above(to)
        if to in up and kind in _UPWARD:
            return (to, up.index(to)) if self.active[to] else None
        if sender in down and kind in _DOWNWARD + _ANYWHERE:
            return (to, down.index(sender)) if self.active[to] else None
        common = [union for union in up if union in down]
        if kind in _ANYWHERE and to != sender and to not in up and sender not in down and common:
            return (common[0], 0) if self.active[common[0]] and self.active[to] else None
        return None


@st.composite
def forests(draw: st.DrawFn) -> Forest:
    """Each union hangs below an earlier one or is a root; some are suspended."""
    parents = [None] + [draw(st.one_of(st.none(), *([st.integers(0, union - 1)] * 4))) for union in range(1, SIZE)]
    active = [draw(st.sampled_from((True, True, True, False))) for _ in range(SIZE)]
    return Forest(tuple(parents), tuple(active))


attempts = st.lists(
    st.tuples(
        st.sampled_from(_UPWARD + _DOWNWARD + _ANYWHERE),
        st.integers(0, SIZE - 1),
        st.integers(0, SIZE - 1),
        st.booleans(),
    ),
    min_size=4,
    max_size=14,
)


def plant(federation: Federation, forest: Forest) -> list[int]:
    """The forest's unions in the database; their numbers in the order of their places."""
    series, numbers = next(_SERIES), list[int]()
    with federation.work_as_system("platform") as work:
        slugs = [f"f{series}u{place}" for place in range(SIZE)]
        for place, parent in enumerate(forest.parents):
            made = create(
                work,
                slug=slugs[place],
                name=f"林{series}第{place}工会",
                kind=Kind.FEDERATION,
                code=f"林{series}甲{place}",
                parent_slug=None if parent is None else slugs[parent],
            )
            numbers.append(made.id)
        for number, active in zip(numbers, forest.active, strict=True):
            if not active:
                work.session.get_one(Tenant, number).status = "suspended"
    return numbers


def office(federation: Federation, work_session: object, union: int) -> Work:
    """The petition office of a union at work."""
    actor = Actor(union, uuid4(), "测试信访部门", _OFFICE)
    return Work(work_session, actor, federation.clock, federation.cipher, federation.bus)  # type: ignore[arg-type]


def draft(federation: Federation, kind: LetterKind, to: int, *, reason: bool) -> Draft:
    today = federation.clock.today()
    return Draft(
        kind=kind,
        to=to,
        subject="随机函件",
        reason="随机函件的事由说明",
        request="请予办理",
        due_on=today + timedelta(days=20) if kind is LetterKind.ORDER else None,
        skip_reason="情况紧急需要越级" if reason else "",
        details={"trigger": "overdue", "ladder": "supervise", "count": 3} if kind is LetterKind.SUPERVISION else {},
    )


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(forest=forests(), tries=attempts)
def test_a_letter_is_taken_if_and_only_if_the_tree_allows_it(
    federation: Federation, forest: Forest, tries: list[tuple[LetterKind, int, int, bool]]
) -> None:
    numbers = plant(federation, forest)
    held: dict[int, set[UUID]] = {number: set() for number in numbers}
    for kind, sender, to, gives_reason in tries:
        if not forest.active[sender]:
            continue  # nobody is at work there
        expected = forest.goes_to(kind, sender, to)
        may = expected is not None and (expected[1] == 0 or gives_reason)
        letter = None
        with federation.database.transaction(numbers[sender]) as session:
            try:
                with session.begin_nested():
                    letter = send(
                        office(federation, session, numbers[sender]),
                        draft(federation, kind, numbers[to], reason=gives_reason),
                    )
            except InvalidError:
                letter = None
        assert (letter is not None) == may, (kind, sender, to, forest)
        if letter is not None and expected is not None:
            assert letter.recipient_id == numbers[expected[0]]
            assert letter.skipped == expected[1]
            held[numbers[sender]].add(letter.id)
            held[letter.recipient_id].add(letter.id)
            _sign(federation, letter)
    for number in numbers:
        with federation.database.transaction(number) as session:
            assert set(session.scalars(select(Letter.id))) == held[number]
            events = session.execute(select(LetterEvent.letter_id, LetterEvent.seq)).all()
            assert {event.letter_id for event in events} == held[number]
            assert all(
                [event.seq for event in events if event.letter_id == letter_id].count(1) == 1
                for letter_id in held[number]
            )


def _sign(federation: Federation, letter: Letter) -> None:
    """The recipient signs, and both sides hold the same two events."""
    with federation.database.transaction(letter.recipient_id) as session:
        act(office(federation, session, letter.recipient_id), letter.id, "sign")
    told = []
    for union in (letter.sender_id, letter.recipient_id):
        with federation.database.transaction(union) as session:
            rows = session.execute(
                select(LetterEvent.seq, LetterEvent.action, LetterEvent.status, LetterEvent.at, LetterEvent.signed_as)
                .where(LetterEvent.letter_id == letter.id)
                .order_by(LetterEvent.seq)
            )
            told.append([tuple(row) for row in rows])
    assert told[0] == told[1]
    assert [row[1] for row in told[0]] == ["send", "sign"]


@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(forest=forests())
def test_a_circular_reaches_every_working_union_below_and_nobody_else(federation: Federation, forest: Forest) -> None:
    numbers = plant(federation, forest)
    for sender in range(SIZE):
        if not forest.active[sender]:
            continue
        below = {numbers[union] for union in range(SIZE) if sender in forest.above(union) and forest.active[union]}
        with federation.database.transaction(numbers[sender]) as session:
            work = office(federation, session, numbers[sender])
            if not below:
                with pytest.raises(InvalidError), session.begin_nested():
                    send_circular(work, subject="关于高温作业的通报", reason="请各单位注意防暑降温")
                continue
            batch = send_circular(work, subject="关于高温作业的通报", reason="请各单位注意防暑降温")
        with federation.database.transaction(numbers[sender]) as session:
            sent = session.scalars(select(Letter.recipient_id).where(Letter.batch_id == batch))
            assert sorted(sent) == sorted(below)
        for number in numbers:
            with federation.database.transaction(number) as session:
                mine = session.scalars(
                    select(Letter).where(Letter.batch_id == batch, Letter.side == "recipient")
                ).all()
                assert len(mine) == (number in below)
