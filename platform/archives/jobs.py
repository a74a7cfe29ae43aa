"""Bind an ordered file step by step: each delivery does what fits into its time, and the next one goes on."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote
from uuid import UUID

from sqlalchemy import select

from access import absence
from access import queries as accounts
from access.actor import Actor, Work
from archives import assembling, binding
from archives.binding import Entry, Piece
from archives.dossiers import TOPIC
from cases import queries
from cases.queries import File
from documents import attachments, blobs
from documents.models import Attachment, Dossier
from kernel.blobs import MissingBlobError
from kernel.clock import CHINA
from kernel.crypto import DecryptionError
from kernel.errors import LianxinError, NotFoundError, UnavailableError
from kernel.outbox import enqueue
from notices.services import post
from tenants import queries as tenants

#: A delivery may take a minute; a step that began ends well before that.
STEP_SECONDS = 15.0


def bind(work: Work, payload: Mapping[str, Any]) -> None:
    """Consumer of ``dossier.bind``: one step of one order. The text comes first, then file by file, then the whole.

    What the asker no longer sees is not bound: a case may have been sealed since the order.
    """
    statement = select(Dossier).where(Dossier.id == UUID(payload["dossier"])).with_for_update()
    dossier = work.session.scalars(statement).first()
    if dossier is None or dossier.status != "waiting":
        return
    try:
        if _step(_asker(work, dossier), dossier, str(payload["case"])):
            dossier.status, dossier.pieces = "ready", []
            _tell(work, dossier, "卷宗已装订好，可以下载", str(payload["case"]))
        else:
            enqueue(work.session, TOPIC, dict(payload))
    except UnavailableError:
        raise  # the store is away: the message comes again
    except LianxinError as error:
        dossier.status, dossier.problem, dossier.pieces = "failed", error.message, []
        _tell(work, dossier, "卷宗没有装订成功", str(payload["case"]))
    work.session.flush()


def _asker(work: Work, dossier: Dossier) -> Work:
    """The unit of work with the eyes of the person who ordered."""
    session = work.session
    roles = accounts.roles_of(session, dossier.asked_by)
    absent = absence.stands_in_for(session, dossier.asked_by, work.clock.now())
    return replace(work, actor=Actor(work.tenant_id, dossier.asked_by, dossier.asked_name, roles, absent))


def _step(asker: Work, dossier: Dossier, number: str) -> bool:
    """Do some of it; ``True`` when the file is whole.

    :raises NotFoundError: when the asker no longer sees the case.
    """
    until = time.monotonic() + STEP_SECONDS
    file = queries.file(asker, number)
    if file.case.id != dossier.subject_id:
        raise NotFoundError
    waiting = {str(found.id): found for found in attachments.of_subject(asker, file.case.id)}
    pieces = [dict(piece) for piece in dossier.pieces]
    if not pieces:
        pieces = [{"file": None, "done": False}, *({"file": key, "done": False} for key in waiting)]
    for piece in pieces:
        if piece["done"]:
            continue
        if time.monotonic() > until:
            break
        entries = [entry for done in pieces for entry in done.get("entries", ())]
        taken = sum(entry[2] for entry in entries), sum(int(done.get("size", 0)) for done in pieces)
        found = waiting.get(piece["file"] or "")
        made = _made(asker, file, found, piece["file"] is None, taken)
        piece.update(_kept(asker, made, found.size if found is not None else 0))
    dossier.pieces, dossier.total = pieces, len(pieces) + 1
    dossier.done = sum(bool(piece["done"]) for piece in pieces)
    if dossier.done < len(pieces) or time.monotonic() > until:
        return False
    union = tenants.get(asker.session, asker.tenant_id).name
    stamp = f"{union}　{dossier.asked_name}　{dossier.asked_at.astimezone(CHINA):%Y-%m-%d %H:%M}"
    content, dossier.pages = assembling.assemble(
        file, [_read(asker, piece) for piece in pieces], union=union, stamp=stamp
    )
    dossier.blob, dossier.size, dossier.done = blobs.keep(asker, content), len(content), dossier.total
    return True


def _made(asker: Work, file: File, found: Attachment | None, is_text: bool, taken: tuple[int, int]) -> Piece:
    """One finished piece; ``taken`` are the pages and bytes of files so far."""
    if is_text:
        return binding.texts(asker, file)
    if found is None:
        return Piece((), b"")  # removed since the order
    pages, size = taken
    name = f"附件：{found.name}"
    if size + found.size > binding.MAX_BYTES:
        return Piece((Entry(name, "卷宗过大，请单独下载", 0),), b"")
    try:
        content = blobs.fetch(asker, found.blob)
    except (MissingBlobError, DecryptionError):
        return Piece((Entry(name, "文件无法读取，请联系平台管理员", 0),), b"")
    return binding.attachment(found, content, max(0, binding.MAX_PAGES - pages))


def _kept(asker: Work, made: Piece, size: int) -> dict[str, Any]:
    """A finished piece as JSON: its pages lie in the store."""
    return {
        "done": True,
        "size": size if made.content else 0,
        "entries": [[entry.title, entry.note, entry.pages] for entry in made.entries],
        "blob": blobs.keep(asker, made.content) if made.content else None,
    }


def _read(asker: Work, piece: Mapping[str, Any]) -> Piece:
    entries = tuple(Entry(*told) for told in piece["entries"])
    return Piece(entries, blobs.fetch(asker, piece["blob"]) if piece["blob"] else b"")


def _tell(work: Work, dossier: Dossier, title: str, number: str) -> None:
    link = f"/cases/{quote(number)}/dossier"
    post(work.session, kind="dossier", title=title, link=link, user_id=dossier.asked_by)
