"""What intake writes down: the words under which a case is found, and the three texts of a matter.

Reversible. New columns are nullable or have a default, so that the version before goes on working; what it registers
meanwhile is tokenised by the backfill.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0008"
branch_labels = None
depends_on = None

APP, OWNER = "lianxin_app", "lianxin_owner"

#: What the application role may do to a tenant's own rows. Words are added and never changed.
TENANT_TABLES = {
    "case_tokens": "select, insert",
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
    for table, rights in TENANT_TABLES.items():
        _wall(table, rights)


def downgrade() -> None:
    # Policies and grants go with their tables.
    op.drop_table("case_tokens")
    op.drop_index("ix_parties_id_number_index", table_name="parties")
    op.drop_index("ix_cases_untokenised", table_name="cases", postgresql_where=sa.text("not tokenised"))
    for column in ("tokenised", "background", "aim"):
        op.drop_column("cases", column)
