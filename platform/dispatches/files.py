"""Files that travel with a letter or with an act on it: two sealed copies, and a grant on the one that went across.

A copy is written once and never changed. What may end is the right to open it: whoever sends a file may say until
which day the other side's copy opens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import select

from access.actor import Work
from audit.services import record
from dispatches import policy
from dispatches.drafts import NewFile
from dispatches.models import Letter, LetterEvent, LetterFile
from dispatches.posting import other_side, write
from dispatches.workflow import LetterStatus
from documents.contents import Content, inspect
from kernel.errors import ForbiddenError, InvalidError, NotFoundError
from kernel.ids import uuid7

#: Files of one letter, and of one act on it.
MAX_FILES = 5
#: A letter that was taken back or sent back is no longer the recipient's business, and neither are its files.
_CLOSED_TO_THE_OTHER_SIDE = frozenset({LetterStatus.WITHDRAWN, LetterStatus.RETURNED})


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file as a list shows it; ``size`` in bytes."""

    id: UUID
    #: The event with which it came; 1 is the letter itself.
    seq: int
    name: str
    media_type: str
    size: int
    #: Whether this union attached it.
    own: bool
    open_until: date | None
    openable: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """A file in clear, for one download."""

    name: str
    media_type: str
    content: bytes


def check(work: Work, files: Sequence[NewFile]) -> list[tuple[Content, date | None]]:
    """Every file looked at, with the last day on which the other side may open it.

    :raises InvalidError: for more than ``MAX_FILES``, a file that may not travel and a day that has passed.
    """
    if len(files) > MAX_FILES:
        raise _refused(f"一次最多附上{MAX_FILES}个文件，请删去一些或分次发送。")
    checked = []
    for file in files:
        if not isinstance(file, NewFile):
            raise _refused("附件只能在页面上传。")
        try:
            found = inspect(file.name, file.content)
        except InvalidError as error:
            raise _refused(error.message) from None
        if file.open_until is not None and file.open_until < work.clock.today():
            raise _refused(f"“{found.name}”的查阅截止日期不能早于今天。")
        checked.append((found, file.open_until))
    return checked


def _refused(sentence: str) -> InvalidError:
    return InvalidError(sentence, fields={"files": sentence})


def attach(
    work: Work,
    letter: Letter,
    seq: int,
    files: Sequence[NewFile],
    *,
    veil: Callable[[str], str] = str,
) -> None:
    """Write both copies of each file, each under its own union's key, while the other side may be addressed.

    ``veil`` masks the people of a case in file names, which are shown in lists.

    :raises InvalidError: as :func:`check`; nothing of the caller's act may then be kept.
    """
    checked = check(work, files)
    for found, open_until in checked:
        file_id = uuid7()
        row: dict[str, Any] = {
            "id": file_id,
            "letter_id": letter.id,
            "seq": seq,
            "name": veil(found.name),
            "media_type": found.media_type,
            "size": len(found.content),
            "sha256": _digest(found),
            "author_id": work.tenant_id,
            # On our copy, which always opens, it says what the other side was granted: a letter that has to be
            # written again grants no more.
            "open_until": open_until,
        }
        # One row a statement: ten megabytes are in memory as often as they must be and no more.
        for tenant_id in sorted((work.tenant_id, other_side(letter))):
            content = work.cipher.seal(tenant_id, _field(file_id), found.content)
            write(work, LetterFile, [{"tenant_id": tenant_id, "content": content, **row}])
    if checked:
        record(
            work,
            "letter:attach",
            subject_type="letter",
            subject_id=letter.id,
            data={"number": letter.number, "seq": seq, "sha256": [_digest(found).hex() for found, _ in checked]},
        )


def _digest(found: Content) -> bytes:
    return sha256(found.content).digest()


def _field(file_id: UUID) -> str:
    # Authenticated with the ciphertext: the content of one file cannot be put under the name of another.
    return f"letter_file/{file_id}"


def of_letter(work: Work, letter_id: UUID) -> list[FileLine]:
    """The files of a letter that the actor sees, in the order in which they came, without their contents."""
    statement = (
        select(
            *(LetterFile.id, LetterFile.seq, LetterFile.name, LetterFile.media_type),
            *(LetterFile.size, LetterFile.author_id, LetterFile.open_until),
        )
        .join(Letter, (Letter.tenant_id == LetterFile.tenant_id) & (Letter.id == LetterFile.letter_id))
        .where(LetterFile.tenant_id == work.tenant_id, LetterFile.letter_id == letter_id, policy.visible(work.actor))
        .order_by(LetterFile.seq, LetterFile.id)
    )
    rows = work.session.execute(statement).all()
    latest = _latest(work, letter_id) if rows else None
    return [
        FileLine(
            id=row.id,
            seq=row.seq,
            name=row.name,
            media_type=row.media_type,
            size=row.size,
            own=row.author_id == work.tenant_id,
            open_until=row.open_until,
            openable=_refusal(work, row.author_id, row.open_until, latest) is None,
        )
        for row in rows
    ]


