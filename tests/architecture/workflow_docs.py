"""Draw ``docs/workflow.md`` from the workflow tables: ``python -m tests.architecture.workflow_docs`` writes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any

from access.roles import LABELS as ROLES
from access.roles import Role
from cases.papers import TEMPLATES
from cases.rules import CLOCK_LABELS, ClockKind
from cases.workflow import CASE_WORKFLOW, FINAL, STATUS_LABELS, Status
from kernel.workflow import Transition, Workflow

PAGE = Path(__file__).resolve().parents[2] / "docs" / "workflow.md"

HEAD = """# Workflows

Drawn from the table in `platform/cases/workflow.py` by
`python -m tests.architecture.workflow_docs`; a test fails when this page is stale. Do not edit it by hand.

Buttons, the API and the tests are made from the same rows. A row marked *by letter* is performed by
`dispatches.services` only: sending a case upward, and taking it up again after the answer.
"""


def page() -> str:
    """The whole page."""
    return "\n".join(
        [
            HEAD,
            "## The petition case (信访事项)\n",
            *_diagram(CASE_WORKFLOW, STATUS_LABELS, start=Status.REGISTERED, final=FINAL),
            "",
            *_table(CASE_WORKFLOW, STATUS_LABELS),
            "",
            "What crosses to another union is a letter: [kinds and statuses of letters](letters.md).",
            "",
        ]
    )


def _diagram(
    workflow: Workflow[Any], labels: Mapping[Any, str], *, start: Enum, final: tuple[Enum, ...]
) -> Iterator[str]:
    yield "```mermaid"
    yield "stateDiagram-v2"
    for status, label in labels.items():
        yield f"    {status.value}: {label}"
    yield f"    [*] --> {start.value}"
    for row in workflow:
        for source in row.sources:
            target = row.target or source
            yield f"    {source.value} --> {target.value}: {row.label}"
    for status in final:
        yield f"    {status.value} --> [*]"
    yield "```"


def _table(workflow: Workflow[Any], labels: Mapping[Any, str]) -> Iterator[str]:
    yield "| action | from | to | who | fields | clocks | document | source |"
    yield "|---|---|---|---|---|---|---|---|"
    for row in workflow:
        cells = (
            f"{row.label} `{row.action}`" + (" *by letter*" if row.internal else ""),
            "、".join(labels[source] for source in row.sources),
            labels[row.target] if row.target else "unchanged",
            "、".join(ROLES[role] for role in Role if role in row.roles),
            ", ".join(f"`{name}`" for name in row.fields) or "–",
            _clocks(row),
            TEMPLATES[row.document][0] if row.document else "–",
            row.source or "–",
        )
        yield f"| {' | '.join(cells)} |"


def _clocks(row: Transition[Any]) -> str:
    told = [f"stops {CLOCK_LABELS[ClockKind(kind)]} ({kind})" for kind in row.stops]
    told += [f"starts {CLOCK_LABELS[ClockKind(kind)]} ({kind})" for kind in row.starts]
    return "; ".join(told) or "–"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
