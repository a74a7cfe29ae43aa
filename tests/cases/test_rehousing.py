"""A file that closes leaves the hands of whoever may not hold it any more."""

from __future__ import annotations

from cases import rehousing
from cases.services import get
from tests.builders import Federation


def test_a_file_that_is_open_stays_where_it_is(federation: Federation) -> None:
    case = federation.accepted()
    with federation.work("head@street") as work:
        assert rehousing.rehouse(work, get(work, case.id)) == {}
        assert get(work, case.id).assignee_id == federation.users["handler@street"].id


def test_a_closed_file_goes_from_its_handler_to_the_head(federation: Federation) -> None:
    case = federation.accepted()
    with federation.work("head@street") as work:
        held = get(work, case.id)
        held.sealed = True
        head = federation.users["head@street"].id
        before = str(federation.users["handler@street"].id)
        assert rehousing.rehouse(work, held) == {"before_assignee": before, "assignee": str(head)}
        assert held.assignee_id == head
        assert rehousing.rehouse(work, held) == {}
