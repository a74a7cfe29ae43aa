"""Two years of figures with one rise in the last four weeks, for tests of the nightly search."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
from sqlalchemy import Engine, select, text

from kernel.clock import FixedClock
from measures import spotting
from measures.spots import Hotspot
from tests.builders import Federation

TODAY = date(2026, 5, 31)
DAYS = 728
#: Cases a day of each category in a usual time.
USUAL = {"01": 1.2, "02": 0.8, "03": 0.6, "13": 0.4}


def plant(
    federation: Federation,
    superuser: Engine,
    slug: str,
    *,
    category: str = "01",
    factor: float = 3.0,
    scale: float = 1.0,
    seed: int = 1,
) -> None:
    """Deltas of a union up to yesterday, ``factor`` times the usual in one category for the last 28 days."""
    federation.clock = FixedClock(datetime(2026, 5, 31, 4, 0, tzinfo=UTC))
    rng = np.random.default_rng(seed)
    rows = []
    for code, daily in USUAL.items():
        means = np.full(DAYS, daily * scale)
        if code == category:
            means[-28:] *= factor
        for place, count in enumerate(rng.poisson(means)):
            if count:
                rows.append({"day": TODAY - timedelta(days=DAYS - place), "category": code, "count": int(count)})
    with superuser.begin() as connection:
        connection.execute(
            text(
                "insert into fact_deltas (tenant_id, id, day, category, channel, registered) "
                f"values ({federation.ids[slug]}, uuidv7(), :day, :category, 'visit', :count)"
            ),
            rows,
        )


def search(federation: Federation, slug: str) -> int:
    """One night's search as the system."""
    with federation.work_as_system(slug) as work:
        return spotting.look(work)


def spots(federation: Federation, slug: str) -> list[Hotspot]:
    """Everything that a union has, the oldest first, read as the system."""
    with federation.work_as_system(slug) as work:
        found = list(work.session.scalars(select(Hotspot).order_by(Hotspot.created_at, Hotspot.id)))
        work.session.expunge_all()
        return found
