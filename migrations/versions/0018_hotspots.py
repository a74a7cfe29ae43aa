"""Hotspots (热点): what the nightly search found, what people made of it, and every step of that.

Expand-only: two new tables. What was found where cannot be changed afterwards; a step is never changed. Reversible:
what goes on is found again the next night.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0018"
down_revision: str | None = "0017"
branch_labels = None
depends_on = None

APP, OWNER = "lianxin_app", "lianxin_owner"

#: Parents first.
TENANT_TABLES = {
    "hotspots": "select, insert, update (status, last_on, ended_on, counted, hoped, score, evidence, terms, "
    "letter_id, version)",
    "hotspot_events": "select, insert",
}
SHRED = (("shred_read", "select"), ("shred", "delete"))


def upgrade() -> None:
    op.create_table(
        "hotspots",
        *_key(),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("scope", sa.SmallInteger(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("hoped", sa.Float(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("terms", JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("scope in (0, 1)", name=op.f("ck_hotspots_known_scope")),
        sa.CheckConstraint(
            "status in ('open', 'confirmed', 'dismissed', 'supervised', 'ended')",
            name=op.f("ck_hotspots_known_status"),
        ),
        sa.CheckConstraint("status <> 'ended' or ended_on is not null", name=op.f("ck_hotspots_end_has_a_day")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "letter_id"],
            ["letters.tenant_id", "letters.id"],
            name="fk_hotspots_tenant_id_letter_id_letters",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_hotspots"),
    )
    live = ["tenant_id", "subject_id", "scope", "category"]
    op.create_index("uq_hotspots_live", "hotspots", live, unique=True, postgresql_where=sa.text("ended_on is null"))
    op.create_index("ix_hotspots_newest", "hotspots", ["tenant_id", "found_on"])
    op.create_table(
        "hotspot_events",
        *_key(),
        sa.Column("hotspot_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "hotspot_id"],
            ["hotspots.tenant_id", "hotspots.id"],
            name="fk_hotspot_events_tenant_id_hotspot_id_hotspots",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_hotspot_events"),
    )
    op.create_index("ix_hotspot_events_hotspot", "hotspot_events", ["tenant_id", "hotspot_id", "at"])
    for table, rights in TENANT_TABLES.items():
        _wall(table, rights)


def downgrade() -> None:
    for table in reversed(TENANT_TABLES):
        op.drop_table(table)


def _key() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
    )


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
