"""The petition case's table: every status, every action, who, which clock, which document. Pure.

Codes in the rows' sources are those of domain.md B2/B3. ``docs/workflow.md`` is drawn from these rows. The rows lie
in modules by part of the procedure; this puts them together in the order in which buttons stand.
"""

from __future__ import annotations

from cases import by_letter, care, endings, handling_rows, mainline, own_acts, remedies, sidesteps
from cases.statuses import (
    AFTER_OPINION,
    FINAL,
    OPEN,
    STATUS_LABELS,
    UNANSWERED_ENDS,
    UNDER_REVIEW,
    WORKING,
    Status,
)
from kernel.workflow import Workflow

__all__ = [
    "AFTER_OPINION",
    "CASE_WORKFLOW",
    "FINAL",
    "OPEN",
    "STATUS_LABELS",
    "UNANSWERED_ENDS",
    "UNDER_REVIEW",
    "WORKING",
    "Status",
]

CASE_WORKFLOW: Workflow[Status] = Workflow(
    (
        *mainline.ROWS,
        *remedies.ROWS,
        *sidesteps.ROWS,
        *care.ROWS,
        *handling_rows.ROWS,
        *endings.ROWS,
        *by_letter.ROWS,
        *own_acts.ROWS,
    )
)
