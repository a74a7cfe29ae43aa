"""Give numbers and issue documents. What was issued is frozen: its hash stands in the row and in the log."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as pg_insert

from access.actor import Work
from documents.models import Document, NumberCounter
from documents.verifying import new_code
from kernel.db import TenantSession


def take_numbers(session: TenantSession, series: str, year: int, count: int = 1) -> range:
    """Reserve ``count`` consecutive numbers; the counter row stays locked until commit, so none doubles."""
    statement = (
        pg_insert(NumberCounter)
        .values(tenant_id=session.tenant_id, series=series, year=year, last=count)
        .on_conflict_do_update(
            index_elements=["tenant_id", "series", "year"],
            set_={"last": NumberCounter.last + count},
        )
        .returning(NumberCounter.last)
    )
    last = session.execute(statement).scalar_one()
    return range(last - count + 1, last + 1)


def format_number(code: str, year: int, number: int) -> str:
    """``A市总信〔2026〕000123``: 机关代字, year and a six-digit sequence."""
    return f"{code}〔{year}〕{number:06d}"


def issue(
    work: Work,
    *,
    subject_id: UUID,
    kind: str,
    code: str,
    title: str,
    body: list[dict[str, Any]],
    issued_on: date,
) -> Document:
    """Number and keep one document for a subject, with its verification code and the hash of its text."""
    taken = take_numbers(work.session, f"document:{kind}", issued_on.year)[0]
    number = format_number(code, issued_on.year, taken)
    document = Document(
        subject_id=subject_id,
        kind=kind,
        number=number,
        code=new_code(work.tenant_id),
        digest=digest(number, title, body, issued_on),
        title=title,
        body=body,
        issued_on=issued_on,
        issued_by=work.actor.user_id,
    )
    work.session.add(document)
    work.session.flush()
    return document


def digest(number: str, title: str, body: list[dict[str, Any]], issued_on: date) -> bytes:
    """SHA-256 of a paper's frozen text: whoever holds the log can tell whether the row is still what was issued."""
    # What papers without tables were signed as stays what it was.
    parts = [
        [part.get("heading"), part.get("text"), *([part["table"], part.get("after")] if part.get("table") else [])]
        for part in body
    ]
    told = [number, title, parts, issued_on.isoformat()]
    return sha256(json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).digest()


def of_subject(session: TenantSession, subject_id: UUID) -> Sequence[Document]:
    """Documents of one subject, oldest first."""
    return session.scalars(
        select(Document).where(Document.subject_id == subject_id).order_by(Document.created_at, Document.id)
    ).all()
