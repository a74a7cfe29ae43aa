"""Send a letter: what is told, to whom, under which number and by when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from access.actor import Work
from audit.services import record
from calendars.deadlines import add_calendar_days
from cases import queries as case_queries
from cases.models import Case
from cases.queries import File
from cases.services import perform
from dispatches import carriage, following, policy, posting, reviewing, supervising, urging
from dispatches.disclosure import snapshot, veiled
from dispatches.drafts import Draft
from dispatches.kinds import (
    CASE_STEPS,
    KIND_LABELS,
    LONGEST_ORDER_DAYS,
    PREFIXES,
    REPLY_DAYS,
    REVIEW_DAYS,
    URGE_DAYS,
    WORKED,
    LetterKind,
)
from dispatches.models import Letter
from dispatches.routing import Route, route, superior
from dispatches.workflow import LetterStatus, Side, senders
from documents.services import format_number, take_numbers
from kernel.errors import ConflictError, InvalidError, NotFoundError
from kernel.ids import uuid7
from tenants import queries as tenants
from tenants import settings

MAX_SUBJECT = 200
MAX_TEXT = 10_000


@dataclass(frozen=True, slots=True)
class Matter:
    """What a letter is about: our own case, a letter that we got, or neither."""

    file: File | None
    told: dict[str, Any]
    sealed: bool
    veil: Callable[[str], str]
    barred: frozenset[int]


def escalate(
    work: Work,
    number: str,
    *,
    reason: str,
    request: str,
    version: int | None = None,
    to: int | None = None,
    skip_reason: str = "",
) -> Letter:
    """Send a case upward (上报), to the union directly above unless ``to`` names a higher one.

    :raises InvalidError, NotFoundError, ConflictError, IllegalTransitionError, ForbiddenError: as :func:`send`.
    """
    draft = Draft(
        kind=LetterKind.ESCALATION,
        to=superior(work) if to is None else to,
        subject="",
        reason=reason,
        request=request,
        case_number=number,
        skip_reason=skip_reason,
    )
    return send(work, draft, version=version)


def send(work: Work, draft: Draft, *, version: int | None = None) -> Letter:
    """Send a letter and return this side's copy of it.

    One transaction: the case's own step where the letter takes the matter away, both copies, the first event on both
    sides and the message that wakes the other office. Either all of it is there or none. ``version`` is the version
    of the case that the actor saw.

    :raises ForbiddenError: for a role that the table does not name.
    :raises NotFoundError: for a case or an earlier letter that the actor does not see, or an unknown union.
    :raises InvalidError: with one sentence a field; also when the tree does not allow the way, when the recipient
        does not work on the platform now, and when a sealed case accuses it or a union above it.
    :raises ConflictError: when somebody changed the case since ``version``.
    :raises IllegalTransitionError: when the case is past this step, or a reminder follows a letter that is done.
    """
    work.actor.require(senders(draft.kind))
    draft = urging.checked(work, draft) if draft.kind is LetterKind.URGE else draft
    way = route(work, draft)
    matter = matter_of(work, draft, version)
    _refuse_accused(matter, way)
    details = supervising.check(work, draft) if draft.kind is LetterKind.SUPERVISION else {}
    # What is refused on the way takes everything back, though the caller may go on and commit.
    with work.session.begin_nested():
        if draft.kind is LetterKind.REVIEW:
            asked = reviewing.step(work, draft, version)
            matter = _about_case(work, draft.case_number or "", None)
            matter.told.update(asked)
        elif draft.kind in CASE_STEPS:
            matter = _step(work, draft, version)
        elif draft.kind in following.REFERRING and draft.case_number is not None:
            meant = way.beyond or way.recipient
            following.refer(work, draft.case_number, draft.kind, meant.name, version=version)
            matter = _about_case(work, draft.case_number, None)
        return _post(work, draft, way, matter, details)


def _post(work: Work, draft: Draft, way: Route, matter: Matter, details: Mapping[str, Any]) -> Letter:
    own = tenants.get(work.session, work.tenant_id)
    number = number_of(work, draft.kind, own.code)
    if draft.kind is LetterKind.SUPERVISION:
        # The counter's row is ours until commit, so that two supervisors cannot climb the same rung at once.
        supervising.climb(work, draft, way.recipient.id, details)
    case = matter.file.case if matter.file else None
    told = dict(matter.told) | carriage.papers(work, draft, matter.file)
    follows = draft.refers_to
    if draft.continues is not None:
        follows = draft.continues.follows
        told |= {name: value for name, value in draft.continues.snapshot.items() if name == "papers"}
    if details:
        told["details"] = dict(details)
    if way.beyond is not None:
        told["beyond"] = way.beyond.name
    shared: dict[str, Any] = {
        "id": uuid7(),
        "kind": draft.kind.value,
        "sender_id": own.id,
        "recipient_id": way.recipient.id,
        "sender_name": own.name,
        "recipient_name": way.recipient.name,
        "number": number,
        "subject": matter.veil(draft.subject.strip() or (case.title if case else "")),
        "reason": matter.veil(draft.reason.strip()),
        "request": matter.veil(draft.request.strip()),
        "snapshot": told,
        "sealed": matter.sealed,
        "sent_at": work.clock.now(),
        "reply_due_on": answer_by(work, draft.kind, draft.due_on),
        "refers_to": follows,
        "beyond_id": way.beyond.id if way.beyond else None,
        "skipped": way.skipped,
        "skip_reason": way.skip_reason,
        "due_on": draft.due_on,
    }
    letter = Letter(tenant_id=own.id, side=Side.SENDER.value, case_id=case.id if case else None, **shared)
    work.session.add(letter)
    work.session.flush()  # the first event points at it
    enclosure = carriage.enclosure(work, draft, matter.file, way.recipient.id)
    with work.session.addressing([way.recipient.id]):
        posting.deliver(work, shared, enclosure=enclosure)
        posting.append(work, letter, seq=1, action="send", status=LetterStatus.SENT)
        carriage.enclose(work, draft, letter)
        posting.wake(work, way.recipient.id, letter.id, seq=1)
    _record(work, letter, case)
    return letter


def _record(work: Work, letter: Letter, case: Case | None) -> None:
    data: dict[str, Any] = {"number": letter.number, "kind": letter.kind, "to": letter.recipient_id}
    if case is not None:
        data["case"] = case.number
    if letter.skipped:
        data["skipped"] = letter.skipped
    if letter.beyond_id is not None:
        data["beyond"] = letter.beyond_id
    record(work, "letter:send", subject_type="letter", subject_id=letter.id, data=data)


def number_of(work: Work, kind: LetterKind, code: str) -> str:
    """The next 文号 of a kind; every word of a number has a series of its own, so that no two letters share one."""
    year, prefix = work.clock.today().year, PREFIXES[kind]
    series = "letter" if prefix == PREFIXES[LetterKind.ESCALATION] else f"letter:{kind.value}"
    return format_number(f"{code}{prefix}", year, take_numbers(work.session, series, year)[0])


_ANSWER_DAYS = {LetterKind.URGE: URGE_DAYS, LetterKind.REVIEW: REVIEW_DAYS}


def answer_by(work: Work, kind: LetterKind, due_on: date | None) -> date:
    """The date by which something has to come back: the sender's own, or else the rule's or the union's setting."""
    if due_on is not None:
        return due_on
    days = _ANSWER_DAYS.get(kind, REPLY_DAYS)
    if kind is LetterKind.SUPERVISION:
        days = settings.of(work.session).supervision_days
    return add_calendar_days(work.clock.today(), days)


