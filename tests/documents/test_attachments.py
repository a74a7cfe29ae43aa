"""Files of a case: known by their bytes, limited, scanned, sealed outside the database, removed with a reason."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from audit.services import history
from documents import attachments, blobs
from documents.attachments import Upload
from documents.models import Attachment
from kernel.blobs import Files
from kernel.clock import FixedClock
from kernel.crypto import DecryptionError
from kernel.errors import InvalidError, NotFoundError, UnavailableError
from kernel.ids import uuid7
from kernel.scanning import scanner_of
from tests.builders import Federation
from tests.documents.scans import scan
from tests.documents.uploads import PDF, TEXT, archive, docx
from tests.kernel.clamd import EICAR, clamd

SUBJECT = uuid7()


def attach(federation: Federation, *uploads: Upload, files: Files | None = None) -> list[Attachment]:
    with federation.work("clerk@street") as work:
        unit = replace(work, files=files or work.files)
        return list(attachments.attach(unit, SUBJECT, uploads, veil=lambda name: name.replace("测试甲", "测**")))


def blob_files(federation: Federation, slug: str = "street") -> list[Path]:
    root = Path(federation.settings.blob_url.removeprefix("file://")) / str(federation.ids[slug])
    return [path for path in root.rglob("*") if path.is_file()]


@pytest.fixture(autouse=True)
def empty_store(federation: Federation) -> None:
    for path in blob_files(federation):
        path.unlink()


def test_a_scan_of_forty_pages_comes_in_and_opens_as_it_was(federation: Federation) -> None:
    paper = scan(40)
    (kept,) = attach(federation, Upload("测试甲的来信.pdf", paper))
    assert (kept.name, kept.media_type, kept.pages, kept.size) == (
        "测**的来信.pdf",
        "application/pdf",
        40,
        len(paper),
    )
    with federation.work("head@street") as work:
        opened = attachments.open_one(work, SUBJECT, kept.id)
        assert (opened.name, opened.content) == ("测**的来信.pdf", paper)
        told = history(work.session, SUBJECT)
    assert [event.action for event in told] == ["case:attach", "case:file_open"]
    assert "来信" not in str(told[0].data), "people name files after people"


def test_what_lies_in_the_store_is_sealed_and_opens_for_nobody_else(federation: Federation) -> None:
    attach(federation, Upload("说明.txt", TEXT))
    (path,) = blob_files(federation)
    sealed = path.read_bytes()
    assert TEXT not in sealed
    assert path.stat().st_mode & 0o077 == 0
    with federation.work("head@west") as work, pytest.raises(DecryptionError):
        work.cipher.open(work.tenant_id, f"blob/{path.name}", sealed)
    with federation.work("head@west") as work, pytest.raises(NotFoundError):
        with federation.work("head@street") as own:
            found = attachments.of_subject(own, SUBJECT)[0].id
        attachments.open_one(work, SUBJECT, found)
    path.write_bytes(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    with federation.work("head@street") as work, pytest.raises(DecryptionError):
        blobs.fetch(work, path.name)


def test_the_same_file_twice_is_one_blob_and_two_lines(federation: Federation) -> None:
    attach(federation, Upload("一.txt", TEXT), Upload("二.txt", TEXT))
    assert len(blob_files(federation)) == 1
    with federation.work("head@street") as work:
        assert [one.name for one in attachments.of_subject(work, SUBJECT)] == ["一.txt", "二.txt"]


BOMB = archive(
    {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>", "word/big.xml": b"0" * 150 * 1024 * 1024}
)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("工资条.pdf", b"MZ\x90\x00" + bytes(4000), "内容不是可以附上的格式"),
        ("bomb.docx", BOMB, "解压后过大"),
        ("macro.docx", docx(**{"word/vbaProject.bin": b"x"}), "含有宏"),
        ("empty.pdf", b"", "空文件"),
        ("page.txt", b"<html><script>alert(1)</script>", "内容不是可以附上的格式"),
        ("large.pdf", b"%PDF-" + bytes(20 * 1024 * 1024) + b"%%EOF", "超过20MB"),
        ("others.zip", archive({"a.txt": b"x"}), "不是有效的 docx 或 xlsx"),
    ],
    ids=["an .exe named .pdf", "a zip bomb", "macros", "empty", "markup", "too large", "another archive"],
)
def test_what_may_not_come_in_is_refused_in_words_and_nothing_is_kept(
    federation: Federation, name: str, content: bytes, words: str
) -> None:
    with pytest.raises(InvalidError, match=words) as refused:
        attach(federation, Upload("好的.txt", TEXT), Upload(name, content))
    assert name.rpartition(".")[0] in refused.value.fields["files"]
    assert blob_files(federation) == [], "looked at before anything is written"


def test_there_are_limits_for_one_upload_and_for_one_subject(
    federation: Federation, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InvalidError, match="一次最多上传10个"):
        attach(federation, *[Upload(f"{place}.txt", TEXT) for place in range(11)])
    monkeypatch.setattr(attachments, "MAX_FILES", 2)
    attach(federation, Upload("一.txt", TEXT), Upload("二.txt", TEXT))
    with pytest.raises(InvalidError, match="每件最多2个附件，已有2个"):
        attach(federation, Upload("三.txt", TEXT))
    monkeypatch.setattr(attachments, "MAX_FILES", 9)
    monkeypatch.setattr(attachments, "MAX_TOTAL_BYTES", 2 * len(TEXT))
    with pytest.raises(InvalidError, match="合计不能超过"):
        attach(federation, Upload("三.txt", TEXT))


def test_a_virus_is_refused_by_name_and_a_scanner_that_is_away_stops_the_upload(
    federation: Federation, tmp_path: Path
) -> None:
    with clamd(str(tmp_path / "clamd.ctl")) as url:
        files = Files(federation.files.store, scanner_of(url))
        with pytest.raises(InvalidError, match=r"“报告\.txt”未通过病毒扫描（Eicar-Test-Signature）"):
            attach(federation, Upload("报告.txt", EICAR), files=files)
        attach(federation, Upload("说明.txt", TEXT), files=files)
    with pytest.raises(UnavailableError, match="病毒扫描服务暂时不可用"):
        attach(federation, Upload("二.txt", TEXT), files=files)


def test_a_removal_needs_a_reason_and_stays_on_record(federation: Federation) -> None:
    (kept,) = attach(federation, Upload("工资条.pdf", PDF))
    with federation.work("clerk@street") as work:
        with pytest.raises(InvalidError, match="理由"):
            attachments.remove(work, SUBJECT, kept.id, " 误 ")
        attachments.remove(work, SUBJECT, kept.id, "误传了别人的材料")
    with federation.work("clerk@street") as work:
        assert attachments.of_subject(work, SUBJECT) == []
        with pytest.raises(NotFoundError):
            attachments.open_one(work, SUBJECT, kept.id)
        last = history(work.session, SUBJECT)[-1]
        assert (last.action, last.data["reason"]) == ("case:file_remove", "误传了别人的材料")


def test_the_sweep_takes_what_no_row_names_once_it_is_old(federation: Federation) -> None:
    (kept, gone) = attach(federation, Upload("一.txt", TEXT), Upload("二.txt", TEXT + b"2"))
    with federation.work("clerk@street") as work:
        blobs.keep(work, b"a transaction that never committed")
        attachments.remove(work, SUBJECT, gone.id, "误传了别人的材料")
    assert len(blob_files(federation)) == 3
    yesterday = (federation.clock.now() - timedelta(hours=25)).timestamp()
    for path in blob_files(federation):
        os.utime(path, (yesterday, yesterday))
    with federation.work_as_system("street") as work:
        assert attachments.sweep(work) == 1, "the orphan; a removed file can be found again for a month"
    later = FixedClock(federation.clock.now() + timedelta(days=31))
    with federation.work_as_system("street") as work:
        assert attachments.sweep(replace(work, clock=later)) == 1
    assert [path.name for path in blob_files(federation)] == [kept.blob]


def test_a_fresh_blob_is_left_alone_because_its_row_may_still_be_coming(federation: Federation) -> None:
    with federation.work("clerk@street") as work:
        key = blobs.keep(work, TEXT)
    now = federation.clock.now().timestamp()
    for path in blob_files(federation):
        os.utime(path, (now, now))
    with federation.work_as_system("street") as work:
        assert attachments.sweep(work) == 0
        assert blobs.fetch(work, key) == TEXT


def test_the_row_of_a_file_can_neither_be_deleted_nor_rewritten(federation: Federation) -> None:
    attach(federation, Upload("一.txt", TEXT))
    for statement in (
        "delete from attachments",
        "update attachments set name = 'x'",
        "update attachments set size = 1",
    ):
        with pytest.raises(Exception, match="permission denied"), federation.work("head@street") as work:
            work.session.execute(text(statement))
