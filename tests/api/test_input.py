"""Whatever a machine sends, the answer says what is wrong and is never a fault of ours."""

from __future__ import annotations

import json
import os
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.act_inputs import ActionData
from api.schemas import CASE_ACTIONS, LETTER_ACTIONS, CaseInput, CaseQuery
from dispatches.services import escalate
from tests.api.conftest import ROOT, Machine, petition, refused
from tests.builders import Federation
from tests.web.clients import login, token

Machines = Callable[[str], Machine]

FIELDS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"colour": "red"}, "colour"),
    ({"parties": [{"nmae": "测试甲"}]}, "parties.0.nmae"),
    ({"parties": ["测试甲"]}, "parties.0"),
    ({"parties": {"name": "测试甲"}}, "parties"),
    ({"parties": [{"role": "king"}]}, "parties.0.role"),
    ({"parties": [{"name": "测试甲", "phone": "123"}]}, "parties.0.phone"),
    ({"title": 7}, "title"),
    ({"title": None}, "title"),
    ({"title": ["反映"]}, "title"),
    ({"title": "长" * 101}, "title"),
    ({"title": "空\u0000字符"}, "title"),
    ({"content": "半个\ud800字"}, "content"),
    ({"channel": "fax"}, "channel"),
    ({"channel": ["visit"]}, "channel"),
    ({"received_on": "昨天"}, "received_on"),
    ({"received_on": "0001-01-01"}, "received_on"),
    ({"received_on": "9999-12-31"}, "received_on"),
    ({"received_on": 20260302}, "received_on"),
    ({"headcount": "3"}, "headcount"),
    ({"headcount": 3.0}, "headcount"),
    ({"headcount": True}, "headcount"),
    ({"headcount": 10**30}, "headcount"),
    ({"headcount": -1}, "headcount"),
    ({"urgent": "yes"}, "urgent"),
    ({"urgent": 1}, "urgent"),
    ({"claims": [{"text": "补发"}]}, "claims.0"),
    ({"claims": ["补发"] * 21}, "claims"),
    ({"category": "99.99"}, "category"),
    ({"source": "import"}, "source"),
    ({"tenant_id": 1}, "tenant_id"),
)


def test_a_wrong_field_is_named(federation: Federation, machine: Machines) -> None:
    clerk = machine("clerk@street")
    for changes, field in FIELDS:
        assert field in refused(clerk.post("/cases", petition(**changes)), 422)["errors"], changes
    assert clerk.get("/cases").json["cases"] == []


def test_a_missing_field_is_named(federation: Federation, machine: Machines) -> None:
    problem = refused(machine("clerk@street").post("/cases", {}), 422)
    assert set(problem["errors"]) == {"channel", "title", "content", "received_on"}


