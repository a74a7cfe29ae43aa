"""Guarded views: who may enter, and one transaction around what they do.

Every route carries :func:`guard` or :func:`public`; a structure test walks the URL map and fails on one that has
neither. A guarded view runs in one unit of work that commits when the view returns and rolls back when it raises.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import g

from access.actor import Actor, Work
from access.roles import Role
from doorway.runtime import runtime
from kernel.errors import ForbiddenError, LianxinError
from tenants import settings

P = ParamSpec("P")
R = TypeVar("R")

#: The attribute by which the structure test recognises a view that somebody thought about.
MARK = "__lianxin_guard__"


class NotLoggedInError(LianxinError):
    """Nobody is logged in: a page sends to the login form, the API answers 401."""

    code = "not_logged_in"

    def __init__(self, message: str = "请先登录。") -> None:
        super().__init__(message)


def current_actor() -> Actor | None:
    """The person behind this request, put there by the security layer from a session that was checked just now."""
    actor = g.get("actor")
    return actor if isinstance(actor, Actor) else None


def work() -> Work:
    """The unit of work of the guarded view that is running."""
    unit = g.get("work")
    if not isinstance(unit, Work):
        raise NotLoggedInError
    return unit


def guard(*roles: Role) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Admit holders of any of ``roles`` (of any role when none is named) and wrap the view in one transaction.

    Which rows they then see is the policy's business, not the door's.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            actor = current_actor()
            if actor is None:
                raise NotLoggedInError
            if roles and not actor.holds(*roles):
                raise ForbiddenError
            parts = runtime()
            with parts.database.transaction(actor.tenant_id) as session:
                if g.get("house"):
                    # The session check has just read the union's settings; the view need not ask again.
                    settings.keep(session, *g.house)
                g.work = Work(session, actor, parts.clock, parts.cipher, parts.bus, parts.files)
                try:
                    return view(*args, **kwargs)
                finally:
                    g.pop("work", None)

        setattr(guarded, MARK, frozenset(roles))
        return guarded

    return decorate


def admit(*roles: Role) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Admit like :func:`guard` but open no transaction: for a view that runs guarded parts one after the other."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def admitted(*args: P.args, **kwargs: P.kwargs) -> R:
            actor = current_actor()
            if actor is None:
                raise NotLoggedInError
            if roles and not actor.holds(*roles):
                raise ForbiddenError
            return view(*args, **kwargs)

        setattr(admitted, MARK, frozenset(roles))
        return admitted

    return decorate


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view as open to everybody on purpose."""
    marked: Any = view
    setattr(marked, MARK, "public")
    return view
