"""``/portal/<slug>/``: where a worker finds a union, and whom to ask when that union rests or is gone.

Everything here is the public tree's. The answer is the same for everybody, so it may be kept by any cache.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, make_response, render_template

from doorway.guard import public
from doorway.runtime import runtime
from kernel.db import PLATFORM_TENANT
from tenants import queries
from tenants.models import KIND_LABELS, NOT_MOVED_IN, Kind, Tenant

#: A change of address or status is seen everywhere after so many seconds.
KEPT_SECONDS = 300
#: Deep blue, as on every other page, where a union chose no colour of its own.
COLOUR = "#0b4f94"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A union that a page leads to."""

    name: str
    slug: str


@dataclass(frozen=True, slots=True)
class Landing:
    """What a union's page shows."""

    id: int
    slug: str
    name: str
    kind: str
    #: The seal's words (落款), where they differ from the name.
    seal: str
    address: str
    phone: str
    hours: str
    #: ``active``, ``suspended`` or ``closed``.
    status: str
    #: The nearest union above that works now.
    above: Neighbour | None
    #: Who carries on what a closed union left.
    after: Neighbour | None


def add_routes(pages: Blueprint) -> None:
    """Hang the pages of this module on the door's blueprint."""
    pages.add_url_rule("/portal/<slug>/", "landing", landing)
    pages.add_url_rule("/portal/<slug>/colours.css", "colours", colours)


@public
def landing(slug: str) -> Response:
    """A union's page; a name that no union has gets a page of the same shape, without a union."""
    return _kept(page_of(look(slug)))


def look(slug: str) -> Landing | None:
    """The union behind an address, with those to whom its page leads; ``None`` where there is none to the public."""
    with runtime().database.transaction(PLATFORM_TENANT) as session:
        tenant = _public(queries.by_slug(session, slug))
        if tenant is None:
            return None
        above = queries.working_above(session, tenant.id)
        return _landing(tenant, above, queries.working_successor(session, tenant))


def page_of(union: Landing | None) -> Response:
    """A union's page, which of one that rests or is gone says whom to ask."""
    return make_response(render_template("portal/landing.html", union=union), 200 if union else 404)


@public
def colours(slug: str) -> Response:
    """The union's colour as a stylesheet: the content security policy lets no page carry one inside."""
    with runtime().database.transaction(PLATFORM_TENANT) as session:
        tenant = _public(queries.by_slug(session, slug))
    colour = tenant.portal_colour if tenant is not None else None
    # Checked by the database too: nothing but six hexadecimal digits gets into the stylesheet.
    return _kept(Response(f":root {{ --union: {colour or COLOUR}; }}\n", mimetype="text/css"))


def _public(tenant: Tenant | None) -> Tenant | None:
    """The union, unless it is the platform itself or only stands for one that works elsewhere."""
    if tenant is None or tenant.id == PLATFORM_TENANT or tenant.status_reason == NOT_MOVED_IN:
        return None
    return tenant


def _landing(tenant: Tenant, above: Tenant | None, after: Tenant | None) -> Landing:
    return Landing(
        id=tenant.id,
        slug=tenant.slug,
        name=tenant.name,
        kind=KIND_LABELS[Kind(tenant.kind)],
        seal=tenant.seal_text if tenant.seal_text != tenant.name else "",
        address=tenant.address,
        phone=tenant.phone,
        hours=tenant.hours,
        status=tenant.status,
        above=Neighbour(above.name, above.slug) if above else None,
        after=Neighbour(after.name, after.slug) if after else None,
    )


def _kept(page: Response) -> Response:
    page.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    return page
