"""A real server on a free port and a real browser in front of it."""

from __future__ import annotations

import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Request, Response, sync_playwright
from werkzeug.serving import make_server

from tests.builders import PASSWORD
from tests.web.conftest import app, clock, the_app, web_clock

__all__ = ["app", "clock", "the_app", "web_clock"]

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
#: No first-run page, no updates, no reports: whatever the browser fetches, a page of ours asked for.
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> str | None:
    """Where a Chromium is on this machine."""
    named = os.environ.get("LIANXIN_CHROMIUM")
    return named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser a test worker. A machine without Chromium skips the journeys and says so."""
    program = chromium()
    if program is None:
        pytest.skip("no Chromium on this machine: the journeys need one (set LIANXIN_CHROMIUM)")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        yield found
        found.close()


@pytest.fixture
def base(app: Flask) -> Iterator[str]:
    """The address of the application, served by threads of this process."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(10)
    server.server_close()


@dataclass
class Visitor:
    """A person at a browser, and everything that the browser said and fetched meanwhile."""

    page: Page
    context: BrowserContext
    base: str
    #: Whether the page's own scripts run; axe needs them.
    scripts: bool = True
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    fetched: list[Response] = field(default_factory=list)
    under_way: set[Request] = field(default_factory=set)

    def __post_init__(self) -> None:
        own = urlsplit(self.base).netloc

        def asked(request: Request) -> None:
            self.under_way.add(request)
            parts = urlsplit(request.url)
            if parts.scheme not in ("data", "blob", "about") and parts.netloc != own:
                self.strangers.append(request.url)

        self.page.on("request", asked)

        def answered(response: Response) -> None:
            self.fetched.append(response)

        self.page.on("response", answered)

        def over(request: Request) -> None:
            self.under_way.discard(request)

        self.page.on("requestfinished", over)
        self.page.on("requestfailed", over)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda note: self.complaints.append(note.text) if note.type == "error" else None)

    def goes(self, path: str) -> None:
        """Open a page and wait for what it fetches by itself.

        Playwright's own "networkidle" waits for half a second of silence after every page, which is most of the time
        that these journeys would take.
        """
        self.page.goto(self.base + path)
        silent, began = 0, time.monotonic()
        while silent < 3:
            self.page.wait_for_timeout(20)
            silent = 0 if self.under_way else silent + 1
            assert time.monotonic() - began < 30, f"still under way: {[each.url for each in self.under_way]}"

    def logs_in(self, who: str, lands: str | re.Pattern[str] = "**/desk/") -> None:
        self.goes("/login/")
        self.page.fill("#username", who)
        self.page.fill("#password", PASSWORD)
        self.page.click("button[type=submit]")
        self.page.wait_for_url(lands)

    def sends(self, label: str) -> None:
        """Press the button with this word and wait for the page that follows."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=label, exact=True).click()

    def follows(self, label: str) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=label, exact=True).click()

    def broken_rules(self) -> list[str]:
        """What axe finds against WCAG 2.2 AA on the page as it stands."""
        found = Axe().run(self.page, options=RULES).response["violations"]
        return [f"{each['id']}: {[node['html'][:90] for node in each['nodes'][:3]]}" for each in found]

    @property
    def overflow(self) -> int:
        """Pixels by which the page is wider than the screen."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.fixture
def visitor(browser: Browser, base: str) -> Iterator[Callable[..., Visitor]]:
    """``visitor("clerk@street", width=375)``: somebody who has logged in. At the end nobody may have complained."""
    met: list[Visitor] = []

    def come(who: str | None, *, width: int = 1280, scripts: bool = True) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": 800}, locale="zh-CN", java_script_enabled=scripts
        )
        guest = Visitor(context.new_page(), context, base, scripts)
        met.append(guest)
        if who is not None:
            guest.logs_in(who)
        return guest

    yield come
    for guest in met:
        guest.context.close()
    assert [guest.strangers for guest in met if guest.strangers] == []
    assert [guest.complaints for guest in met if guest.complaints] == []
