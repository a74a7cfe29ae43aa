"""查询码: by number and code, and by nothing else, a petitioner without an account comes to one case (条例 art. 21).

Sixteen characters of chance (80 bits) in groups of four. Only a keyed digest is kept, keyed for the union as well, so
that a code of one union opens nothing in another even if two were equal; whoever loses it is given a new one.
"""

from __future__ import annotations

import hmac
import re
import secrets
import unicodedata
import uuid
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKeyConstraint, LargeBinary, UniqueConstraint, Uuid, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from access.actor import Work
from access.roles import Role
from audit.services import record
from cases import policy
from cases.models import Case
from kernel.crypto import FieldCipher
from kernel.db import Base, TenantOwned, TenantSession
from kernel.errors import ForbiddenError, NotFoundError

#: Digits and capitals without I, L, O and U, which people and fonts mistake for others (Crockford's base 32).
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, GROUP = 16, 4
_FIELD = "query_code"
_MISTAKEN = str.maketrans("OILU", "011V")
_NUMBER = re.compile(r"(\d{4})\D*(\d{1,9})$")


class QueryCode(TenantOwned, Base):
    """The one code of a case that is good now; a new one takes its place."""

    __tablename__ = "query_codes"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "case_id"], ["cases.tenant_id", "cases.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["tenant_id", "given_by"], ["users.tenant_id", "users.id"]),
        UniqueConstraint("tenant_id", "digest"),
        CheckConstraint("octet_length(digest) = 16", name="keyed_digest"),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    given_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    #: ``None``: the worker's door gave it to whoever filed the case there.
    given_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)


def new_code() -> str:
    """A fresh code, without its dashes."""
    return "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))


def from_bytes(chance: bytes) -> str:
    """A code made of at least ten bytes of somebody's chance.

    :raises ValueError: for fewer.
    """
    if len(chance) * 8 < LENGTH * 5:
        raise ValueError("too little chance for a code")
    number = int.from_bytes(chance[:10], "big")
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(LENGTH)))


def spaced(code: str) -> str:
    """As people read it: ``7K3M-Q9XR-2TDF-8WHN``."""
    return "-".join(code[place : place + GROUP] for place in range(0, LENGTH, GROUP))


def normal(text: str) -> str | None:
    """A typed code without dashes, in capitals, with look-alikes put right; ``None`` when it cannot be one."""
    cleaned = re.sub(r"[\s\-‐-―－_.·]", "", unicodedata.normalize("NFKC", text)).upper().translate(_MISTAKEN)
    return cleaned if re.fullmatch(f"[{ALPHABET}]{{{LENGTH}}}", cleaned) else None


def short_number(text: str) -> str:
    """Year and sequence of a case number, however its brackets were typed: ``2026/123``; empty when it has none."""
    cleaned = re.sub(r"[\s号]", "", unicodedata.normalize("NFKC", text))[-40:]
    found = _NUMBER.search(cleaned)
    return f"{found.group(1)}/{int(found.group(2))}" if found else ""


def give(work: Work, case: Case, code: str | None = None) -> str:
    """Give a case its code, or a new one in place of the old, which is worth nothing from now on.

    Returns the code, which is kept nowhere. ``code`` is for the worker's door, which must be able to say the same
    code again when the same form arrives twice.

    :raises ForbiddenError: for roles that do not receive petitioners.
    """
    if not policy.may_register(work.actor):
        raise ForbiddenError("查询码由登记员、承办人或者信访部门负责人发放。")
    code = code or new_code()
    earlier = held(work.session, case.id)
    values = {
        "digest": _digest(work.cipher, work.tenant_id, code),
        "given_at": work.clock.now(),
        "given_by": work.actor.user_id,
    }
    work.session.execute(
        insert(QueryCode)
        .values(tenant_id=work.tenant_id, case_id=case.id, **values)
        .on_conflict_do_update(index_elements=["tenant_id", "case_id"], set_=values)
    )
    if earlier is not None:
        work.session.expire(earlier)
    what = "case:code_again" if earlier is not None else "case:code"
    record(work, what, subject_type="case", subject_id=case.id, data={"number": case.number})
    return code


def give_by_number(work: Work, number: str) -> str:
    """As :func:`give`, for a case that the actor sees.

    :raises NotFoundError: when it is not there or not theirs to see.
    """
    statement = select(Case).where(
        Case.tenant_id == work.tenant_id, Case.number == number, policy.visible(work.actor)
    )
    case = work.session.scalars(statement.with_for_update(of=Case)).first()
    if case is None:
        raise NotFoundError
    return give(work, case)


def held(session: TenantSession, case_id: UUID) -> QueryCode | None:
    """When and by whom the present code was given."""
    return session.scalars(
        select(QueryCode).where(QueryCode.tenant_id == session.tenant_id, QueryCode.case_id == case_id)
    ).first()


def open_case(work: Work, number: str, typed: str) -> tuple[Case, QueryCode] | None:
    """The case of number and code, or ``None``: for a wrong number, a wrong code and another union's code alike.

    Always one statement and one comparison, whatever was typed; the caller counts attempts before it asks.

    :raises ForbiddenError: for anybody but the worker's door.
    """
    if not work.actor.holds(Role.SYSTEM):
        raise ForbiddenError
    digest = _digest(work.cipher, work.tenant_id, normal(typed) or "?")
    row = work.session.execute(
        select(Case, QueryCode)
        .join(QueryCode, (QueryCode.tenant_id == Case.tenant_id) & (QueryCode.case_id == Case.id))
        .where(QueryCode.tenant_id == work.tenant_id, QueryCode.digest == digest)
    ).first()
    known = short_number(row[0].number) if row is not None else "?"
    same = hmac.compare_digest(short_number(number).encode(), known.encode())
    return (row[0], row[1]) if row is not None and same else None


def stamp(code: QueryCode) -> str:
    """By which a visit notices that the code it began with was replaced. Tells nothing about the code."""
    return code.digest.hex()[:12]


def is_code(work: Work, case_id: UUID, code: str) -> bool:
    """Whether this is the code that the case has now."""
    row = held(work.session, case_id)
    return row is not None and hmac.compare_digest(row.digest, _digest(work.cipher, work.tenant_id, code))


def _digest(cipher: FieldCipher, tenant_id: int, code: str) -> bytes:
    return cipher.blind_index(tenant_id, _FIELD, code)
