"""What a file is, whatever it is called: the list of formats, and everything that must not pass."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from documents import contents
from documents.contents import MAX_FILE_BYTES, MAX_NAME, clean_name, inspect, pixels_of
from kernel.errors import InvalidError
from tests.documents.scans import picture
from tests.documents.uploads import JPEG, PDF, TEXT, archive, docx, png, xlsx

GOOD = {
    "application/pdf": PDF,
    "image/png": png(),
    "image/jpeg": JPEG,
    "text/plain": TEXT,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": docx(),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": xlsx(),
}


@pytest.mark.parametrize("media_type", GOOD)
def test_a_format_of_the_list_is_known_by_its_bytes_whatever_its_name(media_type: str) -> None:
    found = inspect("木马.exe", GOOD[media_type])
    assert found.media_type == media_type
    assert found.name == "木马.exe" + contents.ENDINGS[media_type][0]
    assert inspect(f"说明{contents.ENDINGS[media_type][-1].upper()}", GOOD[media_type]).name.startswith("说明.")


def test_text_in_an_old_encoding_is_text() -> None:
    assert inspect("a.txt", "工资条说明".encode("gb18030")).media_type == "text/plain"


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00\x03\x00\x00\x00program",
        b"\x7fELF\x02\x01\x01\x00",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"\xef\xbb\xbf  \n<!DOCTYPE html><html><body>x</body></html>",
        "说明文字\n<script>alert(1)</script>".encode(),
        b"<?xml version='1.0'?><a/>",
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
        b"Rar!\x1a\x07\x00",
        b"%PDF-1.4 without an end",
        b"\x89PNG\r\n\x1a\nnothing",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
        b"PK\x03\x04broken",
        archive({"readme.txt": b"a zip file"}),
        archive({"[Content_Types].xml": b"<Types/>", "xl/other.xml": b"<x/>"}),
        docx()[:-30],
    ],
)
def test_everything_else_is_refused_with_the_files_name(content: bytes) -> None:
    with pytest.raises(InvalidError, match=r"报告\.pdf"):
        inspect("报告.pdf", content)


def test_an_empty_and_a_too_large_file_are_refused() -> None:
    with pytest.raises(InvalidError, match="空文件"):
        inspect("a.txt", b"")
    with pytest.raises(InvalidError, match="10MB"):
        inspect("a.txt", b"a" * (MAX_FILE_BYTES + 1))


@pytest.mark.parametrize("part", ["word/vbaProject.bin", "word/activeX/activeX1.xml", "word/embeddings/x.bin"])
def test_a_document_with_programs_is_refused(part: str) -> None:
    with pytest.raises(InvalidError, match="宏"):
        inspect("a.docx", docx(**{part: b"x"}))


def test_a_picture_of_too_many_pixels_is_refused_by_its_header_alone() -> None:
    made = io.BytesIO()
    # Half a megabyte on disk, half a gigabyte in memory as RGB.
    Image.new("1", (13_000, 13_000)).save(made, "PNG")
    assert len(made.getvalue()) < MAX_FILE_BYTES
    assert pixels_of("image/png", made.getvalue()) == 169_000_000
    with pytest.raises(InvalidError, match="超过5000万像素（例如8000×6000），请缩小尺寸"):
        inspect("扫描.png", made.getvalue())
    assert inspect("照片.jpg", picture("JPEG", (4_000, 3_000))).media_type == "image/jpeg"
    assert pixels_of("image/png", b"\x89PNG\r\n\x1a\n broken") is None
    assert pixels_of("application/pdf", b"%PDF-") is None


def test_zip_bombs_are_refused_before_they_are_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidError, match="解压后过大"):
        inspect("a.docx", docx(**{"word/media/zeros": b"\x00" * 3_000_000}))
    with pytest.raises(InvalidError, match="解压后过大"):
        inspect("a.docx", docx(**{f"word/{number}.xml": b"" for number in range(contents.MAX_MEMBERS)}))
    monkeypatch.setattr(contents, "MAX_UNPACKED_BYTES", 1000)
    with pytest.raises(InvalidError, match="解压后过大"):
        inspect("a.docx", docx(**{"word/a.xml": bytes(range(256)) * 8}))


def test_a_member_that_lies_about_its_size_is_found_out() -> None:
    honest = docx(**{"word/a.xml": b"a" * 5_000})
    place = honest.rindex(b"PK\x01\x02")  # the last entry of the directory is that member
    lying = bytearray(honest)
    lying[place + 24 : place + 28] = struct.pack("<I", 10)
    with pytest.raises(InvalidError, match="有效的 docx"):
        inspect("a.docx", bytes(lying))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\资料\\工资条.pdf", "工资条.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie_ x=1.pdf"),
        ("\u202efdp.exe", "fdp.exe"),
        ("..", "附件"),
        ("", "附件"),
        ("a\x00b.txt", "ab.txt"),
    ],
)
def test_a_name_loses_its_path_and_its_tricks(typed: str, kept: str) -> None:
    assert clean_name(typed) == kept


def test_a_long_name_keeps_its_ending() -> None:
    name = clean_name("长" * 300 + ".docx")
    assert len(name) == MAX_NAME
    assert name.endswith(".docx")


@given(st.text(max_size=300))
def test_any_name_becomes_one_that_stands_on_one_line(typed: str) -> None:
    name = clean_name(typed)
    assert name
    assert len(name) <= MAX_NAME
    assert not set(name) & set('/\\\r\n\x00"')
    assert clean_name(name) == name
