"""Bring the pieces of a bound file together: cover and index in front, every page numbered and watermarked."""

from __future__ import annotations

import io
from collections.abc import Sequence

from pypdf import PageObject, PdfReader, PdfWriter

from archives.binding import Entry, Piece
from cases.queries import File
from cases.workflow import STATUS_LABELS, Status
from documents.layout import LEFT, TOP, WIDTH, chinese_date
from documents.pdf import Book
from kernel.clock import china_date


def assemble(file: File, pieces: Sequence[Piece], *, union: str, stamp: str) -> tuple[bytes, int]:
    """Cover and index in front, every following page numbered and watermarked; the PDF and how many pages it has."""
    body = PdfWriter()
    places: list[tuple[Entry, int]] = []
    for piece in pieces:
        start = len(body.pages) + 1
        for entry in piece.entries:
            places.append((entry, start))
            start += entry.pages
        if piece.content:
            for page in PdfReader(io.BytesIO(piece.content)).pages:
                body.add_page(page)
    total = len(body.pages)
    front = PdfReader(io.BytesIO(_front(file, places, total, union=union, stamp=stamp)))
    marks = PdfReader(io.BytesIO(_marks(total, stamp))) if total else None
    made = PdfWriter()
    for page in front.pages:
        made.add_page(page)
    for place in range(total):
        page = made.add_page(body.pages[place])
        assert marks is not None
        _stamp(page, marks.pages[place])
    for entry, start in places:
        if entry.pages:
            made.add_outline_item(
                title=f"{entry.title} {entry.note}".strip(), page_number=len(front.pages) + start - 1
            )
    made.add_metadata({"/Title": f"信访卷宗 {file.case.number}", "/Creator": "连心桥"})
    stream = io.BytesIO()
    made.write(stream)
    return stream.getvalue(), len(made.pages)


def _stamp(page: PageObject, mark: PageObject) -> None:
    """Put number and watermark over a page of any size and turn."""
    page.transfer_rotation_to_content()
    width, height = float(page.mediabox.width), float(page.mediabox.height)
    scale = min(width / float(mark.mediabox.width), height / float(mark.mediabox.height))
    page.merge_transformed_page(
        mark, (scale, 0, 0, scale, float(page.mediabox.left), float(page.mediabox.bottom)), expand=False
    )


def _marks(total: int, stamp: str) -> bytes:
    book = Book((), watermark=stamp, numbered=False)
    for place in range(1, total + 1):
        book.add_page()
        book.set_font("serif", size=10.5)
        book.text(LEFT + WIDTH - 30, 284, f"第{place}页　共{total}页")
    return book.finish()


def _front(file: File, places: Sequence[tuple[Entry, int]], total: int, *, union: str, stamp: str) -> bytes:
    case = file.case
    rows = [
        ("编号", case.number),
        ("信访事项", case.title),
        ("收到日期", chinese_date(case.received_on)),
        ("办理状态", STATUS_LABELS[Status(case.status)]),
        ("办结日期", chinese_date(china_date(case.closed_at)) if case.closed_at else "—"),
        ("卷内页数", f"{total}页（不含封面、目录）"),
        ("导出", stamp.replace("　", "\n", 2)),
    ]
    lines = [
        (str(number), entry.title, entry.note, str(start) if entry.pages else "—")
        for number, (entry, start) in enumerate(places, start=1)
    ]
    names = ("信访卷宗卷内文件目录", union, "材料名称文号或备注序页次")
    words = [cell for row in (*rows, *lines) for cell in row]
    book = Book([*names, *words], watermark=stamp, numbered=False)
    book.add_page()
    book.set_xy(LEFT, TOP + 30)
    book.centred("信访卷宗", size=36, line=22)
    book.centred(union, size=18, line=14)
    book.set_xy(LEFT, TOP + 95)
    book.ruled(("项目", "内容"), rows, (WIDTH * 0.25, WIDTH * 0.75))
    book.add_page()
    book.set_xy(LEFT, TOP)
    book.centred("卷内文件目录", size=20, line=14)
    widths = [WIDTH * share for share in (0.1, 0.48, 0.3, 0.12)]
    book.ruled(("序号", "材料名称", "文号或备注", "页次"), lines, widths)
    return book.finish()
