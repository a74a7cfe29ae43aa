"""A letter that was written again to a successor belongs to the case that came over, whichever arrives first."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from dispatches import succeeding
from dispatches.jobs import arrived
from dispatches.kinds import LetterKind
from dispatches.services import Draft, act, send
from dispatches.succession import run
from dispatches.taking import register_case
from tests.builders import Federation
from tests.dispatches.test_succession import decide, open_cases, rows


def deliver(federation: Federation, slug: str, done: set[object], *, last: str = "") -> None:
    """Every waiting message of one union, those about letters of the kind ``last`` after all others."""
    with federation.work_as_system(slug) as work:
        found = work.session.execute(
            text(
                "select o.id, o.topic, o.payload, l.kind from outbox o left join letters l "
                "on l.tenant_id = o.tenant_id and l.id::text = o.payload->>'letter' "
                "where o.topic in ('letter.event', 'tenant.succession') order by l.kind = :last, o.created_at, o.id"
            ),
            {"last": last},
        ).all()
    for message in found:
        if message.id not in done:
            done.add(message.id)
            with federation.work_as_system(slug) as work:
                {"letter.event": arrived, "tenant.succession": run}[message.topic](work, message.payload)


@pytest.mark.parametrize("last", ["handover", "order"])
def test_a_letter_that_was_asked_for_twice_makes_one_case(federation: Federation, last: str) -> None:
    with federation.work("head@city") as work:
        draft = Draft(
            kind=LetterKind.ORDER,
            to=federation.ids["west"],
            subject="市级交办",
            reason="请办理此事项",
            due_on=date(2026, 3, 2) + timedelta(days=20),
        )
        letter = send(work, draft)
    with federation.work("head@west") as work:
        act(work, letter.id, "sign")
        register_case(work, letter.id)
    decide(federation, "west", "east")
    done: set[object] = set()
    for _ in range(3):  # cases, letters, and what follows
        deliver(federation, "west", done)
    deliver(federation, "city", done)
    deliver(federation, "east", done, last=last)
    assert len(open_cases(federation, "east")) == 1
    linked = rows(
        federation,
        "east",
        "select l.kind, count(distinct lc.case_id) as cases from letter_cases lc "
        "join letters l on l.tenant_id = lc.tenant_id and l.id = lc.letter_id group by l.kind order by l.kind",
    )
    assert [tuple(row) for row in linked] == [("handover", 1), ("order", 1)]


def test_what_makes_no_sense_twice_is_not_written_again() -> None:
    assert frozenset({LetterKind.URGE, LetterKind.CIRCULAR, LetterKind.HANDOVER}) == succeeding.NOT_AGAIN
