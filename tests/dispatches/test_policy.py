"""Who sees which letter, in a list and by its number alike."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from dispatches import queries
from dispatches.services import escalate
from kernel.errors import NotFoundError
from tests.builders import Federation
from tests.dispatches.letters import REASON, REQUEST, on, sent, view


def test_a_sealed_case_goes_up_without_the_accused_and_only_heads_and_leaders_see_it(
    federation: Federation,
) -> None:
    case = federation.register()
    federation.act("head@street", case.number, "triage", purpose="report", category="01.01", tier="hard")
    with federation.work("head@street") as work:
        letter = escalate(work, case.number, reason=REASON, request=REQUEST)
    assert letter.sealed
    assert view(federation, "head@east", letter).letter.snapshot["respondents"] == []
    assert view(federation, "leader@east", letter).letter.sealed
    for login in ("clerk@east", "supervisor@east", "clerk@street", "handler@street", "supervisor@street"):
        with federation.work(login) as work:
            assert queries.inbox(work) == [] and queries.outbox(work) == []
            with pytest.raises(NotFoundError):
                queries.get(work, letter.id)
        with pytest.raises(NotFoundError):
            on(federation, login, letter, "sign")


@pytest.mark.parametrize("login", ["admin@east", "security@east", "auditor@east", "handler@east"])
def test_whoever_reads_no_cases_reads_no_letters(federation: Federation, login: str) -> None:
    letter = sent(federation)
    with federation.work(login) as work:
        assert queries.inbox(work) == []
        with pytest.raises(NotFoundError):
            queries.get(work, letter.id)


def test_a_handler_reads_the_letters_of_the_own_case_only(federation: Federation) -> None:
    letter = sent(federation)
    assert view(federation, "handler@street", letter).letter.number == letter.number
    with federation.work("head@street") as work:
        work.session.execute(
            text("update cases set assignee_id = null where number = :n"), {"n": "东一工信〔2026〕000001"}
        )
    with pytest.raises(NotFoundError):
        view(federation, "handler@street", letter)
