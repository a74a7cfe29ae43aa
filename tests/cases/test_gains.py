"""三到位一处理, measures, money and people: written down by those who handle, summed for the own union only."""

from __future__ import annotations

import pytest

from cases import gains
from cases.handling_rows import RESULTS
from cases.handling_rules import DISPOSITIONS, MEASURES
from cases.queries import Filter, file
from cases.workflow import Status
from kernel.errors import InvalidError
from tests.builders import Federation
from tests.stations import at
from tests.ways import OPINIONS, Ways


@pytest.fixture
def ways(federation: Federation) -> Ways:
    return Ways(federation)


@pytest.mark.parametrize(
    ("typed", "fen"), [("36500", 3_650_000), ("36,500.5", 3_650_050), ("0.01", 1), ("", None), (None, None)]
)
def test_yuan_are_read_as_whole_hundredths(typed: str | None, fen: int | None) -> None:
    assert gains.read_yuan(typed) == fen


@pytest.mark.parametrize("typed", ["-1", "1.234", "三万", "1e5", "999999999999", "１２"])
def test_what_is_no_amount_comes_back_with_an_example(typed: str) -> None:
    with pytest.raises(InvalidError, match="元"):
        gains.read_yuan(typed)


def test_amounts_are_shown_as_people_write_them() -> None:
    assert [gains.yuan(fen) for fen in (None, 0, 1, 3_650_000, 3_650_050)] == [
        *("", "0元", "0.01元", "36,500元", "36,500.50元")
    ]
    assert RESULTS
    assert (len(DISPOSITIONS), len(MEASURES)) == (4, 13)


def test_results_are_written_down_and_changed_and_the_log_keeps_what_was_before(ways: Ways) -> None:
    case = ways.decided()
    told = {
        "dispositions": {"1": {"disposition": "solved", "aided": "1"}, "2": {"disposition": "educated"}},
        "measures": ["mediation", "legal_aid"],
        "recovered": "36500.50",
        "helped": "3",
    }
    ways.act("handler", case, "gains", **told)
    ways.act("handler", case, "gains", measures=[], recovered="40000", helped="")
    with ways.federation.work("handler@street") as work:
        found = file(work, case.number)
        assert gains.dispositions_of(work, found.claims) == {1: ("solved", True), 2: ("educated", False)}
        result = gains.result_of(work, case.id)
        assert result is not None
        assert (result.measures, result.recovered_fen, result.helped) == ([], 4_000_000, None)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("dispositions", {"1": {"disposition": "lawful", "aided": "1"}}),
        ("dispositions", {"1": {"disposition": "punished"}}),
        ("measures", ["arrest"]),
        ("helped", "-3"),
        ("recovered", "很多"),
    ],
)
def test_what_says_nothing_is_refused_at_its_field(ways: Ways, field: str, value: object) -> None:
    with pytest.raises(InvalidError) as refused:
        ways.act("handler", ways.handling(), "gains", **{field: value})
    assert all(name.startswith(field) for name in refused.value.fields)


def test_every_closed_case_has_its_dispositions_though_nobody_said_them(ways: Ways) -> None:
    case = ways.closed()
    agreed = ways.act("handler", ways.agreed(), "conclude_agreement", opinions=OPINIONS, result="单位已经补发")
    assert (case.status, agreed.status) == (Status.CLOSED, Status.CONCLUDED)
    for each in (case, agreed):
        with ways.federation.work("head@street") as work:
            found = file(work, each.number)
            assert set(gains.dispositions_of(work, found.claims)) == {1, 2}


def test_sums_are_of_what_the_actor_sees_in_the_own_union(ways: Ways) -> None:
    federation = ways.federation
    open_one, closed_file = ways.handling(), ways.handling()
    ways.act("handler", open_one, "gains", recovered="100", helped="2")
    ways.act("handler", closed_file, "gains", recovered="1000", helped="5")
    ways.act("clerk", sealed := ways.registered(), "triage", purpose="report", category="13.01", tier="hard")
    ways.act("head", sealed, "accept", assignee=str(federation.users["head@street"].id))
    ways.act("head", sealed, "gains", recovered="7", helped="1")
    for login, wanted in (
        ("head@street", (3, 110_700, 8)),
        ("clerk@street", (2, 110_000, 7)),
        ("handler@street", (2, 110_000, 7)),
        ("admin@street", (0, 0, 0)),
        ("auditor@street", (0, 0, 0)),
        ("head@east", (0, 0, 0)),
    ):
        with federation.work(login) as work:
            found = gains.totals(work, Filter())
            assert (found.cases, found.fen, found.helped) == wanted, login


def test_an_end_without_an_opinion_is_the_outcome_of_every_claim(ways: Ways) -> None:
    """件件有着落，事事有回音: refused, led elsewhere, withdrawn or ended, each claim says what became of it."""
    for status, words in (
        (Status.REFUSED, "不予受理"),
        (Status.REFUSED_AGAIN, "不再受理"),
        (Status.DIVERTED, "导入法定程序"),
        (Status.WITHDRAWN, "信访人撤回"),
        (Status.TERMINATED, "联系不上"),
    ):
        case = at(ways, status)
        with ways.federation.work("head@street") as work:
            findings = [claim.finding or "" for claim in file(work, case.number).claims]
            assert len([finding for finding in findings if words in finding]) == 2, status
        answered = status not in (Status.WITHDRAWN, Status.TERMINATED)
        assert (case.replied_on is not None) is answered, status
