"""What a superior sees at a glance of its letters: figures, skipped levels, and who may be written to."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, and_, cast, func, or_, select, true
from sqlalchemy.orm import aliased

from access.actor import Work
from audit.models import AuditEvent
from cases.queries import day_start
from dispatches import policy
from dispatches.copies import OPEN_AT_RECIPIENT, binding, newest
from dispatches.kinds import INFORMING, RELATIONS, LetterKind
from dispatches.models import Letter, LetterEvent
from dispatches.workflow import OPEN, LetterStatus, Side
from tenants.models import Tenant, TenantClosure
from tenants.relations import second_line_of, subordinates_by_second_line
from tenants.standing import Relation


@dataclass(frozen=True, slots=True)
class Addressee:
    """A union that a letter of some kind may go to; ``depth`` as in ``tenants.standing.Standing``."""

    tenant: Tenant
    relation: Relation
    depth: int


@dataclass(frozen=True, slots=True)
class Tally:
    """So many letters of a kind stand in a status on one side; ``overdue`` of them are late."""

    side: Side
    kind: LetterKind
    status: LetterStatus
    count: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Correspondent:
    """Open and late letters that we sent to one union."""

    tenant_id: int
    name: str
    open: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Skips:
    """Letters that passed over a level (越级): sent by us, and received by us."""

    sent: int
    received: int


@dataclass(frozen=True, slots=True)
class Batch:
    """A circular: how many unions have it in each status, and who below got none when it was sent."""

    batch_id: UUID
    number: str
    subject: str
    sent_at: datetime
    reached: dict[LetterStatus, int]
    not_reached: Sequence[Tenant]


def addressees(work: Work, kind: LetterKind, search: str = "", *, limit: int = 50) -> Sequence[Addressee]:
    """Active unions that a letter of ``kind`` may go to, nearest first; ``search`` is a part of a name.

    A SIDEWAYS union is the one that is meant; the letter itself goes to the common superior.
    """
    allowed, found = RELATIONS[kind], list[Addressee]()
    for relation in (Relation.UP, Relation.DOWN, Relation.SIDEWAYS):
        if relation in allowed and len(found) < limit:
            found += _WAYS[relation](work, search.strip(), limit - len(found))
    return found


def _upward(work: Work, search: str, limit: int) -> list[Addressee]:
    second = second_line_of(work.session, work.tenant_id)
    rows = work.session.execute(
        select(Tenant, TenantClosure.depth)
        .join(TenantClosure, TenantClosure.ancestor_id == Tenant.id)
        .where(TenantClosure.descendant_id == work.tenant_id, TenantClosure.depth > 0, _fits(search))
        .order_by(TenantClosure.depth)
        .limit(limit)
    )
    found = [Addressee(union, Relation.UP, depth) for union, depth in rows]
    return _with_second(work, found, Relation.UP, search, {second})


def _downward(work: Work, search: str, limit: int) -> list[Addressee]:
    second = subordinates_by_second_line(work.session, work.tenant_id)
    rows = work.session.execute(
        select(Tenant, TenantClosure.depth)
        .join(TenantClosure, TenantClosure.descendant_id == Tenant.id)
        .where(TenantClosure.ancestor_id == work.tenant_id, TenantClosure.depth > 0, _fits(search))
        .order_by(TenantClosure.depth, Tenant.id)
        .limit(limit)
    )
    found = [Addressee(union, Relation.DOWN, depth) for union, depth in rows]
    return _with_second(work, found, Relation.DOWN, search, set(second))[:limit]


def _with_second(
    work: Work, found: list[Addressee], way: Relation, search: str, second: Set[int | None]
) -> list[Addressee]:
    """The second line counts as the next level, also where the first one leads there by more."""
    known = {addressee.tenant.id for addressee in found}
    missing = [union for union in second if union is not None and union not in known]
    if missing:
        more = work.session.scalars(select(Tenant).where(Tenant.id.in_(missing), _fits(search)).order_by(Tenant.id))
        found = [*found, *(Addressee(union, way, 1) for union in more)]
    near = [replace(addressee, depth=1) if addressee.tenant.id in second else addressee for addressee in found]
    return sorted(near, key=lambda addressee: addressee.depth)


def _sideways(work: Work, search: str, limit: int) -> list[Addressee]:
    """Unions below one of our superiors that are neither on our line upward nor below us."""
    mine, theirs, kin = aliased(TenantClosure), aliased(TenantClosure), aliased(TenantClosure)
    depth = func.min(mine.depth).label("depth")
    on_our_line = (
        select(kin.depth)
        .where(
            or_(
                and_(kin.ancestor_id == Tenant.id, kin.descendant_id == work.tenant_id),
                and_(kin.ancestor_id == work.tenant_id, kin.descendant_id == Tenant.id),
            )
        )
        .exists()
    )
    rows = work.session.execute(
        select(Tenant, depth)
        .join(theirs, theirs.descendant_id == Tenant.id)
        .join(mine, mine.ancestor_id == theirs.ancestor_id)
        .where(mine.descendant_id == work.tenant_id, mine.depth > 0, theirs.depth > 0, ~on_our_line, _fits(search))
        .group_by(Tenant.id)
        .order_by(depth, Tenant.id)
        .limit(limit)
    )
    return [Addressee(union, Relation.SIDEWAYS, levels) for union, levels in rows]


_WAYS = {Relation.UP: _upward, Relation.DOWN: _downward, Relation.SIDEWAYS: _sideways}


def _fits(search: str) -> ColumnElement[bool]:
    active = and_(Tenant.status == "active", Tenant.id > 0)
    if not search:
        return active
    return and_(
        active,
        or_(Tenant.name.contains(search, autoescape=True), Tenant.slug.contains(search.lower(), autoescape=True)),
    )


def tallies(work: Work) -> Sequence[Tally]:
    """How many letters stand where, on either side; one statement. Figures only."""
    latest = newest(work)
    rows = work.session.execute(
        select(Letter.side, Letter.kind, latest.status, func.count(), func.count().filter(late(work, latest)))
        .select_from(Letter)
        .join(latest, true())
        .where(Letter.tenant_id == work.tenant_id, policy.visible(work.actor))
        .group_by(Letter.side, Letter.kind, latest.status)
        .order_by(Letter.side, Letter.kind, latest.status)
    )
    return [
        Tally(Side(side), LetterKind(kind), LetterStatus(status), count, overdue)
        for side, kind, status, count, overdue in rows
    ]


def correspondents(work: Work) -> Sequence[Correspondent]:
    """Open letters that we sent, by the union that holds them, the most late first; one statement."""
    latest = newest(work)
    overdue = func.count().filter(late(work, latest)).label("overdue")
    rows = work.session.execute(
        select(Letter.recipient_id, func.max(Letter.recipient_name), func.count(), overdue)
        .select_from(Letter)
        .join(latest, true())
        .where(
            Letter.tenant_id == work.tenant_id,
            Letter.side == Side.SENDER.value,
            latest.status.in_([status.value for status in OPEN]),
            policy.visible(work.actor),
        )
        .group_by(Letter.recipient_id)
        .order_by(overdue.desc(), Letter.recipient_id)
    )
    return [Correspondent(*row) for row in rows]


def late(work: Work, latest: type[LetterEvent]) -> ColumnElement[bool]:
    """Whether the recipient is late with a letter that stands at ``latest``."""
    informing = [kind.value for kind in INFORMING]
    return and_(
        binding(work) < work.clock.today(),
        or_(
            latest.status == LetterStatus.SENT.value,
            and_(latest.status.in_([status.value for status in OPEN_AT_RECIPIENT]), Letter.kind.not_in(informing)),
        ),
    )


def skips(work: Work, since: date) -> Skips:
    """Letters since a day that passed over a level; one statement."""
    mine = Letter.side == Side.SENDER.value
    row = work.session.execute(
        select(func.count().filter(mine), func.count().filter(~mine)).where(
            Letter.tenant_id == work.tenant_id,
            Letter.skipped > 0,
            Letter.sent_at >= day_start(since),
            policy.visible(work.actor),
        )
    ).one()
    return Skips(*row)


def batch(work: Work, batch_id: UUID) -> Batch | None:
    """A circular of ours with who has it and who below got none when it was sent; two statements."""
    latest = newest(work)
    rows = work.session.execute(
        select(Letter.number, Letter.subject, Letter.sent_at, latest.status, func.count())
        .select_from(Letter)
        .join(latest, true())
        .where(
            Letter.tenant_id == work.tenant_id,
            Letter.side == Side.SENDER.value,
            Letter.batch_id == batch_id,
            policy.visible(work.actor),
        )
        .group_by(Letter.number, Letter.subject, Letter.sent_at, latest.status)
    ).all()
    if not rows:
        return None
    number, subject, sent_at = rows[0][:3]
    # As the sending itself wrote it down: the tree of today has unions that came later, and lacks those that went.
    noted = select(cast(func.jsonb_array_elements_text(AuditEvent.data["not_reached"]), BigInteger)).where(
        AuditEvent.tenant_id == work.tenant_id,
        AuditEvent.subject_id == batch_id,
        AuditEvent.action == "letter:send",
    )
    missed = work.session.scalars(select(Tenant).where(Tenant.id.in_(noted)).order_by(Tenant.id)).all()
    reached = {LetterStatus(status): count for *_, status, count in rows}
    return Batch(batch_id, number, subject, sent_at, reached, missed)
