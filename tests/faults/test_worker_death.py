"""A worker dies in the middle of a job, or is given twice what it can do (reliability.md §4, tests 6 and 9)."""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from kernel import outbox
from notices.models import Notice
from tests.faults import slow, truth
from tests.faults.rig import Part, Rig

log = logging.getLogger(__name__)
pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("faults")]

#: Seconds of overload; longer than the first resend, or a storm would have no time to begin. By hand: 60.
OVERLOAD_SECONDS = float(os.environ.get("LIANXIN_FAULT_OVERLOAD", "12"))
#: Messages a second; at least twice the capacity of the worker in ``slow.py``.
RATE = 2 / slow.LOAD_SECONDS


def slow_worker(folder: Path) -> Part:
    return Part("slow", (str(Path(slow.__file__)), str(folder)))


def links(rig: Rig, kind: str) -> list[str]:
    with rig.application.transaction(rig.federation.ids["west"]) as session:
        return list(session.scalars(select(Notice.link).where(Notice.kind == kind)))


def enqueue(rig: Rig, topic: str, count: int = 1) -> list[str]:
    keys = [uuid4().hex for _ in range(count)]
    with rig.application.transaction(rig.federation.ids["west"]) as session:
        for key in keys:
            outbox.enqueue(session, topic, {"key": key})
    return keys


def test_a_job_whose_worker_was_killed_takes_effect_once_within_ninety_seconds(rig: Rig, tmp_path: Path) -> None:
    with rig.running(rig.scheduler, slow_worker(tmp_path)):
        (key,) = enqueue(rig, "fault.sleep")
        rig.until((tmp_path / key).exists, 30, "the job is being done")
        assert links(rig, "fault.sleep") == [], "its effect is not there before it ends"
        killed = time.monotonic()
        assert rig.kill("slow")
        rig.until(lambda: links(rig, "fault.sleep") == [key], 90, "the job was done again")
        log.info("effective %.1f s after the kill", time.monotonic() - killed)
        rig.until(lambda: truth.settled(rig), 30, "acknowledged")
    assert links(rig, "fault.sleep") == [key]


def test_twice_the_worker_s_capacity_makes_a_backlog_and_no_storm(rig: Rig, tmp_path: Path) -> None:
    with rig.running(rig.scheduler, slow_worker(tmp_path)):
        keys = enqueue(rig, "fault.load")
        rig.until(lambda: truth.settled(rig), 30, "the worker works")
        began = time.monotonic()
        while len(keys) < RATE * OVERLOAD_SECONDS:
            due = int(RATE * min(time.monotonic() - began, OVERLOAD_SECONDS)) - len(keys)
            keys += enqueue(rig, "fault.load", max(0, due))
            time.sleep(0.1)
        waiting = truth.backlog(rig).waiting
        assert waiting >= len(keys) / 2, "it was at least twice what the worker can do"
        drained = rig.until(lambda: truth.settled(rig), 8 * OVERLOAD_SECONDS, "the backlog is done")
    assert sorted(links(rig, "fault.load")) == sorted(keys)
    messages, sent = truth.deliveries(rig, "fault.load")
    figures = (len(keys), waiting, drained, sent / messages)
    log.info("fed %s, %s waiting, drained in %.1f s, %.3f deliveries an event", *figures)
    assert sent <= 1.1 * messages
