"""调解员名册 and 外部机关名录: kept by the union, chosen from, and typed beside."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from audit.models import AuditEvent
from cases import registries
from cases.handling import ExternalBody, Mediator
from cases.intake import NewParty
from kernel.errors import ForbiddenError, InvalidError, NotFoundError
from tests.builders import Federation
from tests.ways import Ways

SIGNED = {"name": "测试调解员甲", "kind": "lawyer", "agreed_on": "2026-01-05", "expertise": "工资争议"}


@pytest.fixture
def ways(federation: Federation) -> Ways:
    return Ways(federation)


def keep(ways: Ways, who: str = "head", **values: Any) -> UUID:
    with ways.federation.work(f"{who}@street") as work:
        return registries.save_mediator(work, SIGNED | values).id


def mediate(ways: Ways, name: str, **changes: Any) -> str:
    case = ways.act("head", ways.triaged(**changes), "accept", assignee=ways.handler)
    return ways.act("handler", case, "mediate", mediator=name, both_agree="1").status


def test_a_mediator_of_the_list_works_under_an_agreement_that_holds(ways: Ways) -> None:
    keep(ways)
    assert mediate(ways, "测试调解员甲") == "mediating"
    for name, changes, words in (
        ("测试未签", {"agreed_on": ""}, "保密协议"),
        ("测试到期", {"agreed_until": "2026-02-01"}, "保密协议"),
        ("测试停用", {"active": False}, "已停用"),
    ):
        keep(ways, name=name, **changes)
        with pytest.raises(InvalidError, match=words):
            mediate(ways, name)
    with ways.federation.work("handler@street") as work:
        assert [row.name for row in registries.usable_mediators(work)] == ["测试调解员甲"]


def test_who_is_not_on_the_list_is_typed_and_a_party_is_nobodys_mediator(ways: Ways) -> None:
    assert mediate(ways, "某街道人民调解委员会") == "mediating"
    with pytest.raises(InvalidError, match="回避"):
        mediate(ways, "测试乙方", parties=(NewParty(name="测试甲"), NewParty(role="respondent", name="测试乙方")))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"kind": "judge"}, "kind"),
        ({"agreed_on": "2026-12-01"}, "agreed_on"),
        ({"agreed_on": "昨天"}, "agreed_on"),
        ({"agreed_until": "2025-01-01"}, "agreed_until"),
        ({"expertise": "长" * 201}, "expertise"),
    ],
)
def test_a_mistake_is_said_at_its_field(ways: Ways, changes: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidError) as refused:
        keep(ways, **changes)
    assert list(refused.value.fields) == [field]


def test_a_name_stands_once_and_everything_is_on_record_without_a_volunteers_name(ways: Ways) -> None:
    kept = keep(ways, "admin")
    with pytest.raises(InvalidError, match="同名"):
        keep(ways)
    with ways.federation.work("head@street") as work:
        registries.save_mediator(work, SIGNED | {"agreed_until": "2027-01-01"}, kept)
        registries.remove(work, Mediator, kept)
        events = [row for row in work.session.query(AuditEvent).order_by(AuditEvent.seq) if row.subject_id == kept]
        assert [row.action for row in events] == ["mediator:create", "mediator:change", "mediator:remove"]
        assert all("测试调解员甲" not in str(row.data) for row in events)
        with pytest.raises(NotFoundError):
            registries.remove(work, Mediator, kept)


def test_bodies_are_chosen_for_a_conference_and_written_before_the_others(ways: Ways) -> None:
    with ways.federation.work("head@street") as work:
        body = registries.save_body(work, {"name": "测试区法律援助中心", "kind": "legal_aid", "phone": "12348"}).id
    case = ways.act(
        "handler",
        ways.handling(),
        "hear",
        hearing_form="conference",
        hearing_on="2026-03-05",
        invited=[str(body)],
        participants="信访人、用人单位",
    )
    assert case.status == "hearing"
    with ways.federation.work("head@street") as work:
        data = work.session.query(AuditEvent).order_by(AuditEvent.seq.desc()).first()
        assert data is not None
        assert data.data["participants"] == "测试区法律援助中心、信访人、用人单位"
        assert isinstance(work.session.get(ExternalBody, (work.tenant_id, body)), ExternalBody)


@pytest.mark.parametrize("who", ["clerk", "handler", "leader", "supervisor", "security", "auditor"])
def test_others_keep_no_registry(ways: Ways, who: str) -> None:
    with pytest.raises(ForbiddenError):
        keep(ways, who)
