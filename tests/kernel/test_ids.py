"""Identifiers are version 7, ordered by time and impossible to guess from one another."""

from __future__ import annotations

import time
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.ids import uuid7


@given(st.integers(0, 2**48 - 1))
def test_version_variant_and_moment_are_where_the_rfc_puts_them(moment: int) -> None:
    made = uuid7(moment)
    assert made.version == 7
    assert made.variant == uuid.RFC_4122
    assert made.int >> 80 == moment


@given(st.integers(0, 2**48 - 2), st.integers(1, 1000))
def test_a_later_millisecond_sorts_later(moment: int, step: int) -> None:
    later = min(moment + step, 2**48 - 1)
    assert str(uuid7(moment)) < str(uuid7(later))


def test_the_default_moment_is_now() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid7().int >> 80
    assert before <= made <= time.time_ns() // 1_000_000


def test_identifiers_of_one_millisecond_do_not_repeat() -> None:
    assert len({uuid7(0) for _ in range(10_000)}) == 10_000


def test_identifiers_of_a_process_are_in_the_order_they_were_made(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time_ns()
    clock = iter([now, now, now, now - 5_000_000, now + 1_000_000])
    monkeypatch.setattr("kernel.ids.time.time_ns", lambda: next(clock))
    made = [uuid7() for _ in range(5)]
    assert made == sorted(made)
    assert len(set(made)) == 5
