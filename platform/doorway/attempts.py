"""A step of a view that may fail while the page still has to be drawn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from doorway.guard import work


@contextmanager
def attempt() -> Iterator[None]:
    """Take back what the block wrote when it raises, and keep the view's transaction usable.

    A form that was refused is shown again with what was typed, and drawing it reads the database. Costs one
    savepoint, two short statements.
    """
    with work().session.begin_nested():
        yield
