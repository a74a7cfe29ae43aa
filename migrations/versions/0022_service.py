"""One table of 送达结果: 他人代收 and 留置送达 are outcomes of their own.

Expand-only: the check knows two codes more; rows that are there stay as they are. The way back says both as the
earlier release did: what somebody else took as 签收 with the receiver beside it, what was left as 拒收.
"""

from alembic import op

revision = "0022"
down_revision: str | None = "0021"
branch_labels = None
depends_on = None

TABLE, CHECK = "servings", "ck_servings_known_outcome"
BEFORE = "outcome in ('signed', 'refused', 'sent', 'returned')"
AFTER = "outcome in ('signed', 'agent', 'left', 'refused', 'sent', 'returned')"


def upgrade() -> None:
    _say(AFTER)


def downgrade() -> None:
    # The owner of the table sees its rows only while its policies do not bind the owner.
    op.execute(f"alter table {TABLE} no force row level security")
    op.execute(f"update {TABLE} set outcome = 'signed' where outcome = 'agent'")
    op.execute(f"update {TABLE} set outcome = 'refused' where outcome = 'left'")
    op.execute(f"alter table {TABLE} force row level security")
    _say(BEFORE)


def _say(check: str) -> None:
    op.drop_constraint(op.f(CHECK), TABLE, type_="check")
    op.create_check_constraint(op.f(CHECK), TABLE, check)
