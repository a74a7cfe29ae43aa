"""The resources: what they answer, to whom, and what reads the same on purpose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from flask.testing import FlaskClient
from sqlalchemy import create_engine

from api import contracts
from api.act_inputs import ActionData
from api.schemas import CASE_ACTIONS
from dispatches.workflow import LETTER_TABLE, Side
from measures.folding import fold
from tests.api.conftest import ROOT, Machine, kept, petition, refused
from tests.builders import Federation
from tests.conftest import Stage
from tests.web.conftest import MovingClock

Machines = Callable[[str], Machine]


def case_path(number: str) -> str:
    """A case's address below the root."""
    return f"/cases/{quote(number)}"


def test_a_case_is_registered_and_found_at_its_location(machine: Machines) -> None:
    clerk = machine("clerk@street")
    answer = clerk.post("/cases", petition(claims=["补发工资", "补缴社保"], headcount=6))
    line = kept(answer, contracts.CaseLine, 201)
    assert (line["number"], line["status"], line["collective"]) == ("东一工信〔2026〕000001", "registered", True)
    file = kept(clerk.client.get(answer.headers["Location"], headers=clerk.headers), contracts.CaseFile)
    assert [claim["text"] for claim in file["claims"]] == ["补发工资", "补缴社保"]
    assert [action["action"] for action in file["actions"]][:1] == ["triage"], (
        "several people are not answered on the spot"
    )


def test_names_and_telephones_leave_the_api_as_masks_only(machine: Machines) -> None:
    head = machine("head@street")
    number = head.post("/cases", petition()).json["number"]
    answer = head.get(case_path(number))
    party = kept(answer, contracts.CaseFile)["parties"][0]
    assert (party["name_mask"], party["phone_mask"]) == ("测*", "138****1111")
    assert "测试甲" not in answer.text and "13800001111" not in answer.text


def test_a_case_goes_up_and_an_order_comes_down_by_machine(federation: Federation, machine: Machines) -> None:
    clerk, head, above = machine("clerk@street"), machine("head@street"), machine("head@east")
    number = clerk.post("/cases", petition()).json["number"]
    actions = f"{case_path(number)}/actions"
    triage = {"purpose": "request", "category": "01.01", "tier": "ordinary"}
    kept(clerk.post(actions, {"action": "triage", "data": triage}), contracts.CaseAfterAction)
    assignee = str(federation.users["handler@street"].id)
    kept(head.post(actions, {"action": "accept", "data": {"assignee": assignee}}), contracts.CaseAfterAction)
    assert "escalate" in [row["action"] for row in head.get(case_path(number)).json["actions"]]
    told = {"reason": "街道无力协调", "request": "请区总牵头约谈"}
    sent = kept(head.post(actions, {"action": "escalate", "data": told}), contracts.CaseAfterAction)
    assert sent["status"] == "escalated"

    letter = f"/dispatches/{sent['dispatch']}"
    copy = kept(above.get(letter), contracts.LetterCopy)
    assert (copy["side"], copy["case"], copy["status"]) == ("recipient", None, "sent")
    assert [row["action"] for row in copy["actions"]] == ["sign", "return"]
    kept(above.post(f"{letter}/actions", {"action": "sign"}), contracts.LetterCopy)
    order = {"text": "请街道联合会约谈单位", "due_on": "2026-03-20"}
    kept(above.post(f"{letter}/actions", {"action": "order", "data": order}), contracts.LetterCopy)
    refused(above.post(f"{letter}/actions", {"action": "answer", "data": {"text": "再答一次"}}), 409)

    page = kept(head.get("/dispatches", side="sender", status="ordered"), contracts.LetterPage)
    assert [row["events"][0]["due_on"] for row in page["dispatches"]] == ["2026-03-20"]
    assert [row["action"] for row in page["dispatches"][0]["actions"]] == ["resume"]
    back = kept(head.post(f"{letter}/actions", {"action": "resume"}), contracts.LetterCopy)
    assert back["actions"] == []
    file = kept(head.get(case_path(number)), contracts.CaseFile)
    assert (file["status"], file["dispatches"]) == ("handling", [sent["dispatch"]])


