"""What SQL itself refuses of a case and its clocks: names and conditions of the CHECKs. Pure.

The service says the same in words first; this holds for every other hand as well (domain.md B3, illegal moves).
"""

from __future__ import annotations

from collections.abc import Iterable

from cases.options import OUTCOMES, REFUSALS_AGAIN, ROUTES, STAGES, TERMINATIONS, WITHDRAWALS
from cases.rules import ClockKind, Refusal
from cases.terms import ONCE, TERMS, Whose
from cases.workflow import OPEN, Status


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


STATUSES = _listed(Status)
_OPEN = _listed(OPEN)
IS_OPEN = f"status in ({_OPEN})"
ONE_A_CASE = f"kind in ({_listed(ONCE)})"
#: Clocks of others that somebody is reminded of or that end a case by running out.
WATCHED = f"stopped_on is null and kind in ({_listed(k for k, t in TERMS.items() if t.whose is not Whose.UNION)})"

#: 督办中: the clock of a supervision that nobody has answered yet.
SUPERVISED = f"stopped_on is null and kind = '{ClockKind.SUPERVISION.value}'"

#: Columns that point at another case of the union: 主件、初次件、拆分原件. Looked at when the transaction ends,
#: because a file that comes in whole may bring the one before the other.
LINKS = ("lead_id", "first_id", "origin_id")

#: A comparison with nothing is neither true nor false and passes a CHECK, so what must be there is asked for.
#: What a status asks of its own row, whoever writes it: name of the CHECK → condition (domain.md B3, illegal moves).
CASE_CHECKS: dict[str, str] = {
    "refused_has_code": f"status <> 'refused' or refusal_code is not null and refusal_code in ({_listed(Refusal)})",
    "refused_again_has_earlier": f"status <> 'refused_again' "
    f"or (refusal_code is not null and refusal_code in ({_listed(REFUSALS_AGAIN)}) "
    "and earlier_reference is not null)",
    "decided_has_basis": "status not in ('decided', 'served', 'executing') "
    "or (decided_at is not null and basis is not null)",
    "closed_has_reply": "status not in ('closed', 'concluded', 'answered', 'archived') or replied_on is not null",
    "served_has_day": "status not in ('served', 'executing') or served_on is not null",
    "merged_has_lead": "(status <> 'merged' or lead_id is not null) and lead_id <> id",
    "other_case": "first_id <> id and origin_id <> id",
    "diverted_has_place": f"status <> 'diverted' "
    f"or (diverted_to is not null and diverted_to in ({_listed(ROUTES)}) and target_body is not null)",
    "withdrawn_by_petitioner": f"status <> 'withdrawn' "
    f"or withdrawal_way is not null and withdrawal_way in ({_listed(WITHDRAWALS)})",
    "terminated_has_ground": f"status <> 'terminated' "
    f"or termination is not null and termination in ({_listed(TERMINATIONS)})",
    "archived_has_day": "status <> 'archived' or archived_on is not null",
    "side_step_leads_back": "status not in ('mediating', 'hearing', 'negotiating', 'reviewing', 'rechecking') "
    "or came_from is not null",
    "extension_asked_whole": "(extension_to is null) = (extension_reason is null)",
    "known_review": f"review_stage in ({_listed(STAGES)}) and review_outcome in ({_listed(OUTCOMES)})",
    "reviewed_has_outcome": "status <> 'reviewed' or review_outcome is not null",
}
#: … and of a clock's. That the first day and the first due date stay is a matter of column grants.
CLOCK_CHECKS: dict[str, str] = {
    "known_kind": f"kind in ({_listed(ClockKind)})",
    "never_backwards": "due_on >= original_due_on or kind = 'C-AD'",
    "extension_of_thirty_days": "kind <> 'C-EXT' or due_on - started_on between 1 and 30",
    "sixty_days_and_thirty": "kind <> 'C-60' or due_on - original_due_on <= 30",
    "pause_for_a_hearing": "kind = 'C-F30' or (paused_on is null and paused_days = 0)",
    "stopped_is_not_paused": "stopped_on is null or paused_on is null",
    "change_has_reason": "due_on = original_due_on or due_reason is not null or kind = 'C-AD'",
}
