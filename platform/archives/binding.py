"""What goes into a bound file and how it becomes pages: text is set, PDFs and pictures are taken over as they are."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image, UnidentifiedImageError
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.errors import PyPdfError

from access.actor import Work
from archives.sheets import sheets
from audit.services import history
from cases.queries import File
from dispatches import queries as letters
from dispatches.kinds import KIND_LABELS, LetterKind
from documents import serving
from documents.contents import MAX_PIXELS, pixels_of
from documents.layout import Sheet, chinese_date
from documents.models import Attachment, Document
from documents.pdf import Book, add, characters, picture_page
from documents.services import of_subject
from kernel.clock import china_date
from tenants import queries as tenants

#: Pages of one bound file, and bytes of files that are taken into it; the others are listed and fetched one by one.
MAX_PAGES = 400
MAX_BYTES = 120 * 1024 * 1024
_BROKEN = (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError)
#: Looking is no handling.
_LOOKED = frozenset(
    {"party:reveal", "case:file_open", "case:dossier_open", "case:bind", "case:code", "case:code_again"}
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the index."""

    title: str
    note: str
    pages: int


@dataclass(frozen=True, slots=True)
class Piece:
    """Finished pages with their lines of the index."""

    entries: tuple[Entry, ...]
    content: bytes


def texts(work: Work, file: File) -> Piece:
    """Everything that is text: the case and its tables, its history, papers with proof of service, letters."""
    events = [event for event in history(work.session, file.case.id) if event.action not in _LOOKED]
    bound = list(sheets(work, file, events))
    issued = of_subject(work.session, file.case.id)
    served = serving.of_documents(work.session, {paper.id for paper in issued})
    own = tenants.get(work.session, work.tenant_id)
    for paper in issued:
        sheet = _paper(paper, served.get(paper.id, []), own.seal_text or own.name)
        bound.append((paper.title, paper.number, sheet))
    for view in reversed(letters.of_case(work, file.case.id)):
        letter = view.letter
        other = letter.sender_name if view.incoming else letter.recipient_name
        way = "来函" if view.incoming else "去函"
        title = f"{way}：{KIND_LABELS[LetterKind(letter.kind)]}（{other}）"
        bound.append((title, letter.number, _letter(view, title)))
    book = Book((text for _title, _note, sheet in bound for text in characters(sheet)), numbered=False)
    entries = []
    for title, note, sheet in bound:
        before = book.page
        add(book, sheet)
        entries.append(Entry(title, note, book.page - before))
    return Piece(tuple(entries), book.finish())


def attachment(found: Attachment, content: bytes, room: int) -> Piece:
    """One file; where it cannot become pages, a line that says why. ``room`` is how many pages may still come."""
    if found.media_type == "application/pdf":
        return _pdf(found, content, room)
    if found.media_type in ("image/png", "image/jpeg"):
        return _picture(found, content) if room else _listed(found, "卷宗页数已满，请单独下载")
    if found.media_type == "text/plain":
        return _plain(found, content, room)
    return _listed(found, "Office文档，不能并入，请单独下载")


def _listed(found: Attachment, why: str) -> Piece:
    return Piece((Entry(f"附件：{found.name}", why, 0),), b"")


def _pdf(found: Attachment, content: bytes, room: int) -> Piece:
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            return _listed(found, "有打开密码，不能并入，请单独下载")
        count = len(reader.pages)
        if count > room:
            return _listed(found, f"共{count}页，超出卷宗页数，请单独下载")
        writer = PdfWriter()
        for page in reader.pages:
            writer.add_page(_quiet(page))
        stream = io.BytesIO()
        writer.write(stream)
    except _BROKEN:
        return _listed(found, "文件损坏，不能并入，请单独下载")
    return Piece((Entry(f"附件：{found.name}", "", count),), stream.getvalue())


def _quiet(page: PageObject) -> PageObject:
    """The page without links, forms and actions: what somebody uploaded runs nothing in the bound file."""
    for key in ("/Annots", "/AA"):
        if key in page:
            del page[key]
    return page


def _picture(found: Attachment, content: bytes) -> Piece:
    pixels = pixels_of(found.media_type, content)
    if pixels is not None and pixels > MAX_PIXELS:
        # It came in before there was a limit: decoded it would take the worker's memory.
        why = f"图片约{pixels // 10_000}万像素，超过{MAX_PIXELS // 10_000}万像素，没有并入，请单独下载。"
        return _page(found, Sheet(title=found.name, paragraphs=[{"heading": None, "text": why}]))
    try:
        with Image.open(io.BytesIO(content)) as image:
            image.verify()
        book = Book((), numbered=False)
        picture_page(book, content)
        made = book.finish()
    except (UnidentifiedImageError, Image.DecompressionBombError, *_BROKEN):
        return _listed(found, "图片损坏，不能并入，请单独下载")
    return Piece((Entry(f"附件：{found.name}", "", 1),), made)


def _page(found: Attachment, sheet: Sheet) -> Piece:
    """A note in the place of a file."""
    book = Book(characters(sheet), numbered=False)
    add(book, sheet)
    return Piece((Entry(f"附件：{found.name}", "没有并入，请单独下载", book.page),), book.finish())


def _plain(found: Attachment, content: bytes, room: int) -> Piece:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        return _listed(found, "编码不明，请单独下载")
    if len(text) > 100_000:
        return _listed(found, "文字过长，请单独下载")
    sheet = Sheet(title=found.name, paragraphs=[{"heading": None, "text": text}])
    book = Book(characters(sheet), numbered=False)
    add(book, sheet)
    if book.page > room:
        book.finish()
        return _listed(found, "超出卷宗页数，请单独下载")
    return Piece((Entry(f"附件：{found.name}", "", book.page),), book.finish())


def _paper(paper: Document, attempts: Sequence[Any], signature: str) -> Sheet:
    body = list(paper.body)
    if attempts:
        told = "\n".join(
            f"{chinese_date(one.served_on)}　{serving.OUTCOMES[one.outcome]}"
            + (f"（{serving.RECEIVERS[one.receiver]}）" if one.receiver else "")
            + (f"　邮件编号{one.tracking}" if one.tracking else "")
            for one in attempts
        )
        body.append({"heading": "送达情况（卷宗附记）", "text": told})
    return Sheet(
        title=paper.title,
        number=paper.number,
        paragraphs=body,
        signature=signature,
        issued_on=paper.issued_on,
    )


def _letter(view: Any, title: str) -> Sheet:
    letter = view.letter
    told = [{"heading": "事由", "text": letter.reason}]
    if letter.request:
        told.append({"heading": "请求", "text": letter.request})
    for event in view.events:
        if event.text:
            told.append({"heading": f"{chinese_date(china_date(event.at))}　{event.signed_as}", "text": event.text})
    return Sheet(title=title, number=letter.number, paragraphs=told)
