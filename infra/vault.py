"""Secrets that are made once per home and kept in one file that only its owner can read."""

import json
import os
import secrets
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

from infra.errors import InfraError
from infra.processes import exclusive


def new_password() -> str:
    """Return 192 random bits in letters that need no quoting in a URL, a configuration file or a shell."""
    return secrets.token_urlsafe(24)


def new_secret_key() -> str:
    """Return a key for signing cookies and tokens: 384 random bits."""
    return secrets.token_urlsafe(48)


def new_data_keys() -> str:
    """Return a first ring of field encryption keys, `k1:<base64 of 32 bytes>`; newer keys go in front."""
    return f"k1:{b64encode(secrets.token_bytes(32)).decode()}"


class Vault:
    """`<home>/secrets.json`, mode 0600: a name gets its value when first asked for, then keeps it."""

    def __init__(self, home: Path) -> None:
        self.path = home / "secrets.json"
        self._lock = home / "secrets.lock"

    def peek(self, name: str) -> str | None:
        """Return the value of a name, or None when it was never made."""
        return self._read().get(name)

    def get(self, name: str, make: Callable[[], str] = new_password) -> str:
        """Return the value of a name and make it first when it is missing.

        Two processes that ask at once get the same answer: the file is locked while it is read and written.
        """
        with exclusive(self._lock):
            known = self._read()
            if name not in known:
                known[name] = make()
                self._write(known)
            return known[name]

    def _read(self) -> dict[str, str]:
        try:
            text = self.path.read_text()
        except FileNotFoundError:
            return {}
        except PermissionError as refused:
            raise InfraError(
                f"无权读取 {self.path}：这个数据目录属于另一个系统用户，请换一个 LIANXIN_HOME。"
            ) from refused
        try:
            return {str(name): str(value) for name, value in json.loads(text).items()}
        except (ValueError, AttributeError) as broken:
            raise InfraError(f"密钥文件 {self.path} 已损坏，请从备份恢复它，不要删除。") from broken

    def _write(self, known: dict[str, str]) -> None:
        # Written beside and renamed: a power cut leaves the old file or the new one, never half of it,
        # because half of it would mean encrypted fields that nobody can read again.
        draft = self.path.with_suffix(".new")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(known, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(0o600)
        draft.replace(self.path)