def open_file(work: Work, letter_id: UUID, file_id: UUID) -> Opened:
    """The content of one file, and an event that says who opened it.

    :raises NotFoundError: when the letter is not the actor's to see or has no such file.
    :raises ForbiddenError: when the sender's day has passed, and when the letter was taken back or sent back.
    """
    statement = (
        select(LetterFile)
        .join(Letter, (Letter.tenant_id == LetterFile.tenant_id) & (Letter.id == LetterFile.letter_id))
        .where(LetterFile.letter_id == letter_id, LetterFile.id == file_id, policy.visible(work.actor))
    )
    file = work.session.scalars(statement).first()
    if file is None:
        raise NotFoundError
    refusal = _refusal(work, file.author_id, file.open_until, _latest(work, letter_id))
    if refusal is not None:
        raise ForbiddenError(refusal)
    record(
        work,
        "letter:file_open",
        subject_type="letter",
        subject_id=letter_id,
        data={"file": str(file.id), "seq": file.seq, "sha256": file.sha256.hex()},
    )
    return Opened(file.name, file.media_type, work.cipher.open(work.tenant_id, _field(file.id), file.content))


def copies(work: Work, letter_id: UUID, seqs: Sequence[int]) -> list[NewFile]:
    """Files that came with the named events, to travel on with another letter under the same grant.

    For the system's own hand: nobody looks at them, so nobody is on record for it. A copy whose day has passed stays.
    """
    statement = (
        select(LetterFile)
        .where(LetterFile.letter_id == letter_id, LetterFile.seq.in_(seqs))
        .order_by(LetterFile.seq, LetterFile.id)
    )
    today = work.clock.today()
    return [
        _again(work, file, file.open_until)
        for file in work.session.scalars(statement)
        if file.open_until is None or file.open_until >= today
    ]


def _again(work: Work, file: LetterFile, open_until: date | None) -> NewFile:
    content = work.cipher.open(work.tenant_id, _field(file.id), file.content)
    return NewFile(name=file.name, content=content, open_until=open_until)


def of_matter(work: Work, letter_ids: Sequence[UUID]) -> Iterator[list[NewFile]]:
    """Files of all these letters that this union may open, each content once, as many at a time as one act carries.

    For a file that goes to its successor: what we attached goes without a limit, for it is the successor's from then
    on; what we were sent goes under the grant that we have. Five are in memory at once.
    """
    statement = (
        select(LetterFile.id, LetterFile.letter_id, LetterFile.author_id, LetterFile.open_until, LetterFile.sha256)
        .where(LetterFile.letter_id.in_(letter_ids))
        .order_by(LetterFile.letter_id, LetterFile.seq, LetterFile.id)
    )
    wanted: dict[bytes, tuple[UUID, date | None]] = {}
    for row in work.session.execute(statement).all():
        latest = _latest(work, row.letter_id)
        if _refusal(work, row.author_id, row.open_until, latest) is None:
            until = None if row.author_id == work.tenant_id else row.open_until
            wanted.setdefault(row.sha256, (row.id, until))
    chosen = list(wanted.values())
    for start in range(0, len(chosen), MAX_FILES):
        yield [
            _again(work, work.session.get_one(LetterFile, (work.tenant_id, file_id)), until)
            for file_id, until in chosen[start : start + MAX_FILES]
        ]


def grants(work: Work, letter_id: UUID) -> list[dict[str, str | None]]:
    """The files of a letter of ours by their digests, with the day that its recipient was given, as plain JSON."""
    statement = select(LetterFile.sha256, LetterFile.open_until).where(
        LetterFile.letter_id == letter_id, LetterFile.seq == 1
    )
    return [
        {"sha256": row.sha256.hex(), "open_until": row.open_until.isoformat() if row.open_until else None}
        for row in work.session.execute(statement.order_by(LetterFile.id))
    ]


def granted(work: Work, letter_id: UUID, told: Sequence[Mapping[str, str | None]]) -> list[NewFile]:
    """Those files of a letter that ``grants`` of another one names, under the day named there; past ones stay."""
    today, found = work.clock.today(), list[NewFile]()
    for line in told:
        until = date.fromisoformat(line["open_until"]) if line["open_until"] else None
        if until is not None and until < today:
            continue
        digest = bytes.fromhex(line["sha256"] or "")
        statement = select(LetterFile).where(LetterFile.letter_id == letter_id, LetterFile.sha256 == digest)
        file = work.session.scalars(statement.limit(1)).first()
        if file is not None:
            found.append(_again(work, file, until))
    return found


def _latest(work: Work, letter_id: UUID) -> LetterEvent:
    statement = select(LetterEvent).where(LetterEvent.letter_id == letter_id)
    return work.session.scalars(statement.order_by(LetterEvent.seq.desc()).limit(1)).one()


def _refusal(work: Work, author_id: int, open_until: date | None, latest: LetterEvent | None) -> str | None:
    """Why the copy does not open, as a sentence; ``None`` when it does. Our own files always open for us."""
    if author_id == work.tenant_id:
        return None
    # A sender that ended by a succession (机构承继) takes nothing back: its letter's matter stays the recipient's.
    inherited = latest is not None and latest.action == "succeed" and latest.author_id == author_id
    if latest is not None and latest.status in _CLOSED_TO_THE_OTHER_SIDE and not inherited:
        return "函件已撤回或者退回，所附文件不再开放。"
    if open_until is not None and open_until < work.clock.today():
        return f"发件单位设定的查阅期限（{open_until.isoformat()}）已过；确需查阅的，请联系发件单位重新发送。"
    return None
