"""RQ as we use it: JSON instead of pickle, one job, and nothing else that Redis could talk us into.

RQ calls whatever function a job names, and its jobs carry callbacks and web addresses too. Whoever can write to
Redis must not be able to run code here, so a job is rebuilt only when it is a delivery, and of a delivery only its
two arguments are believed.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from redis import Redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry
from rq import Queue, SimpleWorker
from rq.exceptions import NoSuchJobError, StopRequested
from rq.job import UNEVALUATED, Job
from rq.serializers import JSONSerializer

from worker import consumer

log = logging.getLogger(__name__)

QUEUE = "lianxin"
DELIVER = "worker.consumer.deliver"
#: Seconds. A delivery may wait for a database that restarts, see ``consumer.PATIENCE_SECONDS``.
JOB_TIMEOUT = 60
#: A failed job is of no use to anybody: its message is still in the outbox.
FAILURE_TTL = 600
#: RQ says five times a job, in fifteen round trips, that the worker lives; the entry lasts two minutes.
HEARTBEAT_SECONDS = 5.0


class DeliveryJob(Job):
    """A job that can only be a delivery."""

    def restore(self, raw_data: Any) -> Any:
        """Rebuild the job from Redis.

        :raises NoSuchJobError: for anything but a delivery, which RQ then drops.
        """
        try:
            super().restore(raw_data)
            tenant_id, message_id = self._arguments()
        except Exception as error:
            if not isinstance(error, NoSuchJobError):
                log.error("已拒绝队列中一个不是本系统写入的任务：%s", type(error).__name__)
            raise NoSuchJobError from error
        self._believe_nothing_else(tenant_id, message_id)

    def _arguments(self) -> tuple[int, str]:
        if self.func_name != DELIVER or self.instance is not None or self.kwargs:
            raise ValueError("not a delivery")
        tenant_id, message_id = self.args
        if not isinstance(tenant_id, int) or isinstance(tenant_id, bool):
            raise TypeError("not a tenant")
        return tenant_id, str(UUID(message_id))

    def _believe_nothing_else(self, tenant_id: int, message_id: str) -> None:
        self.args = (tenant_id, message_id)
        self._success_callback_name = self._failure_callback_name = self._stopped_callback_name = None
        self._success_callback = self._failure_callback = self._stopped_callback = UNEVALUATED
        self.webhooks = []
        self.retries_left = self.repeats_left = self.group_id = None
        self.rate_limit_key = self.rate_limit_concurrency = None
        self._dependency_ids = []
        self.timeout, self.result_ttl, self.failure_ttl = JOB_TIMEOUT, 0, FAILURE_TTL

    @property
    def func(self) -> Any:
        """The one function, whatever the job says."""
        return consumer.deliver


def job_id(tenant_id: int, message_id: UUID) -> str:
    """The same for every delivery of a message, so that a second copy in the queue finds its job gone."""
    return f"{tenant_id}-{message_id.hex}"


def message_of(identifier: str) -> UUID | None:
    """The message that a job identifier names, or ``None`` for one that is not ours."""
    try:
        return UUID(identifier.rpartition("-")[2])
    except ValueError:
        return None


def connect(url: str, *, timeout: float = 5.0, attempts: int = 0) -> Redis:
    """A client that gives up after ``timeout`` seconds a command and ``attempts`` more tries.

    The library's own default is ten tries: a relay would hold its rows locked all that time.
    """
    return Redis.from_url(
        url, socket_timeout=timeout, socket_connect_timeout=timeout, retry=Retry(ConstantBackoff(0.1), attempts)
    )


def queue(connection: Redis) -> Queue:
    """The one queue."""
    return Queue(QUEUE, connection=connection, job_class=DeliveryJob, serializer=JSONSerializer)


def send(target: Queue, messages: Iterable[tuple[int, UUID]]) -> None:
    """Put messages into the queue, in one round trip.

    :raises redis.RedisError: when the queue is away or refuses; some of them may then have arrived.
    """
    target.enqueue_many(
        [
            Queue.prepare_data(
                DELIVER,
                args=(tenant_id, str(message_id)),
                timeout=JOB_TIMEOUT,
                result_ttl=0,
                failure_ttl=FAILURE_TTL,
                job_id=job_id(tenant_id, message_id),
                description=DELIVER,
            )
            for tenant_id, message_id in messages
        ]
    )


class DeliveryWorker(SimpleWorker):
    """A worker without fork: one process, one connection to the database, several times the rate of RQ's default.

    It takes no commands from Redis (RQ would let anybody there stop it), and a second signal changes nothing: a
    delivery takes milliseconds, and whoever cannot wait may kill -9 without losing anything.
    """

    job_class = DeliveryJob
    max_connection_wait_time = 2.0

    def __init__(self, connection: Redis) -> None:
        self._delivering = False
        self._beaten = 0.0
        super().__init__(
            [queue(connection)],
            connection=connection,
            serializer=JSONSerializer,
            worker_ttl=60,
            maintenance_interval=30,
            job_monitoring_interval=10,
            log_job_description=False,
        )

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Run one delivery in this process."""
        self._delivering = True
        try:
            super().execute_job(job, queue)
        finally:
            self._delivering = False

    def stop_soon(self) -> None:
        """Stop after the present delivery. Called from a signal handler, in the thread that works."""
        if not self._delivering:
            raise StopRequested
        self._stop_requested = True

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """Say that the worker lives, not more often than somebody could want to know."""
        if pipeline is None and timeout is None:
            if time.monotonic() - self._beaten < HEARTBEAT_SECONDS:
                return
            self._beaten = time.monotonic()
        super().heartbeat(timeout, pipeline)

    def set_state(self, state: str, pipeline: Any = None) -> None:
        """Write the state where it costs no round trip of its own."""
        if pipeline is None:
            self._state = state
        else:
            super().set_state(state, pipeline)

    def check_for_suspension(self, burst: bool) -> None:
        """Take no orders from Redis; whoever wants a worker to rest stops the process."""

    def _install_signal_handlers(self) -> None:
        """Leave the process's own in place, see ``worker/main.py``."""

    def subscribe(self) -> None:
        """Listen to no commands."""

    def unsubscribe(self) -> None:
        """Nothing was subscribed."""