def test_a_letter_of_any_kind_is_sent_and_worked_by_machine(federation: Federation, machine: Machines) -> None:
    above, below = machine("head@east"), machine("head@street")
    body = {
        "kind": "supervision",
        "to": federation.ids["street"],
        "subject": "关于逾期事项的督办函",
        "reason": "二月份有三件逾期",
        "details": {"trigger": "overdue", "count": 3, "from": "2026-02-01", "to": "2026-02-28"},
    }
    sent = kept(above.post("/dispatches", body), contracts.LetterCopy, 201)
    assert sent["snapshot"]["details"] == {**body["details"], "ladder": "supervise"}
    assert (sent["objection_until"], sent["skipped"]) == ("2026-03-09", 0)
    refused(above.post("/dispatches", body), 422)
    refused(above.post("/dispatches", body | {"details": {"trigger": "gossip"}}), 422)
    refused(below.post("/dispatches", body | {"to": federation.ids["east"]}), 422)
    refused(machine("clerk@east").post("/dispatches", body), 403)
    refused(above.post("/dispatches", body | {"kind": "handover"}), 422)
    letter = f"/dispatches/{sent['id']}"
    for action in ("sign", "start"):
        kept(below.post(f"{letter}/actions", {"action": action}), contracts.LetterCopy)
    asked = {"action": "ask_extension", "data": {"text": "当事人外出，无法联系", "due_on": "2026-04-01"}}
    assert kept(below.post(f"{letter}/actions", asked), contracts.LetterCopy)["extension_asked"] == "2026-04-01"
    granted = kept(above.post(f"{letter}/actions", {"action": "grant_extension"}), contracts.LetterCopy)
    assert (granted["due_on"], granted["status"]) == ("2026-04-01", "working")
    page = kept(below.get("/dispatches", kind="supervision"), contracts.LetterPage)
    assert [row["id"] for row in page["dispatches"]] == [sent["id"]]


def test_a_case_that_closes_to_its_clerk_answers_the_action_and_is_gone_then(machine: Machines) -> None:
    clerk = machine("clerk@street")
    number = clerk.post("/cases", petition()).json["number"]
    triage = {"purpose": "report", "category": "01.01", "tier": "hard"}
    done = clerk.post(f"{case_path(number)}/actions", {"action": "triage", "data": triage})
    assert kept(done, contracts.CaseAfterAction)["sealed"] is True
    refused(clerk.get(case_path(number)), 404)
    kept(machine("head@street").get(case_path(number)), contracts.CaseFile)


def without_request(problem: dict[str, Any]) -> dict[str, Any]:
    """A problem document without the number of the request, which is never the same."""
    return {name: value for name, value in problem.items() if name != "request_id"}


def test_another_unions_case_reads_like_one_that_does_not_exist(federation: Federation, machine: Machines) -> None:
    theirs = federation.accepted("west")
    head = machine("head@street")
    body = {"action": "note", "data": {"note": "试图记录"}}
    for number in (theirs.number, "西总工信〔2026〕999999"):
        assert without_request(refused(head.get(case_path(number)), 404)) == without_request(
            refused(head.get(case_path("无此件")), 404)
        )
        assert without_request(refused(head.post(f"{case_path(number)}/actions", body), 404)) == without_request(
            refused(head.post(f"{case_path('无此件')}/actions", body), 404)
        )
    assert theirs.number not in head.get("/cases").text


def test_another_unions_letter_reads_like_one_that_does_not_exist(federation: Federation, machine: Machines) -> None:
    case = federation.accepted()
    told = {"reason": "街道无力协调", "request": "请区总牵头约谈"}
    escalate = {"action": "escalate", "data": told}
    sent = machine("head@street").post(f"{case_path(case.number)}/actions", escalate).json["dispatch"]
    outsider = machine("head@west")
    assert kept(outsider.get("/dispatches"), contracts.LetterPage)["dispatches"] == []
    for letter in (sent, uuid4()):
        assert without_request(refused(outsider.get(f"/dispatches/{letter}"), 404)) == without_request(
            refused(outsider.get(f"/dispatches/{uuid4()}"), 404)
        )
        refused(outsider.post(f"/dispatches/{letter}/actions", {"action": "sign"}), 404)


