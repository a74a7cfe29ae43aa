"""One delivery: inbox row, effect and acknowledgement in a single transaction of the message's tenant.

``deliver`` is the only function that Redis can make this process run, see ``worker/jobs.py``.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from access.actor import Work, system_actor
from kernel import outbox
from kernel.blobs import NO_FILES, Files
from kernel.bus import Bus
from kernel.clock import Clock
from kernel.crypto import FieldCipher
from kernel.db import Database
from kernel.errors import NoTenantError, NotFoundError
from kernel.outages import TRANSIENT
from worker.topics import TOPICS, Handler, handler_of

log = logging.getLogger(__name__)

#: How long a delivery waits for a database that is away. Giving up at once would empty the queue in a second, and
#: each of its messages would then wait for the relay to miss it. Shorter than a job's timeout.
PATIENCE_SECONDS = 25.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 1.0


class HandlingError(Exception):
    """The handler failed; its own error is the cause."""


@dataclass(frozen=True)
class Consumer:
    """What a delivery needs; one a process."""

    database: Database
    cipher: FieldCipher
    clock: Clock
    bus: Bus
    topics: Mapping[str, Handler] = field(default_factory=lambda: TOPICS)
    patience: float = PATIENCE_SECONDS
    files: Files = NO_FILES

    def deliver(self, tenant_id: int | None, message_id: str) -> None:
        """Bring one message to its effect, once, whatever number of times it is delivered.

        A failure of the handler is kept on the message, which stays unacknowledged and comes again later.

        :raises NoTenantError: without a tenant.
        :raises NotFoundError: when the tenant has no such message: purged long ago, or another tenant's.
        """
        if tenant_id is None:
            raise NoTenantError
        message = UUID(message_id)
        deadline, pause = time.monotonic() + self.patience, _FIRST_PAUSE
        while True:
            try:
                self._once(tenant_id, message)
            except TRANSIENT:
                # A commit whose answer was lost is safe to repeat: the inbox knows whether it happened.
                if time.monotonic() + pause > deadline:
                    raise
                time.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
            except HandlingError as error:
                self._note(tenant_id, message, error.__cause__ or error)
                return
            else:
                return

    def _once(self, tenant_id: int, message_id: UUID) -> None:
        with self.database.transaction(tenant_id) as session:
            message = outbox.find(session, message_id)
            if message is None:
                raise NotFoundError
            if message.done_at is not None:
                return
            # Read now: after a statement that failed, the row could not be asked any more.
            topic, payload = message.topic, message.payload
            if outbox.take(session, message_id):
                work = Work(session, system_actor(tenant_id), self.clock, self.cipher, self.bus, self.files)
                try:
                    handler_of(topic, self.topics)(work, payload)
                    session.flush()
                except TRANSIENT:
                    raise
                except Exception as error:
                    raise HandlingError(topic) from error
            outbox.acknowledge(session, message_id)

    def _note(self, tenant_id: int, message_id: UUID, error: BaseException) -> None:
        # The class only, here and in the table: a message may quote a name or a telephone number.
        log.error("消息 %s（组织 %s）处理失败：%s，稍后重试。", message_id, tenant_id, type(error).__name__)
        try:
            with self.database.transaction(tenant_id) as session:
                outbox.note_failure(session, message_id, error)
        except TRANSIENT:
            log.warning("消息 %s 的失败原因未能记录：数据库不可用。", message_id)


_consumer: Consumer | None = None


def install(consumer: Consumer) -> None:
    """Make ``consumer`` the one that this process's deliveries go to."""
    global _consumer  # noqa: PLW0603 - RQ calls a function by name; what it needs can only be the process's
    _consumer = consumer


def deliver(tenant_id: int | None, message_id: str) -> None:
    """The job: see :meth:`Consumer.deliver`."""
    if _consumer is None:
        raise RuntimeError("this process was not composed by worker.main.run_worker")
    _consumer.deliver(tenant_id, message_id)
