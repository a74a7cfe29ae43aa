"""The life of a union: suspension, succession, closing, retention, destruction.

Reversible; the downgrade forgets successions and records of destruction. Expand-only on live tables.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

APP = "lianxin_app"

#: Statuses of a case before a union could hand its cases to a successor.
STATUSES = "'registered', 'triaged', 'handling', 'escalated', 'referred', 'decided', 'closed', 'answered', 'refused'"
#: What the platform tells a union and its superior about a union's life; written like a letter's message, by the
#: platform alone.
LIFE = "tenant_id = any(app.addressees()) and topic in ('tenant.life', 'tenant.succession') and app.tenant() = 0"


def upgrade() -> None:
    _widen_tenants()
    _successions()
    _destructions()
    _rewrite_statuses(f"{STATUSES}, 'handed_over'")
    op.execute(f"create policy life on outbox for insert to {APP} with check ({LIFE})")


def _rewrite_statuses(statuses: str) -> None:
    """Added unvalidated and validated afterwards, so that writers do not wait while the rows are read."""
    op.execute("alter table cases drop constraint ck_cases_known_status")
    op.execute(f"alter table cases add constraint ck_cases_known_status check (status in ({statuses})) not valid")
    op.execute("alter table cases validate constraint ck_cases_known_status")


def _widen_tenants() -> None:
    op.add_column("tenants", sa.Column("status_reason", sa.Text(), nullable=True))
    op.add_column("tenants", sa.Column("status_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("tenants", sa.Column("retention_until", sa.Date(), nullable=True))
    op.add_column("tenants", sa.Column("successor_id", sa.BigInteger(), nullable=True))
    op.add_column("tenants", sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key("fk_tenants_successor_id_tenants", "tenants", "tenants", ["successor_id"], ["id"])


def _successions() -> None:
    op.create_table(
        "tenant_successions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("predecessor_id", sa.BigInteger(), nullable=False),
        sa.Column("successor_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("categories", JSONB(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind in ('merge', 'split')", name="ck_tenant_successions_known_kind"),
        sa.CheckConstraint("predecessor_id <> successor_id", name="ck_tenant_successions_two_unions"),
        sa.ForeignKeyConstraint(
            ["predecessor_id"], ["tenants.id"], name="fk_tenant_successions_predecessor_id_tenants"
        ),
        sa.ForeignKeyConstraint(["successor_id"], ["tenants.id"], name="fk_tenant_successions_successor_id_tenants"),
        sa.PrimaryKeyConstraint("id", name="pk_tenant_successions"),
    )
    op.create_index("ix_tenant_successions_predecessor", "tenant_successions", ["predecessor_id"])
    op.create_index("ix_tenant_successions_successor", "tenant_successions", ["successor_id"])
    op.execute(f"grant select, insert, update on tenant_successions to {APP}")
    op.execute("alter table tenant_successions enable row level security")
    op.execute("alter table tenant_successions force row level security")
    op.execute(f"create policy everybody_reads on tenant_successions for select to {APP} using (true)")
    op.execute(
        f"create policy platform_inserts on tenant_successions for insert to {APP} with check (app.tenant() = 0)"
    )
    op.execute(
        f"create policy platform_updates on tenant_successions for update to {APP} "
        "using (app.tenant() = 0) with check (app.tenant() = 0)"
    )


def _destructions() -> None:
    op.create_table(
        "destructions",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("union_id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("union_name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("manifest_hash", sa.LargeBinary(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_name", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_name", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts", JSONB(), nullable=True),
        sa.Column("executed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("confirmed_by is null or confirmed_by <> asked_by", name="ck_destructions_two_people"),
        sa.CheckConstraint(
            "(confirmed_by is null) = (confirmed_at is null)", name="ck_destructions_signed_with_date"
        ),
        sa.CheckConstraint(
            "executed_at is null or confirmed_at is not null", name="ck_destructions_signed_before_executed"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_destructions"),
    )
    op.create_index(
        "uq_destructions_one_waiting",
        "destructions",
        ["tenant_id", "union_id"],
        unique=True,
        postgresql_where=sa.text("executed_at is null and withdrawn_at is null"),
    )
    op.execute(f"grant select, insert, update on destructions to {APP}")
    op.execute("alter table destructions enable row level security")
    op.execute("alter table destructions force row level security")
    op.execute(
        f"create policy own on destructions for all to {APP} "
        "using (tenant_id = app.tenant()) with check (tenant_id = app.tenant())"
    )


def downgrade() -> None:
    # A case that was handed over is a closed one to the version before.
    op.execute("alter table cases no force row level security")
    op.execute("update cases set status = 'closed' where status = 'handed_over'")
    op.execute("alter table cases force row level security")
    _rewrite_statuses(STATUSES)
    op.execute("drop policy life on outbox")
    op.drop_table("destructions")
    op.drop_table("tenant_successions")
    op.drop_constraint("fk_tenants_successor_id_tenants", "tenants", type_="foreignkey")
    for name in ("destroyed_at", "successor_id", "retention_until", "status_since", "status_reason"):
        op.drop_column("tenants", name)
