"""What a report says about the union's own files."""

from __future__ import annotations

from sqlalchemy import Engine, text

from cases.intake import NewParty
from reports import figures
from reports.drafting import period_of
from tests.reports.conftest import Desk


def test_employers_of_confidential_files_are_not_named(desk: Desk, superuser: Engine) -> None:
    for confidential in (False, False, True, True):
        name = "保密厂" if confidential else "普通厂"
        desk.federation.register(
            "clerk@east",
            confidential=confidential,
            parties=(NewParty(name="测试甲", phone="13800001111"), NewParty(role="respondent", organisation=name)),
        )
    with superuser.begin() as connection:
        connection.execute(text("update cases set registered_at = '2026-02-10 09:00+08'"))
    draft = desk.begin("east", ("month", "2026-02-01", "2026-02-28"))
    with desk.federation.work("head@east") as work:
        counted = figures.compute(work, period_of(draft))
    assert counted["workplaces"] == [{"name": "普通厂", "count": 2}]
