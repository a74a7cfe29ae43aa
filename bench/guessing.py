"""``python -m bench.guessing``: what a page costs people at work while passwords are guessed fifty times a second.

Two attackers against the same page, beside nobody: one machine, which the counter of its address stops, and many,
each guess from another address and at another account, so that every one of them costs a hash or a refusal for want
of a place. Prints; what is too slow is for the reader to say.
"""

from __future__ import annotations

import argparse
import os
import platform
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from bench.ground import ground, heading, place
from bench.site import Caller, Load, Site, load, log_in, serving, token
from infra.federation import names
from infra.federation.load import load_federation

PASSWORD = "Demo-bench-2026"
PAGE = "/desk/"
#: Connections by which people at work ask for the page.
PEOPLE = 2


@dataclass
class Attack:
    """Wrong passwords at a rate, from ``machines`` addresses, until it is stopped."""

    site: Site
    a_second: int
    machines: int
    answers: Counter[int] = field(default_factory=Counter)
    _stop: threading.Event = field(default_factory=threading.Event)
    _number: Callable[[], int] = field(default_factory=lambda: count().__next__)

    def __enter__(self) -> Attack:
        senders = max(2, self.a_second // 3)
        self._threads = [threading.Thread(target=self._send, args=(n, senders), daemon=True) for n in range(senders)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _send(self, sender: int, senders: int) -> None:
        caller, pause = Caller(self.site), senders / self.a_second
        csrf = token(caller.get("/login/"))
        due = time.monotonic() + pause * sender / senders
        while not self._stop.wait(max(0.0, due - time.monotonic())):
            number = self._number()
            machine = number % self.machines
            form = {"csrf_token": csrf, "username": f"u{number}@{names.CITY}", "password": f"wrong {number}"}
            headers = {
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Forwarded-For": f"10.{machine >> 16 & 255}.{machine >> 8 & 255}.{machine & 255}",
            }
            status, _content, _headers = caller.ask("POST", "/login/", urlencode(form), headers)
            self.answers[status] += 1
            due = max(due + pause, time.monotonic() - 1)
        caller.close()


def main() -> None:
    """Found a federation, serve it, measure the page in peace and under both attacks."""
    parser = argparse.ArgumentParser(prog="python -m bench.guessing", description="登录洪水下的页面")
    parser.add_argument("--quick", action="store_true", help="只验证能运行，数字没有意义")
    quick = parser.parse_args().quick
    print(f"{time.strftime('%Y-%m-%d')}, Python {platform.python_version()}, {os.cpu_count()} cores", flush=True)
    with TemporaryDirectory(prefix="lianxin-guessing-") as folder, ground(Path(folder) / "home") as environment:
        made = place(environment, "bench_guessing")
        load_federation(made.settings, password=PASSWORD, cases=300 if quick else 2_000)
        # One trusted proxy, so that this one machine can pretend to be many.
        env = dict(environment.env) | {
            "LIANXIN_DATABASE_URL": made.settings.database_url,
            "LIANXIN_COOKIE_SECURE": "0",
            "LIANXIN_TRUSTED_PROXIES": "1",
        }
        with serving(env, Path(folder) / "web.log") as site:
            measure(site, seconds=0.4 if quick else 20, a_second=10 if quick else 50)
        made.close()


def measure(site: Site, *, seconds: float, a_second: int) -> None:
    """Three lines: the page's latencies with nobody guessing, one machine, many machines."""
    heading(f"{PAGE}，{PEOPLE}个连接；每秒{a_second}次错误密码")
    person = log_in(site, f"clerk@{names.CITY}", PASSWORD)
    person.close()
    calm = _page(site, person.cookies, seconds)
    print(calm.line("无人猜测"), flush=True)
    for label, machines in (("一个地址", 1), ("每次换地址换账号", 1 << 24)):
        with Attack(site, a_second, machines) as attack:
            under = _page(site, person.cookies, seconds)
        answers = ", ".join(f"{status}: {times}" for status, times in sorted(attack.answers.items()))
        print(under.line(label, f"p95 ×{under.p95 / calm.p95:.1f}; {answers}"), flush=True)


def _page(site: Site, cookies: Mapping[str, str], seconds: float) -> Load:
    return load(site, cookies, lambda caller: caller.get(PAGE), clients=PEOPLE, seconds=seconds)


if __name__ == "__main__":
    main()
