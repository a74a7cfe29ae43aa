"""Tests of one group run in one process, so that what they share is made once.

pytest-xdist 3.8 writes a test's group into its identifier, which pytest 9.2 keeps elsewhere: the mark is silently
without effect, and two processes each load the demo and start a browser. Here the group is read from the file.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

_ROOT = Path(__file__).parents[1]
_MARK = re.compile(r"^pytestmark = .*xdist_group\(\"(\w+)\"\)", re.MULTILINE)


@cache
def group_of(path: str) -> str | None:
    """The group that a test file names in its ``pytestmark``."""
    found = _MARK.search((_ROOT / path).read_text(encoding="utf-8"))
    return found[1] if found else None


class GroupScheduling(LoadScopeScheduling):  # type: ignore[misc]
    """Tests one by one to whoever is free, those of a group together."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid.partition("::")[0]) or nodeid
