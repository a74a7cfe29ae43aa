"""What is meant to be shared, written or crossed, with the reason for each; everything else is a finding."""

from __future__ import annotations

APP, ROLLUP, OWNER = "lianxin_app", "lianxin_rollup", "lianxin_owner"

#: Tables without ``tenant_id``, each with the reason why every tenant may share it.
SHARED: dict[str, str] = {
    "alembic_version": "one row: the revision of the schema",
    "calendar_days": "holidays and make-up days; nobody's data",
    "calendar_years": "which years' days are complete; nobody's data",
    "categories": "the shared classification; the application role only reads it",
    "heartbeats": "when a duty of the platform last ended well; no tenant's data",
    "leases": "which scheduler works; the application role has no right to it",
    "login_throttle": "failures before any tenant is known; keys are digests",
    "tenant_closure": "the public tree of unions",
    "tenant_successions": "who carries on whose work; as public as the tree",
    "tenant_lines": "the public tree of unions, with dates",
    "tenant_parents": "the public tree of unions, with dates",
    "tenants": "the public tree of unions",
    "tree_moves": "who was placed elsewhere in the public tree, and why",
}

#: The application role adds rows of these and never changes or removes one.
APPEND_ONLY = (
    *(
        "audit_events",
        "case_tokens",
        "document_templates",
        "documents",
        "servings",
        "letter_cases",
        "letter_events",
        "letter_files",
        "letters",
    ),
    "rule_firings",
    *("case_assignments", "case_ratings"),
    "case_statements",
    "hotspot_events",
    # 已签发: a revision is a new edition.
    *("reports", "report_submissions"),
)

#: Columns that may be written by themselves: of a task its closing; a clock's first day and first due date stay.
COLUMN_GRANTS = (
    *(f"attachments.{name}" for name in ("removal_reason", "removed_at", "removed_by")),
    *(f"tasks.{name}" for name in ("done_at", "done_by", "resolution")),
    *(f"case_clocks.{name}" for name in ("due_on", "due_reason", "stopped_on", "stop_reason", "basis")),
    *(f"case_clocks.{name}" for name in ("paused_on", "paused_days", "uncounted", "reminded_on")),
    "case_clocks.provisional_days",
    # What was asked of whom and by when stays: a task ends, a follow-up is answered.
    *(f"case_tasks.{name}" for name in ("status", "answer", "ended_at", "ended_by", "overdue_noted_on")),
    *(f"follow_ups.{name}" for name in ("due_on", "opened_on", "contacted_at", "contacted_by")),
    # Whom a case accuses stays on record; that a naming ended, and that somebody was named again, is written.
    *(f"case_accused.{name}" for name in ("at", "by_id", "ended_at", "ended_by", "reason")),
    # A new 查询码 takes the old one's place.
    *(f"query_codes.{name}" for name in ("digest", "given_at", "given_by")),
    *(f"follow_ups.{name}" for name in ("reached", "content", "retaliation", "note")),
    # What was asked for stays as it was asked; only what became of it is written.
    *(f"case_exports.{name}" for name in ("status", "lines", "total", "parts", "members", "size")),
    *(f"case_exports.{name}" for name in ("digest", "cut", "problem", "made_at", "expires_at")),
    *(f"saved_views.{name}" for name in ("name", "version")),
    # Where a hotspot was found stays; what tonight says of it, and what people made of it, is written.
    *(f"hotspots.{name}" for name in ("status", "last_on", "ended_on", "counted", "hoped", "score", "evidence")),
    *(f"hotspots.{name}" for name in ("terms", "letter_id", "version")),
)

#: Tables that the carrier of messages and figures may touch, across tenants: neither person nor text in any of them.
ROLLUP_MAY = (
    *("alembic_version", "categories", "daily_facts", "fact_deltas", "heartbeats", "inbox", "leases", "outbox"),
    *("summed_facts", "summed_lines", "tenant_closure", "tenant_lines", "tenant_parents", "tenants", "tree_moves"),
)

CALENDAR = ("calendar_days", "calendar_years")
#: Policies whose condition is true on purpose: the public tree, and the carrier on its own few tables.
TRUE_POLICIES = {
    *(
        (table, "everybody_reads")
        for table in ("tenants", "tenant_closure", "tenant_lines", "tenant_parents", "tree_moves", *CALENDAR)
    ),
    ("tree_moves", "carry_update"),
    ("tenant_successions", "everybody_reads"),
    *(
        (table, f"carry_{command}")
        for table in ("outbox", "inbox", "fact_deltas", "daily_facts", "summed_facts", "summed_lines")
        for command in ("select", "insert", "update", "delete")
    ),
}

#: Policies that let a row be written into another tenant: insert only, for the addressees of a letter.
ACROSS_POLICIES = {
    ("letters", "across"),
    ("letter_events", "across"),
    ("letter_files", "across"),
    ("outbox", "across"),
    # The platform tells a union and its superior that the union was suspended, resumed or closed.
    ("outbox", "life"),
}

#: Policies of the public tree that only the platform's own tenant passes.
PLATFORM_POLICIES = {
    ("tenants", "platform_inserts"),
    ("tenants", "platform_updates"),
    ("tenant_closure", "platform_inserts"),
    ("tenant_closure", "platform_deletes"),
    ("tenant_successions", "platform_inserts"),
    ("tenant_successions", "platform_updates"),
    *(
        (table, f"platform_{command}")
        for table in ("tenant_lines", "tenant_parents")
        for command in ("inserts", "updates", "deletes")
    ),
    ("tree_moves", "platform_inserts"),
    *((table, f"platform_{command}") for table in CALENDAR for command in ("inserts", "updates", "deletes")),
}

#: Policies of the owner on every tenant's table: to remove the rows of a union whose destruction two people signed.
#: Each reads or deletes, for one tenant a transaction; the web and the worker do not have the owner's password.
SHRED_POLICIES = {"shred_read": "r", "shred": "d"}

#: The one index that does not start with the tenant: the carrier looks for waiting messages of all tenants.
CARRIER_INDEXES = ("ix_outbox_waiting",)

FUNCTIONS = ("tenant", "addressees")
