"""A lower floor announces, a higher one listens, in the publisher's own transaction."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from kernel.bus import Bus


@dataclass(frozen=True)
class Rang:
    """Something that happened."""

    bell: str


class Chimed(Rang):
    """A special case, which is a kind of its own."""


def test_handlers_run_in_the_order_of_composition_with_the_publishers_work() -> None:
    heard: list[tuple[str, object, str]] = []
    first = [(Rang, lambda work, event: heard.append(("first", work, event.bell)))]
    second = [(Rang, lambda work, event: heard.append(("second", work, event.bell)))]
    work = object()
    Bus(first, second).publish(work, Rang("door"))
    assert heard == [("first", work, "door"), ("second", work, "door")]


def test_nobody_listening_is_no_error() -> None:
    Bus().publish(None, Rang("door"))


def test_a_handler_hears_its_own_class_only() -> None:
    heard: list[object] = []
    bus = Bus([(Rang, lambda _work, event: heard.append(event))])
    bus.publish(None, Chimed("door"))
    assert heard == []


def test_a_handler_that_fails_stops_the_publisher() -> None:
    def refuse(_work: object, _event: object) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        Bus([(Rang, refuse)]).publish(None, Rang("door"))
