"""Draw ``docs/workflow.md`` from the workflow tables: ``python -m tests.architecture.workflow_docs`` writes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any

from access.roles import LABELS as ROLES
from access.roles import Role
from cases.conditions import CONDITIONS
from cases.papers import TEMPLATES
from cases.rules import CLOCK_LABELS, ClockKind
from cases.terms import TERMS
from cases.workflow import CASE_WORKFLOW, FINAL, STATUS_LABELS, Status
from kernel.workflow import Transition, Workflow

PAGE = Path(__file__).resolve().parents[2] / "docs" / "workflow.md"

HEAD = """# Workflows

Drawn from the tables in `platform/cases/` (`mainline`, `remedies`, `sidesteps`, `care`, `endings`, `by_letter`, put
together in `workflow.py`) by `python -m tests.architecture.workflow_docs`; a test fails when this page is stale. Do
not edit it by hand. What the table shall say is written a second time, by hand, in `tests/cases/expected_table.txt`.

Buttons, the API and the tests are made from the same rows. A row marked *by letter* is performed by `dispatches` or
by the platform's own hand only. A *side step* remembers where it left, and the row that returns leads back there.
Codes such as T19 or C-60 are those of the domain reference; an article stands beside each.
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
            "## What must hold beside status and role\n",
            *_conditions(),
            "",
            "## Clocks\n",
            *_terms(),
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
        # What keeps the status is in the table below; a side step leads back to where it left.
        for source in row.sources if row.target else ():
            yield f"    {source.value} --> {row.target.value}: {row.label}{'（返回）' if row.returns else ''}"
    for status in final:
        yield f"    {status.value} --> [*]"
    yield "```"


def _table(workflow: Workflow[Any], labels: Mapping[Any, str]) -> Iterator[str]:
    yield "| action | from | to | who | must hold | fields | clocks | document | source |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for row in workflow:
        cells = (
            f"{row.label} `{row.action}`" + (" *by letter*" if row.internal else ""),
            "、".join(labels[source] for source in row.sources),
            _target(row, labels),
            "、".join(ROLES[role] for role in Role if role in row.roles),
            ", ".join(f"`{name}`" for name in row.conditions) or "–",
            ", ".join(f"`{name}`" for name in row.fields) or "–",
            _clocks(row),
            TEMPLATES[row.document][0] if row.document else "–",
            row.source or "–",
        )
        yield f"| {' | '.join(cells)} |"


def _target(row: Transition[Any], labels: Mapping[Any, str]) -> str:
    if row.target is None:
        return "unchanged"
    return "where it left" if row.returns else labels[row.target] + (" (side step)" if row.remembers else "")


def _clocks(row: Transition[Any]) -> str:
    acts = (
        ("stops", row.stops),
        ("starts", row.starts),
        ("resumes", row.resumes),
        ("pauses", row.pauses),
        ("goes on with", row.continues),
    )
    told = [f"{verb} {CLOCK_LABELS[ClockKind(kind)]} ({kind})" for verb, kinds in acts for kind in kinds]
    return "; ".join(told) or "–"


def _conditions() -> Iterator[str]:
    yield "| condition | refused in these words | source |"
    yield "|---|---|---|"
    for name, condition in CONDITIONS.items():
        yield f"| `{name}` | {condition.sentence} | {condition.source} |"


def _terms() -> Iterator[str]:
    yield "Only clocks of the union make a case overdue; the others are shown and reminded of.\n"
    yield "| clock | length | whose | once a case | basis |"
    yield "|---|---|---|---|---|"
    for kind, term in TERMS.items():
        length = f"setting `{term.setting}`" if term.setting else term.words
        once = "no" if term.again else "yes"
        yield f"| {CLOCK_LABELS[kind]} ({kind.value}) | {length} | {term.whose.value} | {once} | {term.basis} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
