"""Ask a route as somebody, with somebody's identifiers, and look at the answer as a thief would."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import openpyxl
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from kernel.ids import uuid7
from tenants.workbooks import XLSX
from tests.leaks.catalogue import tenant_tables
from tests.leaks.copying import FIGURES, MARKS, NAMES, PHONES
from tests.leaks.matrix.rows import IDENTIFIERS, ROWS, Row
from tests.leaks.twins import Twins
from tests.web.clients import bearer, login, token

#: From east's seat: its twin, the union above and the union below.
RELATIONS = ("sibling", "parent", "child")
SLUG = {"sibling": "west", "parent": "city", "child": "street"}


@dataclass(frozen=True)
class Case:
    """A route and method with its rule and its row."""

    rule: Rule
    method: str
    row: Row

    @property
    def identified(self) -> bool:
        """Whether the address names a thing of a union."""
        return bool(set(self.rule.arguments) & set(IDENTIFIERS))

    def __str__(self) -> str:
        return f"{self.method} {self.rule.rule}"


def cases(app: Flask) -> list[Case]:
    """Every route of the application that has a row."""
    return [
        Case(rule, method, ROWS[(rule.endpoint, method)])
        for rule, method in routes(app)
        if (rule.endpoint, method) in ROWS
    ]


def routes(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every rule and method; ``HEAD`` and ``OPTIONS`` are the framework's."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method


class Asker:
    """Browsers and machines of one application, each logged in once."""

    def __init__(self, app: Flask, twins: Twins) -> None:
        self.app = app
        self.twins = twins
        self._browsers: dict[str | None, tuple[FlaskClient, str]] = {}
        self._bearers: dict[str, dict[str, str]] = {}

    def browser(self, who: str | None) -> tuple[FlaskClient, str]:
        """A client with somebody's session (nobody's for ``None``) and the CSRF token of that session."""
        if who not in self._browsers:
            client = self.app.test_client()
            if who is not None:
                login(client, who)
            self._browsers[who] = client, token(client, "/password" if who else "/login/")
        return self._browsers[who]

    def bearer(self, who: str) -> dict[str, str]:
        """Somebody's access token as a header."""
        if who not in self._bearers:
            self._bearers[who] = bearer(self.app.test_client(), who)
        return self._bearers[who]

    def ask(self, case: Case, who: str | None, arguments: Mapping[str, str], **changes: Any) -> TestResponse:
        """Send the row's request to the route, with the given arguments in the address."""
        path = self.path(case.rule, {**case.row.fixed, **arguments})
        row = case.row
        options: dict[str, Any] = {"method": case.method, "query_string": dict(changes.get("query", row.query))}
        client, csrf = self.browser(who)
        if path.startswith("/api/"):
            client, headers = self.app.test_client(), self.bearer(who) if who else {}
        else:
            headers = {"X-CSRFToken": csrf} if case.method == "POST" else {}
        if row.json is not None:
            options["json"] = dict(changes.get("json", row.json))
        elif case.method == "POST":
            options["data"] = dict(row.form or {}) | {"csrf_token": csrf}
        return client.open(path, headers=headers, **options)

    @staticmethod
    def path(rule: Rule, arguments: Mapping[str, str]) -> str:
        """The address with its arguments filled in, as a browser would send it."""

        def fill(match: re.Match[str]) -> str:
            return quote(str(arguments[match.group(1)]), safe="/" if "path:" in match.group(0) else "")

        return re.sub(r"<(?:[^:>]+:)?([^>]+)>", fill, rule.rule)

    # Whose thing is asked for.

    def own(self, case: Case) -> dict[str, str]:
        """East's own thing, which west has under the same identifier."""
        twins, row, number = self.twins, case.row, self.twins.numbers[case.row.case]
        # Only what the address names is looked up.
        own: dict[str, Callable[[], object]] = {
            "number": lambda: number,
            "letter_id": lambda: twins.letters[row.letter],
            "user_id": lambda: twins.federation.users["supervisor@east"].id,
            "paper_id": lambda: self.paper_of(number),
            "file_id": lambda: twins.file_id,
            **{name: lambda value=value: value for name, value in (twins.things | twins.reports).items()},
            "task_id": self._task,
            "notice_id": self._notice,
            "request_id": lambda: twins.request_id,
            **{name: lambda name=name: getattr(twins, name) for name in ("workplace_id", "case_task_id", "view_id")},
            "hotspot_id": lambda: self._first("hotspots", "true"),
            "follow_up_id": lambda: self._follow_up(number),
            "pk": lambda: twins.house.get(row.table, ""),
        }
        return {name: str(own[name]()) for name in case.rule.arguments & own.keys()}

    def foreign(self, case: Case, relation: str) -> list[dict[str, str]]:
        """Things that only another union has; where an address names two, each alone and both together."""
        only = getattr(self.twins, f"only_{SLUG[relation]}")
        theirs = {
            "number": only.number,
            "letter_id": str(only.letter_id),
            "user_id": str(only.user_id),
            "paper_id": str(only.ids["documents"][0]),
            "file_id": str(only.file_id),
            "attachment_id": str(only.ids["attachments"][0]),
            "draft_id": str(only.ids["document_drafts"][0]),
            "dossier_id": str(only.ids["dossiers"][0]),
            "export_id": str(only.ids["case_exports"][0]),
            "report_id": str(only.ids["reports"][0]),
            "report_draft_id": str(only.ids["report_drafts"][0]),
            "task_id": str(only.ids["tasks"][0]),
            "notice_id": str(only.ids["notices"][0]),
            "request_id": str(only.ids["account_requests"][0]),
            "workplace_id": str(only.ids["workplaces"][0]),
            "case_task_id": str(only.ids["case_tasks"][0]),
            "view_id": str(only.ids["saved_views"][0]),
            "hotspot_id": str(only.ids["hotspots"][0]),
            "follow_up_id": str(only.ids["follow_ups"][0]),
            "pk": str(only.ids[case.row.table][0]) if case.row.table else "",
        }
        named = sorted(case.rule.arguments & theirs.keys())
        own = self.own(case)
        found = [own | {name: theirs[name] for name in named}]
        if len(named) > 1:
            found += [own | {name: theirs[name]} for name in named]
        return found

    def nobody(self, case: Case, like: Mapping[str, str]) -> dict[str, str]:
        """The same address with things that no union has in the places where ``like`` has foreign ones."""
        own = self.own(case)
        made = {"number": "双总工信〔2026〕987654"} | dict.fromkeys(IDENTIFIERS[1:], str(uuid7()))
        return {name: own[name] if like[name] == own[name] else made[name] for name in like}

    def paper_of(self, number: str) -> Any:
        """A paper of one of east's cases."""
        with self.twins.superuser.connect() as connection:
            return connection.execute(
                text(
                    "select d.id from documents d join cases c on c.tenant_id = d.tenant_id and c.id = d.subject_id "
                    "where c.number = :number and c.tenant_id = :t"
                ),
                {"number": number, "t": self.twins.east},
            ).scalar()

    def _follow_up(self, number: str) -> Any:
        """A follow-up of one of east's cases; of one that was never closed there is none."""
        with self.twins.superuser.connect() as connection:
            return connection.execute(
                text(
                    "select f.id from follow_ups f join cases c on c.tenant_id = f.tenant_id and c.id = f.case_id "
                    "where c.number = :number and c.tenant_id = :t order by f.place limit 1"
                ),
                {"number": number, "t": self.twins.east},
            ).scalar()

    def _notice(self) -> Any:
        """A notice to east's head."""
        head = self.twins.federation.users["head@east"].id
        return self._first("notices", f"user_id = '{head}'")

    def _task(self) -> Any:
        """A task of east's that its head may close."""
        return self._first("tasks", "role = 'office_head'")

    def _first(self, table: str, which: str) -> Any:
        statement = text(f"select id from {table} where tenant_id = :t and {which} order by id limit 1")
        with self.twins.superuser.connect() as connection:
            return connection.execute(statement, {"t": self.twins.east}).scalar()


