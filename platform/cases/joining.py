"""Cases that belong together: 并案, 拆分 and the way back from both, and 重复信访.

Two files change in one act. Both are told of it in the log, both point at each other, and every move can be undone:
nothing is copied that has to be taken away again, and claims keep their numbers while they are elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, text
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from access.actor import Work
from audit.services import record
from cases import accused, clocks, policy, rehousing
from cases.figures import CaseChanged, figures_of
from cases.models import Case, CaseClock, Claim, Party
from cases.rules import ClockKind, PartyRole
from cases.workflow import CASE_WORKFLOW, FINAL, OPEN, Status
from documents.services import format_number, take_numbers
from kernel.errors import ConflictError, IllegalTransitionError, InvalidError, NotFoundError
from kernel.ids import uuid7
from tenants import queries as tenants

Together = Callable[[Work, Case, list[Claim], list[CaseClock], Mapping[str, Any]], dict[str, Any]]

#: 主件: what a lead may still be, so that it answers for both.
_CAN_LEAD = tuple(
    Status(status)
    for status in OPEN
    if status not in (Status.ESCALATED, Status.REFERRED, Status.DECIDED, Status.SERVED, Status.EXECUTING)
    and status not in (Status.REVIEWING, Status.REVIEWED, Status.RECHECKING)
)
_SEALED = ("name_sealed", "phone_sealed", "id_number_sealed", "address_sealed")
_SHOWN = ("role", "subject_type", "organisation", "name_mask", "phone_mask", "name_index", "phone_index")
_STANDS = ("authority", "workplace_id")
_INHERITED = (
    *("title", "content", "channel", "purpose", "category_code", "tier", "status", "received_on", "accepted_at"),
    *("first_handler_id", "assignee_id", "department_id", "headcount", "anonymous", "confidential", "collective"),
    *("joint", "urgent", "repeat", "sealed", "retaliation", "conflict", "accused_tenant_id", "avoid_id"),
    *("way", "arrival", "aim", "background", "first_in_system", "first_at_this_org"),
)
_MERGE = CASE_WORKFLOW.label("merge")


def one_at_a_time(work: Work) -> None:
    """Whoever changes two files waits for whoever does so already: two locks in two orders would be a deadlock."""
    work.session.execute(
        text("select pg_advisory_xact_lock(hashtext('cases.joining'), :tenant)"), {"tenant": work.tenant_id % 2**31}
    )


def linked(work: Work, case: Case) -> list[tuple[str, Case]]:
    """Cases that belong to this one and that the actor sees: kind of the link as seen from here, and the case.

    ``again`` is another repetition of the same first case. The oldest 60 of them all.
    """
    mine = {"lead": case.lead_id, "first": case.first_id, "origin": case.origin_id}
    pointed = [other for other in mine.values() if other is not None]
    statement = select(Case).where(
        Case.tenant_id == work.tenant_id,
        policy.visible(work.actor),
        Case.id != case.id,
        or_(
            Case.lead_id == case.id,
            Case.first_id.in_([case.id, *filter(None, (case.first_id,))]),
            Case.origin_id == case.id,
            Case.id.in_(pointed),
        ),
    )
    found: list[tuple[str, Case]] = []
    for other in work.session.scalars(statement.order_by(Case.registered_at, Case.id).limit(60)):
        found += [(kind, other) for kind, link in mine.items() if link == other.id]
        theirs = {"merged": other.lead_id, "repeat": other.first_id, "split": other.origin_id}
        found += [(kind, other) for kind, link in theirs.items() if link == case.id]
        if other.first_id is not None and other.first_id == case.first_id:
            found.append(("again", other))
    return found


def _other(work: Work, case_id: UUID | None) -> tuple[Case, list[CaseClock]]:
    """The second file, locked and fresh. It may be one that the actor does not see; the act on the first one may."""
    statement = select(Case).where(Case.id == case_id).with_for_update()
    other = work.session.scalars(statement, execution_options={"populate_existing": True}).first()
    if other is None:
        raise NotFoundError
    return other, clocks.of_case(work.session, other.id)


def _touch(work: Work, other: Case, running: list[CaseClock], action: str, data: dict[str, Any]) -> None:
    """The second file's own event, version and deadline."""
    clocks.carry_deadline(other, running)
    other.updated_at = work.clock.now()
    flag_modified(other, "updated_at")
    try:
        work.session.flush()
    except StaleDataError:  # pragma: no cover - the row is locked
        raise ConflictError from None
    told = {"from": other.status, "to": other.status, **data}
    record(work, action, subject_type="case", subject_id=other.id, data=told)


