"""How many wrong passwords an account has had one after the other, and how many locks a counter.

Expand-only: both columns have a default, and what is deployed now neither reads nor writes them. Reversible: without
them counting begins afresh.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision: str | None = "0020"
branch_labels = None
depends_on = None

COLUMNS = (("users", "failed_logins"), ("login_throttle", "strikes"))


def upgrade() -> None:
    for table, name in COLUMNS:
        op.add_column(table, sa.Column(name, sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    for table, name in reversed(COLUMNS):
        op.drop_column(table, name)
