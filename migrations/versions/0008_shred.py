"""The owner may remove one union's rows, for the destruction that two people signed. Last, so that no table is missed.

Reversible.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

OWNER = "lianxin_owner"

#: The owner makes the tables and could take row-level security off altogether; this is the narrower way: it reads and
#: deletes, of one tenant a transaction, and still cannot insert or change a row. Web and worker do not know the
#: owner's password. A later table needs the same two policies (tests/leaks/catalogue.py finds one without).
POLICIES = (("shred_read", "select"), ("shred", "delete"))


def upgrade() -> None:
    for table in _owned():
        for name, command in POLICIES:
            op.execute(f"create policy {name} on {table} for {command} to {OWNER} using (tenant_id = app.tenant())")


def downgrade() -> None:
    for table in _owned():
        for name, _command in POLICIES:
            op.execute(f"drop policy {name} on {table}")


def _owned() -> list[str]:
    """Every table with tenants' rows, found in the catalogue so that none is forgotten."""
    return list(
        op.get_bind().scalars(
            sa.text(
                "select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid "
                "where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace "
                "and a.attname = 'tenant_id' and not a.attisdropped order by c.relname"
            )
        )
    )
