"""The nine roles and what each is called."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from kernel.errors import InvalidError


class Role(StrEnum):
    """A role that an account holds in its own tenant."""

    CLERK = "clerk"
    HANDLER = "handler"
    OFFICE_HEAD = "office_head"
    LEADER = "leader"
    SUPERVISOR = "supervisor"
    TENANT_ADMIN = "tenant_admin"
    SECURITY_ADMIN = "security_admin"
    AUDITOR = "auditor"
    PLATFORM_ADMIN = "platform_admin"
    #: The platform's own jobs; no account can hold it.
    SYSTEM = "system"


LABELS: dict[Role, str] = {
    Role.CLERK: "登记员",
    Role.HANDLER: "承办人",
    Role.OFFICE_HEAD: "信访部门负责人",
    Role.LEADER: "单位领导",
    Role.SUPERVISOR: "督办员",
    Role.TENANT_ADMIN: "租户管理员",
    Role.SECURITY_ADMIN: "安全管理员",
    Role.AUDITOR: "审计员",
    Role.PLATFORM_ADMIN: "平台管理员",
    Role.SYSTEM: "系统",
}

#: 三员分立 (GB/T 22239-2019 level 3, 8.1.5): no account holds two of these, and none of them reads a case.
THREE_ADMINS = frozenset({Role.TENANT_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR})

#: Roles that one administrator never hands out alone: they see sealed files, or they watch the others.
ELEVATED = THREE_ADMINS | {Role.LEADER, Role.OFFICE_HEAD}

#: The two who watch the one that keeps the accounts: that one cannot remove them alone.
WATCHERS = frozenset({Role.SECURITY_ADMIN, Role.AUDITOR})

#: Roles that work with petitions.
CASE_ROLES = frozenset({Role.CLERK, Role.HANDLER, Role.OFFICE_HEAD, Role.LEADER, Role.SUPERVISOR})

#: Roles that an ordinary tenant's administrator may hand out.
TENANT_ROLES = CASE_ROLES | THREE_ADMINS


def check_roles(roles: Iterable[Role], *, platform: bool) -> frozenset[Role]:
    """The set of roles, if one account may hold it.

    :raises InvalidError: for an empty set, two of the three administrators, an administrator who would also read
        cases, or a platform role in a tenant (and the other way round).
    """
    held = frozenset(roles)
    if not held:
        raise InvalidError("请至少选择一个角色。", fields={"roles": "请至少选择一个角色。"})
    if len(held & THREE_ADMINS) > 1:
        raise InvalidError(
            "租户管理员、安全管理员、审计员必须由不同的人担任（三员分立）。", fields={"roles": "三员分立"}
        )
    if held & (THREE_ADMINS | {Role.PLATFORM_ADMIN}) and held & CASE_ROLES:
        raise InvalidError("管理员不得接触信访件，不能同时担任业务角色。", fields={"roles": "管理员不得兼任业务角色"})
    allowed = frozenset({Role.PLATFORM_ADMIN}) if platform else TENANT_ROLES
    if held - allowed:
        raise InvalidError("该组织不能使用所选角色。", fields={"roles": "该组织不能使用所选角色"})
    return held
