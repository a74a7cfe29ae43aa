"""Who sees which letter, and what a list costs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from dispatches import queries
from dispatches.services import resume
from dispatches.workflow import LetterStatus, Side
from kernel.clock import FixedClock
from kernel.db import Database
from kernel.errors import InvalidError
from tests.builders import Federation
from tests.dispatches.letters import on, sent, view


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """The SQL that is sent in the block, settings left out."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("SET"):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine, "before_cursor_execute", note)


def later(federation: Federation, **step: float) -> None:
    """Move the federation's clock on."""
    federation.clock = FixedClock(federation.clock.now() + timedelta(**step))


def test_a_list_is_one_statement_however_many_letters_it_has(federation: Federation) -> None:
    letters = []
    for _ in range(5):
        later(federation, minutes=1)
        letters.append(sent(federation))
    on(federation, "head@east", letters[2], "sign")
    with federation.work("head@east") as work:
        work.session.connection()
        with statements(federation.database) as sql:
            views = queries.inbox(work)
        assert len(sql) == 1
        assert [copy.letter.id for copy in views] == [letter.id for letter in reversed(letters)]
        assert [copy.status for copy in views].index(LetterStatus.SIGNED) == 2
        assert queries.outbox(work) == []


def test_pages_follow_each_other_by_cursor(federation: Federation) -> None:
    letters = []
    for _ in range(5):
        later(federation, minutes=1)
        letters.append(sent(federation))
    with federation.work("head@street") as work:
        first = queries.page(work, side=Side.SENDER, limit=2)
        second = queries.page(work, side=Side.SENDER, limit=2, cursor=first.next_cursor)
        third = queries.page(work, side=Side.SENDER, limit=2, cursor=second.next_cursor)
        seen = [copy.letter.id for page in (first, second, third) for copy in page.letters]
        assert seen == [letter.id for letter in reversed(letters)]
        assert third.next_cursor is None
        for forged in ("x", "MjAyNg==", "MjAyNi0wMS0wMVQwMDowMDowMHw="):
            with pytest.raises(InvalidError):
                queries.page(work, cursor=forged)


def test_a_letter_waits_for_whoever_has_the_next_step(federation: Federation) -> None:
    letter = sent(federation)

    def waits() -> list[str]:
        found = []
        for login in ("clerk@east", "head@east", "supervisor@east", "head@street", "clerk@street", "handler@street"):
            with federation.work(login) as work:
                found += [login] * len(queries.waiting(work))
        return found

    assert waits() == ["clerk@east", "head@east", "supervisor@east"]
    on(federation, "clerk@east", letter, "sign")
    assert waits() == ["head@east"]
    on(federation, "head@east", letter, "order", text="请限期办结", due_on="2026-03-20")
    assert waits() == ["head@street"]
    with federation.work("head@street") as work:
        resume(work, letter.id)
    assert waits() == []


def test_an_unanswered_letter_is_overdue_the_day_after_its_date(federation: Federation) -> None:
    letter = sent(federation)
    later(federation, days=15)
    assert not view(federation, "head@east", letter).overdue
    later(federation, days=1)
    assert view(federation, "head@east", letter).overdue and view(federation, "head@street", letter).overdue
    on(federation, "head@east", letter, "sign")
    on(federation, "head@east", letter, "answer", text="同意街道意见")
    assert not view(federation, "head@street", letter).overdue
