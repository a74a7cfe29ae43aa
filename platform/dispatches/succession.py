"""机构承继 (条例 art. 24) carried out: every open case and every open letter of a union finds its new owner.

The predecessor hands over in batches, each one transaction and one message that writes the next; killed anywhere, the
same message comes again and goes on with what is still open. The successor takes each file up from a letter, like
everything else that crosses a border: nothing is read across.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, true

from access.actor import Work, system_actor
from access.roles import Role
from audit.services import record
from cases import queries as case_queries
from cases.carrying import merged_parties
from cases.models import Case
from cases.services import perform
from cases.succession import carried
from cases.workflow import OPEN, Status
from dispatches import handing, heritage, linking, policy
from dispatches.acting import act
from dispatches.copies import newest
from dispatches.disclosure import snapshot, veiled
from dispatches.kinds import LetterKind
from dispatches.models import Letter
from dispatches.workflow import OPEN as OPEN_LETTERS
from dispatches.workflow import Side
from kernel.errors import InvalidError, LianxinError, NotFoundError
from kernel.outbox import enqueue
from notices.tasks import open_task
from tenants import queries as tenants
from tenants import succession
from tenants.lifetimes import Succession
from tenants.models import Tenant

#: Files of one transaction: a head of the log is locked meanwhile, and a kill costs so many at most.
BATCH = 20
CASES, LETTERS, OUTGOING = "cases", "letters", "outgoing"


def run(work: Work, payload: Mapping[str, Any]) -> None:
    """Hand over the next batch and ask for the one after it; ``{"succession": id, "step": …, "after": id | None}``.

    What cannot be handed over stays open, is told to the petition office as a task, and keeps the platform from
    finishing; the run goes on with the rest.

    :raises NotFoundError: for a succession of another union.
    """
    found = succession.get(work.session, UUID(str(payload["succession"])))
    if found.predecessor_id != work.tenant_id:
        raise NotFoundError
    step, after = str(payload["step"]), payload.get("after")
    batch = list(_NEXT[step](work, found, UUID(after) if after else None))
    for item_id, name in batch:
        try:
            with work.session.begin_nested():
                if step == CASES:
                    hand_over(work, found, name)
                elif step == LETTERS:
                    _return(work, found, item_id, found.successor_id)
                else:
                    _leave(work, found, item_id)
        except LianxinError as error:
            _stuck(work, found, item_id, name, error)
    if len(batch) == BATCH:
        _continue(work, found, step, batch[-1][0])
    elif step in _THEN and found.kind == succession.MERGE:
        _continue(work, found, _THEN[step], None)


def _continue(work: Work, found: Succession, step: str, after: UUID | None) -> None:
    payload = {"succession": str(found.id), "step": step, "after": str(after) if after else None}
    enqueue(work.session, succession.TOPIC, payload)


def _next_cases(work: Work, found: Succession, after: UUID | None) -> Iterator[tuple[UUID, str]]:
    statement = select(Case.id, Case.number).where(Case.status.in_([status.value for status in OPEN]))
    if found.kind == succession.SPLIT:
        statement = statement.where(func.split_part(Case.category_code, ".", 1).in_(found.categories or []))
    if after is not None:
        statement = statement.where(Case.id > after)
    for row in work.session.execute(statement.order_by(Case.id).limit(BATCH)).all():
        yield row.id, row.number


def _next_letters(work: Work, _found: Succession, after: UUID | None) -> Iterator[tuple[UUID, str]]:
    latest = newest(work)
    statement = (
        select(Letter.id, Letter.number)
        .select_from(Letter)
        .join(latest, true())
        .where(
            Letter.tenant_id == work.tenant_id,
            Letter.side == Side.RECIPIENT.value,
            latest.status.in_([status.value for status in OPEN_LETTERS]),
        )
    )
    if after is not None:
        statement = statement.where(Letter.id > after)
    for row in work.session.execute(statement.order_by(Letter.id).limit(BATCH)).all():
        yield row.id, row.number


def _next_outgoing(work: Work, _found: Succession, after: UUID | None) -> Iterator[tuple[UUID, str]]:
    statement = heritage.outgoing(work)
    if after is not None:
        statement = statement.where(Letter.id > after)
    for row in work.session.execute(statement.limit(BATCH)).all():
        yield row.Letter.id, row.Letter.number


_NEXT: dict[str, Callable[[Work, Succession, UUID | None], Iterator[tuple[UUID, str]]]] = {
    CASES: _next_cases,
    LETTERS: _next_letters,
    OUTGOING: _next_outgoing,
}
#: What a merge does after a step is through; a split moves cases only, each with its letters.
_THEN = {CASES: LETTERS, LETTERS: OUTGOING}


def _stuck(work: Work, found: Succession, item_id: UUID, number: str, error: LianxinError) -> None:
    open_task(
        work,
        kind="succession_stuck",
        title=f"{number} 未能移交承继单位：{error.message}",
        link="/desk/",
        role=Role.OFFICE_HEAD,
        key=f"succession:{found.id}:{item_id}",
    )


def hand_over_one(work: Work, number: str, succession_id: UUID) -> Case:
    """Hand a single case over after a split, as the head of the petition office decides.

    :raises ForbiddenError: for another role.
    :raises NotFoundError: when the actor does not see the case, or there is no such split of this union.
    :raises IllegalTransitionError, ConflictError: as ``cases.services.perform``.
    :raises InvalidError: when nobody who may have it can take it.
    """
    work.actor.require((Role.OFFICE_HEAD, Role.LEADER))
    found = next((row for row in splits(work) if row.id == succession_id), None)
    if found is None:
        raise NotFoundError
    case = case_queries.file(work, number).case
    record(
        work,
        "succession:single",
        subject_type="case",
        subject_id=case.id,
        data={"number": case.number, "to": found.successor_id},
    )
    return hand_over(replace(work, actor=system_actor(work.tenant_id)), found, number)


def splits(work: Work) -> list[Succession]:
    """Splits of this union that are under way: while there is one, single cases may be handed over."""
    return [row for row in succession.open_of(work.session, work.tenant_id) if row.kind == succession.SPLIT]


def hand_over(work: Work, found: Succession, number: str) -> Case:
    """Send one case with its whole file to the successor and end it here.

    :raises ForbiddenError: for anybody but the system.
    :raises InvalidError: when the case accuses everybody who could take it.
    """
    work.actor.require((Role.SYSTEM,))
    file = case_queries.file(work, number)
    file = replace(file, parties=(*file.parties, *merged_parties(work, file.case.id)))
    recipient = recipient_of(work, found, policy.barred(work, file.case))
    around = work.session.execute(heritage.outgoing(work, file.case.id)).all()
    again = [heritage.told(work, row.Letter) for row in around if heritage.written_again(work, row.Letter)]
    told, shown = carried(work, file, recipient.id), snapshot(work, file)
    if accused := policy.accused(work, file.case):
        shown["accused"] = sorted(accused)
    answers = linking.taken_from(work, file.case.id)
    shown["answers_to"] = [str(letter_id) for letter_id in answers]
    closed = handing.enclosure(work, file, {**told, "letters": again}, recipient.id)
    request = handing.request(told, handing.written_about(work, file.case.id), veiled(work, file))
    case = perform(work, number, "hand_over", {"destination": recipient.name}, internal=True)
    letter = handing.post(
        work, found, recipient, case=case, subject=shown["title"], shown=shown, request=request, enclosure=closed
    )
    handing.send_files(work, letter, [*answers, *handing.sent_about(work, case.id)])
    for row in around:
        heritage.end(work, found, row.Letter, recipient)
    if found.kind == succession.SPLIT:
        # A merge sends everything back that came in; here the union goes on, and only what this case answered goes.
        for waiting in linking.waiting_for(work, case.id):
            _return(work, found, waiting.id, recipient.id)
    return case


def _leave(work: Work, found: Succession, letter_id: UUID) -> None:
    """Tell the successor of a letter without a case that goes there, and end it here."""
    letter = work.session.get_one(Letter, (work.tenant_id, letter_id))
    heir = recipient_of(work, found, policy.shut_out(work, letter.snapshot.get("accused", ())))
    if heritage.written_again(work, letter):
        handing.hand_letter_over(work, found, heir, letter, again=True)
    heritage.end(work, found, letter, heir)


def recipient_of(work: Work, found: Succession, barred: set[int]) -> Tenant:
    """The successor; for a matter that accuses it, the nearest union above that is not accused."""
    above = tenants.ancestor_ids(work.session, work.tenant_id)[1:]
    for number in (found.successor_id, *above):
        union = tenants.get(work.session, number)
        if number and number not in barred and union.status == "active":
            return union
    raise InvalidError(
        "承继单位和各级上级都是本件的被反映单位，或者已停用，请由平台管理员确定承办单位。", code="barred"
    )


def _return(work: Work, found: Succession, letter_id: UUID, heir: int) -> None:
    after = tenants.get(work.session, heir)
    own = tenants.get(work.session, work.tenant_id)
    words = f"{own.name}机构{succession.KIND_WORDS[found.kind]}，职权由{after.name}承继，请向该单位另行发函。"
    act(work, letter_id, "succeed", {"text": words, "unit": after.id})


def handed_over(work: Work, case_id: UUID) -> Letter | None:
    """The letter by which a case went to a successor; ``None`` while it is here."""
    statement = (
        select(Letter)
        .join(Case, (Case.tenant_id == Letter.tenant_id) & (Case.id == Letter.case_id))
        .where(Letter.case_id == case_id, Letter.kind == LetterKind.HANDOVER.value)
        .where(Letter.side == Side.SENDER.value, Case.status == Status.HANDED_OVER.value)
    )
    return work.session.scalars(statement).first()


#: What the worker wires: topic → handler, called as the system in the message's tenant.
CONSUMERS = {succession.TOPIC: run}
