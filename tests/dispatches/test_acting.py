"""The life of a worked letter: objection, extension, report, approval, redoing, withdrawal."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from audit.services import history
from calendars.workdays import LIBRARY
from dispatches import queries
from dispatches.answering import MAX_TEXT, objection_until
from dispatches.models import Letter
from dispatches.services import act
from dispatches.workflow import LetterKind, LetterStatus
from kernel.clock import FixedClock
from kernel.errors import ForbiddenError, IllegalTransitionError, InvalidError
from tests.builders import Federation
from tests.dispatches.letters import DUE, a_letter, on, post, view

OBJECTION = "反映单位已于去年迁出本街道，不属本单位管辖。"


def at(federation: Federation, day: date) -> None:
    """Let it be nine in the morning of a day."""
    federation.clock = FixedClock(datetime(day.year, day.month, day.day, 1, tzinfo=UTC))


def order(federation: Federation, *actions: str) -> Letter:
    """An order of the east to the street, brought along by plain acts."""
    letter = post(federation, "head@east", LetterKind.ORDER)
    for action in actions:
        on(federation, "head@street", letter, action, text="已约谈单位，工资全部补发")
    return letter


def test_an_order_is_worked_reported_and_approved(federation: Federation) -> None:
    letter = post(federation, "head@east", LetterKind.ORDER)
    on(federation, "clerk@street", letter, "sign")
    on(federation, "clerk@street", letter, "start")
    on(federation, "supervisor@street", letter, "progress", text="已约谈单位负责人")
    on(federation, "head@street", letter, "reply", text="工资全部补发，当事人表示满意")
    on(federation, "head@east", letter, "approve")
    for login in ("head@east", "head@street"):
        copy = view(federation, login, letter)
        assert copy.status is LetterStatus.CLOSED
        assert [event.action for event in copy.events] == ["send", "sign", "start", "progress", "reply", "approve"]
        assert [event.signed_as for event in copy.events] == [
            "东区总工会",
            *["东一街道工会联合会"] * 4,
            "东区总工会",
        ]
        assert not copy.overdue and not copy.actions


def test_the_log_says_what_was_done_and_not_what_was_written(federation: Federation) -> None:
    letter = post(federation, "head@east", LetterKind.ORDER)
    on(federation, "head@street", letter, "sign")
    on(federation, "head@street", letter, "ask_extension", text="当事人外出，无法联系", due_on="2026-04-01")
    with federation.work("head@street") as work:
        event = history(work.session, letter.id)[-1]
    assert event.data == {
        "number": letter.number,
        "from": "signed",
        "to": "extension",
        "due_on": "2026-04-01",
    }


class TestObjection:
    """异议: within five working days, with detailed reasons, back only with the sender's consent (条例 art. 23)."""

    def test_the_fifth_working_day_is_the_last(self, federation: Federation) -> None:
        # Sent on a Monday in a week without a holiday.
        letter = post(federation, "head@east", LetterKind.ORDER)
        assert view(federation, "head@street", letter).objection_until == date(2026, 3, 9)
        at(federation, date(2026, 3, 10))
        assert "object" not in [row.action for row in view(federation, "head@street", letter).actions]
        with pytest.raises(IllegalTransitionError, match="2026-03-09"):
            on(federation, "head@street", letter, "object", text=OBJECTION)
        at(federation, date(2026, 3, 9))
        on(federation, "head@street", letter, "object", text=OBJECTION)
        assert view(federation, "head@east", letter).waits_for_me
        assert not view(federation, "head@street", letter).waits_for_me

    def test_holidays_and_make_up_days_count_as_the_calendar_says(self, federation: Federation) -> None:
        at(federation, date(2026, 2, 13))
        letter = post(federation, "head@east", LetterKind.ORDER)
        # 2026: the fourteenth is a working Saturday, then the Spring Festival until the twenty-third.
        assert objection_until(letter, LIBRARY) == date(2026, 2, 27)

    def test_past_the_known_calendar_nobody_guesses(self, federation: Federation) -> None:
        at(federation, date(2043, 6, 1))
        letter = post(federation, "head@east", LetterKind.ORDER, due_on=date(2043, 7, 1))
        copy = view(federation, "head@street", letter)
        assert copy.objection_until is None
        assert "object" in [row.action for row in copy.actions]
        with pytest.raises(InvalidError, match="2043年的节假日安排尚未收录"):
            on(federation, "head@street", letter, "object", text=OBJECTION)

    def test_it_takes_detailed_reasons(self, federation: Federation) -> None:
        letter = post(federation, "head@east", LetterKind.ORDER)
        for text in ("不归我管", "", " " * 30, "长" * (MAX_TEXT + 1)):
            with pytest.raises(InvalidError) as told:
                on(federation, "head@street", letter, "object", text=text)
            assert set(told.value.fields) == {"text"}

    def test_with_consent_the_letter_goes_back(self, federation: Federation) -> None:
        letter = post(federation, "head@east", LetterKind.ORDER)
        on(federation, "head@street", letter, "object", text=OBJECTION)
        with pytest.raises(ForbiddenError):
            on(federation, "head@street", letter, "agree_objection")
        on(federation, "head@east", letter, "agree_objection", note="经核实，同意退回")
        copy = view(federation, "head@street", letter)
        assert (copy.status, copy.latest.text) == (LetterStatus.RETURNED, "经核实，同意退回")

    def test_without_consent_it_is_to_be_worked(self, federation: Federation) -> None:
        letter = post(federation, "head@east", LetterKind.ORDER)
        on(federation, "head@street", letter, "object", text=OBJECTION)
        on(federation, "head@east", letter, "refuse_objection", text="经核实，该单位仍在贵街道")
        copy = view(federation, "head@street", letter)
        assert copy.status is LetterStatus.SIGNED
        assert copy.due_on == DUE, "the date runs on"

    @pytest.mark.parametrize("kind", [LetterKind.URGE, LetterKind.CIRCULAR, LetterKind.REPORT])
    def test_what_only_informs_or_reminds_knows_none(self, federation: Federation, kind: LetterKind) -> None:
        letter = a_letter(federation, kind)
        recipient = "head@east" if kind is LetterKind.REPORT else "head@street"
        assert view(federation, recipient, letter).objection_until is None
        with pytest.raises(IllegalTransitionError):
            on(federation, recipient, letter, "object", text=OBJECTION)


