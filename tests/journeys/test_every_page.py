"""Every page that a browser may ask for, from the matrix's table: accessible (axe, WCAG 2.2 AA), Chinese, light, and
never wider than the screen. A new route has a row in that table, and so is looked at here without being named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Set
from datetime import UTC, datetime
from urllib.parse import unquote, urlencode

import pytest
from flask import Flask
from playwright.sync_api import Error

from kernel.clock import FixedClock
from tests.journeys.conftest import Visitor
from tests.leaks.matrix.harness import Asker, cases
from tests.leaks.twins import Twins
from web.app import create_app

pytestmark = pytest.mark.xdist_group("twins")

Visit = Callable[..., Visitor]
#: Names of formats, programs and keys, as Chinese offices write them.
NAMES = {"pdf", "docx", "doc", "xlsx", "csv", "png", "jpg", "jpeg", "txt", "excel", "wps", "word", "mb", "kb", "ctrl"}
#: Files and machines' answers; a fragment that a script fetches is looked at with its page.
NO_PAGES = ("/api/", "/static/", "/healthz", "/readyz", "/metrics", "/dashboards/_", "/workplaces/names")
#: What a person reads: neither a command to copy nor a key's cap, a code that somebody gave, or a login.
READ = """
() => {
  const words = [document.title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (element.closest("code, kbd, script, style, noscript") || !element.getClientRects().length) continue;
    words.push(node.textContent);
  }
  return words.join(" ");
}
"""
#: Charts bring their library; what they may weigh is another figure (bench/).
CHARTS = "/dashboards/"
REQUESTS, BYTES = 8, 150_000


@pytest.fixture
def app(twins: Twins) -> Iterator[Flask]:
    """The application over unions that have something on every page."""
    made = create_app(twins.settings, clock=FixedClock(datetime(2026, 3, 2, 2, 0, tzinfo=UTC)))
    yield made
    made.extensions["lianxin"].database.engine.dispose()


def addresses(asker: Asker) -> dict[str | None, list[str]]:
    """Every GET of the table with the own union's things, by who asks."""
    found: dict[str | None, list[str]] = {}
    for case in cases(asker.app):
        row = case.row
        if case.method != "GET" or 200 not in row.ok or row.only_foreign:
            continue
        path = asker.path(case.rule, {**row.fixed, **asker.own(case)})
        if not path.startswith(NO_PAGES) and not path.endswith(".css"):
            query = f"?{urlencode(row.query)}" if row.query else ""
            found.setdefault(row.who, []).append(path + query)
    return found


def english(words: str, known: Set[str]) -> set[str]:
    """Latin words that are neither a format's name nor an address or a code, nor among the ``known`` ones."""
    plain = re.sub(r"\S+@\S+|https?://\S+|[\w.-]+\.[a-z]{2,4}\b|\b[A-Z0-9]{4}(?:-[A-Z0-9]{4,5})+\b", " ", words)
    return {word for word in re.findall(r"[A-Za-z_]{2,}", plain) if word.lower() not in NAMES | known}


def given(twins: Twins) -> set[str]:
    """What the twins' own people called things: their logins, and the keys by which tests find cases and letters."""
    people = (login for login in twins.federation.users)
    names = {part for login in people for part in login.split("@")}
    return names | set(twins.numbers) | set(twins.letters) | {"own_kind", "own_way", "root", "platform", "employee"}


class Inspector:
    """Opens a page with an empty cache and says everything that is wrong with it."""

    def __init__(self, guest: Visitor, known: Set[str]) -> None:
        self.guest = guest
        self.known = known
        # What fades in has no contrast yet.
        guest.page.emulate_media(reduced_motion="reduce")
        self.network = guest.context.new_cdp_session(guest.page)
        self.network.send("Network.enable")
        self.network.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def faults(self, path: str) -> list[str]:
        guest = self.guest
        guest.fetched.clear()
        try:
            answer = guest.page.goto(guest.base + path, wait_until="load")
        except Error as error:
            # A file is downloaded and has no page.
            if "Download is starting" in error.message or "ERR_ABORTED" in error.message:
                return []
            raise
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            return []
        if guest.page.locator("#react-entry-point").count():
            guest.page.wait_for_selector("#charts > *", state="attached")
        if answer.status >= 400:
            return [f"status {answer.status}"]
        lost = [f"{each.status} {each.url}" for each in guest.fetched if each.status >= 400]
        return [*lost, *self._words(), *self._weight(path), *guest.broken_rules(), *self._width()]

    def _words(self) -> list[str]:
        page = self.guest.page
        told = english(page.evaluate(READ), self.known)
        lang = page.locator("html").get_attribute("lang")
        found = [f"English: {sorted(told)}"] if told else []
        return found + ([] if lang and lang.lower().startswith("zh") else [f"lang is {lang}"])

    def _weight(self, path: str) -> list[str]:
        if path.startswith(CHARTS):
            return []
        fetched = list(self.guest.fetched)
        size = sum(answer.request.sizes()["responseBodySize"] for answer in fetched)
        found = [f"{len(fetched)} requests"] if len(fetched) > REQUESTS else []
        return found + ([f"{size} bytes"] if size > BYTES else [])

    def _width(self) -> list[str]:
        found = []
        for width in (375, 320):
            self.guest.page.set_viewport_size({"width": width, "height": 800})
            if self.guest.overflow > 0:
                found.append(f"{self.guest.overflow} px wider than {width}")
        self.guest.page.set_viewport_size({"width": 1280, "height": 800})
        return found


def test_every_page_is_accessible_chinese_light_and_fits_a_narrow_screen(
    visitor: Visit, app: Flask, twins: Twins
) -> None:
    faults, looked_at = {}, 0
    for who, paths in addresses(Asker(app, twins)).items():
        guest = visitor(None)
        if who is not None:
            guest.logs_in(
                "root@platform" if who == "root" else f"{who}@east", lands=re.compile(r"/(desk|admin|onboarding)/")
            )
        inspector = Inspector(guest, given(twins))
        for path in paths:
            looked_at += 1
            if found := inspector.faults(path):
                faults[f"{who} {unquote(path)}"] = found
    assert looked_at > 80
    assert faults == {}


def test_the_form_of_every_step_letter_and_chart_keeps_the_rules(visitor: Visit, twins: Twins) -> None:
    head = visitor("head@east")
    case = f"/cases/{twins.numbers['handling']}"
    head.goes(case)
    forms = head.page.locator('main a[href*="/do/"], main a[href*="/dispatches/new"]').all()
    paths = [str(form.get_attribute("href")) for form in forms]
    ids = twins.federation.ids
    paths += [
        f"/dispatches/new?kind=transfer&case={twins.numbers['handling']}&to={ids['west']}",
        f"/dispatches/new?kind=supervision&to={ids['street']}",
        "/dashboards/resolution?unit=own",
        f"/dashboards/federation?unit={ids['street']}",
        "/dashboards/hotspots?unit=own",
    ]
    inspector = Inspector(head, given(twins))
    faults = {unquote(path): found for path in paths if (found := inspector.faults(path))}
    assert len(paths) > 15
    assert faults == {}
