"""``/admin/platform`` (平台运行): adoption and health for whoever keeps the platform. No case, no union's figure.

Drawn by the server alone: when the platform is unwell, this page must still open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import redis
from flask import Blueprint, render_template

from access.roles import Role
from doorway.guard import guard, work
from doorway.runtime import runtime
from doorway.words import N_, _
from kernel import leases, pulse
from kernel.outbox import Backlog
from measures import recounting
from tenants import adoption
from tenants.models import KIND_LABELS

#: Duty → its word, and after how many seconds without a good end somebody should look (three times its pause).
DUTIES: tuple[tuple[str, str, int], ...] = (
    ("fold", N_("汇总数据"), 60),
    ("relay", N_("转发消息"), 60),
    ("sweep", N_("检查期限"), 300),
    ("rules", N_("检查提醒规则"), 1200),
    ("tokenise", N_("补建检索词"), 300),
    ("hotspots", N_("查找热点"), 3 * 86_400),
    ("sums", N_("累加历史数据"), 3 * 6 * 3600),
    ("recount", N_("核对数据（第二次计数）"), 3 * 86_400),
    ("learn", N_("训练分类建议"), 3 * 86_400),
    ("purge", N_("清理过期数据"), 3 * 3600),
    ("files", N_("清理过期文件"), 3 * 6 * 3600),
)
#: Names that RQ gives the one queue, its failures and its workers (``worker.jobs.QUEUE``).
_QUEUE, _FAILED, _WORKERS = "rq:queue:lianxin", "rq:failed:lianxin", "rq:workers"
#: A message that has waited so long is late, even when a worker is busy.
LATE_SECONDS = 300
MONTHS = 12
#: Days for which a correction of figures is something that somebody should look into.
CORRECTED_DAYS = 7


@dataclass(frozen=True, slots=True)
class Beat:
    """A periodic duty, when it last ended well, and whether that is too long ago for a scheduler that is at work."""

    word: str
    at: datetime | None
    late: bool


@dataclass(frozen=True, slots=True)
class QueueState:
    """The queue as Redis has it; ``None`` of :func:`_queue` when Redis does not answer."""

    queued: int
    failed: int
    workers: int
    #: What the database has not seen done yet, of all unions together; ``None`` when the relay has not told lately.
    backlog: Backlog | None


@dataclass(frozen=True, slots=True)
class Month:
    """Unions that came in a month; ``share`` in percent of the busiest month, for the bar."""

    first: date
    count: int
    share: int


def add_routes(pages: Blueprint) -> None:
    """Hang the page of this module on the door's blueprint."""
    pages.add_url_rule("/admin/platform", "platform", show)


@guard(Role.PLATFORM_ADMIN)
def show() -> str:
    """Unions by kind and state, when they came, and how the machinery stands now."""
    unit = work()
    now, today = unit.clock.now(), unit.clock.today()
    kinds = adoption.by_kind(unit.session)
    beats = leases.beats(unit.session)
    states = ("active", "suspended", "closed", "total")
    return render_template(
        "admin/platform.html",
        now=now,
        kinds=[(KIND_LABELS[row.kind], row) for row in kinds],
        totals={name: sum(getattr(row, name) for row in kinds) for name in states},
        months=_months(today, dict(adoption.came_by_month(unit.session, _month(today, MONTHS - 1)))),
        beats=_beats(beats, now),
        corrected=_corrected(beats.get(recounting.CORRECTED), now),
        recounting=recounting.warning(unit.session),
        queue=_queue(runtime().settings.redis_url),
        late_seconds=LATE_SECONDS,
        duration=duration,
    )


def duration(seconds: float) -> str:
    """Seconds as people say them."""
    if seconds < 60:
        return _("%(count)d秒", count=seconds)
    if seconds < 3600:
        return _("%(count)d分钟", count=seconds // 60)
    return _("%(count)d小时", count=seconds // 3600)


def _beats(found: dict[str, datetime], now: datetime) -> list[Beat]:
    on_duty = found.get(leases.SCHEDULER)
    beats = []
    for name, word, longest in DUTIES:
        at = found.get(name)
        since = max(filter(None, (at, on_duty)), default=None)
        beats.append(Beat(_(word), at, late=since is None or (now - since).total_seconds() > longest))
    return beats


def _corrected(at: datetime | None, now: datetime) -> Beat | None:
    """The last time that a second count found figures wrong; it corrected them, but something had lost them."""
    if at is None:
        return None
    return Beat(_("最近一次改正数据"), at, late=(now - at).days < CORRECTED_DAYS)


def _month(today: date, back: int) -> date:
    months = today.year * 12 + today.month - 1 - back
    return date(months // 12, months % 12 + 1, 1)


def _months(today: date, counts: dict[date, int]) -> list[Month]:
    firsts = [_month(today, back) for back in reversed(range(MONTHS))]
    most = max(counts.values(), default=0)
    found = [(first, counts.get(first, 0)) for first in firsts]
    return [Month(first, count, round(100 * count / most) if most else 0) for first, count in found]


def _queue(url: str) -> QueueState | None:
    client: Any = redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1)
    ask: tuple[Callable[[], Any], ...] = (
        lambda: client.llen(_QUEUE),
        lambda: client.zcard(_FAILED),
        lambda: client.scard(_WORKERS),
        lambda: client.get(pulse.KEY),
    )
    try:
        queued, failed, workers, told = (each() for each in ask)
    except (redis.RedisError, OSError):
        return None
    finally:
        client.close()
    return QueueState(int(queued), int(failed), int(workers), pulse.read(told))
