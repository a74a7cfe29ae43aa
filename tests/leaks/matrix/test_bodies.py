"""The writing half: a good request in which one field names a foreign thing is refused as if it named nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from portal.tokens import FASTEST
from tests.leaks.matrix.bodies import Body, bodies, nobodys, theirs
from tests.leaks.matrix.harness import RELATIONS, SLUG, Asker, foreign_words, plain, readable
from tests.leaks.matrix.test_routes import app, asker
from tests.leaks.twins import Twins
from tests.portal.visitors import FILLED, form_of
from tests.web.conftest import MovingClock
from web.app import create_app

__all__ = ["app", "asker"]

pytestmark = pytest.mark.xdist_group("twins")

OTHERS = ("west", "city", "street")


def send(asker: Asker, body: Body, place: str = "", value: str = "") -> TestResponse:
    """The request with another name in one place."""
    address, given = body.with_name(place, value)
    rule = next(rule for rule in asker.app.url_map.iter_rules() if fits(rule, body))
    path = asker.path(rule, address)
    who = f"{body.who}@east"
    if body.json is not None:
        return asker.app.test_client().post(path, json=given, headers=asker.bearer(who))
    client, csrf = asker.browser(who)
    return client.post(path, data=given | {"csrf_token": csrf})


def told_next(asker: Asker, body: Body) -> str:
    """What an answer that leads elsewhere left to be said; once it is said here no other page says it."""
    return asker.browser(f"{body.who}@east")[0].get("/password").text


def said(page: str, name: str) -> list[str]:
    """The messages at the top of a page."""
    return [
        found.replace(name, "ASKED") for found in re.findall(r'<div class="flash[^>]*>(.*?)</div>', page, re.DOTALL)
    ]


def fits(rule: Any, body: Body) -> bool:
    return rule.endpoint == body.endpoint and "POST" in rule.methods


def test_a_good_form_that_names_a_foreign_thing_does_what_one_that_names_nothing_does(
    asker: Asker, twins: Twins
) -> None:
    tried: set[tuple[str, str]] = set()
    for body in bodies(twins):
        before = twins.digest(*OTHERS)
        for place, kind in body.names.items():
            for relation in RELATIONS:
                foreign, nobody = theirs(twins, SLUG[relation])[kind], nobodys()[kind]
                # East and the street share the letters between them: both may name those.
                if kind == "letter" and relation == "child":
                    continue
                one, after = send(asker, body, place, foreign), told_next(asker, body)
                other, after_other = send(asker, body, place, nobody), told_next(asker, body)
                told = f"{body}: {place} {relation}"
                assert one.status_code == other.status_code, f"{told}: {one.status_code} {other.status_code}"
                assert plain(one, foreign) == plain(other, nobody), told
                assert said(after, foreign) == said(after_other, nobody), told
                # The name that was typed comes back in its field; nothing else of theirs does.
                assert [word for word in foreign_words(one) if word not in foreign] == [], told
                assert twins.digest(*OTHERS) == before, told
                tried.add((body.endpoint, place))
        # What was refused was refused for the name alone; and a name that two unions share is the own union's.
        rest = tuple(slug for slug in OTHERS if slug not in body.writes_to)
        before = twins.digest(*rest)
        good = send(asker, body)
        assert good.status_code in body.ok, f"{body}: {good.status_code} {readable(good)[:3000]}"
        assert foreign_words(good) == [], str(body)
        told_next(asker, body)
        assert twins.digest(*rest) == before, str(body)
    assert len(tried) >= 30


@pytest.fixture
def portal(twins: Twins) -> Iterator[tuple[Flask, MovingClock]]:
    """An application whose clock moves: a form that comes back at once is not a person's."""
    clock = MovingClock(datetime(2026, 3, 2, 2, 0, tzinfo=UTC))
    made = create_app(twins.settings, clock=clock)
    yield made, clock
    made.extensions["lianxin"].database.engine.dispose()


def filing(client: FlaskClient, slug: str, form: dict[str, Any], mark: str) -> TestResponse:
    found = form_of(client, slug)
    return client.post(f"/portal/{slug}/file", data=MultiDict({**form, **found, **({"token": mark} if mark else {})}))


def test_what_a_worker_files_is_written_at_one_union_and_its_form_is_good_at_no_other(
    portal: tuple[Flask, MovingClock], twins: Twins
) -> None:
    flask, clock = portal
    client = flask.test_client()
    theirs_ = {slug: form_of(client, slug)["token"] for slug in OTHERS}
    clock.forward(seconds=FASTEST.total_seconds() + 1)
    before = twins.digest("east", *OTHERS)
    pages = {plain(filing(client, "east", FILLED, mark), mark) for mark in (*theirs_.values(), "made-up")}
    assert len(pages) == 1 and pages.pop()[0] == 422
    assert twins.digest("east", *OTHERS) == before
    mark = form_of(client, "east")["token"]
    clock.forward(seconds=FASTEST.total_seconds() + 1)
    before = twins.digest(*OTHERS)
    assert filing(client, "east", FILLED, mark).status_code == 200
    assert twins.digest(*OTHERS) == before
