"""A union's own words in the code tables: shared entries renamed or taken out of forms, own entries added.

Only tables that forms and pages read can be changed (``house.CodeTable``). A code that was used once keeps its word
for ever: it is taken out of forms, not out of old files.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from access.actor import Work
from access.roles import Role
from audit.services import record
from kernel.db import TenantSession
from kernel.errors import InvalidError, NotFoundError
from kernel.ids import uuid7
from tenants.house import CodeLabel, CodeTable

MANAGERS = (Role.TENANT_ADMIN, Role.SYSTEM)
TABLES: dict[CodeTable, str] = {CodeTable.SUBJECT_TYPE: "信访人类别", CodeTable.DELIVERY: "送达方式"}
MAX_LABEL = 20
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_KEPT = "code_labels"


def _rows(session: TenantSession, table: CodeTable) -> Sequence[CodeLabel]:
    """Every row of the union once a session: a page asks for several tables and many words."""
    kept = session.info.get(_KEPT)
    if kept is None:
        kept = session.info[_KEPT] = session.scalars(
            select(CodeLabel).order_by(CodeLabel.position, CodeLabel.code)
        ).all()
    return [row for row in kept if row.table_name == table.value]


def words(session: TenantSession, table: CodeTable, shared: Mapping[Any, str]) -> dict[str, str]:
    """Every code's word as this union writes it, those out of use too: for reading files."""
    found = {str(code): word for code, word in shared.items()}
    return found | {row.code: row.label for row in _rows(session, table)}


def choices(session: TenantSession, table: CodeTable, shared: Mapping[Any, str]) -> dict[str, str]:
    """Codes that a form offers: shared ones in their order, then the union's own; without those out of use."""
    rows = _rows(session, table)
    closed = {row.code for row in rows if not row.active}
    found = {str(code): word for code, word in shared.items()} | {row.code: row.label for row in rows}
    return {code: word for code, word in found.items() if code not in closed}


def set_label(
    work: Work,
    *,
    table: str,
    code: str,
    label: str,
    active: bool = True,
    position: int = 0,
    label_id: UUID | None = None,
) -> CodeLabel:
    """Enter a word for a code, or change the entry with ``label_id``; its table and code then stay.

    :raises InvalidError: with one sentence a field.
    """
    work.actor.require(MANAGERS)
    row = _get(work, label_id) if label_id is not None else None
    if row is not None:
        table, code = row.table_name, row.code
    code, label = code.strip().lower(), label.strip()
    problems: dict[str, str] = {}
    if table not in set(CodeTable):
        problems["table_name"] = "请选择代码表。"
    if not _CODE.fullmatch(code):
        problems["code"] = "代码以小写字母开头，只用小写字母、数字和下划线，不超过40位。"
    if not 1 <= len(label) <= MAX_LABEL:
        problems["label"] = f"请填写名称，不超过{MAX_LABEL}个字。"
    if not 0 <= position <= 999:
        problems["position"] = "排序应为0至999之间的整数。"
    if problems:
        raise InvalidError("；".join(dict.fromkeys(problems.values())), fields=problems)
    before = told(row) if row is not None else {}
    row = row or CodeLabel(id=uuid7(), table_name=table, code=code)
    row.label, row.active, row.position = label, active, position
    try:
        with work.session.begin_nested():
            work.session.add(row)
            work.session.flush()
    except IntegrityError:
        sentence = f"代码“{code}”已有一条，请直接修改那一条。"
        raise InvalidError(sentence, fields={"code": sentence}) from None
    work.session.info.pop(_KEPT, None)
    if before != told(row):
        record(
            work,
            "code:set",
            subject_type="code",
            subject_id=row.id,
            data={"table": table, "code": code, "before": before, "after": told(row)},
        )
    return row


def remove(work: Work, label_id: UUID, shared: Mapping[Any, str]) -> None:
    """Give a shared code its shared word back. An own code stays, because old files may carry it.

    :raises InvalidError: for an own code; it can be taken out of use instead.
    """
    work.actor.require(MANAGERS)
    row = _get(work, label_id)
    if row.code not in shared:
        raise InvalidError("自定义的代码可能已用在信访件里，不能删除；可以把它停用。")
    before = told(row)
    work.session.delete(row)
    work.session.flush()
    work.session.info.pop(_KEPT, None)
    record(
        work,
        "code:remove",
        subject_type="code",
        subject_id=label_id,
        data={"table": row.table_name, "code": row.code, "before": before, "after": {}},
    )


def told(row: CodeLabel) -> dict[str, object]:
    """What an event keeps of an entry."""
    return {"label": row.label, "active": row.active, "position": row.position}


def _get(work: Work, label_id: UUID) -> CodeLabel:
    row = work.session.scalars(select(CodeLabel).where(CodeLabel.id == label_id).with_for_update()).first()
    if row is None:
        raise NotFoundError
    return row
