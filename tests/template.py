"""One migrated database a session: every other one that a test needs is a copy of it.

The migrations take seconds and a copy a fraction of one; that they run from nothing to the newest, and back, is what
tests/architecture/test_schema.py proves.
"""

from __future__ import annotations

import os

from alembic import command

from infra.servers import Environment
from kernel.schema import alembic_config

#: The same for all processes of one run, and another one's for a run beside it on the same server.
NAME = f"lianxin_migrated_{os.environ.get('PYTEST_XDIST_TESTRUNUID', str(os.getpid()))[:12]}"


def make(servers: Environment) -> None:
    """Make the template. Nobody stays connected to it, or it could not be copied."""
    made = servers.database(NAME)
    command.upgrade(alembic_config(made.env["LIANXIN_DATABASE_OWNER_URL"]), "head")


def copied(servers: Environment, name: str, *, redis_db: int = 0) -> Environment:
    """A new database with the newest schema and nothing in it but what migrations wrote."""
    return servers.database(name, template=NAME, redis_db=redis_db)
