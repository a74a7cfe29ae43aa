"""Registration: everything that is wrong is said at once, and nothing is written then."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from audit.models import AuditEvent
from cases import intake, queries
from cases.intake import NewParty
from cases.models import Case, CaseClock, Claim, Party
from documents.models import NumberCounter
from kernel.errors import ForbiddenError, IllegalTransitionError, InvalidError
from kernel.outbox import OutboxMessage
from measures.models import FactDelta
from tenants import settings
from tests.builders import Federation
from tests.ways import Ways

PERSON = NewParty(name="测试甲")


def test_a_matter_gets_a_number_a_clock_an_event_and_its_claims(federation: Federation) -> None:
    case = federation.register(claims=("补发工资", " ", "补缴社保"), headcount=3)
    assert case.number == "东一工信〔2026〕000001"
    assert (case.status, case.due_on, case.due_kind) == ("registered", date(2026, 3, 17), "C-15")
    assert case.first_handler_id == federation.users["clerk@street"].id
    with federation.work("head@street") as work:
        claims = work.session.scalars(select(Claim).order_by(Claim.position)).all()
        assert [claim.text for claim in claims] == ["补发工资", "补缴社保"]
        clock = work.session.scalars(select(CaseClock)).one()
        assert (clock.started_on, clock.due_on, clock.original_due_on) == (
            date(2026, 3, 2),
            date(2026, 3, 17),
            date(2026, 3, 17),
        )
        assert "第二十三条" in clock.basis
        event = work.session.scalars(select(AuditEvent).where(AuditEvent.subject_id == case.id)).one()
        assert (event.action, event.data["number"]) == ("case:register", case.number)
        assert "工资" not in str(event.data)


def test_the_notice_clock_runs_from_the_day_on_which_it_was_received(federation: Federation) -> None:
    assert federation.register(received_on=date(2026, 2, 26)).due_on == date(2026, 3, 13)
    # 7 March 2026 is a Saturday: the union's own duty ends on the Monday.
    assert federation.register(received_on=date(2026, 2, 20)).due_on == date(2026, 3, 9)
    with federation.work("admin@street") as work:
        settings.change(work, {"holiday_rollover": False})
    assert federation.register(received_on=date(2026, 2, 20)).due_on == date(2026, 3, 7)


def test_a_crowd_is_collective_from_the_union_s_own_number_on(federation: Federation) -> None:
    assert [federation.register(headcount=n).collective for n in (4, 5)] == [False, True]
    with federation.work("admin@street") as work:
        settings.change(work, {"collective_threshold": 10})
    assert [federation.register(headcount=n).collective for n in (9, 10)] == [False, True]
    assert federation.register("clerk@east", headcount=5).collective, "another union's number is its own"


def test_without_claims_the_title_is_the_one_claim(federation: Federation) -> None:
    federation.register(claims=("", "  "))
    with federation.work("head@street") as work:
        assert work.session.scalars(select(Claim.text)).all() == ["反映三个月工资未发"]


def test_numbers_of_two_unions_are_counted_apart(federation: Federation) -> None:
    assert federation.register().number.endswith("000001")
    assert federation.register().number.endswith("000002")
    assert federation.register("clerk@west").number == "西总工信〔2026〕000001"


@pytest.mark.parametrize(
    ("channel", "headcount", "collective"),
    [("visit", 4, False), ("visit", 5, True), ("letter", 50, False), ("visit", 1, False)],
)
def test_five_who_come_together_are_a_collective_visit(
    federation: Federation, channel: str, headcount: int, collective: bool
) -> None:
    assert federation.register(channel=channel, headcount=headcount).collective is collective


@pytest.mark.parametrize("channel", ["letter", "online"])
def test_what_several_people_signed_is_marked_as_joint_and_goes_the_ordinary_way(
    federation: Federation, channel: str
) -> None:
    ways = Ways(federation)
    case = ways.triaged(channel=channel, joint=True, headcount=12, tier="simple")
    assert (case.joint, case.collective, case.headcount) == (True, False, 12)
    with pytest.raises(IllegalTransitionError, match="联名"):
        ways.act("clerk", case, "take_simple", assignee=ways.handler, simple_ground="clear", simple_checked=True)
    with federation.work("clerk@street") as work:
        assert [one.id for one in queries.newest(work, queries.Filter(flag="joint")).cases] == [case.id]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"channel": "letter", "joint": True}, "headcount"),
        ({"channel": "visit", "joint": True, "headcount": 3}, "joint"),
        ({"channel": "call", "joint": True, "headcount": 3}, "joint"),
        ({"way": "agent"}, "way"),
        ({"channel": "pigeon"}, "channel"),
        ({"title": "  "}, "title"),
        ({"title": "长" * 101}, "title"),
        ({"content": ""}, "content"),
        ({"content": "长" * 20_001}, "content"),
        ({"received_on": date(2026, 3, 3)}, "received_on"),
        ({"received_on": date(1989, 12, 31)}, "received_on"),
        ({"headcount": 0}, "headcount"),
        ({"headcount": 10_000}, "headcount"),
        ({"claims": tuple(f"诉求{n}" for n in range(intake.MAX_CLAIMS + 1))}, "claims"),
        ({"parties": (PERSON,) * (intake.MAX_PARTIES + 1)}, "parties"),
        ({"parties": (PERSON, *(NewParty(role="representative", name="代表"),) * 6)}, "parties"),
        ({"parties": ()}, "parties.0.name"),
        ({"parties": (NewParty(role="respondent", organisation="测试厂"),)}, "parties.0.name"),
        ({"parties": (NewParty(name="甲", phone="12"),)}, "parties.0.phone"),
        ({"parties": (NewParty(name="甲", id_number="12"),)}, "parties.0.id_number"),
        ({"parties": (NewParty(name="甲", role="friend"),)}, "parties.0.role"),
        ({"parties": (NewParty(name="甲", subject_type="robot"),)}, "parties.0.subject_type"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_breaks_a_rule_is_refused_and_leaves_nothing(
    federation: Federation, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        federation.register(**change)
    assert field in refused.value.fields
    with federation.work("head@street") as work:
        for table in (Case, Claim, Party, CaseClock, NumberCounter, OutboxMessage, FactDelta):
            assert work.session.scalar(select(func.count()).select_from(table)) == 0


def test_every_mistake_is_said_at_once(federation: Federation) -> None:
    with pytest.raises(InvalidError) as refused:
        federation.register(title="", content="", channel="", parties=(NewParty(name="甲", phone="1"),))
    assert set(refused.value.fields) == {"title", "content", "channel", "parties.0.phone"}


def test_five_representatives_are_the_most_that_the_regulation_allows(federation: Federation) -> None:
    people = tuple(NewParty(role="representative", name=f"代表{n}") for n in "一二三四五")
    assert federation.register(parties=people, headcount=30).collective is True


def test_an_anonymous_matter_needs_no_name(federation: Federation) -> None:
    assert federation.register(parties=(), anonymous=True).anonymous is True


@pytest.mark.parametrize(
    "login",
    ["leader@street", "supervisor@street", "admin@street", "security@street", "auditor@street", "root@platform"],
)
def test_who_does_not_receive_petitioners_does_not_register(federation: Federation, login: str) -> None:
    with pytest.raises(ForbiddenError):
        federation.register(login)


def test_a_matter_whose_category_is_a_report_is_sealed_from_the_start(federation: Federation) -> None:
    assert federation.register(category="13.01").sealed is True
    assert federation.register(category="01.01").sealed is False
    with pytest.raises(InvalidError) as refused:
        federation.register(category="99")
    assert "category" in refused.value.fields


def test_a_union_that_reports_a_matter_stands_with_its_own_name(federation: Federation) -> None:
    reporting = NewParty(subject_type="union", organisation="东区总工会")
    case = federation.register(parties=(reporting,))
    with federation.work("clerk@street") as work:
        party = work.session.scalars(select(Party).where(Party.case_id == case.id)).one()
        assert party.organisation == "东区总工会"
    with pytest.raises(InvalidError):
        federation.register(parties=(NewParty(subject_type="employee", organisation="东区总工会"),))
