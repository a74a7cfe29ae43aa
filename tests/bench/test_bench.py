"""The measurements run to their end; their numbers are read by people, not asserted."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_quick_bench_prints_every_comparison(tmp_path: Path) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("LIANXIN_")}
    env |= {"PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}", "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--quick"],
        check=False,
        env=env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    for figure in (
        "escalation of a case",
        "order",
        "letters a second",
        "list of 50",
        "case page",
        "create",
        "one year",
        "import",
        "own list of 50",
        "root's year",
        "onboard one",
        "at a glance",
        "fold,",
        "PDF",
        "docx",
    ):
        assert figure in done.stdout
    # Its servers stopped with it and its home is gone.
    assert list(tmp_path.iterdir()) == []
