"""督办期限 (C-DB): one more kind of clock, and an index of those that run.

Expand-only. The new condition takes in more than the old one, so every row already keeps it: it is added unchecked,
which needs no scan under the lock, and validated afterwards under a lock that lets readers and writers pass. Going
back refuses, by that same check, while a clock of the new kind exists.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision: str | None = "0020"
branch_labels = None
depends_on = None

TABLE, CHECK = "case_clocks", "ck_case_clocks_known_kind"
INDEX = "ix_case_clocks_supervised"
BEFORE = (
    "kind in ('C-15', 'C-15R', 'C-60', 'C-EXT', 'C-AD', 'C-3W', 'C-10W', 'C-1W', 'C-RV30', 'C-R30', "
    "'C-FH30', 'C-F30', 'C-RD', 'C-EXE', 'C-FB', 'C-5P', 'C-15W', 'C-URG', "
)
RIGHTS = "'R-ARB', 'R-INJ30', 'R-INJ1Y', 'R-INSP')"


def upgrade() -> None:
    _replace(f"{BEFORE}'C-DB', {RIGHTS}")
    running = sa.text("stopped_on is null and kind = 'C-DB'")
    with op.get_context().autocommit_block():
        # Clocks are written with every act: an index that is built beside them holds nobody up.
        op.create_index(
            INDEX, TABLE, ["tenant_id", "case_id"], postgresql_where=running, postgresql_concurrently=True
        )


def downgrade() -> None:
    op.drop_index(INDEX, TABLE)
    _replace(f"{BEFORE}{RIGHTS}")


def _replace(condition: str) -> None:
    op.execute(f"alter table {TABLE} drop constraint {CHECK}")
    op.execute(f"alter table {TABLE} add constraint {CHECK} check ({condition}) not valid")
    op.execute(f"alter table {TABLE} validate constraint {CHECK}")
