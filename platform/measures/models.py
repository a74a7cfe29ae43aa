"""Deltas that transactions leave and the daily facts that the fold makes of them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, Date, Integer, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.db import Base, TenantOwned, TenantRow

#: ``scope`` of a fact row: the subject's own cases, or its whole subtree.
OWN, SUBTREE = 0, 1
#: ``grain`` of a summed row: what it is summed over. ``*`` stands for all categories, or all channels.
MONTH, MONTH_BY_CHANNEL, MONTH_BY_CATEGORY, DAY_BY_CHANNEL, DAY_BY_CATEGORY = 1, 2, 3, 4, 5
ALL = "*"
#: Under this name ``kernel.leases.Heartbeat`` keeps when the facts were last complete (数据截至).
HEARTBEAT = "fold"


def _count() -> Mapped[int]:
    return mapped_column(Integer, server_default="0", default=0)


class _Counts:
    """What is counted on a day. Each column is a number of cases (件) unless it says otherwise."""

    registered: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    #: 人次: sum of the head-counts of registered cases.
    persons: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    repeats: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    collectives: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    accepted: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    refused: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    escalated: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    #: Left the open stock on this day, by whatever way.
    closed: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    #: Signed: + cases that came, − cases that left, by succession or because the line changed. The open stock is
    #: registered + moved − closed, on every line and day.
    moved: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    #: Counted on the due date (due-date cohort, domain.md C): handling clocks due on this day …
    due: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    #: … and of those, decided on or before it.
    due_met: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    #: The same two for the 15-day notice clock.
    notice_due: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    notice_met: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    #: Sum of whole days from registration to closing, of cases closed on this day.
    days_to_close: Mapped[int] = mapped_column(BigInteger, server_default="0", default=0)
    #: 集体访人次: head-counts of the collective visits registered on this day.
    collective_persons: Mapped[int] = _count()
    #: 初信初访: first at the union, by the day of registration.
    firsts: Mapped[int] = _count()
    #: Registered on this day out of another file's claims (拆分).
    split_off: Mapped[int] = _count()
    #: 越级走访, 件次 and 人次, by the day of the visit's registration.
    skip_levels: Mapped[int] = _count()
    skip_persons: Mapped[int] = _count()
    #: Of ``closed``: ends without an opinion.
    withdrawn: Mapped[int] = _count()
    merged: Mapped[int] = _count()
    diverted: Mapped[int] = _count()
    terminated: Mapped[int] = _count()
    #: Open again after an end; one a file, on the latest such day.
    reopened: Mapped[int] = _count()
    #: 转送、交办, by the latest such day of a file, and of those the ones that came back (退回、撤回).
    referred: Mapped[int] = _count()
    referred_back: Mapped[int] = _count()
    #: Of ``due``: the period had been extended (延期).
    due_extended: Mapped[int] = _count()
    #: Of ``notice_due`` and ``notice_met``: matters that another union sent (责任单位).
    unit_notice_due: Mapped[int] = _count()
    unit_notice_met: Mapped[int] = _count()
    #: 一次办结: answered first petitions whose 90 days ended on this day, and those that held.
    once_due: Mapped[int] = _count()
    once_met: Mapped[int] = _count()
    #: 满意度评价 by the day of the last word about each: the petition office (信访部门), the unit (责任单位).
    office_rated: Mapped[int] = _count()
    office_satisfied: Mapped[int] = _count()
    unit_rated: Mapped[int] = _count()
    unit_satisfied: Mapped[int] = _count()
    #: Of both: written down by staff (代录).
    staff_rated: Mapped[int] = _count()
    #: Answered cases whose 30 days to rate ended on this day, and those that have a rating by now.
    rating_due: Mapped[int] = _count()
    rating_met: Mapped[int] = _count()


#: Column names in declaration order; the fold and the differential test are written from this list.
COUNTS: tuple[str, ...] = tuple(_Counts.__annotations__)


class FactDelta(_Counts, TenantRow, Base):
    """A change of a tenant's own figures, left by the transaction that caused it, taken by the fold."""

    __tablename__ = "fact_deltas"

    day: Mapped[date] = mapped_column(Date)
    #: First-level category code; ``-`` before triage has chosen one.
    category: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)


class DailyFact(_Counts, TenantOwned, Base):
    """Figures of one day, keyed by the tenant that may read them (the viewer), then by whom they are about.

    A viewer has: its own cases (subject = viewer, scope own), its subtree's sum (subject = viewer, scope subtree) and
    each direct child's subtree (subject = child). A superior's page therefore reads its own rows only, and its cost
    does not grow with the number of tenants below (tenancy.md §4, design E).

    The primary key's order is the one index of every read; a second would double the fold's work.
    """

    __tablename__ = "daily_facts"
    __table_args__ = (CheckConstraint("scope in (0, 1)", name="known_scope"),)

    subject_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    scope: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    category: Mapped[str] = mapped_column(Text, primary_key=True)
    channel: Mapped[str] = mapped_column(Text, primary_key=True)


class SummedLine(TenantOwned, Base):
    """A subject whose rows a viewer has many of, and up to where they are summed: the days before ``until``.

    Sums hold exactly the daily rows before ``until``; whoever reads a later day reads daily rows. So nothing waits
    for a sum, and a line that is not listed here is read as it always was.
    """

    __tablename__ = "summed_lines"
    __table_args__ = (CheckConstraint("scope in (0, 1)", name="known_scope"),)

    subject_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    scope: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    until: Mapped[date] = mapped_column(Date)


class SummedFact(_Counts, TenantOwned, Base):
    """Daily facts of a summed line added up: a month, a day, over categories or channels, as ``grain`` says.

    ``day`` is the first of the month, or the day. A year of a dense subject is 16,000 daily rows, 740 of months and
    days over all channels or categories are enough for most questions.
    """

    __tablename__ = "summed_facts"
    __table_args__ = (
        CheckConstraint("scope in (0, 1)", name="known_scope"),
        CheckConstraint("grain between 1 and 5", name="known_grain"),
    )

    subject_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    scope: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    grain: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    category: Mapped[str] = mapped_column(Text, primary_key=True)
    channel: Mapped[str] = mapped_column(Text, primary_key=True)
