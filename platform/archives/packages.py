"""The file that an export is: a ZIP of members with a manifest of their hashes, written and read as streams."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from archives.seals import SALT_BYTES, WORK, Seal, check_passphrase
from kernel.errors import ConflictError, InvalidError

FORMAT, VERSION = "lianxin-export", 1
MANIFEST = "manifest.json"
#: The place to which the value is bound that tells a right passphrase from a wrong one.
_CHECK = "passphrase"
_CHUNK = 256 * 1024
#: A manifest lists tables and files; one larger than this was not written by us.
_LONGEST_MANIFEST = 64 * 1024 * 1024


class Writer:
    """A package that is being written; it has its name only once it is whole."""

    def __init__(self, target: Path, passphrase: str) -> None:
        salt = os.urandom(SALT_BYTES)
        self.seal = Seal(check_passphrase(passphrase), salt, **WORK)
        self._kdf = {"name": "scrypt", "salt": base64.b64encode(salt).decode(), **WORK}
        self._members: dict[str, dict[str, Any]] = {}
        self._target, self._part = target, target.with_name(target.name + ".part")
        if target.exists():
            raise ConflictError(f"文件 {target.name} 已存在，不会覆盖：请换一个文件名，或先移走旧文件。")
        try:
            # For its owner only, from the first byte: it holds a whole union's work.
            handle = os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        except OSError as error:
            raise InvalidError(f"不能写入 {target}：{error.strerror}。") from None
        self._file = os.fdopen(handle, "wb")
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED, compresslevel=6)

    @contextmanager
    def member(self, name: str) -> Iterator[Callable[[bytes], None]]:
        """A member that grows by what is handed to the function; its hash and its size enter the manifest."""
        digest, size = sha256(), 0
        with self._zip.open(name, "w", force_zip64=True) as stream:

            def write(data: bytes) -> None:
                nonlocal size
                stream.write(data)
                digest.update(data)
                size += len(data)

            yield write
        self._members[name] = {"sha256": digest.hexdigest(), "bytes": size}

    def finish(self, told: Mapping[str, Any]) -> str:
        """Write the manifest, close the file, give it its name; the manifest's own SHA-256 in hexadecimal."""
        manifest = {
            "format": FORMAT,
            "version": VERSION,
            **told,
            "kdf": self._kdf,
            "passphrase_check": base64.b64encode(self.seal.close(b"lianxin", _CHECK)).decode(),
            "members": self._members,
        }
        manifest["signature"] = self.seal.sign(_canonical(manifest))
        text = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        self._zip.writestr(MANIFEST, text)
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._part.replace(self._target)
        return sha256(text).hexdigest()

    def abandon(self) -> None:
        """Remove what was written; nothing that looks like an export is left."""
        self._zip.close()
        self._file.close()
        self._part.unlink(missing_ok=True)


class Reader:
    """A package of which every byte has been checked before anything of it is believed."""

    def __init__(self, source: Path, passphrase: str) -> None:
        try:
            self._zip = zipfile.ZipFile(source)
        except OSError as error:
            raise InvalidError(f"不能打开 {source}：{error.strerror}。") from None
        except zipfile.BadZipFile:
            raise InvalidError(f"{source.name} 不是连心桥的导出文件，或者已经损坏。") from None
        try:
            self.manifest, self.digest = self._read_manifest()
            self.seal = self._seal(passphrase)
            self._check_members()
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
            self._zip.close()
            raise InvalidError(f"{source.name} 已经损坏，不能恢复：请使用另一份完好的导出文件。") from None
        except BaseException:
            self._zip.close()
            raise

    def close(self) -> None:
        """Give the file back."""
        self._zip.close()

    def has(self, name: str) -> bool:
        """Whether the package has a member of this name."""
        return name in self.manifest["members"]

    def lines(self, name: str) -> Iterator[dict[str, Any]]:
        """The rows of a member in JSON Lines."""
        with self._zip.open(name) as stream:
            for line in stream:
                yield json.loads(line)

    def whole(self, name: str) -> bytes:
        """A member that fits into memory."""
        return self._zip.read(name)

    def _read_manifest(self) -> tuple[dict[str, Any], str]:
        try:
            if self._zip.getinfo(MANIFEST).file_size > _LONGEST_MANIFEST:
                raise InvalidError("导出文件的清单异常，已拒绝打开。")
            text = self._zip.read(MANIFEST)
            manifest = json.loads(text)
        except (KeyError, ValueError):
            raise InvalidError("文件里没有可读的清单（manifest.json），不是连心桥的导出文件。") from None
        if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
            raise InvalidError("文件里没有可读的清单（manifest.json），不是连心桥的导出文件。")
        if manifest.get("version") != VERSION:
            raise InvalidError(f"导出文件的格式版本（{manifest.get('version')}）本程序不认识，请升级程序后再恢复。")
        return manifest, sha256(text).hexdigest()

    def _seal(self, passphrase: str) -> Seal:
        try:
            kdf = dict(self.manifest["kdf"])
            salt = base64.b64decode(kdf["salt"], validate=True)
            work = {name: int(kdf[name]) for name in WORK}
            check = base64.b64decode(self.manifest["passphrase_check"], validate=True)
            signature = str(self.manifest["signature"])
        except (KeyError, TypeError, ValueError, binascii.Error):
            raise InvalidError("导出文件的清单不完整，文件可能已损坏。") from None
        seal = Seal(passphrase, salt, **work)
        try:
            seal.open(check, _CHECK)
        except InvalidError:
            raise InvalidError("口令不正确，不能打开导出文件。") from None
        unsigned = {name: value for name, value in self.manifest.items() if name != "signature"}
        if not hmac.compare_digest(seal.sign(_canonical(unsigned)), signature):
            raise InvalidError("导出文件的清单被改动过，已拒绝恢复。")
        return seal

    def _check_members(self) -> None:
        listed = self.manifest["members"]
        found = [name for name in self._zip.namelist() if name != MANIFEST]
        if sorted(found) != sorted(listed):
            odd = sorted(set(found) ^ set(listed)) or sorted(found)
            raise InvalidError(f"导出文件的内容与清单不符（{odd[0]}），已拒绝恢复。")
        for name, told in listed.items():
            digest, size = sha256(), 0
            with self._zip.open(name) as stream:
                while chunk := stream.read(_CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
                    if size > told["bytes"]:
                        break
            if size != told["bytes"] or digest.hexdigest() != told["sha256"]:
                raise InvalidError(f"导出文件中的 {name} 与清单的校验值不符，文件被改动或损坏，已拒绝恢复。")


def _canonical(manifest: Mapping[str, Any]) -> bytes:
    return json.dumps(manifest, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
