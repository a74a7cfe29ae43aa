"""Reverse proxies in front of us: how many are ours, and what to say when the deployment forgot to tell."""

from __future__ import annotations

import logging

from flask import Flask, request
from werkzeug.middleware.proxy_fix import ProxyFix

#: What a proxy adds on its way; a program that asks from this machine itself sends none of them.
FORWARDED = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Forwarded-Host", "X-Forwarded-Proto", "Via")

log = logging.getLogger(__name__)


def stand_behind(app: Flask, hops: int) -> None:
    """Believe the last ``hops`` forwarded addresses; with none, believe nobody and say once that somebody forwards.

    Behind a proxy that is not counted every visitor has the proxy's address: thirty wrong passwords anywhere lock
    everybody out for a quarter of an hour, and no log tells one from another.
    """
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
        return
    told = False

    def tell() -> None:
        nonlocal told
        # Once a process: anybody can send the header, and nobody shall fill the log with it.
        if not told and "X-Forwarded-For" in request.headers:
            told = True
            log.warning(
                "收到带 X-Forwarded-For 的请求，而 LIANXIN_TRUSTED_PROXIES 为 0：所有访问者会被当作同一个地址限流。"
                "如前面有反向代理，请设置它的层数；如没有，可不理会。"
            )

    app.before_request(tell)


def came_through_one() -> bool:
    """Whether the present request says that somebody passed it on."""
    return any(name in request.headers for name in FORWARDED)
