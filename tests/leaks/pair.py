"""The twins, made once for a worker: for the wall, and for whoever wants every page of a full union."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url

from infra.servers import Environment
from kernel.settings import Settings
from tests import template
from tests.leaks.twins import Twins


def superuser_engine(admin_url: str | None, database_url: str) -> Engine:
    """The administrator's login on the database that the second URL names.

    One connection is kept: the matrix asks hundreds of times whose thing is whose, and logging in costs more than
    the question.
    """
    assert admin_url is not None, "the suite needs an administrator who may make databases"
    url = make_url(admin_url).set(drivername="postgresql+psycopg", database=make_url(database_url).database)
    return create_engine(url, pool_size=1)


@pytest.fixture(scope="session")
def twins(servers: Environment) -> Iterator[Twins]:
    """Two unions with the same identifiers on a database of their own, made once for a worker."""
    number = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    name = f"lianxin_twins_{os.getpid()}_{number}"
    environment = template.copied(servers, name, redis_db=10 + int(number))
    env = dict(environment.env) | {"LIANXIN_COOKIE_SECURE": "0"}
    settings = Settings.from_env(env)
    engine = superuser_engine(environment.admin_url, settings.database_url)
    made = Twins(settings, engine)
    yield made
    made.database.engine.dispose()
    engine.dispose()
    servers.drop(name)