_NOISE = (
    (re.compile(r'(name="csrf[-_]token"[^>]*(?:value|content)=")[^"]*'), r"\1TOKEN"),
    (re.compile(r'(content=")[^"]*("[^>]*name="csrf[-_]token")'), r"\1TOKEN\2"),
    (re.compile(r'(X-CSRFToken(?:"|&#34;|&quot;)?\s*:\s*(?:"|&#34;|&quot;)?)[\w.\-]+'), r"\1TOKEN"),
    (re.compile(r'(name="token" value=")[^"]*'), r"\1FORM"),
    (re.compile(r'nonce="[^"]*"'), 'nonce="N"'),
    (re.compile(r'"end_id":\s*"[^"]*"'), '"end_id":"N"'),
    (re.compile(r'("request_id":\s*")[0-9a-f]+'), r"\1R"),
)


def cells_of(workbook: bytes) -> str:
    """Every cell of a workbook, sheet by sheet."""
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    return "\n".join(f"{sheet.title} {row}" for sheet in book for row in sheet.iter_rows(values_only=True))


def plain(answer: TestResponse, *mentioned: str) -> tuple[int, str, str]:
    """Status, type and body without what differs between any two requests and without what the asker typed."""
    # A workbook holds the second in which it was written; what counts is what its cells say.
    body = cells_of(answer.data) if answer.mimetype == XLSX else answer.data.decode(errors="replace")
    request_id = answer.headers.get("X-Request-Id", "")
    if len(request_id) > 6:
        body = body.replace(request_id, "R")
    for pattern, put in _NOISE:
        body = pattern.sub(put, body)
    for word in mentioned:
        for form in (word, quote(word, safe=""), quote(word), quote(quote(word, safe=""), safe="")):
            body = body.replace(form, "ASKED")
    location = answer.headers.get("Location", "")
    for word in mentioned:
        location = location.replace(quote(word, safe=""), "ASKED").replace(quote(word), "ASKED")
    return answer.status_code, f"{answer.mimetype} {location}", body


