"""What a subject's paper takes along to another union, and how it is written down there."""

from __future__ import annotations

from datetime import date

import pytest

from documents import attachments, blobs, carrying, drafts, serving
from documents.attachments import Upload
from documents.services import issue, of_subject
from kernel.blobs import MissingBlobError
from kernel.ids import uuid7
from tests.builders import Federation
from tests.documents.uploads import TEXT

TODAY = date(2026, 3, 2)
BODY = [{"heading": None, "text": "予以受理。"}]


def test_papers_drafts_and_files_are_told_and_taken(federation: Federation) -> None:
    here, there = uuid7(), uuid7()
    with federation.work("head@west") as work:
        paper = issue(
            work,
            subject_id=here,
            kind="acceptance_notice",
            code="西总工信",
            title="告知书",
            body=BODY,
            issued_on=TODAY,
        )
        serving.serve(work, paper, way="post", served_on=TODAY, outcome="sent", tracking="EMS123")
        serving.serve(work, paper, way="in_person", served_on=TODAY, receiver="self")
        drafts.begin(work, here, "interview_record", "谈话记录", BODY)
        gone = attachments.attach(work, here, [Upload("传错.txt", TEXT + b"2")])[0]
        attachments.attach(work, here, [Upload("工资条.txt", TEXT)])
        attachments.remove(work, here, gone.id, "传错了文件")
        told = carrying.told(work, here, federation.ids["east"])
    assert [file["name"] for file in told["files"]] == ["工资条.txt"], "what was removed for a reason stays"
    with federation.work_as_system("east") as work:
        assert carrying.blobs_of(told) == {told["files"][0]["blob"]}
        assert blobs.fetch(work, told["files"][0]["blob"]) == TEXT
        said = carrying.take(work, there, told)
        assert said["papers"][0]["paper"] == told["papers"][0]["number"] and said["drafts"] == 1
        (copy,) = of_subject(work.session, there)
        assert (copy.number, copy.code, copy.body) == (told["papers"][0]["number"], told["papers"][0]["code"], BODY)
        proofs = serving.of_document(work.session, copy.id)
        assert [(proof.outcome, proof.tracking, proof.receiver) for proof in proofs] == [
            ("sent", "EMS123", None),
            ("signed", None, "self"),
        ]
        carrying.take(work, uuid7(), {"papers": told["papers"]})
        assert carrying.take(work, uuid7(), {}) == {"papers": [], "drafts": 0, "files": []}


def test_a_file_that_the_store_lost_keeps_the_subject_where_it_is(federation: Federation) -> None:
    subject = uuid7()
    with federation.work("head@west") as work:
        file = attachments.attach(work, subject, [Upload("工资条.txt", TEXT + b"3")])[0]
        work.files.store.remove(f"{work.tenant_id}/{file.blob[:2]}/{file.blob}")
        with pytest.raises(MissingBlobError):
            carrying.told(work, subject, federation.ids["east"])
