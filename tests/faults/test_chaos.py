"""Everything is killed at random while people register cases (reliability.md §4, test 5)."""

from __future__ import annotations

import logging
import os

import pytest

from tests.faults import truth
from tests.faults.rig import Rig

log = logging.getLogger(__name__)
pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("faults")]

#: Who is drawn how often, the web process aside.
LOT = {"scheduler": 3, "worker": 3, "redis": 2, "postgres": 4}
#: Seconds between two kills: more than sixty a minute.
EVERY = 0.9
#: The criterion names two seeds and no length; CI takes the first seed (docs/testing.md).
SECONDS = float(os.environ.get("LIANXIN_FAULT_CHAOS", "25"))
SEEDS = [20260302 + n for n in range(int(os.environ.get("LIANXIN_FAULT_SEEDS", "1")))]


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_lost_or_done_twice_whatever_is_killed(rig: Rig, seed: int) -> None:
    with rig.running(rig.web(), rig.scheduler, rig.worker):
        with rig.clients(rate=12) as ledger:
            died = rig.rampage(seed, SECONDS, LOT, every=EVERY)
            rig.wait_for_servers()
        settled = rig.until(lambda: truth.settled(rig), 30, "everything delivered and counted")
    done, failed = len(ledger.acknowledged), ledger.told()
    log.info("%s; %s acknowledged; settled after %.1f s; failures %s", died, done, settled, failed)
    truth.check(rig, ledger)
    assert sum(died.values()) / SECONDS * 60 >= 50, died
    assert all(died.values()), died
    assert done >= 10, "people could work in between"