class TestExtension:
    """延期: asked with reasons, thirty days at most beyond the date that binds, and granted by the sender."""

    def asked(self, federation: Federation, due_on: str) -> Letter:
        """An order whose recipient asks for more time."""
        letter = order(federation, "sign", "start")
        on(federation, "head@street", letter, "ask_extension", text="当事人外出，无法联系", due_on=due_on)
        return letter

    def test_what_was_asked_is_seen_and_binds_when_granted(self, federation: Federation) -> None:
        letter = self.asked(federation, "2026-04-10")
        copy = view(federation, "head@east", letter)
        assert (copy.status, copy.extension_asked, copy.due_on) == (LetterStatus.EXTENSION, date(2026, 4, 10), DUE)
        on(federation, "head@east", letter, "grant_extension")
        for login in ("head@east", "head@street"):
            copy = view(federation, login, letter)
            assert (copy.status, copy.extension_asked) == (LetterStatus.WORKING, None)
            assert copy.due_on == date(2026, 4, 10)
        on(federation, "clerk@street", letter, "progress", text="已联系上当事人")
        assert view(federation, "head@east", letter).due_on == date(2026, 4, 10), "a note changes no date"

    def test_the_sender_may_grant_less(self, federation: Federation) -> None:
        letter = self.asked(federation, "2026-04-10")
        on(federation, "head@east", letter, "grant_extension", due_on="2026-03-30")
        assert view(federation, "head@street", letter).due_on == date(2026, 3, 30)

    @pytest.mark.parametrize("due_on", ["2026-03-20", "2026-04-20", "", "soon", None])
    def test_a_date_outside_thirty_days_is_refused_on_either_side(
        self, federation: Federation, due_on: str | None
    ) -> None:
        letter = order(federation, "sign", "start")
        with pytest.raises(InvalidError) as told:
            on(federation, "head@street", letter, "ask_extension", text="当事人外出，无法联系", due_on=due_on)
        assert set(told.value.fields) == {"due_on"}
        on(federation, "head@street", letter, "ask_extension", text="当事人外出，无法联系", due_on="2026-04-19")
        if due_on in ("2026-03-20", "2026-04-20", "soon"):
            with pytest.raises(InvalidError):
                on(federation, "head@east", letter, "grant_extension", due_on=due_on)

    def test_a_refusal_gives_reasons_and_the_work_goes_on(self, federation: Federation) -> None:
        letter = self.asked(federation, "2026-04-10")
        with pytest.raises(InvalidError):
            on(federation, "head@east", letter, "deny_extension")
        on(federation, "head@east", letter, "deny_extension", text="事项紧急，不予延期")
        copy = view(federation, "head@street", letter)
        assert (copy.status, copy.due_on) == (LetterStatus.WORKING, DUE)

    def test_while_it_is_asked_the_clock_does_not_run_against_the_recipient(self, federation: Federation) -> None:
        letter = self.asked(federation, "2026-04-10")
        at(federation, DUE + timedelta(days=1))
        assert not view(federation, "head@east", letter).overdue
        on(federation, "head@east", letter, "deny_extension", text="事项紧急，不予延期")
        assert view(federation, "head@east", letter).overdue


