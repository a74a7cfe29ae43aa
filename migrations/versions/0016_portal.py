"""The worker's door: query codes as keyed digests, the petitioner's own words, and the day of an online request.

Expand-only: two new tables and one nullable column. Reversible.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision: str | None = "0015"
branch_labels = None
depends_on = None

APP, OWNER = "lianxin_app", "lianxin_owner"

#: A code may be replaced; what the petitioner wrote stays as it was written.
TENANT_TABLES = {
    "query_codes": "select, insert, update (digest, given_at, given_by)",
    "case_statements": "select, insert",
}
SHRED = (("shred_read", "select"), ("shred", "delete"))


def _wall(table: str, rights: str) -> None:
    op.execute(f"grant {rights} on {table} to {APP}")
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(
        f"create policy own on {table} for all to {APP} "
        "using (tenant_id = app.tenant()) with check (tenant_id = app.tenant())"
    )
    for name, command in SHRED:
        op.execute(f"create policy {name} on {table} for {command} to {OWNER} using (tenant_id = app.tenant())")


def _key(table: str, column: str, other: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{other}.tenant_id", f"{other}.id"],
        name=f"fk_{table}_tenant_id_{column}_{other}",
        ondelete=ondelete,
    )


def upgrade() -> None:
    op.create_table(
        "query_codes",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("octet_length(digest) = 16", name=op.f("ck_query_codes_keyed_digest")),
        _key("query_codes", "case_id", "cases", "CASCADE"),
        _key("query_codes", "given_by", "users"),
        sa.PrimaryKeyConstraint("tenant_id", "case_id", name="pk_query_codes"),
        sa.UniqueConstraint("tenant_id", "digest", name="uq_query_codes_tenant_id_digest"),
    )
    op.create_table(
        "case_statements",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind in ('material', 'review', 'recheck')", name=op.f("ck_case_statements_known_kind")),
        _key("case_statements", "case_id", "cases", "CASCADE"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_case_statements"),
    )
    op.create_index("ix_case_statements_case", "case_statements", ["tenant_id", "case_id", "made_at"])
    for table, rights in TENANT_TABLES.items():
        _wall(table, rights)
    op.add_column("cases", sa.Column("asked_online_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("cases", "asked_online_on")
    for table in reversed(TENANT_TABLES):
        op.drop_table(table)
