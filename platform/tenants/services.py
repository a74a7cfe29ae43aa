"""Found a union and put it in the tree. Run by the platform only: row-level security refuses anybody else."""

from __future__ import annotations

import re

from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import IntegrityError

from access.actor import Work
from access.roles import Role
from audit.services import record
from kernel.errors import InvalidError
from tenants import queries
from tenants.models import Kind, Tenant, TenantClosure

_SLUG = re.compile(r"[a-z0-9](-?[a-z0-9]){1,39}")
#: Serialises onboarding, so that two new unions cannot take one number.
_ONBOARDING_LOCK = 7_301_001


def create(
    work: Work,
    *,
    slug: str,
    name: str,
    kind: Kind,
    code: str,
    parent_slug: str | None = None,
    short_name: str | None = None,
    region: str = "",
    members: int = 0,
    credit_code: str | None = None,
) -> Tenant:
    """Found a union below ``parent_slug`` (or as a root) and record it in the platform's log.

    Costs the same at any size of federation: one row, one closure row for each ancestor.

    :raises ForbiddenError: for anybody but the platform's administrator or the system.
    :raises InvalidError: for a malformed or taken slug, a missing parent or a taken credit code.
    """
    work.actor.require((Role.PLATFORM_ADMIN, Role.SYSTEM))
    session = work.session
    if not _SLUG.fullmatch(slug):
        raise InvalidError("组织标识只能用小写字母、数字和短横线，2 至 40 位。", fields={"slug": "标识格式不正确"})
    if not name.strip() or not code.strip():
        raise InvalidError("组织名称和机关代字不能为空。", fields={"name": "必填", "code": "必填"})
    session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _ONBOARDING_LOCK})
    above = queries.by_slug(session, parent_slug) if parent_slug else None
    if parent_slug and (above is None or above.status == "closed"):
        raise InvalidError(f"上级组织“{parent_slug}”不存在或已关闭。", fields={"parent": "上级组织不存在"})
    if queries.by_slug(session, slug) is not None:
        raise InvalidError(f"组织标识“{slug}”已被使用。", fields={"slug": "已被使用"})
    number = session.execute(select(func.coalesce(func.max(Tenant.id), 0))).scalar_one() + 1
    tenant = Tenant(
        id=number,
        slug=slug,
        name=name.strip(),
        short_name=(short_name or name).strip(),
        kind=kind.value,
        code=code.strip(),
        credit_code=credit_code,
        region=region,
        parent_id=above.id if above else None,
        level=above.level + 1 if above else 1,
        members=members,
    )
    session.add(tenant)
    try:
        session.flush()
    except IntegrityError:
        raise InvalidError("统一社会信用代码已被其他组织使用。", fields={"credit_code": "已被使用"}) from None
    line = queries.ancestor_ids(session, above.id) if above else []
    rows = [{"ancestor_id": number, "descendant_id": number, "depth": 0}] + [
        {"ancestor_id": ancestor, "descendant_id": number, "depth": depth + 1} for depth, ancestor in enumerate(line)
    ]
    session.execute(insert(TenantClosure), rows)
    record(work, "tenant:create", subject_type="tenant", data={"tenant": number, "slug": slug, "name": tenant.name})
    return tenant
