"""Make an ordered list (导出台账): one snapshot read from front to back, into sealed parts of the blob store.

A delivery may take a minute. Reading and writing are one pass with one batch in memory, so that the snapshot is one:
a file that is made over several deliveries would mix moments. What does not fit into the time is refused in words.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import update

from access import absence
from access import queries as accounts
from access.actor import Actor, Work
from access.models import User
from archives import listings
from archives.lines import batches
from cases import ledger, policy, queries
from documents.commas import CommaWriter
from documents.models import CaseExport
from documents.parts import PartWriter
from documents.tables import About, Field, Writer
from documents.workbooks import WorkbookWriter
from kernel import outbox
from kernel.clock import CHINA
from kernel.errors import ForbiddenError, LianxinError, UnavailableError
from kernel.outages import TRANSIENT
from notices.services import post
from tenants import queries as tenants

log = logging.getLogger(__name__)

#: Seconds of one delivery, well below the worker's limit for a job.
MOST_SECONDS = 45.0
#: Seconds between two words about how far it is.
TELL_SECONDS = 1.0
TITLE = "信访台账"
LINK = "/cases/exports"


class TooSlowError(LianxinError):
    """The file would take longer than a delivery may."""

    code = "too_slow"

    def __init__(self, done: int, total: int) -> None:
        super().__init__(
            f"件数较多，系统在规定时间内只写了{done}件（共{total}件），文件没有生成。"
            "请缩小条件（例如按登记日期分段）后重新导出，或在系统空闲时重试。"
        )


def make(work: Work, payload: Mapping[str, Any]) -> None:
    """Consumer of ``case.export``: make one file, or put down in words why there is none.

    The asker's roles and the list's conditions are those of this moment, not of the order's.
    """
    # Not locked: how far it is is written beside this transaction. A second delivery waits at its inbox row.
    export = work.session.get(CaseExport, (work.tenant_id, UUID(payload["export"])))
    if export is None or export.status != "waiting":
        return
    try:
        _make(work, export)
    except TRANSIENT:
        raise  # the database is away: the message comes again, as when the store is
    except UnavailableError:
        raise
    except LianxinError as error:
        _fail(work, export, error.message)
    except Exception as error:
        # The class only: a message may quote a name.
        log.error("导出台账（组织 %s）失败：%s", work.tenant_id, type(error).__name__)
        _fail(work, export, "生成文件时出错，没有生成。请重试；仍不成功请联系平台管理员。")


def _make(work: Work, export: CaseExport) -> None:
    until, told_at = time.monotonic() + MOST_SECONDS, time.monotonic()
    asker = _asker(work, export)
    columns, wanted = ledger.chosen(export.columns), ledger.restored(export.wanted)
    file, members = PartWriter(work), PartWriter(work)
    with work.session.beside(snapshot=True) as session:
        reader = replace(asker, session=session)
        total = queries.count(reader, wanted)
        about = about_of(work, export, columns, total)
        writer = writer_of(export.form, [column.field for column in columns], about, file)
        done = 0
        try:
            for batch in batches(reader, wanted, columns, clear=export.clear):
                writer.rows(batch.rows)
                members.write(b"".join(case_id.bytes for case_id in batch.ids))
                done += len(batch.ids)
                now = time.monotonic()
                if now > until:
                    raise TooSlowError(done, total)
                if now > told_at + TELL_SECONDS:
                    told_at = now
                    _tell_progress(work, export, done, total)
            writer.finish()
        except BaseException:
            file.abandon()
            writer.abandon()
            raise
    digest = file.finish()
    members.finish()
    export.status, export.lines, export.total, export.problem = "ready", done, total, None
    export.parts, export.members = file.keys, members.keys
    export.size, export.digest, export.cut = file.size, digest, len(writer.cuts)
    export.made_at = work.clock.now()
    export.expires_at = export.made_at + listings.KEPT_FOR
    work.session.flush()
    listings.note(work, "make", export, sha256=digest, size=file.size, cut=export.cut)
    _notify(work, export, "导出的台账已生成，可以下载")


def _asker(work: Work, export: CaseExport) -> Work:
    """The unit of work with the eyes of the person who ordered, as they are now.

    :raises ForbiddenError: when the account is closed or has lost the role.
    """
    session, user_id = work.session, export.asked_by
    user = session.get(User, (work.tenant_id, user_id))
    if user is None or not user.active:
        raise ForbiddenError("申请人的账号已停用，文件没有生成。")
    absent = absence.stands_in_for(session, user_id, work.clock.now())
    actor = Actor(work.tenant_id, user_id, export.asked_name, accounts.roles_of(session, user_id), absent)
    if not policy.may_export(actor) or (export.clear and not policy.may_export_identities(actor)):
        raise ForbiddenError("您的角色已变化，不能再导出这些内容，文件没有生成。")
    return replace(work, actor=actor)


def writer_of(form: str, fields: Sequence[Field], about: About, file: PartWriter) -> Writer:
    """The writer of a format."""
    return CommaWriter(file.write, fields, about) if form == "csv" else WorkbookWriter(file, fields, about)


def about_of(work: Work, export: CaseExport, columns: tuple[ledger.Column, ...], total: int) -> About:
    """What stands on the file: the watermark with union, person, moment and reason, and the conditions in words."""
    union = tenants.get(work.session, work.tenant_id).name
    moment = f"{work.clock.now().astimezone(CHINA):%Y-%m-%d %H:%M}"
    stamp = f"{union}　{export.asked_name}　{moment}导出　理由：{export.reason}"
    shown = "完整显示（要求保密和检举控告的信访件仍遮盖）" if export.clear else "已遮盖"
    notes = (("条件", export.told), ("姓名和电话", shown))
    named = next(place for place, column in enumerate(columns) if column.key == "number")
    return About(TITLE, stamp, notes, total, named=named)


def _tell_progress(work: Work, export: CaseExport, done: int, total: int) -> None:
    """In a transaction of its own, so that the asker sees it while the file is being made."""
    with work.session.beside() as session:
        session.execute(
            update(CaseExport)
            .where(CaseExport.tenant_id == work.tenant_id, CaseExport.id == export.id)
            .values(lines=done, total=total)
            .execution_options(synchronize_session=False)
        )
        outbox.working(session, listings.TOPIC, {"export": str(export.id)})


def _fail(work: Work, export: CaseExport, problem: str) -> None:
    export.status, export.problem = "failed", problem
    work.session.flush()
    listings.note(work, "fail", export)
    _notify(work, export, "台账没有导出成功")


def _notify(work: Work, export: CaseExport, title: str) -> None:
    post(work.session, kind="export", title=title, link=LINK, user_id=export.asked_by)
