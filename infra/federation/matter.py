"""One kind of complaint, with slots."""

from __future__ import annotations

from dataclasses import dataclass

from cases.rules import Purpose


@dataclass(frozen=True, slots=True)
class Matter:
    """One kind of complaint. ``weight`` is its share; ``winter`` marks what grows before Spring Festival."""

    category: str
    weight: float
    titles: tuple[str, ...]
    stories: tuple[str, ...]
    claims: tuple[str, ...]
    finding: str
    basis: str
    purpose: Purpose = Purpose.REQUEST
    winter: bool = False
