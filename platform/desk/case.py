"""信访件: the page of one case, and the one act by which an identity is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from access import absence
from access import queries as accounts
from access.roles import CASE_ROLES
from audit.models import AuditEvent
from audit.services import history
from cases import (
    accused,
    avoidance,
    conditions,
    corrections,
    identity,
    joining,
    policy,
    presence,
    queries,
    statements,
)
from cases.arrivals import WAY_LABELS, Way, told
from cases.clocks import begun_on, target_on
from cases.conditions import Standing, stage_of
from cases.extensions import ANSWERS
from cases.fields import DELIVERIES
from cases.models import Case
from cases.queries import File
from cases.rules import CHANNEL_LABELS, PURPOSE_LABELS, SUBJECT_LABELS, TIER_LABELS, Channel, Purpose, Tier
from cases.services import standing
from cases.workflow import CASE_WORKFLOW, OPEN, STATUS_LABELS, WORKING, Status
from desk import addressing, handing, repeating
from desk.files import file_lines
from desk.filing import claim_lines, clock_lines
from desk.handling import assignment_lines, handling_of
from desk.letter_lines import letter_line
from desk.parties import PartyLine, party_lines
from desk.presenters import accused_name, primary_of, rows_for, tags_of
from desk.steps import steps_of
from desk.tellings import people_in, timeline
from dispatches import queries as letters
from dispatches.kinds import KIND_LABELS, RELATIONS, LetterKind
from dispatches.queries import LetterView
from dispatches.workflow import senders
from documents.services import of_subject
from doorway.attempts import attempt
from doorway.guard import guard, work
from doorway.presenting import lamp
from doorway.words import N_, _
from kernel.errors import InvalidError
from tenants import codes, departments, settings, workdays
from tenants import queries as tenants
from tenants.house import CodeTable
from tenants.reviewing import reviewer_of
from tenants.standing import Relation


@dataclass(frozen=True, slots=True)
class Button:
    """Something that may be done now; a primary one is the next legal step."""

    label: str
    url: str
    primary: bool = False
    #: The heading under which it stands among 更多办理方式; empty: beside the next step.
    group: str = ""


@guard(*CASE_ROLES)
def case_page(number: str) -> str:
    """Everything about one case that the actor may see."""
    return _page(queries.file(work(), number))


def _page(file: File, *, reason_error: str = "", reason: str = "", asked: int = 0) -> str:
    unit, case = work(), file.case
    events = history(unit.session, case.id)
    around = letters.of_case(unit, case.id)
    today = unit.clock.today()
    house = settings.of(unit.session)
    deliveries = codes.words(unit.session, CodeTable.DELIVERY, DELIVERIES)
    places = _places(file, events)
    categories = {category.code: category.name for category in tenants.categories(unit.session)}
    there = presence.of_case(unit, case.id)
    now = standing(unit, case, file.claims, file.clocks, open_tasks=there.open_tasks)
    buttons = _buttons(file, now, around)
    letter_buttons = _letters_from(file, now)
    linked = joining.linked(unit, case)
    said = statements.of_case(unit, case.id) if there.statements else ()
    given = avoidance.of_case(unit, case.id) if there.assignments else ()
    named = {user for row in given for user in (row.user_id, row.by_id)}
    people = accounts.names(unit.session, {case.assignee_id, case.first_handler_id} | named | people_in(events))
    return render_template(
        "desk/case.html",
        case=case,
        status=STATUS_LABELS[Status(case.status)],
        is_open=Status(case.status) in OPEN,
        lamp=lamp(case.due_on, today, begun=begun_on(case), bands=house.warning_bands),
        target_on=target_on(case, house.tier_days),
        department=places.get(str(case.department_id)) if case.department_id else None,
        away=absence.on(unit.session, today, [case.assignee_id]).get(case.assignee_id) if case.assignee_id else None,
        tags=tags_of(case, file.clocks),
        channel=CHANNEL_LABELS[Channel(case.channel)],
        way=WAY_LABELS[Way(case.way)] if case.way else "",
        arrival=told(case.arrival or {}),
        purpose=PURPOSE_LABELS[Purpose(case.purpose)] if case.purpose else "—",
        tier=TIER_LABELS[Tier(case.tier)] if case.tier else "—",
        category=categories.get(case.category_code or "", "—"),
        accused=accused_name(unit, case),
        accused_staff=accused.names_of(unit, case) if case.sealed else [],
        may_name=case.sealed and policy.may_name_accused(unit.actor),
        handling=handling_of(unit, file, there),
        assignments=assignment_lines(given, people),
        review_offer=_review_offer(now, (*buttons, *letter_buttons)),
        people=people,
        steps=steps_of(case, events),
        clocks=clock_lines(case, file.clocks, today, house.warning_bands, partial(workdays.notice, unit.session)),
        claims=claim_lines(file.claims, categories),
        parties=_parties(file),
        timeline=timeline(
            events,
            people,
            categories,
            {"department": places, "task_department": places, "delivery": deliveries},
        ),
        papers=of_subject(unit.session, case.id),
        files=file_lines(file),
        statements=[(_(statements.KIND_LABELS[one.kind]), one) for one in said],
        may_attach=policy.may_attach(unit.actor),
        may_bind=policy.may_bind(unit.actor),
        letters=[(letter_line(unit, view), view) for view in around],
        buttons=[button for button in buttons if not button.group],
        more=_grouped(buttons),
        extension_buttons=[one for one in buttons if one.label in map(CASE_WORKFLOW.label, ANSWERS)],
        linked=_linked(linked),
        letter_buttons=letter_buttons,
        around=repeating.around(file, linked),
        first_words={True: _("是"), False: _("否"), None: _("没有问明")},
        reason_error=reason_error,
        reason=reason,
        asked=asked,
    )


def _parties(file: File) -> list[PartyLine]:
    unit = work()
    subjects = codes.words(unit.session, CodeTable.SUBJECT_TYPE, SUBJECT_LABELS)
    return party_lines(file.parties, subjects, mask_rule=settings.of(unit.session).mask_rule)


def _places(file: File, events: Sequence[AuditEvent]) -> dict[str, str]:
    """Names of departments, where the case or its history names one: most cases save the statement."""
    if file.case.department_id is None and not any(
        event.data.get(key) not in (None, "", "None") for event in events for key in ("department", "task_department")
    ):
        return {}
    return {str(key): name for key, name in departments.names_of(work().session).items()}


def _buttons(file: File, now: Standing, around: Sequence[LetterView]) -> list[Button]:
    """What the actor may do now: the next legal step first, the others after it."""
    case = file.case
    rows = rows_for(now)
    primary = primary_of(rows)
    found = [
        Button(
            row.label,
            url_for("desk.act_form", number=case.number, action=row.action),
            row is primary,
            "" if row is primary else row.group,
        )
        for row in rows
    ]
    # What came from above is read before the case goes on, so the step begins on the letter's page.
    found += [
        Button(_("查看上级意见并继续办理"), url_for("desk.letter_page", letter_id=view.letter.id), primary is None)
        for view in around
        if view.may_resume
    ]
    if handing.may_hand_over(work().actor, case) and handing.heirs():
        found.append(Button(_("移交承继单位"), url_for("desk.hand_over_form", number=case.number)))
    if corrections.may_correct(work().actor, case):
        found.append(Button(_("更正登记"), url_for("desk.correct_form", number=case.number), group=N_("登记内容")))
    return sorted(found, key=lambda button: not button.primary)


def _grouped(buttons: Sequence[Button]) -> list[tuple[str, list[Button]]]:
    """更多办理方式: what is not the next step, under headings in the table's order."""
    headings = dict.fromkeys(button.group for button in buttons if button.group)
    return [(_(group), [button for button in buttons if button.group == group]) for group in headings]


