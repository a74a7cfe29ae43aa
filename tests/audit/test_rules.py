"""How an event hashes is fixed for ever: an outside verifier repeats it from the docs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest

from audit.rules import genesis, link

SOMEBODY, SOMETHING = UUID(int=1), UUID(int=2)


@dataclass(frozen=True)
class Event:
    tenant_id: int = 7
    seq: int = 1
    at: datetime = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
    actor_id: UUID | None = SOMEBODY
    actor_name: str = "测试登记员"
    action: str = "case:register"
    subject_type: str = "case"
    subject_id: UUID | None = SOMETHING
    data: Any = None

    def digest(self, prev: bytes = b"0" * 32) -> bytes:
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return link(prev, **(fields | {"data": self.data or {"a": 1}}))


def test_the_canonical_form_is_written_down_here() -> None:
    form = (
        '[7,1,"2026-03-02T01:30:00.000000+00:00","00000000-0000-0000-0000-000000000001","测试登记员",'
        '"case:register","case","00000000-0000-0000-0000-000000000002",{"a":1}]'
    )
    assert Event().digest() == sha256(b"0" * 32 + form.encode()).digest()


@pytest.mark.parametrize(
    "change",
    [
        {"tenant_id": 8},
        {"seq": 2},
        {"at": datetime(2026, 3, 2, 1, 30, 0, 1, tzinfo=UTC)},
        {"actor_id": None},
        {"actor_name": "别人"},
        {"action": "case:close"},
        {"subject_type": "user"},
        {"subject_id": None},
        {"data": {"a": 2}},
        {"data": {"a": "1"}},
    ],
    ids=str,
)
def test_every_field_counts(change: dict[str, Any]) -> None:
    assert replace(Event(), **change).digest() != Event().digest()


def test_the_link_before_counts() -> None:
    assert Event().digest(b"1" * 32) != Event().digest()


def test_the_zone_in_which_a_moment_is_told_and_the_order_of_keys_do_not_count() -> None:
    china = replace(Event(), at=Event().at.astimezone(timezone(timedelta(hours=8))))
    assert china.digest() == Event().digest()
    assert replace(Event(), data={"a": 1, "b": 2}).digest() == replace(Event(), data={"b": 2, "a": 1}).digest()


def test_chains_of_two_tenants_start_from_different_links() -> None:
    assert genesis(1) != genesis(2)
    assert len(genesis(1)) == 32
