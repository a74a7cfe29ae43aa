"""``python -m bench.peer``: the same work in django-helpdesk 2.6.1, on the same server with as many tickets as cases.

Both sides run gunicorn with two workers as their makers start it, and are asked by eight connections in turns, so
that what disturbs the machine disturbs both. Their slow pages are asked by one connection, a few times: with eight
they do not answer within the measurement (limits.md §1.1).
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import threading
import time
from base64 import b64encode
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from bench import volume
from bench.ground import Place, ground, heading, place
from bench.peer_site import PASSWORD, WHO, Peer
from bench.site import Ask, Caller, Load, Site, load, log_in, serving, token
from infra.federation import names
from infra.servers import Environment
from infra.urls import libpq
from kernel.db import PLATFORM_TENANT, Database
from measures.rebuilding import rebuild
from tenants import queries as tenants

_OURS = "Demo-bench-2026"
_TEXT = "The employer has not paid since December, we asked many times. " * 4


@dataclass(frozen=True)
class Errand:
    """The same work on both sides. ``clients`` of theirs; a slow page gets one and is asked so often."""

    label: str
    ours: Ask
    theirs: Ask
    #: 0: eight connections for some seconds; else one connection, so many requests.
    times: int = 0


def main() -> None:
    """Install, fill, measure, print."""
    given = arguments().parse_args()
    with ExitStack() as opened:
        home = given.home or Path(opened.enter_context(TemporaryDirectory(prefix="lianxin-peer-")))
        home.mkdir(parents=True, exist_ok=True)
        run(opened.enter_context(ground(home / "home")), home, given.tickets, given.seconds, given.turns)


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.peer", description="与 django-helpdesk 2.6.1 对比")
    parser.add_argument("--tickets", type=positive, default=100_000)
    parser.add_argument("--seconds", type=float, default=10, help="每轮每项的秒数")
    parser.add_argument("--turns", type=positive, default=2)
    parser.add_argument("--home", type=Path, help="数据目录：保留安装好的环境；不给则用完即删")
    return parser


def positive(text: str) -> int:
    """A number of at least one.

    :raises argparse.ArgumentTypeError: for anything else.
    """
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("须为正整数")
    return int(text)


def run(environment: Environment, home: Path, tickets: int, seconds: float, turns: int) -> None:
    """Both sides, filled alike."""
    assert environment.admin_url is not None
    peer = Peer(home, libpq(environment.admin_url))
    heading(f"django-helpdesk and ours, {tickets:,} tickets and cases, one PostgreSQL")
    print(peer.install(), flush=True)
    began = time.perf_counter()
    peer.fill(tickets)
    theirs_filled, began = time.perf_counter() - began, time.perf_counter()
    environment.drop("peer_ours")
    made = place(environment, "peer_ours")
    volume.found(made, _OURS)
    volume.fill(made, tickets)
    _count(made)
    made.close()
    print(f"filled in {theirs_filled:.0f} s (theirs) and {time.perf_counter() - began:.0f} s (ours)", flush=True)
    env = {**os.environ, **environment.database("peer_ours").env, "LIANXIN_COOKIE_SECURE": "0"}
    for owner in ("LIANXIN_DATABASE_OWNER_URL", "LIANXIN_DATABASE_ROLLUP_URL"):
        env.pop(owner, None)
    logs = home / "home" / "log"
    with (
        serving(env, logs / "peer-ours.log") as ours,
        serving(peer.env, logs / "peer.log", command=peer.command, cwd=home, ready="/login/") as theirs,
    ):
        clerk, leader = (log_in(ours, f"{who}@{names.CITY}", _OURS) for who in ("head", "leader"))
        staff = _staff(theirs)
        print(f"{'':<40}{'requests':>11}{'p50':>9}{'p95':>9}")
        for errand in errands(clerk, staff, tickets):
            viewer = leader if errand.label.startswith("report") else clerk
            _turns(errand, ours, theirs, (viewer, staff), seconds, turns)


def _count(made: Place) -> None:
    """The cases came past the services: the nightly check finds what they count, as after a restored backup."""
    app = Database(made.settings.database_url, pool_size=1)
    rollup = Database(made.settings.database_rollup_url or "", pool_size=1)
    with app.transaction(PLATFORM_TENANT) as session:
        city = tenants.by_slug(session, names.CITY)
    assert city is not None
    assert rebuild(app, rollup, [city.id])
    for database in (app, rollup):
        database.engine.dispose()
    with made.admin.connect() as connection:
        connection.exec_driver_sql("vacuum analyze")


def _staff(site: Site) -> Caller:
    caller = Caller(site)
    csrf = token(caller.get("/login/"))
    caller.post("/login/", {"csrfmiddlewaretoken": csrf, "username": WHO, "password": PASSWORD}, wanted=(302,))
    return caller


def errands(clerk: Caller, staff: Caller, tickets: int) -> Sequence[Errand]:
    """Create, list, detail and report page; numbers go round, so that nobody asks the same page of the disk."""
    form = clerk.get("/cases/new")
    csrf = token(form)
    public = Caller(staff.site)
    theirs_csrf = token(public.get("/tickets/submit/"))
    cookies = dict(public.cookies)
    public.close()
    numbers, lock = itertools.cycle(range(1, tickets, 37)), threading.Lock()

    def number() -> int:
        with lock:
            return next(numbers)

    def create_ours(caller: Caller) -> None:
        caller.post("/cases/new", case_fields(csrf))

    def create_theirs(caller: Caller) -> None:
        # The public form is for people without an account; staff are sent to their list instead.
        caller.cookies = dict(cookies)
        caller.post("/tickets/submit/", ticket_fields(theirs_csrf, 1 + number() % 100))

    def our_case(caller: Caller) -> None:
        caller.get(f"/cases/{quote(f'量〔2020〕{number()}')}")

    def queue(caller: Caller) -> None:
        caller.get(queue_list(1 + number() % 100))

    def ticket(caller: Caller) -> None:
        caller.get(f"/tickets/{number()}/")

    return (
        Errand("create: form of a case / public form", create_ours, create_theirs),
        Errand("list: 50 newest / a queue's open 25", _page("/cases/"), queue),
        Errand("detail: case page / ticket", our_case, ticket),
        Errand("report: dashboard page / reports", _page("/dashboards/load?unit=own"), _page("/reports/"), times=3),
        Errand(
            "report: whole tree / dashboard", _page("/dashboards/load?unit=subtree"), _page("/dashboard/"), times=3
        ),
    )


def _page(path: str) -> Ask:
    def ask(caller: Caller) -> None:
        caller.get(path)

    return ask


def case_fields(csrf: str) -> Mapping[str, Any]:
    """A registration as a clerk sends it."""
    return {
        "csrf_token": csrf,
        "token": str(uuid4()),
        "channel": "visit",
        "title": "反映三个月工资未发",
        "content": "本人在该单位工作三年，自去年十二月起未发工资，多次讨要未果。" * 4,
        "received_on": time.strftime("%Y-%m-%d"),
        "headcount": "1",
        "parties.0.name": "测试甲",
        "parties.0.phone": "13800001111",
        "parties.1.organisation": "测试厂",
    }


def ticket_fields(csrf: str, queue: int) -> Mapping[str, Any]:
    """A ticket as somebody without an account sends it."""
    return {
        "csrfmiddlewaretoken": csrf,
        "queue": queue,
        "title": "Wages of three months not paid",
        "body": _TEXT,
        "priority": 3,
        "due_date": "",
        "submitter_email": "worker@example.invalid",
    }


def queue_list(queue: int) -> str:
    """The address of the open tickets of a queue, the first 25: a base64 of JSON, as its own page sends it."""
    query = {
        "filtering": {"queue__id__in": [queue], "status__in": [1, 2]},
        "filtering_null": {},
        "sorting": "created",
        "sortreverse": False,
        "search_string": "",
    }
    packed = b64encode(json.dumps(query).encode()).decode("ascii")
    return f"/datatables_ticket_list/{packed}?draw=1&start=0&length=25"


def _turns(
    errand: Errand, ours: Site, theirs: Site, viewers: tuple[Caller, Caller], seconds: float, turns: int
) -> None:
    """Ours, theirs, ours, theirs; print the middle of each and how many times theirs ours is."""
    found: dict[str, list[Load]] = {"ours": [], "theirs": []}
    for _ in range(turns):
        found["ours"].append(load(ours, viewers[0].cookies, errand.ours, seconds=seconds))
        if errand.times:
            found["theirs"].append(_single(theirs, viewers[1], errand.theirs, errand.times))
        else:
            found["theirs"].append(load(theirs, viewers[1].cookies, errand.theirs, seconds=seconds))
    print(errand.label)
    middles = {}
    for side, loads in found.items():
        middle = sorted(loads, key=lambda one: one.a_second)[len(loads) // 2]
        middles[side] = middle
        print(middle.line(f"  {side}{', one connection' if errand.times and side == 'theirs' else ''}"))
    more = middles["ours"].a_second / middles["theirs"].a_second
    cpu = middles["theirs"].cpu / middles["ours"].cpu if middles["ours"].cpu else float("nan")
    print(f"  requests a second {more:,.1f}×, CPU for one {cpu:,.1f}× less", flush=True)


def _single(site: Site, viewer: Caller, ask: Ask, times: int) -> Load:
    """One connection, one request after the other."""
    caller, taken, spent = Caller(site, viewer.cookies), [], site.cpu()
    for _ in range(times):
        began = time.perf_counter()
        ask(caller)
        taken.append(time.perf_counter() - began)
    caller.close()
    return Load(times / sum(taken), median(taken) * 1000, max(taken) * 1000, (site.cpu() - spent) / times * 1000)


if __name__ == "__main__":
    main()
