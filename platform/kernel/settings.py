"""What a deployment is told from outside, read once and checked before anything starts."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kernel.errors import SettingsError

#: A signing key shorter than this can be guessed offline from one cookie.
MIN_SECRET_CHARS = 32
DATA_KEY_BYTES = 32
#: Characters of a key's number, and the number of the key that makes blind indexes and nothing else.
MAX_KEY_ID = 8
INDEX_KEY = "index"


@dataclass(frozen=True, slots=True)
class DataKey:
    """One field-encryption master key; the newest encrypts, all of them decrypt."""

    key_id: str
    secret: bytes


@dataclass(frozen=True, slots=True)
class Settings:
    """The checked environment of one process."""

    database_url: str
    redis_url: str
    secret_key: str
    data_keys: tuple[DataKey, ...]
    home: Path
    #: Only migrations use the owner; the web never receives this variable.
    database_owner_url: str | None = None
    #: Only the scheduler (relay and fold) uses the rollup role.
    database_rollup_url: str | None = None
    #: Cookies carry ``Secure`` unless the deployment says that it is reached by plain HTTP (one machine).
    cookie_secure: bool = True
    #: How many reverse proxies of ours stand in front; without one, ``X-Forwarded-For`` is a stranger's claim.
    trusted_proxies: int = 0
    #: ``/metrics`` answers this machine only and nothing that a proxy passed on, unless the deployment keeps
    #: strangers away from it by other means.
    metrics_public: bool = False
    timezone: str = "Asia/Shanghai"
    #: Where files lie: ``file:///folder`` or ``s3://bucket/prefix?endpoint=…``.
    blob_url: str = ""
    #: clamd's socket; empty: nothing is scanned.
    clamd_url: str = ""
    #: The address by which people reach the platform, for codes on paper that a background job prints.
    public_url: str = ""

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read ``LIANXIN_*`` variables.

        :raises SettingsError: naming the variable that is missing or weak, in Chinese.
        """
        env = os.environ if environ is None else environ
        home = Path(env.get("LIANXIN_HOME", "var"))
        return cls(
            database_url=_require(env, "LIANXIN_DATABASE_URL"),
            redis_url=_require(env, "LIANXIN_REDIS_URL"),
            secret_key=_secret(env),
            data_keys=parse_data_keys(_require(env, "LIANXIN_DATA_KEYS")),
            home=home,
            database_owner_url=env.get("LIANXIN_DATABASE_OWNER_URL"),
            database_rollup_url=env.get("LIANXIN_DATABASE_ROLLUP_URL"),
            cookie_secure=env.get("LIANXIN_COOKIE_SECURE", "1") != "0",
            trusted_proxies=_count(env, "LIANXIN_TRUSTED_PROXIES"),
            metrics_public=env.get("LIANXIN_METRICS_PUBLIC", "0") == "1",
            blob_url=env.get("LIANXIN_BLOB_URL", "").strip() or f"file://{home.resolve()}/blobs",
            clamd_url=env.get("LIANXIN_CLAMD_URL", "").strip(),
            public_url=env.get("LIANXIN_PUBLIC_URL", "").strip().rstrip("/"),
        )


def _require(env: Mapping[str, str], name: str) -> str:
    value = env.get(name, "").strip()
    if not value:
        raise SettingsError(f"缺少环境变量 {name}：请设置后再启动。")
    return value


def _count(env: Mapping[str, str], name: str) -> int:
    value = env.get(name, "").strip() or "0"
    if not value.isdecimal():
        raise SettingsError(f"环境变量 {name} 应为不小于 0 的整数。")
    return int(value)


def _secret(env: Mapping[str, str]) -> str:
    value = _require(env, "LIANXIN_SECRET_KEY")
    if len(value) < MIN_SECRET_CHARS or len(set(value)) < 10:
        raise SettingsError(f"LIANXIN_SECRET_KEY 太弱：至少需要 {MIN_SECRET_CHARS} 个随机字符。")
    return value


def parse_data_keys(text: str) -> tuple[DataKey, ...]:
    """Parse ``k2:<base64>,k1:<base64>``, newest first; an entry ``index:<base64>`` makes blind indexes only.

    :raises SettingsError: for a malformed entry, a key that is not 32 bytes, a repeated key id, or none to seal with.
    """
    keys: list[DataKey] = []
    for entry in text.split(","):
        key_id, _, encoded = entry.strip().partition(":")
        try:
            secret = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            secret = b""
        if not key_id or not key_id.isalnum() or len(key_id) > MAX_KEY_ID or len(secret) != DATA_KEY_BYTES:
            raise SettingsError("LIANXIN_DATA_KEYS 格式不正确：应为 编号:32字节密钥的base64，多个用逗号分隔。")
        keys.append(DataKey(key_id, secret))
    if len({key.key_id for key in keys}) != len(keys):
        raise SettingsError("LIANXIN_DATA_KEYS 中有重复的密钥编号。")
    if all(key.key_id == INDEX_KEY for key in keys):
        raise SettingsError("LIANXIN_DATA_KEYS 中只有检索密钥（index），缺少加密用的密钥。")
    return tuple(keys)
