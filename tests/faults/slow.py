"""A worker whose handlers take their time, started as a process: ``slow.py FOLDER``."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from access.actor import Work
from access.roles import Role
from kernel.settings import Settings
from notices.services import post
from worker.main import run_worker
from worker.topics import TOPICS

#: Long enough to be killed in; shorter than a job's timeout.
SLEEP_SECONDS = 40.0
#: What one delivery costs at least: no machine is so fast that this worker does more than ten a second.
LOAD_SECONDS = 0.1


def main(folder: Path) -> None:
    """Handle ``fault.sleep`` (falls asleep the first time, with its effect written) and ``fault.load``."""

    def sleep(work: Work, payload: Mapping[str, Any]) -> None:
        post(work.session, kind="fault.sleep", title="测试", link=payload["key"], role=Role.CLERK)
        marker = folder / payload["key"]
        first = not marker.exists()
        marker.write_text(str(os.getpid()))
        if first:
            time.sleep(SLEEP_SECONDS)

    def load(work: Work, payload: Mapping[str, Any]) -> None:
        post(work.session, kind="fault.load", title="测试", link=payload["key"], role=Role.CLERK)
        time.sleep(LOAD_SECONDS)

    run_worker(Settings.from_env(), topics={**TOPICS, "fault.sleep": sleep, "fault.load": load})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
