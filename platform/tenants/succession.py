"""Merge and split (合并、分立): the platform decides who carries on whose work; each union carries it out itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from access.actor import Work
from access.roles import Role
from audit.services import record
from kernel.errors import ConflictError, IllegalTransitionError, InvalidError, NotFoundError
from kernel.ids import uuid7
from kernel.outbox import OutboxMessage
from tenants import queries
from tenants.life import ACTIVE, CLOSED, checked_reason, locked, suspend
from tenants.lifetimes import Succession
from tenants.models import Category, Tenant
from tenants.moving import move

MERGE, SPLIT = "merge", "split"
KIND_WORDS = {MERGE: "合并", SPLIT: "分立"}
#: The topic that the platform's policy on the outbox names (migrations/versions/0006).
TOPIC = "tenant.succession"


def decide(
    work: Work,
    slug: str,
    *,
    successor: str,
    kind: str,
    basis: str,
    decided_on: date,
    categories: Sequence[str] = (),
) -> Succession:
    """Write a merge or a split down and start the handover.

    A merge suspends the predecessor and hangs its children under the successor at once, so that letters from below
    find their way; a split leaves it at work. ``categories`` are first-level codes whose open cases a split hands
    over by itself; without one, its office hands over single cases.

    :raises ForbiddenError, NotFoundError: as ``tenants.life.suspend``.
    :raises InvalidError: for a successor that does not work, is the union itself or stands below it, an unknown
        category, a date in the future, or a missing basis.
    :raises ConflictError: when a merge of the union is under way.
    """
    before = locked(work, slug)
    after = queries.by_slug(work.session, successor)
    told = checked_reason(basis)
    _check(work, before, after, kind=kind, decided_on=decided_on, categories=categories)
    assert after is not None
    if any(row.kind == MERGE for row in open_of(work.session, before.id)):
        raise ConflictError(f"“{before.name}”的合并正在办理，请先办完。")
    made = Succession(
        predecessor_id=before.id,
        successor_id=after.id,
        kind=kind,
        categories=list(categories) if kind == SPLIT else None,
        decided_on=decided_on,
        basis=told,
    )
    work.session.add(made)
    work.session.flush()
    record(
        work,
        "succession:decide",
        subject_type="tenant",
        subject_id=made.id,
        data={
            "tenant": before.id,
            "slug": before.slug,
            "successor": after.id,
            "name": f"{before.name} → {after.name}",
            "kind": kind,
            "reason": told,
            "categories": list(categories),
        },
    )
    if kind == MERGE:
        if before.status == ACTIVE:
            suspend(work, slug, f"并入{after.name}：{told}"[:500])
        for child in queries.children(work.session, before.id):
            if child.status != CLOSED and child.id != after.id:
                move(work, child.slug, new_parent_slug=after.slug, reason=f"随{before.name}并入{after.name}：{told}")
    run(work, made)
    return made


def _check(
    work: Work,
    before: Tenant,
    after: Tenant | None,
    *,
    kind: str,
    decided_on: date,
    categories: Sequence[str],
) -> None:
    problems: dict[str, str] = {}
    if kind not in KIND_WORDS:
        problems["kind"] = "请选择合并或分立。"
    if after is None or after.id in (0, before.id) or after.status != ACTIVE:
        problems["successor"] = "承继单位须是另一个正在使用的组织。"
    elif kind == MERGE and before.id in queries.ancestor_ids(work.session, after.id):
        problems["successor"] = "承继单位是本组织的下级，请先调整其隶属关系，再办理合并。"
    if decided_on > work.clock.today():
        problems["decided_on"] = "决定日期不能晚于今天。"
    known = set(work.session.scalars(select(Category.code).where(Category.parent_code.is_(None))))
    if kind == SPLIT and set(categories) - known:
        problems["categories"] = "没有这个问题类别。"
    if before.status == CLOSED:
        raise IllegalTransitionError(f"“{before.name}”已关闭，不能再办理承继。")
    if problems:
        raise InvalidError("；".join(problems.values()), fields=problems)


def run(work: Work, succession: Succession) -> None:
    """Start the handover in the predecessor, or start it again for what was left."""
    row = {
        "tenant_id": succession.predecessor_id,
        "id": uuid7(),
        "topic": TOPIC,
        "payload": {"succession": str(succession.id), "step": "cases"},
        "attempts": 0,
    }
    with work.session.addressing([succession.predecessor_id]):
        # No RETURNING: it asks for the right to read the row, which the platform has not.
        work.session.connection().execute(insert(OutboxMessage.__table__).inline(), [row])  # type: ignore[arg-type]


def get(session: Session, succession_id: UUID) -> Succession:
    """One merge or split.

    :raises NotFoundError: when there is none.
    """
    found = session.get(Succession, succession_id)
    if found is None:
        raise NotFoundError
    return found


def of_union(session: Session, tenant_id: int) -> Sequence[Succession]:
    """Every merge and split of a union as the one that leaves something, newest first."""
    statement = select(Succession).where(Succession.predecessor_id == tenant_id)
    return session.scalars(statement.order_by(Succession.created_at.desc())).all()


def open_of(session: Session, tenant_id: int) -> Sequence[Succession]:
    """Those that are still under way."""
    return [row for row in of_union(session, tenant_id) if row.finished_at is None]


def carrying_on(session: Session, unions: Iterable[int]) -> set[int]:
    """The unions themselves and whoever carries on their work after a merge or a split, however often it went on.

    One read of a table that has a row for every merge and split there ever was, and nothing when nobody is asked for.
    """
    found = set(unions)
    if not found:
        return found
    heirs = session.execute(select(Succession.predecessor_id, Succession.successor_id)).all()
    while more := {heir.successor_id for heir in heirs if heir.predecessor_id in found} - found:
        found |= more
    return found


def finish(work: Work, succession_id: UUID, *, unfinished: Sequence[str]) -> Succession:
    """Note that everything was handed over; the caller has counted what is left in the predecessor's own session.

    :raises ForbiddenError: for anybody but the platform's administrator or the system.
    :raises NotFoundError: when there is no such merge or split.
    :raises IllegalTransitionError: when it was finished before.
    :raises InvalidError: while something of a merged union is left.
    """
    work.actor.require((Role.PLATFORM_ADMIN, Role.SYSTEM))
    statement = select(Succession).where(Succession.id == succession_id).with_for_update()
    found = work.session.scalars(statement.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFoundError
    if found.finished_at is not None:
        raise IllegalTransitionError("这项承继已经办完。")
    if found.kind == MERGE and unfinished:
        raise InvalidError("".join(unfinished) + "请再次移交，或由平台管理员查明原因后处理。", code="unfinished")
    found.finished_at = work.clock.now()
    work.session.flush()
    before, after = (queries.get(work.session, number) for number in (found.predecessor_id, found.successor_id))
    record(
        work,
        "succession:finish",
        subject_type="tenant",
        subject_id=found.id,
        data={"tenant": before.id, "slug": before.slug, "name": f"{before.name} → {after.name}", "kind": found.kind},
    )
    return found
