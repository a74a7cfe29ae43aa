"""Files of a case in the browser: chosen, kept with the form, handed out as downloads that run nothing."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from cases import queries
from cases.models import Case
from documents import attachments
from kernel.ids import uuid7
from tests.builders import Federation
from tests.documents.scans import scan
from tests.documents.uploads import PDF, TEXT
from tests.web.clients import token

AsUser = Callable[[str], FlaskClient]
FORM = {
    "channel": "letter",
    "title": "反映工资未发",
    "content": "三个月工资未发。",
    "received_on": "2026-03-02",
    "parties.0.name": "王小明",
    "parties.0.phone": "13800001111",
}


def send(client: FlaskClient, path: str, *files: tuple[str, bytes], **fields: str) -> TestResponse:
    data: dict[str, Any] = {"csrf_token": token(client), **fields}
    if files:
        data["files"] = [(io.BytesIO(content), name) for name, content in files]
    return client.post(path, data=data, content_type="multipart/form-data")


def names(federation: Federation, number: str) -> list[str]:
    with federation.work("head@street") as work:
        return [one.name for one in attachments.of_subject(work, queries.file(work, number).case.id)]


def test_a_letter_is_registered_with_its_scan_and_names_in_file_names_are_masked(
    as_user: AsUser, federation: Federation
) -> None:
    clerk = as_user("clerk@street")
    answer = send(clerk, "/cases/new", ("王小明来信.pdf", scan(2)), **FORM)
    assert answer.status_code == 303, answer.text
    number = answer.location.split("/")[-2]
    assert names(federation, unquote(number)) == ["王*来信.pdf"]
    page = clerk.get(f"/cases/{number}").text
    assert "王*来信.pdf" in page
    assert "2页" in page


def test_when_the_form_fails_elsewhere_it_says_which_files_to_choose_again(
    as_user: AsUser, federation: Federation
) -> None:
    clerk = as_user("clerk@street")
    answer = send(clerk, "/cases/new", ("来信.pdf", PDF), ("照片.txt", TEXT), **(FORM | {"title": ""}))
    assert answer.status_code == 422
    assert "附件需要重新选择：来信.pdf、照片.txt" in answer.text
    assert "三个月工资未发。" in answer.text, "what was typed is kept"


def test_a_file_that_may_not_come_in_registers_nothing_and_says_why(as_user: AsUser, federation: Federation) -> None:
    clerk = as_user("clerk@street")
    answer = send(clerk, "/cases/new", ("工资条.pdf", b"MZ\x90\x00" + bytes(2000)), **FORM)
    assert answer.status_code == 422
    assert "“工资条.pdf”的内容不是可以附上的格式" in answer.text
    with federation.work("head@street") as work:
        assert work.session.scalars(select(Case)).all() == []


def test_files_are_added_taken_out_and_removed_on_their_own_page(as_user: AsUser, federation: Federation) -> None:
    case = federation.accepted()
    head, path = as_user("head@street"), f"/cases/{case.number}/files"
    assert send(head, path).status_code == 422
    assert send(head, path, ("说明.txt", TEXT)).status_code == 303
    with federation.work("head@street") as work:
        file = attachments.of_subject(work, case.id)[0].id
    answer = head.get(f"{path}/{file}")
    assert (answer.status_code, answer.data) == (200, TEXT)
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox")
    refused = send(head, f"{path}/{file}/remove", reason="误")
    assert refused.status_code == 422
    assert "不少于4个字" in refused.text
    assert send(head, f"{path}/{file}/remove", reason="误传了别人的材料").status_code == 303
    assert names(federation, case.number) == []
    assert head.get(f"{path}/{file}").status_code == 404
    assert "移除附件" in head.get(f"/cases/{case.number}").text


def test_who_does_not_see_the_case_sees_no_file_and_who_reads_only_adds_none(
    as_user: AsUser, federation: Federation
) -> None:
    case = federation.accepted()
    path = f"/cases/{case.number}/files"
    assert send(as_user("clerk@street"), path, ("说明.txt", TEXT)).status_code == 303
    with federation.work("head@street") as work:
        file = attachments.of_subject(work, case.id)[0].id
    for who, status in (("head@east", 404), ("admin@street", 403)):
        assert as_user(who).get(f"{path}/{file}").status_code == status
    assert as_user("leader@street").get(f"{path}/{file}").status_code == 200
    assert send(as_user("leader@street"), path, ("说明.txt", TEXT)).status_code == 403
    assert as_user("head@street").get(f"{path}/{uuid7()}").status_code == 404


def test_an_upload_above_its_own_limit_is_refused_before_it_is_read(
    as_user: AsUser, federation: Federation, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = federation.accepted()
    monkeypatch.setattr("web.app.MAX_UPLOAD_BYTES", 1000)
    answer = send(as_user("head@street"), f"/cases/{case.number}/files", ("说明.txt", TEXT * 100))
    assert answer.status_code == 413
    assert "提交的内容过大" in answer.text
