"""联名: a letter or an online petition that several people signed is marked as one.

Expand-only: one column with a default on a live table, and a check that no row of before can break. Reversible: the
mark alone is lost.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision: str | None = "0020"
branch_labels = None
depends_on = None

JOINT = "not joint or (channel in ('letter', 'online') and headcount > 1)"


def upgrade() -> None:
    op.add_column("cases", sa.Column("joint", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_check_constraint(op.f("ck_cases_joint_in_writing"), "cases", JOINT)


def downgrade() -> None:
    op.drop_constraint(op.f("ck_cases_joint_in_writing"), "cases", type_="check")
    op.drop_column("cases", "joint")
