"""机构承继: whatever a union had open when it was merged or split has exactly one living owner afterwards."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from archives import closing
from cases.identity import reveal
from cases.intake import NewParty
from cases.models import Case
from dispatches import queries
from dispatches.jobs import arrived
from dispatches.kinds import LetterKind
from dispatches.services import Draft, act, escalate, send
from dispatches.succession import BATCH, hand_over_one, run, splits
from kernel.errors import ForbiddenError, InvalidError, NotFoundError
from measures.folding import fold
from tenants import succession
from tests.builders import Federation
from tests.conftest import Stage

ROOT = "root@platform"
WHY = "机构编制〔2026〕7号"
TODAY = date(2026, 3, 2)


class Killed(Exception):
    """The worker died before its commit."""


def decide(federation: Federation, slug: str, after: str, kind: str = "merge", **more: Any) -> UUID:
    with federation.work(ROOT) as work:
        made = succession.decide(work, slug, successor=after, kind=kind, basis=WHY, decided_on=TODAY, **more)
        return made.id


def settle(federation: Federation, *, chance: random.Random | None = None) -> None:
    """Deliver every message of every union until none is left, as the worker would; some deliveries are killed."""
    done: set[UUID] = set()
    handlers = {"tenant.succession": run, "letter.event": arrived}
    while True:
        waiting = []
        for slug in ("city", "east", "west", "street"):
            with federation.work_as_system(slug) as work:
                rows = work.session.execute(
                    text("select id, topic, payload from outbox where topic = any(:topics) order by created_at, id"),
                    {"topics": list(handlers)},
                )
                waiting += [(slug, row.id, row.topic, row.payload) for row in rows if row.id not in done]
        if not waiting:
            return
        if chance is not None:
            chance.shuffle(waiting)
        for slug, message, topic, payload in waiting:
            try:
                with federation.work_as_system(slug) as work:
                    handlers[topic](work, payload)
                    if chance is not None and chance.random() < 0.3:
                        raise Killed
            except Killed:
                continue
            done.add(message)


def rows(federation: Federation, slug: str, statement: str) -> list[Any]:
    with federation.work_as_system(slug) as work:
        return list(work.session.execute(text(statement)).all())


def open_cases(federation: Federation, slug: str) -> list[Any]:
    return rows(federation, slug, "select * from cases where closed_at is null order by title")


def filled(federation: Federation, chance: random.Random, count: int) -> dict[str, dict[str, Any]]:
    """Cases of west in random states, by title."""
    made: dict[str, dict[str, Any]] = {}
    for n in range(count):
        title = f"西区事项{n:03d}"
        received = TODAY - timedelta(days=chance.randrange(0, 20))
        changes: dict[str, Any] = {
            "title": title,
            "received_on": received,
            "parties": (NewParty(name=f"测试{n}", phone=f"138{n:08d}"),),
        }
        state = chance.choice(("registered", "accepted", "escalated"))
        if state == "registered":
            case: Case = federation.register("clerk@west", **changes)
        else:
            case = federation.accepted("west", **changes)
            if state == "escalated":
                with federation.work("head@west") as work:
                    escalate(work, case.number, reason="需要上级协调解决", request="请求协调用人单位")
        due = rows(federation, "west", f"select due_on from cases where number = '{case.number}'")[0].due_on
        made[title] = {"number": case.number, "received": received, "state": state, "due": due}
    return made


@pytest.mark.parametrize("seed", [1, 2])
def test_every_open_case_is_at_the_successor_exactly_once_whenever_the_worker_dies(
    federation: Federation, seed: int
) -> None:
    chance = random.Random(seed)
    made = filled(federation, chance, BATCH + 5)
    for kind in (LetterKind.ORDER, LetterKind.CIRCULAR, LetterKind.SUPERVISION):
        details = {"trigger": "overdue", "ladder": "supervise"} if kind is LetterKind.SUPERVISION else {}
        due = None if kind is LetterKind.CIRCULAR else TODAY + timedelta(days=20)
        with federation.work("head@city") as work:
            send(
                work,
                Draft(
                    kind=kind,
                    to=federation.ids["west"],
                    subject="市级来函",
                    reason="请办理此事项",
                    due_on=due,
                    details=details,
                ),
            )
    settle(federation)
    found = decide(federation, "west", "east")
    settle(federation, chance=chance)
    assert open_cases(federation, "west") == []
    over = {row.title: row for row in open_cases(federation, "east")}
    assert sorted(over) == sorted(made)
    for title, told in made.items():
        row = over[title]
        assert (row.received_on, row.due_on, row.arrived_on) == (told["received"], told["due"], TODAY), title
        # What was reported upward is reported again by the successor, and stands where it stood.
        stands = {"registered": "registered", "accepted": "handling", "escalated": "escalated"}
        assert row.status == stands[told["state"]]
        assert row.number != told["number"]
    with federation.work("head@east") as work:
        number = over[min(made)].number
        assert reveal(work, number, 1, "核对来访人身份").name == "测试0"
        around = {view.letter.kind for view in queries.of_case(work, over[min(made)].id)}
        assert around == ({"handover", "escalation"} if made[min(made)]["state"] == "escalated" else {"handover"})
    with federation.work_as_system("west") as work:
        assert closing.inventory(work).left(merged=True) == []
    # What the city had asked of west it asks of east now; a circular east has got by itself.
    again = rows(
        federation,
        "east",
        "select kind from letters where side = 'recipient' and sender_name = '测试市总工会' order by kind",
    )
    assert [row.kind for row in again] == ["order", "supervision"]
    with federation.work(ROOT) as work, federation.work_as_system("west") as inside:
        closing.finish(work, inside, found, retention_years=30)
    closed = rows(federation, "platform", "select status, successor_id from tenants where slug = 'west'")[0]
    assert tuple(closed) == ("closed", federation.ids["east"])


def test_the_figures_say_that_cases_moved_and_the_superior_counts_nothing_twice(
    federation: Federation, clean: Stage
) -> None:
    filled(federation, random.Random(3), 6)
    decide(federation, "west", "east")
    settle(federation)
    from kernel.db import Database

    assert clean.settings.database_rollup_url is not None
    rollup = Database(clean.settings.database_rollup_url, pool_size=1)
    try:
        with rollup.engine.begin() as connection:
            fold(connection)
    finally:
        rollup.engine.dispose()
    statement = (
        "select sum(registered), sum(moved), sum(closed) from daily_facts where subject_id = {} and scope = {}"
    )
    for slug, scope, wanted in (("west", 0, (6, -6, 0)), ("east", 0, (0, 6, 0)), ("city", 1, (6, 0, 0))):
        got = rows(federation, slug, statement.format(federation.ids[slug], scope))[0]
        assert tuple(got) == wanted, slug


def test_a_report_upward_of_the_predecessor_is_written_again_and_its_answer_comes_to_the_successor(
    federation: Federation,
) -> None:
    case = federation.accepted("west", title="西区上报事项")
    with federation.work("head@west") as work:
        letter = escalate(work, case.number, reason="需要上级协调解决", request="请求协调用人单位")
    decide(federation, "west", "east")
    settle(federation)
    with federation.work("head@city") as work:
        assert queries.get(work, letter.id).latest.action == "succeed"
        [again] = [view.letter.id for view in queries.inbox(work) if view.letter.refers_to == letter.id]
    for action, data in (("sign", {}), ("answer", {"text": "同意，请按意见办理。"})):
        with federation.work("head@city") as work:
            act(work, again, action, data)
    settle(federation)
    with federation.work("head@east") as work:
        [view] = [view for view in queries.outbox(work) if view.letter.id == again]
        assert view.may_resume and view.latest.text == "同意，请按意见办理。"


def test_an_answer_that_was_on_its_way_when_the_case_went_follows_it(federation: Federation) -> None:
    case = federation.accepted("west", title="西区上报事项")
    with federation.work("head@west") as work:
        letter = escalate(work, case.number, reason="需要上级协调解决", request="请求协调用人单位")
    for action, data in (("sign", {}), ("answer", {"text": "同意，请按意见办理。"})):
        with federation.work("head@city") as work:
            act(work, letter.id, action, data)
    decide(federation, "west", "east")
    with federation.work_as_system("west") as work:
        run(work, {"succession": str(succession.of_union(work.session, work.tenant_id)[0].id), "step": "cases"})
    settle(federation)
    with federation.work("head@east") as work:
        [view] = queries.of_case(work, open_cases(federation, "east")[0].id)
        assert any("同意，请按意见办理" in (event.text or "") for event in view.events)
        assert "上级已答复。最近往来：同意，请按意见办理。" in view.letter.request


def test_children_of_a_merged_union_write_to_its_successor(federation: Federation) -> None:
    case = federation.accepted("street", title="街道上报事项")
    with federation.work("head@street") as work:
        escalate(work, case.number, reason="需要上级协调解决", request="请求协调用人单位")
    decide(federation, "east", "west")
    settle(federation)
    sent = rows(federation, "street", "select recipient_name from letters where side = 'sender' order by sent_at, id")
    assert [row.recipient_name for row in sent] == ["东区总工会", "西区总工会"]
    assert open_cases(federation, "street")[0].status == "escalated"
    parent = "select parent_id from tenants where slug = 'street'"
    assert rows(federation, "platform", parent)[0].parent_id == federation.ids["west"]


def test_a_letter_that_cannot_go_to_the_successor_leaves_a_task_with_its_sender(federation: Federation) -> None:
    with federation.work("head@east") as work:
        due = TODAY + timedelta(days=20)
        draft = Draft(
            kind=LetterKind.ORDER,
            to=federation.ids["street"],
            subject="请办理此事",
            reason="请办理此事项",
            due_on=due,
        )
        send(work, draft)
    decide(federation, "street", "west")
    settle(federation)
    tasks = rows(federation, "east", "select title from tasks where kind = 'letter_returned'")
    assert len(tasks) == 1 and "未能自动另发" in tasks[0].title and "西区总工会" in tasks[0].title


def test_a_split_moves_its_categories_and_single_cases_by_the_head_of_the_office(federation: Federation) -> None:
    pay = federation.accepted("west", title="西区工资")
    other = federation.register("clerk@west", title="西区未分类")
    found = decide(federation, "west", "east", "split", categories=("01",))
    settle(federation)
    assert [row.title for row in open_cases(federation, "east")] == [pay.title]
    assert [row.title for row in open_cases(federation, "west")] == [other.title]
    with federation.work("clerk@west") as work, pytest.raises(ForbiddenError):
        hand_over_one(work, other.number, found)
    with federation.work("head@west") as work:
        assert [row.id for row in splits(work)] == [found]
        hand_over_one(work, other.number, found)
    settle(federation)
    assert len(open_cases(federation, "east")) == 2
    with federation.work("head@east") as work, pytest.raises(NotFoundError):
        hand_over_one(work, open_cases(federation, "east")[0].number, found)
    with federation.work(ROOT) as work, federation.work_as_system("west") as inside:
        closing.finish(work, inside, found, retention_years=30)
    assert rows(federation, "platform", "select status from tenants where slug = 'west'")[0].status == "active"


def test_a_sealed_case_that_accuses_the_successor_goes_to_the_union_above(federation: Federation) -> None:
    parties = (NewParty(name="测试甲"), NewParty(role="respondent", organisation="东区总工会"))
    case = federation.register("clerk@west", title="西区检举件", parties=parties)
    federation.act("clerk@west", case.number, "triage", purpose="report", category="13.01", tier="hard")
    decide(federation, "west", "east")
    settle(federation)
    assert open_cases(federation, "east") == []
    moved = open_cases(federation, "city")
    assert [row.title for row in moved] == ["西区检举件"] and moved[0].sealed


def test_what_is_left_keeps_a_merge_from_being_finished(federation: Federation) -> None:
    federation.register("clerk@west")
    found = decide(federation, "west", "east")
    with (
        pytest.raises(InvalidError, match="还有 1 件信访件"),
        federation.work(ROOT) as work,
        federation.work_as_system("west") as inside,
    ):
        closing.finish(work, inside, found, retention_years=30)


def test_a_successor_that_makes_no_sense_is_refused(federation: Federation) -> None:
    for slug, after, kind in (
        ("east", "street", "merge"),
        ("east", "east", "merge"),
        ("east", "nowhere", "merge"),
        ("east", "platform", "split"),
        ("east", "west", "other"),
    ):
        with pytest.raises(InvalidError):
            decide(federation, slug, after, kind)