def test_pages_neither_lose_nor_repeat_a_case_when_others_come_meanwhile(
    federation: Federation, clock: MovingClock, machine: Machines
) -> None:
    clerk = machine("clerk@street")

    def register() -> str:
        clock.forward(seconds=1)
        return str(clerk.post("/cases", petition()).json["number"])

    first = [register() for _ in range(7)]
    seen, cursor = list[str](), None
    while True:
        query = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        page = kept(clerk.get("/cases", **query), contracts.CasePage)
        seen += [case["number"] for case in page["cases"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        register()
    assert seen == first[::-1]


def test_filters_of_the_list_are_those_of_the_query(federation: Federation, machine: Machines) -> None:
    accepted = federation.accepted()
    fresh = federation.register()
    head = machine("head@street")

    def numbers(**query: Any) -> list[str]:
        return [case["number"] for case in kept(head.get("/cases", **query), contracts.CasePage)["cases"]]

    assert numbers(status="registered") == [fresh.number]
    assert numbers(category="01") == [accepted.number]
    assert numbers(q=accepted.number) == [accepted.number]
    assert numbers(assignee=str(federation.users["handler@street"].id)) == [accepted.number]
    assert numbers(open="true", due_to="2026-03-31") == [fresh.number]
    assert numbers(registered_from="2026-03-03") == []


def test_a_stale_version_and_an_action_out_of_turn_are_conflicts(federation: Federation, machine: Machines) -> None:
    case = federation.accepted()
    head = machine("head@street")
    note = {"action": "note", "data": {"note": "电话核实"}}
    actions = f"{case_path(case.number)}/actions"
    assert refused(head.post(actions, note | {"version": case.version + 1}), 409)["code"] == "conflict"
    assert refused(head.post(actions, {"action": "triage"}), 409)["code"] == "illegal_transition"
    kept(head.post(actions, note | {"version": case.version}), contracts.CaseAfterAction)


def test_the_letters_rows_of_the_cases_table_have_no_other_way_in(federation: Federation, machine: Machines) -> None:
    case = federation.accepted()
    answer = machine("head@street").post(f"{case_path(case.number)}/actions", {"action": "resume"})
    assert "action" in refused(answer, 422)["errors"]


def test_every_field_of_both_tables_has_a_type() -> None:
    named = {name for fields in CASE_ACTIONS.values() for name in fields}
    named |= {name for row in LETTER_TABLE if row.side is not Side.SYSTEM for name in row.fields}
    assert named == set(ActionData().fields)


def test_whoever_reads_no_cases_reads_none_by_machine(machine: Machines) -> None:
    for login in ("admin@street", "security@street", "auditor@street", "root@platform"):
        person = machine(login)
        for path in ("/cases", "/dispatches", f"/dispatches/{uuid4()}", case_path("东一工信〔2026〕000001")):
            refused(person.get(path), 403)
        for path in ("/facts", "/measures"):
            refused(person.get(path, from_="2026-03-01", to="2026-03-31"), 403)
        refused(person.post("/cases", petition()), 403)


def test_nobody_gets_anything_without_a_token(federation: Federation, client: FlaskClient) -> None:
    for path in ("/cases", "/dispatches", "/tenants", "/facts", "/measures", "/audit", "/cases/1"):
        refused(client.get(ROOT + path), 401)
    refused(client.post(ROOT + "/cases", json=petition()), 401)
    refused(client.get(ROOT + "/cases", headers={"Authorization": "Bearer x.y.z"}), 401)


def test_the_tree_shows_the_own_line_and_the_unions_directly_below(machine: Machines) -> None:
    tree = kept(machine("head@east").get("/tenants"), contracts.TenantTree)
    assert tree["own"]["slug"] == "east"
    assert [union["slug"] for union in tree["ancestors"]] == ["city"]
    assert [union["slug"] for union in tree["children"]] == ["street"]
    assert "west" not in str(tree)


def test_the_logs_guardians_read_it_page_by_page_and_nobody_else_does(
    federation: Federation, machine: Machines
) -> None:
    federation.decided()
    federation.accepted("west")
    auditor = machine("auditor@street")
    seen, cursor = list[dict[str, Any]](), None
    while True:
        query = {"limit": 4} | ({"cursor": cursor} if cursor else {})
        page = kept(auditor.get("/audit", **query), contracts.AuditPage)
        seen, cursor = seen + page["events"], page["next_cursor"]
        if cursor is None:
            break
    assert [event["seq"] for event in seen] == list(range(len(seen), 0, -1))
    assert "拖欠" not in str(seen), "whoever guards the log reads no case in it"
    only = kept(auditor.get("/audit", action="case:accept"), contracts.AuditPage)["events"]
    assert [event["action"] for event in only] == ["case:accept"]
    kept(machine("security@street").get("/audit"), contracts.AuditPage)
    for login in ("head@street", "admin@street"):
        refused(machine(login).get("/audit"), 403)


def test_the_figures_are_the_own_unions_after_the_fold(
    federation: Federation, stage: Stage, machine: Machines
) -> None:
    federation.accepted()
    federation.accepted("east")
    rollup = create_engine(stage.env["LIANXIN_DATABASE_ROLLUP_URL"])
    with rollup.begin() as connection:
        fold(connection)
    rollup.dispose()
    head = machine("head@east")
    page = kept(head.get("/facts", from_="2026-03-01", to="2026-03-31"), contracts.FactPage)
    assert page["as_of"] is not None
    registered = {(row["day"], row["category"]): row["registered"] for row in page["facts"] if row["registered"]}
    assert registered == {("2026-03-02", "01"): 1}, "the street's case is not among the district's own"
    rows, cursor = list[dict[str, Any]](), None
    while True:
        query = {"limit": 1} | ({"cursor": cursor} if cursor else {})
        piece = kept(head.get("/facts", from_="2026-01-01", to="2026-12-31", **query), contracts.FactPage)
        rows, cursor = rows + piece["facts"], piece["next_cursor"]
        if cursor is None:
            break
    whole = kept(head.get("/facts", from_="2026-01-01", to="2026-12-31"), contracts.FactPage)
    assert rows == whole["facts"]
