"""送达: how a paper reached its addressee, with proof (送达回证). What follows is for others."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select

from access.actor import Work
from audit.services import record
from documents.models import Document, Serving
from documents.outcomes import OUTCOMES, RECEIVERS, SERVED, problems
from kernel.db import TenantSession
from kernel.errors import InvalidError

__all__ = ["OUTCOMES", "RECEIVERS", "SERVED", "of_document", "of_documents", "serve", "served_day"]


def serve(
    work: Work,
    document: Document,
    *,
    way: str,
    served_on: date,
    outcome: str = "signed",
    receiver: str | None = None,
    tracking: str = "",
    note: str = "",
    ways: Collection[str] = (),
    told: bool = True,
) -> Serving:
    """Record one attempt to serve a paper.

    ``ways`` are the codes of the union's 送达方式; empty: the caller has checked. ``told`` is false where the
    caller's own event says the same.

    :raises InvalidError: for an unknown way, a day before the paper or after today, a letter without its number,
        somebody who took it unnamed by kind, and a second service of a paper that was served.
    """
    tracking, note = tracking.strip(), note.strip()
    wrong = problems(way=way, outcome=outcome, receiver=receiver, tracking=tracking, note=note)
    if ways and way not in ways:
        wrong["way"] = "请选择送达方式。"
    if served_on > work.clock.today():
        wrong["served_on"] = "送达日期不能晚于今天。"
    elif served_on < document.issued_on:
        wrong["served_on"] = "送达日期不能早于文书出具之日。"
    if not wrong and outcome in SERVED and served_day(of_document(work.session, document.id)) is not None:
        wrong["outcome"] = "这份文书已经送达，不能再登记一次送达；补充情况请写入办理记录。"
    if wrong:
        raise InvalidError("；".join(dict.fromkeys(wrong.values())), fields=wrong)
    serving = Serving(
        document_id=document.id,
        way=way,
        served_on=served_on,
        outcome=outcome,
        receiver=receiver,
        tracking=tracking or None,
        note=note or None,
        recorded_by=work.actor.user_id,
        recorded_at=work.clock.now(),
    )
    work.session.add(serving)
    work.session.flush()
    if told:
        record(
            work,
            "case:serve_paper",
            subject_type="case",
            subject_id=document.subject_id,
            data={
                "paper": document.number,
                "delivery": way,
                "delivered_on": served_on.isoformat(),
                "served": outcome,
                "receiver": receiver,
                "tracking": tracking or None,
            },
        )
    return serving


def of_document(session: TenantSession, document_id: UUID) -> Sequence[Serving]:
    """Every attempt, oldest first."""
    statement = select(Serving).where(Serving.document_id == document_id).order_by(Serving.recorded_at, Serving.id)
    return session.scalars(statement).all()


def of_documents(session: TenantSession, documents: Collection[UUID]) -> dict[UUID, list[Serving]]:
    """Attempts by paper, oldest first, in one statement."""
    found: dict[UUID, list[Serving]] = {}
    if documents:
        statement = select(Serving).where(Serving.document_id.in_(documents))
        for serving in session.scalars(statement.order_by(Serving.recorded_at, Serving.id)):
            found.setdefault(serving.document_id, []).append(serving)
    return found


def served_day(servings: Sequence[Serving]) -> date | None:
    """From which day the paper counts as served; ``None`` while it does not."""
    return next((serving.served_on for serving in servings if serving.outcome in SERVED), None)
