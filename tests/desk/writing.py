"""A letter's form as a person fills it in, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dispatches import queries
from dispatches.queries import LetterView
from tests.builders import Federation
from tests.desk.pages import Page

AsUser = Callable[[str], FlaskClient]

WORDS = {
    "subject": "关于办理欠薪信访件的函",
    "reason": "该单位在你辖区，涉及职工较多。",
    "request": "请依法调查处理并报告结果。",
}
PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\n%%EOF\n"


def form(federation: Federation, kind: str, to: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "to": str(federation.ids[to]), **WORDS, **more}


def letter_of(federation: Federation, who: str, answer: TestResponse) -> LetterView:
    assert answer.status_code == 303, Page(answer.text).visible
    with federation.work(who) as work:
        return queries.get(work, UUID(answer.location.rsplit("/", 1)[1]))


def count(federation: Federation, who: str) -> int:
    with federation.work(who) as work:
        return len(queries.outbox(work))
