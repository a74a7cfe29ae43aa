"""A file of any size as a row of sealed parts in the blob store: written once from front to back, read the same way.

Neither side ever holds more than one part in memory. The row that names the parts is its caller's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256

from access.actor import Work
from documents import blobs

#: Bytes of one part in clear; sealing holds it twice.
PART_BYTES = 2 * 1024 * 1024


class PartWriter:
    """A stream to write bytes to; it cannot be read, and nobody can go back in it."""

    def __init__(self, work: Work, *, part_bytes: int = PART_BYTES) -> None:
        self._work, self._part_bytes = work, part_bytes
        self._waiting = bytearray()
        self._abandoned = False
        self._digest = sha256()
        #: Keys of the parts that are in the store already.
        self.keys: list[str] = []
        #: Bytes written so far.
        self.size = 0

    def write(self, content: bytes) -> int:
        """Take bytes; whole parts go to the store at once.

        :raises UnavailableError: when the store is away.
        """
        if self._abandoned:
            return len(content)
        self._digest.update(content)
        self.size += len(content)
        self._waiting += content
        while len(self._waiting) >= self._part_bytes:
            self._keep(self._part_bytes)
        return len(content)

    def abandon(self) -> None:
        """Take no more: what still arrives is dropped, and parts that no row names are swept some day."""
        self._abandoned = True

    def flush(self) -> None:
        """Nothing: a part goes when it is full, and the last one with :meth:`finish`."""

    def finish(self) -> str:
        """Keep what is left and return the SHA-256 of the whole in hexadecimal.

        :raises UnavailableError: when the store is away.
        """
        if self._waiting:
            self._keep(len(self._waiting))
        return self._digest.hexdigest()

    def _keep(self, count: int) -> None:
        self.keys.append(blobs.keep(self._work, bytes(self._waiting[:count])))
        del self._waiting[:count]


def read(work: Work, keys: Sequence[str]) -> Iterator[bytes]:
    """The parts again, one at a time; needs the store and the keys of ``work``, and no transaction.

    :raises MissingBlobError, UnavailableError, DecryptionError: as :func:`documents.blobs.fetch`.
    """
    for key in keys:
        yield blobs.fetch(work, key)
