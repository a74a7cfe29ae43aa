"""A scanner that is configured is asked about every file, and its silence lets nothing in."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.processes import free_port
from kernel.errors import SettingsError, UnavailableError
from kernel.scanning import scanner_of
from tests.kernel.clamd import EICAR, LIMIT, clamd


@pytest.mark.parametrize("kind", ["unix", "tcp"])
def test_a_clean_file_passes_and_a_known_virus_is_named(tmp_path: Path, kind: str) -> None:
    place = str(tmp_path / "clamd.ctl") if kind == "unix" else ("127.0.0.1", 0)
    with clamd(place) as url:
        scan = scanner_of(url)
        assert scan is not None
        assert scan(b"%PDF-1.4 clean" * 100_000) is None
        assert scan(b"before" + EICAR + b"after") == "Eicar-Test-Signature"


def test_a_scanner_that_is_away_or_gives_no_verdict_lets_nothing_in(tmp_path: Path) -> None:
    for url in (f"unix://{tmp_path}/nobody.ctl", f"tcp://127.0.0.1:{free_port()}"):
        scan = scanner_of(url)
        assert scan is not None
        with pytest.raises(UnavailableError, match="病毒扫描服务暂时不可用，文件没有保存"):
            scan(b"x")
    with clamd(str(tmp_path / "clamd.ctl")) as url:
        scan = scanner_of(url)
        assert scan is not None
        with pytest.raises(UnavailableError):
            scan(b"x" * (LIMIT + 1))


def test_an_empty_address_means_no_scanner_and_a_wrong_one_is_refused() -> None:
    assert scanner_of("") is None
    for url in ("clamd", "tcp://host", "tcp://host:abc", "unix://", "http://host:3310"):
        with pytest.raises(SettingsError, match="LIANXIN_CLAMD_URL"):
            scanner_of(url)
