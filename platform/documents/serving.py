"""送达: how a paper reached its addressee, with proof (送达回证). Whoever waits for it listens on the bus."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from access.actor import Work
from audit.services import record
from documents.models import Document, Serving
from kernel.db import TenantSession
from kernel.errors import InvalidError

#: 签收, 拒收（留置送达）, 已寄出待回证, 退回.
OUTCOMES: dict[str, str] = {"signed": "签收", "refused": "拒收", "sent": "已寄出，待签收", "returned": "退回未送达"}
RECEIVERS: dict[str, str] = {"self": "本人", "agent": "代理人", "family": "同住成年家属", "unit": "所在单位"}
#: Outcomes with which the paper counts as served: the petitioner's time to ask for a review runs from then.
#: A refusal counts: it is noted and the paper left (留置).
SERVED = frozenset({"signed", "refused"})
POST = "post"
_MAX_TRACKING, _MAX_NOTE = 40, 500


@dataclass(frozen=True, slots=True)
class DocumentServed:
    """A paper counts as served from this day; announced in the transaction that records it."""

    document: Document
    served_on: date


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
    """Record one attempt to serve a paper; :class:`DocumentServed` is published when it counts as served.

    ``ways`` are the codes of the union's 送达方式; empty: the caller has checked. ``told`` is false where the
    caller's own event says the same.

    :raises InvalidError: for an unknown way, a day before the paper or after today, a letter without its number, a
        signature that nobody gave, and a second service of a paper that was served.
    """
    problems: dict[str, str] = {}
    if ways and way not in ways:
        problems["way"] = "请选择送达方式。"
    if outcome not in OUTCOMES:
        problems["outcome"] = "请选择送达结果。"
    if receiver is not None and receiver not in RECEIVERS:
        problems["receiver"] = "请选择签收人。"
    if ways and outcome == "signed" and receiver is None:
        problems["receiver"] = "请选择由谁签收。"
    if served_on > work.clock.today():
        problems["served_on"] = "送达日期不能晚于今天。"
    elif served_on < document.issued_on:
        problems["served_on"] = "送达日期不能早于文书出具之日。"
    tracking, note = tracking.strip(), note.strip()
    if ways and way == POST and not tracking:
        problems["tracking"] = "邮寄送达的，请填写邮件编号。"
    if len(tracking) > _MAX_TRACKING or len(note) > _MAX_NOTE:
        problems["note"] = f"邮件编号不超过{_MAX_TRACKING}个字，备注不超过{_MAX_NOTE}个字。"
    if not problems and outcome in SERVED and served_day(of_document(work.session, document.id)) is not None:
        problems["outcome"] = "这份文书已经送达，不能再登记一次送达；补充情况请写入办理记录。"
    if problems:
        raise InvalidError("；".join(dict.fromkeys(problems.values())), fields=problems)
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
    if outcome in SERVED:
        work.bus.publish(work, DocumentServed(document, served_on))
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
