"""被反映人 among the union's own staff: whom a report (检举控告) accuses never sees it (条例 art. 30(3)).

Wording that was corrected (更正登记) is kept beside the file as one more kind of statement.

Expand-only: one new table, and a CHECK that lets one more word through. Reversible, but a downgrade forgets from whom
a file was kept; corrected wording stays.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision: str | None = "0024"
branch_labels = None
depends_on = None

APP, OWNER = "lianxin_app", "lianxin_owner"
TABLE = "case_accused"

#: Who was named, when and by whom stays; what is written later is that the naming ended, by whom and why.
RIGHTS = "select, insert, update (at, by_id, ended_at, ended_by, reason)"
SHRED = (("shred_read", "select"), ("shred", "delete"))


def _key(column: str, other: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{other}.tenant_id", f"{other}.id"],
        name=f"fk_{TABLE}_tenant_id_{column}_{other}",
        ondelete=ondelete,
    )


def _kinds(words: str, more: str = "") -> None:
    name = "ck_case_statements_known_kind"
    op.execute(f"alter table case_statements drop constraint {name}")
    op.execute(f"alter table case_statements add constraint {name} check (kind in ({words})){more}")


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("(ended_at is null) = (reason is null)", name=op.f(f"ck_{TABLE}_ended_with_a_word")),
        sa.CheckConstraint(
            "ended_by is null or (ended_at is not null and ended_by <> user_id)",
            name=op.f(f"ck_{TABLE}_ended_by_another"),
        ),
        _key("case_id", "cases", "CASCADE"),
        _key("user_id", "users"),
        _key("by_id", "users"),
        _key("ended_by", "users"),
        sa.PrimaryKeyConstraint("tenant_id", "case_id", "user_id", name=f"pk_{TABLE}"),
    )
    op.create_index(
        f"ix_{TABLE}_user",
        TABLE,
        ["tenant_id", "user_id", "case_id"],
        postgresql_where=sa.text("ended_at is null"),
    )
    op.execute(f"grant {RIGHTS} on {TABLE} to {APP}")
    op.execute(f"alter table {TABLE} enable row level security")
    op.execute(f"alter table {TABLE} force row level security")
    op.execute(
        f"create policy own on {TABLE} for all to {APP} "
        "using (tenant_id = app.tenant()) with check (tenant_id = app.tenant())"
    )
    _kinds("'material', 'review', 'recheck', 'corrected'")
    for name, command in SHRED:
        op.execute(f"create policy {name} on {TABLE} for {command} to {OWNER} using (tenant_id = app.tenant())")


def downgrade() -> None:
    # Rows of the newer kind stay: they are the past, and a check that looks at new rows alone does not mind them.
    _kinds("'material', 'review', 'recheck'", " not valid")
    op.drop_table(TABLE)
