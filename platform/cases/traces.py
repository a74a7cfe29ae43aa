"""What happened to a file later on, kept on it as days, so that a change can be counted without reading its history.

Written by the hands that write the thing itself: the rows of the table, the ratings, the links between files. The
nightly rebuild counts ratings and repetitions from their own rows, so that a day that is wrong here is found.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Boolean, Date, Text
from sqlalchemy.orm import Mapped, mapped_column


class Traces:
    """Columns of a case, all empty at registration."""

    #: 重新办理: was at an end and is open again, the latest time (复查, 责令重作, 撤销并案).
    reopened_on: Mapped[date | None] = mapped_column(Date)
    #: 转送、交办 to another union, the latest time, and when it came back undone (退回、撤回).
    referred_on: Mapped[date | None] = mapped_column(Date)
    returned_on: Mapped[date | None] = mapped_column(Date)
    #: 重复信访: the first later file of the same matter, as a person decided.
    repeated_on: Mapped[date | None] = mapped_column(Date)
    #: 不满意, the first time, about whomever.
    dissatisfied_on: Mapped[date | None] = mapped_column(Date)
    #: The latest word about the petition office (信访部门), its day, and whether staff wrote it down …
    office_rating: Mapped[str | None] = mapped_column(Text)
    office_rated_on: Mapped[date | None] = mapped_column(Date)
    office_by_staff: Mapped[bool | None] = mapped_column(Boolean)
    #: … and about the responsible unit (责任单位).
    unit_rating: Mapped[str | None] = mapped_column(Text)
    unit_rated_on: Mapped[date | None] = mapped_column(Date)
    unit_by_staff: Mapped[bool | None] = mapped_column(Boolean)
