"""A superuser's connection to the worker's own database: what it plants is always rolled back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine

from tests.conftest import Stage
from tests.leaks.pair import superuser_engine
from tests.leaks.twins import Twins


@pytest.fixture(scope="session")
def superuser(stage: Stage) -> Iterator[Engine]:
    """An engine of the administrator."""
    engine = superuser_engine(stage.admin_url, stage.settings.database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def planting(superuser: Engine) -> Iterator[Connection]:
    """A transaction in which anything may be broken; it is rolled back, roles of the whole server included."""
    with superuser.connect() as connection:
        transaction = connection.begin()
        yield connection
        transaction.rollback()


@pytest.fixture
def inside(twins: Twins) -> Iterator[Connection]:
    """A connection of the application role in east's context; what it does is rolled back."""
    with twins.database.session(twins.east) as session:
        yield session.connection()
        session.rollback()
