"""Intake: check what a worker brought, register it, start the 15-day clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from access.actor import Work
from audit.services import record
from cases import clocks, identity, policy
from cases.figures import CaseChanged, figures_of
from cases.models import Case, CaseClock, Claim, Party
from cases.rules import MAX_REPRESENTATIVES, SUBJECT_LABELS, Channel, ClockKind, PartyRole, SubjectType
from cases.workflow import Status
from documents.services import format_number, take_numbers
from kernel.errors import ForbiddenError, InvalidError
from kernel.ids import uuid7
from kernel.outbox import enqueue
from tenants import codes, settings, workdays
from tenants import queries as tenants
from tenants.house import CodeTable
from tenants.models import Category

MAX_TITLE = 100
MAX_CONTENT = 20_000
MAX_CLAIMS = 20
MAX_PARTIES = 30


@dataclass(frozen=True, slots=True)
class NewParty:
    """A party as typed."""

    role: str = PartyRole.PETITIONER.value
    name: str | None = None
    phone: str | None = None
    id_number: str | None = None
    address: str | None = None
    subject_type: str | None = None
    organisation: str | None = None


@dataclass(frozen=True, slots=True)
class NewCase:
    """A matter as typed at the window. ``claims`` are one sentence each; none means that the title is the claim."""

    channel: str
    title: str
    content: str
    received_on: date
    parties: Sequence[NewParty] = ()
    claims: Sequence[str] = ()
    headcount: int = 1
    anonymous: bool = False
    confidential: bool = False
    urgent: bool = False
    repeat: bool = False
    #: Code of the shared classification, where the one who hands the matter over has already chosen one.
    category: str | None = None
    source: str | None = None
    source_key: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A registered file as rows that no session holds yet; the case goes in first, the rest point at it."""

    case: Case
    claims: Sequence[Claim]
    parties: Sequence[Party]
    clocks: list[CaseClock]


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
    tenant = tenants.get(work.session, work.tenant_id)
    year = work.clock.today().year
    number = format_number(tenant.code, year, take_numbers(work.session, "case", year)[0])
    file = draft(work, new, people, number=number, registered_at=work.clock.now())
    case = file.case
    work.session.add(case)
    work.session.flush()  # the rows below point at the case
    work.session.add_all((*file.claims, *file.parties, *file.clocks))
    record(work, "case:register", subject_type="case", subject_id=case.id, data=told(case))
    work.bus.publish(work, CaseChanged(before=None, after=figures_of(case, file.clocks)))
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
) -> Draft:
    """The rows of a matter that :func:`check` has passed; one builder for the window, the import and the demo."""
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
        repeat=new.repeat,
        category_code=new.category,
        sealed=category is not None and category.sealed,
        source=new.source,
        source_key=new.source_key,
        updated_at=registered_at,
    )
    running: list[CaseClock] = []
    clocks.start(case, running, ClockKind.NOTICE, new.received_on, rolling=workdays.rolling(work.session))
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
        )
        identity.seal(work, row, person)
        parties.append(row)
    return Draft(case=case, claims=claims, parties=parties, clocks=running)


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
    if new.category is not None and work.session.get(Category, new.category) is None:
        problems.add("category", "没有这个问题类别，请按分类表填写。")
    people = _check_parties(work, new, problems)
    problems.finish()
    return people


def _check_parties(work: Work, new: NewCase, problems: _Problems) -> list[tuple[NewParty, identity.Identity]]:
    if len(new.parties) > MAX_PARTIES:
        problems.add("parties", f"当事人不能超过{MAX_PARTIES}位。")
    if sum(party.role == PartyRole.REPRESENTATIVE for party in new.parties) > MAX_REPRESENTATIVES:
        problems.add("parties", "代表不得超过5人（《信访工作条例》第二十条）。")
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
