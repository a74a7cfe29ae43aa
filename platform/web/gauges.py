"""What ``/metrics`` tells beside the answers of this process: how far the platform's own work is behind.

Read when asked and the same whichever process answers. The web sees one union at a time and cannot count everybody's
messages: the relay leaves that figure beside the queue (``kernel.pulse``), the duties leave their hours in the
database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import redis
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from kernel import leases, pulse
from kernel.db import PLATFORM_TENANT, Database


class Behind(Collector):
    """Gauges without a tenant and without a topic. What cannot be read is left out: a watcher sees it missing."""

    def __init__(self, database: Database, redis_url: str, now: Callable[[], datetime]) -> None:
        self._database = database
        self._redis_url = redis_url
        self._now = now

    def collect(self) -> Iterator[Metric]:
        """Seconds since each duty last ended well (``fold``: how far figures are behind), and the backlog."""
        ages = GaugeMetricFamily(
            "lianxin_duty_age_seconds", "Seconds since a periodic duty last ended well.", labels=["duty"]
        )
        for name, at in self._beats().items():
            ages.add_metric([name], max(0.0, (self._now() - at).total_seconds()))
        yield ages
        backlog = pulse.read(self._told())
        if backlog is not None:
            yield GaugeMetricFamily("lianxin_outbox_waiting", "Messages not yet done.", value=backlog.waiting)
            yield GaugeMetricFamily(
                "lianxin_outbox_oldest_seconds",
                "Age of the oldest message not yet done.",
                value=backlog.oldest_seconds,
            )
            yield GaugeMetricFamily("lianxin_outbox_stuck", "Messages sent again and again.", value=backlog.stuck)

    def _beats(self) -> dict[str, datetime]:
        try:
            with self._database.transaction(PLATFORM_TENANT) as session:
                return leases.beats(session)
        except SQLAlchemyError:
            return {}

    def _told(self) -> Any:
        client: Any = redis.Redis.from_url(self._redis_url, socket_timeout=1, socket_connect_timeout=1)
        try:
            return client.get(pulse.KEY)
        except (redis.RedisError, OSError):
            return None
        finally:
            client.close()
