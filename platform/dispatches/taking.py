"""The own case of a letter: what was told becomes a file of this union, once, with its own clocks.

The snapshot is all that a letter shows. Where the sender handed the people's identities over, this is the place at
which they are opened, and they go straight under the masks of the new case; where it did not, the union that sent the
letter stands in the file as the one who reports.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from access.actor import Work
from access.roles import Role
from audit.services import record
from cases import deadlines
from cases import policy as case_policy
from cases.intake import MAX_CLAIMS, MAX_TITLE, NewCase, NewParty, register
from cases.models import Case
from cases.rules import Channel, PartyRole, SubjectType
from dispatches import enclosing, linking
from dispatches.acting import act
from dispatches.copies import own_copy
from dispatches.enclosing import Enclosed
from dispatches.kinds import KIND_LABELS, PASSED_ON, LetterKind
from dispatches.models import Letter, LetterCase, LetterEvent
from dispatches.workflow import LetterStatus, Side
from kernel.clock import china_date
from kernel.errors import ConflictError, ForbiddenError, IllegalTransitionError
from tenants.models import Category

#: What the cases of letters carry as their source; the key is the letter, so that a letter makes one case.
SOURCE = "letter"
#: Kinds that hand a matter over, and the statuses in which it is ours to take.
TAKING: dict[LetterKind, frozenset[LetterStatus]] = {
    **dict.fromkeys(
        (LetterKind.ORDER, LetterKind.TRANSFER, LetterKind.ASSIST, LetterKind.REVIEW),
        frozenset({LetterStatus.SIGNED, LetterStatus.WORKING, LetterStatus.EXTENSION}),
    ),
    # Matters of a union that ended are carried on whoever was at the desk (条例 art. 24).
    LetterKind.HANDOVER: frozenset({LetterStatus.SENT, LetterStatus.SIGNED, LetterStatus.CLOSED}),
    # 指定受理单位: the superior that decided may have named itself.
    LetterKind.DISPUTE: frozenset({LetterStatus.CLOSED}),
}


def may_register(work: Work, letter: Letter, latest: LetterEvent) -> bool:
    """Whether this actor may make an own case of a letter that stands where ``latest`` says; for buttons."""
    return case_policy.may_register(work.actor) and _refusal(work, letter, latest) is None


def register_case(work: Work, letter_id: UUID) -> Case:
    """Make the own case of a letter (登记为本单位信访件), or return the one that was made before.

    The case is registered as at the window: number, the fifteen days from the day on which the letter came (条例
    art. 22, 23), and the date that the sender set, if it set one. Registering begins the work: a signed letter
    becomes one that is being handled.

    :raises NotFoundError: when the letter is not there or not the actor's to see.
    :raises ForbiddenError: for the sender, for a role that registers nothing, and for a letter that is only to be
        passed on.
    :raises IllegalTransitionError: before it is signed, and after it was returned or done.
    :raises ConflictError: when a colleague registered it at the same moment; nothing is written.
    :raises InvalidError: when what was told makes no case (by the rules of intake).
    """
    letter, latest, binding = own_copy(work, letter_id)
    if not case_policy.may_register(work.actor):
        raise ForbiddenError("您的角色不能登记信访件。")
    if linking.was_taken(work, letter.id):
        return linking.case_of(work, letter.id)
    refusal = _refusal(work, letter, latest)
    if refusal is not None:
        raise refusal
    if latest.status == LetterStatus.SIGNED and letter.kind != LetterKind.HANDOVER:
        act(work, letter.id, "start")
    enclosed = enclosing.unseal(work, letter)
    try:
        # The savepoint keeps the caller's transaction usable; the index on the source lets one of two through.
        with work.session.begin_nested():
            case = register(work, new_case(work, letter, enclosed))
            work.session.add(LetterCase(letter_id=letter.id, case_id=case.id))
            work.session.flush()
    except IntegrityError as error:
        if getattr(getattr(error.orig, "diag", None), "constraint_name", None) != "uq_cases_source":
            raise
        raise ConflictError("同事刚刚根据这封函件登记了信访件，请刷新后查看；没有重复登记。") from None
    _finish(work, letter, case)
    if linking.sets_date(work, letter):
        deadlines.assign(work, case.id, due_on=binding, on=china_date(letter.sent_at))
    record(
        work,
        "letter:register_case",
        subject_type="letter",
        subject_id=letter.id,
        data={"number": letter.number, "case": case.number},
    )
    return case


def _refusal(work: Work, letter: Letter, latest: LetterEvent) -> ForbiddenError | IllegalTransitionError | None:
    kind, status = LetterKind(letter.kind), LetterStatus(latest.status)
    not_ours = _not_ours(work, letter, latest)
    if not_ours is not None:
        return ForbiddenError(not_ours)
    carried_on = kind is LetterKind.HANDOVER and work.actor.holds(Role.SYSTEM)
    if status is LetterStatus.SENT and not carried_on:
        return IllegalTransitionError("请先签收函件，再登记信访件。")
    if status not in TAKING[kind]:
        return IllegalTransitionError("函件已经反馈、退回或者办结，不能再登记信访件。")
    return None


def _not_ours(work: Work, letter: Letter, latest: LetterEvent) -> str | None:
    kind = LetterKind(letter.kind)
    if letter.side != Side.RECIPIENT:
        return "只有收函单位可以根据函件登记信访件。"
    if kind not in TAKING:
        return f"{KIND_LABELS[kind]}函不交由收函单位办理，不能据此登记信访件。"
    if letter.beyond_id is not None and kind in PASSED_ON:
        # 转送 through the common superior: whoever passes it on never opens what is for the unit meant.
        return "这封函件由本单位转交承办单位，不在本单位登记办理。"
    if kind is LetterKind.HANDOVER and "case_number" not in letter.snapshot:
        return "这封移交函只移交函件，没有信访件。"
    if kind is LetterKind.DISPUTE and ((latest.told or {}).get("unit") or {}).get("id") != work.tenant_id:
        return "没有指定由本单位受理，不在本单位登记办理。"
    return None


def _finish(work: Work, letter: Letter, case: Case) -> None:
    """What intake cannot know: that the letter was closed to most."""
    case.sealed = case.sealed or letter.sealed
    work.session.flush()


def new_case(work: Work, letter: Letter, enclosed: Enclosed | None) -> NewCase:
    """The matter of a letter as intake takes it."""
    told = letter.snapshot
    channel = told.get("channel")
    category = (told.get("category") or {}).get("code")
    claims = enclosed.claims if enclosed else tuple(str(claim["text"]) for claim in told.get("claims", ()))
    title = (enclosed.title if enclosed else "") or str(told.get("title") or letter.subject)
    return NewCase(
        channel=channel if channel in set(Channel) else Channel.LETTER.value,
        title=title[:MAX_TITLE],
        content=enclosed.content if enclosed else _words(letter, claims),
        received_on=china_date(letter.sent_at),
        parties=enclosed.parties if enclosed else _without_people(letter, told),
        claims=claims[:MAX_CLAIMS],
        headcount=int(told.get("headcount") or 1),
        anonymous=enclosed.anonymous if enclosed else False,
        confidential=bool(told.get("confidential")),
        joint=bool(told.get("joint")),
        urgent=bool(told.get("urgent")),
        category=category if category and work.session.get(Category, category) is not None else None,
        source=SOURCE,
        source_key=str(letter.id),
        by_letter=True,
        review_stage=(told.get("review") or {}).get("stage") if letter.kind == LetterKind.REVIEW else None,
    )


def _without_people(letter: Letter, told: Mapping[str, Any]) -> tuple[NewParty, ...]:
    reporting = NewParty(
        role=PartyRole.PETITIONER.value, subject_type=SubjectType.UNION.value, organisation=letter.sender_name
    )
    respondents = (
        NewParty(role=PartyRole.RESPONDENT.value, organisation=str(name)) for name in told.get("respondents", ())
    )
    return (reporting, *respondents)


def _words(letter: Letter, claims: Sequence[str]) -> str:
    """What stands where the petitioner's own words would: that they are not here, and what the letter asks."""
    kind = KIND_LABELS[LetterKind(letter.kind)]
    lines = [
        f"【来函未附信访人身份】本件根据{letter.sender_name}{kind}函（{letter.number}）登记，"
        f"需要核实情况、告知或者送达的，请通过{letter.sender_name}联系信访人。",
        f"事由：{letter.reason}",
    ]
    if letter.request:
        lines.append(f"办理要求：{letter.request}")
    lines += [f"诉求{position}：{text}" for position, text in enumerate(claims, start=1)]
    return "\n".join(lines)
