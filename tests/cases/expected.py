"""What the case's table shall say, written by hand from domain.md B2/B3 and the earlier releases: a change of the
table is a change of ``expected_table.txt``, seen by two people.

Columns: number of domain.md, action, sources > target (``=`` keeps the status, ``back`` is where a side step left),
roles, what must hold beside (``-`` nothing), clocks (``!`` stops, ``+`` starts, ``~`` resumes, ``|`` pauses,
``>`` goes on), document (``-`` none). A ``*`` behind the action: by letter or by the system alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

GROUPS = {
    "intake": "clerk office_head",
    "office": "office_head leader",
    "work": "handler office_head",
    "staff": "clerk handler office_head leader",
    "watch": "office_head leader supervisor",
    "working": "handling extended",
    "open": "registered triaged handling simple extended mediating hearing negotiating escalated referred decided "
    "served executing reviewing reviewed rechecking",
    "sorted": "triaged handling simple extended mediating hearing negotiating escalated referred decided "
    "served executing reviewing reviewed rechecking",
    "hand": "registered triaged handling simple extended",
    "said": "C-60 C-EXT C-10W C-RD C-5P",
    "told": "C-15 C-15R C-5P",
}

TABLE = Path(__file__).with_name("expected_table.txt").read_text(encoding="utf-8")


class Expected(NamedTuple):
    """One row as written above."""

    source: str
    action: str
    internal: bool
    sources: frozenset[str]
    target: str
    roles: frozenset[str]
    conditions: frozenset[str]
    clocks: frozenset[str]
    document: str


def _words(text: str) -> frozenset[str]:
    found: set[str] = set()
    for word in text.split():
        name, _, less = word.partition("-") if word.partition("-")[0] in GROUPS else (word, "", "")
        found |= set(GROUPS.get(name, name).split()) - {less}
    return frozenset(found - {"-"})


def _clocks(text: str) -> frozenset[str]:
    return frozenset(
        f"{mark[0]}{kind}" for mark in text.split() if mark != "-" for kind in GROUPS.get(mark[1:], mark[1:]).split()
    )


def _read(line: str) -> Expected:
    source, action, way, rest = (part.strip() for part in line.split("|", 3))
    # A pause is written with the mark that parts the columns.
    roles, conditions, tail = (part.strip() for part in rest.split("|", 2))
    clocks, document = (part.strip() for part in tail.rsplit("|", 1))
    sources, _, target = way.partition(">")
    return Expected(
        source,
        action.removesuffix("*"),
        action.endswith("*"),
        _words(sources),
        target.strip(),
        _words(roles),
        _words(conditions),
        _clocks(clocks),
        document,
    )


EXPECTED: tuple[Expected, ...] = tuple(_read(line) for line in TABLE.splitlines()[1:])
