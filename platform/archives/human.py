"""What a person wants to read without our program: two tables and the papers. Restoring looks at none of it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Select, select

from access.actor import Work
from cases.models import Case
from cases.rules import CHANNEL_LABELS, TIER_LABELS
from cases.workflow import STATUS_LABELS
from dispatches.models import Letter, LetterEvent
from dispatches.workflow import KIND_LABELS, LETTER_STATUS_LABELS
from documents.models import Document
from kernel.clock import CHINA
from kernel.formulas import inert
from tenants.models import Category

_STREAM = {"stream_results": True, "yield_per": 500}
#: What a file's name does not hold on one system or another.
_UNSAFE = re.compile(r"[^\w〔〕-]")

README = """\
连心桥 · 单位数据全量导出

manifest.json   清单：结构版本、各表行数、审计链尾，以及每个文件的 SHA-256 和大小
data/*.jsonl    全部数据，一表一文件，一行一条（JSON，UTF-8）；时间为 ISO 8601，字节为十六进制
tree/*.jsonl    本单位及有往来单位在组织树中的公开信息（名称、标识、上下级）
files/          随函附件，一件一文件，已用口令加密
papers/*.txt    文书正文
cases.csv       信访件一览        letters.csv  来往函件一览

姓名、电话、证件号码、住址、随函身份信息和附件以口令加密：密钥由 scrypt 从口令得出，加密用 AES-256-GCM，
参数见清单的 kdf；密文前 12 字节是随机数，附加认证数据为“表/列/主键”。其余内容未加密，请按工作秘密保管本文件，
口令另行保管。恢复：lianxin tenant restore 文件名
"""

CASE_HEADINGS = (
    *("编号", "标题", "信访形式", "状态", "内容分类", "难度", "收到日期", "登记时间", "当前期限", "办结时间"),
    *("人数", "集体访", "重复", "检举控告", "内容"),
)
LETTER_HEADINGS = (
    *("文号", "种类", "方向", "发函单位", "收函单位", "事由", "发出时间", "答复期限", "当前状态", "说明", "请求"),
)


def safe(value: object) -> str:
    """A cell that no spreadsheet takes for a formula, whatever a petitioner said; nothing for nothing."""
    return "" if value is None else inert(str(value))


def table(headings: Sequence[str], rows: Iterable[Sequence[object]], write: Callable[[bytes], None]) -> None:
    """Write a CSV with a byte order mark, without which spreadsheets read Chinese as something else."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    write(b"\xef\xbb\xbf")
    writer.writerow(headings)
    for row in rows:
        writer.writerow([safe(value) for value in row])
        if buffer.tell() > 64_000:
            _flush(buffer, write)
    _flush(buffer, write)


def _flush(buffer: io.StringIO, write: Callable[[bytes], None]) -> None:
    write(buffer.getvalue().encode())
    buffer.seek(0)
    buffer.truncate()


def cases(work: Work) -> Iterator[tuple[object, ...]]:
    """Rows under :data:`CASE_HEADINGS`, in the order of registration."""
    statement = (
        select(Case, Category.name)
        .outerjoin(Category, Category.code == Case.category_code)
        .where(Case.tenant_id == work.tenant_id)
        .order_by(Case.registered_at, Case.id)
    )
    for case, category in _stream(work, statement):
        yield (
            case.number,
            case.title,
            _word(CHANNEL_LABELS, case.channel),
            _word(STATUS_LABELS, case.status),
            category,
            _word(TIER_LABELS, case.tier),
            case.received_on,
            _moment(case.registered_at),
            case.due_on,
            _moment(case.closed_at),
            case.headcount,
            *(_yes(flag) for flag in (case.collective, case.repeat, case.sealed)),
            case.content,
        )
        work.session.expunge(case)


def letters(work: Work) -> Iterator[tuple[object, ...]]:
    """Rows under :data:`LETTER_HEADINGS`, oldest first."""
    newest = (
        select(LetterEvent.status)
        .where(LetterEvent.tenant_id == work.tenant_id, LetterEvent.letter_id == Letter.id)
        .order_by(LetterEvent.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    statement = select(Letter, newest).where(Letter.tenant_id == work.tenant_id).order_by(Letter.sent_at, Letter.id)
    for letter, status in _stream(work, statement):
        yield (
            letter.number,
            _word(KIND_LABELS, letter.kind),
            "发出" if letter.side == "sender" else "收到",
            letter.sender_name,
            letter.recipient_name,
            letter.subject,
            _moment(letter.sent_at),
            letter.reply_due_on,
            _word(LETTER_STATUS_LABELS, status),
            letter.reason,
            letter.request,
        )
        work.session.expunge(letter)


def papers(work: Work) -> Iterator[tuple[str, str]]:
    """(name of a file, text) of every paper."""
    statement = select(Document).where(Document.tenant_id == work.tenant_id).order_by(Document.id)
    for (paper,) in _stream(work, statement):
        parts = [paper.title, paper.number, ""]
        for paragraph in paper.body:
            parts += [part for part in (paragraph.get("heading"), paragraph.get("text")) if part]
        parts += ["", paper.issued_on.isoformat()]
        # The number makes the name readable, the identifier makes it the only one.
        name = _UNSAFE.sub("_", paper.number)
        yield f"{name}-{paper.id.hex[-8:]}.txt", "\n".join(parts) + "\n"
        work.session.expunge(paper)


def _stream(work: Work, statement: Select[*tuple[Any, ...]]) -> Iterator[Any]:
    found = work.session.execute(statement, execution_options=_STREAM)
    try:
        yield from found
    finally:
        found.close()


def _word(labels: Any, value: str | None) -> str | None:
    return next((word for key, word in labels.items() if key == value), value)


def _moment(value: Any) -> str | None:
    return value.astimezone(CHINA).strftime("%Y-%m-%d %H:%M") if value is not None else None


def _yes(flag: bool) -> str:
    return "是" if flag else ""
