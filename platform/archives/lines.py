"""Read the cases of an export, batch by batch, as lines of the ledger (台账). One snapshot, one batch in memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, literal, select

from access import queries as accounts
from access.actor import Work
from cases import queries
from cases.handling import CaseResult, ClaimResult
from cases.identity import shown_name, shown_phone
from cases.ledger import KEPT, Column, Line, Words
from cases.models import Case, Claim, Party
from cases.queries import Filter
from cases.rules import SUBJECT_LABELS, PartyRole
from dispatches.disclosure import masked
from documents.tables import Value
from kernel.crypto import mask_id_number, mask_phone
from tenants import codes, departments, settings
from tenants import queries as tenants
from tenants.house import CodeTable

BATCH = 1_000
#: Whose names the ledger shows: the one who came and those who speak for many.
_SHOWN = (PartyRole.PETITIONER.value, PartyRole.REPRESENTATIVE.value)
_PARTY = (
    *("case_id", "position", "role", "subject_type", "organisation", "name_mask", "phone_mask"),
    *("name_sealed", "phone_sealed", "id_number_sealed", "address_sealed"),
)
#: Numbers of people whom nobody put down as a party: mobile telephones, landlines, identity numbers.
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)|(?<!\d)0\d{2,3}-?\d{7,8}(?!\d)")
_DIGITS = re.compile(r"\d{3}[- ]?\d{4}")
_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")


@dataclass(frozen=True, slots=True)
class Batch:
    """Some lines as values in the order of the columns, and whose cases they are."""

    ids: Sequence[UUID]
    rows: Sequence[Sequence[Value]]


def batches(
    work: Work, wanted: Filter, columns: Sequence[Column], *, clear: bool, size: int = BATCH
) -> Iterator[Batch]:
    """The cases that the actor of ``work`` sees under a filter, newest first.

    ``work`` reads one snapshot: lines are read after their cases, table by table.
    """
    return _Reader(work, columns, clear=clear).read(wanted, size)


def numbers_masked(text: str) -> str:
    """A text without telephones and identity numbers in full, whosever they are."""
    if not _DIGITS.search(text):
        return text
    text = _IDENTITY.sub(lambda found: mask_id_number(found[0]), text)
    return _MOBILE.sub(lambda found: mask_phone(re.sub(r"[- ]", "", found[0])), text)


def _among(column: Any, ids: Collection[UUID]) -> Any:
    """One bound array: a thousand parameters cost more to write than their rows cost to read."""
    return column == any_(literal(list(ids), ARRAY(Uuid())))


class _Reader:
    def __init__(self, work: Work, columns: Sequence[Column], *, clear: bool) -> None:
        session = work.session
        self._work, self._columns, self._clear = work, columns, clear
        self._needs = frozenset(need for column in columns for need in column.needs)
        names = {*KEPT, *(name for column in columns for name in column.reads)}
        self._reads = [getattr(Case, name) for name in sorted(names)]
        self._rule = settings.of(session).mask_rule
        self._people: dict[UUID, str] = {}
        self._words = Words(
            today=work.clock.today(),
            categories={category.code: category.name for category in tenants.categories(session)},
            people=self._people,
            departments=departments.names_of(session),
            subjects=codes.words(session, CodeTable.SUBJECT_TYPE, SUBJECT_LABELS),
        )

    def read(self, wanted: Filter, size: int) -> Iterator[Batch]:
        statement = (
            select(*self._reads)
            .where(*queries.matching(self._work, wanted))
            .order_by(Case.registered_at.desc(), Case.id.desc())
        )
        # A cursor of the server's: the client holds one batch, whatever the list's length.
        found = self._work.session.execute(statement, execution_options={"stream_results": True, "yield_per": size})
        place = 0
        try:
            for cases in found.partitions(size):
                yield Batch([case.id for case in cases], self._rows(cases, place))
                place += len(cases)
        finally:
            found.close()

    def _rows(self, cases: Sequence[Any], place: int) -> list[list[Value]]:
        ids = [case.id for case in cases]
        parties = self._parties(ids) if self._needs & {"parties", "veil"} else {}
        claims = self._claims(ids) if "claims" in self._needs else {}
        dispositions = self._dispositions(ids) if "dispositions" in self._needs else {}
        results = self._results(ids) if "results" in self._needs else {}
        if "people" in self._needs:
            self._learn(cases)
        rows = []
        for number, case in enumerate(cases, start=place + 1):
            own = parties.get(case.id, ())
            shown = self._clear and not (case.sealed or case.confidential)
            line = Line(
                place=number,
                case=case,
                words=self._words,
                veil=str if shown else self._veil(own),
                parties=own,
                names=self._names(case, own, shown),
                phones=self._phones(own, shown),
                claims=claims.get(case.id, ()),
                dispositions=dispositions,
                result=results.get(case.id),
            )
            rows.append([column.read(line) for column in self._columns])
        return rows

    def _learn(self, cases: Sequence[Any]) -> None:
        """Names of people that were not met before."""
        met = {getattr(case, name, None) for case in cases for name in ("assignee_id", "first_handler_id")}
        unknown = met - self._people.keys() - {None}
        if unknown:
            self._people |= accounts.names(self._work.session, unknown)

    def _parties(self, ids: Collection[UUID]) -> dict[UUID, list[Any]]:
        statement = select(*(getattr(Party, name) for name in _PARTY)).where(_among(Party.case_id, ids))
        return self._by_case(statement.order_by(Party.case_id, Party.position))

    def _claims(self, ids: Collection[UUID]) -> dict[UUID, list[Any]]:
        read = (Claim.case_id, Claim.id, Claim.position, Claim.text, Claim.opinion, Claim.finding)
        return self._by_case(select(*read).where(_among(Claim.case_id, ids)).order_by(Claim.case_id, Claim.position))

    def _dispositions(self, ids: Collection[UUID]) -> dict[UUID, tuple[str, bool]]:
        statement = (
            select(ClaimResult.claim_id, ClaimResult.disposition, ClaimResult.aided)
            .join(Claim, (Claim.tenant_id == ClaimResult.tenant_id) & (Claim.id == ClaimResult.claim_id))
            .where(_among(Claim.case_id, ids))
        )
        return {row.claim_id: (row.disposition, row.aided) for row in self._work.session.execute(statement)}

    def _results(self, ids: Collection[UUID]) -> dict[UUID, Any]:
        read = (CaseResult.case_id, CaseResult.measures, CaseResult.recovered_fen, CaseResult.helped)
        found = self._work.session.execute(select(*read).where(_among(CaseResult.case_id, ids)))
        return {row.case_id: row for row in found}

    def _by_case(self, statement: Any) -> dict[UUID, list[Any]]:
        found: dict[UUID, list[Any]] = {}
        for row in self._work.session.execute(statement):
            found.setdefault(row.case_id, []).append(row)
        return found

    def _veil(self, parties: Sequence[Any]) -> Callable[[str], str]:
        known = masked(self._work, parties) if "veil" in self._needs else str
        return lambda text: numbers_masked(known(text)) if text else ""

    def _names(self, case: Any, parties: Sequence[Any], shown: bool) -> str:
        people = [party for party in parties if party.role in _SHOWN]
        if case.anonymous and not people:
            return "匿名"
        if shown:
            return "、".join(filter(None, (self._open(party, "name") for party in people)))
        return "、".join(filter(None, (shown_name(party, self._rule) for party in people)))

    def _phones(self, parties: Sequence[Any], shown: bool) -> str:
        people = [party for party in parties if party.role in _SHOWN]
        if shown:
            return "、".join(filter(None, (self._open(party, "phone") for party in people)))
        return "、".join(filter(None, (shown_phone(party, self._rule) for party in people)))

    def _open(self, party: Any, name: str) -> str:
        sealed = getattr(party, f"{name}_sealed")
        return self._work.cipher.decrypt(self._work.tenant_id, name, sealed) if sealed is not None else ""
