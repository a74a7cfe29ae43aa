"""By machine as at the window: intake with all its fields, every filter of the list, and what came of a case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields as fields_of
from urllib.parse import quote

from flask.testing import FlaskClient

from api import contracts
from api.schemas import CaseInput, CaseQuery, PartyInput
from cases import workplaces
from cases.arrivals import FIELDS
from cases.intake import NewCase, NewParty
from cases.queries import Filter
from tests.api.conftest import Machine, kept, petition, refused
from tests.api.test_spec import document
from tests.builders import Federation

Machines = Callable[[str], Machine]
#: What intake sets by itself or a letter brings; and whom a report accuses, which closes the file to whoever says it.
NOT_TYPED = {"source", "source_key", "by_letter", "review_stage", "accused_staff"}


def test_every_field_of_intake_and_every_filter_of_the_list_is_a_field_of_the_api(client: FlaskClient) -> None:
    assert {field.name for field in fields_of(NewCase)} - NOT_TYPED == set(CaseInput().fields)
    assert {field.name for field in fields_of(NewParty)} == set(PartyInput().fields)
    assert {field.name for field in fields_of(Filter)} == set(CaseQuery().fields) - {"limit", "cursor"}
    whole = document(client)
    described = whole["components"]["schemas"]["ArrivalInput"]["properties"]
    assert set(described) == {field.name for field in FIELDS}
    asked = {parameter["name"] for parameter in whole["paths"]["/api/v1/cases"]["get"]["parameters"]}
    assert {"open", "band", "flag", "department", "tier"} <= asked


def test_a_matter_is_registered_with_all_that_intake_asks(federation: Federation, machine: Machines) -> None:
    with federation.work("clerk@street") as work:
        place = workplaces.save(work, {"name": "测试厂"}).id
    clerk = machine("clerk@street")
    body = petition(
        way="leader_reception",
        arrival={"reception_mode": "joint", "leader": "测试领导", "reception_point": "一号接待室"},
        aim="尽快补发",
        background="已协商两次",
        first_in_system=True,
        confidential=True,
        headcount=6,
    )
    body["parties"] += [{"role": "agent", "name": "测试代理", "authority": "special"}]
    number = kept(clerk.post("/cases", body), contracts.CaseLine, 201)["number"]
    file = kept(machine("head@street").get(f"/cases/{quote(number)}"), contracts.CaseFile)
    assert (file["way"], file["arrival"]["reception_mode"], file["aim"]) == ("leader_reception", "joint", "尽快补发")
    assert (file["background"], file["first_in_system"], file["collective"]) == ("已协商两次", True, True)
    assert [party["authority"] for party in file["parties"]] == [None, None, "special"]
    assert file["parties"][1]["workplace"] == str(place)
    wrong = refused(clerk.post("/cases", petition(channel="call", arrival={"reception_mode": "joint"})), 422)
    assert "只用于来访" in wrong["errors"]["arrival.reception_mode"]
    unknown = refused(clerk.post("/cases", petition(arrival={"gossip": "x"})), 422)
    assert "arrival.gossip" in unknown["errors"]


def test_a_sixth_representative_is_refused_by_machine_too(machine: Machines) -> None:
    body = petition()
    body["parties"] = [{"role": "representative", "name": f"测试代表{n}"} for n in "甲乙丙丁戊己"]
    told = refused(machine("clerk@street").post("/cases", body), 422)
    assert "不得超过5人（《信访工作条例》第二十条）" in told["errors"]["parties"]


def test_the_list_takes_every_filter_of_the_desk(federation: Federation, machine: Machines) -> None:
    clerk, head = machine("clerk@street"), machine("head@street")
    urgent = clerk.post("/cases", petition(urgent=True, anonymous=False)).json["number"]
    plain = clerk.post("/cases", petition()).json["number"]
    for query, wanted in (
        ({"flag": "urgent"}, [urgent]),
        ({"band": "fortnight"}, [plain, urgent]),
        ({"band": "today"}, []),
        ({"tier": "hard"}, []),
        ({"category": "-", "open": "true"}, [plain, urgent]),
    ):
        found = kept(head.get("/cases", **query), contracts.CasePage)["cases"]
        assert [line["number"] for line in found] == wanted, query
    refused(head.get("/cases", flag="gossip"), 422)
    refused(head.get("/cases", band="someday"), 422)


def test_the_file_answers_what_came_of_the_case(federation: Federation, machine: Machines) -> None:
    case = federation.decided()
    handler = machine("handler@street")
    actions = f"/cases/{quote(case.number)}/actions"
    told = {
        "dispositions": {"1": {"disposition": "solved", "aided": True}},
        "measures": ["mediation"],
        "recovered": "36500.50",
        "helped": 3,
    }
    kept(handler.post(actions, {"action": "gains", "data": told}), contracts.CaseAfterAction)
    close = {
        "delivery": "in_person",
        "delivered_on": "2026-03-02",
        "executed_on": "2026-03-02",
        "receipt": "signed",
        "result": "已经全部补发",
    }
    kept(handler.post(actions, {"action": "close", "data": close}), contracts.CaseAfterAction)
    rate = {"rated_about": "office", "rating": "satisfied", "told_how": "call", "reason": "回访时说的"}
    kept(machine("clerk@street").post(actions, {"action": "rate", "data": rate}), contracts.CaseAfterAction)
    file = kept(handler.get(f"/cases/{quote(case.number)}"), contracts.CaseFile)
    assert file["results"] == {"measures": ["mediation"], "recovered_fen": 3_650_050, "helped": 3}
    assert (file["claims"][0]["disposition"], file["claims"][0]["aided"]) == ("solved", True)
    assert [(row["about"], row["entered_by"]) for row in file["ratings"]] == [("office", "staff")]
    assert file["follow_ups"] and file["tasks"] == []
    assert file["first_handler"] == str(federation.users["clerk@street"].id)
