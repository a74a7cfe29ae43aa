"""Marks of the worker's door: of a form, so that it files once, and of a visit to one case. Signed, kept nowhere."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from flask import request
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.wrappers import Response as Answer

from access.actor import Work
from cases import query_codes
from cases.models import Case
from cases.query_codes import QueryCode
from cases.services import get
from doorway.runtime import runtime
from kernel.errors import NotFoundError
from portal.landing import Landing

#: A form may lie open for a day: people look for papers meanwhile.
FORM_LASTS = timedelta(days=1)
#: A person needs longer than this to fill in the shortest form.
FASTEST = timedelta(seconds=3)
#: A visit ends after so long without a click, and in any case after so long altogether.
VISIT_IDLE, VISIT_LONGEST = timedelta(minutes=20), timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class FormMark:
    """The mark of one form: its own secret, and how old the form is."""

    secret: str
    age: timedelta
    text: str

    @property
    def key(self) -> str:
        """Under which the filing is found again; the secret itself is kept nowhere."""
        return _keyed("filing", self.secret).hex()[:40]

    def code(self, union_id: int) -> str:
        """The 查询码 of what the form files: the same for the same form, chance for everybody else."""
        return query_codes.from_bytes(_keyed(f"code:{union_id}", self.secret))


def new_form(union: Landing) -> str:
    """A fresh mark for one form of a union."""
    return _signer("form").dumps([union.id, secrets.token_hex(16), _now()])


def read_form(union: Landing, text: str) -> FormMark | None:
    """The mark that came back with a form; ``None`` for a made-up one, another union's and one that is too old."""
    try:
        told = _signer("form").loads(text[:400])
        union_id, secret, made = int(told[0]), str(told[1]), int(told[2])
    except (BadData, ValueError, TypeError, IndexError):
        return None
    age = timedelta(seconds=_now() - made)
    return FormMark(secret, age, text) if union_id == union.id and age <= FORM_LASTS else None


def begin_visit(answer: Answer, union: Landing, case: Case, code: QueryCode) -> None:
    """Let this browser come to this one case for a while. Neither the number nor the code is in the cookie."""
    _set(answer, union, [union.id, case.id.hex, query_codes.stamp(code), _now(), _now()])


def visited(work: Work, union: Landing) -> Case | None:
    """The case of this browser's visit; ``None`` without one, after its time, and once the code was replaced."""
    told = _visit(union)
    if told is None:
        return None
    try:
        case = get(work, UUID(told[1]))
    except NotFoundError:
        return None
    row = query_codes.held(work.session, case.id)
    return case if row is not None and hmac.compare_digest(query_codes.stamp(row), told[2]) else None


def go_on(answer: Answer, union: Landing) -> None:
    """The visitor clicked: the visit lasts on."""
    told = _visit(union)
    if told is not None:
        _set(answer, union, [*told[:4], _now()])


def end_visit(answer: Answer, union: Landing) -> None:
    """Forget the visit."""
    answer.delete_cookie(_name(), path=_path(union))


def _visit(union: Landing) -> list[str] | None:
    try:
        told = _signer("visit").loads(request.cookies.get(_name(), "")[:600])
        fresh = _now() - int(told[4]) <= VISIT_IDLE.total_seconds()
        early = _now() - int(told[3]) <= VISIT_LONGEST.total_seconds()
        good = int(told[0]) == union.id and bool(UUID(str(told[1])))
    except (BadData, ValueError, TypeError, IndexError):
        return None
    return told if fresh and early and good else None


def _set(answer: Answer, union: Landing, told: list[object]) -> None:
    answer.set_cookie(
        _name(),
        str(_signer("visit").dumps(told)),
        path=_path(union),
        httponly=True,
        samesite="Strict",
        secure=runtime().settings.cookie_secure,
    )


def _name() -> str:
    return "__Secure-lianxin-case" if runtime().settings.cookie_secure else "lianxin-case"


def _path(union: Landing) -> str:
    return f"/portal/{union.slug}/"


def _signer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(runtime().settings.secret_key, salt=f"portal-{purpose}")


def _keyed(purpose: str, secret: str) -> bytes:
    key = runtime().settings.secret_key.encode()
    return hmac.new(key, f"portal-{purpose}:{secret}".encode(), sha256).digest()


def _now() -> int:
    return int(runtime().clock.now().timestamp())
