"""A mark leads back to its place, and what is no mark is said to be none."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import UTC, datetime

import pytest

from dispatches.cursors import decode, encode
from kernel.errors import InvalidError
from kernel.ids import uuid7


def test_a_mark_leads_back_to_its_place() -> None:
    place = (datetime(2026, 3, 2, 1, 30, tzinfo=UTC), uuid7())
    assert decode(encode(*place)) == place


@pytest.mark.parametrize("mark", ["x", "", "一", urlsafe_b64encode(b"2026-03-02T01:30:00|nobody").decode()])
def test_what_is_no_mark_is_refused(mark: str) -> None:
    with pytest.raises(InvalidError, match="翻页标记无效"):
        decode(mark)


def test_a_moment_without_a_zone_is_no_mark() -> None:
    with pytest.raises(InvalidError):
        decode(encode(datetime(2026, 3, 2), uuid7()))
