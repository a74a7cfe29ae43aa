"""信访件: the list. Its filters live in the URL, so that a chart can open its cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import render_template, request

from access import queries as accounts
from access.roles import CASE_ROLES, Role
from cases import filters, gains, queries
from cases.filters import READERS
from cases.policy import may_register
from cases.queries import Filter, Page
from cases.rules import CHANNEL_LABELS, TIER_LABELS
from cases.saved_views import may_share
from cases.workflow import STATUS_LABELS
from desk.bulk import may_give
from desk.forms import category_choices
from desk.presenters import address_of, case_lines, house_of
from desk.views import view_links
from doorway.guard import guard, work
from doorway.words import N_, _
from kernel.errors import InvalidError
from tenants import departments
from tenants import queries as tenants

PAGE = 50

#: Words of :data:`cases.queries.BANDS` and :data:`cases.marks.FLAGS`; a test compares the keys.
BAND_LABELS: dict[str, str] = {
    "today": N_("今天到期"),
    "week": N_("7日内到期"),
    "fortnight": N_("15日内到期"),
    "later": N_("15日后到期"),
}
FLAG_LABELS: dict[str, str] = {
    "urgent": N_("紧急"),
    "collective": N_("集体访"),
    "joint": N_("联名"),
    "repeat": N_("重复反映"),
    "anonymous": N_("匿名"),
    "confidential": N_("要求保密"),
    "retaliation": N_("反映打击报复"),
    "conflict": N_("需要回避"),
    "dissatisfied": N_("曾评价不满意（任一对象）"),
    "dissatisfied_unit": N_("对责任单位不满意"),
    "dissatisfied_office": N_("对信访部门不满意"),
    "sealed": N_("检举控告（密）"),
    "portal": N_("网上门户提交"),
    "supervised": N_("督办中"),
    "extension": N_("待批延期"),
}


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is on, in words, and the address of the list without it."""

    words: str
    without: str


def read_filter(values: Mapping[str, str]) -> tuple[Filter, dict[str, str]]:
    """The filter that an address asks for, and a sentence for each key that cannot be read."""
    wanted, unread = filters.read(values)
    return wanted, {key: _("筛选条件“%(value)s”不正确，已忽略。", value=value[:40]) for key, value in unread.items()}


@guard(*CASE_ROLES)
def case_list() -> tuple[str, int]:
    """Cases newest first, fifty a page."""
    unit = work()
    wanted, problems = read_filter(request.args)
    totals = gains.Totals(0, 0, 0)
    try:
        found = queries.newest(unit, wanted, limit=PAGE, cursor=request.args.get("cursor") or None)
        totals = gains.totals(unit, wanted)
    except InvalidError as error:
        problems |= error.fields
        found = Page([], None)
    categories = tenants.categories(unit.session)
    names = {category.code: category.name for category in categories}
    handlers = accounts.holders(unit.session, (Role.HANDLER, Role.OFFICE_HEAD))
    people = {account.id: account.display_name for account in handlers}
    places = [(place.id, place.name) for place in departments.active(unit.session)]
    people |= accounts.names(unit.session, {case.assignee_id for case in found.cases} - set(people))
    page = render_template(
        "desk/list.html",
        lines=case_lines(
            unit.actor,
            found.cases,
            unit.clock.today(),
            names=people,
            categories=names,
            house=house_of(unit, (case.assignee_id for case in found.cases)),
        ),
        problems=problems,
        chips=_chips(wanted, names, people, dict(places)),
        values=request.args,
        next_url=_with(cursor=found.next_cursor) if found.next_cursor else None,
        first_url=_with(cursor=None) if request.args.get("cursor") else None,
        export_url=address_of("desk.export_form", {key: request.args.get(key) for key in READERS}),
        tiers=[(tier.value, label) for tier, label in TIER_LABELS.items()],
        departments=places,
        bands=[(key, _(word)) for key, word in BAND_LABELS.items()],
        flags=[(key, _(word)) for key, word in FLAG_LABELS.items()],
        statuses=[(status.value, label) for status, label in STATUS_LABELS.items()],
        channels=[(channel.value, label) for channel, label in CHANNEL_LABELS.items()],
        categories=category_choices(categories),
        people=[(account.id, account.display_name) for account in handlers],
        totals=totals if totals.fen or totals.helped else None,
        recovered=gains.yuan(totals.fen),
        may_register=may_register(unit.actor),
        may_import=unit.actor.holds(Role.CLERK, Role.OFFICE_HEAD),
        views=view_links(unit, request.args),
        query="" if problems else urlencode(filters.kept(request.args)),
        may_share=may_share(unit),
        give_url=_give_url() if may_give(unit.actor) else "",
    )
    return page, 422 if problems else 200


def _give_url() -> str:
    # What is done is given to nobody.
    return address_of("desk.bulk_form", {"open_only": "1", **filters.kept(request.args)})


def _with(**changes: str | None) -> str:
    kept = {key: value for key, value in request.args.items() if key in READERS and value} | changes
    return address_of("desk.case_list", kept)


def _chips(
    wanted: Filter, categories: Mapping[str, str], people: Mapping[UUID, str], places: Mapping[UUID, str]
) -> list[Chip]:
    """The filters that the form above the list does not show open: those a drill-down brings along."""
    words: dict[str, Callable[[Any], str]] = {
        "open_only": lambda _value: _("在办"),
        "overdue": lambda _value: _("已超期"),
        "status": lambda value: _word(STATUS_LABELS, value),
        "channel": lambda value: _word(CHANNEL_LABELS, value),
        "category": lambda value: _("未分类") if value == "-" else categories.get(value, value),
        "tier": lambda value: _word(TIER_LABELS, value),
        "department": lambda value: _("部门：%(name)s", name=places.get(value, _("已停用部门"))),
        "band": lambda value: _word(BAND_LABELS, value),
        "flag": lambda value: _word(FLAG_LABELS, value),
        "assignee": lambda value: _("承办人：%(name)s", name=people.get(value, _("已停用账号"))),
        "arrived": _arrival,
        "unassigned": lambda _value: _("未分配承办人"),
        "mine": lambda _value: _("由我办理（含代办）"),
        "follow_up": lambda _value: _("到了回访日期、还没有回访"),
        "registered_from": lambda value: _("登记自 %(day)s", day=value),
        "registered_to": lambda value: _("登记至 %(day)s", day=value),
        "closed_from": lambda value: _("办结自 %(day)s", day=value),
        "closed_to": lambda value: _("办结至 %(day)s", day=value),
        "due_from": lambda value: _("到期自 %(day)s", day=value),
        "due_to": lambda value: _("到期至 %(day)s", day=value),
        "q": lambda value: _("含“%(text)s”", text=value),
    }
    return [
        Chip(word(getattr(wanted, key)), _with(**{key: None})) for key, word in words.items() if getattr(wanted, key)
    ]


def _arrival(place: str) -> str:
    weekday, _sign, hour = place.partition("-")
    return _("星期%(day)s%(hour)s时登记（不含导入件）", day="一二三四五六日"[int(weekday) - 1], hour=int(hour))


def _word(labels: Mapping[Any, str], value: str) -> str:
    return labels.get(value, value)


ROUTES = (("/cases/", case_list, ("GET",)),)
