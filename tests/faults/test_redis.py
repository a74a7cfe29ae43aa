"""Redis goes away, forgets everything or refuses to write; nobody at a window notices (tests 7 and 8)."""

from __future__ import annotations

import logging
import os
import time

import pytest

from tests.faults import truth
from tests.faults.rig import Rig
from worker import jobs

log = logging.getLogger(__name__)
pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("faults")]

#: CI gives ten seconds; LIANXIN_FAULT_OUTAGE=60 is the length of the pass criterion, run by hand (docs/testing.md).
OUTAGE_SECONDS = float(os.environ.get("LIANXIN_FAULT_OUTAGE", "10"))


def test_without_redis_every_registration_succeeds_and_the_backlog_drains_afterwards(rig: Rig) -> None:
    with rig.running(rig.web(), rig.scheduler, rig.worker):
        with rig.clients(rate=8) as ledger:
            time.sleep(2)
            rig.put_down("redis")
            before = len(ledger.acknowledged)
            time.sleep(OUTAGE_SECONDS)
            during = len(ledger.acknowledged) - before
            waiting = truth.backlog(rig).waiting
            rig.revive("redis")
            time.sleep(1)
        assert ledger.failures == []
        assert during >= OUTAGE_SECONDS
        assert waiting >= during / 2, "it waits in the database"
        drained = rig.until(lambda: truth.settled(rig), 60, "the backlog drained")
    log.info("%s registered during the outage, %s waited, drained in %.1f s", during, waiting, drained)
    truth.check(rig, ledger)


def test_a_redis_that_forgets_everything_or_is_full_loses_nothing(rig: Rig) -> None:
    redis = jobs.connect(rig.settings.redis_url, attempts=3)
    with rig.running(rig.web(), rig.scheduler, rig.worker):
        with rig.clients(rate=8) as ledger:
            for _ in range(4):
                time.sleep(0.8)
                redis.flushall()
            redis.config_set("maxmemory", 1)
            time.sleep(3)
            redis.config_set("maxmemory", 0)
            time.sleep(1)
        assert ledger.failures == []
        rebuilt = rig.until(lambda: truth.settled(rig), 60, "everything was sent again")
    log.info("%s registered, settled after %.1f s", len(ledger.acknowledged), rebuilt)
    truth.check(rig, ledger)
