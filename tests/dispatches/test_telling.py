"""Progress of the own case goes to whoever sent the letter that it was made of, and the names stay here."""

from __future__ import annotations

import pytest

from dispatches import linking
from dispatches.services import tell
from kernel.errors import ForbiddenError, IllegalTransitionError
from tests.builders import Federation
from tests.dispatches.carried import NAME, PHONE, on, sent, taken
from tests.dispatches.letters import view


def test_whoever_works_on_the_case_may_tell_the_sender_without_a_name(federation: Federation) -> None:
    letter = sent(federation, share_identity=True)
    own = taken(federation, "head@street", letter)
    with federation.work("clerk@street") as work:
        waiting = linking.answerable(work, own.id)
        assert [answerable.letter.id for answerable in waiting] == [letter.id]
        tell(work, letter.id, f"已联系{NAME}（{PHONE}），约定下周当面核对工资条")
    event = view(federation, "head@east", letter).latest
    assert (event.action, event.status) == ("progress", "working")
    assert event.text == "已联系赵*（139****5678），约定下周当面核对工资条"


def test_without_an_own_case_or_from_the_other_side_there_is_nothing_to_tell(federation: Federation) -> None:
    letter = sent(federation)
    on(federation, "head@street", letter, "sign")
    for login in ("head@street", "head@east"):
        with pytest.raises(ForbiddenError), federation.work(login) as work:
            tell(work, letter.id, "已开始办理")


def test_a_letter_that_is_done_hears_no_more(federation: Federation) -> None:
    letter = sent(federation)
    own = taken(federation, "head@street", letter)
    on(federation, "head@street", letter, "reply", text="已督促补发工资。")
    on(federation, "head@east", letter, "approve")
    with federation.work("head@street") as work:
        assert linking.answerable(work, own.id) == []
        with pytest.raises(IllegalTransitionError):
            tell(work, letter.id, "补充一点情况")
