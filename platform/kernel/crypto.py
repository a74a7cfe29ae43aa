"""Field encryption with a key of its own for every tenant, and blind indexes to find a value again.

AES-256-GCM (NIST SP 800-38D) under keys derived by HKDF-SHA256 (RFC 5869) from the deployment's master keys. The
tenant and the field are authenticated with the value, so that a ciphertext copied into another row of another
tenant, or from the phone into the name, does not open.
"""

from __future__ import annotations

import hmac
import os
import unicodedata
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kernel.errors import LianxinError
from kernel.settings import INDEX_KEY, MAX_KEY_ID, DataKey

__all__ = ["MAX_KEY_ID", "DecryptionError", "FieldCipher", "mask_id_number", "mask_name", "mask_phone"]

NONCE_BYTES = 12
INDEX_BYTES = 16


class DecryptionError(LianxinError):
    """The value was written under a key that is not configured, or it was tampered with."""

    code = "decryption"


@lru_cache(maxsize=4096)
def _derive(master: bytes, purpose: str, tenant_id: int) -> bytes:
    info = f"lianxin/{purpose}/{tenant_id}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(master)


class FieldCipher:
    """Encrypts and finds identity fields of any tenant.

    The stored form is ``key id length (1) | key id | nonce (12) | ciphertext and tag``.
    """

    def __init__(self, keys: tuple[DataKey, ...]) -> None:
        sealing = [key for key in keys if key.key_id != INDEX_KEY]
        self._newest = sealing[0]
        self._by_id = {key.key_id: key for key in sealing}
        # The index must not change when a key is added in front or an old one is dropped, or nothing would be found
        # again: a ring without a key of that name uses its oldest.
        self._index_master = next((key.secret for key in keys if key.key_id == INDEX_KEY), keys[-1].secret)

    def encrypt(self, tenant_id: int, field: str, value: str) -> bytes:
        """Ciphertext of ``value`` for one field of one tenant."""
        return self.seal(tenant_id, field, value.encode())

    def decrypt(self, tenant_id: int, field: str, sealed: bytes) -> str:
        """The value again.

        :raises DecryptionError: for an unknown key, another tenant's or another field's ciphertext.
        """
        return self.open(tenant_id, field, sealed).decode()

    def seal(self, tenant_id: int, field: str, content: bytes) -> bytes:
        """Ciphertext of bytes, such as a file's; the whole content is held in memory twice."""
        key = self._newest
        nonce = os.urandom(NONCE_BYTES)
        aead = AESGCM(_derive(key.secret, "field", tenant_id))
        sealed = aead.encrypt(nonce, content, f"{tenant_id}/{field}".encode())
        key_id = key.key_id.encode()
        return bytes([len(key_id)]) + key_id + nonce + sealed

    def open(self, tenant_id: int, field: str, sealed: bytes) -> bytes:
        """The bytes again.

        :raises DecryptionError: as :meth:`decrypt`.
        """
        size = sealed[0] if sealed else 0
        key = self._by_id.get(sealed[1 : 1 + size].decode("ascii", "replace"))
        if key is None:
            raise DecryptionError("数据密钥缺失，无法读取该字段，请联系平台管理员。")
        nonce = sealed[1 + size : 1 + size + NONCE_BYTES]
        aead = AESGCM(_derive(key.secret, "field", tenant_id))
        try:
            return aead.decrypt(nonce, sealed[1 + size + NONCE_BYTES :], f"{tenant_id}/{field}".encode())
        except (InvalidTag, ValueError):  # ValueError: too short to hold even the nonce
            raise DecryptionError("该字段的密文校验失败，可能已被改动。") from None

    def blind_index(self, tenant_id: int, field: str, value: str) -> bytes:
        """A keyed digest (16 bytes) of the normalised value; equal values of one tenant and field are equal."""
        normal = unicodedata.normalize("NFKC", value).strip().casefold()
        key = _derive(self._index_master, f"index/{field}", tenant_id)
        return hmac.new(key, normal.encode(), sha256).digest()[:INDEX_BYTES]

    def fingerprint(self, tenant_id: int, content: bytes) -> str:
        """A keyed digest of a file in hexadecimal: the same for the same file of one tenant, telling nobody which."""
        return hmac.new(_derive(self._index_master, "blob", tenant_id), content, sha256).hexdigest()


def mask_name(name: str) -> str:
    """``王*`` for 王小明: lists show a surname and nothing else."""
    return f"{name[:1]}*" if name else ""


def mask_phone(phone: str) -> str:
    """``138****1234``; a short number keeps its last two digits."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else f"****{phone[-2:]}"


def mask_id_number(number: str) -> str:
    """The last four characters of an identity number."""
    return f"**************{number[-4:]}"
