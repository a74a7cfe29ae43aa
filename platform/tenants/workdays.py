"""工作日历: the working days of every union; the platform's administrator keeps the years that no library has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, extract, func, literal, null, select
from sqlalchemy.dialects.postgresql import insert

from access.actor import Work
from access.roles import Role
from audit.services import record
from calendars.workdays import LIBRARY, LIBRARY_YEARS, WorkCalendar
from kernel.db import TenantSession
from kernel.errors import ConflictError, InvalidError
from notices.tasks import close_by_key
from tenants import settings
from tenants.models import CalendarDay, CalendarYear

KEEPERS = (Role.PLATFORM_ADMIN, Role.SYSTEM)
#: Under this key a session keeps what it has read, so that a unit of work pays one statement at most.
_KEPT = "work_calendar"
#: Statutory holidays of a year since 2025 (全国年节及纪念日放假办法 art. 2).
LEAST_HOLIDAYS = 13
#: Days that are holidays in every year, whatever is moved around them (the same article): month and day.
FIXED_HOLIDAYS = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))
FIRST_YEAR, LAST_YEAR = 2004, 2099
MAX_NAME = 20

Days = Mapping[date, tuple[bool, str]]


@dataclass(frozen=True, slots=True)
class Year:
    """How one year stands: the administrator's days, and whether they count."""

    year: int
    days: Days
    version: int
    #: Whether the library has the year.
    kept: bool
    confirmed: CalendarYear | None

    @property
    def known(self) -> bool:
        """Whether working days of the year can be counted."""
        return self.kept or self.confirmed is not None


def of(session: TenantSession) -> WorkCalendar:
    """The calendar by which this unit of work counts: one statement for the session's life."""
    found = session.info.get(_KEPT)
    if isinstance(found, WorkCalendar):
        return found
    days = select(CalendarDay.day, CalendarDay.works, literal(0).label("year"))
    years = select(null(), null(), CalendarYear.year).where(CalendarYear.confirmed_at.is_not(None))
    rows = session.execute(days.union_all(years)).all()
    calendar = WorkCalendar(
        days={day: works for day, works, _year in rows if day is not None},
        confirmed=frozenset(year for day, _works, year in rows if day is None),
    )
    session.info[_KEPT] = calendar
    return calendar


def rolling(session: TenantSession) -> WorkCalendar | None:
    """The calendar, where the union lets a deadline that falls on a holiday roll over; otherwise ``None``."""
    return of(session) if settings.of(session).holiday_rollover else None


def notice(session: TenantSession, due_on: date) -> str:
    """What has to stand beside a deadline of the union while the year it may roll over in is not known.

    No statement for a day that the library settles.
    """
    if not LIBRARY.notice(due_on) or not settings.of(session).holiday_rollover:
        return ""
    return of(session).notice(due_on)


def year_of(session: TenantSession, year: int) -> Year:
    """One year with the administrator's days, in their order."""
    rows = session.scalars(
        select(CalendarDay).where(extract("year", CalendarDay.day) == year).order_by(CalendarDay.day)
    )
    head = session.get(CalendarYear, year)
    return Year(
        year,
        {row.day: (row.works, row.name) for row in rows},
        head.version if head is not None else 0,
        year in LIBRARY_YEARS,
        head if head is not None and head.confirmed_at is not None else None,
    )


def counts(session: TenantSession) -> dict[int, tuple[int, bool]]:
    """Years that somebody began to enter: how many days, and whether they are confirmed."""
    numbers = (
        select(extract("year", CalendarDay.day).label("year"), func.count().label("days"))
        .group_by(extract("year", CalendarDay.day))
        .subquery()
    )
    rows = session.execute(
        select(CalendarYear.year, func.coalesce(numbers.c.days, 0), CalendarYear.confirmed_at)
        .outerjoin(numbers, numbers.c.year == CalendarYear.year)
        .order_by(CalendarYear.year)
    )
    return {year: (days, confirmed is not None) for year, days, confirmed in rows}


