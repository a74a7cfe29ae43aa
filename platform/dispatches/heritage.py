"""What a predecessor had written and somebody still waits for (机构承继, 条例 art. 24): ended, and written again.

The union that wrote a letter owes its recipient the next step: to approve a report, to answer an objection, to
grant a date. When the union ends, or its case goes to a successor, the letter is told to the successor, which writes
it again under its own name; the old one ends on both sides with words that say so. A letter that only informs asks
nothing of its sender: it stays where it is, to be read and put away, and what is noted on it is passed on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select, true

from access.actor import Actor, Work
from access.roles import Role
from audit.models import AuditEvent
from cases.models import Case
from cases.workflow import OPEN as OPEN_CASES
from dispatches import files, linking
from dispatches.acting import act
from dispatches.answering import MAX_TEXT
from dispatches.copies import newest, own_copy
from dispatches.drafts import Continued, Draft
from dispatches.kinds import INFORMING, KIND_LABELS, PASSED_ON, LetterKind
from dispatches.models import Letter, LetterEvent
from dispatches.sending import send
from dispatches.workflow import LETTER_STATUS_LABELS, OPEN, LetterStatus, Side
from kernel.errors import LianxinError
from notices.tasks import open_task
from tenants import queries as tenants
from tenants import succession
from tenants.lifetimes import Succession
from tenants.models import Tenant

#: What a successor says of a petitioner's consent that its predecessor had asked for.
CONSENTED = "原单位已依法随函移交，由承继单位接续"
#: What the recipient has to do anew where the old letter waited for its sender.
_ANEW: dict[LetterStatus, str] = {
    LetterStatus.REPLIED: "原函已经反馈办理结果的，请在本函上再次反馈，由本单位审核。",
    LetterStatus.OBJECTED: "对原函提出的异议尚未核实，请在本函上重新提出。",
    LetterStatus.EXTENSION: "就原函申请的延期尚未批准，请在本函上重新申请。",
}


def outgoing(work: Work, case_id: UUID | None = None) -> Select[Letter, LetterEvent]:
    """Open letters of ours on which a sender owes a step, in their order: about one case, or about none that is open.

    A letter about a case that is still open goes with its case.
    """
    latest = newest(work)
    statement = (
        select(Letter, latest)
        .select_from(Letter)
        .join(latest, true())
        .where(
            Letter.tenant_id == work.tenant_id,
            Letter.side == Side.SENDER.value,
            Letter.kind.not_in([kind.value for kind in INFORMING]),
            latest.status.in_([status.value for status in OPEN]),
        )
        .order_by(Letter.id)
    )
    if case_id is not None:
        return statement.where(Letter.case_id == case_id)
    still_here = select(Case.id).where(Case.status.in_([status.value for status in OPEN_CASES]))
    return statement.where(or_(Letter.case_id.is_(None), Letter.case_id.not_in(still_here)))


def written_again(work: Work, letter: Letter) -> bool:
    """Whether a successor writes the letter again.

    A reminder ends with the letter that it reminded of. What was passed on for another union comes anew from that
    union, which writes to the successor itself.
    """
    if letter.kind == LetterKind.URGE:
        return False
    if letter.kind not in PASSED_ON or letter.refers_to is None or letter.case_id is not None:
        return True
    first = work.session.get(Letter, (work.tenant_id, letter.refers_to))
    return first is None or first.side != Side.RECIPIENT or first.beyond_id is None


def told(work: Work, letter: Letter) -> dict[str, Any]:
    """One letter of ours as its successor needs it, as plain JSON. No identity: it crossed a border before."""
    _, latest, binding = own_copy(work, letter.id)
    dated = letter.due_on is not None or linking.sets_date(work, letter)
    # A request for a file is found by the letter that it asked about.
    about = letter.refers_to if letter.kind == LetterKind.FILE_REQUEST else None
    return {
        "id": str(letter.id),
        "kind": letter.kind,
        "number": letter.number,
        "to": letter.recipient_id,
        "to_name": letter.recipient_name,
        "beyond": letter.beyond_id,
        "subject": letter.subject,
        "reason": letter.reason,
        "request": letter.request,
        "due_on": binding.isoformat() if dated else None,
        "skip_reason": letter.skip_reason,
        "status": latest.status,
        "sealed": letter.sealed,
        "snapshot": letter.snapshot,
        "follows": str(about or letter.id),
        "shared": _shared(work, letter),
        "files": files.grants(work, letter.id),
    }


def _shared(work: Work, letter: Letter) -> str | None:
    """The reason for which identities went along; the enclosure itself is on the recipient's copy alone."""
    statement = select(AuditEvent.data["reason"].astext).where(
        AuditEvent.subject_id == letter.id, AuditEvent.action == "letter:enclose"
    )
    return work.session.scalars(statement.limit(1)).first()


