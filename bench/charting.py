"""Charts over HTTP beside Superset's, and pages of charts in a browser: how many, how heavy, how soon."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench.ground import heading
from bench.site import Ask, Caller, Site, load, log_in

#: limits.md §1.2, 10,000,000 cases, 8 clients: charts a second and p50/p95 in ms.
SUPERSET = {
    "leaf": (24.0, 339, 590),
    "leaf, daily series": (21.0, 376, 489),
    "whole tree": (3.1, 2_300, 3_500),
}
WANTED = {"leaf": 48.0, "whole tree": 15.0}
#: No first-run page, no updates, no reports: whatever the browser fetches, a page of ours asked for.
QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


def body(page: str, search: str) -> str:
    """What Dash's renderer sends for the charts of the page in the address bar."""
    return json.dumps(
        {
            "output": "charts.children",
            "outputs": {"id": "charts", "property": "children"},
            "inputs": [
                {"id": "place", "property": "pathname", "value": f"/dashboards/{page}"},
                {"id": "place", "property": "search", "value": search},
            ],
            "changedPropIds": ["place.pathname"],
        }
    )


def components(tree: Any) -> Iterator[Mapping[str, Any]]:
    """Every Dash component of an answer."""
    if isinstance(tree, list):
        for part in tree:
            yield from components(part)
    elif isinstance(tree, dict):
        if "namespace" in tree:
            yield tree
        for part in tree.values():
            yield from components(part)


def over_http(site: Site, leaders: Mapping[str, str], password: str, seconds: float) -> None:
    """Print answers and charts a second for a leaf and for the whole tree; ``leaders`` by what they ask."""
    heading("charts over HTTP, gunicorn 2×8, 8 clients; one request draws all charts of its page")
    questions = (
        ("leaf", "load", "?unit=own"),
        ("leaf", "resolution", "?unit=own"),
        ("whole tree", "load", "?unit=subtree"),
        ("whole tree", "resolution", "?unit=subtree"),
        ("whole tree", "hotspots", "?unit=subtree"),
        ("whole tree", "federation", "?unit=subtree"),
    )
    for where, page, search in questions:
        caller = log_in(site, leaders[where], password)
        caller.get(f"/dashboards/{page}{search}")
        # The year, as Superset was asked for; not the 26 weeks that a page opens with.
        sent = body(page, f"{search}&from={_year_ago()}")
        headers = {"X-CSRFToken": caller.cookies["_csrf_token"]}
        answer = caller.post_json("/dashboards/_dash-update-component", sent, headers)
        drawn = sum(part.get("type") == "Graph" for part in components(answer))
        assert drawn, (page, search)

        def ask(client: Caller, sent: str = sent, headers: Mapping[str, str] = headers) -> None:
            client.post_json("/dashboards/_dash-update-component", sent, headers)

        single = load(site, caller.cookies, ask, clients=1, seconds=seconds / 4)
        many = load(site, caller.cookies, ask, seconds=seconds)
        theirs = SUPERSET[where]
        print(f"{where}, {page} ({drawn} charts a request)")
        print(single.line("  one client, requests"))
        print(many.line("  8 clients, requests", f"Superset {theirs[0]}/s, {theirs[1]:,}/{theirs[2]:,} ms"))
        charts = many.a_second * drawn
        print(
            f"  charts a second {charts:.0f}: {charts / theirs[0]:.1f}× Superset's; requests alone "
            f"{many.a_second / theirs[0]:.1f}× (want {WANTED[where]:.0f}/s)",
            flush=True,
        )
        caller.close()


def _year_ago() -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() - 365 * 86_400))


def ask_page(path: str) -> Ask:
    """A request for a page."""

    def ask(caller: Caller) -> None:
        caller.get(path)

    return ask


@dataclass(frozen=True)
class Seen:
    """One visit of a page: seconds until all charts were drawn, bytes over the wire, requests that used the wire."""

    seconds: float
    size: int
    requests: int


def in_a_browser(site: Site, pages: Mapping[str, tuple[str, str]], password: str, rounds: int) -> None:
    """Print bytes and seconds of each page, cold (a new profile) and warm; ``pages``: label → who, address."""
    heading("pages in Chromium, headless, 1280 px: until every chart is drawn (want ≤ 950 KB cold, ≤ 1.5 s warm)")
    program = os.environ.get("LIANXIN_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        print("no Chromium on this machine: not measured")
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        print(f"Chromium {browser.version}")
        for label, (who, address) in pages.items():
            cookies = log_in(site, who, password).cookies
            cold, warm, charts, parts = [], [], 0, 0
            for _ in range(rounds):
                context = _context(browser, site, cookies)
                page = context.new_page()
                first, charts, parts = _visit(page, site, address)
                cold.append(first)
                warm.extend(_visit(page, site, address)[0] for _ in range(2))
                context.close()
            worst = max(cold, key=lambda seen: seen.size)
            print(
                f"{label:<34}{charts:>3} charts{parts:>5} components  cold {worst.size / 1000:>7.0f} KB in "
                f"{worst.requests} requests {median(seen.seconds for seen in cold):5.2f} s  "
                f"warm {max(seen.size for seen in warm) / 1000:>6.0f} KB "
                f"{median(seen.seconds for seen in warm):5.2f} s",
                flush=True,
            )
        browser.close()


def _context(browser: Browser, site: Site, cookies: Mapping[str, str]) -> BrowserContext:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    context.add_cookies([{"name": name, "value": value, "url": site.address} for name, value in cookies.items()])
    return context


def _visit(page: Page, site: Site, address: str) -> tuple[Seen, int, int]:
    """Go there and wait for the charts; also how many there are, and of how many components they are made."""
    sizes: list[float] = []
    answers: list[Any] = []
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.on("response", lambda answer: answers.append(answer) if "_dash-update-component" in answer.url else None)
    began = time.perf_counter()
    page.goto(f"{site.address}{address}", wait_until="commit")
    page.locator("section.chart").first.wait_for(state="attached", timeout=60_000)
    graphs = page.locator(".chart-drawing")
    count = graphs.count()
    for place in range(count):
        graphs.nth(place).locator(".main-svg").first.wait_for(state="attached", timeout=60_000)
    seconds = time.perf_counter() - began
    page.wait_for_load_state("networkidle")
    assert page.locator(".chart-drawing .main-svg").count() >= count
    made = sum(1 for answer in answers[-1:] for _ in components(answer.json()))
    wire.detach()
    return Seen(seconds, int(sum(sizes)), sum(size > 0 for size in sizes)), count, made
