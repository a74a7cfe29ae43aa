"""The person behind a request as Flask-Login and Flask-AppBuilder want to see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from access.actor import Actor
from access.roles import LABELS, Role
from access.sessions import Standing


@dataclass(frozen=True, slots=True)
class Principal:
    """Made afresh at every request from a session that was just checked; never stored."""

    actor: Actor
    username: str
    slug: str
    tenant_name: str
    session_id: UUID
    must_change_password: bool
    #: The union's stored settings as the session check found them.
    settings: Mapping[str, Any] = field(default_factory=dict)
    settings_version: int = 0
    #: After a login: what the browser keeps to be told from strangers (``access.devices``).
    device: str = ""

    @classmethod
    def of(cls, standing: Standing, *, slug: str, tenant_name: str) -> Principal:
        """The principal of a checked session in its union."""
        return cls(
            actor=standing.actor,
            username=standing.username,
            slug=slug,
            tenant_name=tenant_name,
            session_id=standing.session_id,
            must_change_password=standing.must_change_password,
            settings=standing.settings,
            settings_version=standing.settings_version,
        )

    @property
    def id(self) -> str:
        """What the cookie and the token carry, see :func:`ticket`."""
        return ticket(self.actor.tenant_id, self.actor.user_id, self.session_id)

    def get_id(self) -> str:
        """The same, under Flask-Login's name."""
        return self.id

    @property
    def is_authenticated(self) -> bool:
        """A principal exists only for a session that was checked."""
        return True

    @property
    def is_active(self) -> bool:
        """Inactive accounts have no principal."""
        return True

    @property
    def is_anonymous(self) -> bool:
        """Anonymous people have no principal."""
        return False

    @property
    def first_name(self) -> str:
        """The whole name: Flask-AppBuilder's templates print first and last name after each other."""
        return self.actor.name

    @property
    def last_name(self) -> str:
        """Nothing, because Chinese names are not written in two fields."""
        return ""

    @property
    def email(self) -> str:
        """Accounts have no e-mail address."""
        return ""

    def get_full_name(self) -> str:
        """The name as people write it."""
        return self.actor.name

    @property
    def roles(self) -> list[Role]:
        """Roles in a fixed order."""
        return sorted(self.actor.roles)

    @property
    def role_labels(self) -> list[str]:
        """What the roles are called."""
        return [LABELS[role] for role in self.roles]


def ticket(tenant_id: int, user_id: UUID | None, session_id: UUID) -> str:
    """``tenant.user.session``: where to look the session up. It is signed by whoever carries it."""
    return f"{tenant_id}.{user_id.hex if user_id else ''}.{session_id.hex}"


def read_ticket(text: str) -> tuple[int, UUID, UUID] | None:
    """The parts of a ticket, or ``None`` for anything else."""
    parts = text.split(".")
    if len(parts) != 3 or not parts[0].isdecimal():
        return None
    try:
        return int(parts[0]), UUID(hex=parts[1]), UUID(hex=parts[2])
    except ValueError:
        return None
