"""Templates of papers: in versions, refused by the name of a field, looked at before they count."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from cases import issuing, paperwork
from documents import templates
from kernel.errors import ConflictError, ForbiddenError, InvalidError
from tests.builders import Federation
from tests.documents.scans import words_of
from tests.web.clients import post

AsUser = Callable[[str], FlaskClient]
MINUTES = {
    "version": "0",
    "title": "会商纪要",
    "heading.0": "议定事项",
    "text.0": "{{信访事项}}：{{请填写：议定事项}}",
}


def test_every_kind_has_a_default_whose_fields_are_all_known(federation: Federation) -> None:
    with federation.work("admin@street") as work:
        facts = paperwork.sample(work)
        for kind in paperwork.kinds():
            body = paperwork.default_body(kind, facts)
            templates.check(paperwork.kind_of(kind).title, body)
            templates.check_fields(body, known=paperwork.known_fields(kind, facts))
            filled = templates.fill(body, paperwork.values(kind, facts))
            left = [name for name in templates.fields_in(filled) if not name.startswith(templates.BLANK)]
            assert left == [], kind


def test_the_opinion_must_keep_what_article_32_wants(federation: Federation) -> None:
    with federation.work("admin@street") as work:
        required = paperwork.required_fields("decision", paperwork.sample(work))
    assert required == ["投诉请求", "事实和理由", "处理意见", "法律法规依据", "救济途径和期限"]


def test_a_template_is_saved_in_versions_and_fills_the_next_draft(as_user: AsUser, federation: Federation) -> None:
    admin, path = as_user("admin@street"), "/admin/papers/conference_minutes"
    assert "平台模板" in admin.get(path).text
    assert post(admin, path, MINUTES).status_code == 302
    assert "本单位模板 第1版" in admin.get("/admin/papers").text
    late = post(admin, path, MINUTES | {"text.0": "后来的人"})
    assert late.status_code == 409
    assert "后来的人" in late.text
    case = federation.accepted()
    with federation.work("head@street") as work:
        draft = issuing.begin(work, case.number, "conference_minutes")
        assert draft.body == [{"heading": "议定事项", "text": "反映三个月工资未发：{{请填写：议定事项}}"}]
    assert post(admin, path, {"version": "1", "do": "default"}).status_code == 302
    assert "现用平台模板" in admin.get(path).text


def test_an_unknown_field_is_refused_with_its_name_and_the_known_ones(
    as_user: AsUser, federation: Federation
) -> None:
    admin = as_user("admin@street")
    refused = post(admin, "/admin/papers/conference_minutes", MINUTES | {"text.0": "{{身份证号}}：{{编号}}"})
    assert refused.status_code == 422
    assert "没有这些字段：{{身份证号}}。可以使用的字段：单位名称、上级单位、编号" in refused.text
    assert "{{身份证号}}：{{编号}}" in refused.text, "what was typed is kept"
    gone = post(admin, "/admin/papers/decision", {"version": "0", "title": "处理意见书", "text.0": "{{正文}}"})
    assert gone.status_code == 422
    assert "这种文书必须写明：{{投诉请求}}" in gone.text
    torn = post(admin, "/admin/papers/conference_minutes", MINUTES | {"text.0": "{{编号"})
    assert "大括号不成对" in torn.text


def test_a_preview_prints_a_sample_case_and_saves_nothing(as_user: AsUser, federation: Federation) -> None:
    admin = as_user("admin@street")
    page = post(admin, "/admin/papers/conference_minutes", MINUTES | {"do": "preview"})
    assert page.mimetype == "application/pdf"
    text = "".join(words_of(page.data))
    assert "会商纪要" in text
    assert "反映三个月工资未发" in text
    assert "样张" in text
    assert "平台模板" in admin.get("/admin/papers/conference_minutes").text


def test_only_the_unions_administrator_changes_a_template(as_user: AsUser, federation: Federation) -> None:
    for who in ("security@street", "auditor@street"):
        assert as_user(who).get("/admin/papers").status_code == 200
        assert post(as_user(who), "/admin/papers/conference_minutes", MINUTES).status_code == 403
    assert as_user("head@street").get("/admin/papers").status_code == 403
    with federation.work("head@street") as work, pytest.raises(ForbiddenError):
        templates.save(work, "conference_minutes", "会商纪要", [], version=0)
    assert as_user("admin@street").get("/admin/papers/nothing").status_code == 404


def test_two_who_save_at_once_do_not_overwrite_each_other(federation: Federation) -> None:
    body: templates.Body = [{"heading": None, "text": "一"}]
    with federation.work("admin@street") as work:
        templates.save(work, "conference_minutes", "会商纪要", body, version=0)
        with pytest.raises(ConflictError):
            templates.save(work, "conference_minutes", "会商纪要", body, version=0)
    with federation.work("admin@street") as work:
        assert templates.own_of(work.session, "conference_minutes").version == 1


@pytest.mark.parametrize(
    ("title", "body", "words"),
    [
        ("", [{"heading": "", "text": "一"}], "文书标题"),
        ("会商纪要", [], "至少写一段"),
        ("会商纪要", [{"heading": "议定", "text": ""}], "“议定”下面还没有正文"),
        ("会商纪要", [{"heading": "", "text": "一" * 10_001}], "正文不能超过"),
        ("会商纪要", [{"heading": "", "text": "一"}] * 41, "最多40段"),
    ],
)
def test_a_text_that_cannot_be_one_is_refused(title: str, body: templates.Body, words: str) -> None:
    with pytest.raises(InvalidError, match=words):
        templates.check(title, body)
