"""Static files: an address that changes with the content, so that browsers may keep a file for a year."""

from __future__ import annotations

import gzip
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]
from flask import Flask, Response, current_app, request
from werkzeug.security import safe_join

YEAR = 31_536_000
#: Best first; the suffix is what ``python -m infra.assets`` writes beside a file.
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
TEXTS = frozenset({".css", ".js", ".svg", ".json", ".map", ".txt"})


def serve_static(app: Flask) -> None:
    """Put ``?v=<digest>`` on every static address and send files packed."""
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 0

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        filename = values.get("filename")
        path = _path(endpoint, str(filename)) if filename and "v" not in values else None
        if path is not None:
            values["v"] = _version(path)

    @app.after_request
    def finish(response: Response) -> Response:
        filename = str((request.view_args or {}).get("filename", ""))
        path = _path(request.endpoint or "", filename)
        if path is None or response.status_code not in (200, 304):
            return response
        response.vary.add("Accept-Encoding")
        if request.args.get("v") == _version(path):
            response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
            response.headers.pop("Expires", None)
        if response.status_code == 200 and request.method == "GET" and "Range" not in request.headers:
            _pack(response, path)
        return response


def _pack(response: Response, path: Path) -> None:
    """Replace the file by its packed form, where the browser takes it and it is shorter."""
    encoding = next((name for name, _suffix in ENCODINGS if request.accept_encodings[name]), None)
    packed = _packed(path, encoding, path.stat().st_mtime_ns) if encoding else None
    if packed is None:
        return
    response.close()  # the open file
    response.direct_passthrough = False
    response.set_data(packed)
    response.headers["Content-Encoding"] = encoding or ""
    etag, _weak = response.get_etag()
    if etag:
        response.set_etag(etag, weak=True)


def _path(endpoint: str, filename: str) -> Path | None:
    """The file behind an address, if it is one of ours."""
    if endpoint == "static":
        folder = current_app.static_folder
    elif endpoint.endswith(".static"):
        held = current_app.blueprints.get(endpoint.rpartition(".")[0])
        folder = held.static_folder if held else None
    else:
        return None
    joined = safe_join(folder, filename) if folder and filename else None
    path = Path(joined) if joined else None
    return path if path is not None and path.is_file() else None


def _version(path: Path) -> str:
    return _digest(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=1024)
def _digest(path: Path, _changed: int) -> str:
    return sha256(path.read_bytes()).hexdigest()[:12]


@lru_cache(maxsize=64)
def _packed(path: Path, encoding: str, _changed: int) -> bytes | None:
    """A copy that ``python -m infra.assets`` packed at its leisure, else one packed now; text only."""
    if path.suffix not in TEXTS:
        return None
    copy = path.with_name(path.name + dict(ENCODINGS)[encoding])
    if copy.is_file():
        return copy.read_bytes()
    body = path.read_bytes()
    packed = brotli.compress(body, quality=9) if encoding == "br" else gzip.compress(body, 9)
    return packed if len(packed) < len(body) else None
