"""来往函件: the inbox and the outbox, with their clocks. The filters live in the URL."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from flask import render_template, request

from access.roles import CASE_ROLES
from desk.kinds import KIND_FORMS
from desk.letter_lines import letter_lines, status_words
from desk.presenters import address_of
from dispatches import glances, queries
from dispatches.kinds import KIND_LABELS, LetterKind
from dispatches.queries import LetterPage, Tally
from dispatches.workflow import LetterStatus, Side, senders
from doorway.guard import guard, work
from doorway.words import _
from kernel.errors import InvalidError, NotFoundError
from tenants import queries as tenants

PAGE = 50
BOXES = {"in": Side.RECIPIENT, "out": Side.SENDER}
FILTERS = ("kind", "status", "open", "overdue", "other")


@dataclass(frozen=True, slots=True)
class Count:
    """How many letters of a kind stand in a status; it opens them."""

    words: str
    count: int
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class KindCounts:
    """One kind with its statuses, and how many of it are late."""

    label: str
    url: str
    total: int
    overdue: int
    overdue_url: str
    statuses: tuple[Count, ...]
    current: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is on, in words, and the address of the list without it."""

    words: str
    without: str


@guard(*CASE_ROLES)
def letter_list() -> tuple[str, int]:
    """One box at a time, newest first, fifty a page. What cannot be read in the address is said and left out."""
    unit = work()
    box = request.args.get("box", "in")
    side = BOXES.get(box, Side.RECIPIENT)
    box = "out" if side is Side.SENDER else "in"
    problems: dict[str, str] = {}
    kind, status = _kind(problems), _status(problems)
    other = _other(problems)
    try:
        found = glances.box(
            unit,
            side=side,
            kind=kind,
            status=status,
            other=other[0] if other else None,
            open_only=bool(request.args.get("open")),
            overdue=bool(request.args.get("overdue")),
            limit=PAGE,
            cursor=request.args.get("cursor") or None,
        )
    except InvalidError as error:
        problems |= error.fields
        found = LetterPage([], None)
    tallies = [tally for tally in queries.tallies(unit) if tally.side is side]
    page = render_template(
        "desk/letters.html",
        box=box,
        lines=letter_lines(unit, found.letters),
        problems=problems,
        counts=_counts(box, side, tallies, kind, status),
        overdue=sum(tally.overdue for tally in tallies),
        overdue_url=_with(box, overdue="1", kind=None, status=None),
        chips=_chips(box, side, kind, status, other),
        next_url=_with(box, cursor=found.next_cursor) if found.next_cursor else None,
        first_url=_with(box) if request.args.get("cursor") else None,
        may_send=any(senders(kind) & unit.actor.roles for kind in KIND_FORMS),
    )
    return page, 422 if problems else 200


def _kind(problems: dict[str, str]) -> LetterKind | None:
    text = request.args.get("kind", "")
    if text and text not in set(LetterKind):
        problems["kind"] = _("没有这种函件，已忽略。")
        return None
    return LetterKind(text) if text else None


def _status(problems: dict[str, str]) -> LetterStatus | None:
    text = request.args.get("status", "")
    if text and text not in set(LetterStatus):
        problems["status"] = _("没有这种状态，已忽略。")
        return None
    return LetterStatus(text) if text else None


def _other(problems: dict[str, str]) -> tuple[int, str] | None:
    text = request.args.get("other", "")
    if not text:
        return None
    try:
        number = int(text) if text.isdecimal() and len(text) < 19 else -1
        return number, tenants.get(work().session, number).name
    except NotFoundError:
        problems["other"] = _("没有这个单位，已忽略。")
        return None


def _with(box: str, **changes: str | None) -> str:
    kept = {name: request.args.get(name) for name in FILTERS}
    return address_of("desk.letter_list", {"box": box} | kept | changes)


def _counts(
    box: str, side: Side, tallies: list[Tally], kind: LetterKind | None, status: LetterStatus | None
) -> list[KindCounts]:
    """Counts per kind and status in the order of the tables, kinds without letters left out."""
    by_kind: dict[LetterKind, dict[LetterStatus, Tally]] = defaultdict(dict)
    for tally in tallies:
        by_kind[tally.kind][tally.status] = tally

    def address(of_kind: LetterKind, **more: str) -> str:
        return address_of("desk.letter_list", {"box": box, "kind": of_kind.value, **more})

    return [
        KindCounts(
            label=KIND_LABELS[of_kind],
            url=address(of_kind),
            total=sum(tally.count for tally in by_kind[of_kind].values()),
            overdue=sum(tally.overdue for tally in by_kind[of_kind].values()),
            overdue_url=address(of_kind, overdue="1"),
            statuses=tuple(
                Count(
                    status_words(side, of_kind, of_status),
                    by_kind[of_kind][of_status].count,
                    address(of_kind, status=of_status.value),
                    (kind, status) == (of_kind, of_status),
                )
                for of_status in LetterStatus
                if of_status in by_kind[of_kind]
            ),
            current=kind is of_kind,
        )
        for of_kind in LetterKind
        if of_kind in by_kind
    ]


def _chips(
    box: str,
    side: Side,
    kind: LetterKind | None,
    status: LetterStatus | None,
    other: tuple[int, str] | None,
) -> list[Chip]:
    chips = []
    if kind is not None:
        chips.append(Chip(KIND_LABELS[kind], _with(box, kind=None)))
    if status is not None:
        words = status_words(side, kind or LetterKind.ORDER, status)
        chips.append(Chip(words, _with(box, status=None)))
    if other is not None:
        chips.append(Chip(other[1], _with(box, other=None)))
    if request.args.get("open"):
        chips.append(Chip(_("未办结"), _with(box, open=None)))
    if request.args.get("overdue"):
        chips.append(Chip(_("已超期"), _with(box, overdue=None)))
    return chips


ROUTES = (("/dispatches/", letter_list, ("GET",)),)