def matter_of(work: Work, draft: Draft, version: int | None = None) -> Matter:
    """What a draft is about, once its own words are in order.

    :raises NotFoundError, ConflictError, InvalidError: as :func:`send`.
    """
    matter = _matter(work, draft, version)
    _check_words(draft, matter)
    _check_due(work, draft)
    return matter


def _matter(work: Work, draft: Draft, version: int | None) -> Matter:
    if draft.case_number is not None:
        return _about_case(work, draft.case_number, version)
    if draft.continues is not None:
        return _told_again(work, draft.continues.snapshot, sealed=draft.continues.sealed)
    if version is not None or draft.kind in CASE_STEPS or draft.kind is LetterKind.REVIEW:
        raise InvalidError(f"请选择要{KIND_LABELS[draft.kind]}的信访件。", fields={"case_number": "必填"})
    if draft.refers_to is None:
        return Matter(None, {}, False, str, frozenset())
    earlier = work.session.scalars(
        select(Letter).where(Letter.id == draft.refers_to, policy.visible(work.actor))
    ).first()
    if earlier is None:
        raise NotFoundError("没有找到所指的函件，或者您无权查看。")
    kept = set(earlier.snapshot) if draft.forward else {"accused"}
    told = {name: value for name, value in earlier.snapshot.items() if name in kept}
    matter = _told_again(work, told, sealed=earlier.sealed)
    if draft.forward and earlier.refers_to is not None:
        # Written again after a succession: the unit may have an own case of what was passed on the first time.
        matter.told["follows"] = str(earlier.refers_to)
    return matter


