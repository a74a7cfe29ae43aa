"""The working calendar of years that the library does not know: everybody reads it, the platform alone writes it.

Reversible. Two new tables; nothing that exists is changed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

APP = "lianxin_app"

#: What the application may do; row-level security lets the platform's own tenant alone write. A year that was entered
#: once stays.
SHARED = {
    "calendar_days": ("insert", "update", "delete"),
    "calendar_years": ("insert", "update"),
}
_CLAUSES = {
    "insert": "with check (app.tenant() = 0)",
    "update": "using (app.tenant() = 0) with check (app.tenant() = 0)",
    "delete": "using (app.tenant() = 0)",
}


def upgrade() -> None:
    op.create_table(
        "calendar_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_calendar_days"),
    )
    op.create_table(
        "calendar_years",
        sa.Column("year", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("year", name="pk_calendar_years"),
    )
    for table, commands in SHARED.items():
        op.execute(f"grant select, {', '.join(commands)} on {table} to {APP}")
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy everybody_reads on {table} for select to {APP} using (true)")
        for command in commands:
            op.execute(f"create policy platform_{command}s on {table} for {command} to {APP} {_CLAUSES[command]}")


def downgrade() -> None:
    # Policies and grants go with their tables.
    for table in SHARED:
        op.drop_table(table)
