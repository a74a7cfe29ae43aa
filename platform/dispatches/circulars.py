"""通报: one circular to every union below, in one transaction, and nobody is left out in silence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from access.actor import Work
from access.roles import Role
from audit.services import record
from calendars.deadlines import add_calendar_days
from dispatches import carriage, posting
from dispatches.drafts import Draft, NewFile
from dispatches.kinds import REPLY_DAYS, LetterKind
from dispatches.models import Letter, LetterEvent
from dispatches.sending import matter_of, number_of
from dispatches.workflow import LetterStatus, Side, senders
from kernel.errors import InvalidError
from kernel.ids import uuid7
from kernel.outbox import OutboxMessage
from notices.services import post
from tenants import queries as tenants
from tenants.models import Tenant, TenantClosure

#: Unions addressed at once. Each written row is checked against the whole list, so one list for all would cost the
#: square of their number.
CHUNK = 200
#: Names in one notice; the page of the circular has them all.
_NAMED = 10


def send_circular(
    work: Work,
    *,
    subject: str,
    reason: str,
    request: str = "",
    files: Sequence[NewFile] = (),
    case_number: str | None = None,
) -> UUID:
    """Send one circular to the whole subtree (one letter each, one number) and return its batch.

    Unions that do not work on the platform now, and those that a sealed case accuses, get none; the sender's office
    is told which (``queries.batch`` lists them).

    :raises ForbiddenError: for a role that the table does not name.
    :raises NotFoundError: for a case that the actor does not see.
    :raises InvalidError: with a sentence a field, and when no union below could get it.
    """
    work.actor.require(senders(LetterKind.CIRCULAR))
    draft = Draft(LetterKind.CIRCULAR, 0, subject, reason, request, case_number=case_number, files=files)
    matter = matter_of(work, draft)
    below = work.session.scalars(
        select(Tenant)
        .join(TenantClosure, TenantClosure.descendant_id == Tenant.id)
        .where(TenantClosure.ancestor_id == work.tenant_id, TenantClosure.depth > 0, Tenant.status != "closed")
        .order_by(Tenant.id)
    ).all()
    reached = [union for union in below if union.status == "active" and union.id not in matter.barred]
    if not reached:
        raise InvalidError("本单位没有可以接收通报的下级工会。", code="no_relation")
    carriage.check_circular(files, len(reached))
    own, batch = tenants.get(work.session, work.tenant_id), uuid7()
    shared: dict[str, Any] = {
        "kind": LetterKind.CIRCULAR.value,
        "sender_id": own.id,
        "sender_name": own.name,
        "number": number_of(work, LetterKind.CIRCULAR, own.code),
        "subject": matter.veil(subject.strip() or (matter.file.case.title if matter.file else "")),
        "reason": matter.veil(reason.strip()),
        "request": matter.veil(request.strip()),
        "snapshot": matter.told,
        "sealed": matter.sealed,
        "sent_at": work.clock.now(),
        "reply_due_on": add_calendar_days(work.clock.today(), REPLY_DAYS),
        "batch_id": batch,
    }
    case_id = matter.file.case.id if matter.file else None
    for start in range(0, len(reached), CHUNK):
        _send_to(work, draft, reached[start : start + CHUNK], shared, case_id)
    missed = [union for union in below if union not in reached]
    _tell(work, shared["number"], missed)
    record(
        work,
        "letter:send",
        subject_type="letter",
        subject_id=batch,
        data={
            "number": shared["number"],
            "kind": shared["kind"],
            "to": len(reached),
            "not_reached": [union.id for union in missed],
        },
    )
    return batch


def _send_to(
    work: Work, draft: Draft, unions: Sequence[Tenant], shared: dict[str, Any], case_id: UUID | None
) -> None:
    ids = {union.id: uuid7() for union in unions}
    copies = [
        {**shared, "id": ids[union.id], "recipient_id": union.id, "recipient_name": union.name} for union in unions
    ]
    letters = [
        *({**copy, "tenant_id": work.tenant_id, "side": Side.SENDER.value, "case_id": case_id} for copy in copies),
        *(
            {**copy, "tenant_id": copy["recipient_id"], "side": Side.RECIPIENT.value, "case_id": None}
            for copy in copies
        ),
    ]
    events = [
        {
            "tenant_id": tenant,
            "letter_id": letter_id,
            "seq": 1,
            "author_id": work.tenant_id,
            "action": "send",
            "status": LetterStatus.SENT.value,
            "at": shared["sent_at"],
            "signed_as": shared["sender_name"],
        }
        for union, letter_id in ids.items()
        for tenant in (work.tenant_id, union)
    ]
    with work.session.addressing(ids):
        posting.write(work, Letter, letters)
        posting.write(work, LetterEvent, events)
        if draft.files:
            for letter in work.session.scalars(select(Letter).where(Letter.id.in_(ids.values()))):
                carriage.enclose(work, draft, letter)
        posting.write(work, OutboxMessage, [posting.message(union, letter, 1) for union, letter in ids.items()])


def _tell(work: Work, number: str, missed: Sequence[Tenant]) -> None:
    """Who did not get it, to the office that sent it: silence would look like everybody."""
    if not missed:
        return
    names = "、".join(union.name for union in missed[:_NAMED])
    rest = f"等{len(missed)}个单位" if len(missed) > _NAMED else ""
    post(
        work.session,
        kind="letter",
        title=f"通报{number}未送达：{names}{rest}，请另行告知。",
        link="/dispatches/?box=out",
        role=Role.OFFICE_HEAD,
    )
