"""Tasks that wait for a role, rules that fired, flags of a case that rules read.

Reversible. New columns are nullable or have a default, so that the version before goes on working.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

APP = "lianxin_app"

#: What the application role may do to a tenant's own rows. Of a task only the closing can be written, and a rule
#: that fired has fired.
TENANT_TABLES = {
    "tasks": "select, insert, update (done_at, done_by, resolution)",
    "rule_firings": "select, insert",
}


def _wall(table: str, rights: str) -> None:
    op.execute(f"grant {rights} on {table} to {APP}")
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(
        f"create policy own on {table} for all to {APP} "
        "using (tenant_id = app.tenant()) with check (tenant_id = app.tenant())"
    )


def upgrade() -> None:
    op.create_table(
        "tasks",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(done_at is null) = (resolution is null) and (done_by is null or done_at is not null)",
            name="ck_tasks_done_with_a_word",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_tasks"),
    )
    op.create_index(
        "uq_tasks_open_key", "tasks", ["tenant_id", "key"], unique=True, postgresql_where=sa.text("done_at is null")
    )
    op.create_index(
        "ix_tasks_open",
        "tasks",
        ["tenant_id", "role", "created_at"],
        unique=False,
        postgresql_where=sa.text("done_at is null"),
    )
    op.create_table(
        "rule_firings",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("episode", sa.Text(), nullable=False),
        sa.Column("fired_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("outcome in ('sent', 'reminded', 'stuck')", name="ck_rule_firings_known_outcome"),
        sa.CheckConstraint(
            "(outcome = 'sent') = (letter_id is not null)", name="ck_rule_firings_sent_means_a_letter"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "letter_id"],
            ["letters.tenant_id", "letters.id"],
            name="fk_rule_firings_tenant_id_letters",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "rule", "subject_id", "episode", name="pk_rule_firings"),
    )
    for table, rights in TENANT_TABLES.items():
        _wall(table, rights)
    op.add_column("cases", sa.Column("retaliation", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("cases", sa.Column("conflict", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("cases", sa.Column("accused_tenant_id", sa.BigInteger(), nullable=True))
    op.add_column("cases", sa.Column("dissatisfied", sa.SmallInteger(), server_default="0", nullable=False))
    op.add_column("cases", sa.Column("rating", sa.Text(), nullable=True))
    op.add_column("cases", sa.Column("rated_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("cases", sa.Column("rated_by_staff", sa.Boolean(), nullable=True))
    op.create_check_constraint(
        "ck_cases_known_rating", "cases", "rating in ('satisfied', 'mostly_satisfied', 'dissatisfied')"
    )
    op.create_check_constraint(
        "ck_cases_rated_at_once",
        "cases",
        "(rating is null) = (rated_at is null) and (rating is null) = (rated_by_staff is null)",
    )
    op.create_index(
        "ix_cases_dissatisfied",
        "cases",
        ["tenant_id", "id"],
        unique=False,
        postgresql_where=sa.text("dissatisfied > 0"),
    )
    # Old notices are removed after they were read; a task is what must not be lost.
    op.execute(f"grant delete on notices to {APP}")


def downgrade() -> None:
    op.execute(f"revoke delete on notices from {APP}")
    op.drop_index("ix_cases_dissatisfied", table_name="cases", postgresql_where=sa.text("dissatisfied > 0"))
    op.drop_constraint("ck_cases_rated_at_once", "cases", type_="check")
    op.drop_constraint("ck_cases_known_rating", "cases", type_="check")
    for column in (
        *("rated_by_staff", "rated_at", "rating", "dissatisfied"),
        *("accused_tenant_id", "conflict", "retaliation"),
    ):
        op.drop_column("cases", column)
    op.drop_table("rule_firings")
    op.drop_index("ix_tasks_open", table_name="tasks", postgresql_where=sa.text("done_at is null"))
    op.drop_index("uq_tasks_open_key", table_name="tasks", postgresql_where=sa.text("done_at is null"))
    op.drop_table("tasks")
