"""What a request says about itself, before and after it is known who asks."""

from __future__ import annotations

from flask import g, request

from web.security.principal import Principal

_BEARER = "bearer "
#: Served without asking who is there: they must answer when the database does not, or be the same for everybody.
_ANONYMOUS = frozenset(
    {"static", "health.healthz", "health.readyz", "health.metrics", "portal.landing", "portal.colours"}
)


def is_for_everybody(endpoint: str | None) -> bool:
    """Whether an answer is the same for everybody: files, Dash's own scripts, health."""
    name = endpoint or ""
    return name in _ANONYMOUS or name.endswith(".static") or "/_dash-component-suites/" in name


def is_bearer() -> bool:
    """Whether the request proves itself by a token in a header, which no browser adds by itself."""
    return request.headers.get("Authorization", "")[: len(_BEARER)].lower() == _BEARER


def bearer_token() -> str:
    """The token of the header; empty without one."""
    return request.headers["Authorization"][len(_BEARER) :].strip() if is_bearer() else ""


def principal() -> Principal | None:
    """The person behind the present request."""
    person = g.get("principal")
    return person if isinstance(person, Principal) else None