def words_of(letter: Letter, latest: LetterEvent) -> str:
    """Where a letter stands and what was said last, for whoever carries the matter on."""
    status = LETTER_STATUS_LABELS[LetterStatus(latest.status)]
    last = f"最近往来：{latest.text}" if latest.text else ""
    return (
        f"发给{letter.recipient_name}的{KIND_LABELS[LetterKind(letter.kind)]}函（{letter.number}）：{status}。{last}"
    )


def end(work: Work, found: Succession, letter: Letter, heir: Tenant) -> None:
    """End one of our open letters on both sides, with words that say who goes on.

    :raises ForbiddenError: for anybody but the system.
    :raises ConflictError: when the recipient acted at the same moment; nothing is written.
    """
    own = tenants.get(work.session, work.tenant_id)
    words = f"{own.name}机构{succession.KIND_WORDS[found.kind]}，职权由{heir.name}承继，"
    if written_again(work, letter):
        words += "由该单位另行发函接续；已经登记的信访件请继续办理，不必重新登记。"
    else:
        words += "本函就此终结，有关事项请与该单位联系。"
    act(work, letter.id, "succeed", {"text": words, "unit": heir.id})


def write_again(work: Work, handover: Letter, letters: Sequence[Mapping[str, Any]], number: str | None) -> None:
    """At the successor: write each of the predecessor's letters anew, about the own case ``number`` if there is one.

    Where the tree or the bar does not allow it, a task names the letter and its recipient to the petition office.
    """
    # The office's own hand: the table gives these steps to the office, and an office sent the first letter.
    office = replace(work, actor=Actor(work.tenant_id, None, "系统", frozenset({Role.OFFICE_HEAD})))
    for line in letters:
        again = select(Letter.id).where(
            Letter.side == Side.SENDER.value, Letter.kind == line["kind"], Letter.refers_to == UUID(line["follows"])
        )
        if work.session.scalars(again).first() is not None:
            continue
        try:
            with work.session.begin_nested():
                send(office, _draft(office, handover, line, number))
        except LianxinError as error:
            _ask(work, handover, line, error.message)


def _draft(work: Work, handover: Letter, line: Mapping[str, Any], number: str | None) -> Draft:
    """:raises InvalidError: when this union is the one that the letter was for."""
    to, beyond = _now(work, line["to"]), _now(work, line["beyond"])
    if work.tenant_id in (to, beyond):
        raise LianxinError("收函单位就是本单位，请并案直接办理。")
    kind, today = LetterKind(line["kind"]), work.clock.today()
    due_on = max(date.fromisoformat(line["due_on"]), today) if line["due_on"] else None
    asked = [
        line["request"],
        f"本函接续{handover.sender_name}{line['number']}，{handover.sender_name}机构变动，由本单位承继。",
    ]
    asked += [_ANEW[status]] if (status := LetterStatus(line["status"])) in _ANEW else []
    shared = number is not None and line["shared"] is not None
    return Draft(
        kind=kind,
        to=to or 0,
        beyond=beyond,
        subject=line["subject"],
        reason=line["reason"],
        request="\n".join(part for part in asked if part)[:MAX_TEXT],
        case_number=number,
        due_on=due_on,
        skip_reason=line["skip_reason"] or "承继原单位的函件，接续办理",
        details=line["snapshot"].get("details", {}),
        files=files.granted(work, handover.id, line["files"]),
        share_identity=shared,
        share_confirmed=shared,
        share_reason=(line["shared"] or CONSENTED) if shared else "",
        continues=Continued(UUID(line["follows"]), line["snapshot"], bool(line["sealed"])),
    )


def _now(work: Work, union: int | None) -> int | None:
    """Whoever carries on a union's work after its merges."""
    seen = set[int]()
    while union is not None and union not in seen:
        seen.add(union)
        merged = (row for row in succession.of_union(work.session, union) if row.kind == succession.MERGE)
        heir = next(merged, None)
        if heir is None:
            break
        union = heir.successor_id
    return union


def _ask(work: Work, handover: Letter, line: Mapping[str, Any], why: str) -> None:
    kind = KIND_LABELS[LetterKind(line["kind"])]
    open_task(
        work,
        kind="letter_inherited",
        title=f"承继自{handover.sender_name}的{kind}函（{line['number']}，原发{line['to_name']}）未能自动另发：{why}",
        link=f"/dispatches/{handover.id}",
        role=Role.OFFICE_HEAD,
        key=f"letter:{line['id']}:inherited",
    )
