"""导出台账: a list of cases as one file, asked for with a reason, made in the background, kept for a week.

The list's own conditions apply when it is asked for (how many there are), when it is made (what is written) and when
it is fetched (nobody takes out what they may no longer see). Names and telephones are masked unless somebody who
answers for the office says otherwise, and of sealed and confidential cases always.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, delete, func, literal, select, update

from access.actor import Work
from audit.services import record
from cases import ledger, policy, queries
from cases.models import Case
from cases.queries import Filter
from documents import parts
from documents.models import CaseExport
from documents.tables import MEDIA_TYPES
from kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from kernel.outbox import enqueue

TOPIC = "case.export"
KEPT_FOR = timedelta(days=7)
#: That there was an export is still shown in the asker's list; the log keeps it for good.
LISTED_FOR = timedelta(days=30)
MIN_REASON, MAX_REASON = 4, 200
#: Orders of one person that wait at the same time.
MAX_WAITING = 3
#: More would not be made within the time of a delivery on any machine; nobody reads it either.
MAX_ROWS = 2_000_000
#: Orders shown to their asker.
SHOWN = 50
_ID_BYTES = 16
#: Identifiers of one question to the database.
_ASKED = 16_384


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody asks for. ``told`` is the filter in words, as the list says it."""

    wanted: Filter
    told: str
    form: str
    columns: Sequence[str]
    reason: str
    clear: bool = False
    #: The asker's word that names and telephones are really needed.
    confirmed: bool = False


def ask(work: Work, order: Order) -> CaseExport:
    """Order a file of the cases that the actor sees under a filter.

    :raises ForbiddenError: for roles without a list, and for names in clear by those who may not decide that.
    :raises InvalidError: naming the fields: no reason, unknown format or columns, nothing found, too many.
    :raises ConflictError: while :data:`MAX_WAITING` orders of the same person are being made.
    """
    _may(work, clear=order.clear)
    checked = _checked(work, order)
    waiting = select(func.count()).where(
        CaseExport.tenant_id == work.tenant_id,
        CaseExport.asked_by == work.actor.user_id,
        CaseExport.status == "waiting",
    )
    if int(work.session.scalar(waiting) or 0) >= MAX_WAITING:
        raise ConflictError(f"您已有{MAX_WAITING}个导出正在生成，请等其中一个完成后再导出。")
    assert work.actor.user_id is not None
    now = work.clock.now()
    export = CaseExport(
        asked_by=work.actor.user_id,
        asked_name=work.actor.name,
        asked_at=now,
        wanted=ledger.stored(order.wanted),
        told=order.told,
        clear=order.clear,
        status="waiting",
        parts=[],
        members=[],
        expires_at=now + KEPT_FOR,
        **checked,
    )
    work.session.add(export)
    work.session.flush()
    note(work, "ask", export)
    enqueue(work.session, TOPIC, {"export": str(export.id)})
    return export


def _may(work: Work, *, clear: bool) -> None:
    if not policy.may_export(work.actor):
        raise ForbiddenError("您的角色不能导出信访件。")
    if clear and not policy.may_export_identities(work.actor):
        raise ForbiddenError("您的角色不能导出完整的姓名和电话，请由信访部门负责人或单位领导导出。")


def _checked(work: Work, order: Order) -> dict[str, Any]:
    problems: dict[str, str] = {}
    reason, columns = order.reason.strip(), ()
    if not MIN_REASON <= len(reason) <= MAX_REASON:
        problems["reason"] = f"请写明导出的理由（{MIN_REASON}至{MAX_REASON}个字）。"
    if order.form not in MEDIA_TYPES:
        problems["form"] = "请选择文件格式。"
    if order.clear and not order.confirmed:
        problems["confirmed"] = "导出完整的姓名和电话，请先确认确有必要，并由您负责保管。"
    try:
        columns = tuple(column.key for column in ledger.chosen(order.columns))  # type: ignore[assignment]
    except InvalidError as error:
        problems |= error.fields
    total = queries.count(work, order.wanted)
    if not total:
        problems["wanted"] = "没有符合条件的信访件，请返回修改条件后再导出。"
    elif total > MAX_ROWS:
        problems["wanted"] = f"符合条件的有{total}件，一次最多导出{MAX_ROWS}件，请缩小条件后分几次导出。"
    if problems:
        raise InvalidError(next(iter(problems.values())), fields=problems)
    return {"reason": reason, "form": order.form, "columns": list(columns), "total": total}


def own(work: Work) -> Sequence[CaseExport]:
    """The actor's own orders, newest first: another person's may hold what this one may not see."""
    statement = (
        select(CaseExport)
        .where(CaseExport.asked_by == work.actor.user_id)
        .order_by(CaseExport.asked_at.desc(), CaseExport.id.desc())
        .limit(SHOWN)
    )
    return work.session.scalars(statement).all()


