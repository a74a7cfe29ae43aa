"""A file of a letter as a browser gets it: a download, whatever it is, with a name that survives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient

from audit.services import history
from desk.letter_files import disposition
from dispatches.files import of_letter
from dispatches.models import Letter
from dispatches.services import NewFile
from kernel.ids import uuid7
from tests.builders import Federation
from tests.dispatches.carried import on, sent
from tests.documents.uploads import PDF, TEXT

AsUser = Callable[[str], FlaskClient]


def address(federation: Federation, letter: Letter, place: int = 0) -> str:
    with federation.work("head@east") as work:
        return f"/dispatches/{letter.id}/files/{of_letter(work, letter.id)[place].id}"


def test_a_file_is_a_download_that_runs_nothing(as_user: AsUser, federation: Federation) -> None:
    letter = sent(federation, files=(NewFile("三月 工资条.pdf", PDF), NewFile("说明.txt", TEXT)))
    answer = as_user("clerk@street").get(address(federation, letter))
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "application/pdf", PDF)
    header = answer.headers["Content-Disposition"]
    assert header.startswith('attachment; filename="file.pdf"; ')
    assert unquote(header.partition("filename*=UTF-8''")[2]) == "三月 工资条.pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox")
    assert answer.headers["Cache-Control"] == "no-store"
    assert as_user("clerk@street").get(address(federation, letter, 1)).data == TEXT
    with federation.work("head@street") as work:
        told = [event.action for event in history(work.session, letter.id)]
    assert told == ["letter:file_open", "letter:file_open"], "what was read is on record when it left"


def test_another_union_an_administrator_and_a_wrong_letter_get_nothing(
    as_user: AsUser, federation: Federation
) -> None:
    letter, other = sent(federation, files=(NewFile("工资条.pdf", PDF),)), sent(federation)
    path = address(federation, letter)
    assert as_user("head@west").get(path).status_code == 404
    assert as_user("admin@street").get(path).status_code == 403
    assert as_user("head@street").get(path.replace(str(letter.id), str(other.id))).status_code == 404
    assert as_user("head@street").get(f"/dispatches/{letter.id}/files/{uuid7()}").status_code == 404


def test_a_closed_file_says_why(as_user: AsUser, federation: Federation) -> None:
    letter = sent(federation, files=(NewFile("工资条.pdf", PDF, open_until=date(2026, 3, 2)),))
    path = address(federation, letter)
    on(federation, "head@east", letter, "withdraw", text="发错单位，撤回重发")
    answer = as_user("head@street").get(path)
    assert answer.status_code == 403
    assert "所附文件不再开放" in answer.text


@pytest.mark.parametrize("name", ['a"b.pdf', "没有结尾", "x.中文"])
def test_any_name_makes_a_header_on_one_line(name: str) -> None:
    header = disposition(name)
    assert header.isascii()
    assert header.count('"') == 2
    assert unquote(header.partition("UTF-8''")[2]) == name
