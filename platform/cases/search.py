"""Find cases by Chinese words: tokens written in the transaction that writes the case, read back by equality.

The table is read by its primary key alone (tenant, token, case), also under row-level security: equality of numbers
and text is leakproof (tenancy.md §1.3). What is found goes through the same policy as every list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, and_, cast, exists, func, or_, select, text, update
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

#: A word that more cases have is common: the list is gone down instead of counting them all.
FEW = 5_000

_INSERT = text(
    "insert into case_tokens (tenant_id, case_id, token) "
    "select :tenant, given.case_id, given.token "
    "from unnest(cast(:cases as uuid[]), cast(:tokens as text[])) as given (case_id, token) on conflict do nothing"
)

_SIZES = text(
    "select given.token, (select count(*) from (select from case_tokens as own where own.tenant_id = :tenant "
    "and own.token = given.token limit :few + 1) as counted) as cases "
    "from unnest(cast(:tokens as text[])) as given (token)"
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


def few(session: TenantSession, wanted: Terms) -> tuple[str, ...]:
    """The rarest tokens of which every match has at least one, or nothing when more than ``FEW`` cases have them.

    A case that must have ``needed`` of ``count`` words has at least one of any ``count - needed + 1`` of them. None
    is counted further than that: what is common costs no more than what is rare.
    """
    if wanted.beginnings:
        return ()
    counted = session.connection().execute(
        _SIZES, {"tenant": session.tenant_id, "tokens": [*wanted.exact], "few": FEW}
    )
    sizes = sorted((row.cases, row.token) for row in counted)[: wanted.count - wanted.needed + 1]
    return tuple(token for _cases, token in sizes) if sum(cases for cases, _token in sizes) <= FEW else ()


def every(tenant_id: int, wanted: Terms) -> list[ColumnElement[bool]]:
    """Conditions on a case that it has each of the wanted tokens; :attr:`Terms.every` says when this is the rule.

    A condition for each, so that a list goes down its own order and stops when the page is full.
    """
    return [
        exists().where(CaseToken.tenant_id == tenant_id, CaseToken.token == token, CaseToken.case_id == Case.id)
        for token in wanted.exact
    ]


def hits(tenant_id: int, wanted: Terms, among: Sequence[str] = ()) -> CTE:
    """Cases with enough of the wanted tokens, and how many each has: (case_id, matched).

    ``among``: what :func:`few` found, and only cases with one of those are looked at.
    """
    if among:
        return _hits_among(tenant_id, wanted, among)
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


def _hits_among(tenant_id: int, wanted: Terms, among: Sequence[str]) -> CTE:
    some = (
        select(CaseToken.case_id)
        .where(CaseToken.tenant_id == tenant_id, CaseToken.token.in_(among))
        .distinct()
        .cte("some")
    )
    # By its key for each of the few: a join would read all cases of a common word beside them.
    matched = (
        select(func.count().label("matched"))
        .where(
            CaseToken.tenant_id == tenant_id,
            CaseToken.token.in_(wanted.exact),
            CaseToken.case_id == some.c.case_id,
        )
        .lateral("own")
    )
    return select(some.c.case_id, matched.c.matched).join(matched, matched.c.matched >= wanted.needed).cte("hits")


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
            case.id: tokens_of(case, claims.get(case.id, ()), own := parties.get(case.id, ()), names_of(work, own))
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


def names_of(work: Work, parties: Iterable[Party]) -> list[str]:
    """Names in clear, to keep them out of the tokens; they go no further than this."""
    return [work.cipher.decrypt(work.tenant_id, "name", party.name_sealed) for party in parties if party.name_sealed]
