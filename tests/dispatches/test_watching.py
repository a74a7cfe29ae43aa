"""Each side watches its own copies, and nothing that waits is left in silence."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import select, update

from access.models import User
from access.roles import Role
from dispatches.drafts import Draft
from dispatches.kinds import LetterKind
from dispatches.models import Letter
from dispatches.sending import send
from dispatches.watching import arrived, ask_for_calendar, watch, watch_calendar
from kernel.clock import FixedClock
from notices.models import Task
from notices.tasks import open_task
from tests.builders import Federation
from tests.dispatches.letters import on
from tests.tenants.arranged import arrange


def ordered(federation: Federation, due: date = date(2026, 3, 20)) -> Letter:
    """An order of the district to its street, sent on Monday 2 March."""
    draft = Draft(
        LetterKind.ORDER,
        federation.ids["street"],
        subject="交办一件信访事项",
        reason="请依法办理",
        request="按期报送办结报告",
        due_on=due,
    )
    with federation.work("head@east") as work:
        return send(work, draft)


def at(federation: Federation, day: date) -> None:
    federation.clock = FixedClock(datetime(day.year, day.month, day.day, 2, tzinfo=UTC))


def looked(federation: Federation, slug: str) -> dict[str, str]:
    """The open tasks of a union after one look, by kind, with their roles."""
    with federation.work_as_system(slug) as work:
        watch(work)
    return waiting(federation, slug)


def waiting(federation: Federation, slug: str) -> dict[str, str]:
    with federation.work_as_system(slug) as work:
        found = work.session.scalars(select(Task).where(Task.done_at.is_(None)))
        return {task.kind.removeprefix("trigger:"): task.role for task in found}


def test_a_letter_that_nobody_signed_for_two_working_days_is_told_on_both_sides(federation: Federation) -> None:
    ordered(federation)
    at(federation, date(2026, 3, 4))
    assert looked(federation, "street") == looked(federation, "east") == {}
    at(federation, date(2026, 3, 5))
    assert looked(federation, "street") == {"unsigned": "office_head"}
    assert looked(federation, "east") == {"not_taken": "supervisor"}


def test_a_weekend_is_no_working_day(federation: Federation) -> None:
    at(federation, date(2026, 3, 6))  # a Friday
    ordered(federation)
    at(federation, date(2026, 3, 9))
    assert looked(federation, "street") == {}
    at(federation, date(2026, 3, 11))
    assert looked(federation, "street") == {"unsigned": "office_head"}


def test_the_task_goes_when_the_letter_is_signed_and_does_not_come_back(federation: Federation) -> None:
    letter = ordered(federation)
    at(federation, date(2026, 3, 5))
    looked(federation, "street")
    on(federation, "head@street", letter, "sign")
    assert looked(federation, "street") == {}
    assert looked(federation, "street") == {}
    with federation.work_as_system("street") as work:
        assert "自动办结" in (work.session.scalars(select(Task.resolution)).one() or "")


def test_the_end_of_the_time_to_object_is_told_a_working_day_before(federation: Federation) -> None:
    letter = ordered(federation)
    on(federation, "head@street", letter, "sign")
    at(federation, date(2026, 3, 5))
    assert looked(federation, "street") == {}
    at(federation, date(2026, 3, 6))  # the fourth of five working days
    assert looked(federation, "street") == {"objection_ends": "office_head"}
    on(federation, "head@street", letter, "start")
    assert looked(federation, "street") == {}


def test_a_reply_that_is_late_is_told_on_both_sides_and_an_extension_moves_it(federation: Federation) -> None:
    letter = ordered(federation)
    for action in ("sign", "start"):
        on(federation, "head@street", letter, action)
    at(federation, date(2026, 3, 20))
    assert looked(federation, "street") == looked(federation, "east") == {}
    on(federation, "head@street", letter, "ask_extension", text="正在核实工资台账", due_on="2026-03-30")
    with federation.work_as_system("east") as work:
        arrived(work, {"letter": str(letter.id), "seq": 4})
    assert waiting(federation, "east") == {"extension_waits": "office_head"}
    on(federation, "head@east", letter, "grant_extension", due_on="2026-03-30")
    at(federation, date(2026, 3, 30))
    assert looked(federation, "east") == looked(federation, "street") == {}
    at(federation, date(2026, 3, 31))
    assert looked(federation, "street") == {"reply_overdue": "office_head"}
    assert looked(federation, "east") == {"answer_late": "supervisor"}
    assert looked(federation, "east") == {"answer_late": "supervisor"}


def test_an_objection_waits_for_the_sender_and_its_refusal_calls_both_supervisors(federation: Federation) -> None:
    letter = ordered(federation)
    on(federation, "head@street", letter, "object", text="被反映单位不在本街道辖区，不属于本单位职权范围")
    assert looked(federation, "east") == {"objection_waits": "office_head"}
    on(federation, "head@east", letter, "refuse_objection", text="经核实属于你单位职权")
    assert looked(federation, "east") == looked(federation, "street") == {"objection_refused": "supervisor"}


def test_a_second_redo_calls_the_supervisor(federation: Federation) -> None:
    letter = ordered(federation)
    for action in ("sign", "start"):
        on(federation, "head@street", letter, action)
    for times in (1, 2):
        on(federation, "head@street", letter, "reply", text="已督促单位补发工资")
        on(federation, "head@east", letter, "redo", text="未附工资发放凭证，请补充")
        assert ("redone_twice" in looked(federation, "street")) is (times == 2)


def test_a_letter_that_is_done_is_watched_no_longer(federation: Federation) -> None:
    letter = ordered(federation)
    on(federation, "head@east", letter, "withdraw", text="发函对象有误")
    at(federation, date(2026, 6, 1))
    assert looked(federation, "street") == looked(federation, "east") == {}


def test_a_task_about_a_sealed_letter_is_for_the_head_only(federation: Federation) -> None:
    case = federation.register("clerk@east")
    federation.act("clerk@east", case.number, "triage", purpose="report", category="13.01", tier="ordinary")
    with federation.work("head@east") as work:
        send(work, Draft(LetterKind.SUBMISSION, federation.ids["city"], "", "依规呈报", case_number=case.number))
    at(federation, date(2026, 3, 5))
    assert looked(federation, "east") == {"not_taken": "office_head"}


def test_a_year_without_a_calendar_is_asked_for_and_never_guessed(federation: Federation) -> None:
    at(federation, date(2049, 12, 30))
    ordered(federation, date(2050, 1, 20))
    at(federation, date(2050, 1, 5))
    assert looked(federation, "street") == {"calendar": "tenant_admin"}
    with federation.work_as_system("platform") as work:
        watch_calendar(work)
    assert waiting(federation, "platform") == {"calendar": "platform_admin"}


def test_the_next_year_is_asked_for_from_october_on(federation: Federation) -> None:
    for month, asked in ((9, {}), (10, {"calendar": "platform_admin"})):
        at(federation, date(2026, month, 1))
        with federation.work_as_system("platform") as work:
            watch_calendar(work)
        assert waiting(federation, "platform") == asked
    with federation.work_as_system("platform") as work:
        task = work.session.scalars(select(Task)).one()
    assert (task.link, "2027年" in task.title) == ("/admin/calendar/2027", True)


def test_a_unions_question_goes_when_the_platform_has_confirmed_the_year(federation: Federation) -> None:
    with federation.work_as_system("street") as work:
        ask_for_calendar(work, 2050)
    assert looked(federation, "street") == {"calendar": "tenant_admin"}
    with federation.work_as_system("platform") as work:
        arrange(work, 2050)
    assert looked(federation, "street") == {}


def test_the_platforms_question_goes_when_the_calendar_is_there(federation: Federation) -> None:
    with federation.work_as_system("platform") as work:
        ask_for_calendar(work, 2026)
        watch_calendar(work)
    assert waiting(federation, "platform") == {}


def test_a_post_that_nobody_holds_is_given_to_the_administrator(federation: Federation) -> None:
    with federation.work_as_system("street") as work:
        open_task(work, kind="note", title="需要处理", link="/", role=Role.SUPERVISOR, key="one")
        work.session.execute(update(User).where(User.username == "supervisor").values(active=False))
    assert looked(federation, "street") == {"note": "supervisor", "role_vacant": "tenant_admin"}


def test_an_old_register_is_one_task_a_month_and_not_one_a_case(federation: Federation) -> None:
    for _place in range(3):
        federation.register(received_on=date(2025, 6, 2))
    assert looked(federation, "street") == {"backlog": "supervisor"}
    with federation.work_as_system("street") as work:
        task = work.session.scalars(select(Task)).one()
        assert "3件" in task.title
        assert task.link == "/cases/?overdue=1"
    at(federation, date(2026, 3, 30))
    looked(federation, "street")
    with federation.work_as_system("street") as work:
        assert len(work.session.scalars(select(Task)).all()) == 1


@pytest.mark.parametrize("letter_id", [UUID(int=7)])
def test_a_message_about_a_letter_that_is_not_here_finds_nothing(federation: Federation, letter_id: UUID) -> None:
    with federation.work_as_system("street") as work:
        arrived(work, {"letter": str(letter_id), "seq": 1})
    assert waiting(federation, "street") == {}
