"""Made-up letters, questions and logins: the answer is never a fault of ours."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from itertools import count
from typing import Any

from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from api.schemas import LetterInput, MeasuresQuery
from dispatches.kinds import LetterKind
from tests.api.test_input import FUZZ, VALUES, Machines, never_ours
from tests.builders import Federation


def test_no_letter_breaks_the_door(federation: Federation, machine: Machines) -> None:
    head = machine("head@east")
    number = federation.accepted("east").number
    # Good words, so that more than the first field is looked at; the fuzz puts worse ones in their place.
    good = {"subject": "关于办理信访件的函", "reason": "涉及多家用工单位", "request": "请依法办理并报告"}
    whom = st.sampled_from(sorted(federation.ids.values()))
    names = {spec.data_key or name for name, spec in LetterInput().fields.items()}

    @FUZZ
    @given(
        kind=st.sampled_from(sorted(kind.value for kind in LetterKind)),
        to=whom,
        about=st.none() | st.just(number) | st.text(max_size=20),
        changes=st.dictionaries(st.sampled_from(sorted(names)), VALUES, max_size=3),
    )
    def fuzz(kind: str, to: int, about: str | None, changes: dict[str, Any]) -> None:
        body = good | {"kind": kind, "to": to} | ({} if about is None else {"case": about}) | changes
        never_ours(head.post("/dispatches", body))

    fuzz()


def test_no_question_for_figures_or_unions_breaks_the_door(federation: Federation, machine: Machines) -> None:
    head = machine("head@east")
    plain = st.text(max_size=30) | st.dates().map(str) | st.integers().map(str) | st.just("subtree")
    names = {spec.data_key or name for name, spec in MeasuresQuery().fields.items()}
    days = {"from": "2026-01-01", "to": "2026-03-01"}

    @FUZZ
    @given(
        query=st.dictionaries(st.sampled_from(sorted(names)), plain, max_size=4),
        unknown=st.dictionaries(st.text(min_size=1, max_size=10), plain, max_size=2),
    )
    def fuzz(query: dict[str, str], unknown: dict[str, str]) -> None:
        clean = {name: value.encode("utf-8", "replace").decode() for name, value in (days | query).items()}
        odd = {sound(name): sound(value) for name, value in unknown.items()}
        never_ours(head.get("/measures", **clean))
        never_ours(head.get("/tenants", **odd))

    fuzz()


def sound(text: str) -> str:
    """The text as it can be sent at all; the client of the tests takes a ``_`` at a name's end for its own."""
    return text.encode("utf-8", "replace").decode()


def test_no_body_breaks_the_way_in(federation: Federation, client: FlaskClient) -> None:
    """Every guess is another account's, so that the door is asked and not only its lock."""
    login_, refresh = "/api/v1/security/login", "/api/v1/security/refresh"
    guesses = count()

    @FUZZ
    @given(
        changes=st.dictionaries(st.sampled_from(["username", "password", "provider", "refresh"]), VALUES, max_size=4),
        extra=st.dictionaries(st.text(max_size=8), VALUES, max_size=2),
        body=VALUES,
        bearer=st.text(max_size=40),
    )
    def fuzz(changes: dict[str, Any], extra: dict[str, Any], body: Any, bearer: str) -> None:
        number = next(guesses)
        there = {"REMOTE_ADDR": f"10.{number >> 8 & 255}.{number & 255}.1"}
        given_ = {"username": f"u{number}@street", "password": "wrong", "provider": "db"} | extra | changes
        for told in (given_, body):
            answer = client.post(login_, json=told, environ_base=there)
            never_ours(answer)
            assert answer.status_code in (401, 422, 429), answer.text
        token_ = urlsafe_b64encode(bearer.encode("utf-8", "replace")).decode()
        answer = client.post(refresh, json=body, headers={"Authorization": f"Bearer {token_}"}, environ_base=there)
        never_ours(answer)
        assert answer.status_code == 401, answer.text

    fuzz()
