"""What a union's own files add to a hotspot: how many employers they name, and which words they share.

Sealed and confidential files and complaints about reprisals are in neither; nor is anything of a unit below.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from access.actor import Work
from cases.models import Case, Party
from cases.queries import day_start
from cases.registers import CaseToken
from cases.rules import PartyRole
from measures.rising import FEWEST_CASES, rising
from measures.spot_rules import Places, places_of

#: How far back the words of before are looked for, and in how many cases at most on either side.
BEFORE_DAYS = 182
MOST_CASES = 2_000


def employers(work: Work, category: str | None, since: date) -> Places:
    """How many employers (用人单位) the own cases of a first-level category since a day name."""
    rows = work.session.execute(
        select(func.count(func.distinct(Party.case_id)))
        .join(Case, (Case.tenant_id == Party.tenant_id) & (Case.id == Party.case_id))
        .where(
            Party.tenant_id == work.tenant_id,
            Party.role == PartyRole.RESPONDENT.value,
            Party.organisation.is_not(None),
            Case.registered_at >= day_start(since),
            *_open_about(work, category),
        )
        .group_by(Party.organisation)
    )
    return places_of([int(count) for (count,) in rows])


def terms(work: Work, category: str | None, since: date) -> tuple[str, ...]:
    """Words that more of the own recent cases have than those of the half year before."""
    recent = _cases(work, category, since, None)
    if len(recent) < FEWEST_CASES:
        return ()
    before = _cases(work, category, since - timedelta(days=BEFORE_DAYS), since)
    counted = work.session.execute(
        select(
            CaseToken.token,
            func.count().filter(CaseToken.case_id.in_(recent)),
            func.count().filter(CaseToken.case_id.in_(before)),
        )
        .where(CaseToken.tenant_id == work.tenant_id, CaseToken.case_id.in_([*recent, *before]))
        .group_by(CaseToken.token)
        .having(func.count().filter(CaseToken.case_id.in_(recent)) >= FEWEST_CASES)
    ).all()
    now = {token: count for token, count, _earlier in counted}
    then = {token: count for token, _count, count in counted}
    return rising(now, then, now=len(recent), then=len(before), without=_names(work, recent))


def _open_about(work: Work, category: str | None) -> list[ColumnElement[bool]]:
    conditions = [
        Case.tenant_id == work.tenant_id,
        Case.sealed.is_(False),
        Case.confidential.is_(False),
        Case.retaliation.is_(False),
    ]
    if category is not None:
        conditions.append(or_(Case.category_code == category, Case.category_code.startswith(f"{category}.")))
    return conditions


def _cases(work: Work, category: str | None, since: date, until: date | None) -> Sequence[UUID]:
    conditions = [Case.registered_at >= day_start(since), *_open_about(work, category)]
    if until is not None:
        conditions.append(Case.registered_at < day_start(until))
    return work.session.scalars(
        select(Case.id).where(*conditions).order_by(Case.registered_at.desc()).limit(MOST_CASES)
    ).all()


def _names(work: Work, cases: Sequence[UUID]) -> list[str]:
    """Employers' names and, in clear, the people's: to keep them out of the words; they go no further than this."""
    found = list[str]()
    parties = select(Party).where(Party.tenant_id == work.tenant_id, Party.case_id.in_(cases))
    for party in work.session.scalars(parties):
        if party.organisation:
            found.append(party.organisation)
        if party.name_sealed:
            found.append(work.cipher.decrypt(work.tenant_id, "name", party.name_sealed))
    return found
