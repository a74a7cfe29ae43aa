"""Sums of daily figures: months, and days over all categories or all channels, of subjects with many rows.

Expand-only: two new tables that start empty; nothing is read from them before the worker has filled them. Reversible:
they hold nothing that the daily figures do not.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision: str | None = "0019"
branch_labels = None
depends_on = None

APP, ROLLUP, OWNER = "lianxin_app", "lianxin_rollup", "lianxin_owner"

#: What the carrier of figures may do with each; a union only reads its own.
ROLLUP_TABLES = {
    "summed_lines": ("select", "insert", "update", "delete"),
    "summed_facts": ("select", "insert", "update", "delete"),
}
COUNTS = (
    *("registered", "persons", "repeats", "collectives", "accepted", "refused", "escalated", "closed", "moved"),
    *("due", "due_met", "notice_due", "notice_met", "days_to_close"),
    *("collective_persons", "firsts", "split_off", "skip_levels", "skip_persons"),
    *("withdrawn", "merged", "diverted", "terminated", "reopened", "referred", "referred_back"),
    *("due_extended", "unit_notice_due", "unit_notice_met", "once_due", "once_met"),
    *("office_rated", "office_satisfied", "unit_rated", "unit_satisfied", "staff_rated", "rating_due", "rating_met"),
)
SHRED = (("shred_read", "select"), ("shred", "delete"))


def upgrade() -> None:
    op.create_table(
        "summed_lines",
        *_line(),
        sa.Column("until", sa.Date(), nullable=False),
        sa.CheckConstraint("scope in (0, 1)", name=op.f("ck_summed_lines_known_scope")),
        sa.PrimaryKeyConstraint("tenant_id", "subject_id", "scope", name="pk_summed_lines"),
    )
    op.create_table(
        "summed_facts",
        *_line(),
        sa.Column("grain", sa.SmallInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        *(sa.Column(name, _kind(name), server_default="0", nullable=False) for name in COUNTS),
        sa.CheckConstraint("scope in (0, 1)", name=op.f("ck_summed_facts_known_scope")),
        sa.CheckConstraint("grain between 1 and 5", name=op.f("ck_summed_facts_known_grain")),
        sa.PrimaryKeyConstraint(
            *("tenant_id", "subject_id", "scope", "grain", "day", "category", "channel"), name="pk_summed_facts"
        ),
    )
    for table, commands in ROLLUP_TABLES.items():
        op.execute(f"grant select on {table} to {APP}")
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(
            f"create policy own on {table} for all to {APP} "
            "using (tenant_id = app.tenant()) with check (tenant_id = app.tenant())"
        )
        op.execute(f"grant {', '.join(commands)} on {table} to {ROLLUP}")
        for command in commands:
            clause = "with check (true)" if command == "insert" else "using (true)"
            op.execute(f"create policy carry_{command} on {table} for {command} to {ROLLUP} {clause}")
        for name, command in SHRED:
            op.execute(f"create policy {name} on {table} for {command} to {OWNER} using (tenant_id = app.tenant())")


def downgrade() -> None:
    for table in reversed(ROLLUP_TABLES):
        op.drop_table(table)


def _line() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("scope", sa.SmallInteger(), nullable=False),
    )


def _kind(name: str) -> sa.types.TypeEngine[object]:
    # Head-counts of a month stay far below two thousand million; days to close of a large tree need not.
    return sa.BigInteger() if name == "days_to_close" else sa.Integer()
