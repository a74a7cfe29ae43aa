"""Real servers once a session, one database a worker, one federation a test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from hypothesis import settings
from sqlalchemy import make_url

from infra.servers import Environment, Servers
from kernel.db import Database
from kernel.settings import Settings
from tests import template
from tests.builders import Federation
from tests.leaks.pair import twins
from tests.scheduling import GroupScheduling
from tests.snapshots import Shelf

__all__ = ["Stage", "twins"]

# A busy machine is no failing example: how long one takes is measured in bench/, never asserted.
settings.register_profile("lianxin", deadline=None)
settings.load_profile("lianxin")


@dataclass
class Stage:
    """What a test worker owns: its database as three roles and its own Redis database."""

    env: dict[str, str]
    admin_url: str | None
    settings: Settings
    database: Database = field(init=False)
    shelf: Shelf = field(init=False)
    built: tuple[Federation, dict[str, bytes]] | None = None

    def __post_init__(self) -> None:
        self.database = Database(self.settings.database_url)
        url = make_url(self.admin_url or self.env["LIANXIN_DATABASE_OWNER_URL"])
        mine = url.set(database=self.database.engine.url.database)
        self.shelf = Shelf(mine.render_as_string(hide_password=False))


def _worker_number() -> int:
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) + 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> GroupScheduling:
    """Groups, until pytest-xdist can keep them again."""
    return GroupScheduling(config, log)


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    """Embedded (or given) servers, shared by the workers of one run and stopped by the last to leave."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    home, users = shared / "servers", shared / "users"
    embedded = Servers(home, fast=True)
    with FileLock(shared / "lock"):
        environment = embedded.start()
        present = int(users.read_text()) if users.exists() else 0
        if present == 0:
            template.make(environment)
        users.write_text(str(present + 1))
    yield environment
    with FileLock(shared / "lock"):
        left = int(users.read_text()) - 1
        users.write_text(str(left))
        if left == 0:
            environment.drop(template.NAME)
            embedded.stop_all()


@pytest.fixture(scope="session")
def stage(servers: Environment, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A migrated database of this worker's own, and a folder of its own for files."""
    number = _worker_number()
    name = f"lianxin_test_{os.getpid()}_{number}"
    environment = template.copied(servers, name, redis_db=number)
    home = tmp_path_factory.mktemp("home")
    # Files of its own too: every worker has unions of the same numbers, and files lie under their union's number.
    own = {"LIANXIN_COOKIE_SECURE": "0", "LIANXIN_HOME": str(home), "LIANXIN_BLOB_URL": (home / "blobs").as_uri()}
    env = dict(environment.env) | own
    stage = Stage(env=env, admin_url=environment.admin_url, settings=Settings.from_env(env))
    yield stage
    stage.database.engine.dispose()
    stage.shelf.close()
    servers.drop(name)


@pytest.fixture
def clean(stage: Stage) -> Iterator[Stage]:
    """The worker's database, emptied after the test; services may commit as they do in life."""
    yield stage
    wipe(stage)


def wipe(stage: Stage) -> None:
    """Empty every table but the reference data; the platform's own tenant stays."""
    stage.shelf.empty()


@pytest.fixture
def federation(clean: Stage) -> Federation:
    """A city, two districts and a street below the first, each with a person for every role. Committed.

    The services build it once a worker; later tests get the same rows back by COPY.
    """
    if clean.built is None:
        federation = Federation(clean.database, clean.settings, datetime(2026, 3, 2, 1, 30, tzinfo=UTC))
        clean.built = (federation, clean.shelf.save())
        # A copy for the first test too: one that moves its clock would move everybody's.
        return own_copy(federation)
    federation, rows = clean.built
    clean.shelf.restore(rows)
    return own_copy(federation)


def own_copy(federation: Federation) -> Federation:
    """The same federation for one test, which may move its clock and found unions of its own."""
    mine = copy(federation)
    mine.ids, mine.users = dict(federation.ids), dict(federation.users)
    return mine


@pytest.fixture(scope="session")
def shared_data() -> Path | None:
    """The folder of real input beside the checkout, where there is one."""
    for folder in (Path("../shared/data"), Path(__file__).parents[2] / "shared" / "data"):
        if folder.is_dir():
            return folder
    return None
