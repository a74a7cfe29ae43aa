"""What must hold after whatever happened: nothing lost, nothing twice, nothing forged, nothing left over."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import func, select, text

from audit.models import AuditEvent
from audit.services import verify
from cases.models import Case
from kernel import outbox
from measures.models import DailyFact
from notices.models import Notice
from tests.faults.clients import UNIONS, Ledger
from tests.faults.rig import Rig


def backlog(rig: Rig) -> outbox.Backlog:
    """Unacknowledged messages of all tenants."""
    with rig.rollup.engine.begin() as connection:
        return outbox.backlog(connection)


def settled(rig: Rig) -> bool:
    """Every message acknowledged and every delta folded."""
    with rig.rollup.engine.begin() as connection:
        deltas = connection.execute(text("select count(*) from fact_deltas")).scalar_one()
        return outbox.backlog(connection).waiting == 0 and deltas == 0


def deliveries(rig: Rig, topic: str = "case.registered") -> tuple[int, int]:
    """(messages, deliveries) of a topic."""
    with rig.rollup.engine.begin() as connection:
        row = connection.execute(
            text("select count(*) as messages, coalesce(sum(attempts), 0) as sent from outbox where topic = :topic"),
            {"topic": topic},
        ).one()
        return row.messages, int(row.sent)


def check(rig: Rig, ledger: Ledger) -> None:
    """Compare what clients were promised with what stands in the database."""
    for union in UNIONS:
        tenant = rig.federation.ids[union]
        promised = Counter(number for owner, number in ledger.acknowledged if owner == union)
        assert not [number for number, times in promised.items() if times > 1], "one number was given out twice"
        with rig.application.transaction(tenant) as session:
            cases = {row.number: row.id for row in session.execute(select(Case.number, Case.id))}
            assert set(promised) <= set(cases), f"lost: {sorted(set(promised) - set(cases))}"
            effects = Counter(session.scalars(select(Notice.link).where(Notice.kind == "case.registered")))
            assert effects == Counter({f"/cases/{number}": 1 for number in cases}), "a notice is missing or double"
            events = Counter(
                session.scalars(select(AuditEvent.subject_id).where(AuditEvent.action == "case:register"))
            )
            assert events == Counter(dict.fromkeys(cases.values(), 1)), "an event is missing or double"
            counted = session.scalars(
                select(func.sum(DailyFact.registered)).where(DailyFact.subject_id == tenant, DailyFact.scope == 0)
            ).one()
            assert (counted or 0) == len(cases), "figures were not counted once"
            assert verify(session)[1] is None, "the chain does not hold"
    # A clerk who got no answer sent the matter again, under the same key.
    assert sum(_cases(rig, union) for union in UNIONS) <= len(rig.people.matters), "a matter was registered twice"
    below = {"city": UNIONS, "east": ("east", "street"), "west": ("west",), "street": ("street",)}
    for union, subtree in below.items():
        tenant = rig.federation.ids[union]
        with rig.application.transaction(tenant) as session:
            summed = session.scalars(
                select(func.sum(DailyFact.registered)).where(DailyFact.subject_id == tenant, DailyFact.scope == 1)
            ).one()
        assert (summed or 0) == sum(_cases(rig, name) for name in subtree), f"the sum of {union}'s tree is wrong"


def _cases(rig: Rig, union: str) -> int:
    with rig.application.transaction(rig.federation.ids[union]) as session:
        return session.scalars(select(func.count()).select_from(Case)).one()
