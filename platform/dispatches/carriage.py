"""What a letter carries beside its words: files, papers and identities.

``sending`` and ``acting`` call these; each gets what it needs and nothing of the other union.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from access.actor import Work
from access.roles import Role
from cases.models import Case, Party
from cases.queries import File
from dispatches import enclosing, excerpts, files, following, reviewing
from dispatches.disclosure import masked
from dispatches.disclosure import papers as copies_of
from dispatches.drafts import Draft, NewFile
from dispatches.kinds import LetterKind
from dispatches.models import Letter
from kernel.errors import InvalidError

#: Bytes that one circular may write: each union below gets copies of its own.
MAX_CIRCULAR_BYTES = 256 * 1024 * 1024


def papers(work: Work, draft: Draft, file: File | None) -> dict[str, Any]:
    """The chosen documents of the case, for the snapshot; of a report its figures and its paper.

    :raises InvalidError: for a document that is none of the case's.
    """
    if draft.kind is LetterKind.REPORT and draft.told:
        return dict(draft.told)
    if not draft.papers:
        return {}
    if file is None:
        raise InvalidError("没有选择信访件，不能附文书。", fields={"papers": "没有选择信访件"})
    return {"papers": copies_of(work, file, draft.papers)}


def enclosure(work: Work, draft: Draft, file: File | None, recipient_id: int) -> bytes | None:
    """What only the recipient opens, encrypted under its key; called before its copy is written.

    :raises InvalidError: when identities were asked for and cannot go along.
    """
    if draft.forward and draft.refers_to is not None:
        return enclosing.reseal(work, draft.refers_to, recipient_id)
    return enclosing.seal(work, draft, file, recipient_id)


def enclose(work: Work, draft: Draft, letter: Letter) -> None:
    """Files of a draft, written for both sides while the recipient may be addressed, and who was handed over.

    :raises InvalidError: for a file that cannot go along.
    """
    files.attach(work, letter, 1, draft.files, veil=following.veil_of(work, letter))
    if draft.share_identity:
        enclosing.note_sent(work, draft, letter)


def check_circular(new: Sequence[NewFile], unions: int) -> None:
    """Refuse files that would be written too often.

    :raises InvalidError: naming the size that would go.
    """
    size = sum(len(file.content) for file in new)
    if size * unions * 2 > MAX_CIRCULAR_BYTES:
        most = MAX_CIRCULAR_BYTES // (unions * 2) // 1024
        sentence = f"通报发往{unions}个单位，附件合计不能超过{most}KB，请压缩或改为分别发送。"
        raise InvalidError(sentence, fields={"files": sentence})


def veil(work: Work, letter: Letter, data: Mapping[str, Any]) -> Callable[[str], str]:
    """The veil over what an act says: the people of the case beside the letter and of one that an answer names."""
    own = following.veil_of(work, letter)
    number = str(data.get("case") or "").strip()
    if not number:
        return own
    parties = work.session.scalars(
        select(Party)
        .join(Case, (Case.tenant_id == Party.tenant_id) & (Case.id == Party.case_id))
        .where(Case.number == number)
    ).all()
    named = masked(work, parties)
    return lambda words: named(own(words))


def told(work: Work, letter: Letter, action: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """What an act tells besides its text: outcomes with a report, chosen parts with a file that was asked for.

    :raises InvalidError: as ``excerpts.excerpt``.
    """
    if work.actor.holds(Role.SYSTEM):
        return dict(data.get("told") or {})
    if action == reviewing.CONCLUDE:
        return reviewing.told(work, letter)
    if action != "reply":
        return {}
    if letter.kind == LetterKind.FILE_REQUEST:
        return excerpts.excerpt(work, data)
    return following.outcomes(work, letter)
