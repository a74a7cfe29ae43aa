"""Addresses of the worker's door for paper and telephones. None of them holds a number or a code."""

from __future__ import annotations

import segno
from flask import request, url_for
from markupsafe import Markup

from doorway.runtime import runtime


def outside(path: str) -> str:
    """The address by which people reach a page, where the deployment has told it."""
    return (runtime().settings.public_url or request.url_root.rstrip("/")) + path


def track_url(slug: str) -> str:
    """Where a petitioner asks how a case stands."""
    return outside(url_for("portal.track", slug=slug))


def track_mark(slug: str) -> Markup:
    """The same as a QR mark, an inline picture without a style."""
    drawn = segno.make(track_url(slug), error="m", micro=False)
    return Markup(drawn.svg_inline(scale=2, border=0, svgclass="qr", lineclass=None, omitsize=True))  # noqa: S704
