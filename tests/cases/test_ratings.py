"""满意度评价: two subjects apart, the last word counts, and whose hand it was stands beside every one."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from cases import ledger, ratings
from cases.ledger_cells import Line, Words
from cases.queries import Filter, file, newest
from kernel.errors import ForbiddenError, InvalidError
from tests.builders import Federation
from tests.cases.moments import later
from tests.ways import Ways

OWN = {"rated_about": "unit", "rating": "satisfied", "reason": "办得很好"}


@pytest.fixture
def ways(federation: Federation) -> Ways:
    return Ways(federation)


def test_office_and_unit_are_rated_apart_and_the_last_word_counts(ways: Ways) -> None:
    case = ways.closed()
    for about, rating in (("unit", "dissatisfied"), ("office", "satisfied"), ("unit", "mostly_satisfied")):
        later(ways, minutes=1)
        ways.act("clerk", case, "rate", rated_about=about, rating=rating, told_how="call", reason="电话里说的")
    with ways.federation.work("head@street") as work:
        rows = ratings.of_case(work, case.id)
        assert {about: row.rating for about, row in ratings.latest(rows).items()} == {
            "unit": "mostly_satisfied",
            "office": "satisfied",
        }
        assert {row.entered_by for row in rows} == {"staff"}
        assert {row.recorded_by for row in rows} == {ways.federation.users["clerk@street"].id}
        found = file(work, case.number).case
        assert found.dissatisfied == 1
        line = Line(1, found, Words(work.clock.today()), str)
        told = {key: ledger.BY_KEY[key].read(line) for key in ("unit_rating", "office_rating")}
        assert told == {"unit_rating": "基本满意（工作人员代录）", "office_rating": "满意（工作人员代录）"}


def test_a_list_tells_the_unit_that_dissatisfied_from_the_office_that_did(ways: Ways) -> None:
    unit, office = ways.closed(), ways.closed()
    for case, about in ((unit, "unit"), (office, "office")):
        ways.act("clerk", case, "rate", rated_about=about, rating="dissatisfied", told_how="call", reason="拖得太久")
    with ways.federation.work("head@street") as work:
        listed = {
            flag: {case.number for case in newest(work, Filter(flag=flag)).cases}
            for flag in ("dissatisfied", "dissatisfied_unit", "dissatisfied_office")
        }
    assert listed == {
        "dissatisfied": {unit.number, office.number},
        "dissatisfied_unit": {unit.number},
        "dissatisfied_office": {office.number},
    }


def test_staff_say_how_they_were_told(ways: Ways) -> None:
    with pytest.raises(InvalidError) as refused:
        ways.act("clerk", ways.closed(), "rate", rating="satisfied", reason="没有说怎样得知")
    assert list(refused.value.fields) == ["told_how"]


def test_a_machine_of_an_earlier_release_rates_the_unit(ways: Ways) -> None:
    case = ways.closed()
    ways.act("clerk", case, "rate", rating="satisfied", told_how="visit", reason="当面说的")
    with ways.federation.work("head@street") as work:
        assert [row.about for row in ratings.of_case(work, case.id)] == ["unit"]


@pytest.mark.parametrize("who", ["clerk", "handler", "head", "leader"])
def test_nobody_of_the_staff_enters_one_in_the_petitioners_name(ways: Ways, who: str) -> None:
    case = ways.closed()
    with pytest.raises(ForbiddenError, match="代录"), ways.federation.work(f"{who}@street") as work:
        ratings.by_petitioner(work, file(work, case.number).case, OWN)


def test_the_platform_keeps_the_petitioners_own_as_such(ways: Ways) -> None:
    case = ways.closed()
    with ways.federation.work_as_system("street") as work:
        row = ratings.by_petitioner(work, file(work, case.number).case, OWN)
        assert (row.entered_by, row.recorded_by, row.told_how) == ("petitioner", None, None)
        assert file(work, case.number).case.rated_by_staff is False


def test_in_sql_too_a_rating_by_staff_says_so_and_is_never_changed(ways: Ways) -> None:
    case = ways.closed()
    ways.act("clerk", case, "rate", rating="satisfied", told_how="visit", reason="当面说的")
    for statement, error in (
        ("update case_ratings set entered_by = 'petitioner'", ProgrammingError),
        ("delete from case_ratings", ProgrammingError),
        (
            "insert into case_ratings (tenant_id, id, case_id, about, rating, reason, entered_by, recorded_by, "
            "recorded_at) select tenant_id, gen_random_uuid(), case_id, about, rating, '', 'petitioner', "
            "recorded_by, now() from case_ratings",
            IntegrityError,
        ),
    ):
        with pytest.raises(error), ways.federation.work("clerk@street") as work:
            work.session.execute(text(statement))
