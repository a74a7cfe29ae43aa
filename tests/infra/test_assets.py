import json
import shutil
import subprocess
from pathlib import Path

import pytest

from infra.assets import ASSETS, ROOT, VENDOR, install


@pytest.fixture(scope="module")
def vendor() -> Path:
    install()
    return VENDOR


def test_the_lock_names_no_server() -> None:
    text = (ROOT / "package-lock.json").read_text()
    assert '"resolved"' not in text
    assert all("integrity" in entry for name, entry in json.loads(text)["packages"].items() if name)


def test_every_version_is_pinned_exactly() -> None:
    wanted = json.loads((ROOT / "package.json").read_text())["dependencies"]
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert {name: locked[f"node_modules/{name}"]["version"] for name in wanted} == wanted


def test_every_asset_is_there_with_its_compressed_forms_and_its_licence(vendor: Path) -> None:
    for asset in ASSETS:
        for suffix in ("", ".gz", ".br"):
            assert (vendor / f"{asset.name}{suffix}").stat().st_size > 0
        assert (vendor / f"{asset.package}.LICENSE.txt").exists()


def test_a_second_installation_does_nothing(vendor: Path) -> None:
    assert install() is False


def test_a_change_of_the_lock_file_installs_again(vendor: Path, tmp_path: Path) -> None:
    root, copy = tmp_path / "root", tmp_path / "vendor"
    root.mkdir()
    shutil.copytree(vendor, copy)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(ROOT / name, root / name)
    assert install(root, copy) is False
    with (root / "package-lock.json").open("a") as lock:
        lock.write("\n")
    assert install(root, copy) is True


def test_nothing_fetched_points_to_a_source_map_that_is_not_served(vendor: Path) -> None:
    assert not [asset.name for asset in ASSETS if "sourceMappingURL" in (vendor / asset.name).read_text()]


def test_nothing_fetched_is_committed() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "platform/web/static/vendor"], cwd=ROOT, capture_output=True, check=False
    )
    assert tracked.stdout == b""


def test_the_locale_registers_itself_before_and_after_plotly(vendor: Path) -> None:
    text = (vendor / "plotly-locale-zh-cn.js").read_text()
    assert "PlotlyLocales" in text
    assert "Plotly.register(module.exports)" in text
    assert "zh-CN" in text
