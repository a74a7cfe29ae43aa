"""What intake writes down: words to find a case by, how it came and whether anew, and a register of workplaces.

Reversible. New columns are nullable or have a default, so that the version before goes on working; what it registers
meanwhile is tokenised by the backfill.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

APP, OWNER = "lianxin_app", "lianxin_owner"

WAYS = (
    *("hotline_12351", "chair_mailbox", "agent", "leader_reception", "leader_visit", "superior", "hotline_12345"),
    *("informant", "fax", "email", "video"),
)

#: What the application role may do to a tenant's own rows. Words are added and never changed.
TENANT_TABLES = {
    "case_tokens": "select, insert",
    "workplaces": "select, insert, update",
    "suggestion_models": "select, insert, update",
}


def _wall(table: str, rights: str) -> None:
    op.execute(f"grant {rights} on {table} to {APP}")
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(
        f"create policy own on {table} for all to {APP} "
        "using (tenant_id = app.tenant()) with check (tenant_id = app.tenant())"
    )
    # The destruction of a closed union, as in 0008.
    for name, command in (("shred_read", "select"), ("shred", "delete")):
        op.execute(f"create policy {name} on {table} for {command} to {OWNER} using (tenant_id = app.tenant())")


def upgrade() -> None:
    op.add_column("cases", sa.Column("aim", sa.Text(), nullable=True))
    op.add_column("cases", sa.Column("background", sa.Text(), nullable=True))
    op.add_column("cases", sa.Column("tokenised", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("cases", sa.Column("way", sa.Text(), nullable=True))
    op.add_column("cases", sa.Column("arrival", JSONB(), nullable=True))
    op.add_column("cases", sa.Column("first_in_system", sa.Boolean(), nullable=True))
    op.add_column("cases", sa.Column("first_at_this_org", sa.Boolean(), nullable=True))
    known = ", ".join(f"'{way}'" for way in WAYS)
    op.create_check_constraint("ck_cases_known_way", "cases", f"way in ({known})")
    op.create_index(
        "ix_cases_untokenised", "cases", ["tenant_id", "id"], unique=False, postgresql_where=sa.text("not tokenised")
    )
    op.create_index("ix_parties_id_number_index", "parties", ["tenant_id", "id_number_index"], unique=False)
    op.create_table(
        "case_tokens",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "token", "case_id", name="pk_case_tokens"),
    )
    op.create_table(
        "workplaces",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("has_union", sa.Boolean(), nullable=True),
        sa.Column("has_collective_contract", sa.Boolean(), nullable=True),
        sa.Column("has_congress", sa.Boolean(), nullable=True),
        sa.Column("merged_into_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("merged_into_id <> id", name="ck_workplaces_merged_into_another"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "merged_into_id"],
            ["workplaces.tenant_id", "workplaces.id"],
            name="fk_workplaces_tenant_id_merged_into_id_workplaces",
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_workplaces"),
    )
    for column in ("name", "credit_code"):
        op.create_index(
            f"uq_workplaces_{column}",
            "workplaces",
            ["tenant_id", column],
            unique=True,
            postgresql_where=sa.text("merged_into_id is null"),
        )
    op.create_table(
        "suggestion_models",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("trained_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("labelled", sa.Integer(), nullable=False),
        sa.Column("weights", JSONB(), nullable=False),
        sa.CheckConstraint("target in ('category', 'tier', 'body')", name="ck_suggestion_models_known_target"),
        sa.PrimaryKeyConstraint("tenant_id", "target", name="pk_suggestion_models"),
    )
    op.add_column("parties", sa.Column("authority", sa.Text(), nullable=True))
    op.add_column("parties", sa.Column("workplace_id", sa.Uuid(), nullable=True))
    op.create_check_constraint("ck_parties_known_authority", "parties", "authority in ('general', 'special')")
    op.create_foreign_key(
        "fk_parties_tenant_id_workplace_id_workplaces",
        "parties",
        "workplaces",
        ["tenant_id", "workplace_id"],
        ["tenant_id", "id"],
    )
    op.create_index(
        "ix_parties_workplace",
        "parties",
        ["tenant_id", "workplace_id"],
        unique=False,
        postgresql_where=sa.text("workplace_id is not null"),
    )
    for table, rights in TENANT_TABLES.items():
        _wall(table, rights)


def downgrade() -> None:
    # Policies and grants go with their tables, indexes and constraints with their columns.
    op.drop_index("ix_parties_workplace", table_name="parties", postgresql_where=sa.text("workplace_id is not null"))
    for column in ("workplace_id", "authority"):
        op.drop_column("parties", column)
    op.drop_table("workplaces")
    op.drop_table("suggestion_models")
    op.drop_table("case_tokens")
    op.drop_index("ix_parties_id_number_index", table_name="parties")
    op.drop_index("ix_cases_untokenised", table_name="cases", postgresql_where=sa.text("not tokenised"))
    for column in (
        "first_at_this_org",
        "first_in_system",
        "arrival",
        "way",
        "tokenised",
        "background",
        "aim",
    ):
        op.drop_column("cases", column)