def _merge(
    work: Work, case: Case, _claims: list[Claim], running: list[CaseClock], values: Mapping[str, Any]
) -> dict[str, Any]:
    lead, theirs = _other(work, values["lead"].id)
    if Status(lead.status) not in _CAN_LEAD:
        told = "主件已经转出、作出处理意见或者办结，不能再并入；请选择仍在本单位办理的信访件。"
        raise InvalidError(told, fields={"lead": told})
    if lead.sealed != case.sealed:
        told = "检举控告件与其他信访件不能并案（《信访工作条例》第三十条第三款）。"
        raise InvalidError(told, fields={"lead": told})
    if lead.review_stage is not None:
        told = "复查（复核）件不能作为主件。"
        raise InvalidError(told, fields={"lead": told})
    if not values["same_people"]:
        _same_people(work, case, lead)
    named = accused.accused_of(work, case.id)
    if named and not accused.left(work, named | accused.accused_of(work, lead.id)):
        told = "并案后本会没有能够办理的人员（均为被反映人），不能并案；请分别办理。"
        raise InvalidError(told, fields={"lead": told})
    before = figures_of(lead, theirs)
    _keep_earliest(work, running, lead, theirs)
    case.lead_id = lead.id
    after = figures_of(lead, theirs)
    if after != before:
        work.bus.publish(work, CaseChanged(before=before, after=after))
    # What this file says of somebody is in the lead from now on, so they do not see the lead either.
    moved = rehousing.rehouse(work, lead) if accused.name(work, lead, named) else {}
    _touch(work, lead, theirs, "case:merged_in", {"case": case.number, "reason": values["reason"], **moved})
    return {"lead": lead}


#: Whose petition it is; a respondent or an agent in common makes no matter the same.
_WHO = (PartyRole.PETITIONER, PartyRole.AFFECTED, PartyRole.REPRESENTATIVE)


def _same_people(work: Work, case: Case, lead: Case) -> None:
    """T34: the same or overlapping petitioners. Where no index says so, a person has to, with both names in view."""
    found = work.session.scalars(
        select(Party).where(Party.case_id.in_([case.id, lead.id]), Party.role.in_(_WHO)).order_by(Party.position)
    ).all()

    def of(one: Case) -> list[Party]:
        return [party for party in found if party.case_id == one.id]

    def known(one: Case) -> set[tuple[str, object]]:
        names = ("name_index", "phone_index", "id_number_index")
        return {(name, getattr(party, name)) for party in of(one) for name in names if getattr(party, name)}

    if known(case) & known(lead):
        return
    mine, theirs = ("、".join(party.name_mask or "未署名" for party in of(one)) or "匿名" for one in (case, lead))
    told = (
        f"没有查到两件有相同的信访人（本件：{mine}；主件：{theirs}）。"
        "并案限于同一事项、相同或者部分相同的信访人：请核对，确属相同的请勾选；不同的人请分别办理。"
    )
    raise InvalidError(told, fields={"same_people": told})


def _keep_earliest(work: Work, running: list[CaseClock], lead: Case, theirs: list[CaseClock]) -> None:
    """T34: the lead carries the earliest clock. One that it has later is refused: no clock is set back.

    Where the lead was not accepted yet it takes the sixty days that have begun, with their extension: its own
    acceptance then starts no second ones.
    """
    held = {clock.kind: clock for clock in theirs}
    for clock in running:
        other = held.get(clock.kind)
        if clock.stopped_on is not None or other is None or other.stopped_on is not None:
            continue
        if other.due_on > clock.due_on:
            told = "并案以期限最早的一件为主件：本件的期限早于所填的主件，请在那一件上并入本件。"
            raise InvalidError(told, fields={"lead": told})
    if ClockKind.HANDLING not in held:
        for clock in running:
            if clock.kind in (ClockKind.HANDLING, ClockKind.EXTENSION):
                work.session.add(copied := _copy(clock, lead.id))
                theirs.append(copied)