def readable(answer: TestResponse) -> str:
    """The whole answer as text, JSON escapes undone, with headers that a page may set."""
    body = cells_of(answer.data) if answer.mimetype == XLSX else answer.data.decode(errors="replace")
    body = re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match.group(1), 16)), body)
    return body + "\n" + "\n".join(f"{name}: {value}" for name, value in answer.headers.items())


def figure(number: int) -> re.Pattern[str]:
    """A figure as pages write it, not inside a longer number or an identifier."""
    return re.compile(rf"(?<![0-9a-f\-]){number // 1000},?{number % 1000:03d}(?![0-9a-f\-])")


def foreign_words(answer: TestResponse, *, of: tuple[str, ...] = ("west", "city", "street")) -> list[str]:
    """Words and figures of other unions on an answer."""
    body = readable(answer)
    found = [words[slug] for slug in of for words in (MARKS, NAMES) if words[slug] in body]
    found += [PHONES[slug] for slug in of if PHONES[slug] in body or f"****{PHONES[slug][-4:]}" in body]
    if "west" in of and figure(FIGURES["west"]).search(body):
        found.append(str(FIGURES["west"]))
    return found


def case_words(answer: TestResponse) -> list[str]:
    """Words of any case of any union on an answer."""
    body = readable(answer)
    return [word for words in (MARKS, PHONES) for word in words.values() if word in body]


@contextmanager
def without(twins: Twins, slug: str) -> Iterator[None]:
    """A world in which a union has not one row left; it is put back afterwards."""
    tenant = twins.federation.ids[slug]
    kept: dict[str, list[str]] = {}
    with twins.superuser.begin() as connection:
        connection.exec_driver_sql("set local session_replication_role = replica")
        for table in tenant_tables():
            rows = connection.execute(
                text(f"select to_jsonb(x)::text from {table} x where tenant_id = :t"), {"t": tenant}
            )
            kept[table] = list(rows.scalars())
            connection.execute(text(f"delete from {table} where tenant_id = :t"), {"t": tenant})
    try:
        yield
    finally:
        with twins.superuser.begin() as connection:
            connection.exec_driver_sql("set local session_replication_role = replica")
            for table, rows_ in kept.items():
                put = text(
                    f"insert into {table} select * from jsonb_populate_record(null::{table}, cast(:row as jsonb))"
                )
                for row in rows_:
                    connection.execute(put, {"row": row})
