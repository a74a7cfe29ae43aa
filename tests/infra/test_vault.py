import json
import stat
from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infra.errors import InfraError
from infra.vault import Vault, new_data_keys


def test_a_secret_is_made_once_and_kept(tmp_path: Path) -> None:
    first = Vault(tmp_path).get("app")
    assert len(first) >= 32
    assert Vault(tmp_path).get("app") == first
    assert Vault(tmp_path).get("other") != first


def test_only_the_owner_can_read_the_file(tmp_path: Path) -> None:
    Vault(tmp_path).get("app")
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_everybody_who_asks_at_once_gets_the_same_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: Vault(tmp_path).get("app"), range(16)))) == 1


def test_a_data_key_has_an_id_and_thirty_two_bytes() -> None:
    name, _, key = new_data_keys().partition(":")
    assert name == "k1"
    assert len(b64decode(key, validate=True)) == 32


@pytest.mark.parametrize("text", ["", "{", json.dumps(["not", "a", "table"])])
def test_a_damaged_file_is_reported_and_never_overwritten(tmp_path: Path, text: str) -> None:
    vault = Vault(tmp_path)
    vault.path.write_text(text)
    with pytest.raises(InfraError, match="已损坏"):
        vault.get("app")
    assert vault.path.read_text() == text


def test_asking_without_making_leaves_no_secret(tmp_path: Path) -> None:
    assert Vault(tmp_path).peek("app") is None
    assert not (tmp_path / "secrets.json").exists()
