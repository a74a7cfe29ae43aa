"""下级单位: how the unions directly below stand, in figures and in the letters exchanged with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import render_template, request, url_for

from desk.presenters import address_of
from dispatches import glances
from dispatches.workflow import KIND_LABELS, LetterKind, Side
from doorway.guard import guard, work
from doorway.words import N_, _
from measures import below, recounting
from measures.below import Part, Share, Subordinate
from measures.definitions import BY_KEY
from measures.policy import SEE_BELOW
from measures.queries import as_of
from measures.suppression import HIDDEN, Shown, words
from tenants import queries as tenants
from tenants.models import KIND_LABELS as UNION_KINDS
from tenants.models import Kind

PAGE = 50
STATUS_WORDS = {"active": N_("使用中"), "suspended": N_("已停用，期限照算"), "closed": N_("已撤销")}
#: Column → heading. The first is the order that the page opens with.
SORT_WORDS = {"name": N_("名称"), "open": N_("在办"), "overdue": N_("超期"), "late": N_("告知逾期")}


#: Letters on the way with one union: our side → kind → how many.
Flights = Mapping[Side, Mapping[LetterKind, int]]


@dataclass(frozen=True, slots=True)
class Line:
    """One subordinate in words."""

    name: str
    url: str
    kind: str
    status: str
    suspended: bool
    open: str
    overdue: str
    #: Opens a supervision letter with the figure filled in; empty where there is nothing to supervise.
    supervise_overdue: str
    late: str
    supervise_late: str
    on_time: str
    due: str
    #: Letters on the way, by direction: words and the address of the box.
    letters: tuple[tuple[str, str], ...]


@guard(*SEE_BELOW)
def subordinates() -> str:
    """Direct subordinates by name or by a count, fifty a page; as many statements for two as for a thousand."""
    unit = work()
    search, sort = request.args.get("q", "").strip()[:60], request.args.get("sort", "name")
    sort = sort if sort in below.SORTS else "name"
    typed = request.args.get("page", "1")
    number = int(typed) if typed.isdecimal() and 0 < int(typed) < 10_000 else 1
    found = below.page(unit, search=search, sort=sort, offset=(number - 1) * PAGE, limit=PAGE)
    around = glances.in_flight(unit, [row.tenant_id for row in found.rows])
    kept: dict[str, str | None] = {"q": search, "sort": sort if sort != "name" else None}
    here = "desk.subordinates"
    return render_template(
        "desk/subordinates.html",
        lines=[_line(row, around.get(row.tenant_id, {}), found.window) for row in found.rows],
        total=found.total,
        window=found.window,
        as_of=as_of(unit.session),
        recounting=recounting.warning(unit.session),
        hidden=HIDDEN,
        without_sealed=below.leaves_out_sealed(unit),
        search=search,
        sort=sort,
        sorts=[(key, _(word), address_of(here, {"q": search, "sort": key})) for key, word in SORT_WORDS.items()],
        previous_url=address_of(here, kept | {"page": str(number - 1)}) if number > 1 else None,
        next_url=address_of(here, kept | {"page": str(number + 1)}) if number * PAGE < found.total else None,
        definitions=_definitions(),
    )


@guard(*SEE_BELOW)
def subordinate(slug: str) -> str:
    """One subordinate by month and by category, and the unions below it by name.

    :raises NotFoundError: for anything but a direct subordinate.
    """
    unit = work()
    row = below.one(unit, slug)
    categories = {category.code: category.name for category in tenants.categories(unit.session)}
    around = glances.in_flight(unit, [row.tenant_id]).get(row.tenant_id, {})
    window = below.window(unit)
    units, unit_count = below.units_of(unit, row)
    return render_template(
        "desk/subordinate.html",
        line=_line(row, around, window),
        months=[_part(part, _month(part.label)) for part in below.by_month(unit, row)],
        categories=[
            _part(part, _("未分类") if part.label == "-" else categories.get(str(part.label), str(part.label)))
            for part in below.by_category(unit, row)
        ],
        units=[(found.name, UNION_KINDS[Kind(found.kind)], _(STATUS_WORDS[found.status])) for found in units],
        unit_count=unit_count,
        window=window,
        as_of=as_of(unit.session),
        recounting=recounting.warning(unit.session),
        hidden=HIDDEN,
        without_sealed=below.leaves_out_sealed(unit),
        definitions=_definitions(),
    )


def _line(row: Subordinate, around: Flights, window: below.Window) -> Line:
    return Line(
        name=row.name,
        url=url_for("desk.subordinate", slug=row.slug),
        kind=UNION_KINDS[Kind(row.kind)],
        status=_(STATUS_WORDS[row.status]),
        suspended=row.status != "active",
        open=words(row.open),
        overdue=words(row.overdue),
        supervise_overdue=_supervise(row, "overdue", row.overdue, window),
        late=words(row.late),
        supervise_late=_supervise(row, "late", row.late, window),
        on_time=share_words(row.on_time),
        due=words(row.on_time.due),
        letters=_flights(row, around),
    )


def _flights(row: Subordinate, around: Flights) -> tuple[tuple[str, str], ...]:
    """“发出：交办2，督办1”, with the box that has them."""
    found = []
    for side, box, word in ((Side.SENDER, "out", _("发出")), (Side.RECIPIENT, "in", _("收到"))):
        counts = around.get(side)
        if counts:
            told = "，".join(f"{KIND_LABELS[kind]}{count}" for kind, count in counts.items())
            url = address_of("desk.letter_list", {"box": box, "other": str(row.tenant_id), "open": "1"})
            found.append((_("%(way)s：%(told)s", way=word, told=told), url))
    return tuple(found)


def _supervise(row: Subordinate, measure: str, count: Shown, window: below.Window) -> str:
    """The address of a supervision letter about a figure; an inactive union cannot receive one."""
    if count == 0 or row.status != "active":
        return ""
    figures = {
        "kind": LetterKind.SUPERVISION.value,
        "to": str(row.tenant_id),
        "measure": measure,
        "count": words(count),
        "from": window.first.isoformat(),
        "until": window.last.isoformat(),
    }
    return address_of("desk.compose", figures)


@dataclass(frozen=True, slots=True)
class PartLine:
    """A month or a category of one subordinate in words."""

    label: str
    registered: str
    closed: str
    overdue: str
    late: str
    on_time: str
    due: str


def _part(part: Part, label: str) -> PartLine:
    return PartLine(
        label,
        words(part.registered),
        words(part.closed),
        words(part.overdue),
        words(part.late),
        share_words(part.on_time),
        words(part.on_time.due),
    )


def _month(value: str | date) -> str:
    return f"{value.year}年{value.month}月" if isinstance(value, date) else str(value)


def share_words(share: Share) -> str:
    """A rate as text; where small counts are hidden, the ends between which it lies."""
    if share.low is None or share.high is None:
        return "—" if share.due == 0 else HIDDEN
    if share.low == share.high:
        return f"{share.low:.1%}"
    return f"{share.low:.0%}–{share.high:.0%}"


def _definitions() -> list[tuple[str, str]]:
    """What each column means, printed under the table."""
    return [
        (_("在办"), BY_KEY["open"].definition),
        (_("超期"), _("办理期限在上述时段届满、没有按期出具处理意见的件数，事后补办的也在内。")),
        (_("告知逾期"), _("15日告知期限在上述时段届满、没有按期告知的件数。")),
        (_("按期办结率"), BY_KEY["on_time"].definition),
    ]


ROUTES = (
    ("/dispatches/subordinates", subordinates, ("GET",)),
    ("/dispatches/subordinates/<slug>", subordinate, ("GET",)),
)
