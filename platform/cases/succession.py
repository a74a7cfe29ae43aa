"""机构承继 (条例 art. 24): a file as its predecessor leaves it, and the same file as its successor takes it up.

Received once, counted once, with the clocks that have run since: a worker must not wait anew because a union ended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from access.actor import Work
from access.roles import Role
from audit.services import history, record
from cases import carrying, clocks, intake
from cases.figures import CaseChanged, figures_of
from cases.identity import Identity
from cases.intake import NewCase, NewParty
from cases.models import Case, CaseClock
from cases.queries import File
from cases.services import perform
from cases.workflow import Status
from documents import carrying as paper
from documents.services import format_number, take_numbers
from kernel.clock import china_date
from tenants import queries as tenants

_MOMENTS = ("registered_at", "accepted_at", "decided_at", "escalated_at")
_WORDS = ("purpose", "tier", "category_code")
#: Added since the first successions: what an older predecessor's letter does not tell stays as it is made.
_LATER = (
    *("way", "arrival", "aim", "background", "first_in_system", "first_at_this_org", "retaliation", "conflict"),
    *("accused_tenant_id", "dissatisfied", "rating", "rated_by_staff", "review_stage", "review_outcome"),
    *("review_by_hand", "extension_reason", "joint"),
)
_LATER_DAYS = ("extension_to", "agreed_on", "redo_by", "limitation_on")
_FLAGS = ("confidential", "collective", "urgent", "repeat", "sealed")
#: What stands of an opinion that was served there.
_SERVED = ("served_on", "replied_on")
_DAYS = ("started_on", "due_on", "original_due_on", "stopped_on")


def carried(work: Work, file: File, to: int) -> dict[str, Any]:
    """What the snapshot of a letter does not tell and the successor ``to`` needs, as plain JSON; it travels sealed.

    The files' bytes go into the successor's part of the store, under its keys.

    :raises MissingBlobError, UnavailableError: as the store; nothing may then be handed over.
    """
    case = file.case
    events = history(work.session, case.id)
    notes = [
        {"on": china_date(event.at).isoformat(), "text": event.data["note"]}
        for event in events
        if event.action == "case:note" and event.data.get("note")
    ]
    return {
        "status": case.status,
        "received_on": case.received_on.isoformat(),
        "channel": case.channel,
        "headcount": case.headcount,
        **{name: _text(getattr(case, name)) for name in _MOMENTS},
        **{name: getattr(case, name) for name in (*_WORDS, *_FLAGS, *_LATER)},
        **{name: _text(getattr(case, name)) for name in (*_SERVED, *_LATER_DAYS, "rated_at")},
        "basis": case.basis,
        "clocks": [
            {
                "kind": clock.kind,
                "basis": clock.basis,
                "stop_reason": clock.stop_reason,
                "due_reason": clock.due_reason,
                "paused_days": clock.paused_days,
                "uncounted": clock.uncounted,
                "provisional_days": clock.provisional_days,
                **{name: _text(getattr(clock, name)) for name in _DAYS},
            }
            for clock in file.clocks
        ],
        "claims": [
            {"text": claim.text, "category": claim.category_code, "opinion": claim.opinion, "finding": claim.finding}
            for claim in file.claims
        ],
        "notes": notes,
        "paper": paper.told(work, case.id, to),
        "handling": carrying.told(work, case, file.claims, file.parties, events),
    }


def _text(value: date | None) -> str | None:
    return value.isoformat() if value is not None else None


def take_over(
    work: Work,
    *,
    told: Mapping[str, Any],
    title: str,
    content: str,
    parties: Sequence[NewParty],
    anonymous: bool,
    source: tuple[str, str],
) -> Case:
    """Register the file of a predecessor as one of this union's own, under the old dates and a new number.

    The rules of intake were passed when it first came in and are not asked again: a file that was taken in once must
    not get lost on the way. ``source`` is what makes a second delivery find the first one's case.

    :raises ForbiddenError: for anybody but the system.
    """
    work.actor.require((Role.SYSTEM,))
    year = work.clock.today().year
    number = format_number(
        tenants.get(work.session, work.tenant_id).code, year, take_numbers(work.session, "case", year)[0]
    )
    new = NewCase(
        channel=told["channel"],
        title=title,
        content=content,
        received_on=date.fromisoformat(told["received_on"]),
        claims=[str(claim["text"]) for claim in told["claims"]],
        headcount=int(told["headcount"]),
        anonymous=anonymous,
        category=told["category_code"],
        source=source[0],
        source_key=source[1],
        confidential=bool(told["confidential"]),
        urgent=bool(told["urgent"]),
        repeat=bool(told["repeat"]),
    )
    people = [(party, Identity(party.name, party.phone, party.id_number, party.address)) for party in parties]
    registered_at = datetime.fromisoformat(told["registered_at"])
    handling = told.get("handling", {})
    places = intake.places_of(work, parties) | carrying.enter_places(work, handling)
    file = intake.draft(work, new, people, number=number, registered_at=registered_at, places=places)
    case = file.case
    case.arrived_on, case.first_handler_id = work.clock.today(), None
    for name in _MOMENTS[1:]:
        setattr(case, name, datetime.fromisoformat(told[name]) if told[name] else None)
    for name in (*_WORDS, *_FLAGS):
        setattr(case, name, told[name])
    _later(case, told)
    served = bool(told.get("served_on")) and told["decided_at"] is not None
    if served:
        case.basis = told["basis"]
        for name in _SERVED:
            setattr(case, name, date.fromisoformat(told[name]) if told[name] else None)
    else:
        # It was decided there and not told: here it is decided anew, so the clock of the decision runs on.
        case.decided_at = None
    reopened = told["decided_at"] is not None and not served
    running = [_clock(case, clock, reopened=reopened) for clock in told["clocks"]]
    clocks.carry_deadline(case, running)
    for claim, old in zip(file.claims, told["claims"], strict=False):
        claim.category_code = old["category"]
        if served:
            claim.opinion, claim.finding = old["opinion"], old["finding"]
    intake.tokenise(work.session, (file,))
    work.session.add(case)
    work.session.flush()  # the rows below point at the case
    work.session.add_all((*file.claims, *file.parties, *running))
    work.session.flush()  # results and papers point at them
    data = {"number": case.number, "channel": case.channel, "to": case.status, "received_on": told["received_on"]}
    data |= paper.take(work, case.id, told.get("paper", {}))
    record(work, "case:take_over", subject_type="case", subject_id=case.id, data=data)
    for line in told["notes"]:
        carrying.note(work, case, f"（{line['on']}）{line['text']}")
    carrying.take(work, case, file.claims, handling)
    work.bus.publish(work, CaseChanged(before=None, after=figures_of(case, running)))
    work.session.flush()
    if case.accepted_at is not None:
        return perform(work, case.number, _step(told, served), internal=True)
    if told.get("status", Status.REGISTERED) != Status.REGISTERED:
        return perform(work, case.number, "carry_sorted", internal=True)
    return case


def _later(case: Case, told: Mapping[str, Any]) -> None:
    for name in _LATER:
        if name in told:
            setattr(case, name, told[name])
    for name in _LATER_DAYS:
        setattr(case, name, date.fromisoformat(told[name]) if told.get(name) else None)
    case.rated_at = datetime.fromisoformat(told["rated_at"]) if told.get("rated_at") else None


def _step(told: Mapping[str, Any], served: bool) -> str:
    if not served:
        return "carry_on"
    # 复查意见 was given: what may be asked for next is 复核, and not 复查 a second time (条例 art. 36).
    reviewed = told.get("status") in (Status.REVIEWED, Status.RECHECKING) and told.get("review_outcome")
    return "carry_on_reviewed" if reviewed else "carry_on_served"


def _clock(case: Case, told: Mapping[str, Any], *, reopened: bool) -> CaseClock:
    days = {name: date.fromisoformat(told[name]) if told[name] else None for name in _DAYS}
    clock = CaseClock(
        case_id=case.id,
        kind=told["kind"],
        basis=told["basis"],
        stop_reason=told["stop_reason"],
        due_reason=told.get("due_reason"),
        paused_days=told.get("paused_days") or 0,
        uncounted=bool(told.get("uncounted")),
        provisional_days=told.get("provisional_days"),
        **days,
    )
    if reopened and told["kind"] == "C-60":
        clock.stopped_on = clock.stop_reason = None
    return clock
