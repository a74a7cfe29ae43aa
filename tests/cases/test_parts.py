"""What belongs to a case stands in its order and goes with it; SQL refuses what no service would write."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from cases.models import Case
from cases.parts import CaseClock, Claim, Party
from tests.builders import Federation

DAYS = {"started_on": date(2026, 3, 2), "original_due_on": date(2026, 3, 17), "basis": "测试"}
WRONG: dict[str, Callable[[Case], Any]] = {
    "uq_claims": lambda case: Claim(case_id=case.id, position=1, text="同一位置的诉求"),
    "known_opinion": lambda case: Claim(case_id=case.id, position=9, text="诉求", opinion="maybe"),
    "known_role": lambda case: Party(case_id=case.id, position=9, role="friend"),
    "known_authority": lambda case: Party(case_id=case.id, position=9, role="agent", authority="all"),
    "uq_case_clocks_once": lambda case: CaseClock(case_id=case.id, kind="C-15", due_on=date(2026, 3, 17), **DAYS),
    "due_after_start": lambda case: CaseClock(case_id=case.id, kind="C-AD", due_on=date(2026, 3, 1), **DAYS),
}


@pytest.mark.parametrize("name", WRONG)
def test_sql_refuses_a_part_that_cannot_be(federation: Federation, name: str) -> None:
    case = federation.register()
    with (
        federation.work("clerk@street") as work,
        pytest.raises(IntegrityError, match=name),
        work.session.begin_nested(),
    ):
        work.session.add(WRONG[name](case))
        work.session.flush()
