"""Draw ``docs/letters.md`` from the letters' table: ``python -m tests.architecture.letter_docs`` writes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from access.roles import LABELS as ROLES
from access.roles import Role
from dispatches.kinds import ADOPTIONS, KIND_LABELS, LADDER, LEVELLED, PREFIXES, RELATIONS, SUGGESTIONS, TRIGGERS
from dispatches.table import LETTER_TABLE
from dispatches.workflow import FINAL, LETTER_STATUS_LABELS, LetterKind, LetterRow, LetterStatus, Side, senders
from tenants.standing import Relation

PAGE = Path(__file__).resolve().parents[2] / "docs" / "letters.md"

HEAD = """# Letters between unions

Drawn from `platform/dispatches/table.py` and `kinds.py` by `python -m tests.architecture.letter_docs`; a test fails
when this page is stale. Do not edit it by hand.

A letter has no status column: both unions hold the same append-only events, and the newest one says where it stands.
Each act is one transaction of whoever acts: an event in both books and a message that wakes the other office. Two
acts at the same moment collide on the event's key; the second one is told, and nothing of it is written.
"""
_WAYS = {
    Relation.UP: "up",
    Relation.DOWN: "down",
    Relation.SIDEWAYS: "sideways, through the common superior",
    Relation.SUCCESSION: "to the successor",
}
_SIDES = {Side.SENDER: "sender", Side.RECIPIENT: "recipient", Side.SYSTEM: "system"}


def page() -> str:
    """The whole page."""
    lines = [HEAD, "## Kinds\n", *_kinds(), "", *_codes()]
    for group in _alike():
        lines += ["", f"## {'、'.join(f'{KIND_LABELS[kind]} `{kind.value}`' for kind in group)}\n"]
        lines += [*_diagram(group[0]), "", *_table(group[0])]
    return "\n".join([*lines, ""])


def _kinds() -> Iterator[str]:
    yield "| kind | number | may go | sent by | a skipped level |"
    yield "|---|---|---|---|---|"
    for kind in LetterKind:
        ways = "; ".join(_WAYS[way] for way in Relation if way in RELATIONS[kind])
        skipped = "takes a reason, is counted" if kind in LEVELLED else "is none"
        yield (
            f"| {KIND_LABELS[kind]} `{kind.value}` | …{PREFIXES[kind]}〔年〕… | {ways} "
            f"| {_roles(senders(kind))} | {skipped} |"
        )


def _codes() -> Iterator[str]:
    for words, codes in (
        ("A supervision's trigger", TRIGGERS),
        ("Its ladder, which only goes up", LADDER),
        ("Its suggestion", SUGGESTIONS),
        ("What becomes of a suggestion", ADOPTIONS),
    ):
        yield f"{words}: {'; '.join(f'{label} `{code}`' for code, label in codes.items())}.\n"


def _alike() -> list[list[LetterKind]]:
    """Kinds whose rows are the same, together, in the order of the kinds; sending aside."""
    groups: dict[tuple[LetterRow, ...], list[LetterKind]] = {}
    for kind in LetterKind:
        rows = tuple(row for row in LETTER_TABLE if kind in row.kinds and row.sources)
        groups.setdefault(rows, []).append(kind)
    return list(groups.values())


def _rows(kind: LetterKind) -> list[LetterRow]:
    return [row for row in LETTER_TABLE if kind in row.kinds and row.sources]


def _reached(kind: LetterKind) -> list[LetterStatus]:
    """Statuses that a letter of the kind can come to."""
    reached = {LetterStatus.SENT}
    while True:
        further = {row.target for row in _rows(kind) if row.target and set(row.sources) & reached} - reached
        if not further:
            return [status for status in LetterStatus if status in reached]
        reached |= further


def _diagram(kind: LetterKind) -> Iterator[str]:
    reached = _reached(kind)
    yield "```mermaid"
    yield "stateDiagram-v2"
    for status in reached:
        yield f"    {status.value}: {LETTER_STATUS_LABELS[status]}"
    yield f"    [*] --> {LetterStatus.SENT.value}: 发出"
    for row in _rows(kind):
        for source in row.sources:
            # The system's way out is open everywhere; drawn, it would hide the rest.
            if source in reached and row.side is not Side.SYSTEM:
                yield f"    {source.value} --> {(row.target or source).value}: {row.label}"
    for status in FINAL:
        if status in reached:
            yield f"    {status.value} --> [*]"
    yield "```"


def _table(kind: LetterKind) -> Iterator[str]:
    reached = _reached(kind)
    yield "| side | action | from | to | who | fields | source |"
    yield "|---|---|---|---|---|---|---|"
    for row in _rows(kind):
        cells = (
            _SIDES[row.side],
            f"{row.label} `{row.action}`",
            "、".join(LETTER_STATUS_LABELS[source] for source in row.sources if source in reached),
            LETTER_STATUS_LABELS[row.target] if row.target else "unchanged",
            _roles(row.roles),
            ", ".join(f"`{name}`" + (" (optional)" if name in row.optional else "") for name in row.fields) or "–",
            row.source or "–",
        )
        yield f"| {' | '.join(cells)} |"


def _roles(roles: Iterable[Role]) -> str:
    held = set(roles)
    return "、".join(ROLES[role] for role in Role if role in held)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
