"""Answers kept by ``Idempotency-Key``, so that a client that lost an answer may ask again without doing it twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import DateTime, Integer, LargeBinary, Text, delete, func, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.orm import Mapped, mapped_column

from kernel.db import Base, TenantOwned, TenantSession
from kernel.errors import ConflictError, InvalidError


class IdempotencyKey(TenantOwned, Base):
    """The first answer to a key of one account; the same key with another body is an error."""

    __tablename__ = "idempotency_keys"

    user_key: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    request_hash: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int | None] = mapped_column(Integer)
    body: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


def purge(session: TenantSession, *, older_than: timedelta) -> None:
    """Forget the session's tenant's answers that are older; a client that still asks then does a new thing."""
    session.execute(
        delete(IdempotencyKey).where(
            IdempotencyKey.tenant_id == session.tenant_id, IdempotencyKey.created_at < func.now() - older_than
        )
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer that was given before."""

    status: int
    body: dict[str, Any]


def claim(session: TenantSession, *, user_key: str, key: str, request_hash: bytes) -> Kept | None:
    """Take a key in the caller's transaction: ``None`` says go on and :func:`keep` the answer.

    A request with the same key that runs at the same moment waits here for the first one's end: it gets the first
    one's answer after a commit, and the key after a rollback. So there is no state “in progress” to clean up.

    :raises InvalidError: when the key was used for another request.
    :raises ConflictError: when the key was purged at this very moment; asking again is safe.
    """
    taken = session.execute(
        pg_insert(IdempotencyKey)
        .values(tenant_id=session.tenant_id, user_key=user_key, key=key, request_hash=request_hash)
        .on_conflict_do_nothing()
        .returning(IdempotencyKey.key)
    )
    if taken.first() is not None:
        return None
    # A statement of its own, so that it sees what the first request committed while this one waited.
    found = session.execute(
        select(IdempotencyKey.request_hash, IdempotencyKey.status, IdempotencyKey.body).where(
            IdempotencyKey.tenant_id == session.tenant_id,
            IdempotencyKey.user_key == user_key,
            IdempotencyKey.key == key,
        )
    ).first()
    if found is None or found.status is None or found.body is None:
        raise ConflictError
    if found.request_hash != request_hash:
        raise InvalidError("这个 Idempotency-Key 已用于另一个请求，请换一个新的值。", code="idempotency_key_reused")
    return Kept(found.status, found.body)


def keep(session: TenantSession, *, user_key: str, key: str, answer: Kept) -> None:
    """Store the answer beside its effect, in the transaction that claimed the key."""
    session.execute(
        update(IdempotencyKey)
        .where(
            IdempotencyKey.tenant_id == session.tenant_id,
            IdempotencyKey.user_key == user_key,
            IdempotencyKey.key == key,
        )
        .values(status=answer.status, body=answer.body)
    )
