"""The tree with its history: second line, parents and lines with dates, moves, first administrators' links.

Reversible; the downgrade forgets the history and the counts of ``moved``. Expand-only on live tables: new columns
are nullable or have a server default.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

APP, ROLLUP = "lianxin_app", "lianxin_rollup"

#: What the application may do to the shared history of the tree; row-level security lets the platform alone do it.
SHARED = {
    "tenant_parents": ("insert", "update", "delete"),
    "tenant_lines": ("insert", "update", "delete"),
    "tree_moves": ("insert",),
}
_CLAUSES = {
    "insert": "with check (app.tenant() = 0)",
    "update": "using (app.tenant() = 0) with check (app.tenant() = 0)",
    "delete": "using (app.tenant() = 0)",
}

#: Everybody stood since ever where they stand now: cells of any day belong to today's line. The owner is bound by
#: FORCE ROW LEVEL SECURITY like everybody, and no policy admits it; so the force is off for these statements, inside
#: the migration's transaction and under the lock that ALTER TABLE holds until its end: nobody reads meanwhile.
BACKFILL = (
    "alter table tenant_closure no force row level security",
    "insert into tenant_lines (ancestor_id, descendant_id) select ancestor_id, descendant_id from tenant_closure",
    "insert into tenant_parents (child_id, parent_id) "
    "select descendant_id, ancestor_id from tenant_closure where depth = 1",
    "alter table tenant_closure force row level security",
)


def _dated() -> tuple[sa.Column, sa.Column]:
    return (
        sa.Column("since", sa.Date(), server_default=sa.text("'-infinity'"), nullable=False),
        sa.Column("until", sa.Date(), server_default=sa.text("'infinity'"), nullable=False),
    )


def upgrade() -> None:
    _widen_tenants()
    op.create_table(
        "tenant_parents",
        sa.Column("child_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=False),
        *_dated(),
        sa.CheckConstraint("since < until", name="ck_tenant_parents_since_before_until"),
        sa.ForeignKeyConstraint(["child_id"], ["tenants.id"], name="fk_tenant_parents_child_id_tenants"),
        sa.ForeignKeyConstraint(["parent_id"], ["tenants.id"], name="fk_tenant_parents_parent_id_tenants"),
        sa.PrimaryKeyConstraint("child_id", "since", name="pk_tenant_parents"),
    )
    op.create_index("ix_tenant_parents_parent_id", "tenant_parents", ["parent_id"])
    op.create_table(
        "tenant_lines",
        sa.Column("descendant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("ancestor_id", sa.BigInteger(), autoincrement=False, nullable=False),
        *_dated(),
        sa.CheckConstraint("since < until", name="ck_tenant_lines_since_before_until"),
        sa.ForeignKeyConstraint(["descendant_id"], ["tenants.id"], name="fk_tenant_lines_descendant_id_tenants"),
        sa.ForeignKeyConstraint(["ancestor_id"], ["tenants.id"], name="fk_tenant_lines_ancestor_id_tenants"),
        sa.PrimaryKeyConstraint("descendant_id", "ancestor_id", "since", name="pk_tenant_lines"),
    )
    op.create_index("ix_tenant_lines_ancestor_id", "tenant_lines", ["ancestor_id"])
    op.create_table(
        "tree_moves",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("moved_id", sa.BigInteger(), nullable=False),
        sa.Column("from_id", sa.BigInteger(), nullable=True),
        sa.Column("to_id", sa.BigInteger(), nullable=True),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["moved_id"], ["tenants.id"], name="fk_tree_moves_moved_id_tenants"),
        sa.ForeignKeyConstraint(["from_id"], ["tenants.id"], name="fk_tree_moves_from_id_tenants"),
        sa.ForeignKeyConstraint(["to_id"], ["tenants.id"], name="fk_tree_moves_to_id_tenants"),
        sa.PrimaryKeyConstraint("id", name="pk_tree_moves"),
    )
    op.create_index(
        "ix_tree_moves_waiting", "tree_moves", ["created_at"], postgresql_where=sa.text("facts_at is null")
    )
    for statement in BACKFILL:
        op.execute(statement)
    _guard_shared()
    _invitations()
    for table in ("daily_facts", "fact_deltas"):
        op.add_column(table, sa.Column("moved", sa.Integer(), server_default="0", nullable=False))
    op.add_column("cases", sa.Column("arrived_on", sa.Date(), nullable=True))
    op.add_column("cases", sa.Column("handed_on", sa.Date(), nullable=True))


def _widen_tenants() -> None:
    op.add_column("tenants", sa.Column("second_parent_id", sa.BigInteger(), nullable=True))
    for name in ("seal_text", "address", "phone", "hours"):
        op.add_column("tenants", sa.Column(name, sa.Text(), server_default="", nullable=False))
    op.add_column("tenants", sa.Column("portal_colour", sa.Text(), nullable=True))
    op.add_column("tenants", sa.Column("calendar", sa.Text(), server_default="CN", nullable=False))
    op.create_foreign_key("fk_tenants_second_parent_id_tenants", "tenants", "tenants", ["second_parent_id"], ["id"])
    op.create_index("ix_tenants_second_parent", "tenants", ["second_parent_id"])
    op.create_check_constraint(
        op.f("ck_tenants_second_line_elsewhere"),
        "tenants",
        "second_parent_id <> id and second_parent_id <> 0 and second_parent_id <> coalesce(parent_id, -1)",
    )
    op.create_check_constraint(op.f("ck_tenants_colour_form"), "tenants", "portal_colour ~ '^#[0-9a-f]{6}$'")
    op.create_check_constraint(op.f("ck_tenants_known_calendar"), "tenants", "calendar in ('CN')")


def _guard_shared() -> None:
    """The tree's history is read by everybody and written by the platform; the carrier notes what it has corrected."""
    for table, commands in SHARED.items():
        op.execute(f"grant select, {', '.join(commands)} on {table} to {APP}")
        op.execute(f"grant select on {table} to {ROLLUP}")
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy everybody_reads on {table} for select to {APP}, {ROLLUP} using (true)")
        for command in commands:
            op.execute(f"create policy platform_{command}s on {table} for {command} to {APP} {_CLAUSES[command]}")
    op.execute(f"grant update on tree_moves to {ROLLUP}")
    op.execute(f"create policy carry_update on tree_moves for update to {ROLLUP} using (true)")


