"""Who reviews a union's opinions (复查, 复核): the next body up, by the union's own setting.

条例 art. 35 says 上一级机关、单位; under dual leadership that names two, and a union at the top has none on the
platform (domain.md F2). So the union sets it, and the ordinary reading is the first line.
"""

from __future__ import annotations

from kernel.db import TenantSession
from tenants import queries, settings
from tenants.relations import relation, second_line_of
from tenants.settings import OUTSIDE, SECOND_LINE
from tenants.standing import Relation

#: The words of the regulation where nobody has a name.
NEXT_UP = "上一级机关、单位"


def reviewer_of(session: TenantSession, stage: str = "review") -> int | None:
    """The union that reviews this one's opinions, or ``None`` where the body is not on the platform.

    ``recheck`` (复核) is the reviewer's own superior, where letters of this union reach it.
    """
    first = _reviewer(session)
    if stage == "review" or first is None:
        return first
    above = queries.parent(session, first)
    if above is None or relation(session, session.tenant_id, above.id).kind is not Relation.UP:
        return None
    return above.id


def body_of(session: TenantSession, stage: str = "review") -> str:
    """The reviewing body by name, as papers and the worker's page say it.

    A body that is not on the platform is called what the union's settings call it; without a name there, as 条例
    arts. 35 and 36 do.
    """
    reviewer = reviewer_of(session, stage)
    if reviewer is not None:
        return queries.get(session, reviewer).name
    house = settings.of(session)
    return (house.review_body if stage == "review" else house.recheck_body) or NEXT_UP


def _reviewer(session: TenantSession) -> int | None:
    target = settings.of(session).review_target
    if target == OUTSIDE:
        return None
    if target == SECOND_LINE:
        return second_line_of(session, session.tenant_id)
    above = queries.parent(session, session.tenant_id)
    return above.id if above is not None else None
