"""Bring in an org chart: checked as a whole, the tree written in one transaction, then each union's accounts.

A slug is the key: what is there already stays as it is, differences are reported and never applied, and nobody is
moved by an import. A second run writes nothing. Accounts are opened by one-time links, so that no password is made,
hashed or sent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from access.actor import Work
from access.models import User
from access.roles import LABELS
from audit.services import record
from kernel.db import PLATFORM_TENANT
from kernel.errors import InvalidError
from kernel.sheets import Sheet
from tenants import chart, tree
from tenants.chart import PersonLine, Problem
from tenants.invitations import NO_PASSWORD, Newcomer, invite_all, renew
from tenants.models import Tenant
from tenants.planning import Difference, Plan, make_plan
from tenants.services import FOUNDERS, found_all

#: Opens a committed unit of work of one tenant: the platform's as whoever imports, a union's as the system.
Opener = Callable[[int], AbstractContextManager[Work]]


class ChartError(InvalidError):
    """A chart that breaks a rule; nothing was written. ``problems`` are in the file's order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"有{len(problems)}处需要改正，未写入任何数据；请改正后重新导入。", code="chart")
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Link:
    """A new account's one-time link, as ``/welcome/<slug>/<token>``."""

    slug: str
    union: str
    username: str
    display_name: str
    roles: str
    path: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did, or on a dry run would do, and what was counted afterwards by SQL."""

    units: int
    founded: int
    people: int
    opened: int
    differences: tuple[Difference, ...]
    links: tuple[Link, ...] = ()
    #: Organisations and accounts of the file that are there now; ``None`` on a dry run.
    units_there: int | None = None
    people_there: int | None = None

    @property
    def complete(self) -> bool:
        """Whether everything in the file was found again."""
        return (self.units_there, self.people_there) == (self.units, self.people)


def import_chart(
    open_work: Opener, sheets: Mapping[str, Sheet], *, dry_run: bool = False, renew_links: bool = False
) -> Report:
    """Found every union of the chart that is not there and open every account that is not there.

    ``renew_links`` gives those who have not entered yet a new link. The tree is all or nothing and costs some ten
    statements; accounts follow union by union, some twenty each, and a run that dies is finished by the next one.

    :raises ForbiddenError: for anybody but the platform's administrator or the system.
    :raises InvalidError: for a workbook that is no org chart.
    :raises ChartError: with every problem by sheet, row and column; nothing is written.
    """
    told = chart.read(sheets)
    with open_work(PLATFORM_TENANT) as work:
        work.actor.require(FOUNDERS)
        tree.lock(work.session)
        plan = make_plan(work, told, open_work)
        if plan.problems:
            raise ChartError(plan.problems)
        report = _report(plan)
        if dry_run:
            return report
        found_all(work, plan.new_units)
        if plan.new_units:
            data = {"founded": len(plan.new_units), "units": len(told.units), "people": len(told.people)}
            record(work, "tenant:import", subject_type="tenant", data=data)
        ids = _ids(work, plan)
    links: list[Link] = []
    there = 0
    for slug, people in _by_unit(plan).items():
        tenant_id, name = ids[slug]
        with open_work(tenant_id) as inside:
            links += _open(inside, slug, name, people, plan, renew_links=renew_links)
    for slug, people in _by_unit(plan).items():
        with open_work(ids[slug][0]) as inside:
            there += _count(inside, people)
    with open_work(PLATFORM_TENANT) as work:
        slugs = [line.slug for line in told.units]
        units_there = work.session.scalars(select(func.count()).where(Tenant.slug.in_(slugs))).one()
    return Report(
        report.units,
        report.founded,
        report.people,
        report.opened,
        report.differences,
        tuple(links),
        units_there,
        there,
    )


def _report(plan: Plan) -> Report:
    return Report(len(plan.units), len(plan.new_units), len(plan.people), len(plan.new_people), plan.differences)


def _by_unit(plan: Plan) -> dict[str, list[PersonLine]]:
    found_: dict[str, list[PersonLine]] = defaultdict(list)
    for line in plan.people:
        found_[line.unit].append(line)
    return found_


def _ids(work: Work, plan: Plan) -> dict[str, tuple[int, str]]:
    slugs = {line.unit for line in plan.people}
    rows = work.session.execute(select(Tenant.slug, Tenant.id, Tenant.name).where(Tenant.slug.in_(slugs)))
    return {row.slug: (row.id, row.name) for row in rows}


def _open(
    work: Work, slug: str, union: str, people: Sequence[PersonLine], plan: Plan, *, renew_links: bool
) -> list[Link]:
    fresh = [line for line in people if line in plan.new_people]
    made = invite_all(work, [Newcomer(line.username, line.display_name, line.roles) for line in fresh])
    invited = dict(zip(fresh, made, strict=True))
    if renew_links:
        unused = select(User).where(User.password_hash == NO_PASSWORD)
        waiting = {user.username: user.id for user in work.session.scalars(unused)}
        for line in people:
            if line not in invited and line.username in waiting:
                invited[line] = renew(work, waiting[line.username])
    return [
        Link(
            slug,
            union,
            line.username,
            line.display_name,
            "、".join(LABELS[role] for role in line.roles),
            f"/welcome/{slug}/{invited[line].token}",
            invited[line].expires_at,
        )
        for line in people
        if line in invited
    ]


def _count(work: Work, people: Sequence[PersonLine]) -> int:
    names = [line.username for line in people]
    return work.session.scalars(select(func.count()).select_from(User).where(User.username.in_(names))).one()
