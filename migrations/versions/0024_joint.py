"""联名 of a case, and clocks whose last day was counted without the holidays of a year.

Expand-only: one column with a default and one that may be empty on live tables, a check that no row of before can
break, and a partial index that is empty in life. Reversible: the marks alone are lost.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision: str | None = "0023"
branch_labels = None
depends_on = None

APP = "lianxin_app"
JOINT = "not joint or (channel in ('letter', 'online') and headcount > 1)"


def upgrade() -> None:
    op.add_column("cases", sa.Column("joint", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_check_constraint(op.f("ck_cases_joint_in_writing"), "cases", JOINT)
    op.add_column("case_clocks", sa.Column("provisional_days", sa.SmallInteger(), nullable=True))
    op.create_index(
        "ix_case_clocks_provisional",
        "case_clocks",
        ["tenant_id", "id"],
        postgresql_where=sa.text("provisional_days is not null and stopped_on is null"),
    )
    # A clock's own grants are by column: its first day and its first due date stay.
    op.execute(f"grant update (provisional_days) on case_clocks to {APP}")


def downgrade() -> None:
    op.drop_index("ix_case_clocks_provisional", "case_clocks")
    op.drop_column("case_clocks", "provisional_days")
    op.drop_constraint(op.f("ck_cases_joint_in_writing"), "cases", type_="check")
    op.drop_column("cases", "joint")
