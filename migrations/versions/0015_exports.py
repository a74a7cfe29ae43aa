"""Exports of the list (导出台账): what was asked, by whom, why, and where the made file lies.

Expand-only: one new table. What was asked cannot be changed afterwards, only what became of it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0015"
down_revision: str | None = "0014"
branch_labels = None
depends_on = None

APP, OWNER = "lianxin_app", "lianxin_owner"
TABLE = "case_exports"
RIGHTS = (
    "select, insert, delete, update (status, lines, total, parts, members, size, digest, cut, problem, made_at, "
    "expires_at)"
)


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_name", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("columns", JSONB(), nullable=False),
        sa.Column("wanted", JSONB(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("clear", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("lines", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("parts", JSONB(), nullable=False),
        sa.Column("members", JSONB(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("cut", sa.Integer(), server_default="0", nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        _check("known_status", "status in ('waiting', 'ready', 'failed', 'removed')"),
        _check("known_form", "form in ('xlsx', 'csv')"),
        _check("ready_has_a_file", "(status = 'ready') = (jsonb_array_length(parts) > 0)"),
        _check("never_cut_short", "status <> 'ready' or lines = total"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=f"pk_{TABLE}"),
    )
    op.create_index("ix_case_exports_asker", TABLE, ["tenant_id", "asked_by", "asked_at"])
    op.create_index("ix_case_exports_expiry", TABLE, ["tenant_id", "expires_at"])
    _wall()


def downgrade() -> None:
    op.drop_table(TABLE)


def _check(name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{TABLE}_{name}"))


def _wall() -> None:
    op.execute(f"grant {RIGHTS} on {TABLE} to {APP}")
    op.execute(f"alter table {TABLE} enable row level security")
    op.execute(f"alter table {TABLE} force row level security")
    op.execute(
        f"create policy own on {TABLE} for all to {APP} "
        "using (tenant_id = app.tenant()) with check (tenant_id = app.tenant())"
    )
    for name, command in (("shred_read", "select"), ("shred", "delete")):
        op.execute(f"create policy {name} on {TABLE} for {command} to {OWNER} using (tenant_id = app.tenant())")
