"""Letters of every kind: their statuses, files, enclosures and the own case beside each.

Reversible while no letter is of a new kind or stands in a new status; afterwards the old CHECKs refuse, which is meant.
On a live database only columns that are nullable or have a default are added, and CHECKs are widened.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APP = "lianxin_app"

KINDS = (
    *("escalation", "submission", "order", "transfer", "assist", "supervision"),
    *("urge", "circular", "report", "dispute", "file_request", "handover"),
)
STATUSES = (
    *("sent", "signed", "working", "replied", "closed", "objected"),
    *("extension", "returned", "withdrawn", "answered", "ordered"),
)
OLD_STATUSES = ("sent", "signed", "answered", "ordered")

#: 0001 gave a whole name where the naming convention wanted the last word, so its CHECKs carry their table twice.
OLD_CHECK, NEW_CHECK = "ck_letter_events_ck_letter_events_known_status", "ck_letter_events_known_status"

#: New tables of a union's own rows, and what the application role may do to them: what came or went stays.
TENANT_TABLES = {"letter_cases": "select, insert", "letter_files": "select, insert"}
#: A file is written into the other side's books with the act that it belongs to, and never read back.
ACROSS = {"letter_files": "tenant_id = any(app.addressees()) and author_id = app.tenant()"}


def upgrade() -> None:
    widen_letters()
    create_tables()
    build_wall()
    refer_cases()


def widen_letters() -> None:
    """Columns and CHECKs of the tables that exist."""
    op.add_column("letters", sa.Column("refers_to", sa.Uuid(), nullable=True))
    op.add_column("letters", sa.Column("batch_id", sa.Uuid(), nullable=True))
    op.add_column("letters", sa.Column("beyond_id", sa.BigInteger(), nullable=True))
    op.add_column("letters", sa.Column("skipped", sa.SmallInteger(), server_default="0", nullable=False))
    op.add_column("letters", sa.Column("skip_reason", sa.Text(), nullable=True))
    op.add_column("letters", sa.Column("due_on", sa.Date(), nullable=True))
    op.add_column("letters", sa.Column("enclosure", sa.LargeBinary(), nullable=True))
    op.add_column("letter_events", sa.Column("told", JSONB(), nullable=True))
    op.create_check_constraint(op.f("ck_letters_known_kind"), "letters", f"kind in ({_listed(KINDS)})")
    op.create_check_constraint(
        op.f("ck_letters_skip_has_reason"), "letters", "skipped >= 0 and (skipped = 0 or skip_reason is not null)"
    )
    op.create_index(
        "ix_letters_refers_to",
        "letters",
        ["tenant_id", "refers_to"],
        postgresql_where=sa.text("refers_to is not null"),
    )
    op.create_index(
        "ix_letters_batch", "letters", ["tenant_id", "batch_id"], postgresql_where=sa.text("batch_id is not null")
    )
    op.drop_constraint(op.f(OLD_CHECK), "letter_events")
    op.create_check_constraint(op.f(NEW_CHECK), "letter_events", f"status in ({_listed(STATUSES)})")


def create_tables() -> None:
    """The recipient's own case of a letter, and files."""
    op.create_table(
        "letter_cases",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "letter_id"],
            ["letters.tenant_id", "letters.id"],
            name="fk_letter_cases_tenant_id_letter_id_letters",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name="fk_letter_cases_tenant_id_case_id_cases",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "letter_id", name="pk_letter_cases"),
    )
    op.create_index("ix_letter_cases_case", "letter_cases", ["tenant_id", "case_id"])
    op.create_table(
        "letter_files",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("open_until", sa.Date(), nullable=True),
        sa.CheckConstraint("size >= 0", name=op.f("ck_letter_files_size_is_true")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "letter_id", "seq"],
            ["letter_events.tenant_id", "letter_events.letter_id", "letter_events.seq"],
            name="fk_letter_files_tenant_id_letter_id_seq_letter_events",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_letter_files"),
    )
    op.create_index("ix_letter_files_letter", "letter_files", ["tenant_id", "letter_id", "seq"])


def build_wall() -> None:
    """Grants and policies of the new tables, as in 0001."""
    for table, rights in TENANT_TABLES.items():
        op.execute(f"grant {rights} on {table} to {APP}")
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(
            f"create policy own on {table} for all to {APP} "
            "using (tenant_id = app.tenant()) with check (tenant_id = app.tenant())"
        )
    for table, check in ACROSS.items():
        op.execute(f"create policy across on {table} for insert to {APP} with check ({check})")


def downgrade() -> None:
    unrefer_cases()
    # Policies and grants go with their tables.
    op.drop_table("letter_files")
    op.drop_table("letter_cases")
    op.drop_constraint(op.f(NEW_CHECK), "letter_events")
    op.create_check_constraint(op.f(OLD_CHECK), "letter_events", f"status in ({_listed(OLD_STATUSES)})")
    op.drop_index("ix_letters_batch", table_name="letters")
    op.drop_index("ix_letters_refers_to", table_name="letters")
    op.drop_constraint(op.f("ck_letters_skip_has_reason"), "letters")
    op.drop_constraint(op.f("ck_letters_known_kind"), "letters")
    op.drop_column("letter_events", "told")
    for column in ("enclosure", "due_on", "skip_reason", "skipped", "beyond_id", "batch_id", "refers_to"):
        op.drop_column("letters", column)


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)


# The case that stands still while another union has the matter (已转送/交办).

_OPEN_BEFORE = "'registered', 'triaged', 'handling', 'escalated', 'decided'"
_OPEN_SINCE = "'registered', 'triaged', 'handling', 'escalated', 'referred', 'decided'"
_FINAL = "'closed', 'answered', 'refused'"


def refer_cases() -> None:
    """Let a case be ``referred``: the two checks and the two indexes of open work name the statuses."""
    _rewrite_open(_OPEN_SINCE)


def unrefer_cases() -> None:
    # A case that was handed over is in somebody's hands: without the status it is being handled.
    op.execute("alter table cases no force row level security")
    op.execute("update cases set status = 'handling' where status = 'referred'")
    op.execute("alter table cases force row level security")
    op.execute("delete from case_clocks where kind = 'C-AD'")
    _rewrite_open(_OPEN_BEFORE)


def _rewrite_open(statuses: str) -> None:
    """Checks are added unvalidated and validated afterwards, so that writers wait for neither; the indexes are
    rebuilt in the migration's transaction, which costs writers of ``cases`` a second for a million rows."""
    for name in ("ck_cases_closed_when_final", "ck_cases_known_status"):
        # 0001 wrote its names through the naming convention a second time; here they get the models' own.
        op.execute(f"alter table cases drop constraint if exists {name}, drop constraint if exists ck_cases_{name}")
    op.execute(
        "alter table cases add constraint ck_cases_closed_when_final "
        f"check ((status in ({statuses})) = (closed_at is null)) not valid"
    )
    op.execute(
        f"alter table cases add constraint ck_cases_known_status check (status in ({statuses}, {_FINAL})) not valid"
    )
    op.execute("alter table cases validate constraint ck_cases_closed_when_final")
    op.execute("alter table cases validate constraint ck_cases_known_status")
    for name, columns in (
        ("ix_cases_open_due", ["tenant_id", "due_on", "id"]),
        ("ix_cases_assignee_open", ["tenant_id", "assignee_id", "due_on"]),
    ):
        op.drop_index(name, table_name="cases")
        op.create_index(name, "cases", columns, postgresql_where=sa.text(f"status in ({statuses})"))
