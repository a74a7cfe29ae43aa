"""What every measurement stands on: servers of its own, a stopwatch, and lines that read as a table."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from uuid import uuid4

from alembic import command
from sqlalchemy import Engine, create_engine

from infra.servers import Environment, Servers
from infra.urls import database_of
from kernel.schema import alembic_config
from kernel.settings import Settings


@dataclass(frozen=True)
class Sizes:
    """How much of everything; ``QUICK`` only proves that the measurements run."""

    cases: int = 20_000
    rounds: int = 60
    few: int = 30
    many: int = 3_000
    #: Sizes of the federation at which onboarding and the root's page are compared.
    trees: tuple[int, ...] = (30, 1_000, 10_000)
    #: Changes of figures in one fold.
    deltas: int = 20_000
    cases_each: int = 100
    #: Days of which the root has figures: its page asks for a year.
    days: int = 730
    import_rows: int = 3_000
    #: Cases in the database among which a union of ``search_few`` cases searches.
    search_few: int = 10_000
    search_many: int = 1_000_000


QUICK = Sizes(
    cases=300,
    rounds=3,
    few=12,
    many=24,
    trees=(12, 24),
    deltas=200,
    cases_each=10,
    days=30,
    import_rows=40,
    search_few=500,
    search_many=1_000,
)


@dataclass(frozen=True)
class Place:
    """One migrated database: the application's settings, and an administrator who may fill it at any speed."""

    settings: Settings
    admin: Engine

    def close(self) -> None:
        self.admin.dispose()


@contextmanager
def ground(home: Path) -> Iterator[Environment]:
    """Servers with the durability of life (fsync on) in a home of their own, stopped at the end.

    Their first database is migrated and has nothing else in it: every place is a copy of it, and migrates nothing.
    """
    servers = Servers(home, environ={})
    try:
        environment = servers.start("bench")
        _migrate(environment)
        yield environment
    finally:
        servers.stop_all()


def _migrate(environment: Environment) -> None:
    command.upgrade(alembic_config(environment.env["LIANXIN_DATABASE_OWNER_URL"]), "head")


def place(environment: Environment, name: str, *, like: str | None = None) -> Place:
    """A migrated database of this name: a new one, or what an earlier run in the same home has left.

    A new one is empty, or a copy of the place that is called ``like``, to which nobody may be connected.
    """
    template = like or database_of(environment.env["LIANXIN_DATABASE_URL"])
    made = environment.database(name, template=template)
    _migrate(made)
    env = dict(made.env) | {"LIANXIN_COOKIE_SECURE": "0"}
    settings = Settings.from_env(env)
    assert environment.admin_url is not None
    admin = create_engine(environment.admin_url)
    return Place(settings, create_engine(admin.url.set(database=name), isolation_level="AUTOCOMMIT"))


def race(runners: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each runner, taken in turns: what disturbs the machine disturbs all of them alike."""
    for runner in runners.values():
        for _ in range(3):
            runner()
    taken: dict[str, list[float]] = {name: [] for name in runners}
    for _ in range(rounds):
        for name, runner in runners.items():
            began = time.perf_counter()
            runner()
            taken[name].append((time.perf_counter() - began) * 1000)
    return taken


def heading(text: str) -> None:
    print(f"\n{text}\n{'-' * 78}", flush=True)


def compare(label: str, ours: list[float], theirs: list[float]) -> None:
    """One line: medians in ms, our 95th percentile, and how many times the other's median ours is."""
    tail = quantiles(ours, n=20)[-1] if len(ours) > 1 else ours[0]
    ratio = median(ours) / median(theirs)
    print(f"{label:<34}{median(ours):>9.2f}{tail:>9.2f}{median(theirs):>11.2f}{ratio:>9.2f}×", flush=True)


def columns(ours: str, theirs: str) -> None:
    print(f"{'ms':<34}{ours:>9}{'p95':>9}{theirs:>11}{'ratio':>10}", flush=True)


def token() -> str:
    return str(uuid4())
