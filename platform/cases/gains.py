"""What came of a case: 三到位一处理 of each claim, measures, money recovered, people helped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from access.actor import Work
from cases import queries
from cases.handling import CaseResult, ClaimResult
from cases.handling_rules import BY_OPINION, MOST_RECOVERED
from cases.models import Case, Claim
from cases.queries import Filter
from kernel.errors import InvalidError

Dispositions = Mapping[int, tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over a list; ``fen`` are hundredths of a yuan."""

    cases: int
    fen: int
    helped: int


def read_yuan(value: Any) -> int | None:
    """``1,234.50`` as 123450 分; ``None`` for nothing.

    :raises InvalidError: for anything that is no amount of yuan with two places at most.
    """
    text = str(value if value is not None else "").strip().replace(",", "").replace("，", "")
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,2})?", text):
        raise InvalidError("追回金额请填写元，最多两位小数，例如：36500或者36500.50。")
    fen = int(Decimal(text) * 100)
    if fen > MOST_RECOVERED:
        raise InvalidError("追回金额过大，请核对单位（元）。")
    return fen


def yuan(fen: int | None) -> str:
    """``36,500.50元``; whole amounts without places."""
    if fen is None:
        return ""
    whole, rest = divmod(fen, 100)
    return f"{whole:,}.{rest:02d}元" if rest else f"{whole:,}元"


def write(work: Work, case: Case, claims: Sequence[Claim], values: Mapping[str, Any]) -> None:
    """Put down what came of the case; the newest word counts, and the log keeps those before."""
    dispose(work, claims, values.get("dispositions") or {})
    told = {
        "measures": list(values["measures"]),
        "recovered_fen": values["recovered"],
        "helped": values["helped"],
    }
    statement = insert(CaseResult).values(tenant_id=work.tenant_id, case_id=case.id, **told)
    work.session.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "case_id"], set_=told))


def dispose(work: Work, claims: Iterable[Claim], given: Dispositions) -> None:
    """Write the dispositions that were told."""
    for claim in claims:
        if claim.position in given:
            disposition, aided = given[claim.position]
            told = {"disposition": disposition, "aided": aided}
            statement = insert(ClaimResult).values(tenant_id=work.tenant_id, claim_id=claim.id, **told)
            work.session.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "claim_id"], set_=told))


def complete(work: Work, claims: Sequence[Claim]) -> None:
    """At closing every claim has its disposition (S0): what nobody said follows from the opinion."""
    rows = [
        {
            "tenant_id": work.tenant_id,
            "claim_id": claim.id,
            "disposition": BY_OPINION[claim.opinion],
            "aided": False,
        }
        for claim in claims
        if claim.opinion is not None
    ]
    if rows:
        work.session.execute(insert(ClaimResult).values(rows).on_conflict_do_nothing())


def dispositions_of(work: Work, claims: Sequence[Claim]) -> dict[int, tuple[str, bool]]:
    """Position of a claim → disposition and whether aid was given beside it."""
    if not claims:
        return {}
    found = {
        row.claim_id: (row.disposition, row.aided)
        for row in work.session.scalars(
            select(ClaimResult).where(ClaimResult.claim_id.in_([claim.id for claim in claims]))
        )
    }
    return {claim.position: found[claim.id] for claim in claims if claim.id in found}


def result_of(work: Work, case_id: UUID) -> CaseResult | None:
    """What was put down for a case that the actor sees."""
    return work.session.scalars(select(CaseResult).where(CaseResult.case_id == case_id)).first()


def totals(work: Work, wanted: Filter) -> Totals:
    """Sums over all cases of a filter that the actor sees, of the own union only; under the list's own conditions."""
    statement = (
        select(
            func.count(),
            func.coalesce(func.sum(CaseResult.recovered_fen), 0),
            func.coalesce(func.sum(CaseResult.helped), 0),
        )
        .select_from(CaseResult)
        .join(Case, (Case.tenant_id == CaseResult.tenant_id) & (Case.id == CaseResult.case_id))
        .where(CaseResult.tenant_id == work.tenant_id, *queries.matching(work, wanted))
    )
    count, fen, helped = work.session.execute(statement).one()
    return Totals(int(count or 0), int(fen or 0), int(helped or 0))
