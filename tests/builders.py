"""Builders of a small federation, for tests that need one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from argon2 import PasswordHasher

from access.absence import stands_in_for
from access.actor import Actor, Work, system_actor
from access.models import User
from access.queries import roles_of
from access.roles import Role
from cases.intake import NewCase, NewParty, register
from cases.leaving import SUBSCRIPTIONS as LEAVING
from cases.models import Case
from cases.services import perform
from kernel.blobs import files_of
from kernel.bus import Bus
from kernel.clock import FixedClock
from kernel.crypto import FieldCipher
from kernel.db import PLATFORM_TENANT, Database
from kernel.settings import Settings
from measures.services import SUBSCRIPTIONS as COUNTING
from tenants.accounts import create_user
from tenants.models import Kind
from tenants.services import create

#: argon2 is slow on purpose. Parameters travel with the hash, so an account whose hash was made with the least of
#: them logs in by the same code in no time; what the platform itself hashes with is tests/access/test_passwords.py's.
cached_hash = lru_cache(maxsize=4)(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash)

PASSWORD = "Lianxin-Test-2026"
STAFF: dict[str, tuple[str, tuple[Role, ...]]] = {
    "clerk": ("测试登记员", (Role.CLERK,)),
    "handler": ("测试承办人", (Role.HANDLER,)),
    "head": ("测试负责人", (Role.OFFICE_HEAD,)),
    "leader": ("测试领导", (Role.LEADER,)),
    "supervisor": ("测试督办员", (Role.SUPERVISOR,)),
    "admin": ("测试管理员", (Role.TENANT_ADMIN,)),
    "security": ("测试安全员", (Role.SECURITY_ADMIN,)),
    "auditor": ("测试审计员", (Role.AUDITOR,)),
}
UNIONS = (
    ("city", "测试市总工会", Kind.FEDERATION, "测总工信", None),
    ("east", "东区总工会", Kind.FEDERATION, "东总工信", "city"),
    ("west", "西区总工会", Kind.FEDERATION, "西总工信", "city"),
    ("street", "东一街道工会联合会", Kind.GRASSROOTS_FEDERATION, "东一工信", "east"),
)


class Federation:
    """Unions by slug, people by ``name@slug``, and units of work as any of them."""

    def __init__(self, database: Database, settings: Settings, moment: datetime) -> None:
        self.database = database
        self.settings = settings
        self.cipher = FieldCipher(settings.data_keys)
        self.clock = FixedClock(moment)
        self.bus = Bus(COUNTING, LEAVING)
        self.files = files_of(settings)
        self.ids: dict[str, int] = {"platform": PLATFORM_TENANT}
        self.users: dict[str, User] = {}
        for slug, name, kind, code, above in UNIONS:
            with self.work_as_system("platform") as work:
                self.ids[slug] = create(work, slug=slug, name=name, kind=kind, code=code, parent_slug=above).id
            with self.work_as_system(slug) as work:
                for username, (display, roles) in STAFF.items():
                    self.users[f"{username}@{slug}"] = create_user(
                        work,
                        username=username,
                        display_name=display,
                        password=PASSWORD,
                        roles=roles,
                        must_change_password=False,
                        hasher=cached_hash,
                    )
        with self.work_as_system("platform") as work:
            self.users["root@platform"] = create_user(
                work,
                username="root",
                display_name="测试平台管理员",
                password=PASSWORD,
                roles=(Role.PLATFORM_ADMIN,),
                must_change_password=False,
                hasher=cached_hash,
            )

    def actor(self, login: str) -> Actor:
        """The actor behind ``name@slug``."""
        user = self.users[login]
        with self.database.transaction(user.tenant_id) as session:
            absent = stands_in_for(session, user.id, self.clock.now())
            return Actor(user.tenant_id, user.id, user.display_name, roles_of(session, user.id), absent)

    @contextmanager
    def work(self, login: str) -> Iterator[Work]:
        """A committed unit of work of a person."""
        actor = self.actor(login)
        with self.database.transaction(actor.tenant_id) as session:
            yield Work(session, actor, self.clock, self.cipher, self.bus, self.files)

    @contextmanager
    def work_as_system(self, slug: str) -> Iterator[Work]:
        """A committed unit of work of the system in one tenant."""
        tenant = self.ids[slug]
        with self.database.transaction(tenant) as session:
            yield Work(session, system_actor(tenant), self.clock, self.cipher, self.bus, self.files)

    def register(self, login: str = "clerk@street", **changes: Any) -> Case:
        """A registered case with one petitioner."""
        fields: dict[str, Any] = {
            "channel": "visit",
            "title": "反映三个月工资未发",
            "content": "单位自去年十二月起未发工资，多次讨要未果。",
            "received_on": date(2026, 3, 2),
            "parties": (
                NewParty(name="测试甲", phone="13800001111"),
                NewParty(role="respondent", organisation="测试厂"),
            ),
        }
        with self.work(login) as work:
            return register(work, NewCase(**(fields | changes)))

    def act(self, login: str, number: str, action: str, **data: Any) -> Case:
        """Perform one action as a person, committed."""
        with self.work(login) as work:
            return perform(work, number, action, data)

    def accepted(self, slug: str = "street", **changes: Any) -> Case:
        """A case that was triaged and accepted, in the hands of the union's handler."""
        case = self.register(f"clerk@{slug}", **changes)
        self.act(f"clerk@{slug}", case.number, "triage", purpose="request", category="01.01", tier="ordinary")
        return self.act(f"head@{slug}", case.number, "accept", assignee=str(self.users[f"handler@{slug}"].id))

    def decided(self, slug: str = "street") -> Case:
        """A case with a written opinion."""
        case = self.accepted(slug)
        return self.act(
            f"handler@{slug}",
            case.number,
            "decide",
            facts="经核实，单位确实拖欠三个月工资。",
            basis="《劳动法》第五十条",
            opinions={"1": {"opinion": "support", "finding": "督促单位十日内补发。"}},
        )
