"""Saved views (常用视图): names for filters of the list, of one person or of the union.

Expand-only: one new table. Reversible: what is lost are names for addresses.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0014"
down_revision: str | None = "0013"
branch_labels = None
depends_on = None

APP, OWNER = "lianxin_app", "lianxin_owner"

TABLE = "saved_views"
#: Whose a view is, what it narrows to and whether the union shares it stays as it was made.
RIGHTS = "select, insert, update (name, version), delete"
SHRED = (("shred_read", "select"), ("shred", "delete"))


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("shared", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("char_length(name) between 1 and 30", name=op.f("ck_saved_views_name_length")),
        sa.CheckConstraint(
            "jsonb_typeof(query) = 'object' and query <> '{}'::jsonb", name=op.f("ck_saved_views_query_form")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "owner_id"],
            ["users.tenant_id", "users.id"],
            name="fk_saved_views_tenant_id_owner_id_users",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_saved_views"),
    )
    own, shared = sa.text("not shared"), sa.text("shared")
    op.create_index("uq_saved_views_own", TABLE, ["tenant_id", "owner_id", "name"], unique=True, postgresql_where=own)
    op.create_index("uq_saved_views_shared", TABLE, ["tenant_id", "name"], unique=True, postgresql_where=shared)
    op.execute(f"grant {RIGHTS} on {TABLE} to {APP}")
    op.execute(f"alter table {TABLE} enable row level security")
    op.execute(f"alter table {TABLE} force row level security")
    op.execute(
        f"create policy own on {TABLE} for all to {APP} "
        "using (tenant_id = app.tenant()) with check (tenant_id = app.tenant())"
    )
    for name, command in SHRED:
        op.execute(f"create policy {name} on {TABLE} for {command} to {OWNER} using (tenant_id = app.tenant())")


def downgrade() -> None:
    op.drop_table(TABLE)
