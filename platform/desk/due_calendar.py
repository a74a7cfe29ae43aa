"""期限日历: a month of due dates, each day with its counts by band; a day leads to the list of its cases."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from flask import render_template, request, url_for

from access.actor import Work
from access.roles import CASE_ROLES, Role
from calendars.workdays import NOTICE, WorkCalendar, library_days
from cases import due_days
from cases.queries import Filter
from desk.presenters import address_of
from desk.report_list import due_line
from doorway.guard import guard, work
from doorway.presenting import band
from doorway.words import N_, _
from reports import deadlines
from tenants import departments, settings, workdays

FIRST_YEAR, LAST_YEAR = 2004, 2099
MONDAY_FIRST = (N_("一"), N_("二"), N_("三"), N_("四"), N_("五"), N_("六"), N_("日"))
#: From the most pressing on, as a day shows them.
ORDER = ("red", "orange", "amber", "green")
#: Whoever sees more than their own files begins with the union's.
_BEGIN_WITH_ALL = frozenset({Role.CLERK, Role.OFFICE_HEAD, Role.LEADER, Role.SUPERVISOR})


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose cases the calendar counts: a key of the address, its word, and the list's filters."""

    key: str
    word: str
    wanted: Filter
    query: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sum:
    """Cases of one day in one band."""

    colour: str
    words: str


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the month. ``mark`` is ``休`` or ``班`` where the arrangement names the day, ``name`` says why."""

    day: date
    works: bool
    mark: str
    name: str
    today: bool
    count: int
    sums: tuple[Sum, ...]
    url: str
    #: Reports that are to be with the superior by this day.
    reports: tuple[str, ...] = ()


@guard(*CASE_ROLES)
def due_calendar() -> tuple[str, int]:
    """The month of the address, or the present one."""
    unit = work()
    today = unit.clock.today()
    year, month, wrong = _month(request.args.get("month", ""), today)
    choices = _choices(unit)
    whose = next((each for each in choices if each.key == request.args.get("whose")), choices[0])
    first, last = date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    reports = [due_line(due) for due in deadlines.between(unit, first, last)]
    days = [
        replace(day, reports=tuple(line.words for line in reports if line.due_on == day.day))
        for day in _days(unit, whose, first, last)
    ]
    late = due_days.late(unit, whose.wanted)
    page = render_template(
        "desk/calendar.html",
        weeks=_weeks(days),
        weekdays=[_(word) for word in MONDAY_FIRST],
        title=_("%(year)s年%(month)s月", year=year, month=month),
        month=f"{year:04d}-{month:02d}",
        months=_around(year, month),
        total=sum(day.count for day in days),
        reports=reports,
        report_rule=deadlines.rule(unit),
        late=late,
        late_url=address_of("desk.case_list", {"overdue": "1", **whose.query}),
        choices=[(each, _address(year, month, each.key)) for each in choices],
        whose=whose,
        before=_address(*_next(year, month, -1), whose.key),
        after=_address(*_next(year, month, 1), whose.key),
        now=None if (year, month) == (today.year, today.month) else _address(today.year, today.month, whose.key),
        notice="" if workdays.of(unit.session).knows(year) else NOTICE,
        wrong=wrong,
    )
    return page, 422 if wrong else 200


def _month(asked: str, today: date) -> tuple[int, int, str]:
    """Year and month of ``2026-11``, and a sentence when it is not one; the present month then."""
    if not asked:
        return today.year, today.month, ""
    found = re.fullmatch(r"(\d{4})-(\d{2})", asked)
    year, month = (int(found[1]), int(found[2])) if found else (0, 0)
    if FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12:
        return year, month, ""
    return today.year, today.month, _("月份“%(text)s”不正确，已显示本月。请写成“2026-11”这样。", text=asked[:20])


def _next(year: int, month: int, step: int) -> tuple[int, int]:
    months = year * 12 + month - 1 + step
    return months // 12, months % 12 + 1


def _around(year: int, month: int) -> list[tuple[str, str]]:
    """A year before and after, to choose from: the browser's own field for months speaks the browser's language."""
    near = (_next(year, month, step) for step in range(-12, 13))
    return [
        (f"{y:04d}-{m:02d}", _("%(year)s年%(month)s月", year=y, month=m))
        for y, m in near
        if FIRST_YEAR <= y <= LAST_YEAR
    ]


def _address(year: int, month: int, whose: str) -> str | None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    return url_for("desk.due_calendar", month=f"{year:04d}-{month:02d}", whose=whose)


def _choices(unit: Work) -> list[Whose]:
    """What the actor may choose, the usual one first. What of it they see is the policy's business."""
    mine = Whose("mine", _("由我办理"), Filter(mine=True), {"mine": "1"})
    everything = Whose("all", _("本单位"), Filter(), {})
    found = [mine]
    if unit.actor.user_id is not None:
        place = departments.of_people(unit.session).get(unit.actor.user_id)
        if place is not None:
            name = departments.get(unit, place).name
            found.append(
                Whose(
                    "department",
                    _("我的部门（%(name)s）", name=name),
                    Filter(department=place),
                    {"department": str(place)},
                )
            )
    if unit.actor.roles & _BEGIN_WITH_ALL:
        return [everything, *found] if unit.actor.holds(Role.HANDLER, Role.OFFICE_HEAD) else [everything, *found[1:]]
    return [*found, Whose("all", _("我能查看的"), Filter(), {})]


