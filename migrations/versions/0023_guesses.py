"""How many wrong passwords an account has had one after the other, how many locks a counter; unread notices.

Expand-only: both columns have a default, and what is deployed now neither reads nor writes them; the index is small,
because notices of a union are few. Reversible: without them counting begins afresh.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision: str | None = "0022"
branch_labels = None
depends_on = None

COLUMNS = (("users", "failed_logins"), ("login_throttle", "strikes"))


def upgrade() -> None:
    for table, name in COLUMNS:
        op.add_column(table, sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    op.create_index(
        "ix_notices_unread", "notices", ["tenant_id", "created_at"], postgresql_where=sa.text("read_at is null")
    )


def downgrade() -> None:
    op.drop_index("ix_notices_unread", table_name="notices")
    for table, name in reversed(COLUMNS):
        op.drop_column(table, name)
