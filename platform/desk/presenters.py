"""What the lists of cases show: plain lines, with words for every code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import url_for

from access import absence
from access.absence import Absence
from access.actor import Actor, Work
from cases import conditions
from cases.clocks import begun_on
from cases.conditions import Standing
from cases.models import Case, CaseClock
from cases.policy import acts_as_assignee_only, sees_accused
from cases.rules import CHANNEL_LABELS, Channel, ClockKind
from cases.workflow import CASE_WORKFLOW, OPEN, STATUS_LABELS, Status
from doorway.presenting import DEFAULT_BANDS, Bands, Lamp, lamp
from doorway.words import _
from kernel.workflow import Transition
from tenants import queries as tenants
from tenants import settings


@dataclass(frozen=True, slots=True)
class House:
    """What a list needs to know of the union's own house: its warning bands, and who is away today."""

    bands: Bands = DEFAULT_BANDS
    absent: Mapping[UUID, Absence] = field(default_factory=dict)


def house_of(work: Work, people: Iterable[UUID | None]) -> House:
    """The house for a list whose cases these people handle: one statement, however long the list."""
    wanted = {user_id for user_id in people if user_id is not None}
    return House(
        settings.of(work.session).warning_bands,
        absence.on(work.session, work.clock.today(), wanted),
    )


@dataclass(frozen=True, slots=True)
class Tag:
    """A mark beside a title; ``strong`` ones need care now."""

    word: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case in a list. It holds no identity."""

    number: str
    title: str
    url: str
    channel: str
    category: str
    status: str
    is_open: bool
    lamp: Lamp | None
    due_on: date | None
    is_late: bool
    assignee: str
    registered_at: datetime
    next_step: str
    tags: tuple[Tag, ...]


def address_of(endpoint: str, values: Mapping[str, str | None]) -> str:
    """An address with the values that are not empty."""
    given: dict[str, Any] = {key: value for key, value in values.items() if value}
    return url_for(endpoint, **given)


def tags_of(case: Case, clocks: Iterable[CaseClock] = ()) -> tuple[Tag, ...]:
    """Marks of a case, the pressing ones first; 督办中 only where its clocks were read."""
    supervised = any(clock.kind == ClockKind.SUPERVISION and clock.stopped_on is None for clock in clocks)
    marks = (
        (supervised, Tag(_("督办中"), strong=True)),
        (case.urgent, Tag(_("紧急"), strong=True)),
        (case.sealed, Tag(_("检举控告"), strong=True)),
        (case.retaliation, Tag(_("打击报复"), strong=True)),
        (case.conflict, Tag(_("需回避"), strong=True)),
        (case.extension_to is not None, Tag(_("待批延期"), strong=True)),
        (case.collective, Tag(_("集体"))),
        (case.joint, Tag(_("联名%(count)d人", count=case.headcount))),
        (case.repeat, Tag(_("重复"))),
        (case.confidential, Tag(_("要求保密"))),
        (case.anonymous, Tag(_("匿名"))),
    )
    return tuple(tag for held, tag in marks if held)


def accused_name(work: Work, case: Case) -> str | None:
    """The union of the platform that the case accuses, for those who may know it; ``None`` for everybody else."""
    if case.accused_tenant_id is None or not sees_accused(work.actor):
        return None
    return tenants.get(work.session, case.accused_tenant_id).name


def rows_for(standing: Standing) -> list[Transition[Status]]:
    """The table's rows that the actor may start on the case now, in table order; internal rows are not among them.

    A row whose conditions do not hold is not offered. A list that has not read claims and clocks offers what the case
    alone allows; the form looks again.
    """
    case, actor = standing.case, standing.actor
    rows = CASE_WORKFLOW.available(Status(case.status), actor.roles)
    own = actor.is_or_stands_in_for(case.assignee_id)
    return conditions.met((row for row in rows if own or not acts_as_assignee_only(actor, row.roles)), standing)


def primary_of(rows: Sequence[Transition[Status]]) -> Transition[Status] | None:
    """The one primary button: the first row with the mark."""
    return next((row for row in rows if row.primary), None)


def case_lines(
    actor: Actor,
    cases: Sequence[Case],
    today: date,
    *,
    names: Mapping[UUID, str],
    categories: Mapping[str, str],
    house: House = House(),
) -> list[CaseLine]:
    """Lines of a list, in the order given."""
    return [_case_line(actor, case, today, (names, categories), house) for case in cases]


def _case_line(
    actor: Actor, case: Case, today: date, words: tuple[Mapping[UUID, str], Mapping[str, str]], house: House
) -> CaseLine:
    names, categories = words
    step = primary_of(rows_for(Standing(case, actor, today)))
    away = house.absent.get(case.assignee_id) if case.assignee_id else None
    assignee = names.get(case.assignee_id, "—") if case.assignee_id else "—"
    return CaseLine(
        number=case.number,
        title=case.title,
        url=url_for("desk.case_page", number=case.number),
        channel=CHANNEL_LABELS[Channel(case.channel)],
        category=categories.get(case.category_code or "", "—"),
        status=STATUS_LABELS[Status(case.status)],
        is_open=Status(case.status) in OPEN,
        lamp=lamp(case.due_on, today, begun=begun_on(case), bands=house.bands),
        due_on=case.due_on,
        is_late=case.due_on is not None and case.due_on < today,
        assignee=_("%(deputy)s（代%(name)s办理）", deputy=away.deputy, name=assignee) if away else assignee,
        registered_at=case.registered_at,
        next_step=step.label if step else "",
        tags=tags_of(case),
    )
