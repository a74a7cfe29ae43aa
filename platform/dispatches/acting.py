"""Write on a letter, from either side, and what follows from it for the own case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from access.actor import Work
from access.roles import Role
from audit.services import record
from cases import deadlines
from cases.models import Case
from cases.services import perform
from cases.workflow import Status
from dispatches import carriage, files, following, policy, posting, relaying, reviewing
from dispatches.answering import Context, check, objection_until
from dispatches.copies import BACK_AT_SENDER, fits, own_copy
from dispatches.disputes import designate
from dispatches.kinds import CASE_STEPS, LetterKind
from dispatches.models import Letter
from dispatches.workflow import LETTER_STATUS_LABELS, LetterStatus, Side, optional_fields, workflow
from kernel.errors import ForbiddenError, IllegalTransitionError
from kernel.workflow import Transition
from tenants import workdays
from tenants.models import Tenant


def act(work: Work, letter_id: UUID, action: str, data: Mapping[str, Any] | None = None) -> Letter:
    """Carry out one row of the letters' table on one letter; both sides get the event in one transaction.

    The side is the actor's own; the system writes its own rows on either side's behalf. ``data`` holds the fields of
    the row; beside them ``files`` (of ``drafts.NewFile``) with any act, and ``case``, ``parts`` and ``papers`` with
    the answer to a file request (``excerpts``).

    :raises NotFoundError: when the letter is not there or not the actor's to see.
    :raises ForbiddenError: for the other side's action, or for a role that the table does not name.
    :raises IllegalTransitionError: when the letter is past this action, or the time to object is over.
    :raises InvalidError: with a sentence a field.
    :raises ConflictError: when somebody acted at the same moment; nothing is written.
    """
    letter, latest, due_on = own_copy(work, letter_id)
    kind, side = LetterKind(letter.kind), Side.SYSTEM if work.actor.holds(Role.SYSTEM) else Side(letter.side)
    row = _row(work, kind, side, action, LetterStatus(latest.status))
    if action == "object":
        _in_time(work, letter)
    if action in ("forward", "start") and not fits(letter, action):
        raise ForbiddenError("这封函件不由本单位转交。" if action == "forward" else "请将这封函件转交承办单位。")
    if action == "order" and letter.sender_id in policy.shut_out(work, letter.snapshot.get("accused", ())):
        raise ForbiddenError("本件反映的是来函单位或其上级，依照《信访工作条例》第三十条不得交其办理，请由本级办理。")
    context = Context(work, letter, latest, due_on, action)
    values = check(context, row.fields, data or {}, optional=optional_fields(kind, side, action))
    if action == "grant_extension":
        values.setdefault("due_on", latest.due_on)
    if action == "forward":
        values.setdefault("unit", relaying.meant(work, letter))
    status = row.target or LetterStatus(latest.status)
    # What follows for the own union may be refused; then nothing of the act is there either.
    with work.session.begin_nested():
        seq = _write(context, status, values, data or {})
        effect = EFFECTS.get(action)
        if effect is not None:
            effect(work, letter, values)
        following.after_own_act(work, letter, action)
        reviewing.after_own_act(work, letter, action)
        relaying.tell_first_sender(work, letter, seq, act)
    return letter


def _row(work: Work, kind: LetterKind, side: Side, action: str, status: LetterStatus) -> Transition[LetterStatus]:
    table = workflow(kind, side)
    if all(row.action != action for row in table):
        for other, words in _HANDS:
            if other is not side and any(row.action == action for row in workflow(kind, other)):
                raise ForbiddenError(f"只有{words}可以执行“{workflow(kind, other).label(action)}”。")
    return table.resolve(action, status, work.actor.roles)


_HANDS = ((Side.RECIPIENT, "收函单位"), (Side.SENDER, "发函单位"), (Side.SYSTEM, "系统"))


def _in_time(work: Work, letter: Letter) -> None:
    until = objection_until(letter, workdays.of(work.session))
    if work.clock.today() > until:
        raise IllegalTransitionError(
            f"提出异议的期限（收到函件之日起五个工作日，至{until.isoformat()}）已过，请办理，或者申请延期。"
        )


def _write(context: Context, status: LetterStatus, values: dict[str, Any], data: Mapping[str, Any]) -> int:
    """The event on both sides with all that it carries; its place in the order."""
    work, letter, latest, action = context.work, context.letter, context.latest, context.action
    seq, other, veil = latest.seq + 1, posting.other_side(letter), carriage.veil(work, letter, data)
    values |= {name: veil(values[name]) for name in ("text", "note") if name in values}
    event = _event(values)
    event["told"] |= carriage.told(work, letter, action, data)
    with posting.reaching(work, other):
        posting.append(work, letter, seq=seq, action=action, status=status, **event)
        files.attach(work, letter, seq, data.get("files") or (), veil=veil)
        posting.wake(work, other, letter.id, seq=seq)
    noted = {"number": letter.number, "from": latest.status, "to": status.value}
    # The words are on the letter; the log of the union's guardians says only what was done.
    noted |= {
        name: str(value.id if isinstance(value, Tenant) else value)
        for name, value in values.items()
        if name not in ("text", "note")
    }
    record(work, f"letter:{action}", subject_type="letter", subject_id=letter.id, data=noted)
    return seq


def _event(values: Mapping[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if "adoption" in values:
        told["adoption"] = values["adoption"]
    if "unit" in values:
        told["unit"] = {"id": values["unit"].id, "name": values["unit"].name}
    return {"text": values.get("text") or values.get("note"), "due_on": values.get("due_on"), "told": told}


def resume(work: Work, letter_id: UUID) -> Case:
    """Take the case up again after the superior answered, gave an order or sent it back (按上级意见继续办理).

    :raises NotFoundError: when the letter is not there or not the actor's to see.
    :raises ForbiddenError: for the recipient, or for a role that the case's table does not name.
    :raises IllegalTransitionError: while nothing came back, for an older letter than the case's last one, and when
        the case has been taken up already.
    """
    letter, latest, due_on = own_copy(work, letter_id)
    if letter.side != Side.SENDER or letter.case_id is None or letter.kind not in CASE_STEPS:
        raise ForbiddenError("只有发函单位可以据此继续办理。")
    if latest.status not in BACK_AT_SENDER:
        raise IllegalTransitionError(
            f"上级工会尚未答复或交办（当前：{LETTER_STATUS_LABELS[LetterStatus(latest.status)]}），不能继续办理。"
        )
    if _newest(work, letter.case_id) != letter.id:
        raise IllegalTransitionError("本件之后又有新的上报函，请在最新的函件上继续办理。")
    return _take_up(work, letter, due_on if latest.due_on else None)


def _newest(work: Work, case_id: UUID) -> UUID:
    """The last letter that took the case away."""
    return work.session.scalars(
        select(Letter.id)
        .where(
            Letter.case_id == case_id,
            Letter.side == Side.SENDER.value,
            Letter.kind.in_([kind.value for kind in CASE_STEPS]),
        )
        .order_by(Letter.sent_at.desc(), Letter.id.desc())
        .limit(1)
    ).one()


def _take_up(work: Work, letter: Letter, due_on: date | None) -> Case:
    number, accepted_at = work.session.execute(
        select(Case.number, Case.accepted_at).where(Case.id == letter.case_id)
    ).one()
    case = perform(work, number, "resume" if accepted_at else "take_back", internal=True)
    if due_on is not None:
        # 交办: the superior's own date binds from now on, beside the statutory ones.
        deadlines.assign(work, case.id, due_on=due_on, on=work.clock.today())
    record(
        work,
        "letter:resume",
        subject_type="letter",
        subject_id=letter.id,
        data={"number": letter.number, "case": number, "due_on": due_on and due_on.isoformat()},
    )
    return case


def _bring_back(work: Work, letter: Letter, _values: Mapping[str, Any]) -> None:
    """A letter that was taken back brings its case back, when it is the one that the case waits for."""
    if letter.side != Side.SENDER or letter.case_id is None or letter.kind not in CASE_STEPS:
        return
    status = work.session.scalars(select(Case.status).where(Case.id == letter.case_id)).one()
    if status == Status.ESCALATED and _newest(work, letter.case_id) == letter.id:
        _take_up(work, letter, None)


#: What follows from an act for the own union, in the same transaction.
EFFECTS: dict[str, Callable[[Work, Letter, Mapping[str, Any]], None]] = {
    "withdraw": _bring_back,
    "agree_objection": _bring_back,
    "designate": designate,
    "forward": relaying.forward,
}
