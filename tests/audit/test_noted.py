"""Heads noted outside the database: written, read again, and refused when they are none."""

from __future__ import annotations

import pytest

from audit.noted import Noted, parse, parse_all
from kernel.errors import InvalidError

DIGEST = bytes(range(32))


@pytest.mark.parametrize("head", [Noted("street", 8, DIGEST), Noted("platform", 0, b"")])
def test_a_head_is_read_as_it_was_written(head: Noted) -> None:
    assert parse(f"{head}\n") == head


@pytest.mark.parametrize(
    "text",
    [
        *("street", "street:8", "street:8:", "street:8:abcd", f":8:{DIGEST.hex()}", f"street:-1:{DIGEST.hex()}"),
        *(f"street:0:{DIGEST.hex()}", f"street:x:{DIGEST.hex()}", f"street:8:{'zz' * 32}"),
    ],
)
def test_anything_else_is_refused_with_what_was_written(text: str) -> None:
    with pytest.raises(InvalidError, match="格式不正确"):
        parse(text)


def test_a_file_may_say_when_it_was_made_and_may_not_be_empty() -> None:
    head = Noted("street", 8, DIGEST)
    assert parse_all(["# 2026-03-02\n", "\n", f"{head}\n"]) == [head]
    for lines in ([], ["# 2026-03-02\n"]):
        with pytest.raises(InvalidError, match="空的"):
            parse_all(lines)