def change(work: Work, year: int, *, put: Days, drop: Iterable[date] = (), version: int | None = None) -> Year:
    """Enter days of a year and take others out; an event keeps before and after of each that really changed.

    Days of a known year count from the next unit of work on; dates that were set before stay.

    :raises ForbiddenError: for anybody but the platform's administrator or the system.
    :raises InvalidError: for a day of another year, or a year that nobody plans yet.
    :raises ConflictError: when somebody changed the year since ``version``.
    """
    work.actor.require(KEEPERS)
    _check_year(year)
    gone = {day for day in drop if day not in put}
    if any(day.year != year for day in (*put, *gone)):
        sentence = f"只能录入{year}年的日期。"
        raise InvalidError(sentence, fields={"day": sentence})
    head = _lock(work, year, version)
    before = dict(year_of(work.session, year).days)
    after = {day: told for day, told in before.items() if day not in gone}
    after |= {day: (works, name.strip()[:MAX_NAME]) for day, (works, name) in put.items()}
    touched = sorted(day for day in before.keys() | after.keys() if before.get(day) != after.get(day))
    if not touched:
        return year_of(work.session, year)
    if head.confirmed_at is not None:
        _check_complete(year, after)
    work.session.execute(delete(CalendarDay).where(CalendarDay.day.in_(touched)))
    rows = [{"day": day, "works": after[day][0], "name": after[day][1]} for day in touched if day in after]
    if rows:
        work.session.execute(insert(CalendarDay), rows)
    head.version += 1
    work.session.flush()
    work.session.info.pop(_KEPT, None)
    record(
        work,
        "calendar:change",
        subject_type="calendar",
        data={"year": year, "before": _told(before, touched), "after": _told(after, touched)},
    )
    return year_of(work.session, year)


def confirm(work: Work, year: int, *, version: int | None = None) -> Year:
    """Say that the year's days are complete: from now on every union counts by them.

    :raises ForbiddenError, ConflictError: as :func:`change`.
    :raises InvalidError: while statutory holidays are missing, or when there is nothing to confirm.
    """
    work.actor.require(KEEPERS)
    _check_year(year)
    head = _lock(work, year, version)
    if year in LIBRARY_YEARS:
        raise InvalidError(f"{year}年的安排系统已经收录，不需要确认。")
    if head.confirmed_at is not None:
        raise ConflictError(f"{year}年的安排已经确认，请刷新页面查看。")
    _check_complete(year, year_of(work.session, year).days)
    head.confirmed_at, head.confirmed_by = work.clock.now(), work.actor.user_id
    head.version += 1
    work.session.flush()
    work.session.info.pop(_KEPT, None)
    record(
        work,
        "calendar:confirm",
        subject_type="calendar",
        data={"year": year, "before": {"confirmed": False}, "after": {"confirmed": True}},
    )
    close_by_key(work, f"calendar:{year}", "工作日历已收录，任务自动办结。")
    return year_of(work.session, year)


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InvalidError(f"只能维护{FIRST_YEAR}年至{LAST_YEAR}年的工作日历。")


def _check_complete(year: int, days: Days) -> None:
    if year in LIBRARY_YEARS:
        return
    off = {day for day, (works, _name) in days.items() if not works}
    missing = [f"{month}月{day}日" for month, day in FIXED_HOLIDAYS if date(year, month, day) not in off]
    if missing:
        raise InvalidError(f"{'、'.join(missing)}是法定节假日，还没有录入为“休”，请补全。")
    if len(off) < LEAST_HOLIDAYS:
        raise InvalidError(f"全年法定节假日不少于{LEAST_HOLIDAYS}天，现在只有{len(off)}天“休”，请补全。")


def _lock(work: Work, year: int, version: int | None) -> CalendarYear:
    # The row is made first and locked second: two first changes at once must meet in one row.
    work.session.execute(insert(CalendarYear).values(year=year, version=0).on_conflict_do_nothing())
    head = work.session.scalars(
        select(CalendarYear)
        .where(CalendarYear.year == year)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if version is not None and version != head.version:
        raise ConflictError(f"其他管理员刚刚修改了{year}年的工作日历，请刷新后再改；您填写的内容仍保留在页面上。")
    return head


def _told(days: Days, touched: Iterable[date]) -> dict[str, str]:
    return {
        day.isoformat(): " ".join(("班" if days[day][0] else "休", days[day][1])).strip()
        for day in touched
        if day in days
    }
