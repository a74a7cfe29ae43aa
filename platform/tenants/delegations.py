"""Absence and its deputy: entered with words for every clash, ended early, never removed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select

from access import queries as accounts
from access.actor import Work
from access.models import Delegation, User, UserRole
from access.roles import Role
from audit.services import record
from kernel.errors import ConflictError, InvalidError, NotFoundError
from kernel.ids import uuid7
from notices.services import post

#: Who enters an absence: the one who keeps the accounts, and the one who answers for the office's work.
MANAGERS = (Role.TENANT_ADMIN, Role.OFFICE_HEAD, Role.SYSTEM)
#: Longer than a year is no absence but another job.
LONGEST = timedelta(days=366)
_HANDLERS = (Role.HANDLER.value, Role.OFFICE_HEAD.value)


def begin(
    work: Work, *, user_id: UUID | None, deputy_id: UUID | None, from_on: date, until_on: date, reason: str
) -> Delegation:
    """Enter an absence. A deputy cannot be away in the same days, nor can somebody who stands in go away: cases
    would otherwise reach nobody.

    :raises ForbiddenError: for anybody but those who keep house or answer for the office.
    :raises InvalidError: with one sentence a field.
    """
    work.actor.require(MANAGERS)
    problems: dict[str, str] = {}
    if user_id is None:
        problems["user_id"] = "请选择外出人员。"
    if deputy_id is None:
        problems["deputy_id"] = "请选择代办人。"
    elif user_id == deputy_id:
        problems["deputy_id"] = "代办人不能是本人。"
    if until_on < from_on:
        problems["until_on"] = "结束日期不能早于开始日期。"
    elif until_on < work.clock.today():
        problems["until_on"] = "结束日期已过，无需再登记。"
    elif until_on - from_on > LONGEST:
        problems["until_on"] = "一次外出不能超过一年，请核对日期。"
    if len(reason.strip()) < 2:
        problems["reason"] = "请填写事由，例如：年休假、外出学习。"
    elif len(reason.strip()) > 100:
        problems["reason"] = "事由不能超过100个字。"
    _finish(problems)
    if user_id is None or deputy_id is None:  # said above
        raise InvalidError("请选择人员。")
    _check_people(work, user_id, deputy_id)
    _check_clash(work, user_id, deputy_id, from_on, until_on)
    made = Delegation(
        id=uuid7(), user_id=user_id, deputy_id=deputy_id, from_on=from_on, until_on=until_on, reason=reason.strip()
    )
    work.session.add(made)
    work.session.flush()
    record(
        work,
        "delegation:begin",
        subject_type="delegation",
        subject_id=made.id,
        data={"user": str(user_id), "deputy": str(deputy_id), "from_on": str(from_on), "until_on": str(until_on)},
    )
    days = f"{_day(from_on)}至{_day(until_on)}"
    _tell(
        work,
        made,
        lambda names: (
            f"您外出期间（{days}）由{names[deputy_id]}代办",
            f"{names[user_id]}外出期间（{days}）由您代办",
        ),
    )
    return made


def end(work: Work, delegation_id: UUID) -> Delegation:
    """End an absence today, or take it back when it has not begun.

    :raises NotFoundError: when there is none.
    :raises ConflictError: when it is over already.
    """
    work.actor.require(MANAGERS)
    row = work.session.scalars(select(Delegation).where(Delegation.id == delegation_id).with_for_update()).first()
    if row is None:
        raise NotFoundError
    today = work.clock.today()
    if row.ended_on is not None or row.until_on < today:
        raise ConflictError("这次代办已经结束，无需再操作。")
    row.ended_on = today
    work.session.flush()
    record(
        work,
        "delegation:end",
        subject_type="delegation",
        subject_id=row.id,
        data={"user": str(row.user_id), "deputy": str(row.deputy_id), "until_on": str(row.until_on)},
    )
    _tell(
        work,
        row,
        lambda names: (
            "您的外出代办已经提前结束，在办信访件仍由您办理",
            f"{names[row.user_id]}的外出代办已经提前结束，不再由您代办",
        ),
    )
    return row


def _tell(work: Work, row: Delegation, words: Callable[[Mapping[UUID, str]], tuple[str, str]]) -> None:
    """Tell whoever goes, and whoever stands in: neither need have asked for it."""
    told = words(accounts.names(work.session, (row.user_id, row.deputy_id)))
    for user_id, title in zip((row.user_id, row.deputy_id), told, strict=True):
        post(work.session, kind="delegation", title=title, link="/desk/", user_id=user_id)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def duties_of(work: Work, user_id: UUID) -> int:
    """How many present or coming absences of others wait for this person as their deputy."""
    today = work.clock.today()
    return work.session.scalars(
        select(func.count())
        .select_from(Delegation)
        .where(
            Delegation.tenant_id == work.tenant_id,
            Delegation.deputy_id == user_id,
            Delegation.until_on >= today,
            Delegation.ended_on.is_(None),
        )
    ).one()


def _check_people(work: Work, user_id: UUID, deputy_id: UUID) -> None:
    # Locked in one order: two absences entered at once about the same people must see each other.
    people = {
        user.id: user
        for user in work.session.scalars(
            select(User).where(User.id.in_((user_id, deputy_id))).order_by(User.id).with_for_update()
        )
    }
    problems: dict[str, str] = {}
    for name, one in (("user_id", user_id), ("deputy_id", deputy_id)):
        if one not in people or not people[one].active:
            problems[name] = "没有这个账号，或账号已停用。"
    _finish(problems)
    handlers = set(
        work.session.scalars(
            select(UserRole.user_id).where(UserRole.user_id.in_((user_id, deputy_id)), UserRole.role.in_(_HANDLERS))
        )
    )
    if deputy_id not in handlers:
        _finish({"deputy_id": f"{people[deputy_id].display_name}不是承办人，不能代办信访件。"})


def _check_clash(work: Work, user_id: UUID, deputy_id: UUID, from_on: date, until_on: date) -> None:
    row = Delegation
    rows = work.session.scalars(
        select(row).where(
            row.from_on <= until_on,
            row.until_on >= from_on,
            or_(row.ended_on.is_(None), row.ended_on > from_on),
            or_(row.user_id.in_((user_id, deputy_id)), row.deputy_id == user_id),
        )
    ).all()
    problems: dict[str, str] = {}
    for other in rows:
        days = f"{other.from_on:%Y-%m-%d}至{other.until_on:%Y-%m-%d}"
        if other.user_id == user_id:
            problems["from_on"] = f"此人在{days}已登记外出，请先结束那一次。"
        elif other.user_id == deputy_id:
            problems["deputy_id"] = f"代办人在{days}自己也外出，请另选一位。"
        else:
            problems["user_id"] = f"此人在{days}正代他人办理，请先结束那一次代办。"
    _finish(problems)


def _finish(problems: dict[str, str]) -> None:
    if problems:
        raise InvalidError("；".join(dict.fromkeys(problems.values())), fields=problems)
