"""What a predecessor had written: ended on both sides, written again by the successor, and nobody left to wait."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from access.roles import Role
from archives import closing
from dispatches import files, queries
from dispatches.circulars import send_circular
from dispatches.jobs import arrived
from dispatches.kinds import LetterKind
from dispatches.models import Letter, LetterCase
from dispatches.services import NewFile, escalate, register_case
from dispatches.succession import hand_over_one, run
from dispatches.taking import may_register
from dispatches.workflow import LetterStatus
from kernel.errors import ForbiddenError
from kernel.outbox import OutboxMessage, acknowledge
from tenants import succession
from tenants.accounts import create_user
from tenants.models import Kind
from tenants.services import create
from tests.builders import PASSWORD, Federation, cached_hash
from tests.dispatches.carried import NAME, case_of, matter, on, sent, taken
from tests.dispatches.letters import post, view
from tests.documents.uploads import PDF, png

HANDLERS: dict[str, Any] = {"tenant.succession": run, "letter.event": arrived}
PAY = NewFile("工资条.pdf", PDF)


def join(federation: Federation, slug: str, name: str, above: str) -> None:
    """One more union with a head of its office."""
    with federation.work_as_system("platform") as work:
        made = create(work, slug=slug, name=name, kind=Kind.FEDERATION, code=f"{slug}工信", parent_slug=above)
        federation.ids[slug] = made.id
    with federation.work_as_system(slug) as work:
        federation.users[f"head@{slug}"] = create_user(
            work,
            username="head",
            display_name="测试负责人",
            password=PASSWORD,
            roles=(Role.OFFICE_HEAD,),
            must_change_password=False,
            hasher=cached_hash,
        )


def carry(federation: Federation) -> None:
    """Bring every waiting message to its effect, once, until none is left."""
    moved = True
    while moved:
        moved = False
        for slug in [slug for slug in federation.ids if slug != "platform"]:
            with federation.work_as_system(slug) as work:
                statement = select(OutboxMessage).where(
                    OutboxMessage.topic.in_(HANDLERS), OutboxMessage.done_at.is_(None)
                )
                for message in work.session.scalars(statement.order_by(OutboxMessage.id)).all():
                    HANDLERS[message.topic](work, message.payload)
                    acknowledge(work.session, message.id)
                    moved = True


def merge(federation: Federation, slug: str, after: str, kind: str = "merge") -> UUID:
    carry(federation)
    with federation.work("root@platform") as work:
        found = succession.decide(
            work, slug, successor=after, kind=kind, basis="机构编制〔2026〕7号", decided_on=date(2026, 3, 2)
        ).id
    carry(federation)
    return found


def finish(federation: Federation, slug: str, found: UUID) -> None:
    """End it, which is refused while anything of the predecessor is left."""
    with federation.work("root@platform") as work, federation.work_as_system(slug) as inside:
        closing.finish(work, inside, found, retention_years=30)


def after(federation: Federation, slug: str, letter: Letter, **where: Any) -> Letter:
    """The letter that took the place of another one, in the books of a union."""
    with federation.work_as_system(slug) as work:
        return work.session.scalars(select(Letter).where(Letter.refers_to == letter.id).filter_by(**where)).one()


def scalar(federation: Federation, slug: str, statement: str) -> Any:
    with federation.work_as_system(slug) as work:
        return work.session.execute(text(statement)).scalar()


def test_an_order_is_written_again_and_the_recipient_goes_on_with_the_case_that_it_has(
    federation: Federation,
) -> None:
    order = sent(federation, files=(PAY,), share_identity=True)
    own = taken(federation, "head@street", order)
    found = merge(federation, "east", "west")
    old = view(federation, "head@street", order)
    assert (old.status, old.latest.action) == (LetterStatus.RETURNED, "succeed")
    assert "不必重新登记" in (old.latest.text or "") and "西区总工会承继" in (old.latest.text or "")
    again = after(federation, "street", order)
    assert (again.sender_name, again.kind, again.due_on, again.enclosure is not None) == (
        "西区总工会",
        "order",
        order.due_on,
        True,
    )
    assert order.number in again.request and NAME not in again.request
    on(federation, "head@street", again, "sign")
    with federation.work("head@street") as work:
        assert register_case(work, again.id).id == own.id, "nothing is registered twice"
        for letter in (order, again):
            [line] = files.of_letter(work, letter.id)
            assert (line.name, files.open_file(work, letter.id, line.id).content) == ("工资条.pdf", PDF)
    case = scalar(federation, "west", "select status from cases")
    assert case == "referred"
    on(federation, "head@street", again, "start")
    on(federation, "head@street", again, "reply", text="已督促补发工资。")
    on(federation, "head@west", again, "approve")
    assert scalar(federation, "west", "select status from cases") == "closed"
    finish(federation, "east", found)


@pytest.mark.parametrize(
    ("act_before", "data", "words"),
    [
        ("reply", {"text": "已督促补发工资。"}, "请在本函上再次反馈"),
        ("ask_extension", {"text": "当事人外出，无法联系", "due_on": "2026-04-20"}, "请在本函上重新申请"),
        ("object", {"text": "该事项不属于本单位职权范围。"}, "请在本函上重新提出"),
    ],
)
def test_the_step_that_the_predecessor_owed_is_asked_for_anew(
    federation: Federation, act_before: str, data: dict[str, Any], words: str
) -> None:
    order = sent(federation)
    on(federation, "head@street", order, "sign")
    if act_before != "object":
        on(federation, "head@street", order, "start")
    on(federation, "head@street", order, act_before, **data)
    found = merge(federation, "east", "west")
    assert words in after(federation, "street", order).request
    with federation.work("head@west") as work:
        [handover] = [found for found in queries.inbox(work) if found.kind is LetterKind.HANDOVER]
        assert order.number in handover.letter.request, "what was said last is in the handover"
        assert data["text"] in handover.letter.request
    finish(federation, "east", found)


def test_a_supervision_without_a_case_is_told_to_the_successor_and_written_again(federation: Federation) -> None:
    supervision = post(federation, "head@east", LetterKind.SUPERVISION, files=(PAY, NewFile("照片.png", png())))
    urge = post(federation, "head@east", LetterKind.URGE, refers_to=supervision.id)
    found = merge(federation, "east", "west")
    again = after(federation, "street", supervision, kind="supervision")
    assert (again.sender_name, again.snapshot["details"]) == ("西区总工会", supervision.snapshot["details"])
    for letter in (supervision, urge):
        assert view(federation, "head@street", letter).status is LetterStatus.RETURNED
    with federation.work("head@street") as work:
        assert [line.name for line in files.of_letter(work, again.id)] == ["工资条.pdf", "照片.png"]
        assert not [found for found in queries.inbox(work) if found.letter.refers_to == urge.id]
    with federation.work("head@west") as work:
        [handover] = [found for found in queries.inbox(work) if found.kind is LetterKind.HANDOVER]
        assert handover.waits_for_me and supervision.number in handover.letter.request
        assert not may_register(work, handover.letter, handover.latest)
        with pytest.raises(ForbiddenError, match="没有信访件"):
            register_case(work, handover.letter.id)
    finish(federation, "east", found)


def test_where_the_tree_does_not_allow_it_a_task_names_the_letter_and_its_recipient(federation: Federation) -> None:
    case = matter(federation)
    order = sent(federation, case=case)
    found = merge(federation, "east", "west", "split")
    with federation.work("head@east") as work:
        hand_over_one(work, case.number, found)
    carry(federation)
    [title] = [
        scalar(federation, "west", "select title from tasks where kind = 'letter_inherited' and role = 'office_head'")
    ]
    assert order.number in title and "原发东一街道工会联合会" in title and "不在此列" in title
    assert scalar(federation, "west", "select status from cases") == "triaged", "sorted once is sorted"
    assert view(federation, "head@street", order).status is LetterStatus.RETURNED


def test_a_letter_that_was_for_the_successor_itself_is_a_task_and_no_letter(federation: Federation) -> None:
    case = federation.accepted("east")
    with federation.work("head@east") as work:
        escalate(work, case.number, reason="需要上级协调解决", request="请求协调用人单位")
    merge(federation, "east", "city")
    assert "请并案直接办理" in scalar(federation, "city", "select title from tasks where kind = 'letter_inherited'")
    assert scalar(federation, "city", "select count(*) from letters where side = 'sender'") == 0


def test_a_report_and_a_circular_stay_to_be_read_and_a_remark_goes_to_the_successor(federation: Federation) -> None:
    report = post(federation, "head@east", LetterKind.REPORT, to=federation.ids["city"])
    with federation.work("head@east") as work:
        send_circular(work, subject="关于排查的通报", reason="请各单位对照排查。")
    found = merge(federation, "east", "west")
    on(federation, "head@city", report, "sign")
    on(federation, "head@city", report, "note", text="请补充欠薪数据。")
    carry(federation)
    on(federation, "head@city", report, "note", text="并报送整改情况。")
    carry(federation)
    on(federation, "head@city", report, "file")
    with federation.work("head@west") as work:
        [handover] = [found for found in queries.inbox(work) if found.kind is LetterKind.HANDOVER]
        assert "请补充欠薪数据。" in handover.letter.request
        assert any("并报送整改情况。" in (event.text or "") for event in queries.get(work, handover.letter.id).events)
    finish(federation, "east", found)
    with federation.work_as_system("street") as work:
        assert work.session.scalars(select(Letter.kind)).all() == ["circular"]


def test_through_the_common_superior_the_matter_is_not_passed_on_a_second_time(federation: Federation) -> None:
    join(federation, "north", "北区总工会", "city")
    first = sent(federation, to="west", kind=LetterKind.TRANSFER)
    on(federation, "head@city", first, "sign")
    on(federation, "head@city", first, "forward")
    with federation.work_as_system("city") as work:
        second = work.session.scalars(select(Letter).where(Letter.refers_to == first.id)).one()
    taken(federation, "head@west", second)
    found = merge(federation, "east", "north")
    again = after(federation, "north", first)
    assert view(federation, "head@city", again).status is LetterStatus.WORKING
    assert view(federation, "head@city", again).underway_behind
    with federation.work("head@city") as work:
        assert again.id not in {waiting.letter.id for waiting in queries.waiting(work)}
    on(federation, "head@west", second, "progress", text="正在约谈用工单位。")
    carry(federation)
    assert "正在约谈用工单位。" in (view(federation, "head@north", again).latest.text or "")
    on(federation, "head@west", second, "reply", text="已督促补发工资。")
    carry(federation)
    on(federation, "head@city", second, "approve")
    assert view(federation, "head@north", again).status is LetterStatus.REPLIED
    on(federation, "head@north", again, "approve")
    assert scalar(federation, "north", "select status from cases") == "closed"
    assert scalar(federation, "west", "select count(*) from cases") == 1
    finish(federation, "east", found)


def test_when_the_common_superior_merges_the_unit_behind_it_goes_on_with_its_own_case(federation: Federation) -> None:
    join(federation, "lane", "东二街道工会联合会", "east")
    first = sent(federation, to="lane", login="head@street", kind=LetterKind.TRANSFER)
    on(federation, "head@east", first, "sign")
    on(federation, "head@east", first, "forward")
    with federation.work_as_system("east") as work:
        second = work.session.scalars(select(Letter).where(Letter.refers_to == first.id)).one()
    own = taken(federation, "head@lane", second)
    found = merge(federation, "east", "west")
    again = after(federation, "west", first, kind="transfer")
    assert (again.sender_name, again.beyond_id) == ("东一街道工会联合会", federation.ids["lane"])
    assert view(federation, "head@lane", second).status is LetterStatus.RETURNED
    on(federation, "head@west", again, "sign")
    on(federation, "head@west", again, "forward")
    carry(federation)
    third = after(federation, "lane", again)
    with federation.work_as_system("lane") as work:
        linked = work.session.scalars(select(LetterCase.case_id).where(LetterCase.letter_id == third.id)).all()
    assert linked == [own.id]
    finish(federation, "east", found)


def test_a_split_sends_back_what_its_case_answered_and_keeps_the_rest(federation: Federation) -> None:
    mine = sent(federation, to="east", login="head@city")
    other = sent(federation, to="east", login="head@city")
    case, kept = taken(federation, "head@east", mine), taken(federation, "head@east", other)
    found = merge(federation, "east", "west", "split")
    with federation.work("head@east") as work:
        hand_over_one(work, case.number, found)
    carry(federation)
    assert view(federation, "head@city", mine).status is LetterStatus.RETURNED
    again = after(federation, "west", mine)
    with federation.work_as_system("west") as work:
        [linked] = work.session.scalars(select(LetterCase.case_id).where(LetterCase.letter_id == again.id)).all()
        assert linked == work.session.execute(text("select id from cases")).scalar()
    assert view(federation, "head@city", other).status is LetterStatus.WORKING
    assert case_of(federation, "east", kept).status == "registered"
