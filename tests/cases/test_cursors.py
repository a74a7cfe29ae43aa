"""Cursors of lists: read back as they were given, and nothing else is taken for one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cases import cursors
from cases.models import Case
from kernel.errors import InvalidError
from kernel.ids import uuid7

CASE = Case(id=uuid7(), registered_at=datetime(2026, 3, 2, 1, 30, tzinfo=UTC))


@pytest.mark.parametrize("matched", [0, 3])
def test_a_cursor_says_where_the_page_ended(matched: int) -> None:
    found = cursors.decode(cursors.encode(CASE, matched), ranked=matched > 0)
    assert found == (CASE.registered_at, CASE.id, matched)


@pytest.mark.parametrize("matched", [0, 3])
def test_the_cursor_of_a_list_in_another_order_is_refused(matched: int) -> None:
    with pytest.raises(InvalidError, match="翻页标记无效"):
        cursors.decode(cursors.encode(CASE, matched), ranked=matched == 0)


@pytest.mark.parametrize("cursor", ["", "x", "%%%", "fHx8", "汉字"])
def test_what_nobody_gave_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidError, match="从第一页重新开始"):
        cursors.decode(cursor)
