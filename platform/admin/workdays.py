"""``/admin/calendar``: the working days that every union counts by, and the years that somebody has to enter."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access.queries import names
from access.roles import Role
from admin.refusals import Refusal, asking
from calendars import pasting
from calendars.workdays import LIBRARY_YEARS, library_days
from doorway.guard import guard, work
from doorway.words import N_, _
from kernel.errors import InvalidError, NotFoundError
from tenants import workdays
from tenants.workdays import FIRST_YEAR, LAST_YEAR, Year

PLATFORM = (Role.PLATFORM_ADMIN,)
#: Years before and after this one that the list shows in any case.
BEFORE, AFTER = 2, 2
STATES: dict[str, tuple[str, str]] = {
    "kept": ("green", N_("已收录")),
    "added": ("green", N_("已收录，管理员有补充")),
    "confirmed": ("green", N_("由管理员维护")),
    "draft": ("amber", N_("录入中，尚未确认")),
    "unknown": ("red", N_("未收录")),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One year in the list."""

    year: int
    state: str
    #: Days that administrators entered.
    days: int


@dataclass(frozen=True, slots=True)
class Named:
    """One holiday or make-up day."""

    day: date
    works: bool
    name: str
    #: Entered by an administrator, who may take it out again.
    own: bool


def add_routes(pages: Blueprint) -> None:
    """Hang the pages of this module on the door's blueprint."""
    pages.add_url_rule("/admin/calendar", "calendar", listing)
    pages.add_url_rule("/admin/calendar/<int:year>", "calendar_year", show)
    pages.add_url_rule("/admin/calendar/<int:year>/add", "calendar_add", add, methods=["POST"])
    pages.add_url_rule("/admin/calendar/<int:year>/remove", "calendar_remove", remove, methods=["POST"])
    pages.add_url_rule("/admin/calendar/<int:year>/confirm", "calendar_confirm", confirm, methods=["POST"])


@guard(*PLATFORM)
def listing() -> ResponseReturnValue:
    """Years around this one, and every other one that somebody entered, with their state."""
    entered, this = workdays.counts(work().session), work().clock.today().year
    years = sorted({*range(this - BEFORE, this + AFTER + 1), *entered}, reverse=True)
    return render_template(
        "admin/calendar.html",
        lines=[
            Line(year, _state(year, *entered.get(year, (0, False))), entered.get(year, (0, False))[0])
            for year in years
        ],
        states=STATES,
        first=min(LIBRARY_YEARS),
        last=max(LIBRARY_YEARS),
    )


@guard(*PLATFORM)
def show(year: int) -> ResponseReturnValue:
    """One year by month."""
    return _page(_known(year), Refusal())


@guard(*PLATFORM)
def add(year: int) -> ResponseReturnValue:
    """Enter the days of a pasted list; a list with a mistake is refused as a whole and stands there again."""
    known, refusal = _known(year), Refusal()
    with asking(refusal):
        pasted = pasting.read(request.form.get("days", "")[:20_000], year)
        if pasted.problems:
            raise InvalidError(_("请检查标出的内容。"), fields={"days": " ".join(pasted.problems.values())})
        if not pasted.days:
            sentence = _("请写明日期和“休”或“班”，例如“2月5日至11日休 春节”。")
            raise InvalidError(sentence, fields={"days": sentence})
        workdays.change(work(), year, put=pasted.days, version=_version())
        flash(_("已录入%(count)s天。", count=len(pasted.days)), "success")
        return redirect(url_for("admin.calendar_year", year=year))
    return _page(known, refusal), refusal.status


@guard(*PLATFORM)
def remove(year: int) -> ResponseReturnValue:
    """Take the ticked days out again."""
    known, refusal = _known(year), Refusal()
    with asking(refusal):
        ticked = [day for day in known.days if day.isoformat() in request.form.getlist("gone")]
        if not ticked:
            raise InvalidError(_("请先勾选要删除的日期。"))
        workdays.change(work(), year, put={}, drop=ticked, version=_version())
        flash(_("已删除%(count)s天。", count=len(ticked)), "success")
        return redirect(url_for("admin.calendar_year", year=year))
    return _page(known, refusal), refusal.status


@guard(*PLATFORM)
def confirm(year: int) -> ResponseReturnValue:
    """Say that the year is complete."""
    known, refusal = _known(year), Refusal()
    with asking(refusal):
        workdays.confirm(work(), year, version=_version())
        flash(_("%(year)s年的工作日历已确认，今后的期限按此计算。", year=year), "success")
        return redirect(url_for("admin.calendar_year", year=year))
    return _page(known, refusal), refusal.status


def _known(year: int) -> Year:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotFoundError
    return workdays.year_of(work().session, year)


def _version() -> int:
    text = request.form.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else -1


def _state(year: int, days: int, confirmed: bool) -> str:
    if year in LIBRARY_YEARS:
        return "added" if days else "kept"
    return "confirmed" if confirmed else "draft" if days else "unknown"


def _months(year: Year) -> list[tuple[int, list[Named], int]]:
    """Month, its named days, and how many days offices work in it (weekends count where nothing else is said)."""
    library = library_days(year.year)
    told = {day: (*entry, False) for day, entry in library.items()} | {
        day: (*entry, True) for day, entry in year.days.items()
    }
    found: list[tuple[int, list[Named], int]] = []
    for month in range(1, 13):
        days = [date(year.year, month, number + 1) for number in range(calendar.monthrange(year.year, month)[1])]
        named = [Named(day, *told[day]) for day in days if day in told]
        working = sum(told[day][0] if day in told else day.weekday() < calendar.SATURDAY for day in days)
        found.append((month, named, working))
    return found


def _page(year: Year, refusal: Refusal) -> str:
    confirmed = year.confirmed
    state = _state(year.year, len(year.days), confirmed is not None)
    by = confirmed.confirmed_by if confirmed is not None else None
    return render_template(
        "admin/calendar_year.html",
        year=year.year,
        version=request.form.get("version", year.version),
        known=year.known,
        state=STATES[state],
        months=_months(year),
        own=len(year.days),
        totals=_totals(_months(year)),
        confirmed=confirmed,
        by=names(work().session, [by]).get(by, "—") if by is not None else "—",
        typed=request.form.get("days", ""),
        ticked=request.form.getlist("gone"),
        errors=refusal.fields,
        message=refusal.message if refusal and not refusal.fields else None,
        weekdays=_("一二三四五六日"),
    )


def _totals(months: Sequence[tuple[int, list[Named], int]]) -> tuple[int, int, int]:
    named = [one for _month, days, _working in months for one in days]
    return (
        sum(not one.works for one in named),
        sum(one.works for one in named),
        sum(working for _month, _days, working in months),
    )
