"""What a view says of a copy beside its rows."""

from __future__ import annotations

from datetime import date

import pytest

from dispatches.views import LetterView
from dispatches.workflow import LetterKind, LetterStatus, Side
from tests.builders import Federation
from tests.dispatches.letters import DUE, a_letter, on, post, view


@pytest.mark.parametrize("kind", list(LetterKind))
def test_a_view_knows_its_kind_its_side_and_whether_its_actor_has_the_next_step(
    federation: Federation, kind: LetterKind
) -> None:
    letter = a_letter(federation, kind)
    slugs = {number: slug for slug, number in federation.ids.items()}
    ours = view(federation, f"head@{slugs[letter.sender_id]}", letter)
    theirs = view(federation, f"head@{slugs[letter.recipient_id]}", letter)
    assert isinstance(ours, LetterView)
    assert (ours.kind, ours.my_side, ours.incoming, ours.waits_for_me) == (kind, Side.SENDER, False, False)
    assert (theirs.kind, theirs.my_side, theirs.incoming, theirs.waits_for_me) == (kind, Side.RECIPIENT, True, True)
    assert ours.refers_to == theirs.refers_to == letter.refers_to
    assert ours.latest.action == "send"


def test_dates_of_a_view_are_those_that_bind_now(federation: Federation) -> None:
    letter = post(federation, "head@east", LetterKind.ORDER)
    copy = view(federation, "head@street", letter)
    assert (copy.due_on, copy.objection_until, copy.extension_asked) == (DUE, date(2026, 3, 9), None)
    on(federation, "head@street", letter, "sign")
    on(federation, "head@street", letter, "ask_extension", text="当事人外出，无法联系", due_on="2026-04-01")
    copy = view(federation, "head@east", letter)
    assert (copy.status, copy.extension_asked, copy.due_on) == (LetterStatus.EXTENSION, date(2026, 4, 1), DUE)
