"""What a browser is told about every answer: what may run, who may frame, what may be kept."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask, Response, request

#: Nothing inline, nothing from elsewhere. A door that needs more (Dash draws with inline styles) sets its own header.
POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
_STATIC_ENDPOINTS = (".static",)


def content_policy(**changes: str) -> str:
    """The header's text with directives replaced: ``content_policy(style_src="'self' 'unsafe-inline'")``."""
    rows = POLICY | {name.replace("_", "-"): value for name, value in changes.items()}
    return "; ".join(f"{name} {value}" for name, value in rows.items())


def set_headers(app: Flask, *, secure: bool, dash_hashes: Sequence[str]) -> None:
    """Add the headers to every response of ``app``. ``dash_hashes`` are the digests of Dash's own inline scripts."""
    plain = content_policy()
    scripts = " ".join(["'self'", *dash_hashes])
    charts = content_policy(script_src=scripts, style_src="'self' 'unsafe-inline'", img_src="'self' data: blob:")

    @app.after_request
    def add(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", charts if request.path.startswith("/dashboards/") else plain)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("X-Frame-Options", "DENY")
        # Same origin and not none: the check of forms over HTTPS compares the referrer.
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        if secure:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if not _is_static():
            headers.setdefault("Cache-Control", "no-store")
        return response


def _is_static() -> bool:
    endpoint = request.endpoint or ""
    return endpoint == "static" or endpoint.endswith(_STATIC_ENDPOINTS) or "_dash-component-suites" in request.path
