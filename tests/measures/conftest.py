"""The rollup role's connection and a way to empty the queue of deltas."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, create_engine

from kernel.db import Database
from measures.folding import fold
from tests.conftest import Stage


@pytest.fixture
def rollup(clean: Stage) -> Iterator[Database]:
    """The database as the role that folds."""
    assert clean.settings.database_rollup_url is not None
    database = Database(clean.settings.database_rollup_url, pool_size=2)
    yield database
    database.engine.dispose()


@pytest.fixture
def fold_all(rollup: Database) -> Callable[[], int]:
    """Fold until nothing waits; the number folded."""

    def run(limit: int = 20_000) -> int:
        total = 0
        while True:
            with rollup.engine.begin() as connection:
                batch = fold(connection, limit=limit)
            total += batch
            if batch < limit:
                return total

    return run


@pytest.fixture
def superuser(clean: Stage) -> Iterator[Engine]:
    """The database as somebody who is not bound by anything, to break things with."""
    if clean.admin_url is None:
        pytest.fail("these tests need a server on which databases may be made")
    name = clean.settings.database_url.rsplit("/", 1)[1]
    admin = create_engine(clean.admin_url)
    engine = create_engine(admin.url.set(database=name), hide_parameters=True)
    yield engine
    engine.dispose()
