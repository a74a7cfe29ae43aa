"""满意度评价: about the petition office and the responsible unit apart, and always with whose hand it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
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
    return _keep(work, staff_hand(case, values, at=work.clock.now(), recorded_by=work.actor.user_id))


def by_petitioner(work: Work, case: Case, values: Mapping[str, Any]) -> CaseRating:
    """The petitioner's own rating, which comes in by the portal: only the platform itself writes it.

    ``values``: ``rated_about``, ``rating``, ``reason``.

    :raises ForbiddenError: for every member of staff: nobody enters one in a worker's name.
    """
    if not work.actor.holds(Role.SYSTEM):
        raise ForbiddenError("信访人本人的评价只能由信访人在网上提交，工作人员只能代录。")
    return _keep(work, own_hand(case, values, at=work.clock.now()))


def staff_hand(case: Case, values: Mapping[str, Any], *, at: datetime, recorded_by: UUID | None) -> CaseRating:
    """The row of a rating by staff, in no session yet, and its traces on the case.

    ``values``: ``rated_about``, ``rating``, ``told_how``, ``reason``. It asks nobody and reads nothing, so that the
    demo federation is made by the same hand as real ratings.
    """
    told_how = values["told_how"]
    return _write(case, values, at, entered_by=BY_STAFF, told_how=told_how, recorded_by=recorded_by)


def own_hand(case: Case, values: Mapping[str, Any], *, at: datetime) -> CaseRating:
    """The row of a rating in the petitioner's own hand, as :func:`staff_hand`, and the last word on the case.

    ``values``: ``rated_about``, ``rating``, ``reason``.
    """
    case.rating, case.rated_by_staff, case.rated_at = values["rating"], False, at
    case.dissatisfied += values["rating"] == Rating.DISSATISFIED
    return _write(case, values, at, entered_by=BY_PETITIONER, told_how=None, recorded_by=None)


def own_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the petitioner's act (``own_rate``) under the names that a rating has."""
    return {"rated_about": values["rated_about"], "rating": values["own_rating"], "reason": values["own_reason"]}


def _write(case: Case, values: Mapping[str, Any], at: datetime, **hand: Any) -> CaseRating:
    row = CaseRating(
        id=uuid7(),
        case_id=case.id,
        about=values["rated_about"],
        rating=values["rating"],
        reason=values["reason"],
        recorded_at=at,
        **hand,
    )
    _trace(case, row)
    return row


def _keep(work: Work, row: CaseRating) -> CaseRating:
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
