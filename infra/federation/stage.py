"""Where the demo's people act: one step a transaction, at its own moment, through the services that pages use.

A step is kept in the union's inbox under a name of its own, in the transaction of its effect, so that a run that was
killed goes on with the next step and a second run finds nothing to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import event, exists, select

from access.actor import Actor, Work, system_actor
from access.models import User
from access.queries import roles_of
from audit.models import AuditEvent
from calendars.deadlines import UnknownYearError
from calendars.workdays import LIBRARY
from cases.leaving import SUBSCRIPTIONS as LEAVING
from cases.models import Case, CaseClock, Party
from cases.rules import ClockKind, PartyRole
from cases.workflow import Status
from dispatches.models import Letter
from infra.federation.plan import Almanac
from kernel import outbox
from kernel.bus import Bus
from kernel.clock import CHINA, FixedClock
from kernel.crypto import FieldCipher
from kernel.db import Database, TenantSession
from kernel.outbox import InboxMessage, OutboxMessage
from measures.services import SUBSCRIPTIONS as COUNTING
from notices.models import Notice
from worker.topics import handler_of

#: What the relay and the worker take in life.
_ON_THE_WAY = timedelta(seconds=40)


@dataclass(frozen=True, slots=True)
class When:
    """A moment of the demo's last weeks: so many working days before today, at a time of day."""

    back: int
    at: str = "10:00"


class Stage:
    """Unions, their people and the last working days."""

    def __init__(self, database: Database, cipher: FieldCipher, ids: Mapping[str, int], today: date) -> None:
        self.database, self.cipher, self.ids, self.today = database, cipher, ids, today
        self._days = Almanac(today).days
        self._bus = Bus(COUNTING, LEAVING)
        self._people: dict[str, Actor] = {}

    def day(self, back: int) -> date:
        """The working day that lies ``back`` working days before today; 1 is the last one."""
        return self._days[-back]

    def moment(self, when: When) -> datetime:
        """A moment in Chinese time."""
        return datetime.combine(self.day(when.back), time.fromisoformat(when.at), tzinfo=CHINA)

    def knows_year(self, day: date) -> bool:
        """Whether working days can be counted there: the state publishes a year's holidays in the autumn before."""
        try:
            LIBRARY.is_workday(day)
        except UnknownYearError:
            return False
        return True

    def step(self, name: str, who: str, when: When, act: Callable[[Work], object]) -> None:
        """Let ``who`` (``login@slug``, or ``@slug`` for the system) do something, once."""
        login, _, slug = who.partition("@")
        tenant, key = self.ids[slug], _key(name, who)
        with self._work(tenant, login, self.moment(when)) as work:
            if outbox.take(work.session, key):
                act(work)

    def happened(self, name: str, who: str) -> bool:
        """Whether a step is done."""
        with self.database.transaction(self.ids[who.partition("@")[2]]) as session:
            return (
                session.scalars(select(InboxMessage.id).where(InboxMessage.id == _key(name, who))).first() is not None
            )

    def deliver(self, slugs: Iterable[str], when: When) -> None:
        """Bring what waits for these unions to its effect, as the worker would have within a minute."""
        for slug in slugs:
            tenant = self.ids[slug]
            while waiting := self._waiting(tenant):
                for message_id in waiting:
                    self._deliver(tenant, message_id, self.moment(when) + _ON_THE_WAY)

    def _waiting(self, tenant: int) -> list[UUID]:
        with self.database.transaction(tenant) as session:
            statement = select(OutboxMessage.id).where(OutboxMessage.done_at.is_(None)).order_by(OutboxMessage.id)
            return list(session.scalars(statement))

    def _deliver(self, tenant: int, message_id: UUID, at: datetime) -> None:
        with self._work(tenant, "", at) as work:
            message = outbox.find(work.session, message_id)
            assert message is not None
            if outbox.take(work.session, message_id):
                handler_of(message.topic)(work, message.payload)
                work.session.flush()
            outbox.acknowledge(work.session, message_id)

    @contextmanager
    def _work(self, tenant: int, login: str, at: datetime) -> Iterator[Work]:
        with self.database.transaction(tenant) as session:
            _date_notices(session, at)
            actor = self._actor(session, tenant, login) if login else system_actor(tenant)
            yield Work(session, actor, FixedClock(at), self.cipher, self._bus)

    def _actor(self, session: TenantSession, tenant: int, login: str) -> Actor:
        known = f"{login}@{tenant}"
        if known not in self._people:
            user = session.scalars(select(User).where(User.username == login)).one()
            self._people[known] = Actor(tenant, user.id, user.display_name, roles_of(session, user.id))
        return self._people[known]


def _key(name: str, who: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"demo/{name}/{who}")


def _date_notices(session: TenantSession, at: datetime) -> None:
    """A notice takes the database's time, which is right in life; here a week is told in two seconds."""

    @event.listens_for(session, "before_flush")
    def date_them(flushed: TenantSession, _context: object, _instances: object) -> None:
        for row in flushed.new:
            if isinstance(row, Notice) and row.created_at is None:
                row.created_at = at


def letter_of(work: Work, subject: str) -> UUID:
    """The newest letter of the union's own with this subject: steps find their letters by what stands on them."""
    statement = select(Letter.id).where(Letter.subject == subject).order_by(Letter.sent_at.desc(), Letter.id.desc())
    return work.session.scalars(statement.limit(1)).one()


def free_case(work: Work, *, named: bool = False, answered: bool = False) -> str | None:
    """The number of a case in hand that nobody has touched since this moment and no letter speaks of.

    ``answered`` asks for one with an opinion whose time to ask 复查 still runs, instead of one in hand.

    The newest one; ``named`` asks for a petitioner who left a name and did not ask for secrecy. ``None`` when a small
    federation has none: the letter then goes without a case.
    """
    now = work.clock.now()
    touched = exists().where(
        AuditEvent.tenant_id == Case.tenant_id, AuditEvent.subject_id == Case.id, AuditEvent.at >= now
    )
    spoken_of = exists().where(Letter.tenant_id == Case.tenant_id, Letter.case_id == Case.id)
    asking = exists().where(
        CaseClock.tenant_id == Case.tenant_id,
        CaseClock.case_id == Case.id,
        CaseClock.kind == ClockKind.ASK_REVIEW.value,
        CaseClock.stopped_on.is_(None),
        CaseClock.due_on > work.clock.today(),
    )
    statement = select(Case.number).where(
        Case.status.in_((Status.SERVED.value, Status.CLOSED.value)) & asking
        if answered
        else Case.status.in_((Status.TRIAGED.value, Status.HANDLING.value)),
        Case.sealed.is_(False),
        Case.registered_at < now,
        ~touched,
        ~spoken_of,
    )
    if named:
        left_a_name = exists().where(
            Party.tenant_id == Case.tenant_id,
            Party.case_id == Case.id,
            Party.role == PartyRole.PETITIONER.value,
            Party.name_mask.is_not(None),
        )
        statement = statement.where(Case.anonymous.is_(False), Case.confidential.is_(False), left_a_name)
    return work.session.scalars(statement.order_by(Case.registered_at.desc()).limit(1)).first()