#: What the other case is to this one, by the kind of the link.
LINK_WORDS: dict[str, str] = {
    "lead": N_("并入的主件"),
    "merged": N_("并入本件"),
    "origin": N_("拆分前的原件"),
    "split": N_("从本件拆分"),
}


def _linked(linked: Sequence[tuple[str, Case]]) -> list[tuple[str, Case, str]]:
    """Cases that belong to this one: what each is to it, and how it stands. Repetitions have a place of their own."""
    return [
        (_(LINK_WORDS[kind]), other, STATUS_LABELS[Status(other.status)])
        for kind, other in linked
        if kind in LINK_WORDS
    ]


def _letters_from(file: File, now: Standing) -> list[Button]:
    """Letters that may be sent about the case now, by its status, the actor's roles and the union's place."""
    unit, case = work(), file.case
    if Status(case.status) not in OPEN:
        return _review_button(file, now)
    ways = addressing.ways(unit)

    def leads(kind: LetterKind) -> str:
        return url_for("desk.compose", kind=kind.value, case=case.number)

    found = []
    if Relation.UP in ways and letters.may_escalate(unit, case):
        found.append(Button(CASE_WORKFLOW.label("escalate"), leads(LetterKind.ESCALATION)))
    found += _review_button(file, now)
    for kind in (LetterKind.TRANSFER, LetterKind.ORDER, LetterKind.ASSIST, LetterKind.SUBMISSION):
        handed = kind in (LetterKind.TRANSFER, LetterKind.ORDER)
        if handed and Status(case.status) not in (Status.TRIAGED, *WORKING):
            continue
        if RELATIONS[kind] & ways and senders(kind) & unit.actor.roles:
            found.append(Button(KIND_LABELS[kind], leads(kind)))
    return found


