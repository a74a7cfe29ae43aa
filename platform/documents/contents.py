"""What a file really is, told by its bytes, and a name for it that is safe to write down. Pure.

A name is whatever somebody typed and a browser's media type is a guess from it; neither is believed. Only formats
that cannot run anything on their own come in: whoever opens a file that another union sent trusts this list.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass

from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from kernel.errors import InvalidError

MAX_FILE_BYTES = 10 * 1024 * 1024
#: Parts of an office document and what they unpack to. A long report with pictures has some hundred parts; a bomb of
#: a few kilobytes announces gigabytes.
MAX_MEMBERS = 2_000
MAX_UNPACKED_BYTES = 100 * 1024 * 1024
#: A member that shrinks a thousandfold is not a document's (Deflate ends near 1,030 to 1).
MAX_RATIO = 400
_SMALL_MEMBER = 1024 * 1024
#: Pixels of one picture, read from its header: decoded it takes four bytes each, however small the file is. A page of
#: A4 at 600 dpi has 35 million, a telephone's largest photograph 50.
MAX_PIXELS = 50_000_000
MAX_NAME = 120
_CHUNK = 1024 * 1024

_PNG, _JPEG, _ZIP = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"PK\x03\x04"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

#: Media type → the endings that its files may carry; the first is given to a name without one of them.
ENDINGS: dict[str, tuple[str, ...]] = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "text/plain": (".txt", ".csv", ".md"),
    _DOCX: (".docx",),
    _XLSX: (".xlsx",),
}
ACCEPTED = "PDF、PNG、JPEG、纯文本、docx、xlsx"

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
#: Markup is text too, and a browser or a mail program would run what stands in it.
_MARKUP = (
    b"<!doctype",
    b"<html",
    b"<svg",
    b"<?xml",
    b"<script",
    b"<head",
    b"<body",
    b"<iframe",
    b"<object",
    b"mime-",
)
_MARKUP_WINDOW = 64 * 1024
#: Parts that carry programs, and parts whose contents nobody checks.
_ACTIVE_PARTS = ("vbaproject.bin", "vbadata.xml", "activex", "/embeddings/", "macrosheets")


@dataclass(frozen=True, slots=True)
class Content:
    """A file that was looked at: its cleaned name, its true media type and its bytes."""

    name: str
    media_type: str
    content: bytes


def inspect(name: str, content: bytes, *, limit: int = MAX_FILE_BYTES) -> Content:
    """The file, if it may come in; ``limit`` in bytes.

    :raises InvalidError: for an empty or too large file, a picture of more than ``MAX_PIXELS``, a format that is
        not on the list, markup, macros, a zip bomb and a broken office document; the sentence names the file.
    """
    shown = clean_name(name)
    if not content:
        raise InvalidError(f"“{shown}”是空文件，请重新选择。")
    if len(content) > limit:
        raise InvalidError(f"“{shown}”超过{limit // 1024 // 1024}MB，请压缩或拆分后再附上。")
    media_type = _media_type(shown, content)
    if (pixels_of(media_type, content) or 0) > MAX_PIXELS:
        raise InvalidError(
            f"“{shown}”超过{MAX_PIXELS // 10_000}万像素（例如8000×6000），请缩小尺寸或者降低扫描分辨率后再附上。"
        )
    return Content(_with_ending(shown, media_type), media_type, content)


def pixels_of(media_type: str, content: bytes) -> int | None:
    """Width times height as a picture's header says it, without decoding; ``None`` for no picture or a broken one."""
    # The plugin's class and not ``Image.open``, which raises by a limit of its own before it tells a size.
    reader = {"image/png": PngImageFile, "image/jpeg": JpegImageFile}.get(media_type)
    if reader is None:
        return None
    try:
        with reader(io.BytesIO(content)) as picture:
            width, height = picture.size
    except (SyntaxError, ValueError, OSError):
        return None
    return int(width) * int(height)


def clean_name(name: str) -> str:
    """A file name without path, control or direction characters, at most ``MAX_NAME`` long."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    # Cf holds the marks that turn “txt.exe” round on a screen; Cc and Zl/Zp would break a header's line.
    kept = "".join(
        character if unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") else ""
        for character in last
    )
    kept = "".join("_" if character in '<>:"|?*;%' else character for character in kept).strip(" .")
    if len(kept) > MAX_NAME:
        stem, dot, ending = kept.rpartition(".")
        kept = stem[: MAX_NAME - len(ending) - 1] + dot + ending if stem and len(ending) <= 5 else kept[:MAX_NAME]
    return kept or "附件"


def _with_ending(name: str, media_type: str) -> str:
    endings = ENDINGS[media_type]
    return name if name.lower().endswith(endings) else name + endings[0]


def _media_type(name: str, content: bytes) -> str:
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:]:
        return "application/pdf"
    if content.startswith(_PNG) and content[12:16] == b"IHDR":
        return "image/png"
    if content.startswith(_JPEG) and b"\xff\xd9" in content[-512:]:
        return "image/jpeg"
    if content.startswith(_ZIP):
        return _office(name, content)
    # A file that begins like a PDF and does not end like one is broken, and no text.
    if not content.startswith(b"%PDF") and _is_plain_text(content):
        return "text/plain"
    raise InvalidError(f"“{name}”的内容不是可以附上的格式（{ACCEPTED}），请转换后再附上。")


def _is_plain_text(content: bytes) -> bool:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _CONTROL.search(text):
            return False
        start = content[:_MARKUP_WINDOW].lower()
        return not any(mark in start for mark in _MARKUP)
    return False


def _office(name: str, content: bytes) -> str:
    broken = InvalidError(f"“{name}”不是有效的 docx 或 xlsx 文件，可能已损坏，或是其他压缩包；请转换后再附上。")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            _refuse_bomb(name, members)
            names = {member.filename.lower() for member in members}
            _refuse_programs(name, names)
            for member in members:
                # Unpacked once and thrown away: a header that lies fails here and not on somebody's desk.
                with archive.open(member) as part:
                    while part.read(_CHUNK):
                        pass
    except InvalidError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError):
        raise broken from None
    if "[content_types].xml" in names and "word/document.xml" in names:
        return _DOCX
    if "[content_types].xml" in names and "xl/workbook.xml" in names:
        return _XLSX
    raise broken


def _refuse_bomb(name: str, members: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(member.file_size for member in members)
    squeezed = any(
        member.file_size > _SMALL_MEMBER and member.file_size > MAX_RATIO * max(member.compress_size, 1)
        for member in members
    )
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED_BYTES or squeezed:
        raise InvalidError(f"“{name}”解压后过大，已拒绝：请另存为 PDF 后再附上。")


def _refuse_programs(name: str, names: set[str]) -> None:
    if any(mark in part for part in names for mark in _ACTIVE_PARTS):
        raise InvalidError(f"“{name}”含有宏、控件或嵌入的文件，不能附上：请另存为不带宏的文件或 PDF。")
