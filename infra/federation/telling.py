"""One union's stories as rows, made by the hands that make real cases: the intake's builder, the workflow's table.

Acts are carried out in the order of time, so that numbers, papers and events come out as they would have.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from access.actor import OWN_HAND, Actor, Work, own_hand
from access.models import User
from access.roles import Role
from calendars.workdays import LIBRARY
from cases import clocks, intake, ratings
from cases.fields import DELIVERIES
from cases.figures import figures_of
from cases.identity import Identity
from cases.models import CaseClock
from cases.papers import TEMPLATES, TITLES, Facts
from cases.queries import File
from cases.rules import ClockKind, PartyRole, Rating
from cases.services import told
from cases.turning import advance
from cases.workflow import CASE_WORKFLOW, FINAL, Status
from documents.models import Document
from documents.services import digest, format_number
from documents.verifying import new_code
from infra.federation import names, post, unhappy
from infra.federation.post import Post
from infra.federation.shelf import Shelf
from infra.federation.story import PETITIONER, Step, Story
from kernel.clock import CHINA, FixedClock, china_date
from kernel.db import PLATFORM_TENANT
from measures.counting import contributions
from tenants.models import Category, Tenant
from tenants.reviewing import NEXT_UP

_ROLES: Mapping[str, frozenset[Role]] = {login: frozenset(roles) for login, roles in names.STAFF} | {
    PETITIONER: own_hand(PLATFORM_TENANT).roles
}
#: When the nightly sweep notices what has run out.
_SWEPT_AT = time(6, 5)


class Teller:
    """Carries out the stories of one union; ``work`` is the system's unit of work there."""

    def __init__(
        self, work: Work, union: Tenant, above: Tenant | None, *, staff: Mapping[str, User], shelf: Shelf
    ) -> None:
        self.work, self.union, self.above, self.staff, self.shelf = work, union, above, staff, shelf
        self.sent: list[Post] = []
        self.categories = {category.code: category for category in work.session.scalars(select(Category))}
        clerk = staff["clerk"]
        # Whoever receives a matter first owns its follow-up: the builder takes that from the actor.
        self.at_window = replace(
            work, actor=Actor(work.tenant_id, clerk.id, clerk.display_name, frozenset({Role.CLERK}))
        )

    def tell(self, stories: Iterable[Story], received: Iterable[Post]) -> Shelf:
        """All rows of the union: its own cases, and its copies of the letters that came from below."""
        acts: list[tuple[datetime, _Telling, Step | None]] = []
        tellings = []
        for story in stories:
            telling = _Telling(self, story)
            tellings.append(telling)
            acts.append((story.registered_at, telling, None))
            acts.extend((step.at, telling, step) for step in story.steps)
        for _, telling, step in sorted(acts, key=lambda act: act[0]):
            if step is None:
                telling.register()
            else:
                telling.carry_out(step)
        for letter in received:
            post.receive(self.shelf, letter, self.staff)
        for telling in tellings:
            telling.finish()
        return self.shelf


