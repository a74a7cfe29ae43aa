"""Where a rule or a trigger is true of a case and has not fired for this episode. One statement for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Date,
    Integer,
    LargeBinary,
    Select,
    Text,
    and_,
    any_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from access.actor import Work
from access.models import User
from cases.models import Case, Party
from cases.rules import ClockKind, PartyRole, Tier
from cases.workflow import FINAL, OPEN, Status
from dispatches.models import Letter, LetterEvent, RuleFiring
from dispatches.rules import REPEAT_DAYS, REPEATED, RULES, Mode, Rule, Trigger
from dispatches.workflow import LetterStatus, Side
from kernel.clock import CHINA
from tenants import settings as house
from tenants.models import Tenant, TenantClosure
from tenants.settings import TenantSettings

#: Statuses in which this union works on the case itself; what is above or elsewhere is the other side's turn.
AT_HOME = (Status.REGISTERED, Status.TRIAGED, Status.HANDLING, Status.DECIDED)
_ONCE = literal("once", Text)


@dataclass(frozen=True, slots=True)
class Scene:
    """What every rule of one union looks at: its settings, the day, and its line upward, itself first."""

    tenant_id: int
    settings: TenantSettings
    today: date
    line: Sequence[Tenant]

    @property
    def modes(self) -> Mapping[Rule, Mode]:
        """What each rule may do here."""
        chosen = self.settings.escalation_rules
        return {rule: Mode(chosen.get(rule.value, row.default.value)) for rule, row in RULES.items()}


@dataclass(frozen=True, slots=True)
class Occasion:
    """One thing that is true now and was not told: the rule's or trigger's name, the case or letter, the episode."""

    name: str
    subject_id: UUID
    episode: str


def scene_of(work: Work) -> Scene:
    """Read what the rules look at; two statements."""
    line = work.session.scalars(
        select(Tenant)
        .join(TenantClosure, TenantClosure.ancestor_id == Tenant.id)
        .where(TenantClosure.descendant_id == work.tenant_id)
        .order_by(TenantClosure.depth)
    ).all()
    return Scene(work.tenant_id, house.of(work.session), work.clock.today(), line)


def of_cases(work: Work, scene: Scene, *, case_id: UUID | None = None, limit: int = 50) -> list[Occasion]:
    """Up to ``limit`` occasions among the cases, the oldest cases first, rules before triggers of a case."""
    found = [
        _fresh(scene, rule.value, episode, condition, case_id)
        for rule, (episode, condition) in _rules(scene).items()
        if scene.modes[rule] is not Mode.OFF
    ]
    found += [
        _fresh(scene, trigger.value, episode, condition, case_id)
        for trigger, (episode, condition) in _triggers(scene).items()
    ]
    every = union_all(*found).subquery()
    statement = select(every).order_by(every.c.subject_id, every.c.place).limit(limit)
    return [Occasion(row.name, row.subject_id, row.episode) for row in work.session.execute(statement)]


def _fresh(scene: Scene, name: str, episode: Any, condition: Any, case_id: UUID | None) -> Select[Any]:
    told = exists().where(
        RuleFiring.tenant_id == scene.tenant_id,
        RuleFiring.rule == name,
        RuleFiring.subject_id == Case.id,
        RuleFiring.episode == episode,
    )
    place = 0 if name in set(Rule) else 1
    return select(
        literal(name, Text).label("name"),
        literal(place, Integer).label("place"),
        Case.id.label("subject_id"),
        episode.label("episode"),
    ).where(
        Case.tenant_id == scene.tenant_id,
        condition,
        ~told,
        Case.id == case_id if case_id is not None else true(),
    )


def _status(*statuses: Status) -> Any:
    return Case.status.in_([status.value for status in statuses])


def _due() -> Any:
    return Case.due_kind + literal(" ") + cast(Case.due_on, Text)


def _on_time_at_registration() -> Any:
    """An old register that is imported has no delay of this office in it; ``backlog`` counts those cases."""
    return cast(func.timezone(CHINA.key, Case.registered_at), Date) <= Case.due_on


def _rules(scene: Scene) -> dict[Rule, tuple[Any, Any]]:
    """Each rule's episode and condition."""
    settings, home = scene.settings, _status(*AT_HOME)
    late = scene.today - timedelta(days=settings.overdue_days)
    # Not the accused union's number: the episode is in the key of a task, and that is in the log.
    told = case((Case.accused_tenant_id.is_(None), "marked"), else_="named")
    return {
        Rule.HARD: (_ONCE, and_(_status(Status.TRIAGED, Status.HANDLING), Case.tier == Tier.HARD.value)),
        Rule.OVERDUE: (_due(), and_(home, Case.due_on < late, _on_time_at_registration())),
        Rule.COLLECTIVE: (
            _ONCE,
            and_(home, Case.collective.is_(True), Case.headcount >= settings.collective_threshold),
        ),
        Rule.RETALIATION: (_ONCE, and_(home, Case.retaliation.is_(True))),
        Rule.CONFLICT: (told, and_(home, or_(Case.conflict.is_(True), _accuses_us(scene)))),
        Rule.DISSATISFIED: (
            cast(Case.dissatisfied, Text),
            and_(
                Case.dissatisfied > 0,
                or_(Case.dissatisfied >= REPEATED, and_(Case.repeat.is_(True), _earlier(unsatisfied=True))),
            ),
        ),
    }


