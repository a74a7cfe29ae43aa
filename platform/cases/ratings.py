"""满意度评价: about the petition office and the responsible unit apart, and always with whose hand it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from access.actor import Work
from access.roles import Role
from cases.handling import CaseRating
from cases.handling_rules import BY_PETITIONER, BY_STAFF
from cases.models import Case
from cases.rules import Rating
from kernel.clock import china_date
from kernel.errors import ForbiddenError
from kernel.ids import uuid7


def by_staff(work: Work, case: Case, values: Mapping[str, Any]) -> CaseRating:
    """What a member of staff writes down for the petitioner (工作人员代录): never anything else than that."""
    return _add(
        work,
        case,
        values,
        entered_by=BY_STAFF,
        told_how=values["told_how"],
        recorded_by=work.actor.user_id,
    )


def by_petitioner(work: Work, case: Case, values: Mapping[str, Any]) -> CaseRating:
    """The petitioner's own rating, which comes in by the portal: only the platform itself writes it.

    ``values``: ``rated_about``, ``rating``, ``reason``.

    :raises ForbiddenError: for every member of staff: nobody enters one in a worker's name.
    """
    if not work.actor.holds(Role.SYSTEM):
        raise ForbiddenError("信访人本人的评价只能由信访人在网上提交，工作人员只能代录。")
    case.rating, case.rated_by_staff, case.rated_at = values["rating"], False, work.clock.now()
    case.dissatisfied += values["rating"] == "dissatisfied"
    return _add(work, case, values, entered_by=BY_PETITIONER, told_how=None, recorded_by=None)


def _add(work: Work, case: Case, values: Mapping[str, Any], **hand: Any) -> CaseRating:
    row = CaseRating(
        id=uuid7(),
        case_id=case.id,
        about=values["rated_about"],
        rating=values["rating"],
        reason=values["reason"],
        recorded_at=work.clock.now(),
        **hand,
    )
    _trace(case, row)
    work.session.add(row)
    work.session.flush()
    return row


def _trace(case: Case, row: CaseRating) -> None:
    """What figures ask of a rating, on the case itself: the last word about each, and the first 不满意."""
    day, by_staff = china_date(row.recorded_at), row.entered_by == BY_STAFF
    if row.about == "office":
        case.office_rating, case.office_rated_on, case.office_by_staff = row.rating, day, by_staff
    else:
        case.unit_rating, case.unit_rated_on, case.unit_by_staff = row.rating, day, by_staff
    if row.rating == Rating.DISSATISFIED:
        case.dissatisfied_on = min(case.dissatisfied_on or day, day)


def inherit(work: Work, case: Case, told: Mapping[str, Any]) -> None:
    """机构承继: a rating that the predecessor's file brings along, with its own moment; oldest first."""
    row = CaseRating(id=uuid7(), case_id=case.id, **told)
    _trace(case, row)
    work.session.add(row)


def of_case(work: Work, case_id: UUID) -> Sequence[CaseRating]:
    """Ratings of a case that the actor sees, newest first."""
    return work.session.scalars(
        select(CaseRating)
        .where(CaseRating.case_id == case_id)
        .order_by(CaseRating.recorded_at.desc(), CaseRating.id.desc())
    ).all()


def latest(rows: Sequence[CaseRating]) -> dict[str, CaseRating]:
    """The word that counts about each, out of rows newest first."""
    found: dict[str, CaseRating] = {}
    for row in rows:
        found.setdefault(row.about, row)
    return found
