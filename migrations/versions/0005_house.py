"""A union's own house: settings, departments, absence, routing, code tables.

Reversible. Expand-only on live tables: a case gains one nullable column.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

APP = "lianxin_app"

#: What the application role may do to a tenant's own rows. Absences and requests are ended, never removed: who stood
#: in for whom and who confirmed what has to have an answer later.
TENANT_TABLES = {
    "tenant_settings": "select, insert, update",
    "departments": "select, insert, update, delete",
    "department_members": "select, insert, update, delete",
    "delegations": "select, insert, update",
    "category_routes": "select, insert, update, delete",
    "code_labels": "select, insert, update, delete",
    "account_requests": "select, insert, update",
}


def upgrade() -> None:
    op.create_table(
        "tenant_settings",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("values", JSONB(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name="pk_tenant_settings"),
    )
    _own_rows(
        "departments",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), server_default="", nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("position", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("head_id", sa.Uuid(), nullable=True),
        _user("departments", "head_id"),
        sa.UniqueConstraint("tenant_id", "name", name="uq_departments_tenant_id_name"),
    )
    op.create_table(
        "department_members",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=False),
        _user("department_members", "user_id"),
        _department("department_members", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tenant_id", "user_id", name="pk_department_members"),
    )
    op.create_index("ix_department_members_department", "department_members", ["tenant_id", "department_id"])
    _own_rows(
        "delegations",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("deputy_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.CheckConstraint("until_on >= from_on", name="ck_delegations_ends_after_start"),
        sa.CheckConstraint("user_id <> deputy_id", name="ck_delegations_two_people"),
        _user("delegations", "user_id"),
        _user("delegations", "deputy_id"),
    )
    op.create_index("ix_delegations_user", "delegations", ["tenant_id", "user_id", "until_on"])
    op.create_index("ix_delegations_deputy", "delegations", ["tenant_id", "deputy_id", "until_on"])
    _own_rows(
        "category_routes",
        sa.Column("category_code", sa.Text(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=False),
        sa.Column("handler_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["category_code"], ["categories.code"], name="fk_category_routes_category_code_categories"
        ),
        _department("category_routes"),
        _user("category_routes", "handler_id"),
        sa.UniqueConstraint("tenant_id", "category_code", name="uq_category_routes_tenant_id_category_code"),
    )
    _own_rows(
        "code_labels",
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("position", sa.SmallInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("table_name in ('subject_type', 'delivery')", name="ck_code_labels_known_table"),
        sa.CheckConstraint("code ~ '^[a-z][a-z0-9_]{0,39}$'", name="ck_code_labels_code_form"),
        sa.UniqueConstraint("tenant_id", "table_name", "code", name="uq_code_labels_tenant_id_table_name_code"),
    )
    _own_rows(
        "account_requests",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("roles", JSONB(), nullable=True),
        # The asker's half of a new password, encrypted until the other person decides; emptied then.
        sa.Column("half_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind in ('roles', 'password', 'deactivate', 'activate')", name="ck_account_requests_known_kind"
        ),
        sa.CheckConstraint(
            "status in ('waiting', 'approved', 'refused', 'withdrawn')", name="ck_account_requests_known_status"
        ),
        sa.CheckConstraint("(status = 'waiting') = (decided_at is null)", name="ck_account_requests_decided_once"),
        sa.CheckConstraint("decided_by <> asked_by or status = 'withdrawn'", name="ck_account_requests_two_people"),
        _user("account_requests", "user_id"),
        _user("account_requests", "asked_by"),
        _user("account_requests", "decided_by"),
    )
    # One waiting request of a kind about an account: a second one says so instead of standing beside it.
    op.create_index(
        "uq_account_requests_waiting",
        "account_requests",
        ["tenant_id", "user_id", "kind"],
        unique=True,
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_index("ix_account_requests_newest", "account_requests", ["tenant_id", "asked_at"])
    op.add_column("cases", sa.Column("department_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "fk_cases_tenant_id_department_id_departments",
        "cases",
        "departments",
        ["tenant_id", "department_id"],
        ["tenant_id", "id"],
    )
    for table, rights in TENANT_TABLES.items():
        op.execute(f"grant {rights} on {table} to {APP}")
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(
            f"create policy own on {table} for all to {APP} "
            "using (tenant_id = app.tenant()) with check (tenant_id = app.tenant())"
        )


def _own_rows(name: str, *parts: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *parts,
        sa.PrimaryKeyConstraint("tenant_id", "id", name=f"pk_{name}"),
    )


def _user(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column], ["users.tenant_id", "users.id"], name=f"fk_{table}_tenant_id_{column}_users"
    )


def _department(table: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", "department_id"],
        ["departments.tenant_id", "departments.id"],
        name=f"fk_{table}_tenant_id_department_id_departments",
        ondelete=ondelete,
    )


def downgrade() -> None:
    # Policies and grants go with their tables.
    op.drop_constraint("fk_cases_tenant_id_department_id_departments", "cases", type_="foreignkey")
    op.drop_column("cases", "department_id")
    for table in (
        "account_requests",
        "code_labels",
        "category_routes",
        "delegations",
        "department_members",
        "departments",
        "tenant_settings",
    ):
        op.drop_table(table)
