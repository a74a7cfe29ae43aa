"""What came of a case, as JSON values: results, tasks of departments, ratings, contacts after closing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from access.actor import Work
from cases import follow_ups, gains, ratings, tasking
from cases.models import Case, Claim


def claim_lines(work: Work, claims: Sequence[Claim]) -> list[dict[str, Any]]:
    """Claims with their outcomes."""
    given = gains.dispositions_of(work, claims)
    return [
        {
            "position": claim.position,
            "text": claim.text,
            "category": claim.category_code,
            "opinion": claim.opinion,
            "finding": claim.finding,
            "disposition": given[claim.position][0] if claim.position in given else None,
            "aided": claim.position in given and given[claim.position][1],
        }
        for claim in claims
    ]


def handling(work: Work, case: Case) -> dict[str, Any]:
    """The handling of a case that the actor sees."""
    result = gains.result_of(work, case.id)
    return {
        "first_handler": _word(case.first_handler_id),
        "department": _word(case.department_id),
        "results": {
            "measures": list(result.measures) if result else [],
            "recovered_fen": result.recovered_fen if result else None,
            "helped": result.helped if result else None,
        },
        "tasks": [
            {
                "id": str(task.id),
                "department": _word(task.department_id),
                "handler": _word(task.handler_id),
                "asked": task.asked,
                "due_on": task.due_on.isoformat(),
                "original_due_on": task.original_due_on.isoformat(),
                "status": task.status,
                "answer": task.answer,
            }
            for task in tasking.of_case(work, case.id)
        ],
        "ratings": [
            {
                "about": row.about,
                "rating": row.rating,
                "reason": row.reason,
                "entered_by": row.entered_by,
                "told_how": row.told_how,
                "recorded_at": row.recorded_at.isoformat(),
            }
            for row in ratings.of_case(work, case.id)
        ],
        "follow_ups": [
            {
                "place": row.place,
                "due_on": row.due_on.isoformat(),
                "contacted_at": row.contacted_at.isoformat() if row.contacted_at else None,
                "reached": row.reached,
                "content": row.content,
                "retaliation": row.retaliation,
            }
            for row in follow_ups.of_case(work, case.id)
        ],
    }


def _word(value: object) -> str | None:
    return str(value) if value is not None else None
