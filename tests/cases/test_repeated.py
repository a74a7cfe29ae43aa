"""重复信访 as seen from the first file: the day is noted, taken back, and disturbs nobody who has the file open."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from cases import repeated, repeats
from cases.models import Case
from kernel.clock import FixedClock
from tests.builders import Federation


def first_file(federation: Federation, number: str) -> Case:
    with federation.work("head@street") as work:
        case = work.session.scalars(select(Case).where(Case.number == number)).one()
        work.session.expunge(case)
        return case


def test_the_first_repetition_is_noted_on_the_first_file_and_its_version_stays(federation: Federation) -> None:
    first = federation.register()
    days = []
    for later in (5, 9):
        federation.clock = FixedClock(federation.clock.now() + timedelta(days=later))
        days.append(federation.clock.today())
        federation.register(repeat=True, repeat_of=first.number)
    now = first_file(federation, first.number)
    assert (now.repeated_on, now.version) == (days[0], first.version)


def test_a_repetition_that_was_none_is_forgotten(federation: Federation) -> None:
    first = federation.register()
    again = federation.register(repeat=True, repeat_of=first.number)
    assert first_file(federation, first.number).repeated_on is not None
    with federation.work("clerk@street") as work:
        repeats.unlink(work, again.number)
    assert first_file(federation, first.number).repeated_on is None


def test_asking_again_changes_nothing(federation: Federation) -> None:
    first = federation.register()
    federation.register(repeat=True, repeat_of=first.number)
    before = first_file(federation, first.number).repeated_on
    with federation.work("clerk@street") as work:
        repeated.trace(work, first.id)
    assert first_file(federation, first.number).repeated_on == before