def _accuses_us(scene: Scene) -> Any:
    """The case accuses this union or one above it: by number, or a sealed one by the union's exact name."""
    named = exists().where(
        Party.tenant_id == Case.tenant_id,
        Party.case_id == Case.id,
        Party.role == PartyRole.RESPONDENT.value,
        Party.organisation.in_([union.name for union in scene.line]),
    )
    return or_(
        Case.accused_tenant_id.in_([union.id for union in scene.line]),
        and_(or_(Case.sealed.is_(True), Case.retaliation.is_(True)), named),
    )


def _triggers(scene: Scene) -> dict[Trigger, tuple[Any, Any]]:
    """Each trigger's episode and condition. 执行 overdue is not here: nothing records yet when an opinion is due."""
    late = and_(_status(*OPEN), Case.due_on < scene.today, _on_time_at_registration())
    return {
        Trigger.CASE_OVERDUE: (_due(), and_(late, Case.due_kind != ClockKind.NOTICE.value)),
        Trigger.NO_NOTICE: (_due(), and_(late, Case.due_kind == ClockKind.NOTICE.value)),
        Trigger.REPEAT: (_ONCE, and_(_status(*OPEN), Case.repeat.is_(True), _earlier(within=REPEAT_DAYS))),
        Trigger.UNSATISFIED: (cast(Case.dissatisfied, Text), Case.dissatisfied > 0),
        Trigger.SENT_BACK_TWICE: (_ONCE, and_(_status(*OPEN), _sent_back() >= 2)),
        Trigger.NO_HANDLER: (
            func.coalesce(cast(Case.assignee_id, Text), ""),
            and_(_status(Status.HANDLING, Status.DECIDED), ~_handled()),
        ),
        Trigger.HARD_CASE: (_ONCE, and_(_status(*AT_HOME), Case.tier == Tier.HARD.value)),
    }


def _handled() -> Any:
    """Somebody with an account that works has the case in hand."""
    return exists().where(User.tenant_id == Case.tenant_id, User.id == Case.assignee_id, User.active.is_(True))


def _earlier(*, within: int | None = None, unsatisfied: bool = False) -> Any:
    """An earlier case of the same petitioner in the same class: the petition that a repeated one repeats.

    Files hold no link to it. The same name, no two different telephones and the same class of matter are what the
    clerk who ticked 重复 went by; names are compared as digests, and nobody is counted or shown.
    """
    before, mine, theirs = aliased(Case), aliased(Party), aliased(Party)

    def of_mine(column: Any) -> Any:
        digests = select(column).where(
            mine.tenant_id == Case.tenant_id,
            mine.case_id == Case.id,
            mine.role == PartyRole.PETITIONER.value,
            column.is_not(None),
        )
        return func.array(digests.correlate(Case).scalar_subquery(), type_=ARRAY(LargeBinary))

    phones = of_mine(mine.phone_index)
    conditions = [
        theirs.tenant_id == Case.tenant_id,
        theirs.name_index == any_(of_mine(mine.name_index)),
        theirs.role == PartyRole.PETITIONER.value,
        or_(theirs.phone_index.is_(None), func.cardinality(phones) == 0, theirs.phone_index == any_(phones)),
        before.tenant_id == Case.tenant_id,
        before.id == theirs.case_id,
        before.registered_at < Case.registered_at,
        or_(
            Case.category_code.is_(None),
            before.category_code.is_(None),
            func.left(before.category_code, 2) == func.left(Case.category_code, 2),
        ),
    ]
    if unsatisfied:
        conditions.append(before.dissatisfied > 0)
    if within is not None:
        conditions.append(
            or_(
                before.closed_at.is_(None),
                and_(
                    before.status.in_([status.value for status in FINAL]),
                    before.closed_at >= Case.registered_at - timedelta(days=within),
                ),
            )
        )
    # LIMIT keeps it a look-up by index for each of the few cases that are left. As a semi-join, on tables that were
    # never analysed, the planner joined every party with every other one: minutes for 1,400 cases, now milliseconds.
    found = select(before.id).select_from(theirs).join(before, true()).where(*conditions).limit(1)
    return found.correlate(Case).scalar_subquery().is_not(None)


def _sent_back() -> Any:
    """How many letters about the case came back unworked."""
    back = exists().where(
        LetterEvent.tenant_id == Letter.tenant_id,
        LetterEvent.letter_id == Letter.id,
        LetterEvent.status == LetterStatus.RETURNED.value,
    )
    return (
        select(func.count())
        .select_from(Letter)
        .where(Letter.tenant_id == Case.tenant_id, Letter.case_id == Case.id, Letter.side == Side.SENDER.value, back)
        .correlate(Case)
        .scalar_subquery()
    )


def backlog(work: Work, scene: Scene) -> int:
    """Open cases that were already late when they were registered: an imported register, nobody's delay yet."""
    statement = (
        select(func.count())
        .select_from(Case)
        .where(
            Case.tenant_id == scene.tenant_id,
            _status(*OPEN),
            Case.due_on < scene.today,
            ~_on_time_at_registration(),
        )
    )
    return work.session.scalar(statement) or 0
