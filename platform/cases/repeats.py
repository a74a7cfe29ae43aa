"""初件与重复件: which earlier cases a new one may repeat and why, shown to a person who decides. Never automatic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm.exc import StaleDataError

from access.actor import Actor, Work
from audit.services import record
from cases import clocks, identity, joining, policy, repeated
from cases.figures import CaseChanged, figures_of
from cases.models import Case, Party
from cases.registers import CaseToken
from cases.rules import PartyRole
from cases.services import lock
from cases.table import STAFF
from cases.words import tokens
from kernel.errors import ConflictError, ForbiddenError, InvalidError

#: A case about the same workplace in these days is worth a look (一个季度, [设]).
SAME_PLACE_DAYS = 90
#: Share of a text's words that another case must have to be called alike ([设]).
ALIKE = 0.6
#: Shorter texts are alike by chance.
ENOUGH_WORDS = 8
#: Words of a text that are compared, spread over it: more of a letter of 2,000 characters add time, not certainty.
MOST_WORDS = 40
SHOWN = 4
PEOPLE = (PartyRole.PETITIONER.value, PartyRole.AFFECTED.value, PartyRole.REPRESENTATIVE.value)


@dataclass(slots=True)
class Likely:
    """An earlier case and the reasons to think of it; the strongest reason comes first."""

    case: Case
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Probe:
    """What is known of a matter that may be a repetition."""

    name: str | None = None
    phone: str | None = None
    id_number: str | None = None
    respondents: tuple[str, ...] = ()
    category: str | None = None
    texts: tuple[str, ...] = ()
    #: The case itself, where it is registered already.
    own: UUID | None = None


def likely(work: Work, probe: Probe) -> list[Likely]:
    """Earlier cases that the actor may see, with reasons; persons first, then texts, then workplaces."""
    found: dict[UUID, Likely] = {}

    def add(case: Case, reason: str) -> None:
        if case.id != probe.own:
            found.setdefault(case.id, Likely(case)).reasons.append(reason)

    by_person = identity.cases_of_person(
        work, name=probe.name, phone=probe.phone, id_number=probe.id_number, exclude=probe.own
    )
    why = "信访人的电话或证件号相同" if probe.phone or probe.id_number else "信访人同名"
    for case in by_person:
        add(case, why)
    for case, share in _alike(work, probe):
        add(case, f"内容相近（{round(share * 100)}%的词语相同）")
    for case in _same_place(work, probe):
        same = case.category_code and case.category_code == probe.category
        add(case, f"{SAME_PLACE_DAYS}日内反映同一单位{'、同一类别' if same else ''}")
    return list(found.values())[:SHOWN]


def likely_of(work: Work, case: Case, parties: Sequence[Party]) -> list[Likely]:
    """The same for a registered case, found by the blind indexes beside its parties; nothing is decrypted."""
    found: dict[UUID, Likely] = {}
    for earlier in _of_same_person(work, case, parties):
        found[earlier.id] = Likely(earlier, ["信访人的电话、证件号相同或者同名"])
    names = tuple(
        party.organisation for party in parties if party.role == PartyRole.RESPONDENT and party.organisation
    )
    probe = Probe(respondents=names, category=case.category_code, texts=(case.title, case.content), own=case.id)
    for other in likely(work, probe):
        found.setdefault(other.case.id, Likely(other.case)).reasons.extend(other.reasons)
    return [one for one in found.values() if one.case.registered_at <= case.registered_at][:SHOWN]


def may_unlink(actor: Actor, case: Case) -> bool:
    """Whoever may link it, also when the case has ended since."""
    own = actor.is_or_stands_in_for(case.assignee_id)
    return bool(actor.roles & STAFF) and (own or not policy.acts_as_assignee_only(actor, STAFF))


def unlink(work: Work, number: str, *, version: int | None = None) -> Case:
    """Take back that a case repeats another one (row ``link_first`` of the table); both files are told.

    :raises ForbiddenError: for a role that does not link, and for a handler of other cases.
    :raises NotFoundError: when the actor does not see the case.
    :raises ConflictError: when somebody changed it since ``version``.
    :raises InvalidError: when the case hangs on none.
    """
    joining.one_at_a_time(work)
    case = lock(work, number)
    if not may_unlink(work.actor, case):
        raise ForbiddenError
    if version is not None and version != case.version:
        raise ConflictError
    if case.first_id is None:
        raise InvalidError("本件没有认定为重复件。")
    running = clocks.of_case(work.session, case.id)
    before, first = figures_of(case, running), case.first_id
    case.first_id, case.repeat, case.first_at_this_org = None, False, True
    case.updated_at = work.clock.now()
    try:
        work.session.flush()
    except StaleDataError:  # pragma: no cover - the row is locked
        raise ConflictError from None
    repeated.trace(work, first)
    told = {"from": case.status, "to": case.status, "before": str(first)}
    record(work, "case:unlink", subject_type="case", subject_id=case.id, data=told)
    record(work, "case:repeat_undone", subject_type="case", subject_id=first, data={"case": case.number})
    work.bus.publish(work, CaseChanged(before=before, after=figures_of(case, running)))
    return case


def _of_same_person(work: Work, case: Case, parties: Sequence[Party]) -> Sequence[Case]:
    keys = []
    for column in (Party.id_number_index, Party.phone_index, Party.name_index):
        values = [getattr(party, column.key) for party in parties if party.role in PEOPLE]
        known = [value for value in values if value is not None]
        if known:
            keys.append(column.in_(known))
    if not keys:
        return []
    people = select(Party.case_id).where(Party.tenant_id == work.tenant_id, or_(*keys), Party.role.in_(PEOPLE))
    statement = select(Case).where(Case.id.in_(people), Case.id != case.id, policy.visible(work.actor))
    return work.session.scalars(statement.order_by(Case.registered_at.desc()).limit(SHOWN)).all()


def _alike(work: Work, probe: Probe) -> list[tuple[Case, float]]:
    words = sorted(word for word in tokens(probe.texts) if len(word) > 1)
    words = words[:: max(1, len(words) // MOST_WORDS)][:MOST_WORDS]
    if len(words) < ENOUGH_WORDS:
        return []
    matched = func.count()
    hits = (
        select(CaseToken.case_id, matched.label("matched"))
        .where(CaseToken.tenant_id == work.tenant_id, CaseToken.token.in_(words))
        .group_by(CaseToken.case_id)
        .having(matched >= int(len(words) * ALIKE))
        .cte("hits")
    )
    statement = select(Case, hits.c.matched).join(hits, hits.c.case_id == Case.id).where(policy.visible(work.actor))
    if probe.own is not None:
        statement = statement.where(Case.id != probe.own)
    rows = work.session.execute(statement.order_by(hits.c.matched.desc(), Case.registered_at.desc()).limit(SHOWN))
    return [(row[0], row[1] / len(words)) for row in rows]


def _same_place(work: Work, probe: Probe) -> Sequence[Case]:
    if not probe.respondents:
        return []
    about = select(Party.case_id).where(
        Party.tenant_id == work.tenant_id,
        Party.role == PartyRole.RESPONDENT.value,
        Party.organisation.in_(probe.respondents),
    )
    since = work.clock.now() - timedelta(days=SAME_PLACE_DAYS)
    statement = select(Case).where(Case.id.in_(about), Case.registered_at >= since, policy.visible(work.actor))
    if probe.own is not None:
        statement = statement.where(Case.id != probe.own)
    if probe.category:
        statement = statement.where(or_(Case.category_code.is_(None), Case.category_code == probe.category))
    return work.session.scalars(statement.order_by(Case.registered_at.desc()).limit(SHOWN)).all()
