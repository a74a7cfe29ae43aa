"""送达: every attempt is kept, one counts, and what cannot be is refused in words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from access.actor import Work
from documents import serving
from documents.models import Document
from documents.services import issue
from kernel.errors import InvalidError
from kernel.ids import uuid7
from tests.builders import Federation

TODAY = date(2026, 3, 2)
WAYS = ("in_person", "post")


def paper(work: Work) -> Document:
    """A paper issued today."""
    body: list[dict[str, Any]] = [{"heading": None, "text": "测试"}]
    return issue(
        work, subject_id=uuid7(), kind="decision", code="东一工信意", title="意见书", body=body, issued_on=TODAY
    )


def test_a_paper_that_came_back_is_served_by_a_later_attempt_and_then_no_more(federation: Federation) -> None:
    with federation.work("clerk@street") as work:
        document = paper(work)
        serving.serve(work, document, way="post", served_on=TODAY, outcome="returned", tracking="X1", ways=WAYS)
        assert serving.served_day(serving.of_document(work.session, document.id)) is None
        serving.serve(work, document, way="in_person", served_on=TODAY, receiver="self", ways=WAYS)
        attempts = serving.of_documents(work.session, [document.id])[document.id]
        assert [attempt.outcome for attempt in attempts] == ["returned", "signed"]
        assert serving.served_day(attempts) == TODAY
        with pytest.raises(InvalidError, match="已经送达"):
            serving.serve(work, document, way="in_person", served_on=TODAY, receiver="self", ways=WAYS)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"way": "pigeon"}, "way"),
        ({"outcome": "lost"}, "outcome"),
        ({"outcome": "agent", "receiver": None}, "receiver"),
        ({"receiver": "family"}, "outcome"),
        ({"outcome": "refused"}, "receiver"),
        ({"way": "post", "tracking": "1" * 41}, "tracking"),
        ({"receiver": "stranger"}, "receiver"),
        ({"served_on": date(2026, 3, 3)}, "served_on"),
        ({"served_on": date(2026, 3, 1)}, "served_on"),
        ({"way": "post"}, "tracking"),
        ({"note": "字" * 501}, "note"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    federation: Federation, wrong: dict[str, Any], field: str
) -> None:
    given = {"way": "in_person", "served_on": TODAY, "receiver": "self"} | wrong
    with federation.work("clerk@street") as work:
        document = paper(work)
        with pytest.raises(InvalidError) as refused:
            serving.serve(work, document, ways=WAYS, **given)
        assert list(refused.value.fields) == [field]
        assert serving.of_document(work.session, document.id) == []
