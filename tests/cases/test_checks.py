"""What SQL itself refuses of a case and of a clock, by the name of the CHECK, whoever writes it."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from cases.checks import CASE_CHECKS, CLOCK_CHECKS
from cases.models import Case
from tests.builders import Federation
from tests.ways import Ways

#: Name of a CHECK of ``cases`` → what breaks it on a case that is being handled.
BROKEN: dict[str, str] = {
    "refused_has_code": "status = 'refused', closed_at = now()",
    "refused_again_has_earlier": "status = 'refused_again', closed_at = now(), refusal_code = 'X1'",
    "decided_has_basis": "status = 'decided', decided_at = now()",
    "closed_has_reply": "status = 'closed', closed_at = now()",
    "served_has_day": "status = 'served', decided_at = now(), basis = '依据'",
    "merged_has_lead": "status = 'merged', closed_at = now()",
    "other_case": "first_id = id",
    "diverted_has_place": "status = 'diverted', closed_at = now(), diverted_to = 'arbitration'",
    "withdrawn_by_petitioner": "status = 'withdrawn', closed_at = now()",
    "terminated_has_ground": "status = 'terminated', closed_at = now()",
    "archived_has_day": "status = 'archived', closed_at = now(), replied_on = '2026-03-02'",
    "side_step_leads_back": "status = 'mediating'",
    "extension_asked_whole": "extension_to = '2026-06-01'",
    "known_review": "review_stage = 'third'",
    "reviewed_has_outcome": "status = 'reviewed'",
    "closed_when_final": "closed_at = now()",
    "known_status": "status = 'lost', closed_at = now()",
}
#: … and of ``case_clocks`` → what breaks it on the sixty days.
BROKEN_CLOCKS: dict[str, str] = {
    "never_backwards": "due_on = original_due_on - 1, due_reason = '倒改'",
    "sixty_days_and_thirty": "due_on = original_due_on + 31, due_reason = '再延'",
    "pause_for_a_hearing": "paused_on = '2026-03-05'",
    "change_has_reason": "due_on = original_due_on + 1",
}


def attempt(federation: Federation, statement: str, case: Case) -> None:
    """One statement as the application role, in the union's own context."""
    with federation.database.transaction(federation.ids["street"]) as session:
        session.execute(text(statement), {"t": federation.ids["street"], "id": case.id})


@pytest.mark.parametrize("name", BROKEN)
def test_an_illegal_case_is_refused_by_name(federation: Federation, name: str) -> None:
    case = Ways(federation).handling()
    with pytest.raises(IntegrityError, match=f"ck_cases_{name}"):
        attempt(federation, f"update cases set {BROKEN[name]} where tenant_id = :t and id = :id", case)


@pytest.mark.parametrize("name", BROKEN_CLOCKS)
def test_a_clock_edited_backwards_or_without_a_reason_is_refused_by_name(federation: Federation, name: str) -> None:
    case = Ways(federation).handling()
    statement = (
        f"update case_clocks set {BROKEN_CLOCKS[name]} where tenant_id = :t and case_id = :id and kind = 'C-60'"
    )
    with pytest.raises(IntegrityError, match=f"ck_case_clocks_{name}"):
        attempt(federation, statement, case)


@pytest.mark.parametrize("column", ["started_on", "original_due_on", "kind", "case_id"])
def test_the_first_day_of_a_clock_is_nobodys_to_change(federation: Federation, column: str) -> None:
    case = Ways(federation).handling()
    with pytest.raises(DBAPIError, match="permission denied"):
        attempt(federation, f"update case_clocks set {column} = {column} where case_id = :id", case)


def clock(kind: str, started: str, due: str) -> str:
    """An insert of one clock."""
    return (
        "insert into case_clocks (tenant_id, id, case_id, kind, started_on, due_on, original_due_on, basis) "
        f"values (:t, gen_random_uuid(), :id, '{kind}', '{started}', '{due}', '{due}', '依据')"
    )


@pytest.mark.parametrize(
    ("kind", "due", "name"),
    [
        ("C-60", "2026-05-10", "uq_case_clocks_once"),
        ("C-EXT", "2026-04-02", "ck_case_clocks_extension_of_thirty_days"),
        ("C-99", "2026-03-10", "ck_case_clocks_known_kind"),
    ],
)
def test_a_second_sixty_days_a_long_extension_and_an_unknown_clock_are_refused(
    federation: Federation, kind: str, due: str, name: str
) -> None:
    case = Ways(federation).handling()
    with pytest.raises(IntegrityError, match=name):
        attempt(federation, clock(kind, "2026-03-02", due), case)


def test_a_second_extension_is_refused_by_the_index(federation: Federation) -> None:
    case = Ways(federation).extended()
    with pytest.raises(IntegrityError, match="uq_case_clocks_once"):
        attempt(federation, clock("C-EXT", "2026-06-05", "2026-06-20"), case)


def test_every_check_is_tried() -> None:
    assert set(CASE_CHECKS) <= set(BROKEN)
    assert set(CLOCK_CHECKS) - set(BROKEN_CLOCKS) == {
        *("known_kind", "extension_of_thirty_days", "stopped_is_not_paused")
    }
