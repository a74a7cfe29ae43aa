"""What an act on a letter does to the own case beside it: dates, the way back, the closing report.

Each side moves its own case and nothing else: in the transaction of its own act, or when the other's act arrives.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import select

from access.actor import Work
from cases import deadlines
from cases import queries as case_queries
from cases.models import Case, Party
from cases.queries import File
from cases.services import perform
from cases.workflow import Status
from dispatches import linking
from dispatches.copies import own_copy
from dispatches.disclosure import masked, veiled
from dispatches.kinds import LetterKind
from dispatches.models import Letter, LetterEvent
from dispatches.workflow import Side
from kernel.clock import china_date
from kernel.errors import NotFoundError

#: Kinds that take the sender's case out of its hands, and what the petitioner is told (T5, T6).
REFERRING: dict[LetterKind, str] = {LetterKind.TRANSFER: "transfer", LetterKind.ORDER: "order"}


def refer(work: Work, number: str, kind: LetterKind, destination: str, *, version: int | None = None) -> None:
    """Let the sender's case wait for the union that now has the matter, and tell the petitioner where it went.

    :raises IllegalTransitionError: for a case that is not sorted yet, waits elsewhere already, or is past handling.
    :raises NotFoundError, ConflictError, ForbiddenError: as ``cases.services.perform``.
    """
    way = REFERRING[kind]
    perform(work, number, "refer", {"way": way, "destination": destination}, version=version, internal=True)


def after_own_act(work: Work, letter: Letter, action: str) -> None:
    """Move the own case after an act of the own union."""
    if letter.side == Side.RECIPIENT:
        if action == "reply":
            case_id = linking.case_id_of(work, letter.id)
            if case_id is not None:
                deadlines.lift(work, case_id, "已反馈办理结果")
    elif action in ("withdraw", "agree_objection", "succeed"):
        _recall(work, letter)
    elif action == "approve":
        _settle(work, letter)


def after_their_act(work: Work, letter: Letter, event: LetterEvent) -> None:
    """Move the own case after an act of the other union: a date that was granted or set anew binds the case."""
    if letter.side == Side.RECIPIENT:
        if event.action in ("grant_extension", "redo"):
            case_id = linking.case_id_of(work, letter.id)
            if case_id is not None and linking.sets_date(work, letter):
                _, _, binding = own_copy(work, letter.id)
                deadlines.assign(work, case_id, due_on=binding, on=china_date(letter.sent_at))
    elif event.action in ("return", "succeed"):
        _recall(work, letter)


def _waiting_case(work: Work, letter: Letter) -> Case | None:
    """The sender's case, if it waits for this very letter."""
    if letter.case_id is None or letter.kind not in REFERRING:
        return None
    case = work.session.scalars(select(Case).where(Case.id == letter.case_id)).one()
    if case.status != Status.REFERRED or _newest(work, case.id) != letter.id:
        return None
    return case


def _newest(work: Work, case_id: UUID) -> UUID | None:
    return work.session.scalars(
        select(Letter.id)
        .where(
            Letter.case_id == case_id,
            Letter.side == Side.SENDER.value,
            Letter.kind.in_([kind.value for kind in REFERRING]),
        )
        .order_by(Letter.sent_at.desc(), Letter.id.desc())
        .limit(1)
    ).first()


def _recall(work: Work, letter: Letter) -> None:
    case = _waiting_case(work, letter)
    if case is not None:
        perform(work, case.number, "recall" if case.accepted_at else "recall_notice", internal=True)


def _settle(work: Work, letter: Letter) -> None:
    case = _waiting_case(work, letter)
    if case is None:
        return
    reply = last_reply(work, letter.id)
    outcomes = {str(entry["position"]): entry for entry in (reply.told or {}).get("outcomes", ())}
    perform(work, case.number, "settle", {"reply": reply.text, "outcomes": outcomes}, internal=True)


def last_reply(work: Work, letter_id: UUID) -> LetterEvent:
    """The newest report (办结报告) on a letter.

    :raises NotFoundError: before the first.
    """
    statement = select(LetterEvent).where(LetterEvent.letter_id == letter_id, LetterEvent.action == "reply")
    found = work.session.scalars(statement.order_by(LetterEvent.seq.desc()).limit(1)).first()
    if found is None:
        raise NotFoundError
    return found


def outcomes(work: Work, letter: Letter) -> dict[str, Any]:
    """What the report tells besides its text: the outcome of each claim, once the own case has them (条例 art. 32).

    The claims are those that the sender told, in its order; their findings are veiled like everything that crosses.
    """
    if letter.side != Side.RECIPIENT or letter.kind not in REFERRING:
        return {}
    file = own_file(work, letter)
    if file is None or Status(file.case.status) not in (Status.DECIDED, Status.CLOSED):
        return {}
    veil = veiled(work, file)
    told = [
        {"position": claim.position, "opinion": claim.opinion, "finding": veil(claim.finding)}
        for claim in file.claims
        if claim.opinion and claim.finding
    ]
    return {"outcomes": told} if told else {}


def veil_of(work: Work, letter: Letter) -> Callable[[str], str]:
    """The veil of this side's own case over whatever is written on a letter; without a case nothing is known to mask.

    Names are compared without showing them to the actor, so the case need not be one that the actor sees.
    """
    case_id = letter.case_id or linking.case_id_of(work, letter.id)
    if case_id is None:
        return str
    return masked(work, work.session.scalars(select(Party).where(Party.case_id == case_id)).all())


def own_file(work: Work, letter: Letter) -> File | None:
    """The file of this side's own case beside a letter, or ``None``."""
    case_id = letter.case_id or linking.case_id_of(work, letter.id)
    if case_id is None:
        return None
    number = work.session.scalars(select(Case.number).where(Case.id == case_id)).one()
    return case_queries.file(work, number)
