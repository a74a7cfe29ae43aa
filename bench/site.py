"""A real gunicorn as the demo starts it, eight connections that ask it, and what that cost the processor."""

from __future__ import annotations

import http.client
import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from signal import SIGTERM
from statistics import median, quantiles
from subprocess import Popen
from typing import Any
from urllib.parse import urlencode

from infra import processes
from infra.supervisor import python

ROOT_FOLDER = Path(__file__).parents[1]
_TOKEN = re.compile(r'name="csrf_?(?:middleware)?token"[^>]*value="([^"]+)"')
Ask = Callable[["Caller"], None]


@dataclass(frozen=True)
class Load:
    """Requests of some seconds: how many a second, their latencies, and processor milliseconds for each."""

    a_second: float
    p50: float
    p95: float
    cpu: float

    def line(self, label: str, note: str = "") -> str:
        return f"{label:<40}{self.a_second:>9.1f}/s{self.p50:>9.1f}{self.p95:>9.1f} ms{self.cpu:>8.1f} CPU-ms  {note}"


@dataclass(frozen=True)
class Site:
    """A running web server."""

    port: int
    pid: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cpu(self) -> float:
        """Seconds of processor that all of its processes have had."""
        times = [process.cpu_times() for process in processes.group(self.pid)]
        return float(sum(taken.user + taken.system for taken in times))


class Caller:
    """One connection with its cookies, as a browser keeps them."""

    def __init__(self, site: Site, cookies: Mapping[str, str] | None = None) -> None:
        self.site = site
        self._connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=300)
        self.cookies = dict(cookies or {})

    def ask(
        self, method: str, path: str, body: str | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes, http.client.HTTPMessage]:
        """Status, body and headers; the connection is opened again where the server closed it."""
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), **(headers or {})}
        try:
            self._connection.request(method, path, body, sent)
            answer = self._connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError, http.client.CannotSendRequest):
            # A kept connection that the server has given up meanwhile; a second refusal is a real one.
            self._connection.close()
            self._connection.request(method, path, body, sent)
            answer = self._connection.getresponse()
        content = answer.read()
        for line in answer.headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return answer.status, content, answer.headers

    def get(self, path: str) -> str:
        """A page that must be there."""
        status, content, _headers = self.ask("GET", path)
        assert status == 200, (path, status, content[:300])
        return content.decode()

    def post(self, path: str, fields: Mapping[str, Any], *, wanted: Sequence[int] = (302, 303)) -> None:
        """Send a form; a form that comes back was not taken."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        status, content, _headers = self.ask("POST", path, urlencode(fields), headers)
        assert status in wanted, (path, status, content[:600].decode(errors="replace"))

    def post_json(self, path: str, body: str, headers: Mapping[str, str]) -> Any:
        """Send JSON, get JSON."""
        status, content, _headers = self.ask("POST", path, body, {"Content-Type": "application/json", **headers})
        assert status == 200, (path, status, content[:300])
        return json.loads(content)

    def close(self) -> None:
        self._connection.close()


def token(page: str) -> str:
    """The token of a page's form against forgery, Flask-WTF's or Django's."""
    found = _TOKEN.search(page)
    assert found is not None
    return found.group(1)


def log_in(site: Site, who: str, password: str) -> Caller:
    """Through the form, as a browser does."""
    caller = Caller(site)
    csrf = token(caller.get("/login/"))
    caller.post("/login/", {"csrf_token": csrf, "username": who, "password": password}, wanted=(302,))
    return caller


@contextmanager
def serving(
    env: Mapping[str, str], log: Path, *, command: Sequence[str] = (), cwd: Path = ROOT_FOLDER, ready: str = "/readyz"
) -> Iterator[Site]:
    """gunicorn with two workers, as ``infra.demo`` starts it (or ``command``), until the block ends."""
    port = processes.free_port()
    bind = ("--bind", f"127.0.0.1:{port}")
    usual = python(
        *("-m", "gunicorn", "--worker-class", "gthread", "--workers", "2", "--threads", "8"),
        *("--graceful-timeout", "4", "--no-control-socket", *bind, "web.wsgi:app"),
    )
    log.parent.mkdir(parents=True, exist_ok=True)
    args = [*command, *bind] if command else usual
    process: Popen[bytes] = processes.spawn(args, log=log, env=dict(env), cwd=cwd)
    site = Site(port, process.pid)
    try:
        assert processes.wait_until(lambda: process.poll() is not None or _answers(site, ready), 90, every=0.2)
        assert process.poll() is None, processes.tail(log, 30)
        yield site
    finally:
        if (found := processes.find(process.pid)) is not None:
            processes.end(found, ask=SIGTERM, patience=8.0)


def _answers(site: Site, ready: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=5)
    try:
        connection.request("GET", ready)
        return connection.getresponse().status < 400
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def load(site: Site, cookies: Mapping[str, str], ask: Ask, *, clients: int = 8, seconds: float = 15) -> Load:
    """Ask from ``clients`` connections for some seconds, after a warm-up of a fifth of them."""
    latencies: list[float] = []
    failures: list[BaseException] = []
    begun = time.perf_counter()
    counting, until = begun + seconds / 5, begun + seconds * 1.2

    def work() -> None:
        caller = Caller(site, cookies)
        try:
            while (start := time.perf_counter()) < until:
                ask(caller)
                if start >= counting:
                    latencies.append((time.perf_counter() - start) * 1000)
        except BaseException as failure:
            failures.append(failure)
        finally:
            caller.close()

    threads = [threading.Thread(target=work, daemon=True) for _ in range(clients)]
    for thread in threads:
        thread.start()
    time.sleep(max(0.0, counting - time.perf_counter()))
    spent = site.cpu()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    # What was under way at the end still counts, so the time runs to its end.
    took = time.perf_counter() - counting
    done = max(1, len(latencies))
    return Load(
        len(latencies) / took,
        median(latencies) if latencies else float("nan"),
        quantiles(latencies, n=20)[-1] if len(latencies) > 1 else float("nan"),
        (site.cpu() - spent) / done * 1000,
    )
