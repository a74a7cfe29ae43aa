"""What the size of the federation costs those who keep its tree: one more union, the root's page, the fold.

Three databases of few, more and many tenants with the same rows in the root's own figures. Every ratio is to the
smallest.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from statistics import median
from time import perf_counter

from sqlalchemy import Engine, create_engine, text

from access.actor import Work, system_actor
from bench.ground import Place, Sizes, columns, compare, heading, race
from bench.growth import Asker
from kernel.clock import SystemClock
from kernel.crypto import FieldCipher
from kernel.db import PLATFORM_TENANT, Database
from measures.folding import fold
from tenants.models import Kind
from tenants.services import create

#: Cases of each union: the tree is measured here, not the registers.
EACH = 4
_DELTAS = """
    insert into fact_deltas (tenant_id, id, day, category, channel, registered)
    select 1 + (n * 7919) % :tenants, uuidv7(), current_date - n % 30, '0' || 1 + n % 9, 'visit', 1
    from generate_series(1, :deltas) n
"""


def measure(places: dict[int, Place], sizes: Sizes) -> None:
    """Print onboarding, the root's page and the fold at every size (want at most 1.2 for the first two)."""
    smallest, *others = sorted(places)
    people = {tenants: _Keeper(place) for tenants, place in places.items()}
    try:
        for tenants in others:
            heading(f"组织树 {smallest} → {tenants} 个租户（希望 ≤ 1.2）")
            columns(f"{tenants}", f"{smallest}")
            questions: tuple[tuple[str, Callable[[_Keeper], object]], ...] = (
                ("onboard one union", _Keeper.onboard),
                ("the root's children at a glance", lambda keeper: keeper.asker.root_districts()),
                ("the root's year by week", lambda keeper: keeper.asker.root_weeks()),
            )
            for label, ask in questions:
                taken = race(
                    {
                        "many": lambda ask=ask, tenants=tenants: ask(people[tenants]),  # type: ignore[misc]
                        "few": lambda ask=ask: ask(people[smallest]),  # type: ignore[misc]
                    },
                    sizes.rounds,
                )
                compare(label, taken["many"], taken["few"])
        heading("汇总（每秒变动数，三级组织树）")
        for tenants, keeper in sorted(people.items()):
            print(
                f"fold, {tenants:>6} tenants {keeper.folded_a_second(tenants, sizes.deltas):>12,.0f} deltas a second",
                flush=True,
            )
    finally:
        for keeper in people.values():
            keeper.close()


class _Keeper:
    """The platform's hand in one database."""

    def __init__(self, place: Place) -> None:
        self.asker = Asker(place)
        self._place = place
        self._database = Database(place.settings.database_url, pool_size=1)
        self._cipher = FieldCipher(place.settings.data_keys)
        self._numbers = count(1)
        assert place.settings.database_rollup_url is not None
        self._rollup: Engine = create_engine(place.settings.database_rollup_url)

    def onboard(self) -> None:
        """One transaction, as the wizard's last step."""
        number = next(self._numbers)
        with self._database.transaction(PLATFORM_TENANT) as session:
            work = Work(session, system_actor(PLATFORM_TENANT), SystemClock(), self._cipher)
            create(
                work,
                slug=f"new-{number}",
                name=f"新入驻工会{number}",
                kind=Kind.GRASSROOTS,
                code=f"新{number}工信",
                parent_slug="u-2",
            )

    def folded_a_second(self, tenants: int, deltas: int) -> float:
        """Deltas of all unions folded up three levels, one batch after the other."""
        rates = []
        for _ in range(3):
            with self._place.admin.connect() as connection:
                connection.execute(text(_DELTAS), {"tenants": tenants, "deltas": deltas})
            began = perf_counter()
            with self._rollup.begin() as connection:
                folded = fold(connection, limit=deltas)
            rates.append(folded / (perf_counter() - began))
        return median(rates)

    def close(self) -> None:
        """Give every connection back."""
        self.asker.close()
        self._database.engine.dispose()
        self._rollup.dispose()
