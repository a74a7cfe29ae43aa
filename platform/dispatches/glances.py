"""What the desk asks of a union's own copies: a filtered box, letters in flight, whom a circular reaches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, or_, select, true

from access.actor import Work
from dispatches import copies, policy
from dispatches.copies import LetterPage, newest
from dispatches.kinds import LetterKind
from dispatches.models import Letter, LetterEvent
from dispatches.oversight import late
from dispatches.views import LetterView
from dispatches.workflow import OPEN, LetterStatus, Side
from tenants.models import Tenant, TenantClosure

_ORDER = {kind.value: place for place, kind in enumerate(LetterKind)}
_OPEN = [status.value for status in OPEN]


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a circular to the whole subtree would reach, and who would be left out, by name (the first few)."""

    reached: int
    missed_count: int
    missed: tuple[str, ...]


def box(
    work: Work,
    *,
    side: Side,
    kind: LetterKind | None = None,
    status: LetterStatus | None = None,
    other: int | None = None,
    open_only: bool = False,
    overdue: bool = False,
    limit: int = 50,
    cursor: str | None = None,
) -> LetterPage:
    """Letters of one side, newest first, by keyset; ``other`` is the union on the other side.

    :raises InvalidError: for a cursor that this query did not give.
    """

    def narrow(latest: type[LetterEvent]) -> list[ColumnElement[bool]]:
        conditions: list[ColumnElement[bool]] = []
        if other is not None:
            conditions.append(or_(Letter.sender_id == other, Letter.recipient_id == other))
        if open_only:
            conditions.append(latest.status.in_(_OPEN))
        if overdue:
            conditions.append(late(work, latest))
        return conditions

    return copies.page(work, side=side, kind=kind, status=status, narrow=narrow, limit=limit, cursor=cursor)


def following(work: Work, letter_id: UUID, *, limit: int = 20) -> Sequence[LetterView]:
    """Our copies of letters that follow this one, newest first."""
    return copies.page(work, narrow=lambda _latest: [Letter.refers_to == letter_id], limit=limit).letters


def in_flight(work: Work, others: Sequence[int]) -> Mapping[int, Mapping[Side, Mapping[LetterKind, int]]]:
    """Unsettled letters with each of ``others``, by our side and by kind; one statement for all of them."""
    if not others:
        return {}
    latest = newest(work)
    other: Any = case((Letter.side == Side.SENDER.value, Letter.recipient_id), else_=Letter.sender_id)
    rows = work.session.execute(
        select(other.label("other"), Letter.side, Letter.kind, func.count().label("count"))
        .select_from(Letter)
        .join(latest, true())
        .where(
            Letter.tenant_id == work.tenant_id,
            other.in_(others),
            latest.status.in_(_OPEN),
            policy.visible(work.actor),
        )
        .group_by(other, Letter.side, Letter.kind)
    )
    found: dict[int, dict[Side, dict[LetterKind, int]]] = defaultdict(lambda: defaultdict(dict))
    # In the order of the table of kinds, so that every line of a page reads alike.
    for row in sorted(rows, key=lambda row: _ORDER[row.kind]):
        found[row.other][Side(row.side)][LetterKind(row.kind)] = int(row._mapping["count"])
    return found


def reach(work: Work, *, named: int = 20) -> Reach:
    """Whom a circular without a case would reach; two statements, however many unions lie below."""
    below = (
        select(Tenant)
        .join(TenantClosure, TenantClosure.descendant_id == Tenant.id)
        .where(TenantClosure.ancestor_id == work.tenant_id, TenantClosure.depth > 0, Tenant.status != "closed")
        .subquery()
    )
    active = below.c.status == "active"
    reached, missed = work.session.execute(
        select(func.count().filter(active), func.count().filter(~active)).select_from(below)
    ).one()
    names = (
        work.session.scalars(select(below.c.name).where(~active).order_by(below.c.id).limit(named)) if missed else ()
    )
    return Reach(reached, missed, tuple(names))
