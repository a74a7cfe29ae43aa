"""Where files lie: outside the database, as sealed bytes under a name that says nothing but whose they are.

A store knows neither keys nor people; sealing is its caller's business (``documents.blobs``). Writing happens before
the row that names the blob is committed and removing after: a crash in between leaves a blob that no row names,
which a duty sweeps away, and never a row without its blob.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from kernel.errors import LianxinError, SettingsError, UnavailableError
from kernel.settings import Settings


class MissingBlobError(LianxinError):
    """A row names a blob that the store does not have: for operators, and never the reader's fault."""

    code = "missing_blob"

    def __init__(self, message: str = "文件存储中找不到这个文件，请联系平台管理员。") -> None:
        super().__init__(message)


class Store(Protocol):
    """Named bytes. Names are ``<tenant>/<…>`` in ASCII; a prefix ends with a slash."""

    def write(self, name: str, content: bytes, /) -> None:
        """Keep ``content`` whole or not at all, and make it newer when the name is known already.

        :raises UnavailableError: when the store cannot be reached or is full.
        """
        ...

    def read(self, name: str, /) -> bytes:
        """The bytes again.

        :raises MissingBlobError: when there is no such name.
        :raises UnavailableError: as :meth:`write`.
        """
        ...

    def remove(self, name: str, /) -> None:
        """Forget a name; one that is not there is forgotten already."""
        ...

    def names(self, prefix: str, /) -> Iterator[tuple[str, datetime]]:
        """Names below a prefix with the moment in which each was last written."""
        ...

    def check(self) -> None:
        """Write, read and remove a byte, so that a start finds out and not the first upload.

        :raises UnavailableError: saying what does not work.
        """
        ...


class FileStore:
    """A folder of this machine, or one that all machines have mounted."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def write(self, name: str, content: bytes) -> None:
        """As :meth:`Store.write`; a rename makes it whole or nothing."""
        path = self._path(name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, part = tempfile.mkstemp(dir=path.parent, prefix=".part-")
            try:
                with os.fdopen(handle, "wb") as stream:
                    stream.write(content)
                    stream.flush()
                    os.fsync(stream.fileno())
                Path(part).replace(path)
            except BaseException:
                Path(part).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise unavailable(error.strerror) from None

    def read(self, name: str) -> bytes:
        """As :meth:`Store.read`."""
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            raise MissingBlobError from None
        except OSError as error:
            raise unavailable(error.strerror) from None

    def remove(self, name: str) -> None:
        """As :meth:`Store.remove`."""
        self._path(name).unlink(missing_ok=True)

    def names(self, prefix: str) -> Iterator[tuple[str, datetime]]:
        """As :meth:`Store.names`; parts of a write that a crash cut off are listed too, so that they are swept."""
        for path in sorted(self._path(prefix).rglob("*")):
            if path.is_file():
                moment = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
                yield path.relative_to(self._root).as_posix(), moment

    def check(self) -> None:
        """As :meth:`Store.check`."""
        try_out(self)

    def _path(self, name: str) -> Path:
        parts = name.strip("/").split("/")
        if any(part in ("", "..", ".") for part in parts) or "\\" in name:
            raise ValueError("not a blob's name")
        return self._root.joinpath(*parts)


class NoStore:
    """What a unit of work has that was made without a store: every wish is refused."""

    def write(self, _name: str, _content: bytes, /) -> None:
        """Refuse."""
        raise unavailable(None)

    def read(self, _name: str, /) -> bytes:
        """Refuse."""
        raise unavailable(None)

    def remove(self, _name: str, /) -> None:
        """Refuse."""
        raise unavailable(None)

    def names(self, _prefix: str, /) -> Iterator[tuple[str, datetime]]:
        """Refuse."""
        raise unavailable(None)

    def check(self) -> None:
        """Refuse."""
        raise unavailable(None)


#: Looks at a file's bytes and gives the name of what it found, ``None`` for a clean one.
Scan = Callable[[bytes], str | None]


@dataclass(frozen=True, slots=True)
class Files:
    """What a process does with files: the store, and who looks at what comes in (``None``: nobody was configured)."""

    store: Store
    scan: Scan | None = None


NO_FILES = Files(NoStore())


def files_of(settings: Settings) -> Files:
    """The store and the scanner that the settings name.

    :raises SettingsError: for an address that is none.
    """
    from kernel.scanning import scanner_of

    return Files(store_of(settings.blob_url), scanner_of(settings.clamd_url))


def store_of(url: str) -> Store:
    """The store behind ``file:///folder`` or ``s3://bucket/prefix?endpoint=https://host&region=name``.

    :raises SettingsError: for any other address.
    """
    parts = urlsplit(url)
    if parts.scheme == "file" and not parts.netloc and len(parts.path) > 1:
        return FileStore(Path(parts.path))
    if parts.scheme == "s3" and parts.netloc:
        from kernel.buckets import BucketStore

        return BucketStore.from_url(url)
    raise SettingsError("LIANXIN_BLOB_URL 应为 file:///目录 或 s3://存储桶/前缀?endpoint=https://主机。")


def try_out(store: Store) -> None:
    name, content = "check/probe", b"lianxin"
    store.write(name, content)
    same = store.read(name) == content
    store.remove(name)
    if not same:
        raise UnavailableError("文件存储读回的内容与写入的不同，请检查 LIANXIN_BLOB_URL 所指的存储。")


def unavailable(reason: str | None) -> UnavailableError:
    return UnavailableError(
        f"文件存储暂时不可用{f'（{reason}）' if reason else ''}，文件没有保存，请稍后再试或联系平台管理员。"
    )
