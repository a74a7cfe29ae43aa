"""The tables of a file as sheets: one for each that has a row, and none that is empty."""

from __future__ import annotations

from archives.sheets import sheets
from archives.telling import people_in, said, what
from audit.services import history
from cases import queries
from tests.builders import Federation
from tests.ways import Ways


def test_a_table_without_a_row_has_no_sheet_and_housekeeping_no_line(federation: Federation) -> None:
    ways = Ways(federation)
    bare, closed = ways.registered(), ways.closed()
    titles = {}
    with federation.work("head@street") as work:
        for case in (bare, closed):
            events = history(work.session, case.id)
            titles[case.number] = [
                title for title, _note, _sheet in sheets(work, queries.file(work, case.number), events)
            ]
    assert titles[bare.number] == ["信访事项基本情况", "办理过程"]
    assert titles[closed.number] == ["信访事项基本情况", "办理过程", "办理成效", "办结后回访"]


def test_an_event_is_told_in_the_words_of_its_tables(federation: Federation) -> None:
    case = Ways(federation).closed()
    with federation.work("head@street") as work:
        event = history(work.session, case.id)[-1]
        assert people_in([event]) == set()
        told = list(said(event.data, {}, {}, {"delivery": {"in_person": "上门送达"}}))
    assert what(event) == "送达并办结"
    assert told[:3] == ["送达方式：上门送达", "送达日期：2026-03-02", "办理结果：工资已经补发到位"]
    assert "签收情况：签收" in told
