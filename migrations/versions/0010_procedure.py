"""The whole procedure of a case: sixteen new statuses, what they ask of a row, and clocks that never go back.

Expand-only: every column is nullable or has a default, CHECKs are added unvalidated and validated afterwards, and no
row changes its status. Two columns are filled for cases of earlier releases, because the new CHECKs ask for them: the
day of the answer from the day of closing, and a legal basis that points at the opinion in which it stands. That costs
one pass over the closed and decided cases of every union. Reversible: a status that the earlier release does not know
becomes the nearest one that it knows.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

APP = "lianxin_app"

OPEN_BEFORE = "'registered', 'triaged', 'handling', 'escalated', 'referred', 'decided'"
FINAL_BEFORE = "'closed', 'answered', 'refused', 'handed_over'"
OPEN_SINCE = (
    "'registered', 'triaged', 'handling', 'simple', 'extended', 'mediating', 'hearing', 'negotiating', 'escalated', "
    "'referred', 'decided', 'served', 'executing', 'reviewing', 'reviewed', 'rechecking'"
)
FINAL_SINCE = (
    "'closed', 'concluded', 'archived', 'answered', 'refused', 'refused_again', 'diverted', 'withdrawn', 'merged', "
    "'terminated', 'handed_over'"
)
LETTERS_BEFORE = (
    "'escalation', 'submission', 'order', 'transfer', 'assist', 'supervision', 'urge', 'circular', 'report', "
    "'dispute', 'file_request', 'handover'"
)
LETTERS_SINCE = f"{LETTERS_BEFORE}, 'review'"
LINKS = ("lead_id", "first_id", "origin_id")
#: What points at an opinion of an earlier release for its legal basis.
EARLIER_BASIS = "见处理意见书"

CASE_COLUMNS = (
    sa.Column("due_begun_on", sa.Date(), nullable=True),
    sa.Column("earlier_reference", sa.Text(), nullable=True),
    sa.Column("came_from", sa.Text(), nullable=True),
    sa.Column("lead_id", sa.Uuid(), nullable=True),
    sa.Column("first_id", sa.Uuid(), nullable=True),
    sa.Column("origin_id", sa.Uuid(), nullable=True),
    sa.Column("basis", sa.Text(), nullable=True),
    sa.Column("replied_on", sa.Date(), nullable=True),
    sa.Column("served_on", sa.Date(), nullable=True),
    sa.Column("extension_to", sa.Date(), nullable=True),
    sa.Column("extension_reason", sa.Text(), nullable=True),
    sa.Column("agreed_on", sa.Date(), nullable=True),
    sa.Column("review_stage", sa.Text(), nullable=True),
    sa.Column("review_outcome", sa.Text(), nullable=True),
    sa.Column("redo_by", sa.Date(), nullable=True),
    sa.Column("review_by_hand", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    sa.Column("diverted_to", sa.Text(), nullable=True),
    sa.Column("target_body", sa.Text(), nullable=True),
    sa.Column("limitation_on", sa.Date(), nullable=True),
    sa.Column("withdrawal_way", sa.Text(), nullable=True),
    sa.Column("termination", sa.Text(), nullable=True),
    sa.Column("archived_on", sa.Date(), nullable=True),
    sa.Column("avoid_id", sa.Uuid(), nullable=True),
)
CLOCK_COLUMNS = (
    sa.Column("due_reason", sa.Text(), nullable=True),
    sa.Column("paused_on", sa.Date(), nullable=True),
    sa.Column("paused_days", sa.SmallInteger(), server_default="0", nullable=False),
    sa.Column("uncounted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    sa.Column("reminded_on", sa.Date(), nullable=True),
)
CASE_CHECKS = {
    "refused_has_code": "status <> 'refused' or refusal_code is not null and refusal_code in ('N1', 'N2', 'N3', 'N4', 'N5', 'N6', 'N7')",
    "refused_again_has_earlier": "status <> 'refused_again' or (refusal_code is not null and refusal_code in ('X1', 'X2') "
    "and earlier_reference is not null)",
    "decided_has_basis": "status not in ('decided', 'served', 'executing') "
    "or (decided_at is not null and basis is not null)",
    "closed_has_reply": "status not in ('closed', 'concluded', 'answered', 'archived') or replied_on is not null",
    "served_has_day": "status not in ('served', 'executing') or served_on is not null",
    "merged_has_lead": "(status <> 'merged' or lead_id is not null) and lead_id <> id",
    "other_case": "first_id <> id and origin_id <> id",
    "diverted_has_place": "status <> 'diverted' or (diverted_to is not null and diverted_to in ('arbitration', 'inspection', 'injury', "
    "'litigation', 'reconsideration', 'appraisal', 'legal_aid', 'discipline', 'party_appeal', 'other') "
    "and target_body is not null)",
    "withdrawn_by_petitioner": "status <> 'withdrawn' "
    "or withdrawal_way is not null and withdrawal_way in ('written', 'in_person', 'recorded_call', 'online')",
    "terminated_has_ground": "status <> 'terminated' or termination is not null and termination in ('died', 'dissolved', 'unreachable')",
    "archived_has_day": "status <> 'archived' or archived_on is not null",
    "side_step_leads_back": "status not in ('mediating', 'hearing', 'negotiating', 'reviewing', 'rechecking') "
    "or came_from is not null",
    "extension_asked_whole": "(extension_to is null) = (extension_reason is null)",
    "known_review": "review_stage in ('review', 'recheck') and review_outcome in ('uphold', 'change', 'redo')",
    "reviewed_has_outcome": "status <> 'reviewed' or review_outcome is not null",
}
CLOCK_CHECKS = {
    "known_kind": "kind in ('C-15', 'C-15R', 'C-60', 'C-EXT', 'C-AD', 'C-3W', 'C-10W', 'C-1W', 'C-RV30', 'C-R30', "
    "'C-FH30', 'C-F30', 'C-RD', 'C-EXE', 'C-FB', 'C-5P', 'C-15W', 'C-URG', "
    "'R-ARB', 'R-INJ30', 'R-INJ1Y', 'R-INSP')",
    "never_backwards": "due_on >= original_due_on or kind = 'C-AD'",
    "extension_of_thirty_days": "kind <> 'C-EXT' or due_on - started_on between 1 and 30",
    "sixty_days_and_thirty": "kind <> 'C-60' or due_on - original_due_on <= 30",
    "pause_for_a_hearing": "kind = 'C-F30' or (paused_on is null and paused_days = 0)",
    "stopped_is_not_paused": "stopped_on is null or paused_on is null",
    "change_has_reason": "due_on = original_due_on or due_reason is not null or kind = 'C-AD'",
}
#: The first day, the first due date and the kind of a clock are written once: whoever works may change the rest.
CHANGEABLE = "due_on, due_reason, stopped_on, stop_reason, basis, paused_on, paused_days, uncounted, reminded_on"
ONCE = "kind in ('C-15', 'C-15R', 'C-60', 'C-EXT', 'C-3W', 'C-10W', 'C-1W', 'C-5P', 'C-URG')"
WATCHED = (
    "stopped_on is null and kind in ('C-RV30', 'C-FH30', 'C-FB', 'C-15W', 'R-ARB', 'R-INJ30', 'R-INJ1Y', 'R-INSP')"
)


def upgrade() -> None:
    for column in CASE_COLUMNS:
        op.add_column("cases", column)
    for column in CLOCK_COLUMNS:
        op.add_column("case_clocks", column)
    _fill_earlier()
    _rewrite_statuses(OPEN_SINCE, FINAL_SINCE)
    _checks("cases", CASE_CHECKS)
    _checks("case_clocks", CLOCK_CHECKS)
    for column in LINKS:
        op.create_foreign_key(
            f"fk_cases_tenant_id_{column}_cases",
            "cases",
            "cases",
            ["tenant_id", column],
            ["tenant_id", "id"],
            deferrable=True,
            initially="DEFERRED",
        )
        op.create_index(
            f"ix_cases_{column}", "cases", ["tenant_id", column], postgresql_where=sa.text(f"{column} is not null")
        )
    op.create_foreign_key(
        "fk_cases_tenant_id_avoid_id_users", "cases", "users", ["tenant_id", "avoid_id"], ["tenant_id", "id"]
    )
    op.create_index(
        "uq_case_clocks_once",
        "case_clocks",
        ["tenant_id", "case_id", "kind"],
        unique=True,
        postgresql_where=sa.text(ONCE),
    )
    op.create_index(
        "ix_case_clocks_watched", "case_clocks", ["tenant_id", "due_on"], postgresql_where=sa.text(WATCHED)
    )
    _letter_kinds(LETTERS_SINCE)
    op.execute(f"revoke update on case_clocks from {APP}")
    op.execute(f"grant update ({CHANGEABLE}) on case_clocks to {APP}")


def downgrade() -> None:
    # While there is a letter of the new kind the old CHECK refuses, which is meant.
    _letter_kinds(LETTERS_BEFORE)
    op.execute(f"revoke update ({CHANGEABLE}) on case_clocks from {APP}")
    op.execute(f"grant update on case_clocks to {APP}")
    op.drop_index("ix_case_clocks_watched", table_name="case_clocks")
    op.drop_index("uq_case_clocks_once", table_name="case_clocks")
    op.drop_constraint("fk_cases_tenant_id_avoid_id_users", "cases", type_="foreignkey")
    for column in LINKS:
        op.drop_index(f"ix_cases_{column}", table_name="cases")
        op.drop_constraint(f"fk_cases_tenant_id_{column}_cases", "cases", type_="foreignkey")
    for table, checks in (("cases", CASE_CHECKS), ("case_clocks", CLOCK_CHECKS)):
        for name in checks:
            op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    _forget()
    _rewrite_statuses(OPEN_BEFORE, FINAL_BEFORE)
    for table, columns in (("case_clocks", CLOCK_COLUMNS), ("cases", CASE_COLUMNS)):
        for column in reversed(columns):
            op.drop_column(table, column.name)


def _letter_kinds(kinds: str) -> None:
    op.execute("alter table letters drop constraint ck_letters_known_kind")
    op.execute(f"alter table letters add constraint ck_letters_known_kind check (kind in ({kinds})) not valid")
    op.execute("alter table letters validate constraint ck_letters_known_kind")


def _checks(table: str, checks: dict[str, str]) -> None:
    """Added unvalidated and validated afterwards, so that writers do not wait while the rows are read."""
    for name, condition in checks.items():
        op.execute(f"alter table {table} add constraint ck_{table}_{name} check ({condition}) not valid")
    for name in checks:
        op.execute(f"alter table {table} validate constraint ck_{table}_{name}")


def _everybodys(*statements: str) -> None:
    """Rows of every union: the owner looks past its own wall for the length of these statements."""
    for table in ("cases", "case_clocks"):
        op.execute(f"alter table {table} no force row level security")
    for statement in statements:
        op.execute(statement)
    for table in ("cases", "case_clocks"):
        op.execute(f"alter table {table} force row level security")


def _fill_earlier() -> None:
    _everybodys(
        "update cases set replied_on = (closed_at at time zone 'Asia/Shanghai')::date "
        "where status in ('closed', 'answered')",
        f"update cases set basis = '{EARLIER_BASIS}' where decided_at is not null",
    )


def _forget() -> None:
    """Cases in statuses that the earlier release does not know stand where it would have them."""
    _everybodys(
        "update cases set status = 'handling' "
        "where status in ('simple', 'extended', 'mediating', 'hearing', 'negotiating')",
        "update cases set status = 'decided' "
        "where status in ('served', 'executing', 'reviewing', 'reviewed', 'rechecking')",
        "update cases set status = 'closed' "
        "where status in ('concluded', 'archived', 'diverted', 'withdrawn', 'merged', 'terminated')",
        "update cases set status = 'refused' where status = 'refused_again'",
        "delete from case_clocks where kind not in ('C-15', 'C-15R', 'C-60', 'C-AD')",
        "update case_clocks set kind = 'C-15' where kind = 'C-15R'",
    )


def _rewrite_statuses(opened: str, final: str) -> None:
    for name in ("closed_when_final", "known_status"):
        op.execute(f"alter table cases drop constraint ck_cases_{name}")
    _checks(
        "cases",
        {
            "closed_when_final": f"(status in ({opened})) = (closed_at is null)",
            "known_status": f"status in ({opened}, {final})",
        },
    )
    for name, columns in (
        ("ix_cases_open_due", ["tenant_id", "due_on", "id"]),
        ("ix_cases_assignee_open", ["tenant_id", "assignee_id", "due_on"]),
    ):
        op.drop_index(name, table_name="cases")
        op.create_index(name, "cases", columns, postgresql_where=sa.text(f"status in ({opened})"))
