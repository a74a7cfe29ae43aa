"""What is told about a union, changed after its founding: by the platform everything, by the union its own face.

The union's name in the address and on papers that were issued stays as it was written; lists show the new one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from access.actor import Work
from access.roles import Role
from audit.services import record
from kernel.db import PLATFORM_TENANT, TenantSession
from kernel.errors import ConflictError, InvalidError, NotFoundError
from tenants import queries, tree
from tenants.models import Kind, Tenant, TenantClosure
from tenants.services import Particulars

#: How a union appears to people: its own administrator may change it.
FACE = ("short_name", "seal_text", "portal_colour", "address", "phone", "hours")
#: What the platform keeps. The slug, the first line (``tenants.moving``) and 机关代字 are not among them: addresses,
#: figures and numbers that were given out hang on them.
KEPT = ("name", "kind", "region", "members", "credit_code", "second_parent_slug")
FIELDS = (*KEPT, *FACE)
CHANGERS = (Role.PLATFORM_ADMIN, Role.SYSTEM)
_CONFLICT = "其他管理员刚刚修改了这个组织的资料，请刷新后再改；您填写的内容仍保留在页面上。"


def told(session: TenantSession, tenant: Tenant) -> Particulars:
    """A union's present particulars."""
    lines = {
        "parent_slug": queries.get(session, tenant.parent_id).slug if tenant.parent_id is not None else None,
        "second_parent_slug": (
            queries.get(session, tenant.second_parent_id).slug if tenant.second_parent_id is not None else None
        ),
    }
    values = {one.name: getattr(tenant, one.name) for one in fields(Particulars) if one.name not in lines}
    return Particulars(**(values | lines | {"kind": Kind(tenant.kind)}))


def stamp(now: Particulars) -> str:
    """What a form carries, to notice that somebody else changed the union meanwhile."""
    text = "\x1f".join(str(getattr(now, name)) for name in FIELDS)
    return sha256(text.encode()).hexdigest()[:16]


def change(
    work: Work, slug: str, changes: Mapping[str, Any], *, only: Iterable[str] = FIELDS, drawn_from: str | None = None
) -> Tenant:
    """Change some of a union's particulars; one event keeps before and after of each that really changed.

    Values are those of :class:`tenants.services.Particulars`; ``only`` narrows what may be among them. A new name
    takes a short name and a 落款 along that said the old one.

    :raises ForbiddenError: for anybody but the platform's administrator or the system.
    :raises NotFoundError: when there is no such union.
    :raises InvalidError: with a sentence a field, all of them at once; nothing is written.
    :raises ConflictError: when somebody changed the union since ``drawn_from``, or took the credit code meanwhile.
    """
    work.actor.require(CHANGERS)
    unknown = set(changes) - set(only)
    if unknown:
        raise InvalidError("这些资料不能在这里修改。", fields=dict.fromkeys(sorted(unknown), "不能在这里修改"))
    session = work.session
    tree.lock(session)
    tenant = _locked(session, slug)
    before = told(session, tenant)
    if drawn_from is not None and drawn_from != stamp(before):
        raise ConflictError(_CONFLICT)
    after = _followed(before, replace(before, **changes))
    problems = {name: word for name, word in after.problems().items() if name in FIELDS}
    beside, sentence = _second_line(session, tenant, after)
    if sentence:
        problems["second_parent"] = sentence
    if after.credit_code is not None and _taken(session, tenant, after.credit_code):
        # Which union has it is not told to anybody but the platform, which can look it up.
        problems["credit_code"] = "统一社会信用代码已被其他组织使用，请核对"
    if problems:
        raise InvalidError("；".join(dict.fromkeys(problems.values())) + "。", fields=problems)
    changed = [name for name in FIELDS if getattr(before, name) != getattr(after, name)]
    if not changed:
        return tenant
    for name in changed:
        if name == "second_parent_slug":
            tenant.second_parent_id = beside.id if beside is not None else None
        else:
            setattr(tenant, name, after.kind.value if name == "kind" else getattr(after, name))
    try:
        session.flush()
    except IntegrityError:
        raise ConflictError(_CONFLICT) from None
    record(
        work,
        "tenant:particulars",
        subject_type="tenant",
        data={"tenant": tenant.id, "slug": slug, **differences(before, after)},
    )
    return tenant


def _followed(before: Particulars, after: Particulars) -> Particulars:
    if after.name == before.name:
        return after
    follows: dict[str, Any] = {}
    if after.short_name == replace(before, short_name=None).short_name:
        follows["short_name"] = None
    if after.seal_text == before.name:
        follows["seal_text"] = after.name
    return replace(after, **follows)


def differences(before: Particulars, after: Particulars) -> dict[str, dict[str, Any]]:
    """What an event keeps: before and after of each field that differs."""
    changed = [name for name in FIELDS if getattr(before, name) != getattr(after, name)]
    return {
        "before": {name: getattr(before, name) for name in changed},
        "after": {name: getattr(after, name) for name in changed},
    }


def _locked(session: TenantSession, slug: str) -> Tenant:
    tenant = session.scalars(
        select(Tenant).where(Tenant.slug == slug).with_for_update().execution_options(populate_existing=True)
    ).first()
    if tenant is None or tenant.id == PLATFORM_TENANT:
        raise NotFoundError(f"没有标识为“{slug}”的组织。")
    if tenant.status == "closed":
        raise InvalidError(f"“{tenant.name}”已关闭，资料不能再改。", fields={"name": "该组织已关闭，资料不能再改"})
    return tenant


def _taken(session: TenantSession, tenant: Tenant, code: str) -> bool:
    same = select(Tenant.id).where(Tenant.credit_code == code, Tenant.id != tenant.id)
    return session.scalars(same).first() is not None


def _second_line(session: TenantSession, tenant: Tenant, after: Particulars) -> tuple[Tenant | None, str]:
    """The union of the second line, and why it cannot be that."""
    if after.second_parent_slug is None:
        return None, ""
    beside = queries.by_slug(session, after.second_parent_slug)
    if beside is None or beside.id == PLATFORM_TENANT or beside.status == "closed":
        return None, f"第二上级“{after.second_parent_slug}”不存在或已关闭"
    if beside.id == tenant.second_parent_id:
        return beside, ""
    return beside, _unfit(session, tenant, beside)


def _unfit(session: TenantSession, tenant: Tenant, beside: Tenant) -> str:
    if beside.status != "active":
        return f"“{beside.name}”已停用，不能作为第二上级"
    if tenant.parent_id is None or beside.id in (tenant.id, tenant.parent_id):
        return "第二上级应是上级组织以外的另一个组织，没有上级的组织不设第二上级"
    below = select(TenantClosure.descendant_id).where(TenantClosure.ancestor_id == tenant.id)
    line = select(TenantClosure.ancestor_id).where(TenantClosure.descendant_id == beside.id)
    crossed = session.scalars(
        select(Tenant.name).where(Tenant.id.in_(line), (Tenant.id.in_(below)) | (Tenant.second_parent_id.in_(below)))
    ).first()
    return f"“{crossed}”在“{tenant.name}”之下，设为第二上级会形成循环" if crossed is not None else ""
