"""What every page of the worker's door stands on: the union that it belongs to, one unit of work, limits, headers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Concatenate, ParamSpec

from flask import Response, make_response, request
from werkzeug.wrappers import Response as Answer

from access.actor import Work, own_hand
from access.throttle import Counter, counter, forgive, network, take_attempt
from doorway.guard import MARK
from doorway.runtime import runtime
from doorway.words import _
from kernel.db import PLATFORM_TENANT
from kernel.errors import ThrottledError
from portal.landing import Landing, look, page_of

P = ParamSpec("P")
ACTIVE = "active"


def at_union(view: Callable[Concatenate[Landing, P], Answer | str]) -> Callable[..., Answer]:
    """Open to everybody: give the view the union of the address; one that rests or is gone says whom to ask."""

    @wraps(view)
    def entered(slug: str, *args: P.args, **kwargs: P.kwargs) -> Answer:
        union = look(slug)
        if union is None or union.status != ACTIVE:
            page = page_of(union)
            if union is not None and request.method == "POST":
                page.status_code = 409
            return private(page)
        return private(make_response(view(union, *args, **kwargs)))

    setattr(entered, MARK, "public")
    return entered


def private(page: Response) -> Response:
    """Kept by nobody, and no other site learns where its reader comes from."""
    page.headers["Cache-Control"] = "no-store"
    page.headers["Referrer-Policy"] = "no-referrer"
    page.headers["X-Robots-Tag"] = "noindex"
    return page


@contextmanager
def at_work(union: Landing) -> Iterator[Work]:
    """One transaction in the union, in the petitioner's own name; it commits when the block ends."""
    parts = runtime()
    with parts.database.transaction(union.id) as session:
        yield Work(session, own_hand(union.id), parts.clock, parts.cipher, parts.bus, parts.files)


def of_network(purpose: str, limit: int) -> Counter:
    """A counter of everybody behind one address; the address itself is kept nowhere, a keyed digest is."""
    return counter(runtime().settings.secret_key, purpose, network(request.remote_addr or ""), limit=limit)


def of_thing(purpose: str, what: str, limit: int) -> Counter:
    """A counter of one thing that somebody tries to open; a success empties it."""
    return counter(runtime().settings.secret_key, purpose, what, limit=limit, resets=True)


def take(*counters: Counter) -> None:
    """Count one attempt before looking.

    :raises ThrottledError: when one of the counters has had enough.
    """
    parts = runtime()
    with parts.database.transaction(PLATFORM_TENANT) as session:
        wait = take_attempt(session, counters, parts.clock.now())
    if wait:
        raise ThrottledError(
            _(
                "操作过于频繁，请在%(minutes)s分钟后再试。急事请直接拨打 12351，或者到工会当面反映。",
                minutes=wait // 60 + 1,
            ),
            retry_after=wait,
        )


def give_back(*counters: Counter) -> None:
    """The attempt was right: it does not count."""
    parts = runtime()
    with parts.database.transaction(PLATFORM_TENANT) as session:
        forgive(session, counters, parts.clock.now())