BODIES = {
    "nothing": b"",
    "half": b'{"channel": "visit"',
    "array": b"[]",
    "number": b"7",
    "null": b"null",
    "NaN": b'{"headcount": NaN}',
    "infinity": b'{"headcount": -Infinity}',
    "not UTF-8": '{"title": "反映"}'.encode("gb18030"),
    "UTF-16": '{"title": "反映"}'.encode("utf-16"),
    "deep": b'{"parties": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "rather deep": b'{"parties": ' + b"[" * 40 + b"]" * 40 + b"}",
    "long number": b'{"headcount": ' + b"9" * 5000 + b"}",
    "twice": b'{"title": "a", "title": "b"}',
    "raw control": b'{"title": "a\x00b"}',
    "NUL in a name": b'{"ti\\u0000tle": "a"}',
    "half a character in a name": b'{"ti\\ud800tle": "a"}',
}


def test_a_body_that_is_not_sound_json_is_refused(federation: Federation, machine: Machines) -> None:
    clerk = machine("clerk@street")
    for name, body in BODIES.items():
        assert refused(clerk.send("/cases", body), 422), name


def test_a_body_that_does_not_say_that_it_is_json_is_refused(federation: Federation, machine: Machines) -> None:
    clerk = machine("clerk@street")
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        refused(clerk.send("/cases", json.dumps(petition()).encode(), content_type), 415)


def test_a_body_of_more_than_a_mebibyte_is_refused(federation: Federation, machine: Machines) -> None:
    body = json.dumps(petition(content="长" * 400_000), ensure_ascii=False).encode()
    refused(machine("clerk@street").send("/cases", body), 413)


QUERIES: tuple[tuple[str, str], ...] = (
    ("colour=red", "colour"),
    ("limit=0", "limit"),
    ("limit=101", "limit"),
    ("limit=many", "limit"),
    ("limit=5&limit=6", "limit"),
    ("status=lost", "status"),
    ("open=maybe", "open"),
    ("assignee=me", "assignee"),
    ("registered_from=0001-01-01", "registered_from"),
    ("registered_to=9999-12-31", "registered_to"),
    ("q=%00", "q"),
    ("cursor=abc", "cursor"),
    ("cursor=" + "x" * 201, "cursor"),
    ("cursor=%E5%BC%A0", "cursor"),
)


def test_a_wrong_parameter_is_named(federation: Federation, machine: Machines) -> None:
    clerk = machine("clerk@street")
    for query, field in QUERIES:
        answer = clerk.client.get(f"{ROOT}/cases?{query}", headers=clerk.headers)
        assert field in refused(answer, 422)["errors"], query


def test_an_address_that_names_nothing_is_not_found(federation: Federation, machine: Machines) -> None:
    clerk = machine("clerk@street")
    for path in ("/cases/%00", "/cases/a%00b", "/cases/%ff%fe", "/dispatches/7", "/cases/a/b/c"):
        refused(clerk.get(path), 404)


def test_an_unknown_action_and_a_field_of_another_action_are_named(federation: Federation, machine: Machines) -> None:
    case = federation.accepted()
    head = machine("head@street")
    actions = f"/cases/{case.number}/actions"
    assert "action" in refused(head.post(actions, {"action": "burn"}), 422)["errors"]
    other = {"action": "note", "data": {"note": "记录", "reply": "答复"}}
    assert "data.reply" in refused(head.post(actions, other), 422)["errors"]
    assert "data.colour" in refused(head.post(actions, {"action": "note", "data": {"colour": 1}}), 422)["errors"]
    bad = {"action": "decide", "data": {"opinions": {"1": {"opinion": ["support"], "finding": "督促补发"}}}}
    assert "data.opinions.1.opinion" in refused(machine("handler@street").post(actions, bad), 422)["errors"]


def test_a_write_by_cookie_carries_the_sessions_token(federation: Federation, client: FlaskClient) -> None:
    login(client, "clerk@street")
    assert refused(client.post(ROOT + "/cases", json=petition()), 400)["code"] == "csrf"
    case = federation.accepted()
    assert refused(client.post(f"{ROOT}/cases/{case.number}/actions", json={"action": "note"}), 400)["code"] == "csrf"
    headers = {"X-CSRFToken": token(client)}
    assert client.post(ROOT + "/cases", json=petition(), headers=headers).status_code == 201


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.uuids().map(str)
    | st.dates().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FUZZ = settings(
    #: The pass criterion is 50 an operation (docs/testing.md).
    max_examples=int(os.environ.get("LIANXIN_FUZZ", "25")),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def never_ours(answer: Any) -> None:
    """No answer of 500 and above, and nothing of the database in the text."""
    assert answer.status_code < 500, answer.text
    assert "psycopg" not in answer.text and "SELECT" not in answer.text


def test_no_body_of_a_registration_breaks_the_door(federation: Federation, machine: Machines) -> None:
    clerk = machine("clerk@street")

    @FUZZ
    @given(changes=st.dictionaries(st.sampled_from(sorted(CaseInput().fields)), VALUES, max_size=4))
    def fuzz(changes: dict[str, Any]) -> None:
        never_ours(clerk.post("/cases", petition(**changes)))

    fuzz()


def test_no_action_breaks_the_door(federation: Federation, machine: Machines) -> None:
    head = machine("head@street")
    case = federation.accepted()
    with federation.work("head@east") as work:
        upward = federation.accepted("east")
        letter = escalate(work, upward.number, reason="区里无力协调", request="请市总牵头")
    people = {"street": head, "city": machine("head@city")}
    data = st.dictionaries(st.sampled_from(sorted(ActionData().fields)), VALUES, max_size=4)

    @FUZZ
    @given(
        action=st.sampled_from(sorted({*CASE_ACTIONS, *LETTER_ACTIONS})),
        data=data | VALUES,
        version=st.none() | VALUES,
    )
    def fuzz(action: str, data: Any, version: Any) -> None:
        body = {"action": action, "data": data} | ({} if version is None else {"version": version})
        never_ours(people["street"].post(f"/cases/{case.number}/actions", body))
        never_ours(people["city"].post(f"/dispatches/{letter.id}/actions", body))
        never_ours(people["city"].post(f"/dispatches/{uuid4()}/actions", body))

    fuzz()


def test_no_query_and_no_path_breaks_the_door(federation: Federation, machine: Machines) -> None:
    federation.accepted()
    head, auditor = machine("head@street"), machine("auditor@street")
    text = st.text(max_size=40) | st.dates().map(str) | st.integers().map(str)
    query = st.dictionaries(st.sampled_from(sorted(CaseQuery().fields)), text, max_size=4)

    @FUZZ
    @given(query=query, path=st.text(max_size=20), cursor=st.datetimes(), other=text)
    def fuzz(query: dict[str, str], path: str, cursor: Any, other: str) -> None:
        clean = {name: value.encode("utf-8", "replace").decode() for name, value in query.items()}
        never_ours(head.get("/cases", **clean))
        never_ours(head.get("/cases/" + quote(path.encode("utf-8", "replace"))))
        for forged in (cursor.isoformat(), cursor.isoformat() + "+23:59", f"{cursor.date()}|{other}|x"):
            stamp = urlsafe_b64encode(f"{forged}|{uuid4()}".encode("utf-8", "replace")).decode()
            never_ours(head.get("/cases", cursor=stamp))
            never_ours(head.get("/dispatches", cursor=stamp))
            never_ours(head.get("/facts", from_="2026-01-01", to="2026-12-31", cursor=stamp))
        never_ours(auditor.get("/audit", cursor=other.encode("utf-8", "replace").decode()))

    fuzz()
