"""What goes into a bound file and how it becomes pages: text is set, PDFs and pictures are taken over as they are."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image, UnidentifiedImageError
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.errors import PyPdfError

from access.actor import Work
from audit.models import AuditEvent
from audit.services import history
from cases.clocks import unused
from cases.models import CaseClock
from cases.queries import File
from cases.rules import (
    CHANNEL_LABELS,
    CLOCK_LABELS,
    OPINION_LABELS,
    PARTY_LABELS,
    Channel,
    ClockKind,
    Opinion,
    PartyRole,
)
from cases.workflow import CASE_WORKFLOW
from dispatches import queries as letters
from dispatches.kinds import KIND_LABELS, LetterKind
from documents import serving
from documents.layout import Sheet, chinese_date
from documents.models import Attachment, Document
from documents.pdf import Book, add, characters, picture_page
from documents.services import of_subject
from kernel.clock import CHINA, china_date
from tenants import queries as tenants

#: Pages of one bound file, and bytes of files that are taken into it; the others are listed and fetched one by one.
MAX_PAGES = 400
MAX_BYTES = 120 * 1024 * 1024
_BROKEN = (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError)
#: Looking is no handling.
_LOOKED = frozenset({"party:reveal", "case:file_open", "case:dossier_open", "case:bind"})
_WORDS: dict[str, str] = {
    "case:register": "登记",
    "case:import": "导入登记",
    "case:attach": "上传附件",
    "case:file_remove": "移除附件",
    "case:draft_paper": "起草文书",
    "case:discard_paper": "删除文书草稿",
    "case:issue_paper": "出具文书",
    "case:serve_paper": "登记送达",
    "case:handover": "移交承办人",
    "case:overdue": "期限已过",
    "rule:fire": "按规则呈报或提醒",
}
_ACTIONS = {row.action: row.label for row in reversed(tuple(CASE_WORKFLOW))}
_SAID = (
    *("paper", "competence_note", "procedure", "reason", "where_to_go", "facts", "basis", "reply", "note"),
    *("delivered_on", "result", "request", "destination"),
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
    """Everything that is text: the case itself, its history, its papers with proof of service, its letters."""
    sheets: list[tuple[str, str, Sheet]] = [("信访事项基本情况", "", _facts(file))]
    events = [event for event in history(work.session, file.case.id) if event.action not in _LOOKED]
    sheets.append(("办理过程", f"{len(events)}条", _history(events)))
    issued = of_subject(work.session, file.case.id)
    served = serving.of_documents(work.session, {paper.id for paper in issued})
    own = tenants.get(work.session, work.tenant_id)
    for paper in issued:
        sheet = _paper(paper, served.get(paper.id, []), own.seal_text or own.name)
        sheets.append((paper.title, paper.number, sheet))
    for view in reversed(letters.of_case(work, file.case.id)):
        letter = view.letter
        other = letter.sender_name if view.incoming else letter.recipient_name
        way = "来函" if view.incoming else "去函"
        title = f"{way}：{KIND_LABELS[LetterKind(letter.kind)]}（{other}）"
        sheets.append((title, letter.number, _letter(view, title)))
    book = Book((text for _title, _note, sheet in sheets for text in characters(sheet)), numbered=False)
    entries = []
    for title, note, sheet in sheets:
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
    try:
        with Image.open(io.BytesIO(content)) as image:
            image.verify()
        book = Book((), numbered=False)
        picture_page(book, content)
        made = book.finish()
    except (UnidentifiedImageError, Image.DecompressionBombError, *_BROKEN):
        return _listed(found, "图片损坏，不能并入，请单独下载")
    return Piece((Entry(f"附件：{found.name}", "", 1),), made)


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


def _how_stopped(clock: CaseClock) -> str:
    if clock.stopped_on is None:
        return ""
    if unused(clock.kind, clock.started_on, clock.stopped_on):
        return "，没有用到"
    return f"，{chinese_date(clock.stopped_on)}停止"


def _facts(file: File) -> Sheet:
    case = file.case
    people = "\n".join(
        f"{PARTY_LABELS[PartyRole(party.role)]}：{party.name_mask or party.organisation or '未留姓名'}"
        + (f"　{party.phone_mask}" if party.phone_mask else "")
        for party in file.parties
    )
    claims = "\n".join(
        f"{claim.position}. {claim.text}"
        + (f"\n　　{OPINION_LABELS[Opinion(claim.opinion)]}：{claim.finding or ''}" if claim.opinion else "")
        for claim in file.claims
    )
    clocks = "\n".join(
        f"{CLOCK_LABELS[ClockKind(clock.kind)]}：{chinese_date(clock.started_on)}起，{chinese_date(clock.due_on)}到期"
        + _how_stopped(clock)
        for clock in file.clocks
    )
    told = (
        ("信访形式", f"{CHANNEL_LABELS[Channel(case.channel)]}，{chinese_date(case.received_on)}收到"),
        ("涉及人数", f"{case.headcount}人"),
        ("当事人（姓名、电话已遮盖）", people or "匿名"),
        ("反映内容", case.content),
        ("诉求和处理意见", claims),
        ("期限", clocks or "没有法定期限"),
    )
    return Sheet(
        title=case.title,
        number=case.number,
        paragraphs=[{"heading": heading, "text": text} for heading, text in told],
    )


def _history(events: Sequence[AuditEvent]) -> Sheet:
    return Sheet(title="办理过程", paragraphs=[{"heading": None, "text": line} for line in _lines(events)])


def _lines(events: Sequence[AuditEvent]) -> Iterator[str]:
    for event in events:
        what = _WORDS.get(event.action) or _ACTIONS.get(event.action.partition(":")[2])
        if what is None:
            continue  # housekeeping that is nobody's handling
        said = "；".join(str(event.data[name]) for name in _SAID if event.data.get(name) not in (None, "", "None"))
        when = event.at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
        yield f"{when}　{what}　{event.actor_name}" + (f"\n{said}" if said else "")


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
