"""催办: after an open letter of ours, to whoever holds it, and with a subject of its own accord."""

from __future__ import annotations

from uuid import uuid4

import pytest

from dispatches import urging
from dispatches.drafts import Draft
from dispatches.kinds import LetterKind
from kernel.errors import IllegalTransitionError, InvalidError, NotFoundError
from tests.builders import Federation
from tests.dispatches.letters import on, post


def test_a_reminder_follows_an_open_letter_of_ours_and_is_named_after_it(federation: Federation) -> None:
    order = post(federation, "head@east", LetterKind.ORDER)
    street, city = federation.ids["street"], federation.ids["city"]
    draft = Draft(LetterKind.URGE, street, "", "请尽快反馈", refers_to=order.id)
    with federation.work("head@east") as work:
        assert urging.checked(work, draft).subject == f"催办：{order.number}"
        with pytest.raises(InvalidError, match="请选择要催办"):
            urging.checked(work, Draft(LetterKind.URGE, street, "", "请尽快反馈"))
        with pytest.raises(InvalidError, match="原函的收函单位"):
            urging.checked(work, Draft(LetterKind.URGE, city, "", "请尽快反馈", refers_to=order.id))
        with pytest.raises(NotFoundError):
            urging.checked(work, Draft(LetterKind.URGE, street, "", "请尽快反馈", refers_to=uuid4()))
    with federation.work("head@street") as work, pytest.raises(InvalidError, match="本单位发出"):
        urging.checked(work, draft)
    on(federation, "head@east", order, "withdraw", text="发函有误，收回重发")
    with federation.work("head@east") as work, pytest.raises(IllegalTransitionError):
        urging.checked(work, draft)
