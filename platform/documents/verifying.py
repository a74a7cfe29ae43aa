"""验证码: a code on every issued paper by which anybody can ask whether it is genuine, and learn nothing else.

The code says whose books to look in, so that nobody ever has to look into all of them: the first four characters are
the union's number, the other ten are chance (4 × 10^14 for each union, and the door lets few be tried).
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from documents.models import Document
from kernel.db import TenantSession

#: Without 0/O, 1/I/L and V/U, which people and phones mistake for one another.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ"
_UNION, _CHANCE = 4, 10
_PRIME, _SHIFT = 500_009, 123_457
_SIZE: int = len(ALPHABET) ** _UNION
_INVERSE: int = pow(_PRIME, -1, _SIZE)


@dataclass(frozen=True, slots=True)
class Genuine:
    """All that the public is told of a paper: neither who it is about nor what it says.

    Not its title either: people write names into titles.
    """

    kind: str
    number: str
    issued_on: date


def new_code(tenant_id: int) -> str:
    """A fresh code of one union's.

    :raises ValueError: above 707,281 unions, which the four characters cannot tell apart.
    """
    if not 0 <= tenant_id < _SIZE:
        raise ValueError("too many unions for the code")
    # Scattered only so that neighbouring unions do not read alike; the union's name is on the paper anyway.
    place = (tenant_id * _PRIME + _SHIFT) % _SIZE
    union = ""
    for _digit in range(_UNION):
        place, rest = divmod(place, len(ALPHABET))
        union = ALPHABET[rest] + union
    return union + "".join(secrets.choice(ALPHABET) for _digit in range(_CHANCE))


def normal(text: str) -> str | None:
    """A typed code without its dashes and in capitals; ``None`` when it cannot be one."""
    cleaned = re.sub(r"[\s\-—－]", "", text).upper()
    return cleaned if re.fullmatch(f"[{ALPHABET}]{{{_UNION + _CHANCE}}}", cleaned) else None


def tenant_of(code: str) -> int:
    """The number of the union that a well-formed code names, whether there is such a union or not."""
    place = 0
    for character in code[:_UNION]:
        place = place * len(ALPHABET) + ALPHABET.index(character)
    return (place - _SHIFT) * _INVERSE % _SIZE


def find(session: TenantSession, code: str) -> Genuine | None:
    """What is told about the paper with this code in the session's union."""
    statement = select(Document.kind, Document.number, Document.issued_on).where(
        Document.tenant_id == session.tenant_id, Document.code == code
    )
    row = session.execute(statement).first()
    return Genuine(row.kind, row.number, row.issued_on) if row else None
