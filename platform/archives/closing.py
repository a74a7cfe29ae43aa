"""What is still open in a union, and how much it has: numbers only, for a platform that sees no case."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from access.actor import Work
from access.models import User
from access.roles import Role
from archives.shape import owned
from cases.models import Case
from cases.workflow import OPEN
from dispatches.kinds import INFORMING
from dispatches.models import Letter, LetterEvent
from dispatches.workflow import OPEN as OPEN_LETTERS
from dispatches.workflow import Side
from documents.models import Document
from tenants import life, queries, succession
from tenants.lifetimes import Succession
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Inventory:
    """Rows of one union, and of them what waits for somebody."""

    cases: int
    open_cases: int
    letters: int
    open_in: int
    open_out: int
    #: Of those, letters on which the sender owes a step; the others are read and put away without it.
    owed_out: int
    papers: int
    accounts: int

    def left(self, *, merged: bool = False) -> list[str]:
        """A sentence for everything that stands in the way of closing; empty when nothing does.

        What a merged union told and nobody has to answer is in nobody's way: a remark on it goes to the successor.
        """
        told = (
            (self.open_cases, "还有 {} 件信访件没有办结。"),
            (self.open_in, "还有 {} 封收到的函件没有办结。"),
            (self.owed_out if merged else self.open_out, "还有 {} 封发出的函件没有收到结果。"),
        )
        return [sentence.format(count) for count, sentence in told if count]


def inventory(work: Work) -> Inventory:
    """Count a union's rows in its own session.

    :raises ForbiddenError: for anybody but the system, which counts on the platform's behalf.
    """
    work.actor.require((Role.SYSTEM,))

    def count(what: type, *conditions: object) -> int:
        statement = select(func.count()).select_from(what).where(*conditions)  # type: ignore[arg-type]
        return int(work.session.scalars(statement).one())

    newest = (
        select(LetterEvent.status)
        .where(LetterEvent.tenant_id == Letter.tenant_id, LetterEvent.letter_id == Letter.id)
        .order_by(LetterEvent.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    waiting = newest.in_([status.value for status in OPEN_LETTERS])
    informing = [kind.value for kind in INFORMING]
    return Inventory(
        cases=count(Case),
        open_cases=count(Case, Case.status.in_([status.value for status in OPEN])),
        letters=count(Letter),
        open_in=count(Letter, Letter.side == Side.RECIPIENT.value, waiting),
        open_out=count(Letter, Letter.side == Side.SENDER.value, waiting),
        owed_out=count(Letter, Letter.side == Side.SENDER.value, waiting, Letter.kind.not_in(informing)),
        papers=count(Document),
        accounts=count(User, User.active.is_(True)),
    )


def rows(work: Work) -> dict[str, int]:
    """Rows of the union by table, those without any left out; for the record of a destruction."""
    work.actor.require((Role.SYSTEM,))
    found = {
        table.name: int(
            work.session.connection()
            .execute(select(func.count()).select_from(table).where(table.c.tenant_id == work.tenant_id))
            .scalar_one()
        )
        for table in owned()
    }
    return {name: number for name, number in found.items() if number}


def close(
    work: Work, inside: Work, slug: str, *, reason: str, retention_years: int, successor_id: int | None = None
) -> Tenant:
    """Close a suspended union: ``inside`` counts in the union's own session, ``work`` is the platform's.

    ``successor_id`` names the union into which it was merged.

    :raises ForbiddenError, NotFoundError, InvalidError, IllegalTransitionError: as ``tenants.life.close``.
    """
    return life.close(
        work,
        slug,
        reason=reason,
        retention_years=retention_years,
        unfinished=inventory(inside).left(merged=successor_id is not None),
        successor_id=successor_id,
    )


def finish(work: Work, inside: Work, succession_id: UUID, *, retention_years: int) -> Succession:
    """End a merge or a split; a merged union is closed with it, its successor named in the tree.

    :raises ForbiddenError, NotFoundError, InvalidError, IllegalTransitionError: as ``tenants.succession.finish`` and
        ``tenants.life.close``.
    """
    left = inventory(inside).left(merged=True)
    found = succession.finish(work, succession_id, unfinished=left)
    if found.kind == succession.MERGE:
        union = queries.get(work.session, found.predecessor_id)
        close(
            work,
            inside,
            union.slug,
            reason=found.basis,
            retention_years=retention_years,
            successor_id=found.successor_id,
        )
    return found