def test_work_that_is_not_enough_comes_back_with_a_new_date_or_the_old_one(federation: Federation) -> None:
    letter = order(federation, "sign", "start", "reply")
    on(federation, "head@east", letter, "redo", text="未说明补发金额，请补充", due_on="2026-04-01")
    assert view(federation, "head@street", letter).due_on == date(2026, 4, 1)
    on(federation, "head@street", letter, "reply", text="补发三个月工资共九千元")
    on(federation, "leader@east", letter, "redo", text="请附当事人签收凭据")
    copy = view(federation, "head@street", letter)
    assert (copy.status, copy.due_on) == (LetterStatus.WORKING, date(2026, 4, 1))


def test_a_letter_is_taken_back_before_it_is_signed_and_not_afterwards(federation: Federation) -> None:
    letter = post(federation, "head@east", LetterKind.ORDER)
    with pytest.raises(ForbiddenError, match="只有发函单位"):
        on(federation, "head@street", letter, "withdraw", text="不想办理这封函件")
    on(federation, "head@east", letter, "withdraw", text="发函有误，收回重发")
    copy = view(federation, "head@street", letter)
    assert (copy.status, copy.actions) == (LetterStatus.WITHDRAWN, ())
    signed = order(federation, "sign")
    with pytest.raises(IllegalTransitionError):
        on(federation, "head@east", signed, "withdraw", text="发函有误，收回重发")


def test_the_system_writes_its_own_rows_only(federation: Federation) -> None:
    letter = post(federation, "head@east", LetterKind.TRANSFER)
    with pytest.raises(ForbiddenError, match="只有系统"):
        on(federation, "head@street", letter, "succeed", text="机构合并", unit=federation.ids["west"])
    with federation.work_as_system("street") as work:
        with pytest.raises(ForbiddenError):
            act(work, letter.id, "sign")
        act(work, letter.id, "succeed", {"text": "已并入西区总工会", "unit": str(federation.ids["west"])})
    copy = view(federation, "head@east", letter)
    assert copy.status is LetterStatus.RETURNED
    assert copy.latest.told == {"unit": {"id": federation.ids["west"], "name": "西区总工会"}}


def test_what_informs_is_read_noted_and_put_away(federation: Federation) -> None:
    letter = post(federation, "head@street", LetterKind.REPORT)
    on(federation, "clerk@east", letter, "sign")
    on(federation, "leader@east", letter, "note", text="做法很好，请继续跟进")
    on(federation, "clerk@east", letter, "file")
    copy = view(federation, "head@street", letter)
    assert copy.status is LetterStatus.CLOSED
    assert [event.text for event in copy.events if event.text] == ["做法很好，请继续跟进"]


def test_a_reminder_is_signed_and_answered(federation: Federation) -> None:
    urge = a_letter(federation, LetterKind.URGE)
    assert view(federation, "head@street", urge).refers_to == urge.refers_to
    on(federation, "clerk@street", urge, "sign")
    on(federation, "clerk@street", urge, "reply", text="正在办理，本周内反馈")
    assert view(federation, "head@east", urge).status is LetterStatus.CLOSED


def test_a_letter_waits_for_exactly_one_side_until_it_is_done(federation: Federation) -> None:
    letter = post(federation, "head@east", LetterKind.ORDER)

    def waits() -> list[str]:
        found = []
        for login in ("head@east", "head@street"):
            with federation.work(login) as work:
                found += [login] * len(queries.waiting(work))
        return found

    steps = (
        ("head@street", "object"),
        ("head@east", "refuse_objection"),
        ("head@street", "start"),
        ("head@street", "ask_extension"),
        ("head@east", "grant_extension"),
        ("head@street", "reply"),
        ("head@east", "redo"),
        ("head@street", "reply"),
        ("head@east", "approve"),
    )
    for login, action in steps:
        # An objection is the recipient's own choice while the letter waits for it anyway.
        assert waits() == [login]
        on(federation, login, letter, action, text=OBJECTION, due_on="2026-04-01")
    assert waits() == []