def _own(work: Work, export_id: UUID) -> CaseExport:
    """:raises NotFoundError: for an order that is not there or somebody else's."""
    statement = select(CaseExport).where(CaseExport.id == export_id, CaseExport.asked_by == work.actor.user_id)
    found = work.session.scalars(statement).first()
    if found is None:
        raise NotFoundError
    return found


def open_one(work: Work, export_id: UUID) -> tuple[CaseExport, Iterator[bytes]]:
    """A made file for whoever ordered it, part by part, and an event that says that it was taken.

    The parts are read after this returns and need no transaction.

    :raises NotFoundError: when there is none of theirs, it is not made, or its week is over.
    :raises ForbiddenError: when the asker's rights are no longer those that the file needs.
    :raises ConflictError: when it holds a case that the asker may no longer see.
    """
    found = _own(work, export_id)
    if found.status != "ready" or found.expires_at <= work.clock.now():
        raise NotFoundError
    _may(work, clear=found.clear)
    hidden = _hidden(work, found)
    if hidden:
        raise ConflictError(f"这份文件中有{hidden}件您已无权查看（可能已改派或转为密件），不能下载，请重新导出。")
    stream = parts.read(work, found.parts)
    # The first part now: a store that is away is told in words and not by a download that breaks off.
    first = next(stream)
    note(work, "download", found)
    return found, _again(first, stream)


def _again(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _hidden(work: Work, export: CaseExport) -> int:
    """How many cases of a file the actor does not see any more."""
    hidden = 0
    for part in parts.read(work, export.members):
        ids = [UUID(bytes=part[at : at + _ID_BYTES]) for at in range(0, len(part), _ID_BYTES)]
        for at in range(0, len(ids), _ASKED):
            chunk = ids[at : at + _ASKED]
            seen = select(func.count()).where(
                Case.tenant_id == work.tenant_id,
                Case.id == any_(literal(chunk, ARRAY(Uuid()))),
                policy.visible(work.actor),
            )
            hidden += len(chunk) - int(work.session.scalar(seen) or 0)
    return hidden


def retry(work: Work, export_id: UUID) -> CaseExport:
    """Order a failed file again as it was asked for.

    :raises NotFoundError: when it is none of the actor's.
    :raises ForbiddenError: as :func:`ask`.
    :raises ConflictError: when it has not failed, or somebody was quicker.
    """
    found = _own(work, export_id)
    _may(work, clear=found.clear)
    values = {
        **{"status": "waiting", "problem": None, "lines": 0},
        "expires_at": work.clock.now() + KEPT_FOR,
    }
    if not _change(work, found, "failed", values):
        raise ConflictError("这份导出已在重新生成，请刷新页面查看。")
    note(work, "retry", found)
    enqueue(work.session, TOPIC, {"export": str(found.id)})
    return found


def remove(work: Work, export_id: UUID) -> None:
    """Take a made or failed file away before its week is over.

    :raises NotFoundError: when it is none of the actor's.
    :raises ConflictError: while it is being made, or when it is gone already.
    """
    found = _own(work, export_id)
    if found.status not in ("ready", "failed") or not _emptied(work, found):
        raise ConflictError("这份导出正在生成或已经删除，请刷新页面查看。")
    note(work, "remove", found)


def purge(work: Work) -> int:
    """Take away the tenant's files whose week is over; returns how many. Their blobs go with the next sweep."""
    now = work.clock.now()
    over = select(CaseExport).where(CaseExport.expires_at < now, CaseExport.status != "removed")
    gone = 0
    for found in work.session.scalars(over.limit(200)).all():
        if _emptied(work, found):
            note(work, "remove", found, expired=True)
            gone += 1
    old = now - LISTED_FOR
    work.session.execute(
        delete(CaseExport)
        .where(CaseExport.tenant_id == work.tenant_id, CaseExport.status == "removed", CaseExport.asked_at < old)
        .execution_options(synchronize_session=False)
    )
    return gone


def _emptied(work: Work, found: CaseExport) -> bool:
    return _change(work, found, found.status, {"status": "removed", "parts": [], "members": []})


def _change(work: Work, found: CaseExport, status: str, values: dict[str, Any]) -> bool:
    """Change an order that still has a status; of two at once one does."""
    done = work.session.execute(
        update(CaseExport)
        .where(CaseExport.tenant_id == work.tenant_id, CaseExport.id == found.id, CaseExport.status == status)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    work.session.refresh(found)
    return bool(done.rowcount)  # type: ignore[attr-defined]


def note(work: Work, what: str, export: CaseExport, **more: Any) -> None:
    """Put an event of an order on record: why, how many, which columns, under which filter, and no word of a case."""
    wanted = dict(export.wanted)
    if "q" in wanted:
        wanted["q"] = True  # what was looked for may be a word of a case
    record(
        work,
        f"export:{what}",
        subject_type="export",
        subject_id=export.id,
        data={
            "form": export.form,
            "reason": export.reason,
            "rows": export.total,
            "columns": list(export.columns),
            "filter": wanted,
            "clear": export.clear,
            **more,
        },
    )
