"""What a registration has to be: every rule of intake, with a sentence for each field that breaks one."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select

from access.actor import Work
from cases import accused, arrivals, identity, policy
from cases.arrivals import Way
from cases.matter import NewCase, NewParty
from cases.models import Case
from cases.rules import (
    AUTHORITIES,
    MAX_REPRESENTATIVES,
    SIGNED_CHANNELS,
    SUBJECT_LABELS,
    Channel,
    PartyRole,
    SubjectType,
)
from kernel.errors import InvalidError
from tenants import codes
from tenants.house import CodeTable
from tenants.models import Category

MAX_TITLE = 100
MAX_CONTENT = 20_000
#: 目的 and 背景, each.
MAX_SIDE = 5_000
MAX_CLAIMS = 20
MAX_PARTIES = 30


@dataclass(slots=True)
class _Problems:
    fields: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, sentence: str) -> None:
        self.fields.setdefault(name, sentence)

    def finish(self) -> None:
        if self.fields:
            raise InvalidError("；".join(dict.fromkeys(self.fields.values())), fields=self.fields)


def earlier(work: Work, number: str) -> Case | None:
    """The case that a clerk names as the first of the matter, if the clerk may see it."""
    statement = select(Case).where(Case.number == number.strip(), policy.visible(work.actor))
    return work.session.scalars(statement).first()


def claims_of(new: NewCase) -> list[str]:
    """What is asked for, one sentence each; without any, the title is the claim."""
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
    _check_headcount(new, problems)
    if len(claims_of(new)) > MAX_CLAIMS:
        problems.add("claims", f"诉求不能超过{MAX_CLAIMS}项。")
    _check_arrival(work, new, problems)
    if told := accused.problem(work, new.accused_staff):
        problems.add("accused_staff", told)
    if new.category is not None and work.session.get(Category, new.category) is None:
        problems.add("category", "没有这个问题类别，请按分类表填写。")
    people = _check_parties(work, new, problems)
    problems.finish()
    return people


def _check_headcount(new: NewCase, problems: _Problems) -> None:
    if not 1 <= new.headcount <= 9999:
        problems.add("headcount", "人数应在1至9999之间。")
    elif new.joint and new.headcount < 2:
        problems.add("headcount", "联名信访请填写联名的人数（2人以上）。")
    if new.joint and new.channel not in SIGNED_CHANNELS:
        problems.add("joint", "联名只适用于来信、网信；多人来访的请填写来访人数。")


def _check_arrival(work: Work, new: NewCase, problems: _Problems) -> None:
    if new.way == Way.AGENT and not any(party.role == PartyRole.AGENT for party in new.parties):
        problems.add("way", "信访代理的，请在代理人一栏填写代理人姓名和代理权限；没有代理人的请选择其他渠道。")
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
