"""Tables and columns of which the past stays as it was written, whoever works in the application's role."""

from __future__ import annotations

#: The application role adds rows of these and never changes or removes one.
APPEND_ONLY = (
    *("audit_events", "documents", "letter_cases", "letter_events", "letter_files", "letters"),
    "rule_firings",
    *("case_assignments", "case_ratings"),
)

#: Columns that may be written by themselves: of a task its closing; a clock's first day and first due date stay.
COLUMN_GRANTS = (
    *(f"tasks.{name}" for name in ("done_at", "done_by", "resolution")),
    *(f"case_clocks.{name}" for name in ("due_on", "due_reason", "stopped_on", "stop_reason", "basis")),
    # What was asked of whom and by when stays: a task ends, a follow-up is answered.
    *(f"case_tasks.{name}" for name in ("status", "answer", "ended_at", "ended_by", "overdue_noted_on")),
    *(f"follow_ups.{name}" for name in ("due_on", "opened_on", "contacted_at", "contacted_by")),
    *(f"follow_ups.{name}" for name in ("reached", "content", "retaliation", "note")),
    *(f"case_clocks.{name}" for name in ("paused_on", "paused_days", "uncounted", "reminded_on")),
)
