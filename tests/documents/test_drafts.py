"""A paper before it is one: one draft a kind, written by one person at a time, issued once, never with a blank."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from access.actor import Work
from documents import drafts
from documents.models import DocumentDraft
from kernel.errors import ConflictError, InvalidError, NotFoundError
from kernel.ids import uuid7
from tests.builders import Federation

TODAY = date(2026, 3, 2)


def begun(work: Work, subject: UUID, text: str = "谈话内容") -> DocumentDraft:
    """A draft of one part."""
    return drafts.begin(work, subject, "interview_record", "谈话记录", [{"heading": None, "text": text}])


def test_a_subject_has_one_open_draft_of_a_kind(federation: Federation) -> None:
    subject = uuid7()
    with federation.work("head@street") as work:
        first = begun(work, subject)
        with pytest.raises(ConflictError, match="已有一份同类文书的草稿"):
            begun(work, subject)
        assert [draft.id for draft in drafts.open_of(work.session, subject)] == [first.id]
        drafts.discard(work, first, version=first.version)
        assert drafts.open_of(work.session, subject) == []
        again = begun(work, subject)
        with pytest.raises(NotFoundError):
            drafts.get(work, uuid7(), again.id)
        with pytest.raises(ConflictError, match="已被删除"):
            drafts.edit(work, first, "谈话记录", [{"heading": None, "text": "改过"}], version=None)


def test_whoever_saw_an_older_text_writes_nothing(federation: Federation) -> None:
    with federation.work("head@street") as work:
        draft = begun(work, uuid7())
        seen = draft.version
        drafts.edit(work, draft, "谈话记录", [{"heading": None, "text": "第一次修改"}], version=seen)
        with pytest.raises(ConflictError, match="刚刚被他人修改"):
            drafts.edit(work, draft, "谈话记录", [{"heading": None, "text": "第二次修改"}], version=seen)
        assert draft.body[0]["text"] == "第一次修改"


def test_a_draft_is_issued_once_and_not_before_its_blanks_are_filled(federation: Federation) -> None:
    with federation.work("head@street") as work:
        draft = begun(work, uuid7(), "由{{请填写：谈话人}}谈话")
        with pytest.raises(InvalidError, match="谈话人"):
            drafts.issue_draft(work, draft, code="东一工信谈", issued_on=TODAY, version=None)
        drafts.edit(work, draft, "谈话记录", [{"heading": None, "text": "由测试乙谈话"}], version=None)
        paper = drafts.issue_draft(work, draft, code="东一工信谈", issued_on=TODAY, version=None)
        assert draft.document_id == paper.id
        with pytest.raises(ConflictError, match="已由他人出具"):
            drafts.issue_draft(work, draft, code="东一工信谈", issued_on=TODAY, version=None)
