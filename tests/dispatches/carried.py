"""Letters with something in them, for the tests of what letters carry."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from cases.intake import NewParty
from cases.models import Case
from dispatches import jobs
from dispatches.kinds import LetterKind
from dispatches.models import Letter
from dispatches.posting import TOPIC
from dispatches.services import Draft, act, register_case, send
from kernel.outbox import OutboxMessage, acknowledge
from tests.builders import Federation

NAME, PHONE, ID_NUMBER, ADDRESS = "赵晓明", "13912345678", "11010519491231002X", "测试市东一街道平安里3号"
WORDS = "本人赵晓明自去年十二月起未领到工资，电话13912345678。"
DUE = date(2026, 4, 1)


def matter(federation: Federation, slug: str = "east", **changes: Any) -> Case:
    """A sorted case of a person with a name, a telephone, a number and an address."""
    fields: dict[str, Any] = {
        "title": f"{NAME}反映三个月工资未发",
        "content": WORDS,
        "claims": (f"补发{NAME}三个月工资", "补缴社会保险"),
        "parties": (
            NewParty(name=NAME, phone=PHONE, id_number=ID_NUMBER, address=ADDRESS, subject_type="migrant"),
            NewParty(role="respondent", organisation="测试厂"),
        ),
    }
    case = federation.register(f"clerk@{slug}", **(fields | changes))
    return federation.act(
        f"clerk@{slug}", case.number, "triage", purpose="request", category="01.01", tier="ordinary"
    )


def sent(federation: Federation, to: str = "street", login: str = "head@east", **changes: Any) -> Letter:
    """A letter down (交办 unless said otherwise) about a case of the sender's."""
    case: Case | None = changes.pop("case", None) or matter(federation, login.partition("@")[2])
    fields: dict[str, Any] = {
        "kind": LetterKind.ORDER,
        "to": federation.ids[to],
        "subject": "",
        "reason": "属于你单位职权范围",
        "request": "请调查核实并书面答复",
        "due_on": DUE,
        "case_number": case.number if case else None,
    }
    fields |= changes
    if fields["kind"] is not LetterKind.ORDER and "due_on" not in changes:
        fields["due_on"] = None
    with federation.work(login) as work:
        return send(work, Draft(**fields))


def on(federation: Federation, login: str, letter: Letter, action: str, **data: Any) -> Letter:
    """One act of a person on a letter, committed."""
    with federation.work(login) as work:
        return act(work, letter.id, action, data)


def taken(federation: Federation, login: str, letter: Letter) -> Case:
    """The letter signed and made a case."""
    on(federation, login, letter, "sign")
    with federation.work(login) as work:
        return register_case(work, letter.id)


def deliver(federation: Federation, *slugs: str) -> None:
    """Bring every waiting message of the named unions to its effect, until none is left."""
    for slug in slugs:
        with federation.work_as_system(slug) as work:
            waiting = select(OutboxMessage).where(OutboxMessage.topic == TOPIC, OutboxMessage.done_at.is_(None))
            for message in work.session.scalars(waiting.order_by(OutboxMessage.id)).all():
                jobs.arrived(work, message.payload)
                acknowledge(work.session, message.id)


def copy_of(federation: Federation, slug: str, letter: Letter) -> Letter:
    """A union's own copy of a letter, as a row."""
    with federation.work_as_system(slug) as work:
        return work.session.scalars(select(Letter).where(Letter.id == letter.id)).one()


def case_of(federation: Federation, slug: str, case: Case) -> Case:
    """A case as it stands now."""
    with federation.work_as_system(slug) as work:
        return work.session.scalars(select(Case).where(Case.id == case.id)).one()
