"""What holds for every page of the desk: Chinese words, labelled fields, no inline code."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from access.roles import Role
from dispatches.services import act, escalate
from documents.services import of_subject
from notices.tasks import open_task
from tests.builders import Federation
from tests.desk.pages import Page
from tests.web.clients import post

AsUser = Callable[[str], FlaskClient]

#: Names of keys on a keyboard, of a file format, and of a unit; nothing else.
ALLOWED = {"Ctrl", "PDF", "MB", "KB", "docx"}
#: The verification code of a paper: chance, not a word.
CODE = re.compile(r"(?<=验证码)\s*[2-9A-Z-]{14,20}")


@pytest.fixture
def pages(as_user: AsUser, federation: Federation) -> dict[str, str]:
    """Every page of the desk, as somebody who may see it."""
    fresh, accepted, decided = federation.register(), federation.accepted(), federation.decided()
    triaged = federation.register()
    federation.act("clerk@street", triaged.number, "triage", purpose="request", category="01.01", tier="simple")
    with federation.work("head@street") as work:
        letter = escalate(work, federation.accepted().number, reason="本级无权决定", request="请协调解决").id
        paper = of_subject(work.session, decided.id)[0].id
        task = open_task(
            work, kind="rule", title="请改派承办人。", link="/cases/", role=Role.OFFICE_HEAD, key="words"
        ).id
    head, above, city = as_user("head@street"), as_user("head@east"), as_user("head@city")
    found = {
        path: head.get(path).text
        for path in (
            "/desk/",
            "/cases/",
            "/cases/?q=x&overdue=1",
            "/cases/?due_from=x",
            "/cases/new",
            "/desk/import",
            f"/cases/{fresh.number}",
            f"/cases/{decided.number}",
            f"/cases/{fresh.number}/receipt",
            f"/cases/{decided.number}/papers/{paper}",
            "/dispatches/",
            "/dispatches/?box=out",
            "/dispatches/?box=out&kind=escalation&status=sent&open=1&overdue=1",
            f"/dispatches/{letter}",
            "/dispatches/new",
            f"/dispatches/new?case={accepted.number}",
            f"/dispatches/new?kind=escalation&case={accepted.number}",
            f"/dispatches/new?kind=transfer&case={accepted.number}&to={federation.ids['west']}",
            "/dispatches/subordinates",
            "/tasks/",
            "/desk/tasks/",
            "/desk/calendar",
            "/cases/views/",
            "/cases/assign?open_only=1",
            *(f"/cases/{accepted.number}/do/{action}" for action in ("ask_department", "gains", "change_first")),
            *(f"/cases/{fresh.number}/do/{action}" for action in ("triage", "answer")),
            *(f"/cases/{triaged.number}/do/{action}" for action in ("accept", "refuse")),
            *(f"/cases/{accepted.number}/do/{action}" for action in ("decide", "assign", "note")),
            f"/cases/{decided.number}/do/close",
        )
    }
    ticked = {"do": "check", "number": accepted.number, "assignee": federation.users["head@street"].id}
    found["cases to give"] = post(
        head, "/cases/assign", {**ticked, "department": "keep", "reason": "休假期间移交"}
    ).text
    found["a task closed without a word"] = post(head, f"/tasks/{task}", {"resolution": ""}).text
    found["letter of the superior"] = above.get(f"/dispatches/{letter}").text
    with federation.work("head@east") as work:
        act(work, letter, "sign")
    for action in ("answer", "order", "return", "progress"):
        found[f"letter {action}"] = above.get(f"/dispatches/{letter}/do/{action}").text
    for kind in ("order", "supervision", "file_request", "assist"):
        path = f"/dispatches/new?kind={kind}&to={federation.ids['east']}"
        found[path] = city.get(path).text
        found[f"{path} refused"] = post(city, "/dispatches/new", {"kind": kind, "to": federation.ids["east"]}).text
    for path in ("/dispatches/new?kind=circular", "/dispatches/subordinates", "/dispatches/subordinates/east"):
        found[f"city {path}"] = city.get(path).text
    return found


def test_no_page_shows_an_english_word(pages: dict[str, str]) -> None:
    for path, text in pages.items():
        page = Page(text)
        spoken = [
            attributes[name]
            for _tag, attributes in page.tags
            for name in ("aria-label", "title", "placeholder", "alt")
            if name in attributes
        ]
        words = set(re.findall(r"[A-Za-z]{2,}", CODE.sub("", "\n".join([page.visible, *spoken]))))
        assert words <= ALLOWED, path


def test_every_field_has_a_label_and_every_page_one_heading(pages: dict[str, str]) -> None:
    for path, text in pages.items():
        page = Page(text)
        labelled = {label.get("for") for label in page.all("label")}
        for tag, attributes in page.tags:
            inside = attributes.get("type") in ("hidden", "radio", "checkbox")
            if tag not in ("input", "select", "textarea") or inside:
                continue
            assert attributes.get("id") in labelled, (path, attributes)
        identifiers = [attributes["id"] for _tag, attributes in page.tags if "id" in attributes]
        assert len(identifiers) == len(set(identifiers)), path
        for _tag, attributes in page.tags:
            for name in ("aria-describedby", "aria-labelledby"):
                for target in attributes.get(name, "").split():
                    assert target in identifiers, (path, target)
        assert len(page.all("h1")) == 1, path
        assert len(page.primary) <= 1, (path, page.primary)


def test_no_page_has_inline_code_or_another_origin(pages: dict[str, str]) -> None:
    for path, text in pages.items():
        for _tag, attributes in Page(text).tags:
            assert "style" not in attributes, path
            assert not [name for name in attributes if name.startswith("on")], path
            for name in ("src", "href", "action"):
                assert "//" not in attributes.get(name, ""), (path, attributes)


def test_every_form_that_writes_carries_the_token(pages: dict[str, str]) -> None:
    for path, text in pages.items():
        page = Page(text)
        writing = [form for form in page.all("form") if form.get("method") == "post"]
        assert len(page.all("input", name="csrf_token")) == len(writing), path