def _told_again(work: Work, snapshot: Mapping[str, Any], *, sealed: bool) -> Matter:
    """What somebody else told, told on as it came; whom it accuses stays shut out."""
    told = {name: value for name, value in snapshot.items() if name not in ("details", "beyond")}
    return Matter(None, told, sealed, str, frozenset(policy.shut_out(work, told.get("accused", ()))))


def _about_case(work: Work, number: str, version: int | None) -> Matter:
    file = case_queries.file(work, number)
    if version is not None and version != file.case.version:
        raise ConflictError
    told, accused = snapshot(work, file), policy.accused(work, file.case)
    if accused:
        # Whoever passes the matter on must know to whom it must not go; the copy is sealed like the case.
        told["accused"] = sorted(accused)
    barred = frozenset(policy.barred(work, file.case))
    # Whom a case accuses is for those who see sealed files, on either side.
    return Matter(file, told, file.case.sealed or bool(accused), veiled(work, file), barred)


def _step(work: Work, draft: Draft, version: int | None) -> Matter:
    """The case's own step, and the matter as it stands afterwards: the copy tells the clocks that run now."""
    number = draft.case_number or ""
    words = {"reason": draft.reason, "request": draft.request}
    perform(work, number, CASE_STEPS[draft.kind], words, version=version, internal=True)
    return _about_case(work, number, None)


def _refuse_accused(matter: Matter, way: Route) -> None:
    for union in (way.recipient, way.beyond):
        if union is not None and union.id in matter.barred:
            raise InvalidError(
                f"{union.name}是本件检举控告的被反映单位或其下级，依照《信访工作条例》第三十条不得向其发函；"
                "可以写明理由，越级发给不涉及本件的上级工会。",
                fields={"to": "不得发给被反映单位"},
                code="barred",
            )


def _check_words(draft: Draft, matter: Matter) -> None:
    problems: dict[str, str] = {}
    if len(draft.subject.strip()) < 2 and matter.file is None:
        problems["subject"] = "请填写函件标题。"
    if len(draft.subject) > MAX_SUBJECT:
        problems["subject"] = f"函件标题不能超过{MAX_SUBJECT}个字。"
    if draft.kind not in CASE_STEPS:
        # A step of the case checks its own words.
        if len(draft.reason.strip()) < 2:
            problems["reason"] = "请填写发函事由。"
        for name in ("reason", "request"):
            if len(getattr(draft, name)) > MAX_TEXT:
                problems[name] = f"内容不能超过{MAX_TEXT}个字。"
    if draft.kind is LetterKind.ORDER and draft.due_on is None:
        problems["due_on"] = "交办须指定办理期限（《信访工作条例》第二十二条）。"
    if problems:
        raise InvalidError("；".join(dict.fromkeys(problems.values())), fields=problems)


def _check_due(work: Work, draft: Draft) -> None:
    if draft.due_on is None:
        return
    today = work.clock.today()
    if draft.kind not in WORKED | {LetterKind.URGE, LetterKind.ESCALATION, LetterKind.DISPUTE}:
        told = "这类函件不指定办理期限。"
    elif not today <= draft.due_on <= today + timedelta(days=LONGEST_ORDER_DAYS):
        told = "办理期限应在今天之后的一年以内。"
    else:
        return
    raise InvalidError(told, fields={"due_on": told})
