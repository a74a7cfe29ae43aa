"""Who acts, and the unit of work that carries the actor through the services."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from access.roles import Role
from kernel.blobs import NO_FILES, Files
from kernel.bus import Bus
from kernel.clock import Clock
from kernel.crypto import FieldCipher
from kernel.db import TenantSession
from kernel.errors import ForbiddenError


@dataclass(frozen=True, slots=True)
class Actor:
    """A person at work in one tenant, or the system. ``user_id`` is ``None`` for the system only."""

    tenant_id: int
    user_id: UUID | None
    name: str
    roles: frozenset[Role]
    #: Colleagues who are absent today and whose cases this person works on meanwhile (代办).
    stands_in_for: frozenset[UUID] = frozenset()

    def is_or_stands_in_for(self, user_id: UUID | None) -> bool:
        """Whether this is the person, or the deputy of the person during an absence."""
        return user_id is not None and (user_id == self.user_id or user_id in self.stands_in_for)

    def holds(self, *roles: Role) -> bool:
        """Whether the actor has at least one of ``roles``."""
        return bool(self.roles & frozenset(roles))

    def require(self, roles: Iterable[Role]) -> None:
        """Refuse an actor with none of ``roles``.

        :raises ForbiddenError: naming nothing but the fact.
        """
        if not self.roles & frozenset(roles):
            raise ForbiddenError


def system_actor(tenant_id: int) -> Actor:
    """The platform's own hand in one tenant: timers and consumers. It has no powers beyond its table rows."""
    return Actor(tenant_id=tenant_id, user_id=None, name="系统", roles=frozenset({Role.SYSTEM}))


#: In whose name the log keeps what came through the worker's door.
OWN_HAND = "信访人（网上）"


def own_hand(tenant_id: int) -> Actor:
    """A petitioner at the worker's door: no account and no role of the staff, so that no act of theirs is a clerk's.

    It may what the platform itself may, and the door lets it come to one case only.
    """
    return Actor(tenant_id=tenant_id, user_id=None, name=OWN_HAND, roles=frozenset({Role.SYSTEM}))


@dataclass(frozen=True, slots=True)
class Work:
    """One transaction of one actor in one tenant; every service takes it first.

    Services flush; the edge that made the unit commits once.
    """

    session: TenantSession
    actor: Actor
    clock: Clock
    cipher: FieldCipher
    bus: Bus = field(default_factory=Bus)
    #: Where files lie and who scans them; a unit of work that touches no file has none.
    files: Files = NO_FILES

    def __post_init__(self) -> None:
        if self.session.tenant_id != self.actor.tenant_id:
            raise ForbiddenError

    @property
    def tenant_id(self) -> int:
        """The tenant of the session and of the actor."""
        return self.actor.tenant_id
