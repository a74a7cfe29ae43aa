"""How one union stands to another. Pure; ``tenants.relations`` finds it in the tree."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Relation(StrEnum):
    """Which way a letter would travel from one union to another."""

    UP = "up"
    DOWN = "down"
    #: Neither leads the other: only through the nearest superior of both (共同的上一级).
    SIDEWAYS = "sideways"
    #: From a union that ended to the one that carries its matters on (机构承继).
    SUCCESSION = "succession"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where ``b`` stands, seen from ``a``.

    ``kind`` is ``None`` for strangers and for a union and itself; ``depth`` counts levels on the way (up, or down, or
    up to the common superior); ``second_line`` marks the other one of two superiors (双重领导).
    """

    kind: Relation | None
    depth: int = 0
    common_superior_id: int | None = None
    second_line: bool = False
