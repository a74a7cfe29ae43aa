"""Intake: check what a worker brought, register it, start the 15-day clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from access.actor import Work
from audit.services import record
from cases import accused, arrivals, clocks, identity, policy, repeated, search, workplaces
from cases.figures import CaseChanged, figures_of
from cases.matter import NewCase, NewParty
from cases.models import Case, CaseClock, Claim, Party
from cases.rules import AUTHORITIES, MAX_REPRESENTATIVES, SUBJECT_LABELS, Channel, ClockKind, PartyRole, SubjectType
from cases.workflow import Status
from documents.services import format_number, take_numbers
from kernel.db import TenantSession
from kernel.errors import ForbiddenError, InvalidError
from kernel.ids import uuid7
from kernel.outbox import enqueue
from tenants import codes, settings, workdays
from tenants import queries as tenants
from tenants.house import CodeTable
from tenants.models import Category

__all__ = ["Draft", "NewCase", "NewParty", "check", "draft", "earlier", "places_of", "register", "tokenise", "told"]

MAX_TITLE = 100
MAX_CONTENT = 20_000
MAX_SIDE = 5_000  # 目的 and 背景, each.
MAX_CLAIMS = 20
MAX_PARTIES = 30


@dataclass(frozen=True, slots=True)
class Draft:
    """A registered file as rows that no session holds yet; the case goes in first, the rest point at it."""

    case: Case
    claims: Sequence[Claim]
    parties: Sequence[Party]
    clocks: list[CaseClock]
    #: Names in clear, to keep them out of the words under which the case is found.
    names: Sequence[str | None] = ()


@dataclass(slots=True)
class _Problems:
    fields: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, sentence: str) -> None:
        self.fields.setdefault(name, sentence)

    def finish(self) -> None:
        if self.fields:
            raise InvalidError("；".join(dict.fromkeys(self.fields.values())), fields=self.fields)


def register(work: Work, new: NewCase) -> Case:
    """Register a matter (应当予以登记, 条例 art. 22, 23) and start the 15-day clock from the day it was received.

    :raises ForbiddenError: for a role that does not receive petitioners.
    :raises InvalidError: with a sentence for each field that breaks a rule; nothing is written.
    """
    if not policy.may_register(work.actor):
        raise ForbiddenError
    people = check(work, new)
    code, year = tenants.get(work.session, work.tenant_id).code, work.clock.today().year
    number = format_number(code, year, take_numbers(work.session, "case", year)[0])
    now, places = work.clock.now(), places_of(work, new.parties)
    file = draft(work, new, people, number=number, registered_at=now, places=places)
    case = file.case
    first = earlier(work, new.repeat_of) if new.repeat_of else None
    # The first of them all, so that a third case does not hang on the second.
    case.first_id = (first.first_id or first.id) if first is not None else None
    tokenise(work.session, (file,))
    work.session.add(case)
    work.session.flush()  # the rows below point at the case
    work.session.add_all((*file.claims, *file.parties, *file.clocks))
    accused.name(work, case, new.accused_staff)
    record(work, "case:register", subject_type="case", subject_id=case.id, data=told(case))
    work.bus.publish(work, CaseChanged(before=None, after=figures_of(case, file.clocks)))
    if case.first_id is not None:
        repeated.trace(work, case.first_id)
    enqueue(work.session, "case.registered", {"case": str(case.id)})
    if case.collective:
        enqueue(work.session, "case.ruled", {"case": str(case.id)})
    work.session.flush()
    return case


def draft(
    work: Work,
    new: NewCase,
    people: Sequence[tuple[NewParty, identity.Identity]],
    *,
    number: str,
    registered_at: datetime,
    places: Mapping[str, UUID],
) -> Draft:
    """The rows of a matter that :func:`check` has passed; one builder for the window, the import and the demo.

    ``places`` are the workplaces of its respondents by name (:func:`places_of`).
    """
    category = work.session.get(Category, new.category) if new.category else None
    house = settings.of(work.session)
    case = Case(
        id=uuid7(),
        number=number,
        title=new.title.strip(),
        content=new.content.strip(),
        channel=new.channel,
        status=Status.REGISTERED.value,
        received_on=new.received_on,
        registered_at=registered_at,
        first_handler_id=work.actor.user_id,
        headcount=new.headcount,
        anonymous=new.anonymous,
        confidential=new.confidential,
        collective=new.channel == Channel.VISIT and new.headcount >= house.collective_threshold,
        urgent=new.urgent,
        repeat=new.repeat or bool(new.repeat_of),
        first_in_system=new.first_in_system,
        first_at_this_org=not (new.repeat or new.repeat_of),
        way=new.way,
        arrival=arrivals.check(new.channel, new.way, new.arrival)[0] or None,
        aim=new.aim.strip() or None,
        background=new.background.strip() or None,
        category_code=new.category,
        sealed=bool(new.accused_staff) or (category is not None and category.sealed),
        source=new.source,
        source_key=new.source_key,
        review_stage=new.review_stage,
        # Said here, not left to the column: what is not in a session yet is counted up as well.
        dissatisfied=0,
        updated_at=registered_at,
    )
    running = _clocks(work, case, new)
    clocks.carry_deadline(case, running)
    claims = [
        Claim(case_id=case.id, position=position, text=claim, category_code=new.category)
        for position, claim in enumerate(_claims(new), start=1)
    ]
    parties = []
    for position, (party, person) in enumerate(people, start=1):
        row = Party(
            case_id=case.id,
            position=position,
            role=party.role,
            subject_type=party.subject_type,
            organisation=identity.normal(party.organisation),
            authority=party.authority,
            workplace_id=places.get(identity.normal(party.organisation) or "")
            if party.role == PartyRole.RESPONDENT
            else None,
        )
        identity.seal(work, row, person)
        parties.append(row)
    names = [person.name for _party, person in people]
    return Draft(case=case, claims=claims, parties=parties, clocks=running, names=names)


def places_of(work: Work, parties: Iterable[NewParty]) -> dict[str, UUID]:
    """Workplaces with exactly the names of these respondents, in one statement."""
    names = [identity.normal(party.organisation) for party in parties if party.role == PartyRole.RESPONDENT]
    return workplaces.by_name(work, names)


def earlier(work: Work, number: str) -> Case | None:
    """The case that a clerk names as the first of the matter, if the clerk may see it."""
    statement = select(Case).where(Case.number == number.strip(), policy.visible(work.actor))
    return work.session.scalars(statement).first()


def tokenise(session: TenantSession, files: Sequence[Draft]) -> None:
    """Write the words under which new cases are found; before the cases, so that they go in marked as done."""
    found = {}
    for file in files:
        file.case.tokenised = True
        found[file.case.id] = search.tokens_of(file.case, file.claims, file.parties, file.names)
    search.write(session, found)


def _clocks(work: Work, case: Case, new: NewCase) -> list[CaseClock]:
    """The clocks that registration starts, all from the day on which the matter was received."""
    house, rolling, counting = settings.of(work.session), workdays.rolling(work.session), workdays.of(work.session)
    running: list[CaseClock] = []
    days = {
        ClockKind.URGENT: house.urgent_report_days if new.urgent else 0,
        # 来电来访 only: whoever writes does not wait at a window or on a line.
        ClockKind.PROGRESS: house.progress_days if new.channel in (Channel.VISIT, Channel.CALL) else 0,
    }
    if new.review_stage is not None:
        first = ClockKind.REVIEW if new.review_stage == "review" else ClockKind.RECHECK
    else:
        first = ClockKind.NOTICE_BY_LETTER if new.by_letter else ClockKind.NOTICE
    for kind in (first, *days):
        clocks.start(case, running, kind, new.received_on, rolling=rolling, counting=counting, days=days.get(kind))
    return running


def told(case: Case) -> dict[str, str]:
    """What the event of a registration says; no word of the matter and no person."""
    return {"number": case.number, "channel": case.channel, "to": case.status}


def _claims(new: NewCase) -> list[str]:
    return [claim.strip() for claim in new.claims if claim.strip()] or [new.title.strip()]


def check(work: Work, new: NewCase) -> list[tuple[NewParty, identity.Identity]]:
    """Every rule of intake at once, so that a form shows all of its mistakes together.

    Field names are those of :class:`NewCase`; a party's are ``parties.<index>.<field>``.

    :raises InvalidError: with one sentence a field.
    """
    problems = _Problems()
    if new.channel not in set(Channel):
        problems.add("channel", "请选择信访形式：来信、来访、来电或网信。")
    if not new.title.strip():
        problems.add("title", "请填写标题，用一句话说明反映的问题。")
    elif len(new.title.strip()) > MAX_TITLE:
        problems.add("title", f"标题不能超过{MAX_TITLE}个字。")
    if not new.content.strip():
        problems.add("content", "请填写反映内容。")
    elif len(new.content) > MAX_CONTENT:
        problems.add("content", f"反映内容不能超过{MAX_CONTENT}个字。")
    if new.received_on > work.clock.today():
        problems.add("received_on", "收到日期不能晚于今天。")
    elif new.received_on.year < 1990:
        problems.add("received_on", "收到日期过早，请核对年份。")
    if not 1 <= new.headcount <= 9999:
        problems.add("headcount", "人数应在1至9999之间。")
    if len(_claims(new)) > MAX_CLAIMS:
        problems.add("claims", f"诉求不能超过{MAX_CLAIMS}项。")
    _check_arrival(work, new, problems)
    if told := accused.problem(work, new.accused_staff):
        problems.add("accused_staff", told)
    if new.category is not None and work.session.get(Category, new.category) is None:
        problems.add("category", "没有这个问题类别，请按分类表填写。")
    people = _check_parties(work, new, problems)
    problems.finish()
    return people


def _check_arrival(work: Work, new: NewCase, problems: _Problems) -> None:
    for name, label in (("aim", "目的"), ("background", "背景")):
        if len(getattr(new, name)) > MAX_SIDE:
            problems.add(name, f"{label}不能超过{MAX_SIDE}个字。")
    for name, sentence in arrivals.check(new.channel, new.way, new.arrival)[1].items():
        problems.add(name if name == "way" else f"arrival.{name}", sentence)
    if new.repeat_of and earlier(work, new.repeat_of) is None:
        problems.add("repeat_of", "没有找到这个编号的信访件，请核对首件的编号。")


def _check_parties(work: Work, new: NewCase, problems: _Problems) -> list[tuple[NewParty, identity.Identity]]:
    if len(new.parties) > MAX_PARTIES:
        problems.add("parties", f"当事人不能超过{MAX_PARTIES}位。")
    if sum(party.role == PartyRole.REPRESENTATIVE for party in new.parties) > MAX_REPRESENTATIVES:
        problems.add(
            "parties",
            "代表不得超过5人（《信访工作条例》第二十条）。请与信访人商定5名代表，其余人员计入涉及人数；已填写的内容都还在。",
        )
    known = codes.words(work.session, CodeTable.SUBJECT_TYPE, SUBJECT_LABELS)
    checked: list[tuple[NewParty, identity.Identity]] = []
    for index, party in enumerate(new.parties):
        values: dict[str, str | None] = {"address": identity.normal(party.address)}
        for name, rule in (
            ("name", identity.check_name),
            ("phone", identity.check_phone),
            ("id_number", identity.check_id_number),
        ):
            try:
                values[name] = rule(getattr(party, name))
            except InvalidError as error:
                problems.add(f"parties.{index}.{name}", error.message)
                values[name] = None
        if party.role not in set(PartyRole):
            problems.add(f"parties.{index}.role", "当事人身份不正确。")
        if party.role == PartyRole.AGENT and party.authority not in AUTHORITIES:
            problems.add(f"parties.{index}.authority", "请选择代理权限；代理须由信访人自愿委托。")
        if party.role == PartyRole.AGENT and not values["name"]:
            problems.add(f"parties.{index}.name", "请填写代理人姓名。")
        if party.subject_type is not None and party.subject_type not in known:
            problems.add(f"parties.{index}.subject_type", "信访人类别不正确。")
        checked.append((party, identity.Identity(**values)))
    # A union that reports a matter of its members stands with its own name (基层工会组织).
    named = any(
        (person.name or (party.subject_type == SubjectType.UNION and identity.normal(party.organisation)))
        and party.role in (PartyRole.PETITIONER, PartyRole.REPRESENTATIVE)
        for party, person in checked
    )
    if not new.anonymous and not named and not problems.fields.get("parties.0.name"):
        problems.add("parties.0.name", "请填写信访人姓名；不愿留名的请勾选“匿名”。")
    return checked
