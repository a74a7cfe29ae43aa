"""The first schema: tables, the wall between tenants, the shared tree's root.

Reviewed by hand. Reversible: the downgrade drops everything, data included, and exists for tests only.
Every tenant table gets FORCE ROW LEVEL SECURITY and one permissive policy per role and command, without OR, without
a subquery (tenancy.md §0). Functions read settings that fail closed: an unset tenant is NULL and matches no row.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APP, ROLLUP = "lianxin_app", "lianxin_rollup"

#: What the application role may do to a tenant's own rows. No row of the log, of a letter or of a paper can be
#: changed or removed by it, whatever the code says.
TENANT_TABLES = {
    "audit_events": "select, insert",
    "audit_heads": "select, insert, update",
    "cases": "select, insert, update",
    "claims": "select, insert, update",
    "parties": "select, insert, update",
    "case_clocks": "select, insert, update",
    "classifications": "select, insert, update, delete",
    "daily_facts": "select",
    "documents": "select, insert",
    "fact_deltas": "select, insert",
    "idempotency_keys": "select, insert, update, delete",
    "inbox": "select, insert",
    "letters": "select, insert",
    "letter_events": "select, insert",
    "login_sessions": "select, insert, update, delete",
    "notices": "select, insert, update",
    "number_counters": "select, insert, update",
    "outbox": "select, insert, update",
    "users": "select, insert, update",
    "user_roles": "select, insert, delete",
}

#: What the carrier of messages and figures may do, across tenants, to tables that hold neither person nor text.
ROLLUP_TABLES = {
    "outbox": ("select", "update", "delete"),
    "inbox": ("select", "delete"),
    "fact_deltas": ("select", "delete"),
    "daily_facts": ("select", "insert", "update", "delete"),
}

FUNCTIONS = (
    """
    create function app.tenant() returns bigint language sql stable parallel safe
    as $$ select nullif(current_setting('app.tenant', true), '')::bigint $$
    """,
    """
    create function app.addressees() returns bigint[] language sql stable parallel safe
    as $$ select string_to_array(nullif(current_setting('app.addressees', true), ''), ',')::bigint[] $$
    """,
)

#: The one way across the border: the other side's copy of a letter may be written, never read.
ACROSS = {
    "letters": "tenant_id = any(app.addressees()) and recipient_id = tenant_id and sender_id = app.tenant()"
    " and case_id is null",
    "letter_events": "tenant_id = any(app.addressees()) and author_id = app.tenant()",
    "outbox": "tenant_id = any(app.addressees()) and topic = 'letter.event'",
}


def build_wall() -> None:
    """Functions, grants, policies."""
    op.execute("create schema if not exists app")
    for function in FUNCTIONS:
        op.execute(function)
    op.execute(f"grant usage on schema app, public to {APP}, {ROLLUP}")
    op.execute(f"grant select on alembic_version to {APP}, {ROLLUP}")
    for table, rights in TENANT_TABLES.items():
        op.execute(f"grant {rights} on {table} to {APP}")
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(
            f"create policy own on {table} for all to {APP} "
            "using (tenant_id = app.tenant()) with check (tenant_id = app.tenant())"
        )
    for table, check in ACROSS.items():
        op.execute(f"create policy across on {table} for insert to {APP} with check ({check})")
    for table, commands in ROLLUP_TABLES.items():
        op.execute(f"grant {', '.join(commands)} on {table} to {ROLLUP}")
        for command in commands:
            clause = "with check (true)" if command == "insert" else "using (true)"
            op.execute(f"create policy carry_{command} on {table} for {command} to {ROLLUP} {clause}")
    # Shared reference data: everybody reads the tree, only the platform's own tenant (0) writes it.
    for table, rights in (
        ("tenants", "select, insert, update"),
        ("tenant_closure", "select, insert, delete"),
    ):
        op.execute(f"grant {rights} on {table} to {APP}")
        op.execute(f"grant select on {table} to {ROLLUP}")
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy everybody_reads on {table} for select to {APP}, {ROLLUP} using (true)")
        op.execute(f"create policy platform_inserts on {table} for insert to {APP} with check (app.tenant() = 0)")
    op.execute(
        f"create policy platform_updates on tenants for update to {APP} "
        "using (app.tenant() = 0) with check (app.tenant() = 0)"
    )
    op.execute(f"create policy platform_deletes on tenant_closure for delete to {APP} using (app.tenant() = 0)")
    op.execute(f"grant select on categories to {APP}, {ROLLUP}")
    op.execute(f"grant select, insert, update, delete on login_throttle to {APP}")
    op.execute(f"grant select, insert, update, delete on leases to {ROLLUP}")
    op.execute(f"grant select, insert, update on heartbeats to {ROLLUP}")
    op.execute(f"grant select on heartbeats to {APP}")


def found_platform() -> None:
    """The platform is tenant 0. Written before row-level security, which would refuse the owner afterwards."""
    op.execute(
        "insert into tenants (id, slug, name, short_name, kind, code, level) "
        "values (0, 'platform', '连心桥平台', '平台', 'platform', '平台', 0)"
    )
    op.execute("insert into tenant_closure (ancestor_id, descendant_id, depth) values (0, 0, 0)")


def upgrade() -> None:
    op.create_table(
        "audit_events",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("data", JSONB(), nullable=False),
        sa.Column("prev_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "seq", name="pk_audit_events"),
    )
    op.create_index("ix_audit_events_subject", "audit_events", ["tenant_id", "subject_id", "seq"], unique=False)
    op.create_table(
        "audit_heads",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name="pk_audit_heads"),
    )
    op.create_table(
        "categories",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("parent_code", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["parent_code"], ["categories.code"], name="fk_categories_parent_code_categories"),
        sa.PrimaryKeyConstraint("code", name="pk_categories"),
    )
    op.create_table(
        "classifications",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("level1", sa.Text(), nullable=False),
        sa.Column("level2", sa.Text(), server_default="", nullable=False),
        sa.Column("level3", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_classifications"),
        sa.UniqueConstraint(
            "tenant_id",
            "scheme",
            "level1",
            "level2",
            "level3",
            name="uq_classifications_tenant_id_scheme_level1_level2_level3",
        ),
    )
    op.create_table(
        "daily_facts",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("scope", sa.SmallInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("registered", sa.Integer(), server_default="0", nullable=False),
        sa.Column("persons", sa.Integer(), server_default="0", nullable=False),
        sa.Column("repeats", sa.Integer(), server_default="0", nullable=False),
        sa.Column("collectives", sa.Integer(), server_default="0", nullable=False),
        sa.Column("accepted", sa.Integer(), server_default="0", nullable=False),
        sa.Column("refused", sa.Integer(), server_default="0", nullable=False),
        sa.Column("escalated", sa.Integer(), server_default="0", nullable=False),
        sa.Column("closed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_met", sa.Integer(), server_default="0", nullable=False),
        sa.Column("notice_due", sa.Integer(), server_default="0", nullable=False),
        sa.Column("notice_met", sa.Integer(), server_default="0", nullable=False),
        sa.Column("days_to_close", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("scope in (0, 1)", name="ck_daily_facts_known_scope"),
        sa.PrimaryKeyConstraint(
            "tenant_id", "subject_id", "scope", "day", "category", "channel", name="pk_daily_facts"
        ),
    )
    op.create_table(
        "documents",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", JSONB(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_documents"),
        sa.UniqueConstraint("tenant_id", "number", name="uq_documents_tenant_id_number"),
    )
    op.create_index("ix_documents_subject", "documents", ["tenant_id", "subject_id"], unique=False)
    op.create_table(
        "fact_deltas",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("registered", sa.Integer(), server_default="0", nullable=False),
        sa.Column("persons", sa.Integer(), server_default="0", nullable=False),
        sa.Column("repeats", sa.Integer(), server_default="0", nullable=False),
        sa.Column("collectives", sa.Integer(), server_default="0", nullable=False),
        sa.Column("accepted", sa.Integer(), server_default="0", nullable=False),
        sa.Column("refused", sa.Integer(), server_default="0", nullable=False),
        sa.Column("escalated", sa.Integer(), server_default="0", nullable=False),
        sa.Column("closed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_met", sa.Integer(), server_default="0", nullable=False),
        sa.Column("notice_due", sa.Integer(), server_default="0", nullable=False),
        sa.Column("notice_met", sa.Integer(), server_default="0", nullable=False),
        sa.Column("days_to_close", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_fact_deltas"),
    )
    op.create_table(
        "heartbeats",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_heartbeats"),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_key", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", JSONB(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "user_key", "key", name="pk_idempotency_keys"),
    )
    op.create_table(
        "inbox",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_inbox"),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )
    op.create_table(
        "login_throttle",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("window_started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_login_throttle"),
    )
    op.create_table(
        "notices",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(user_id is null) <> (role is null)", name="ck_notices_one_addressee"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_notices"),
    )
    op.create_index("ix_notices_recent", "notices", ["tenant_id", "created_at"], unique=False)
    op.create_table(
        "number_counters",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "series", "year", name="pk_number_counters"),
    )
    op.create_table(
        "outbox",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("payload", JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_outbox"),
    )
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("done_at is null"),
    )
    op.create_table(
        "tenants",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), server_default="", nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("members", sa.Integer(), server_default="0", nullable=False),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(id = 0) = (kind = 'platform')", name="ck_tenants_platform_is_zero"),
        sa.CheckConstraint(
            "kind in ('platform','federation','industry','group','grassroots_federation','grassroots')",
            name="ck_tenants_known_kind",
        ),
        sa.CheckConstraint("slug ~ '^[a-z0-9](-?[a-z0-9]){1,39}$'", name="ck_tenants_slug_form"),
        sa.CheckConstraint("status in ('active', 'suspended', 'closed')", name="ck_tenants_known_status"),
        sa.ForeignKeyConstraint(["parent_id"], ["tenants.id"], name="fk_tenants_parent_id_tenants"),
        sa.PrimaryKeyConstraint("id", name="pk_tenants"),
        sa.UniqueConstraint("credit_code", name="uq_tenants_credit_code"),
        sa.UniqueConstraint("slug", name="uq_tenants_slug"),
    )
    op.create_index("ix_tenants_parent", "tenants", ["parent_id"], unique=False)
    op.create_table(
        "users",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("epoch", sa.Integer(), server_default="1", nullable=False),
        sa.Column("last_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("password_changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("username ~ '^[a-z0-9][a-z0-9._-]{1,31}$'", name="ck_users_username_form"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_users"),
        sa.UniqueConstraint("tenant_id", "username", name="uq_users_tenant_id_username"),
    )
    op.create_table(
        "cases",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("category_code", sa.Text(), nullable=True),
        sa.Column("tier", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_handler_id", sa.Uuid(), nullable=True),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("headcount", sa.Integer(), server_default="1", nullable=False),
        sa.Column("anonymous", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("confidential", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("collective", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("urgent", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("repeat", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("sealed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_kind", sa.Text(), nullable=True),
        sa.Column("overdue_noted_on", sa.Date(), nullable=True),
        sa.Column("due_warned_on", sa.Date(), nullable=True),
        sa.Column("refusal_code", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("source_key", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(status in ('registered', 'triaged', 'handling', 'escalated', 'decided')) = (closed_at is null)",
            name="ck_cases_closed_when_final",
        ),
        sa.CheckConstraint("channel in ('visit', 'letter', 'call', 'online')", name="ck_cases_known_channel"),
        sa.CheckConstraint(
            "status in ('registered', 'triaged', 'handling', 'escalated', 'decided', 'closed', 'answered', 'refused')",
            name="ck_cases_known_status",
        ),
        sa.CheckConstraint("headcount between 1 and 9999", name="ck_cases_headcount_range"),
        sa.ForeignKeyConstraint(["category_code"], ["categories.code"], name="fk_cases_category_code_categories"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "assignee_id"],
            ["users.tenant_id", "users.id"],
            name="fk_cases_tenant_id_assignee_id_users",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "first_handler_id"],
            ["users.tenant_id", "users.id"],
            name="fk_cases_tenant_id_first_handler_id_users",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_cases"),
        sa.UniqueConstraint("tenant_id", "number", name="uq_cases_tenant_id_number"),
    )
    op.create_index(
        "ix_cases_assignee_open",
        "cases",
        ["tenant_id", "assignee_id", "due_on"],
        unique=False,
        postgresql_where=sa.text("status in ('registered', 'triaged', 'handling', 'escalated', 'decided')"),
    )
    op.create_index("ix_cases_category", "cases", ["tenant_id", "category_code", "registered_at"], unique=False)
    op.create_index(
        "ix_cases_newest",
        "cases",
        ["tenant_id", sa.literal_column("registered_at desc"), sa.literal_column("id desc")],
        unique=False,
    )
    op.create_index(
        "ix_cases_open_due",
        "cases",
        ["tenant_id", "due_on", "id"],
        unique=False,
        postgresql_where=sa.text("status in ('registered', 'triaged', 'handling', 'escalated', 'decided')"),
    )
    op.create_index(
        "uq_cases_source",
        "cases",
        ["tenant_id", "source", "source_key"],
        unique=True,
        postgresql_where=sa.text("source_key is not null"),
    )
    op.create_table(
        "login_sessions",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind in ('browser', 'api')", name="ck_login_sessions_known_kind"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name="fk_login_sessions_tenant_id_user_id_users",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_login_sessions"),
    )
    op.create_index("ix_login_sessions_user", "login_sessions", ["tenant_id", "user_id"], unique=False)
    op.create_table(
        "tenant_closure",
        sa.Column("ancestor_id", sa.BigInteger(), nullable=False),
        sa.Column("descendant_id", sa.BigInteger(), nullable=False),
        sa.Column("depth", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["ancestor_id"], ["tenants.id"], name="fk_tenant_closure_ancestor_id_tenants"),
        sa.ForeignKeyConstraint(["descendant_id"], ["tenants.id"], name="fk_tenant_closure_descendant_id_tenants"),
        sa.PrimaryKeyConstraint("ancestor_id", "descendant_id", name="pk_tenant_closure"),
    )
    op.create_index("ix_tenant_closure_descendant", "tenant_closure", ["descendant_id", "depth"], unique=False)
    op.create_table(
        "user_roles",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(role = 'platform_admin') = (tenant_id = 0)",
            name="ck_user_roles_platform_roles_on_platform_only",
        ),
        sa.CheckConstraint(
            "role in ('clerk','handler','office_head','leader','supervisor','tenant_admin','security_admin','auditor','platform_admin')",
            name="ck_user_roles_known_role",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name="fk_user_roles_tenant_id_user_id_users",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "user_id", "role", name="pk_user_roles"),
    )
    op.create_index(
        "uq_user_roles_one_of_three_admins",
        "user_roles",
        ["tenant_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("role in ('tenant_admin', 'security_admin', 'auditor')"),
    )
    op.create_table(
        "case_clocks",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("original_due_on", sa.Date(), nullable=False),
        sa.Column("stopped_on", sa.Date(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("stop_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("due_on >= started_on", name="ck_case_clocks_due_after_start"),
        sa.CheckConstraint("stopped_on is null or stopped_on >= started_on", name="ck_case_clocks_stop_after_start"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name="fk_case_clocks_tenant_id_case_id_cases",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_case_clocks"),
    )
    op.create_index("ix_case_clocks_case", "case_clocks", ["tenant_id", "case_id"], unique=False)
    op.create_table(
        "claims",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("category_code", sa.Text(), nullable=True),
        sa.Column("classification_id", sa.Uuid(), nullable=True),
        sa.Column("opinion", sa.Text(), nullable=True),
        sa.Column("finding", sa.Text(), nullable=True),
        sa.CheckConstraint("opinion in ('support', 'explain', 'reject')", name="ck_claims_known_opinion"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name="fk_claims_tenant_id_case_id_cases",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_claims"),
        sa.UniqueConstraint("tenant_id", "case_id", "position", name="uq_claims_tenant_id_case_id_position"),
    )
    op.create_table(
        "letters",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("sender_id", sa.BigInteger(), nullable=False),
        sa.Column("recipient_id", sa.BigInteger(), nullable=False),
        sa.Column("sender_name", sa.Text(), nullable=False),
        sa.Column("recipient_name", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("snapshot", JSONB(), nullable=False),
        sa.Column("sealed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reply_due_on", sa.Date(), nullable=False),
        sa.CheckConstraint("(side = 'sender') = (tenant_id = sender_id)", name="ck_letters_side_is_true"),
        sa.CheckConstraint("side in ('sender', 'recipient')", name="ck_letters_known_side"),
        sa.CheckConstraint(
            "tenant_id in (sender_id, recipient_id) and sender_id <> recipient_id",
            name="ck_letters_two_sides",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name="fk_letters_tenant_id_case_id_cases",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_letters"),
    )
    op.create_index("ix_letters_case", "letters", ["tenant_id", "case_id"], unique=False)
    op.create_index("ix_letters_newest", "letters", ["tenant_id", "side", "sent_at"], unique=False)
    op.create_table(
        "parties",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=True),
        sa.Column("organisation", sa.Text(), nullable=True),
        sa.Column("name_mask", sa.Text(), nullable=True),
        sa.Column("phone_mask", sa.Text(), nullable=True),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("name_index", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("id_number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id_number_index", sa.LargeBinary(), nullable=True),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "role in ('petitioner', 'affected', 'representative', 'agent', 'respondent')",
            name="ck_parties_known_role",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name="fk_parties_tenant_id_case_id_cases",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_parties"),
        sa.UniqueConstraint("tenant_id", "case_id", "position", name="uq_parties_tenant_id_case_id_position"),
    )
    op.create_index("ix_parties_name_index", "parties", ["tenant_id", "name_index"], unique=False)
    op.create_index("ix_parties_phone_index", "parties", ["tenant_id", "phone_index"], unique=False)
    op.create_table(
        "letter_events",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_as", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "status in ('sent', 'signed', 'answered', 'ordered')", name="ck_letter_events_known_status"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "letter_id"],
            ["letters.tenant_id", "letters.id"],
            name="fk_letter_events_tenant_id_letter_id_letters",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "letter_id", "seq", name="pk_letter_events"),
    )
    found_platform()
    build_wall()


def downgrade() -> None:
    # Policies and grants go with their tables.
    op.drop_table("letter_events")
    op.drop_index("ix_parties_phone_index", table_name="parties")
    op.drop_index("ix_parties_name_index", table_name="parties")
    op.drop_table("parties")
    op.drop_index("ix_letters_newest", table_name="letters")
    op.drop_index("ix_letters_case", table_name="letters")
    op.drop_table("letters")
    op.drop_table("claims")
    op.drop_index("ix_case_clocks_case", table_name="case_clocks")
    op.drop_table("case_clocks")
    op.drop_index(
        "uq_user_roles_one_of_three_admins",
        table_name="user_roles",
        postgresql_where=sa.text("role in ('tenant_admin', 'security_admin', 'auditor')"),
    )
    op.drop_table("user_roles")
    op.drop_index("ix_tenant_closure_descendant", table_name="tenant_closure")
    op.drop_table("tenant_closure")
    op.drop_index("ix_login_sessions_user", table_name="login_sessions")
    op.drop_table("login_sessions")
    op.drop_index("uq_cases_source", table_name="cases", postgresql_where=sa.text("source_key is not null"))
    op.drop_index(
        "ix_cases_open_due",
        table_name="cases",
        postgresql_where=sa.text("status in ('registered', 'triaged', 'handling', 'escalated', 'decided')"),
    )
    op.drop_index("ix_cases_newest", table_name="cases")
    op.drop_index("ix_cases_category", table_name="cases")
    op.drop_index(
        "ix_cases_assignee_open",
        table_name="cases",
        postgresql_where=sa.text("status in ('registered', 'triaged', 'handling', 'escalated', 'decided')"),
    )
    op.drop_table("cases")
    op.drop_table("users")
    op.drop_index("ix_tenants_parent", table_name="tenants")
    op.drop_table("tenants")
    op.drop_index("ix_outbox_waiting", table_name="outbox", postgresql_where=sa.text("done_at is null"))
    op.drop_table("outbox")
    op.drop_table("number_counters")
    op.drop_index("ix_notices_recent", table_name="notices")
    op.drop_table("notices")
    op.drop_table("login_throttle")
    op.drop_table("leases")
    op.drop_table("inbox")
    op.drop_table("idempotency_keys")
    op.drop_table("heartbeats")
    op.drop_table("fact_deltas")
    op.drop_index("ix_documents_subject", table_name="documents")
    op.drop_table("documents")
    op.drop_table("daily_facts")
    op.drop_table("classifications")
    op.drop_table("categories")
    op.drop_table("audit_heads")
    op.drop_index("ix_audit_events_subject", table_name="audit_events")
    op.drop_table("audit_events")
    op.execute("drop function app.addressees()")
    op.execute("drop function app.tenant()")
