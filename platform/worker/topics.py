"""The jobs table: which topic of the outbox is handled by what. A topic without a row is an error, never skipped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from access.actor import Work
from archives import dossiers, listing_jobs, listings
from archives import jobs as archives
from cases import jobs as cases
from dispatches import jobs as dispatches
from dispatches import ruling, succession, watching
from kernel.errors import LianxinError
from tenants import jobs as tenants

Handler = Callable[[Work, Mapping[str, Any]], None]


def in_turn(*handlers: Handler) -> Handler:
    """One handler that runs several on the same message, in one transaction."""

    def handle(work: Work, payload: Mapping[str, Any]) -> None:
        for handler in handlers:
            handler(work, payload)

    return handle


TOPICS: Mapping[str, Handler] = {
    "case.registered": cases.registered,
    "case.assigned": cases.assigned,
    "case.ruled": ruling.ruled,
    dossiers.TOPIC: archives.bind,
    listings.TOPIC: listing_jobs.make,
    "letter.event": in_turn(dispatches.arrived, watching.arrived),
    "tenant.life": tenants.lived,
    "tenant.succession": succession.run,
}


class UnknownTopicError(LianxinError):
    """Written by a newer version than this worker's, most likely; the message waits until that one runs."""

    code = "unknown_topic"


def handler_of(topic: str, topics: Mapping[str, Handler] = TOPICS) -> Handler:
    """The handler of a topic.

    :raises UnknownTopicError: when the table has no such row.
    """
    try:
        return topics[topic]
    except KeyError:
        raise UnknownTopicError(f"没有处理“{topic}”类消息的程序。") from None
