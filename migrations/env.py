"""Alembic's environment: one database, run as the owner, waiting for locks a short while only."""

from importlib import import_module

from alembic import context
from sqlalchemy import create_engine, pool, text

from kernel.db import Base

#: Imported for their tables: the models' metadata is what ``lianxin db check`` compares with the database.
for module in (
    "access.models",
    "audit.models",
    "cases.handling",
    "cases.models",
    "dispatches.models",
    "documents.models",
    "kernel.idempotency",
    "kernel.leases",
    "kernel.outbox",
    "measures.models",
    "measures.spots",
    "notices.models",
    "tenants.house",
    "tenants.lifetimes",
    "tenants.models",
):
    import_module(module)

engine = create_engine(context.config.attributes["url"], poolclass=pool.NullPool, hide_parameters=True)
with engine.connect() as connection:
    # A migration that waits for a lock holds up everybody behind it; better to fail and be run again.
    connection.execute(text("set lock_timeout = '5s'"))
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        transaction_per_migration=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
