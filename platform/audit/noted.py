"""Heads of chains that were noted outside the database, as text: one ``SLUG:SEQ:HASH`` a line. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kernel.errors import InvalidError

DIGEST_BYTES = 32


@dataclass(frozen=True, slots=True)
class Noted:
    """The last link of a union's chain as somebody wrote it down; ``digest`` is empty for an empty chain."""

    slug: str
    seq: int
    digest: bytes

    def __str__(self) -> str:
        return f"{self.slug}:{self.seq}:{self.digest.hex()}"


def parse(text: str) -> Noted:
    """One head.

    :raises InvalidError: for anything else, with what was written.
    """
    slug, _, rest = text.strip().partition(":")
    number, _, digest = rest.partition(":")
    try:
        found = Noted(slug, int(number), bytes.fromhex(digest))
    except ValueError:
        found = None
    if found is None or not slug or found.seq < 0 or len(found.digest) != (DIGEST_BYTES if found.seq else 0):
        raise InvalidError(f"链尾“{text.strip()[:60]}”格式不正确：应为 组织标识:条数:校验值。")
    return found


def parse_all(lines: Iterable[str]) -> list[Noted]:
    """Every head of a file; empty lines and lines that begin with ``#`` are left out.

    :raises InvalidError: as :func:`parse`, and for a file without any: it would make every chain look well.
    """
    found = [parse(line) for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if not found:
        raise InvalidError("留存的链尾文件是空的，无从比对。")
    return found
