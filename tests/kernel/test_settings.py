"""A missing or weak setting refuses to start and says which one it is."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest

from kernel.errors import SettingsError
from kernel.settings import Settings, parse_data_keys

KEY = base64.b64encode(bytes(range(32))).decode()
GOOD = {
    "LIANXIN_DATABASE_URL": "postgresql+psycopg://lianxin_app:x@localhost/lianxin",
    "LIANXIN_REDIS_URL": "redis://localhost/0",
    "LIANXIN_SECRET_KEY": "0123456789abcdefghijklmnopqrstuv",
    "LIANXIN_DATA_KEYS": f"k1:{KEY}",
}


def test_a_full_environment_is_read() -> None:
    settings = Settings.from_env(GOOD | {"LIANXIN_HOME": "/srv/lianxin", "LIANXIN_COOKIE_SECURE": "0"})
    assert settings.home == Path("/srv/lianxin")
    assert settings.cookie_secure is False
    assert settings.database_owner_url is None
    assert settings.data_keys[0].secret == bytes(range(32))


def test_cookies_are_secure_and_no_proxy_is_trusted_unless_the_deployment_says_otherwise() -> None:
    settings = Settings.from_env(GOOD)
    assert settings.cookie_secure is True
    assert settings.trusted_proxies == 0
    assert settings.metrics_public is False


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("value", [None, "", "   "])
def test_a_missing_variable_is_named(name: str, value: str | None) -> None:
    env = {key: text for key, text in GOOD.items() if key != name} | ({name: value} if value is not None else {})
    with pytest.raises(SettingsError, match=name):
        Settings.from_env(env)


@pytest.mark.parametrize("secret", ["short", "a" * 64, "0123456789" * 3])
def test_a_weak_secret_is_refused(secret: str) -> None:
    with pytest.raises(SettingsError, match="LIANXIN_SECRET_KEY"):
        Settings.from_env(GOOD | {"LIANXIN_SECRET_KEY": secret})


@pytest.mark.parametrize(
    "text",
    [
        "k1",
        f":{KEY}",
        "k1:not-base64!",
        f"k1:{base64.b64encode(b'short').decode()}",
        f"k 1:{KEY}",
        f"toolongkeyid:{KEY}",
        f"k1:{KEY},k1:{KEY}",
        f"k1:{KEY},",
    ],
)
def test_malformed_data_keys_are_refused_without_being_quoted(text: str) -> None:
    with pytest.raises(SettingsError, match="LIANXIN_DATA_KEYS") as refused:
        parse_data_keys(text)
    assert KEY not in refused.value.message


def test_the_newest_data_key_stands_first() -> None:
    assert [key.key_id for key in parse_data_keys(f"k2:{KEY}, k1:{KEY}")] == ["k2", "k1"]


@pytest.mark.parametrize("value", ["-1", "one", "1.5"])
def test_a_number_of_proxies_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(SettingsError, match="LIANXIN_TRUSTED_PROXIES"):
        Settings.from_env(GOOD | {"LIANXIN_TRUSTED_PROXIES": value})


def test_the_process_environment_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("LIANXIN_")]:
        monkeypatch.delenv(name)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    assert Settings.from_env().redis_url == GOOD["LIANXIN_REDIS_URL"]


def test_an_index_key_alone_seals_nothing() -> None:
    assert [key.key_id for key in parse_data_keys(f"k2:{KEY},index:{KEY}")] == ["k2", "index"]
    with pytest.raises(SettingsError, match="只有检索密钥"):
        parse_data_keys(f"index:{KEY}")