class _Telling:
    """One case on its way."""

    def __init__(self, teller: Teller, story: Story) -> None:
        self.teller, self.story = teller, story
        self.file: File
        self.clocks: list[CaseClock]
        self.letter: Post | None = None

    def register(self) -> None:
        """The intake's own builder, at the moment of the story."""
        teller, story = self.teller, self.story
        year = china_date(story.registered_at).year
        number = format_number(teller.union.code, year, teller.shelf.number("case", year))
        new = intake.NewCase(
            channel=story.channel,
            title=story.title,
            content=story.content,
            received_on=story.received_on,
            claims=story.claims,
            headcount=story.headcount,
            anonymous=story.name is None,
            confidential=story.confidential,
            urgent=story.urgent,
            repeat=story.repeat,
        )
        made = intake.draft(
            teller.at_window, new, self._people(), number=number, registered_at=story.registered_at, places={}
        )
        self.clocks = made.clocks
        self.file = File(made.case, made.claims, made.parties, made.clocks)
        case = made.case
        if story.urgent:
            # 重大紧急: reported at once, as the demo's offices do.
            clocks.stop(self.clocks, ClockKind.URGENT, story.received_on, "记录重大紧急情况报告")
            clocks.carry_deadline(case, self.clocks)
        self._note(story.registered_at, "clerk", "register", intake.told(case))

    def _people(self) -> list[tuple[intake.NewParty, Identity]]:
        story = self.story
        people = []
        if story.name is not None:
            petitioner = intake.NewParty(name=story.name, phone=story.phone, subject_type=story.subject_type)
            people.append((petitioner, Identity(story.name, story.phone, None, None)))
        respondent = intake.NewParty(role=PartyRole.RESPONDENT.value, organisation=story.firm)
        people.append((respondent, Identity(None, None, None, None)))
        return people

    def carry_out(self, step: Step) -> None:
        """One row of the table, by somebody who may."""
        case, teller = self.file.case, self.teller
        row = CASE_WORKFLOW.resolve(step.action, Status(case.status), _ROLES[step.actor])
        values = self._values(step)
        origin = case.status
        rated = step.action in ("rate", "own_rate")
        before: dict[str, Any] = {"before": {"rating": case.rating}} if rated else {}
        claims = list(self.file.claims)
        advance(case, claims, self.clocks, row=row, values=values, clock=FixedClock(step.at), rolling=LIBRARY)
        if row.document is not None:
            self._issue(row.document, step, values)
        self._note(step.at, step.actor, step.action, {"from": origin, "to": case.status, **before, **told(values)})
        if rated:
            self._rate(step, values)
        if step.action == "escalate" and teller.above is not None:
            shared = post.compose(teller.work, teller.shelf, (teller.union, teller.above), self.file, step)
            self.letter = Post(shared, self.story.replies)
            post.send(teller.shelf, self.letter, self.file, teller.staff)
            teller.sent.append(self.letter)
        elif step.action == "resume" and self.letter is not None:
            post.resume(teller.shelf, self.letter, self.file, step, teller.staff)

    def _rate(self, step: Step, values: Mapping[str, Any]) -> None:
        case, teller = self.file.case, self.teller
        if step.actor == PETITIONER:
            row = ratings.own_hand(case, ratings.own_values(values), at=step.at)
        else:
            row = ratings.staff_hand(case, values, at=step.at, recorded_by=teller.staff[step.actor].id)
        teller.shelf.put([row])
        if row.rating == Rating.DISSATISFIED:
            unhappy.tell(teller.shelf, case, step.at, teller.staff, self.story.settled)

    def _values(self, step: Step) -> dict[str, Any]:
        values = dict(step.data)
        if "category" in values:
            values["category"] = self.teller.categories[values["category"]]
        if "assignee" in values:
            values["assignee"] = self.teller.staff[values["assignee"]].id
        if step.action == "ask_extension":
            # The plan says how many days more; from which day on the file knows.
            sixty = next(clock for clock in self.clocks if clock.kind == ClockKind.HANDLING)
            values["extend_to"] = sixty.due_on + timedelta(days=values["extend_to"])
        if "delivery" in values:
            values.setdefault("receipt", "signed")
            # A posted opinion has a number at the post office; the file's own digits make one.
            values["tracking"] = f"XA{self.file.case.number[-6:]}" if values["delivery"] == "post" else ""
        if step.action == "conclude_agreement":
            values["opinions"] = {claim.position: values["opinions"][claim.position] for claim in self.file.claims}
        return values

    def _issue(self, kind: str, step: Step, values: Mapping[str, Any]) -> None:
        teller, today = self.teller, china_date(step.at)
        title, prefix, words = TEMPLATES[kind]
        if "delivery" in values:
            values = {**values, "delivery_word": DELIVERIES[values["delivery"]]}
        above = teller.above.name if teller.above else None
        facts = Facts(
            case=self.file.case,
            claims=self.file.claims,
            clocks=self.clocks,
            union_name=teller.union.name,
            superior_name=above,
            today=today,
            data=values,
            body_of=lambda _stage: above or NEXT_UP,
        )
        title = TITLES[kind](facts) if kind in TITLES else title
        taken = teller.shelf.number(f"document:{kind}", today.year)
        number, body = format_number(f"{teller.union.code}{prefix}", today.year, taken), words(facts)
        teller.shelf.put_row(
            Document,
            subject_id=self.file.case.id,
            kind=kind,
            number=number,
            code=new_code(teller.union.id),
            digest=digest(number, title, body, today),
            title=title,
            body=body,
            issued_on=today,
            issued_by=teller.staff[step.actor].id,
            created_at=step.at,
        )

    def finish(self) -> None:
        """What stands today: the sweep's marks, the version, the rows and what the case adds to the figures."""
        case, shelf = self.file.case, self.teller.shelf
        case.version = 1 + len(self.story.steps)
        today = self.teller.work.clock.today()
        if case.due_on is not None and case.due_on < today and Status(case.status) not in FINAL:
            swept = datetime.combine(case.due_on + timedelta(days=1), _SWEPT_AT, tzinfo=CHINA)
            case.overdue_noted_on = swept.date()
            data = {"clock": case.due_kind, "due_on": str(case.due_on)}
            shelf.note(swept, None, "case:overdue", about="case", subject_id=case.id, data=data)
        shelf.put([case, *self.file.claims, *self.file.parties, *self.clocks])
        shelf.cells.update(contributions(figures_of(case, self.clocks)))

    def _note(self, at: datetime, actor: str, action: str, data: dict[str, Any]) -> None:
        case_id = self.file.case.id
        who = self.teller.staff.get(actor)
        self.teller.shelf.note(
            at, who, f"case:{action}", about="case", subject_id=case_id, data=data, unknown=OWN_HAND
        )
