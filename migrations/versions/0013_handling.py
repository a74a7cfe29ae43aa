"""Handling of a case: results, assignments, tasks to departments, follow-up, ratings kept apart, two registries.

Expand-only: new tables and nothing else. What was rated before is carried over as a rating of the responsible unit,
written down by staff without a word about how it was told. Reversible: the newest rating still stands on the case.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision: str | None = "0012"
branch_labels = None
depends_on = None

APP, OWNER = "lianxin_app", "lianxin_owner"

#: What the application role may do. Assignments and ratings are the past; of a task and a follow-up, what was asked
#: of whom and by when cannot be changed afterwards, only how it ended.
TENANT_TABLES = {
    "claim_results": "select, insert, update, delete",
    "case_results": "select, insert, update",
    "case_assignments": "select, insert",
    "case_tasks": "select, insert, update (status, answer, ended_at, ended_by, overdue_noted_on)",
    "follow_ups": "select, insert, update (due_on, opened_on, contacted_at, contacted_by, reached, content, "
    "retaliation, note)",
    "case_ratings": "select, insert",
    "mediators": "select, insert, update, delete",
    "external_bodies": "select, insert, update, delete",
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


def _id(name: str = "id") -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=False)


def _words(name: str, *, empty: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, **({"server_default": ""} if empty else {}))


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _list(name: str) -> sa.Column[object]:
    return sa.Column(name, JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False)


def _key(table: str, column: str, other: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{other}.tenant_id", f"{other}.id"],
        name=f"fk_{table}_tenant_id_{column}_{other}",
        ondelete=ondelete,
    )


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _primary(table: str, column: str = "id") -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("tenant_id", column, name=f"pk_{table}")


def upgrade() -> None:
    _results()
    _assignments()
    _tasks()
    _follow_ups()
    _ratings()
    _registries()
    for table, rights in TENANT_TABLES.items():
        _wall(table, rights)


def downgrade() -> None:
    for table in reversed(TENANT_TABLES):
        op.drop_table(table)


def _results() -> None:
    op.create_table(
        "claim_results",
        _tenant(),
        _id("claim_id"),
        _words("disposition"),
        sa.Column("aided", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        _check(
            "claim_results",
            "known_disposition",
            "disposition in ('solved', 'educated', 'aided', 'lawful')",
        ),
        _check("claim_results", "aid_beside", "not aided or disposition in ('solved', 'educated')"),
        _key("claim_results", "claim_id", "claims", "CASCADE"),
        _primary("claim_results", "claim_id"),
    )
    op.create_table(
        "case_results",
        _tenant(),
        _id("case_id"),
        _list("measures"),
        sa.Column("recovered_fen", sa.BigInteger(), nullable=True),
        sa.Column("helped", sa.Integer(), nullable=True),
        _check("case_results", "recovered_range", "recovered_fen between 0 and 10000000000000"),
        _check("case_results", "helped_range", "helped between 0 and 9999999"),
        _key("case_results", "case_id", "cases", "CASCADE"),
        _primary("case_results", "case_id"),
    )


def _assignments() -> None:
    table = "case_assignments"
    op.create_table(
        table,
        _tenant(),
        _id(),
        _id("case_id"),
        _id("user_id"),
        _words("kind"),
        sa.Column("declared", sa.Text(), nullable=True),
        _list("grounds"),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        _moment("at"),
        _check(table, "known_kind", "kind in ('assign', 'permit', 'declare')"),
        _check(table, "permitted_by_another", "kind <> 'permit' or (by_id <> user_id and reason is not null)"),
        _check(table, "declared_in_words", "kind <> 'declare' or declared is not null"),
        _key(table, "case_id", "cases", "CASCADE"),
        _key(table, "user_id", "users"),
        _key(table, "by_id", "users"),
        _primary(table),
    )
    op.create_index("ix_case_assignments_case", table, ["tenant_id", "case_id", "at"])


def _tasks() -> None:
    table = "case_tasks"
    op.create_table(
        table,
        _tenant(),
        _id(),
        _id("case_id"),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("handler_id", sa.Uuid(), nullable=True),
        _words("asked"),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("original_due_on", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        _moment("asked_at"),
        sa.Column("answer", sa.Text(), nullable=True),
        _moment("ended_at", nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("overdue_noted_on", sa.Date(), nullable=True),
        _check(table, "for_somebody", "department_id is not null or handler_id is not null"),
        _check(table, "known_status", "status in ('open', 'answered', 'withdrawn')"),
        _check(table, "ended_once", "(status = 'open') = (ended_at is null)"),
        _check(table, "ended_with_a_word", "(status = 'open') = (answer is null)"),
        _check(table, "never_backwards", "due_on >= original_due_on"),
        _key(table, "case_id", "cases", "CASCADE"),
        _key(table, "department_id", "departments"),
        _key(table, "handler_id", "users"),
        _key(table, "asked_by", "users"),
        _key(table, "ended_by", "users"),
        _primary(table),
    )
    op.create_index("ix_case_tasks_case", table, ["tenant_id", "case_id"])
    op.create_index(
        "ix_case_tasks_open", table, ["tenant_id", "due_on", "id"], postgresql_where=sa.text("status = 'open'")
    )


def _follow_ups() -> None:
    table = "follow_ups"
    op.create_table(
        table,
        _tenant(),
        _id(),
        _id("case_id"),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=True),
        _moment("contacted_at", nullable=True),
        sa.Column("contacted_by", sa.Uuid(), nullable=True),
        sa.Column("reached", sa.Boolean(), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("retaliation", sa.Boolean(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        _check(table, "known_content", "content in ('yes', 'partly', 'no', 'unsaid')"),
        _check(table, "reached_or_not", "(contacted_at is null) = (reached is null)"),
        _check(table, "asked_when_reached", "reached is true or (content is null and retaliation is null)"),
        _key(table, "case_id", "cases", "CASCADE"),
        _key(table, "contacted_by", "users"),
        _primary(table),
        sa.UniqueConstraint("tenant_id", "case_id", "place", name="uq_follow_ups_tenant_id_case_id_place"),
    )
    op.create_index(
        "ix_follow_ups_waiting",
        table,
        ["tenant_id", "due_on"],
        postgresql_where=sa.text("contacted_at is null"),
    )


def _ratings() -> None:
    table = "case_ratings"
    op.create_table(
        table,
        _tenant(),
        _id(),
        _id("case_id"),
        _words("about"),
        _words("rating"),
        _words("reason"),
        _words("entered_by"),
        sa.Column("told_how", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        _moment("recorded_at"),
        _check(table, "known_subject", "about in ('office', 'unit')"),
        _check(table, "known_rating", "rating in ('satisfied', 'mostly_satisfied', 'dissatisfied')"),
        _check(table, "known_hand", "entered_by in ('petitioner', 'staff')"),
        _check(
            table,
            "staff_is_shown",
            "case entered_by when 'staff' then told_how is not null else told_how is null and recorded_by is null end",
        ),
        _key(table, "case_id", "cases", "CASCADE"),
        _key(table, "recorded_by", "users"),
        _primary(table),
    )
    op.create_index("ix_case_ratings_case", table, ["tenant_id", "case_id", "recorded_at"])
    # Rows of every union: the owner looks past its own wall for the length of one statement.
    op.execute("alter table cases no force row level security")
    op.execute(
        "insert into case_ratings (tenant_id, id, case_id, about, rating, reason, entered_by, told_how, recorded_at) "
        "select tenant_id, gen_random_uuid(), id, 'unit', rating, '', "
        "case when rated_by_staff then 'staff' else 'petitioner' end, "
        "case when rated_by_staff then 'unstated' end, rated_at from cases where rating is not null"
    )
    op.execute("alter table cases force row level security")


def _registries() -> None:
    op.create_table(
        "mediators",
        _tenant(),
        _id(),
        _words("name"),
        _words("kind"),
        _words("expertise", empty=True),
        _words("availability", empty=True),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("agreed_until", sa.Date(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        _primary("mediators"),
        sa.UniqueConstraint("tenant_id", "name", name="uq_mediators_tenant_id_name"),
    )
    op.create_table(
        "external_bodies",
        _tenant(),
        _id(),
        _words("name"),
        _words("kind"),
        _words("address", empty=True),
        _words("phone", empty=True),
        _words("purpose", empty=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        _primary("external_bodies"),
        sa.UniqueConstraint("tenant_id", "name", name="uq_external_bodies_tenant_id_name"),
    )
