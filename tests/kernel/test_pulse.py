"""The backlog as it lies beside the queue."""

from __future__ import annotations

import pytest

from kernel import pulse
from kernel.outbox import Backlog


def test_what_was_written_is_read() -> None:
    backlog = Backlog(waiting=3, oldest_seconds=12.5, stuck=1)
    assert pulse.read(pulse.written(backlog)) == backlog
    assert pulse.read(pulse.written(backlog).encode()) == backlog


@pytest.mark.parametrize(
    "text", [None, "", b"", "{}", "no", '{"waiting": "x", "oldest_seconds": 1, "stuck": 1}', "[]"]
)
def test_what_cannot_be_read_is_no_figure(text: str | bytes | None) -> None:
    assert pulse.read(text) is None