def _days(unit: Work, whose: Whose, first: date, last: date) -> list[Day]:
    today, bands = unit.clock.today(), settings.of(unit.session).warning_bands
    sums: dict[date, dict[tuple[str, str], int]] = {}
    for due in due_days.between(unit, first, last, whose.wanted):
        key = band(due.due_on, today, begun=due.begun, bands=bands)
        day = sums.setdefault(due.due_on, {})
        day[key] = day.get(key, 0) + due.count
    counting = workdays.of(unit.session)
    names = {day: name for day, (_works, name) in library_days(first.year).items()}
    names |= {day: name for day, (_works, name) in workdays.year_of(unit.session, first.year).days.items()}
    return [
        _day(first.replace(day=number), today, sums, (counting, names), whose) for number in range(1, last.day + 1)
    ]


def _day(
    day: date,
    today: date,
    sums: Mapping[date, Mapping[tuple[str, str], int]],
    arrangement: tuple[WorkCalendar, Mapping[date, str]],
    whose: Whose,
) -> Day:
    counting, names = arrangement
    usual = day.weekday() < 5
    works = counting.is_workday(day) if counting.knows(day.year) else usual
    name = names.get(day, "") if counting.knows(day.year) else ""
    if works:
        mark = "" if usual else _("班")
    else:
        # An ordinary weekend is grey and says nothing; a holiday, on whatever weekday, is named.
        mark = _("休") if usual or name else ""
    here = sorted(sums.get(day, {}).items(), key=lambda item: ORDER.index(item[0][0]))
    told = tuple(Sum(colour, _("%(band)s%(count)d件", band=_(word), count=count)) for (colour, word), count in here)
    count = sum(number for _key, number in here)
    iso = day.isoformat()
    url = address_of("desk.case_list", {"open_only": "1", "due_from": iso, "due_to": iso, **whose.query})
    return Day(day, works, mark, name, day == today, count, told, url if count else "")


def _weeks(days: list[Day]) -> list[list[Day | None]]:
    """Rows of seven from Monday on; ``None`` where the month has not begun or is over."""
    before = days[0].day.weekday()
    cells: list[Day | None] = [*[None] * before, *days]
    cells += [None] * (-len(cells) % 7)
    return [cells[place : place + 7] for place in range(0, len(cells), 7)]


ROUTES = (("/desk/calendar", due_calendar, ("GET",)),)
