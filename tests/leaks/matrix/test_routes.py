"""Every route × method × whose thing is asked for: nothing foreign is read, nothing foreign is written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from difflib import unified_diff
from itertools import cycle

import pytest
from flask import Flask

from access.roles import Role
from cases.workflow import CASE_WORKFLOW
from dispatches.workflow import RECIPIENT_WORKFLOW
from kernel.clock import FixedClock
from tenants.accounts import create_user, set_active
from tests.builders import PASSWORD, cached_hash
from tests.leaks.copying import FIGURES, MARKS, NAMES
from tests.leaks.matrix.harness import (
    RELATIONS,
    Asker,
    Case,
    case_words,
    cases,
    figure,
    foreign_words,
    plain,
    readable,
    routes,
    without,
)
from tests.leaks.matrix.rows import CASE_STAFF, ROWS
from tests.leaks.twins import Twins
from web.app import create_app

pytestmark = pytest.mark.xdist_group("twins")

ADMINS = ("admin@east", "security@east", "auditor@east", "root@platform")


@pytest.fixture(scope="module")
def app(twins: Twins) -> Iterator[Flask]:
    """The real application over the twins."""
    made = create_app(twins.settings, clock=FixedClock(datetime(2026, 3, 2, 2, 0, tzinfo=UTC)))
    yield made
    made.extensions["lianxin"].database.engine.dispose()


@pytest.fixture(scope="module")
def asker(app: Flask, twins: Twins) -> Asker:
    return Asker(app, twins)


def asked(asker: Asker) -> list[Case]:
    return cases(asker.app)


def login_of(case: Case) -> str | None:
    who = case.row.who
    return None if who is None else "root@platform" if who == "root" else f"{who}@east"


def test_every_route_and_method_has_a_row_and_every_row_a_route(app: Flask) -> None:
    there = {(rule.endpoint, method) for rule, method in routes(app)}
    assert there - set(ROWS) == set(), "a new route needs a row in tests/leaks/matrix/rows.py"
    assert set(ROWS) - there == set()


def test_a_foreign_thing_is_answered_exactly_like_one_that_is_not_there(asker: Asker, twins: Twins) -> None:
    before = twins.digest("west", "city", "street")
    tried = 0
    for case in asked(asker):
        if not case.identified:
            continue
        for relation in RELATIONS:
            for theirs in asker.foreign(case, relation):
                nobodys = asker.nobody(case, theirs)
                who = login_of(case)
                one = asker.ask(case, who, theirs)
                other = asker.ask(case, who, nobodys)
                assert one.status_code == case.row.missing, f"{case} {relation}: {one.status_code}"
                assert plain(one, *theirs.values()) == plain(other, *nobodys.values()), f"{case} {relation}"
                tried += 1
    assert tried >= 60
    assert twins.digest("west", "city", "street") == before


def test_an_identifier_that_two_unions_share_leads_to_the_own_thing_only(asker: Asker, twins: Twins) -> None:
    unchanged: dict[tuple[str, ...], dict[str, str]] = {}
    for case in asked(asker):
        if case.row.only_foreign:
            continue
        others = tuple(slug for slug in ("west", "city", "street") if slug not in case.row.writes_to)
        if case.row.writes_to:
            # It may write into one of those that the next rows compare.
            unchanged.clear()
        if others not in unchanged:
            unchanged[others] = twins.digest(*others)
        answer = asker.ask(case, login_of(case), asker.own(case))
        assert answer.status_code in case.row.ok, f"{case}: {answer.status_code} {readable(answer)[:2000]}"
        assert foreign_words(answer) == [], str(case)
        assert twins.digest(*others) == unchanged[others], str(case)
        if case.row.shows == "figures":
            assert figure(FIGURES["east"]).search(readable(answer)), str(case)
        elif case.row.shows:
            assert {"case": MARKS, "people": NAMES}[case.row.shows]["east"] in readable(answer), str(case)


def test_every_action_on_a_foreign_case_or_letter_is_not_found_and_writes_nothing(asker: Asker, twins: Twins) -> None:
    before = twins.digest("west", "city", "street")
    by_name = {(case.rule.endpoint, case.method): case for case in asked(asker)}
    todo = [
        *((name, row.action) for row in CASE_WORKFLOW for name in (("desk.act", "POST"), ("desk.act_form", "GET"))),
        *(
            (name, row.action)
            for row in RECIPIENT_WORKFLOW
            for name in (("desk.letter_act", "POST"), ("desk.letter_form", "GET"))
        ),
    ]
    # Every route meets every relation in the test above; here the actions take the relations in turn.
    relations = cycle(RELATIONS)
    for name, action in todo:
        relation = next(relations)
        for theirs in asker.foreign(by_name[name], relation):
            answer = asker.ask(by_name[name], "head@east", {**theirs, "action": action})
            assert answer.status_code == 404, f"{name} {action} {relation}"
    for name, table in (("api.cases_act", CASE_WORKFLOW), ("api.dispatches_act", RECIPIENT_WORKFLOW)):
        case = by_name[(name, "POST")]
        for row in table:
            relation = next(relations)
            for theirs in asker.foreign(case, relation):
                body = {"action": row.action, "data": {}}
                answer = asker.ask(case, "head@east", theirs, json=body)
                assert answer.status_code in (404, 422), f"{name} {row.action} {relation}"
                nobodys = asker.nobody(case, theirs)
                other = asker.ask(case, "head@east", nobodys, json=body)
                assert plain(answer, *theirs.values()) == plain(other, *nobodys.values())
    assert twins.digest("west", "city", "street") == before


def test_nobody_and_a_closed_account_are_sent_to_the_door(asker: Asker, twins: Twins) -> None:
    with twins.federation.work_as_system("east") as work:
        gone = create_user(
            work,
            username="gone",
            display_name="已停用",
            password=PASSWORD,
            roles=tuple(Role(value) for value in ("clerk", "handler", "office_head", "leader", "supervisor")),
            must_change_password=False,
            hasher=cached_hash,
        )
    asker.browser("gone@east")
    asker.bearer("gone@east")
    with twins.work("admin@east") as work:
        set_active(work, gone.id, active=False)
    for case in asked(asker):
        if case.row.who is None:
            continue
        for who in (None, "gone@east"):
            answer = asker.ask(case, who, asker.own(case))
            to_the_form = answer.status_code == 302 and answer.headers["Location"].startswith("/login/")
            # A form whose session is over fails on its token before anybody asks who sends it.
            assert to_the_form or answer.status_code in (401, 400), f"{case} as {who}: {answer.status_code}"
            assert answer.status_code != 400 or case.method == "POST"
            assert foreign_words(answer, of=("east", "west", "city", "street")) == [], f"{case} as {who}"


@pytest.mark.parametrize("who", ADMINS)
def test_no_administrator_is_shown_a_word_of_any_case(asker: Asker, who: str) -> None:
    for case in asked(asker):
        if case.row.only_foreign:
            continue
        answer = asker.ask(case, who, asker.own(case))
        if case.row.case_roles_only:
            assert answer.status_code == 403, f"{case} as {who}: {answer.status_code}"
        assert case_words(answer) == [], f"{case} as {who}"


@pytest.mark.parametrize("who", ["head@city", "head@street", "leader@city"])
def test_lists_of_a_superior_and_of_a_child_hold_own_cases_only(asker: Asker, twins: Twins, who: str) -> None:
    own = who.partition("@")[2]
    # The street wrote east's word into a case of its own, to see where the letter about it goes.
    others = tuple(slug for slug in MARKS if slug != own and (own, slug) != ("street", "east"))
    for case in asked(asker):
        # A letter's copy says what its sender chose to tell; everything else is the own union's.
        if (
            case.identified
            or case.method != "GET"
            or case.row.who not in CASE_STAFF
            or "dispatches" in case.rule.rule
        ):
            continue
        answer = asker.ask(case, who, {})
        assert answer.status_code in (*case.row.ok, 403), f"{case} as {who}: {answer.status_code}"
        told = [word for word in foreign_words(answer, of=others) if case.rule.endpoint != "desk.home"]
        assert told == [], f"{case} as {who}"


def test_the_figures_of_a_union_that_is_not_below_are_not_given(asker: Asker, twins: Twins) -> None:
    page = next(case for case in asked(asker) if case.rule.endpoint == "/dashboards/<path:path>")
    callback = next(case for case in asked(asker) if case.rule.endpoint.endswith("_dash-update-component"))
    # What an act of another test has left to be said once is said here, and not on one page of the two compared.
    asker.ask(page, "head@east", {"path": "load"})
    for name in ("load", "resolution", "hotspots", "federation"):
        for unit in (str(twins.west), str(twins.federation.ids["city"]), "0", "987654", "-1", "x", f"{twins.east}"):
            shown = asker.ask(page, "head@east", {"path": name}, query={"unit": unit})
            nobodys = asker.ask(page, "head@east", {"path": name}, query={"unit": "987654"})
            assert foreign_words(shown) == []
            one = plain(shown, f"unit={unit}", f'value="{unit}"')
            other = plain(nobodys, "unit=987654", 'value="987654"')
            assert one == other or unit == str(twins.east), "\n".join((name, unit, *apart(other, one)))
            body = {
                **(callback.row.json or {}),
                "inputs": [
                    {"id": "place", "property": "pathname", "value": f"/dashboards/{name}"},
                    {"id": "place", "property": "search", "value": f"?unit={unit}"},
                ],
            }
            assert foreign_words(asker.ask(callback, "head@east", {}, json=body)) == []


def apart(one: tuple[int, str, str], other: tuple[int, str, str]) -> list[str]:
    """The lines in which two answers differ."""
    return list(unified_diff(one[2].splitlines(), other[2].splitlines(), lineterm="", n=0))


#: Pages whose opening is written into the case's own history, which the case page shows.
LEAVES_AN_EVENT = ("desk.receipt", "desk.case_file", "desk.dossier_file")


def test_answers_do_not_change_when_the_twin_vanishes(asker: Asker, twins: Twins) -> None:
    """The differential test: whatever east is told, it is told without a look at west."""
    pages = [
        case
        for case in asked(asker)
        if case.method == "GET" and case.row.who in CASE_STAFF and case.rule.endpoint not in LEAVES_AN_EVENT
    ]

    def ask_all() -> dict[str, tuple[int, str, str]]:
        return {str(case): plain(asker.ask(case, login_of(case), asker.own(case))) for case in pages}

    ask_all()  # warms whatever is kept between requests
    with_twin = ask_all()
    with without(twins, "west"):
        alone = ask_all()
    for name, answer in with_twin.items():
        assert alone[name][:2] == answer[:2], name
        assert alone[name] == answer, "\n".join((name, *apart(answer, alone[name])))
    assert len(pages) > 15