def _review_button(file: File, now: Standing) -> list[Button]:
    """移送复查、复核, to the one union that reviews this one's opinions."""
    unit, case = work(), file.case
    stage = stage_of(case)
    row = next(row for row in CASE_WORKFLOW if row.action == f"send_{stage}")
    if Status(case.status) not in row.sources or now.outside is not False or conditions.unmet(row, now):
        return []
    if not senders(LetterKind.REVIEW) & row.roles & unit.actor.roles:
        return []
    to = str(reviewer_of(unit.session, stage))
    return [Button(row.label, url_for("desk.compose", kind=LetterKind.REVIEW.value, case=case.number, to=to))]


def _review_offer(now: Standing, buttons: Sequence[Button]) -> Button | None:
    """What a dissatisfied petitioner is pointed to while the time to ask runs; later it stands with the rest."""
    if not conditions.CONDITIONS["time_to_ask_review"].holds(now):
        return None
    asking = (CASE_WORKFLOW.label("ask_review"), CASE_WORKFLOW.label("send_review"))
    return next((button for button in buttons if button.label in asking), None)


@guard(*CASE_ROLES)
def reveal(number: str, position: int) -> Response | tuple[str, int]:
    """Show one party in full, once, for a reason that stays on record. Nothing of it is kept by the browser."""
    unit = work()
    reason = request.form.get("reason", "")
    file = queries.file(unit, number)
    try:
        with attempt():
            person = identity.reveal(unit, number, position, reason)
    except InvalidError as error:
        return _page(file, reason_error=error.message, reason=reason, asked=position), 422
    party = next(line for line in _parties(file) if line.position == position)
    page = render_template("desk/identity.html", case=file.case, party=party, person=person, reason=reason)
    return Response(page, headers={"Cache-Control": "no-store"})


@guard(*CASE_ROLES)
def reveal_again(number: str, position: int) -> Answer:
    """A bookmark or a reload without the form leads back to the case: every look needs its own reason."""
    return redirect(url_for("desk.case_page", number=number, _anchor=f"party-{position}"))


ROUTES = (
    ("/cases/<number>", case_page, ("GET",)),
    ("/cases/<number>/parties/<int:position>", reveal_again, ("GET",)),
    ("/cases/<number>/parties/<int:position>", reveal, ("POST",)),
)
