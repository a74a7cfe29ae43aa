"""Intake: check what a worker brought, register it, start the 15-day clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from access.actor import Work
from audit.services import record
from cases import accused, arrivals, clocks, identity, policy, repeated, search, workplaces
from cases.figures import CaseChanged, figures_of
from cases.intake_checks import (
    MAX_CLAIMS,
    MAX_CONTENT,
    MAX_PARTIES,
    MAX_SIDE,
    MAX_TITLE,
    check,
    claims_of,
    earlier,
)
from cases.matter import NewCase, NewParty
from cases.models import Case, CaseClock, Claim, Party
from cases.rules import Channel, ClockKind, PartyRole
from cases.workflow import Status
from documents.services import format_number, take_numbers
from kernel.db import TenantSession
from kernel.errors import ForbiddenError
from kernel.ids import uuid7
from kernel.outbox import enqueue
from tenants import queries as tenants
from tenants import settings, workdays
from tenants.models import Category

__all__ = [
    "MAX_CLAIMS",
    "MAX_CONTENT",
    "MAX_PARTIES",
    "MAX_SIDE",
    "MAX_TITLE",
    "Draft",
    "NewCase",
    "NewParty",
    "check",
    "draft",
    "earlier",
    "places_of",
    "register",
    "tokenise",
    "told",
]


@dataclass(frozen=True, slots=True)
class Draft:
    """A registered file as rows that no session holds yet; the case goes in first, the rest point at it."""

    case: Case
    claims: Sequence[Claim]
    parties: Sequence[Party]
    clocks: list[CaseClock]
    #: Names in clear, to keep them out of the words under which the case is found.
    names: Sequence[str | None] = ()


def register(work: Work, new: NewCase) -> Case:
    """Register a matter (应当予以登记, 条例 art. 22, 23) and start the 15-day clock from the day it was received.

    :raises ForbiddenError: for a role that does not receive petitioners.
    :raises InvalidError: with a sentence for each field that breaks a rule; nothing is written.
    """
    if not policy.may_register(work.actor):
        raise ForbiddenError
    people = check(work, new)
    code, year = tenants.get(work.session, work.tenant_id).code, work.clock.today().year
    number = format_number(code, year, take_numbers(work.session, "case", year)[0])
    now, places = work.clock.now(), places_of(work, new.parties)
    file = draft(work, new, people, number=number, registered_at=now, places=places)
    case = file.case
    first = earlier(work, new.repeat_of) if new.repeat_of else None
    # The first of them all, so that a third case does not hang on the second.
    case.first_id = (first.first_id or first.id) if first is not None else None
    tokenise(work.session, (file,))
    work.session.add(case)
    work.session.flush()  # the rows below point at the case
    work.session.add_all((*file.claims, *file.parties, *file.clocks))
    accused.name(work, case, new.accused_staff)
    record(work, "case:register", subject_type="case", subject_id=case.id, data=told(case))
    work.bus.publish(work, CaseChanged(before=None, after=figures_of(case, file.clocks)))
    if case.first_id is not None:
        repeated.trace(work, case.first_id)
    enqueue(work.session, "case.registered", {"case": str(case.id)})
    if case.collective:
        enqueue(work.session, "case.ruled", {"case": str(case.id)})
    work.session.flush()
    return case


def draft(
    work: Work,
    new: NewCase,
    people: Sequence[tuple[NewParty, identity.Identity]],
    *,
    number: str,
    registered_at: datetime,
    places: Mapping[str, UUID],
) -> Draft:
    """The rows of a matter that :func:`check` has passed; one builder for the window, the import and the demo.

    ``places`` are the workplaces of its respondents by name (:func:`places_of`).
    """
    category = work.session.get(Category, new.category) if new.category else None
    house = settings.of(work.session)
    case = Case(
        id=uuid7(),
        number=number,
        title=new.title.strip(),
        content=new.content.strip(),
        channel=new.channel,
        status=Status.REGISTERED.value,
        received_on=new.received_on,
        registered_at=registered_at,
        first_handler_id=work.actor.user_id,
        headcount=new.headcount,
        anonymous=new.anonymous,
        confidential=new.confidential,
        collective=new.channel == Channel.VISIT and new.headcount >= house.collective_threshold,
        joint=new.joint,
        urgent=new.urgent,
        repeat=new.repeat or bool(new.repeat_of),
        first_in_system=new.first_in_system,
        first_at_this_org=not (new.repeat or new.repeat_of),
        way=new.way,
        arrival=arrivals.check(new.channel, new.way, new.arrival)[0] or None,
        aim=new.aim.strip() or None,
        background=new.background.strip() or None,
        category_code=new.category,
        sealed=bool(new.accused_staff) or (category is not None and category.sealed),
        source=new.source,
        source_key=new.source_key,
        review_stage=new.review_stage,
        # Said here, not left to the column: what is not in a session yet is counted up as well.
        dissatisfied=0,
        updated_at=registered_at,
    )
    running = _clocks(work, case, new)
    clocks.carry_deadline(case, running)
    claims = [
        Claim(case_id=case.id, position=position, text=claim, category_code=new.category)
        for position, claim in enumerate(claims_of(new), start=1)
    ]
    parties = []
    for position, (party, person) in enumerate(people, start=1):
        row = Party(
            case_id=case.id,
            position=position,
            role=party.role,
            subject_type=party.subject_type,
            organisation=identity.normal(party.organisation),
            authority=party.authority,
            workplace_id=places.get(identity.normal(party.organisation) or "")
            if party.role == PartyRole.RESPONDENT
            else None,
        )
        identity.seal(work, row, person)
        parties.append(row)
    names = [person.name for _party, person in people]
    return Draft(case=case, claims=claims, parties=parties, clocks=running, names=names)


def places_of(work: Work, parties: Iterable[NewParty]) -> dict[str, UUID]:
    """Workplaces with exactly the names of these respondents, in one statement."""
    names = [identity.normal(party.organisation) for party in parties if party.role == PartyRole.RESPONDENT]
    return workplaces.by_name(work, names)


def tokenise(session: TenantSession, files: Sequence[Draft]) -> None:
    """Write the words under which new cases are found; before the cases, so that they go in marked as done."""
    found = {}
    for file in files:
        file.case.tokenised = True
        found[file.case.id] = search.tokens_of(file.case, file.claims, file.parties, file.names)
    search.write(session, found)


def _clocks(work: Work, case: Case, new: NewCase) -> list[CaseClock]:
    """The clocks that registration starts, all from the day on which the matter was received."""
    house, rolling, counting = settings.of(work.session), workdays.rolling(work.session), workdays.of(work.session)
    running: list[CaseClock] = []
    days = {
        ClockKind.URGENT: house.urgent_report_days if new.urgent else 0,
        # 来电来访 only: whoever writes does not wait at a window or on a line.
        ClockKind.PROGRESS: house.progress_days if new.channel in (Channel.VISIT, Channel.CALL) else 0,
    }
    if new.review_stage is not None:
        first = ClockKind.REVIEW if new.review_stage == "review" else ClockKind.RECHECK
    else:
        first = ClockKind.NOTICE_BY_LETTER if new.by_letter else ClockKind.NOTICE
    for kind in (first, *days):
        clocks.start(case, running, kind, new.received_on, rolling=rolling, counting=counting, days=days.get(kind))
    wanted = (case.arrival or {}).get(arrivals.REPORT_DUE)
    if wanted is not None:
        # A body outside the platform set it with its order or ticket; it binds like one that a letter sets.
        clocks.assign(case, running, on=new.received_on, due_on=date.fromisoformat(wanted))
    return running


def told(case: Case) -> dict[str, str]:
    """What the event of a registration says; no word of the matter and no person."""
    return {"number": case.number, "channel": case.channel, "to": case.status}
