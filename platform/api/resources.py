"""Resources as JSON values: pure functions from rows to dictionaries. No identity in clear is ever among them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from access.actor import Work
from api.handling import claim_lines, handling
from audit.reading import Line
from cases import conditions
from cases.clocks import whose
from cases.identity import shown_name, shown_phone
from cases.models import Case, Party
from cases.policy import acts_as_assignee_only
from cases.queries import File
from cases.services import standing
from cases.workflow import CASE_WORKFLOW, STATUS_LABELS, Status
from dispatches.models import LetterEvent
from dispatches.queries import LetterView, may_escalate
from dispatches.workflow import LETTER_STATUS_LABELS, LetterStatus
from kernel.workflow import Transition
from measures.models import COUNTS, DailyFact
from tenants import settings
from tenants.models import Tenant


def moment(value: datetime | None) -> str | None:
    """ISO 8601 in UTC."""
    return value.isoformat() if value else None


def day(value: date | None) -> str | None:
    """ISO date."""
    return value.isoformat() if value else None


def _id(value: UUID | None) -> str | None:
    return str(value) if value else None


def case_line(case: Case) -> dict[str, Any]:
    """A case in a list, and the answer to an action."""
    return {
        "number": case.number,
        "title": case.title,
        "status": case.status,
        "status_label": STATUS_LABELS[Status(case.status)],
        "channel": case.channel,
        "purpose": case.purpose,
        "category": case.category_code,
        "tier": case.tier,
        "received_on": day(case.received_on),
        "registered_at": moment(case.registered_at),
        "closed_at": moment(case.closed_at),
        "due_on": day(case.due_on),
        "due_kind": case.due_kind,
        "assignee": _id(case.assignee_id),
        "headcount": case.headcount,
        "anonymous": case.anonymous,
        "confidential": case.confidential,
        "collective": case.collective,
        "joint": case.joint,
        "urgent": case.urgent,
        "repeat": case.repeat,
        "sealed": case.sealed,
        "version": case.version,
    }


def case_file(work: Work, file: File, letters: Iterable[LetterView]) -> dict[str, Any]:
    """A case with everything that its file holds, parties masked."""
    return case_line(file.case) | {
        "content": file.case.content,
        "way": file.case.way,
        "arrival": file.case.arrival or {},
        "aim": file.case.aim,
        "background": file.case.background,
        "first_in_system": file.case.first_in_system,
        **handling(work, file.case),
        "claims": claim_lines(work, file.claims),
        "parties": [_party(party, settings.of(work.session).mask_rule) for party in file.parties],
        "clocks": [
            {
                "kind": clock.kind,
                "started_on": day(clock.started_on),
                "due_on": day(clock.due_on),
                "original_due_on": day(clock.original_due_on),
                "stopped_on": day(clock.stopped_on),
                "due_reason": clock.due_reason,
                "paused_on": day(clock.paused_on),
                "whose": whose(file.case, clock).value,
                "basis": clock.basis,
            }
            for clock in file.clocks
        ],
        "dispatches": [str(view.letter.id) for view in letters],
        "actions": [_action(row) for row in _available(work, file)],
    }


def _party(party: Party, mask_rule: str) -> dict[str, Any]:
    return {
        "position": party.position,
        "role": party.role,
        "subject_type": party.subject_type,
        "organisation": party.organisation,
        "authority": party.authority,
        "workplace": _id(party.workplace_id),
        "name_mask": shown_name(party, mask_rule) or None,
        "phone_mask": shown_phone(party, mask_rule) or None,
    }


def _available(work: Work, file: File) -> list[Transition[Status]]:
    case = file.case
    own = work.actor.is_or_stands_in_for(case.assignee_id)
    rows = CASE_WORKFLOW.available(Status(case.status), work.actor.roles)
    rows = [row for row in rows if own or not acts_as_assignee_only(work.actor, row.roles)]
    rows = conditions.met(rows, standing(work, case, file.claims, file.clocks))
    if may_escalate(work, case):
        rows += [row for row in CASE_WORKFLOW if row.action == "escalate"]
    return rows


def _action(row: Transition[Any]) -> dict[str, Any]:
    return {"action": row.action, "label": row.label, "fields": list(row.fields)}


def letter(view: LetterView) -> dict[str, Any]:
    """A letter as this union holds it; ``events`` of a list holds the newest only."""
    copy = view.letter
    actions = [_action(row) for row in view.actions]
    if view.may_resume:
        actions.append({"action": "resume", "label": CASE_WORKFLOW.label("resume"), "fields": []})
    return {
        "id": str(copy.id),
        "number": copy.number,
        "kind": copy.kind,
        "side": copy.side,
        "sender": {"id": copy.sender_id, "name": copy.sender_name},
        "recipient": {"id": copy.recipient_id, "name": copy.recipient_name},
        "subject": copy.subject,
        "reason": copy.reason,
        "request": copy.request,
        "snapshot": copy.snapshot,
        "sealed": copy.sealed,
        "case": view.case_number,
        "status": view.status.value,
        "status_label": LETTER_STATUS_LABELS[view.status],
        "sent_at": moment(copy.sent_at),
        "reply_due_on": day(copy.reply_due_on),
        "due_on": day(view.due_on),
        "objection_until": day(view.objection_until),
        "extension_asked": day(view.extension_asked),
        "refers_to": _id(view.refers_to),
        "beyond": copy.beyond_id,
        "skipped": copy.skipped,
        "skip_reason": copy.skip_reason,
        "overdue": view.overdue,
        "events": [_event(event) for event in view.events],
        "actions": actions,
    }


def _event(event: LetterEvent) -> dict[str, Any]:
    return {
        "seq": event.seq,
        "action": event.action,
        "status": LetterStatus(event.status).value,
        "at": moment(event.at),
        "signed_as": event.signed_as,
        "text": event.text,
        "due_on": day(event.due_on),
        "told": event.told,
    }


def tenant(union: Tenant) -> dict[str, Any]:
    """A union as everybody in the federation may know it: a name, no figure, no person."""
    return {"id": union.id, "slug": union.slug, "name": union.name, "kind": union.kind, "level": union.level}


def fact(row: DailyFact) -> dict[str, Any]:
    """Figures of one day, category and channel."""
    figures = {name: getattr(row, name) for name in COUNTS}
    return {"day": day(row.day), "category": row.category, "channel": row.channel, **figures}


def audit_line(line: Line) -> dict[str, Any]:
    """One event as the log's guardians may read it."""
    return {
        "seq": line.seq,
        "at": moment(line.at),
        "actor": _id(line.actor_id),
        "actor_name": line.actor_name,
        "action": line.action,
        "subject_type": line.subject_type,
        "subject": _id(line.subject_id),
        "data": line.data,
    }
