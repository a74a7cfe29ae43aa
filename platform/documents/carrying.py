"""What a subject's paper takes along when the subject goes to another union (机构承继, 条例 art. 24).

Issued papers keep number, text, date, digest and proof of service; drafts go on being drafts; files are sealed anew
under the other union's keys, straight into its part of the store. What stays behind, and why: who wrote, issued or
uploaded (accounts of the union that ends), files that were removed for a reason, drafts that were thrown away.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from access.actor import Work
from documents import attachments, blobs, drafts, serving
from documents.models import Attachment, Document, DocumentDraft, Serving
from documents.services import of_subject
from kernel.ids import uuid7

_SERVED = ("way", "outcome", "receiver", "tracking", "note")


def told(work: Work, subject_id: UUID, to: int) -> dict[str, Any]:
    """The subject's papers, drafts and files as plain JSON, the files' bytes sealed for the union ``to``.

    :raises MissingBlobError, UnavailableError: as the store; the subject then stays.
    """
    papers = of_subject(work.session, subject_id)
    proofs = serving.of_documents(work.session, {paper.id for paper in papers})
    return {
        "papers": [_paper(paper, proofs.get(paper.id, [])) for paper in papers],
        "drafts": [
            {"kind": draft.kind, "title": draft.title, "body": draft.body}
            for draft in drafts.open_of(work.session, subject_id)
        ],
        "files": [_file(work, file, to) for file in attachments.of_subject(work, subject_id)],
    }


def _paper(paper: Document, proofs: list[Serving]) -> dict[str, Any]:
    return {
        "kind": paper.kind,
        "number": paper.number,
        "title": paper.title,
        "body": paper.body,
        "issued_on": paper.issued_on.isoformat(),
        "created_at": paper.created_at.isoformat(),
        "code": paper.code,
        "digest": paper.digest.hex() if paper.digest else None,
        "servings": [
            {
                "served_on": proof.served_on.isoformat(),
                "recorded_at": proof.recorded_at.isoformat(),
                **{name: getattr(proof, name) for name in _SERVED},
            }
            for proof in proofs
        ],
    }


def _file(work: Work, file: Attachment, to: int) -> dict[str, Any]:
    return {
        "name": file.name,
        "media_type": file.media_type,
        "size": file.size,
        "sha256": file.sha256.hex(),
        "blob": blobs.give(work, file.blob, to),
        "pages": file.pages,
        "added_at": file.added_at.isoformat(),
    }


def blobs_of(carried: Mapping[str, Any]) -> set[str]:
    """Keys of the files on their way, which no row of the receiving union names yet."""
    return {str(file["blob"]) for file in carried.get("files", ())}


def take(work: Work, subject_id: UUID, carried: Mapping[str, Any]) -> dict[str, Any]:
    """Write them down for a subject of the receiving union, and return what its log says about them.

    No word of a paper is in the answer: numbers, digests and counts.
    """
    papers = list(carried.get("papers", ()))
    taken = _taken(work, papers)
    for paper in papers:
        _take_paper(work, subject_id, paper, taken)
    for draft in carried.get("drafts", ()):
        work.session.add(DocumentDraft(subject_id=subject_id, **draft, updated_at=work.clock.now()))
    for file in carried.get("files", ()):
        work.session.add(
            Attachment(
                subject_id=subject_id,
                **{name: file[name] for name in ("name", "media_type", "size", "blob", "pages")},
                sha256=bytes.fromhex(file["sha256"]),
                added_at=datetime.fromisoformat(file["added_at"]),
            )
        )
    work.session.flush()
    return {
        "papers": [{"paper": paper["number"], "paper_hash": paper["digest"]} for paper in papers],
        "drafts": len(carried.get("drafts", ())),
        "files": [file["sha256"] for file in carried.get("files", ())],
    }


def _taken(work: Work, papers: list[dict[str, Any]]) -> set[str]:
    """Numbers and codes that this union's books have already: a matter may come back to where it began."""
    numbers, codes = [paper["number"] for paper in papers], [paper["code"] for paper in papers if paper["code"]]
    rows = work.session.execute(
        select(Document.number, Document.code).where(or_(Document.number.in_(numbers), Document.code.in_(codes)))
    ).all()
    return {word for row in rows for word in row if word}


def _take_paper(work: Work, subject_id: UUID, paper: Mapping[str, Any], taken: set[str]) -> None:
    number, again = str(paper["number"]), 1
    while number in taken:
        again += 1
        number = f"{paper['number']}（移交第{again}份）"
    taken.add(number)
    document = Document(
        id=uuid7(),
        subject_id=subject_id,
        kind=paper["kind"],
        number=number,
        title=paper["title"],
        body=paper["body"],
        issued_on=date.fromisoformat(paper["issued_on"]),
        created_at=datetime.fromisoformat(paper["created_at"]),
        # The code names the union that issued it; whoever asks is answered out of that union's books.
        code=paper["code"] if paper["code"] not in taken else None,
        digest=bytes.fromhex(paper["digest"]) if paper["digest"] else None,
    )
    work.session.add(document)
    work.session.flush()  # the proofs point at it
    for proof in paper["servings"]:
        work.session.add(
            Serving(
                document_id=document.id,
                served_on=date.fromisoformat(proof["served_on"]),
                recorded_at=datetime.fromisoformat(proof["recorded_at"]),
                **{name: proof[name] for name in _SERVED},
            )
        )
