"""A scheduler with one duty that counts in a file; started as a process by ``test_scheduler``."""

from __future__ import annotations

import logging
import os
import sys
import time
from pathlib import Path

from kernel.settings import Settings
from worker.duties import Duty, Means
from worker.main import run_scheduler


def main(ledger: Path) -> None:
    """Append ``pid time`` to the ledger four times a second, as the leader."""

    def count(means: Means) -> None:
        with means.leadership.transaction(), ledger.open("a") as book:
            book.write(f"{os.getpid()} {time.time():.3f}\n")

    run_scheduler(Settings.from_env(), duties=(Duty("count", 0.25, count),))


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    main(Path(sys.argv[1]))
