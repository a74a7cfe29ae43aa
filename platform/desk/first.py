"""首办责任人: whoever first received a case owns the follow-up to the end; every page of the case names them."""

from __future__ import annotations

from access import queries as accounts
from cases.models import Case
from doorway.guard import work


def first_handler(case: Case) -> str:
    """The name of the first receiver (首办责任人), or a dash for a case that came in from a register."""
    if case.first_handler_id is None:
        return "—"
    return accounts.names(work().session, [case.first_handler_id]).get(case.first_handler_id, "—")
