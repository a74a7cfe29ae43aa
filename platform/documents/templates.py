"""A union's own templates (文书模板): texts with fields such as ``{{编号}}``, in versions, checked before they count.

The body of a template, a draft and a paper has one form: ``[{"heading": str | None, "text": str}]``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.exc import IntegrityError

from access.actor import Work
from access.roles import Role
from audit.services import record
from documents.models import DocumentTemplate
from kernel.db import TenantSession
from kernel.errors import ConflictError, InvalidError

Body = list[dict[str, Any]]

FIELD = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
#: A field that begins so is a blank for the person who writes the paper, and has no value of its own.
BLANK = "请填写"
MAX_PARAGRAPHS, MAX_TITLE, MAX_HEADING, MAX_TEXT = 40, 60, 40, 10_000
EDITORS = (Role.TENANT_ADMIN,)


@dataclass(frozen=True, slots=True)
class Own:
    """The union's template of one kind that counts now; version 0 without a body is the platform's default."""

    version: int
    title: str | None
    body: Body | None
    changed_by: UUID | None = None


def fields_in(body: Sequence[Mapping[str, Any]]) -> list[str]:
    """Names of the fields of a text in the order in which they stand."""
    texts = (f"{part.get('heading') or ''}\n{part.get('text') or ''}" for part in body)
    return [name for text in texts for name in FIELD.findall(text)]


def fill(body: Sequence[Mapping[str, Any]], values: Mapping[str, str]) -> Body:
    """The text with every field that has a value; the others stay as they are. A paragraph left empty goes."""
    filled = [
        {"heading": _fill(str(part.get("heading") or ""), values) or None, "text": _fill(str(part["text"]), values)}
        for part in body
    ]
    return [part for part in filled if str(part["text"]).strip()]


def _fill(text: str, values: Mapping[str, str]) -> str:
    return FIELD.sub(lambda found: values.get(found.group(1), found.group(0)), text)


def check(title: str, body: Sequence[Mapping[str, Any]]) -> tuple[str, Body]:
    """Title and paragraphs, cleaned.

    :raises InvalidError: for what is missing or too long, and for braces that open and do not close.
    """
    problems: dict[str, str] = {}
    cleaned_title = title.strip()
    if not 2 <= len(cleaned_title) <= MAX_TITLE:
        problems["title"] = f"文书标题应为2至{MAX_TITLE}个字。"
    cleaned: Body = []
    for part in body:
        heading, text = str(part.get("heading") or "").strip(), str(part.get("text") or "").strip()
        if not heading and not text:
            continue
        place = len(cleaned)
        if not text:
            problems[f"text.{place}"] = f"“{heading}”下面还没有正文；不需要这一段的，请把小标题也删去。"
        elif len(heading) > MAX_HEADING or len(text) > MAX_TEXT:
            problems[f"text.{place}"] = f"小标题不能超过{MAX_HEADING}个字，正文不能超过{MAX_TEXT}个字。"
        elif "{{" in FIELD.sub("", heading + text) or "}}" in FIELD.sub("", heading + text):
            problems[f"text.{place}"] = "字段的大括号不成对：字段写作 {{编号}}。"
        cleaned.append({"heading": heading or None, "text": text})
    if not cleaned:
        problems["text.0"] = "请至少写一段正文。"
    elif len(cleaned) > MAX_PARAGRAPHS:
        problems["text.0"] = f"最多{MAX_PARAGRAPHS}段，请合并后再保存。"
    if problems:
        raise InvalidError("；".join(dict.fromkeys(problems.values())), fields=problems)
    return cleaned_title, cleaned


def check_fields(body: Body, *, known: Collection[str], required: Collection[str] = ()) -> None:
    """Whether every field is known, and every one that the law wants on the paper is there.

    :raises InvalidError: naming the unknown field and all that may be used, or the missing one.
    """
    used = fields_in(body)
    unknown = [name for name in dict.fromkeys(used) if name not in known and not name.startswith(BLANK)]
    if unknown:
        names = "、".join(f"{{{{{name}}}}}" for name in unknown)
        usable = "、".join(known)
        raise InvalidError(
            f"没有这些字段：{names}。可以使用的字段：{usable}；需要办理人填写的空格写作 {{{{{BLANK}：内容}}}}。",
            fields={"text.0": f"没有字段{names}"},
        )
    missing = [name for name in required if name not in used]
    if missing:
        names = "、".join(f"{{{{{name}}}}}" for name in missing)
        raise InvalidError(f"这种文书必须写明：{names}，请保留这些字段。", fields={"text.0": f"缺少字段{names}"})


def own_of(session: TenantSession, kind: str) -> Own:
    """The union's newest version of one kind."""
    statement = (
        select(DocumentTemplate)
        .where(DocumentTemplate.kind == kind)
        .order_by(DocumentTemplate.version.desc())
        .limit(1)
    )
    found = session.scalars(statement).first()
    return Own(found.version, found.title, found.body, found.changed_by) if found else Own(0, None, None)


def changed_kinds(session: TenantSession) -> dict[str, int]:
    """Kinds for which the union's own text counts now, with its version."""
    statement = (
        select(DocumentTemplate.kind, DocumentTemplate.version, DocumentTemplate.title)
        .where(DocumentTemplate.tenant_id == session.tenant_id)
        .ext(distinct_on(DocumentTemplate.kind))
        .order_by(DocumentTemplate.kind, DocumentTemplate.version.desc())
    )
    return {row.kind: row.version for row in session.execute(statement) if row.title is not None}


def save(work: Work, kind: str, title: str | None, body: Body | None, *, version: int) -> DocumentTemplate:
    """Add the next version after ``version``, the one that the editor saw; ``None`` goes back to the default.

    Text and fields were checked by the caller, who knows the kind.

    :raises ForbiddenError: for anybody but the union's administrator.
    :raises ConflictError: when somebody saved meanwhile.
    """
    work.actor.require(EDITORS)
    made = DocumentTemplate(
        kind=kind,
        version=version + 1,
        title=title,
        body=body,
        changed_by=work.actor.user_id,
        changed_at=work.clock.now(),
    )
    if own_of(work.session, kind).version != version:
        raise ConflictError
    try:
        with work.session.begin_nested():
            work.session.add(made)
            work.session.flush()
    except IntegrityError:
        raise ConflictError from None
    told = {"kind": kind, "version": made.version, "default": body is None}
    record(work, "template:save", subject_type="template", subject_id=made.id, data=told)
    return made
