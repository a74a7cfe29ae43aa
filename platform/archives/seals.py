"""A passphrase instead of a deployment's keys: scrypt (RFC 7914), AES-256-GCM for values, HMAC for the list."""

from __future__ import annotations

import hmac
import os
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from kernel.errors import InvalidError

SALT_BYTES = 16
NONCE_BYTES = 12
MIN_PASSPHRASE = 12
#: 64 MiB and a fifth of a second for each guess of the passphrase.
WORK = {"n": 2**16, "r": 8, "p": 1}
#: A package could name a cost that fills the memory of whoever opens it.
_MOST_MEMORY = 2**30


def check_passphrase(passphrase: str) -> str:
    """The passphrase, if it is long enough to stand a search on somebody's own machines.

    :raises InvalidError: when it is not.
    """
    if len(passphrase) < MIN_PASSPHRASE:
        raise InvalidError(f"口令太短：至少 {MIN_PASSPHRASE} 个字符，并与导出文件分开保管。")
    return passphrase


class Seal:
    """Closes and opens the values of one package."""

    def __init__(self, passphrase: str, salt: bytes, *, n: int, r: int, p: int) -> None:
        if 128 * n * r > _MOST_MEMORY:
            raise InvalidError("导出文件要求的计算量异常，已拒绝打开。")
        try:
            keys = Scrypt(salt=salt, length=64, n=n, r=r, p=p).derive(passphrase.encode())
        except ValueError:
            raise InvalidError("导出文件的口令参数不正确，文件可能已损坏。") from None
        self._aead, self._signing = AESGCM(keys[:32]), keys[32:]

    def close(self, value: bytes, label: str) -> bytes:
        """Nonce and ciphertext of a value, bound to its place ``label``."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, value, label.encode())

    def open(self, sealed: bytes, label: str) -> bytes:
        """The value again.

        :raises InvalidError: under another passphrase, or when value or place were changed.
        """
        try:
            return self._aead.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], label.encode())
        except (InvalidTag, ValueError):
            raise InvalidError("口令不正确，或者导出文件已被改动。") from None

    def sign(self, text: bytes) -> str:
        """HMAC-SHA256 in hexadecimal: whoever changes the list of members needs the passphrase too."""
        return hmac.new(self._signing, text, sha256).hexdigest()
