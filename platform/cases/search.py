"""Find cases by Chinese words: tokens written in the transaction that writes the case, read back by equality.

The table is read by its primary key alone (tenant, token, case), also under row-level security: equality of numbers
and text is leakproof (tenancy.md §1.3). What is found goes through the same policy as every list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, and_, cast, func, or_, select, text, update
from sqlalchemy.sql.selectable import CTE

from access.actor import Work
from access.roles import Role
from cases.models import Case, Claim, Party
from cases.registers import CaseToken
from cases.words import LAST, Terms, number_tokens, tokens
from kernel.db import TenantSession

#: Rows of one statement.
CHUNK = 20_000
#: Cases of one transaction of the backfill.
BATCH = 200

_INSERT = text(
    "insert into case_tokens (tenant_id, case_id, token) "
    "select :tenant, given.case_id, given.token "
    "from unnest(cast(:cases as uuid[]), cast(:tokens as text[])) as given (case_id, token) on conflict do nothing"
)


def tokens_of(
    case: Case, claims: Iterable[Claim], parties: Iterable[Party], names: Iterable[str | None] = ()
) -> set[str]:
    """What a file is found by: number, title, content, 目的 and 背景, claims, respondents; no name of a person."""
    texts = [case.title, case.content, case.aim, case.background]
    texts += [claim.text for claim in claims]
    texts += [party.organisation for party in parties]
    return tokens(texts, without=names) | number_tokens(case.number)


def write(session: TenantSession, found: Mapping[UUID, set[str]]) -> None:
    """Add the tokens of cases, in the transaction that writes the cases. What is there already stays."""
    rows = [(case_id, token) for case_id, own in found.items() for token in sorted(own)]
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        session.connection().execute(
            _INSERT,
            {
                "tenant": session.tenant_id,
                "cases": [case_id for case_id, _token in chunk],
                "tokens": [token for _case, token in chunk],
            },
        )


def add(session: TenantSession, case_id: UUID, *texts: str | None, names: Iterable[str | None] = ()) -> None:
    """Add the words of a later text (补充材料) to a case."""
    write(session, {case_id: tokens(texts, without=names)})


def hits(tenant_id: int, wanted: Terms) -> CTE:
    """Cases with enough of the wanted tokens, and how many each has: (case_id, matched)."""
    token = CaseToken.token
    one = [and_(token >= begin, token < begin + LAST) for begin in wanted.beginnings]
    total: ColumnElement[int] = func.count().filter(token.in_(wanted.exact))
    for begins in one:
        # A beginning counts once, however many of the case's tokens have it.
        total = total + cast(func.bool_or(begins), Integer)
    return (
        select(CaseToken.case_id, total.label("matched"))
        .where(CaseToken.tenant_id == tenant_id, or_(token.in_(wanted.exact), *one))
        .group_by(CaseToken.case_id)
        .having(total >= wanted.needed)
        .cte("hits")
    )


def backfill(work: Work, *, limit: int = BATCH) -> int:
    """Write the tokens of up to ``limit`` cases that have none; returns how many there were.

    A caller repeats, each time in a new transaction, until nothing is left; stopped anywhere, it goes on there.

    :raises ForbiddenError: for anybody but the system.
    """
    work.actor.require((Role.SYSTEM,))
    statement = select(Case).where(Case.tenant_id == work.tenant_id, Case.tokenised.is_(False))
    cases = work.session.scalars(statement.order_by(Case.id).limit(limit).with_for_update(skip_locked=True)).all()
    if not cases:
        return 0
    wanted = [case.id for case in cases]
    claims = _by_case(work, Claim, wanted)
    parties = _by_case(work, Party, wanted)
    write(
        work.session,
        {
            case.id: tokens_of(case, claims.get(case.id, ()), own := parties.get(case.id, ()), _names(work, own))
            for case in cases
        },
    )
    # Past the ORM on purpose: it would raise the version, and a form that somebody has open would be refused.
    table = Case.__table__
    work.session.execute(
        update(table)  # type: ignore[arg-type]
        .where(table.c.tenant_id == work.tenant_id, table.c.id.in_(wanted))
        .values(tokenised=True)
    )
    return len(cases)


def _by_case(work: Work, model: Any, wanted: Sequence[UUID]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {}
    for row in work.session.scalars(select(model).where(model.case_id.in_(wanted))):
        found.setdefault(row.case_id, []).append(row)
    return found


def _names(work: Work, parties: Iterable[Party]) -> list[str]:
    """Names in clear, to keep them out of the tokens; they go no further than this."""
    return [work.cipher.decrypt(work.tenant_id, "name", party.name_sealed) for party in parties if party.name_sealed]