def _invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name="fk_invitations_tenant_id_user_id_users",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_invitations"),
        sa.UniqueConstraint("tenant_id", "token_digest", name="uq_invitations_tenant_id_token_digest"),
    )
    op.create_index("ix_invitations_user", "invitations", ["tenant_id", "user_id"])
    op.execute(f"grant select, insert, update on invitations to {APP}")
    op.execute("alter table invitations enable row level security")
    op.execute("alter table invitations force row level security")
    op.execute(
        f"create policy own on invitations for all to {APP} "
        "using (tenant_id = app.tenant()) with check (tenant_id = app.tenant())"
    )


def downgrade() -> None:
    op.drop_column("cases", "handed_on")
    op.drop_column("cases", "arrived_on")
    for table in ("fact_deltas", "daily_facts"):
        op.drop_column(table, "moved")
    for table in ("invitations", "tree_moves", "tenant_lines", "tenant_parents"):
        op.drop_table(table)
    op.drop_constraint(op.f("ck_tenants_known_calendar"), "tenants")
    op.drop_constraint(op.f("ck_tenants_colour_form"), "tenants")
    op.drop_constraint(op.f("ck_tenants_second_line_elsewhere"), "tenants")
    op.drop_index("ix_tenants_second_parent", "tenants")
    for name in ("calendar", "portal_colour", "hours", "phone", "address", "seal_text", "second_parent_id"):
        op.drop_column("tenants", name)
