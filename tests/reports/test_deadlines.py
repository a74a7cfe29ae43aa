"""Which reports are due when and how far each is; who may do what with them; how figures read."""

from __future__ import annotations

from datetime import date

import pytest

from access.actor import Actor
from access.roles import Role
from kernel.errors import ForbiddenError
from reports import content, deadlines, figures, policy, queries, submitting, tables
from reports.deadlines import State
from reports.periods import Kind
from tenants import settings
from tests.reports.conftest import Desk

MARCH = (date(2026, 3, 1), date(2026, 3, 31))


def states(desk: Desk, slug: str, first: date = MARCH[0], last: date = MARCH[1]) -> dict[str, State]:
    with desk.federation.work(f"head@{slug}") as work:
        return {due.period.name: due.state for due in deadlines.between(work, first, last)}


def test_a_months_report_is_due_in_the_next_month_and_says_how_far_it_is(desk: Desk) -> None:
    assert states(desk, "street") == {"2026年2月": State.MISSING}
    draft = desk.begin("street")
    assert states(desk, "street") == {"2026年2月": State.DRAFT}
    report = desk.sign("street", draft.id)
    assert states(desk, "street") == {"2026年2月": State.ISSUED}
    desk.send("street", "east", report)
    assert states(desk, "street") == {"2026年2月": State.SUBMITTED}


def test_the_days_are_the_unions_own_setting_and_move_calendar_list_and_lateness(desk: Desk) -> None:
    with desk.federation.work("head@west") as work:
        assert {due.due_on for due in deadlines.between(work, *MARCH)} == {date(2026, 3, 5)}
        assert "周报2日、月报5日、季报10日、年度报告31日" in deadlines.rule(work)
    with desk.federation.work("admin@west") as work:
        settings.change(work, {"report_days": {"week": 1, "month": 8, "quarter": 80, "year": 20}})
    with desk.federation.work("head@west") as work:
        month = next(due for due in deadlines.between(work, *MARCH) if due.period.kind is Kind.MONTH)
        assert month.due_on == date(2026, 3, 8)
        assert not month.late(date(2026, 3, 8))
        assert month.late(date(2026, 3, 9))
        assert next(due for due in deadlines.proposals(work) if due.period == month.period).due_on == month.due_on
        assert "月报8日" in deadlines.rule(work)
    with desk.federation.work("head@east") as work:
        assert {due.due_on for due in deadlines.between(work, *MARCH)} == {date(2026, 3, 5)}


def test_every_kind_of_report_has_its_days() -> None:
    assert tuple(kind.value for kind in Kind) == settings.REPORTS
    assert settings.TenantSettings().report_days == {"week": 2, "month": 5, "quarter": 10, "year": 31}


def test_at_a_root_issued_is_done(desk: Desk) -> None:
    desk.issue("city")
    with desk.federation.work("head@city") as work:
        due = deadlines.between(work, *MARCH)[0]
        assert (due.state, due.done, due.late(date(2026, 4, 1))) == (State.ISSUED, True, False)
    with desk.federation.work("head@west") as work:
        assert deadlines.between(work, *MARCH)[0].late(date(2026, 3, 6))


def test_nothing_is_due_for_days_before_the_union_and_a_quarter_that_runs_is_ahead(desk: Desk) -> None:
    assert states(desk, "east", date(2026, 1, 1), date(2026, 1, 31)) == {}
    found = states(desk, "east", date(2026, 4, 1), date(2026, 4, 30))
    assert found == {"2026年3月": State.AHEAD, "2026年第一季度": State.AHEAD}


def test_weekly_reports_are_due_only_where_somebody_writes_them(desk: Desk) -> None:
    assert not any("周" in name for name in states(desk, "east"))
    desk.begin("east", ("week", "2026-02-02", "2026-02-08"))
    assert "2026年第9周" in states(desk, "east")
    with desk.federation.work("head@east") as work:
        assert {due.period.kind for due in deadlines.proposals(work)} == {Kind.WEEK, Kind.MONTH}
    with pytest.raises(ForbiddenError), desk.federation.work("admin@east") as work:
        queries.drafts(work)


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.CLERK, (False, False, False, False)),
        (Role.HANDLER, (True, False, False, False)),
        (Role.OFFICE_HEAD, (True, False, True, True)),
        (Role.LEADER, (True, True, True, True)),
        (Role.SUPERVISOR, (False, False, False, True)),
        (Role.AUDITOR, (False, False, False, False)),
    ],
)
def test_roles_write_issue_submit_and_see_below(role: Role, may: tuple[bool, ...]) -> None:
    actor = Actor(1, None, "某人", frozenset({role}))
    checks = (policy.may_write, policy.may_issue, policy.may_submit, policy.sees_below)
    assert tuple(check(actor) for check in checks) == may


def test_the_sections_read_in_order_and_the_words_of_a_letter_hide_what_they_must(desk: Desk) -> None:
    report = desk.submit("west", "city")
    parts = content.parts(report.figures, report.words)
    assert [part.heading[:2] for part in parts][:3] == ["一、", "二、", "三、"]
    overview = parts[0].tables[0]
    assert ("登记量（件）", "30", "32", "保持稳定", "—", "—") in overview.rows
    assert dict(overview.terms)["登记量"].startswith("登记的信访事项件数")
    quality = next(part for part in parts if part.section.key == "quality").tables[0]
    assert ("按期办结率", "21/30", "70.0%") in [row[:3] for row in quality.rows]
    with desk.federation.work("head@west") as work:
        letter, _status = submitting.submissions(work, report.id)[0]
        assert figures.since(work) == date(2026, 1, 10)
    told = tables.told_tables(letter.snapshot["report"])
    assert ("按期办结率（%）", "约66.7%（分母30）") in told[0].rows
