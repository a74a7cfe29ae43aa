"""Reports (周报、月报、季报、年报): drafts, reports as issued, and the letters by which they went upward.

Expand-only: three new tables and an index for letters of the kind. What was issued and what was sent is append-only:
the application has no right to change or remove a row of it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0019"
down_revision: str | None = "0018"
branch_labels = None
depends_on = None

APP, OWNER = "lianxin_app", "lianxin_owner"
KINDS = "kind in ('week', 'month', 'quarter', 'year')"

TENANT_TABLES = {
    "report_drafts": "select, insert, update, delete",
    "reports": "select, insert",
    "report_submissions": "select, insert",
}
SHRED = (("shred_read", "select"), ("shred", "delete"))


def _wall(table: str, rights: str) -> None:
    op.execute(f"grant {rights} on {table} to {APP}")
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(
        f"create policy own on {table} for all to {APP} "
        "using (tenant_id = app.tenant()) with check (tenant_id = app.tenant())"
    )
    for name, command in SHRED:
        op.execute(f"create policy {name} on {table} for {command} to {OWNER} using (tenant_id = app.tenant())")


def _tenant() -> sa.Column[int]:
    return sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False)


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column], [f"{other}.tenant_id", f"{other}.id"], name=f"fk_{table}_tenant_id_{column}_{other}"
    )


def _about(table: str) -> list[sa.schema.SchemaItem]:
    """What a draft and a report have in common: of which period, which edition, and the words."""
    return [
        _tenant(),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("edition", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("words", JSONB(), nullable=False),
        _check(table, "known_kind", KINDS),
        _check(table, "begins_before_it_ends", "first_on <= last_on"),
        _check(table, "revised_for_a_reason", "edition >= 1 and (edition = 1) = (reason is null)"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=f"pk_{table}"),
    ]


def upgrade() -> None:
    op.create_table(
        "report_drafts",
        *_about("report_drafts"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("tenant_id", "kind", "first_on", name="uq_report_drafts_tenant_id_kind_first_on"),
    )
    op.create_table(
        "reports",
        *_about("reports"),
        sa.Column("figures", JSONB(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=True),
        _check("reports", "signed", "octet_length(digest) = 32"),
        _key("reports", "document_id", "documents"),
        sa.UniqueConstraint(
            "tenant_id", "kind", "first_on", "edition", name="uq_reports_tenant_id_kind_first_on_edition"
        ),
    )
    op.create_table(
        "report_submissions",
        _tenant(),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        _check("report_submissions", "counts_up", "attempt >= 1"),
        _key("report_submissions", "report_id", "reports"),
        _key("report_submissions", "letter_id", "letters"),
        sa.PrimaryKeyConstraint("tenant_id", "report_id", "attempt", name="pk_report_submissions"),
        sa.UniqueConstraint("tenant_id", "letter_id", name="uq_report_submissions_tenant_id_letter_id"),
    )
    for table, rights in TENANT_TABLES.items():
        _wall(table, rights)
    op.create_index(
        "ix_letters_reports", "letters", ["tenant_id", "side", "sent_at"], postgresql_where=sa.text("kind = 'report'")
    )


def downgrade() -> None:
    op.drop_index("ix_letters_reports", table_name="letters", postgresql_where=sa.text("kind = 'report'"))
    for table in reversed(TENANT_TABLES):
        op.drop_table(table)
