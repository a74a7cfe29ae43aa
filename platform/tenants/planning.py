"""What an org chart would change: rows against the rules, against each other, and against the tree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from sqlalchemy import select

from access.actor import Work
from access.models import User
from access.queries import holders, roles_of
from access.roles import LABELS, Role, check_roles
from kernel.errors import InvalidError
from tenants.accounts import check_name
from tenants.chart import PEOPLE, UNITS, Chart, PersonLine, Problem, UnitLine, heading
from tenants.invitations import NO_PASSWORD
from tenants.models import KIND_LABELS, Kind, Tenant
from tenants.services import Particulars

#: Columns of an organisation that are compared with what is there.
_COMPARED = (
    "name",
    "short_name",
    "code",
    "credit_code",
    "region",
    "members",
    "seal_text",
    "address",
    "phone",
    "hours",
)


@dataclass(frozen=True, slots=True)
class Difference:
    """What the file says otherwise than the platform; reported and left as it is."""

    sheet: str
    row: int
    column: str
    now: str
    told: str


@dataclass(slots=True)
class Plan:
    """What is to be written, parents before children, and what stands against it."""

    units: tuple[UnitLine, ...]
    people: tuple[PersonLine, ...]
    new_units: list[Particulars] = field(default_factory=list)
    new_people: set[PersonLine] = field(default_factory=set)
    differences: tuple[Difference, ...] = ()
    problems: tuple[Problem, ...] = ()


def make_plan(work: Work, told: Chart, open_work: Callable[[int], AbstractContextManager[Work]]) -> Plan:
    """Check a chart against the rules, itself and the tree. Writes nothing."""
    return _Planner(work, told, open_work).plan()


class _Planner:
    def __init__(self, work: Work, told: Chart, open_work: Callable[[int], AbstractContextManager[Work]]) -> None:
        self._open = open_work
        self._chart = told
        self._problems = list(told.problems)
        self._differences: list[Difference] = []
        everybody = work.session.scalars(select(Tenant).where(Tenant.id > 0)).all()
        self._there = {tenant.slug: tenant for tenant in everybody}
        self._by_id = {tenant.id: tenant for tenant in everybody}
        self._names: dict[str, set[str]] = {}
        for slug, name in (
            *((tenant.slug, tenant.name) for tenant in everybody),
            *((line.slug, line.told["name"]) for line in told.units),
        ):
            self._names.setdefault(name, set()).add(slug)
        self._lines = {line.slug: line for line in reversed(told.units)}
        self._codes = {tenant.credit_code: tenant.slug for tenant in everybody if tenant.credit_code}

    def plan(self) -> Plan:
        """The whole plan."""
        plan = Plan(self._chart.units, self._chart.people)
        particulars = self._units()
        self._check_loops(particulars)
        plan.new_units = [particulars[slug] for slug in self._parents_first(particulars) if slug not in self._there]
        plan.people = self._people(plan)
        order = {UNITS: 0, PEOPLE: 1}
        plan.problems = tuple(sorted(self._problems, key=lambda each: (order[each.sheet], each.row)))
        plan.differences = tuple(self._differences)
        return plan

    def _wrong(self, sheet: str, row: int, field_: str, sentence: str) -> None:
        self._problems.append(Problem(sheet, row, heading(sheet, field_), sentence))

    def _units(self) -> dict[str, Particulars]:
        found: dict[str, Particulars] = {}
        first_code: dict[str, int] = {}
        first_row: dict[str, int] = {}
        for line in self._chart.units:
            told = self._particulars(line)
            for name, sentence in told.problems().items():
                self._wrong(UNITS, line.row, name, sentence)
            if line.slug in first_row:
                self._wrong(UNITS, line.row, "slug", f"与第{first_row[line.slug]}行的组织标识重复")
                continue
            first_row[line.slug] = line.row
            if told.credit_code:
                if told.credit_code in first_code:
                    sentence = f"与第{first_code[told.credit_code]}行的统一社会信用代码重复"
                    self._wrong(UNITS, line.row, "credit_code", sentence)
                elif self._codes.get(told.credit_code, line.slug) != line.slug:
                    self._wrong(UNITS, line.row, "credit_code", "统一社会信用代码已被其他组织使用，请核对")
                first_code[told.credit_code] = line.row
            found[line.slug] = told
            if line.slug in self._there:
                self._compare(line, told, self._there[line.slug])
        return found

    def _particulars(self, line: UnitLine) -> Particulars:
        cells = line.told
        parent = self._unit(line, "parent")
        second = self._unit(line, "second_parent")
        if second is not None and (parent is None or second in (parent, line.slug)):
            self._wrong(UNITS, line.row, "second_parent", "第二上级应是上级组织以外的另一个组织")
        return Particulars(
            slug=line.slug,
            name=cells["name"],
            kind=line.kind or Kind.GRASSROOTS,
            code=cells["code"],
            parent_slug=parent,
            second_parent_slug=second,
            members=line.members,
            **{
                name: cells.get(name, "")
                for name in (
                    *("short_name", "credit_code", "region", "seal_text", "portal_colour"),
                    *("address", "phone", "hours"),
                )
            },
        )

    def _unit(self, line: UnitLine, column: str) -> str | None:
        """The slug that a cell names by slug or whole name; a sentence for nobody, several and the closed."""
        words = line.told.get(column, "")
        if not words:
            return None
        slug = words.lower()
        if slug not in self._lines and slug not in self._there:
            named = self._names.get(words, set())
            if len(named) != 1:
                what = "有几个同名的组织，请填组织标识" if named else "表中和平台上都没有这个组织"
                self._wrong(UNITS, line.row, column, f"“{words}”：{what}")
                return None
            slug = next(iter(named))
        there = self._there.get(slug)
        if there is not None and there.status != "active" and line.slug not in self._there:
            state = "已停用" if there.status == "suspended" else "已关闭"
            self._wrong(UNITS, line.row, column, f"“{there.name}”{state}，不能在其下新建组织")
        return slug

    def _compare(self, line: UnitLine, told: Particulars, there: Tenant) -> None:
        def differs(column: str, now: str, said: str) -> None:
            if now != said:
                self._differences.append(Difference(UNITS, line.row, heading(UNITS, column), now or "（空）", said))

        for column in _COMPARED:
            if line.told.get(column):
                differs(column, str(getattr(there, column) or ""), str(getattr(told, column)))
        if line.kind is not None:
            differs("kind", KIND_LABELS[Kind(there.kind)], KIND_LABELS[line.kind])
        for column, now, said in (
            ("parent", there.parent_id, told.parent_slug),
            ("second_parent", there.second_parent_id, told.second_parent_slug),
        ):
            if column in line.told:
                differs(column, self._by_id[now].slug if now is not None else "（无）", said or "（无）")

    def _above(self, slug: str, particulars: Mapping[str, Particulars]) -> Iterable[str]:
        """Parents in the file, both lines; of somebody who is there the tree decides, and it has no loop."""
        told = particulars.get(slug)
        if told is None or slug in self._there:
            return ()
        return [up for up in (told.parent_slug, told.second_parent_slug) if up is not None]

    def _check_loops(self, particulars: Mapping[str, Particulars]) -> None:
        for slug in particulars:
            seen, waiting = set[str](), list(self._above(slug, particulars))
            while waiting:
                up = waiting.pop()
                if up == slug:
                    words = "上级是自己" if slug in self._above(slug, particulars) else "上级关系形成循环"
                    self._wrong(UNITS, self._lines[slug].row, "parent", words)
                    break
                if up not in seen:
                    seen.add(up)
                    waiting += self._above(up, particulars)

    def _parents_first(self, particulars: Mapping[str, Particulars]) -> list[str]:
        done: dict[str, None] = {}
        if any(problem.sheet == UNITS for problem in self._problems):
            return []
        for slug in particulars:
            stack = [slug]
            while stack:
                missing = [up for up in self._above(stack[-1], particulars) if up in particulars and up not in done]
                if missing:
                    stack += missing
                else:
                    done[stack.pop()] = None
        return list(done)

    def _people(self, plan: Plan) -> tuple[PersonLine, ...]:
        lines: list[PersonLine] = []
        seen: dict[tuple[str, str], int] = {}
        for line in self._chart.people:
            slug = self._person_unit(line)
            try:
                check_name(line.username)
            except InvalidError as error:
                self._wrong(PEOPLE, line.row, "username", error.message.rstrip("。"))
            if not line.display_name:
                self._wrong(PEOPLE, line.row, "display_name", "姓名不能为空")
            if line.roles:
                try:
                    check_roles(line.roles, platform=False)
                except InvalidError as error:
                    self._wrong(PEOPLE, line.row, "roles", error.message.rstrip("。"))
            if slug is None:
                continue
            key = (slug, line.username)
            if key in seen:
                self._wrong(PEOPLE, line.row, "username", f"与第{seen[key]}行的用户名重复")
                continue
            seen[key] = line.row
            lines.append(PersonLine(line.row, slug, line.username, line.display_name, line.roles))
        for slug in dict.fromkeys(line.unit for line in lines):
            self._accounts(slug, [line for line in lines if line.unit == slug], plan)
        return tuple(lines)

    def _person_unit(self, line: PersonLine) -> str | None:
        slug = line.unit.lower()
        if slug not in self._lines and slug not in self._there:
            named = self._names.get(line.unit, set())
            if len(named) != 1:
                what = "有几个同名的组织，请填组织标识" if named else "表中和平台上都没有这个组织"
                self._wrong(PEOPLE, line.row, "slug", f"“{line.unit}”：{what}")
                return None
            slug = next(iter(named))
        there = self._there.get(slug)
        if there is not None and there.status != "active":
            self._wrong(PEOPLE, line.row, "slug", f"“{there.name}”已停用或关闭，不能开通账号")
        return slug

    def _accounts(self, slug: str, lines: list[PersonLine], plan: Plan) -> None:
        """Who is new in one union. A union that keeps its own accounts gets nobody from outside."""
        there = self._there.get(slug)
        if there is None:
            plan.new_people.update(lines)
            return
        with self._open(there.id) as inside:
            names = [line.username for line in lines]
            accounts = {
                user.username: (user, roles_of(inside.session, user.id))
                for user in inside.session.scalars(select(User).where(User.username.in_(names)))
            }
            kept = any(user.password_hash != NO_PASSWORD for user in holders(inside.session, (Role.TENANT_ADMIN,)))
        for line in lines:
            if line.username not in accounts:
                if kept:
                    sentence = f"“{there.name}”已有管理员，账号由其自行管理，请由其开通"
                    self._wrong(PEOPLE, line.row, "username", sentence)
                plan.new_people.add(line)
                continue
            user, roles = accounts[line.username]
            for column, now, said in (
                ("display_name", user.display_name, line.display_name),
                ("roles", _words(roles), _words(line.roles)),
            ):
                # A person who has entered chose the name; a difference there is nobody's mistake.
                if now != said and (column == "roles" or user.password_hash == NO_PASSWORD):
                    self._differences.append(Difference(PEOPLE, line.row, heading(PEOPLE, column), now, said))


def _words(roles: Iterable[Role]) -> str:
    held = set(roles)
    return "、".join(LABELS[role] for role in Role if role in held)
