"""One letter, one case: what was told becomes a file with clocks of its own, once, whoever tries."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from sqlalchemy import func, select

from audit.services import history, verify
from cases import clocks
from cases import queries as case_queries
from cases.identity import reveal
from cases.models import Case
from dispatches.kinds import LetterKind
from dispatches.models import Letter, LetterCase
from dispatches.queries import get
from dispatches.services import register_case
from dispatches.workflow import LetterStatus
from kernel.errors import ConflictError, ForbiddenError, IllegalTransitionError, NotFoundError
from tests.builders import Federation
from tests.dispatches.carried import ADDRESS, DUE, ID_NUMBER, NAME, PHONE, WORDS, matter, on, sent, taken


def test_an_order_without_identities_becomes_a_case_that_says_so(federation: Federation) -> None:
    letter = sent(federation)
    case = taken(federation, "head@street", letter)
    with federation.work("head@street") as work:
        file = case_queries.file(work, case.number)
        view = get(work, letter.id)
        assert verify(work.session)[1] is None
    assert case.number.startswith("东一工信〔2026〕")
    assert (case.source, case.source_key, case.channel, case.category_code) == (
        "letter",
        str(letter.id),
        "visit",
        "01.01",
    )
    assert "来函未附信访人身份" in case.content
    assert "请通过东区总工会联系信访人" in case.content
    assert NAME not in case.title + case.content + "".join(claim.text for claim in file.claims)
    assert [(party.organisation, party.name_sealed) for party in file.parties] == [
        ("东区总工会", None),
        ("测试厂", None),
    ]
    assert [claim.text for claim in file.claims] == ["补发赵*三个月工资", "补缴社会保险"]
    assert (view.status, view.case_number) == (LetterStatus.WORKING, case.number)


def test_with_the_enclosure_the_people_stand_masked_in_the_new_case(federation: Federation) -> None:
    letter = sent(federation, share_identity=True)
    case = taken(federation, "clerk@street", letter)
    assert (case.title, case.content) == (f"{NAME}反映三个月工资未发", WORDS)
    with federation.work("head@street") as work:
        party = case_queries.file(work, case.number).parties[0]
        assert (party.name_mask, party.phone_mask, party.subject_type) == ("赵*", "139****5678", "migrant")
        known = reveal(work, case.number, 1, "联系信访人核实")
        told = [event.action for event in history(work.session, letter.id)]
    assert (known.name, known.phone, known.id_number, known.address) == (NAME, PHONE, ID_NUMBER, ADDRESS)
    assert told == ["letter:sign", "letter:start", "letter:enclosure_open", "letter:register_case"]


def test_the_fifteen_days_run_from_the_day_the_letter_came_and_the_set_date_beside_them(
    federation: Federation,
) -> None:
    case = taken(federation, "head@street", sent(federation))
    with federation.work("head@street") as work:
        found = {clock.kind: clock for clock in clocks.of_case(work.session, case.id)}
    assert (found["C-15R"].started_on, found["C-15R"].due_on) == (date(2026, 3, 2), date(2026, 3, 17))
    assert "收到转送、交办之日" in found["C-15R"].basis
    assert (found["C-AD"].started_on, found["C-AD"].due_on) == (date(2026, 3, 2), DUE)


def test_a_transfer_without_a_date_starts_the_notice_clock_alone(federation: Federation) -> None:
    case = taken(federation, "head@street", sent(federation, kind=LetterKind.TRANSFER))
    with federation.work("head@street") as work:
        assert [clock.kind for clock in clocks.of_case(work.session, case.id)] == ["C-15R"]


def test_registering_again_finds_the_same_case(federation: Federation) -> None:
    letter = sent(federation)
    case = taken(federation, "head@street", letter)
    with federation.work("clerk@street") as work:
        assert register_case(work, letter.id).id == case.id
        assert work.session.scalars(select(func.count()).select_from(LetterCase)).one() == 1


def test_of_six_people_who_register_one_letter_one_does(federation: Federation) -> None:
    letter = sent(federation)
    on(federation, "head@street", letter, "sign")
    barrier, outcomes = threading.Barrier(6), list[str]()

    def run(login: str) -> None:
        try:
            with federation.work(login) as work:
                work.session.scalars(select(func.count()).select_from(Case)).one()
                barrier.wait(timeout=10)
                outcomes.append(str(register_case(work, letter.id).id))
        except (ConflictError, IllegalTransitionError):
            outcomes.append("refused")

    threads = [threading.Thread(target=run, args=(f"{name}@street",)) for name in ("head", "clerk") * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(outcomes) == 6
    assert len(set(outcomes) - {"refused"}) == 1
    with federation.work_as_system("street") as work:
        assert work.session.scalars(select(func.count()).select_from(Case)).one() == 1
        assert work.session.scalars(select(func.count()).select_from(LetterCase)).one() == 1


def test_the_second_of_two_on_a_letter_at_work_is_told_and_writes_nothing(federation: Federation) -> None:
    letter = sent(federation)
    on(federation, "head@street", letter, "sign")
    on(federation, "head@street", letter, "start")
    outcome: list[object] = []

    def run() -> None:
        try:
            with federation.work("clerk@street") as work:
                outcome.append(register_case(work, letter.id))
        except ConflictError as error:
            outcome.append(error.message)

    thread = threading.Thread(target=run)
    with federation.work("head@street") as work:
        register_case(work, letter.id)
        thread.start()
        thread.join(timeout=1.5)
        assert thread.is_alive(), "the second one waits for the first"
    thread.join(timeout=20)
    assert outcome == ["同事刚刚根据这封函件登记了信访件，请刷新后查看；没有重复登记。"]
    with federation.work_as_system("street") as work:
        assert work.session.scalars(select(func.count()).select_from(Case)).one() == 1


def test_an_unsigned_and_a_returned_letter_make_no_case(federation: Federation) -> None:
    letter = sent(federation)
    with pytest.raises(IllegalTransitionError, match="先签收"), federation.work("head@street") as work:
        register_case(work, letter.id)
    on(federation, "head@street", letter, "object", text="不属于本单位职权范围，用人单位不在本街道。")
    with pytest.raises(IllegalTransitionError, match="不能再登记"), federation.work("head@street") as work:
        register_case(work, letter.id)


def test_the_sender_and_whoever_registers_nothing_are_refused(federation: Federation) -> None:
    letter = sent(federation)
    on(federation, "head@street", letter, "sign")
    with pytest.raises(ForbiddenError, match="收函单位"), federation.work("head@east") as work:
        register_case(work, letter.id)
    for login in ("supervisor@street", "leader@street"):
        with pytest.raises(ForbiddenError), federation.work(login) as work:
            register_case(work, letter.id)
    for login in ("handler@street", "admin@street", "head@west", "head@city"):
        with pytest.raises((NotFoundError, ForbiddenError)), federation.work(login) as work:
            register_case(work, letter.id)


def test_a_letter_that_only_tells_makes_no_case(federation: Federation) -> None:
    letter = sent(federation, kind=LetterKind.FILE_REQUEST, case=None, case_number=None, subject="调阅材料")
    on(federation, "head@street", letter, "sign")
    with pytest.raises(ForbiddenError, match="调阅函"), federation.work("head@street") as work:
        register_case(work, letter.id)


def test_the_case_of_a_sealed_letter_is_sealed_from_its_first_moment(federation: Federation) -> None:
    case = matter(federation)
    with federation.work("head@east") as work:
        work.session.get_one(Case, (work.tenant_id, case.id)).sealed = True
    letter = sent(federation, case=case)
    on(federation, "head@street", letter, "sign")
    with pytest.raises(NotFoundError), federation.work("clerk@street") as work:
        register_case(work, letter.id)
    with federation.work("head@street") as work:
        assert register_case(work, letter.id).sealed


def test_a_handler_sees_the_letter_of_the_case_that_is_theirs(federation: Federation) -> None:
    letter = sent(federation)
    case = taken(federation, "head@street", letter)
    with pytest.raises(NotFoundError), federation.work("handler@street") as work:
        get(work, letter.id)
    federation.act("clerk@street", case.number, "triage", purpose="request", category="01.01", tier="ordinary")
    handler = str(federation.users["handler@street"].id)
    federation.act("head@street", case.number, "accept", assignee=handler)
    with federation.work("handler@street") as work:
        assert get(work, letter.id).case_number == case.number


def test_a_superior_that_names_itself_takes_the_disputed_matter(federation: Federation) -> None:
    letter = sent(
        federation, kind=LetterKind.DISPUTE, to="city", beyond=federation.ids["west"], case=matter(federation)
    )
    on(federation, "head@city", letter, "sign")
    with pytest.raises(ForbiddenError, match="没有指定"), federation.work("head@city") as work:
        register_case(work, letter.id)
    on(federation, "head@city", letter, "designate", text="由市总工会直接受理", unit=str(federation.ids["city"]))
    with federation.work("head@city") as work:
        assert register_case(work, letter.id).source == "letter"


def test_the_unit_that_was_designated_takes_the_matter_from_the_order(federation: Federation) -> None:
    letter = sent(federation, kind=LetterKind.DISPUTE, to="city", beyond=federation.ids["west"])
    on(federation, "head@city", letter, "sign")
    on(federation, "head@city", letter, "designate", text="由西区总工会受理", unit=str(federation.ids["west"]))
    with pytest.raises(ForbiddenError), federation.work("head@city") as work:
        register_case(work, letter.id)
    with federation.work_as_system("west") as work:
        order = work.session.scalars(select(Letter)).one()
    case = taken(federation, "head@west", order)
    assert case.due_kind == "C-15R"
    assert "来函未附信访人身份" in case.content
