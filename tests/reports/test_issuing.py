"""签发: the figures are frozen and signed, and the database lets nobody change them afterwards."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError

from kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from measures.definitions import CATALOGUE
from measures.suppression import HIDDEN
from reports import content, drafting, figures, issuing, queries, submitting, tables, verifying
from reports.drafting import period_of
from tests.reports.conftest import WORDS, Desk


def test_the_leader_alone_issues_and_only_with_words(desk: Desk) -> None:
    draft = desk.begin("east")
    for who in ("handler", "head"):
        with pytest.raises(ForbiddenError), desk.federation.work(f"{who}@east") as work:
            issuing.issue(work, draft.id, version=None)
    with pytest.raises(InvalidError, match="信访总量和结构"), desk.federation.work("leader@east") as work:
        issuing.issue(work, draft.id, version=None)


def test_what_is_frozen_are_the_figures_of_the_period_with_every_definition(desk: Desk) -> None:
    report = desk.issue("east")
    own, everybody = report.figures["own"], report.figures["all"]
    assert figures.value_of(own, "registered")["now"] == 20
    assert figures.value_of(everybody, "registered")["now"] == 60
    assert figures.value_of(everybody, "registered")["before"] == 65, "of 64, because one unit lies below"
    assert figures.value_of(everybody, "open")["now"] == 2 + 8 + 2 + 8
    assert figures.value_of(own, "on_time")["now"] == {"met": 11, "due": 20}
    assert {row["key"] for row in own["measures"]} == {measure.key for measure in CATALOGUE}
    assert all(row["definition"] and row["source"] for row in own["measures"])
    assert [(row["name"], row["now"]) for row in own["categories"]][-1][1] == 20


def test_accusations_are_in_no_number_of_a_report_and_the_report_says_so(desk: Desk) -> None:
    desk.count("west", date(2026, 2, 12), registered=9, closed=9, due=9, category="13", channel="letter")
    report = desk.issue("west")
    own = report.figures["own"]
    assert figures.value_of(own, "registered")["now"] == 30
    assert figures.value_of(own, "on_time")["now"] == {"met": 21, "due": 30}
    for lines in (own["categories"], own["channels"]):
        assert sum(line["now"] for line in lines) == 30
    assert any("不含检举控告" in said for said in content.as_of_words(report.figures))
    with desk.federation.work("head@west") as work:
        told = submitting.told(report, queries.get(work, report.id).paper)
    assert told["rule"].endswith("不含检举控告件")


def test_sums_of_a_union_with_one_unit_below_hide_what_would_tell_that_units_small_numbers(desk: Desk) -> None:
    desk.count("street", date(2026, 2, 10), registered=3, channel="call", category="03")
    report = desk.issue("east")
    own, everybody = report.figures["own"], report.figures["all"]
    assert everybody["veiled"] is True
    assert "veiled" not in own
    lines = {line["key"]: line["now"] for line in everybody["categories"]}
    assert (lines["02"], lines["03"]) == (60, HIDDEN)
    assert {line["key"]: line["now"] for line in everybody["channels"]}["call"] == HIDDEN
    assert figures.value_of(everybody, "registered")["now"] == 65
    assert figures.value_of(everybody, "on_time")["now"] == {"met": 40, "due": 60}
    overview, matters = (part.tables[0] for part in content.parts(report.figures, {})[:2])
    assert tables.ONLY_ONE in overview.notes
    assert HIDDEN in {row[1] for row in matters.rows}
    assert {row[2] for row in matters.rows} == {"—"}
    assert any("系统汇总" in said for said in report.figures["below"]["words"])
    with desk.federation.work("head@east") as work:
        told = submitting.told(report, queries.get(work, report.id).paper)
    assert {line["key"]: line["now"] for line in told["channels"]}["call"] is None


def test_sums_of_a_union_with_two_units_below_are_its_own_business_and_exact(desk: Desk) -> None:
    everybody = desk.issue("city").figures["all"]
    assert "veiled" not in everybody
    assert figures.value_of(everybody, "registered")["now"] == 100


def test_a_later_figure_changes_no_issued_report_and_its_signature_holds(desk: Desk) -> None:
    report = desk.issue("east")
    desk.count("east", date(2026, 2, 11), registered=5)
    with desk.federation.work("leader@east") as work:
        kept = queries.get(work, report.id)
        assert figures.value_of(kept.report.figures["own"], "registered")["now"] == 20
        assert verifying.verify(work, kept.report).holds
        counted = figures.compute(work, period_of(kept.report))
        assert figures.value_of(counted["own"], "registered")["now"] == 25
        assert kept.paper.number == "东总工信月〔2026〕000001"
        assert "东区总工会信访工作月报（2026年2月）" in kept.paper.title


def test_the_application_can_neither_change_nor_remove_an_issued_report(desk: Desk) -> None:
    report = desk.issue("east")
    for statement in (
        "update reports set edition = 2",
        "delete from reports",
        "update report_submissions set attempt = 9",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), desk.federation.work("leader@east") as work:
            work.session.execute(text(statement))
    with desk.federation.work("leader@east") as work:
        assert queries.get(work, report.id).report.edition == 1


def test_a_report_that_somebody_changed_behind_the_application_no_longer_holds(desk: Desk, superuser: Engine) -> None:
    report = desk.issue("east")
    with superuser.begin() as connection:
        connection.execute(
            text("update reports set figures = jsonb_set(figures, '{own,measures,0,now}', '1') where id = :id"),
            {"id": report.id},
        )
    with desk.federation.work("leader@east") as work:
        verdict = verifying.verify(work, queries.get(work, report.id).report)
    assert not verdict.holds
    assert "不一致" in verdict.problems[0]


def test_whoever_signs_other_figures_than_they_saw_is_told_to_look_again(desk: Desk) -> None:
    draft = desk.begin("east")
    with desk.federation.work("head@east") as work:
        drafting.edit(work, draft.id, WORDS, version=None)
        seen = issuing.fingerprint(figures.compute(work, period_of(draft)))
    desk.count("street", date(2026, 2, 20), registered=3)
    with pytest.raises(ConflictError, match="数据又有更新"), desk.federation.work("leader@east") as work:
        issuing.issue(work, draft.id, version=2, seen=seen)
    with desk.federation.work("leader@east") as work:
        seen = issuing.fingerprint(figures.compute(work, period_of(draft)))
        issuing.issue(work, draft.id, version=2, seen=seen)


def test_a_draft_that_was_saved_meanwhile_is_not_issued_and_one_is_issued_once(desk: Desk) -> None:
    draft = desk.begin("east")
    with desk.federation.work("head@east") as work:
        drafting.edit(work, draft.id, WORDS, version=1)
    with pytest.raises(ConflictError), desk.federation.work("leader@east") as work:
        issuing.issue(work, draft.id, version=1)
    with desk.federation.work("leader@east") as work:
        issuing.issue(work, draft.id, version=2)
    with pytest.raises(NotFoundError, match="已经签发"), desk.federation.work("leader@east") as work:
        issuing.issue(work, draft.id, version=2)


def test_facts_that_do_not_reach_the_end_of_the_period_are_not_frozen(desk: Desk, superuser: Engine) -> None:
    draft = desk.begin("east")
    with superuser.begin() as connection:
        connection.execute(text("update heartbeats set at = '2026-02-28 15:00+00'"))
    with pytest.raises(InvalidError, match="还没有汇总到本期结束"):
        desk.sign("east", draft.id)
    with superuser.begin() as connection:
        connection.execute(text("delete from heartbeats"))
    with pytest.raises(InvalidError, match="还没有汇总过"):
        desk.sign("east", draft.id)


def test_figures_that_are_being_corrected_are_not_frozen(desk: Desk, superuser: Engine) -> None:
    draft = desk.begin("east")
    with superuser.begin() as connection:
        connection.execute(
            text("insert into heartbeats (name, at) values ('recount-since', now()), ('recount-alive', now())")
        )
    with pytest.raises(InvalidError, match=r"正在重算.*请待重算结束后再签发"):
        desk.sign("east", draft.id)


def test_the_parts_about_those_below_are_left_out_for_who_does_not_see_them(desk: Desk) -> None:
    report = desk.issue("east")
    bare = figures.fit(report.figures, below=False)
    assert "all" not in bare
    assert "below" not in bare
    assert figures.whole(bare) == report.figures["own"]


def test_a_signature_is_read_in_fours() -> None:
    assert verifying.readable(bytes.fromhex("01ab2cff")) == "01AB-2CFF"
    assert "".join(verifying.halves(bytes.fromhex("01ab2cff"))) == "01AB-2CFF"