def _copy(clock: CaseClock, case_id: UUID) -> CaseClock:
    names = ("kind", "started_on", "due_on", "original_due_on", "stopped_on", "basis", "stop_reason", "due_reason")
    more = ("paused_on", "paused_days", "uncounted", "provisional_days")
    return CaseClock(case_id=case_id, **{name: getattr(clock, name) for name in (*names, *more)})


def _unmerge(
    work: Work, case: Case, _claims: list[Claim], running: list[CaseClock], values: Mapping[str, Any]
) -> dict[str, Any]:
    lead, theirs = _other(work, case.lead_id)
    if Status(lead.status) in FINAL:
        raise IllegalTransitionError("主件已经办结，并案不能撤销；需要时请作为新的信访件登记。")
    for clock in running:
        if clock.stop_reason == _MERGE:
            clock.stopped_on = clock.stop_reason = None
            clock.uncounted = False
    _touch(work, lead, theirs, "case:merge_undone", {"case": case.number, "reason": values["reason"]})
    return {"destination": lead.number}


def _split(
    work: Work, case: Case, claims: list[Claim], running: list[CaseClock], values: Mapping[str, Any]
) -> dict[str, Any]:
    year = work.clock.today().year
    code = tenants.get(work.session, work.tenant_id).code
    fresh = Case(
        id=uuid7(),
        number=format_number(code, year, take_numbers(work.session, "case", year)[0]),
        registered_at=work.clock.now(),
        updated_at=work.clock.now(),
        origin_id=case.id,
        dissatisfied=0,
        version=1,
        **{name: getattr(case, name) for name in _INHERITED},
    )
    # A split-off case was accepted with its original; the simple track and an extension are not carried along.
    fresh.status = Status.HANDLING.value if fresh.status == Status.EXTENDED else fresh.status
    mine = [_copy(clock, fresh.id) for clock in running]
    clocks.carry_deadline(fresh, mine)
    work.session.add(fresh)
    work.session.flush()  # claims, parties and clocks point at it
    work.session.add_all(mine)
    parties = work.session.scalars(select(Party).where(Party.case_id == case.id).order_by(Party.position))
    names = ("position", *_SHOWN, *_SEALED, *_STANDS, "id_number_index")
    work.session.add_all(
        [Party(case_id=fresh.id, **{name: getattr(party, name) for name in names}) for party in parties.all()]
    )
    accused.name(work, fresh, accused.accused_of(work, case.id))
    _carry_claims(claims, values["claims_chosen"], fresh.id)
    work.session.flush()
    told = {"number": fresh.number, "channel": fresh.channel, "to": fresh.status, "case": case.number}
    record(work, "case:split_off", subject_type="case", subject_id=fresh.id, data=told)
    work.bus.publish(work, CaseChanged(before=None, after=figures_of(fresh, mine)))
    return {"destination": fresh.number}


def _carry_claims(claims: list[Claim], chosen: tuple[int, ...], case_id: UUID) -> None:
    """They keep their numbers, so that they fit in again when the split is undone."""
    for claim in [claim for claim in claims if claim.position in chosen]:
        claim.case_id = case_id
        claims.remove(claim)


def _rejoin(
    work: Work, case: Case, claims: list[Claim], _running: list[CaseClock], values: Mapping[str, Any]
) -> dict[str, Any]:
    origin, theirs = _other(work, case.origin_id)
    if Status(origin.status) not in _CAN_LEAD:
        raise IllegalTransitionError("原件已经转出、作出处理意见或者办结，拆分不能撤销；请分别办理。")
    taken = set(work.session.scalars(select(Claim.position).where(Claim.case_id == origin.id)))
    if taken & {claim.position for claim in claims}:  # pragma: no cover - numbers are kept while they are away
        raise ConflictError
    case.lead_id = origin.id
    _carry_claims(claims, tuple(claim.position for claim in claims), origin.id)
    work.session.flush()
    _touch(work, origin, theirs, "case:rejoined", {"case": case.number, "reason": values["reason"]})
    return {"lead": origin}


def _link_first(
    work: Work, case: Case, _claims: list[Claim], _running: list[CaseClock], values: Mapping[str, Any]
) -> dict[str, Any]:
    first, theirs = _other(work, values["first_case"].id)
    _touch(work, first, theirs, "case:repeated", {"case": case.number})
    return {}


TOGETHER: dict[str, Together] = {
    "merge": _merge,
    "unmerge": _unmerge,
    "split": _split,
    "rejoin": _rejoin,
    "link_first": _link_first,
}
