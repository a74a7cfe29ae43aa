"""What a dashboard is asked for: whose figures, which days, which matters; checked against the tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import or_, select

from access.actor import Work
from cases.figures import UNCLASSIFIED
from cases.rules import Channel
from kernel.clock import china_date
from kernel.errors import ForbiddenError, InvalidError
from measures import policy
from measures.models import OWN, SUBTREE
from tenants import queries as tenants
from tenants.models import Tenant

OWN_WORD, SUBTREE_WORD = "own", "subtree"
#: The period that a page opens with, in whole weeks before the present one.
DEFAULT_WEEKS = 26
#: A chart of more days reads badly and its query is no longer a small one.
LONGEST_DAYS = 366 * 5
_EARLIEST = date(1990, 1, 1)


@dataclass(frozen=True, slots=True)
class Unit:
    """A direct child of the viewer: what the tree says about it, nothing else."""

    tenant_id: int
    name: str
    short_name: str
    #: Day on which it came to the platform; nothing can be asked of it before, unless it brought files along.
    founded: date | None = None


@dataclass(frozen=True, slots=True)
class Around:
    """The viewer in its tree, and the first-level classification in display order: what filters choose from."""

    tenant_id: int
    name: str
    children: tuple[Unit, ...]
    categories: Mapping[str, str]
    founded: date | None = None
    #: Sealed categories (检举控告) that the viewer is not shown: no total counts them either, or it would tell them.
    withheld: frozenset[str] = frozenset()

    def founded_of(self, subject_id: int) -> date | None:
        """Day on which the viewer or one of its direct children came to the platform."""
        if subject_id == self.tenant_id:
            return self.founded
        return next((unit.founded for unit in self.children if unit.tenant_id == subject_id), None)

    def category(self, code: str) -> str:
        """The name of a first-level category; what nobody has classified yet has one too."""
        return "未分类" if code == UNCLASSIFIED else self.categories.get(code, code)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose figures: ``word`` is ``own``, ``subtree`` or the number of a direct child, as in the URL."""

    word: str
    subject_id: int
    scope: int
    name: str
    #: Figures from which those of one unit below would follow: of that unit, and of the own and the only unit below
    #: together, because the own ones are known. Small counts in them are hidden and the others rounded.
    veiled: bool = False
    #: All direct children, where the figures are those of one of them: the viewer knows what they have together, so
    #: that a 0 or a large number of one would tell the small one of another (``suppression.apart``).
    beside: tuple[int, ...] = ()

    @property
    def is_own(self) -> bool:
        """Only the viewer's own cases: the one scope whose marks open a list of cases."""
        return self.scope == OWN

    @property
    def is_child(self) -> bool:
        """One unit below, whose small counts are hidden."""
        return self.word not in (OWN_WORD, SUBTREE_WORD)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A checked question. ``first`` and ``last`` are inclusive calendar days in Asia/Shanghai."""

    first: date
    last: date
    scope: Scope
    category: str | None = None
    channel: str | None = None
    #: Categories that no figure of the answer counts (:attr:`Around.withheld`).
    without: frozenset[str] = frozenset()

    @property
    def first_monday(self) -> date:
        """The first day of the first whole week."""
        return self.first + timedelta(days=-self.first.weekday() % 7)

    @property
    def last_sunday(self) -> date:
        """The last day of the last whole week; before ``first_monday`` when there is none."""
        return self.last - timedelta(days=(self.last.weekday() + 1) % 7)

    @property
    def weeks(self) -> tuple[date, ...]:
        """Mondays of the whole weeks of the period."""
        count = max(0, ((self.last_sunday - self.first_monday).days + 1) // 7)
        return tuple(self.first_monday + timedelta(weeks=week) for week in range(count))

    @property
    def months(self) -> tuple[date, ...]:
        """First days of the months that the period touches."""
        start = self.first.year * 12 + self.first.month - 1
        end = self.last.year * 12 + self.last.month - 1
        return tuple(date(month // 12, month % 12 + 1, 1) for month in range(start, end + 1))


def around(work: Work) -> Around:
    """The viewer, its direct children and the first-level categories, in two statements.

    :raises ForbiddenError: for somebody who does not work with petitions.
    """
    if not policy.may_see_figures(work.actor):
        raise ForbiddenError
    own = work.tenant_id
    rows = work.session.execute(
        select(Tenant.id, Tenant.name, Tenant.short_name, Tenant.created_at)
        .where(or_(Tenant.id == own, Tenant.parent_id == own))
        .order_by(Tenant.id)
    ).all()
    mine = next(row for row in rows if row.id == own)
    below, sealed = policy.may_see_below(work.actor), policy.may_see_sealed(work.actor)
    table = tenants.categories(work.session)
    return Around(
        tenant_id=own,
        name=mine.name,
        founded=china_date(mine.created_at),
        children=tuple(
            Unit(row.id, row.name, row.short_name, china_date(row.created_at))
            for row in rows
            if row.id != own and below
        ),
        categories={
            category.code: category.name
            for category in table
            if category.parent_code is None and (sealed or not category.sealed)
        },
        withheld=frozenset() if sealed else tenants.sealed_codes(table),
    )


def usual(work: Work, here: Around) -> Wanted:
    """The question of somebody who has not asked one: the last 26 whole weeks and the present one."""
    today = work.clock.today()
    monday = today - timedelta(days=today.weekday())
    word = SUBTREE_WORD if here.children else OWN_WORD
    return Wanted(
        first=monday - timedelta(weeks=DEFAULT_WEEKS),
        last=today,
        scope=choose_scope(work, here, word),
        without=here.withheld,
    )


def choose_scope(work: Work, here: Around, word: str) -> Scope:
    """The scope that a word of the URL names.

    :raises ForbiddenError: for the unions below, without a role that sees them.
    :raises InvalidError: for an organisation that is not a direct child; whether it exists is not told.
    """
    if word == OWN_WORD:
        return Scope(OWN_WORD, here.tenant_id, OWN, here.name)
    if not policy.may_see_below(work.actor):
        raise ForbiddenError("您的角色只能查看本单位的数据。")
    if word == SUBTREE_WORD:
        return Scope(SUBTREE_WORD, here.tenant_id, SUBTREE, f"{here.name}及全部下级", veiled=len(here.children) == 1)
    unit = next((child for child in here.children if str(child.tenant_id) == word), None)
    if unit is None:
        raise InvalidError(
            "所选组织不是本单位的直接下级，不能查看其数据。", fields={"unit": "所选组织不是本单位的直接下级"}
        )
    beside = tuple(child.tenant_id for child in here.children)
    return Scope(word, unit.tenant_id, SUBTREE, f"{unit.name}（含下级）", veiled=True, beside=beside)


@dataclass(slots=True)
class _Problems:
    fields: dict[str, str] = field(default_factory=dict)


def read(work: Work, here: Around, values: Mapping[str, str]) -> Wanted:
    """The question in a URL's ``from``, ``to``, ``unit``, ``category`` and ``channel``; other keys are ignored.

    A period that ends after today ends today: what has not happened yet is not counted.

    :raises InvalidError: with one sentence for each value that cannot be used.
    :raises ForbiddenError: for the unions below, without a role that sees them.
    """
    asked, problems = usual(work, here), _Problems()
    first = _day(values.get("from"), asked.first, "from", "开始日期", problems)
    last = min(_day(values.get("to"), asked.last, "to", "结束日期", problems), work.clock.today())
    if not problems.fields and first > last:
        problems.fields["from"] = "开始日期不能晚于结束日期，也不能晚于今天。"
    elif not problems.fields and (last - first).days > LONGEST_DAYS:
        problems.fields["from"] = "时段不能超过五年。"
    category, channel = values.get("category") or None, values.get("channel") or None
    if category is not None and category != UNCLASSIFIED and category not in here.categories:
        problems.fields["category"] = "没有这个问题类别。"
    if channel is not None and channel not in set(Channel):
        problems.fields["channel"] = "没有这种信访形式。"
    scope = asked.scope
    if values.get("unit"):
        try:
            scope = choose_scope(work, here, values["unit"])
        except InvalidError as error:
            problems.fields["unit"] = error.message
    if problems.fields:
        raise InvalidError("".join(problems.fields.values()), fields=problems.fields)
    return Wanted(first=first, last=last, scope=scope, category=category, channel=channel, without=here.withheld)


def _day(text: str | None, usually: date, name: str, label: str, problems: _Problems) -> date:
    if not text:
        return usually
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day < _EARLIEST or day.year > 2999:
        problems.fields[name] = f"{label}不正确，请按“2026-03-01”的样子填写。"
        return usually
    return day
