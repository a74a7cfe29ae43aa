"""Counts for the whole catalogue of rates, and the days on a case that they are counted from.

Expand-only: counts with a default of 0, nullable days on the case. Ratings, repetitions and re-openings of before are
filled in from their own rows; the figures themselves follow with the next nightly rebuild. Reversible.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision: str | None = "0016"
branch_labels = None
depends_on = None

COUNTS = (
    *("collective_persons", "firsts", "split_off", "skip_levels", "skip_persons"),
    *("withdrawn", "merged", "diverted", "terminated", "reopened", "referred", "referred_back"),
    *("due_extended", "unit_notice_due", "unit_notice_met", "once_due", "once_met"),
    *("office_rated", "office_satisfied", "unit_rated", "unit_satisfied", "staff_rated", "rating_due", "rating_met"),
)
DAYS = ("reopened_on", "referred_on", "returned_on", "repeated_on", "dissatisfied_on")
RATED = ("office", "unit")
READ = ("cases", "case_ratings", "audit_events")

_DAY = "at time zone 'Asia/Shanghai')::date"
_OPEN = (
    "'registered', 'triaged', 'handling', 'simple', 'extended', 'mediating', 'hearing', 'negotiating', 'escalated', "
    "'referred', 'decided', 'served', 'executing', 'reviewing', 'reviewed', 'rechecking'"
)


def upgrade() -> None:
    for table in ("fact_deltas", "daily_facts"):
        for name in COUNTS:
            op.add_column(table, sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    for name in DAYS:
        op.add_column("cases", sa.Column(name, sa.Date(), nullable=True))
    for about in RATED:
        op.add_column("cases", sa.Column(f"{about}_rating", sa.Text(), nullable=True))
        op.add_column("cases", sa.Column(f"{about}_rated_on", sa.Date(), nullable=True))
        op.add_column("cases", sa.Column(f"{about}_by_staff", sa.Boolean(), nullable=True))
    _fill()


def downgrade() -> None:
    for about in RATED:
        for name in ("rating", "rated_on", "by_staff"):
            op.drop_column("cases", f"{about}_{name}")
    for name in DAYS:
        op.drop_column("cases", name)
    for table in ("fact_deltas", "daily_facts"):
        for name in COUNTS:
            op.drop_column(table, name)


def _fill() -> None:
    # Rows of every union: the owner looks past its own wall for the length of these statements.
    for table in READ:
        op.execute(f"alter table {table} no force row level security")
    for about in RATED:
        op.execute(
            f"update cases c set {about}_rating = r.rating, {about}_rated_on = (r.recorded_at {_DAY}, "
            f"{about}_by_staff = r.entered_by = 'staff' from (select distinct on (tenant_id, case_id) * "
            f"from case_ratings where about = '{about}' order by tenant_id, case_id, recorded_at desc, id desc) r "
            "where r.tenant_id = c.tenant_id and r.case_id = c.id"
        )
    op.execute(
        f"update cases c set dissatisfied_on = r.day from (select tenant_id, case_id, min((recorded_at {_DAY}) as day "
        "from case_ratings where rating = 'dissatisfied' group by tenant_id, case_id) r "
        "where r.tenant_id = c.tenant_id and r.case_id = c.id"
    )
    op.execute(
        f"update cases c set repeated_on = r.day from (select tenant_id, first_id, min((registered_at {_DAY}) as day "
        "from cases where first_id is not null group by tenant_id, first_id) r "
        "where r.tenant_id = c.tenant_id and r.first_id = c.id"
    )
    for column, moved in (
        ("reopened_on", f"data ->> 'from' not in ({_OPEN}) and data ->> 'to' in ({_OPEN})"),
        ("referred_on", "data ->> 'from' <> 'referred' and data ->> 'to' = 'referred'"),
        (
            "returned_on",
            f"data ->> 'from' = 'referred' and data ->> 'to' in ({_OPEN}) and data ->> 'to' <> 'referred'",
        ),
    ):
        op.execute(
            f"update cases c set {column} = e.day from (select tenant_id, subject_id, max((at {_DAY}) as day "
            f"from audit_events where subject_type = 'case' and {moved} group by tenant_id, subject_id) e "
            "where e.tenant_id = c.tenant_id and e.subject_id = c.id"
        )
    # A matter that was handed on again after it came back is out, and not back.
    op.execute("update cases set returned_on = null where returned_on < referred_on or referred_on is null")
    for table in READ:
        op.execute(f"alter table {table} force row level security")
