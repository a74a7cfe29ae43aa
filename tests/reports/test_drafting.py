"""Writing a report: one draft of a period, two people at once, nothing typed lost, and a revision for a reason."""

from __future__ import annotations

import pytest

from audit.services import history
from kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from reports import drafting, queries
from reports.periods import Kind, containing
from tests.reports.conftest import FEBRUARY, WORDS, Desk


def test_a_draft_is_begun_for_a_period_by_whoever_writes_reports(desk: Desk) -> None:
    draft = desk.begin("east")
    assert (draft.kind, draft.edition, draft.words, draft.version) == ("month", 1, {}, 1)
    for who in ("clerk", "supervisor", "admin", "auditor"):
        with pytest.raises(ForbiddenError), desk.federation.work(f"{who}@west") as work:
            drafting.begin(work, *FEBRUARY)


def test_a_second_draft_of_the_same_period_is_refused_and_another_kind_is_not(desk: Desk) -> None:
    desk.begin("east")
    with pytest.raises(ConflictError, match="已有一份草稿"), desk.federation.work("head@east") as work:
        drafting.begin(work, *FEBRUARY)
    desk.begin("east", ("week", "2026-02-02", "2026-02-08"))
    desk.begin("west")


def test_a_report_that_was_issued_is_not_begun_again(desk: Desk) -> None:
    report = desk.issue("east")
    with pytest.raises(ConflictError, match="进行修订"), desk.federation.work("head@east") as work:
        drafting.begin(work, *FEBRUARY)
    with desk.federation.work("head@east") as work:
        mine, made = queries.of_period(work, containing(Kind.MONTH, report.first_on))
        assert (mine, made and made.id) == (None, report.id)


def test_a_period_before_the_first_figure_of_the_union_is_refused(desk: Desk) -> None:
    with pytest.raises(InvalidError, match="2026-01-10"), desk.federation.work("head@east") as work:
        drafting.begin(work, "month", "2025-12-01", "2025-12-31")


def test_of_two_people_who_save_at_once_one_wins_and_the_other_is_told(desk: Desk) -> None:
    draft = desk.begin("east")
    with desk.federation.work("head@east") as work:
        drafting.edit(work, draft.id, {"overview": "负责人写的。"}, version=1)
    with pytest.raises(ConflictError, match="还在页面上"), desk.federation.work("handler@east") as work:
        drafting.edit(work, draft.id, {"overview": "承办人写的。"}, version=1)
    with desk.federation.work("handler@east") as work:
        kept = queries.draft(work, draft.id)
        assert (kept.words, kept.version) == ({"overview": "负责人写的。"}, 2)
        drafting.edit(work, draft.id, {"overview": "两人合写的。"}, version=2)


def test_saving_sections_leaves_the_others_and_the_log_tells_no_words(desk: Desk) -> None:
    draft = desk.begin("east")
    with desk.federation.work("head@east") as work:
        drafting.edit(work, draft.id, WORDS, version=None)
        drafting.edit(work, draft.id, {"overview": ""}, version=None)
        assert queries.draft(work, draft.id).words == {"advice": WORDS["advice"]}
        events = history(work.session, draft.id)
    assert [event.action for event in events] == ["report:begin", "report:edit", "report:edit"]
    assert events[-1].data["before"] == {"overview": 9}
    assert events[-1].data["after"] == {"overview": 0}


def test_a_draft_that_was_thrown_away_is_gone_for_everybody(desk: Desk) -> None:
    draft = desk.begin("east")
    with desk.federation.work("head@east") as work:
        drafting.discard(work, draft.id, version=1)
    with pytest.raises(NotFoundError, match="已经签发或者删除"), desk.federation.work("handler@east") as work:
        drafting.edit(work, draft.id, WORDS, version=1)
    desk.begin("east")


def test_a_revision_is_a_new_edition_with_a_reason_and_the_words_of_the_old_one(desk: Desk) -> None:
    report = desk.issue("east")
    with pytest.raises(InvalidError, match="理由"), desk.federation.work("head@east") as work:
        drafting.revise(work, report, "改")
    with desk.federation.work("head@east") as work:
        draft = drafting.revise(work, report, "补登了漏登的件。")
        assert (draft.edition, draft.words) == (2, WORDS)
    again = desk.sign("east", draft.id)
    assert (again.edition, again.reason) == (2, "补登了漏登的件。")
    with pytest.raises(ConflictError, match="更新的版次"), desk.federation.work("head@east") as work:
        drafting.revise(work, report, "再改一次旧版。")
    with desk.federation.work("head@east") as work:
        assert [one.edition for one in queries.editions(work, report)] == [2, 1]
        assert [line.replaced for line in queries.issued(work)[0]] == [False, True]
