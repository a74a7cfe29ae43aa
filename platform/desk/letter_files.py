"""附件: a file of a letter, handed out as a download and never shown inside a page."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote
from uuid import UUID

from flask import Response

from access.roles import CASE_ROLES
from dispatches.files import open_file
from doorway.guard import guard, work

#: Whatever a browser would make of the bytes: no script, no form, no frame, nothing loaded.
_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


@guard(*CASE_ROLES)
def letter_file(letter_id: UUID, file_id: UUID) -> Response:
    """One file for its reader; that it was opened is on record when the answer leaves.

    :raises NotFoundError: when the letter is not theirs to see or has no such file.
    :raises ForbiddenError: when the sender's day has passed, and when the letter was taken back or returned.
    """
    opened = open_file(work(), letter_id, file_id)
    return download(opened.name, opened.media_type, opened.content)


def download(name: str, media_type: str, content: bytes | Iterator[bytes]) -> Response:
    """An answer that a browser stores and never runs; an iterator's pieces are sent as they come."""
    answer = Response(content, mimetype=media_type)
    answer.headers["Content-Disposition"] = disposition(name)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = _POLICY
    answer.headers["Cache-Control"] = "no-store"
    return answer


def disposition(name: str) -> str:
    """The header that makes an answer a download: its name in UTF-8 (RFC 6266), and in ASCII for old browsers."""
    ending = name.rpartition(".")[2]
    plain = f"file.{ending}" if ending.isascii() and ending.isalnum() else "file"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


ROUTES = (("/dispatches/<uuid:letter_id>/files/<uuid:file_id>", letter_file, ("GET",)),)
