"""The figures of a report: counted live from the daily facts by the catalogue, with every definition beside them.

The result is plain data (whole numbers and texts only), so that it can be frozen, signed and read by whoever comes
later, when the catalogue says something else.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from access.actor import Work
from cases.figures import UNCLASSIFIED
from cases.models import Case, Party
from cases.queries import day_start
from cases.rules import CHANNEL_LABELS, Channel, PartyRole
from kernel.clock import china_date
from measures import figuring, totals
from measures.definitions import CATALOGUE
from measures.figuring import Answer
from measures.measure import Measure
from measures.models import OWN, SUBTREE
from measures.queries import as_of
from measures.scopes import OWN_WORD, SUBTREE_WORD, Scope, Wanted
from measures.suppression import margins, outside
from measures.totals import Sums
from reports import correspondence, gathering
from reports.periods import Period
from reports.veiling import Frozen, frozen
from tenants import queries as tenants

#: What this version of the figures looks like; whoever reads them later asks it.
FORMAT = 1
ONE_DAY = timedelta(days=1)
#: Workplaces that a report names, those with the most cases first, and from how many cases on.
MOST_WORKPLACES, LEAST_CASES = 10, 2
#: What stands beside the catalogue: key → (name, unit, count column).
COUNTS: dict[str, tuple[str, str, str]] = {
    "repeats": ("重复信访", "件", "repeats"),
    "accepted": ("受理", "件", "accepted"),
    "refused": ("不予受理", "件", "refused"),
}
#: 检举控告 is on no paper: neither apart nor in a total, because whoever writes and reads the report sees totals
#: without it on the dashboards, and the difference would tell it.
LEFT_OUT = "检举控告"

Figures = dict[str, Any]


def since(work: Work) -> date:
    """The union's first day: when it came onto the platform, or the first day of figures that it brought along."""
    founded = china_date(tenants.get(work.session, work.tenant_id).created_at)
    earliest = totals.first_day(work)
    return min(founded, earliest) if earliest is not None else founded


def compute(work: Work, period: Period) -> Figures:
    """Everything that a report of the period says in numbers, as of now.

    Who may look at which part is the policy's business (:func:`fit`); what is counted does not depend on who asks.
    """
    own = tenants.get(work.session, work.tenant_id)
    moment, known_since = as_of(work.session), since(work)
    children = gathering.children(work, period)
    figures: Figures = {
        "format": FORMAT,
        "union": {"id": own.id, "name": own.name},
        "kind": period.kind.value,
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
        "as_of": moment.isoformat() if moment is not None else None,
        "since": known_since.isoformat(),
        "left_out": LEFT_OUT,
        "own": _block(work, OWN, period, known_since),
        "workplaces": _workplaces(work, period),
        "letters": correspondence.letters(work, period),
        "suggestions": correspondence.suggestions(work, period),
        "suggestion_papers": correspondence.suggestion_papers(work, period),
    }
    if children:
        figures["all"] = _block(work, SUBTREE, period, known_since)
        figures["below"] = gathering.assemble(work, period, children, figures["own"], figures["all"])
    return figures


def fit(figures: Figures, *, below: bool) -> Figures:
    """The figures without the parts about the unions below, for whoever does not see those."""
    return figures if below else {name: part for name, part in figures.items() if name not in ("all", "below")}


def whole(figures: Mapping[str, Any]) -> dict[str, Any]:
    """The block that stands for the union: with everybody below where it leads others, else its own."""
    block: dict[str, Any] = figures.get("all") or figures["own"]
    return block


def value_of(block: Mapping[str, Any], key: str) -> dict[str, Any]:
    """One measure of a block by its key.

    :raises KeyError: when the block has no such measure.
    """
    for measure in block["measures"]:
        if measure["key"] == key:
            row: dict[str, Any] = measure
            return row
    raise KeyError(key)


def _block(work: Work, scope: int, period: Period, known_since: date) -> dict[str, Any]:
    """Measures, counts, categories and channels of one scope, beside the period before and the year before."""
    spans: dict[str, Period | None] = {
        "now": period,
        "before": period.before if period.before.last >= known_since else None,
        "year_ago": period.year_ago if period.year_ago.last >= known_since else None,
    }
    sealed = tenants.sealed_codes(tenants.categories(work.session))
    # Own and whole together tell the figures of an only child.
    veiled = {
        name: scope == SUBTREE and span is not None and len(gathering.children(work, span)) == 1
        for name, span in spans.items()
    }
    sums = {
        name: totals.totals(work, scope, span.first, span.last, without=sealed)
        for name, span in spans.items()
        if span is not None
    }
    answers = {
        name: {
            found.measure.key: found
            for found in figuring.answers(work, _asked(work, scope, span, sealed, veiled=veiled[name]))
        }
        for name, span in spans.items()
        if span is not None
    }
    before = spans["before"]
    now_by = totals.by_category(work, scope, period.first, period.last, without=sealed)
    before_by = totals.by_category(work, scope, before.first, before.last, without=sealed) if before else None
    now_channel = totals.by_channel(work, scope, period.first, period.last, without=sealed)
    before_channel = totals.by_channel(work, scope, before.first, before.last, without=sealed) if before else None
    block: dict[str, Any] = {
        "measures": [_measure(measure, answers) for measure in CATALOGUE],
        "counts": [
            {"key": key, "name": name, "unit": unit}
            | {span: _told(sums[span][column], veiled=veiled[span]) if span in sums else None for span in spans}
            for key, (name, unit, column) in COUNTS.items()
        ],
        "categories": _categories(work, now_by, before_by),
        "channels": [
            {
                "key": channel.value,
                "name": CHANNEL_LABELS[channel],
                "now": now_channel.get(channel.value, totals.NOTHING)["registered"],
                "before": before_channel.get(channel.value, totals.NOTHING)["registered"]
                if before_channel is not None
                else None,
            }
            for channel in Channel
        ],
    }
    for span in ("now", "before"):
        if veiled[span]:
            _veil(block, span)
    return block | ({"veiled": True} if veiled["now"] else {})


def _told(count: int, *, veiled: bool) -> Frozen:
    return frozen(outside(count)) if veiled else count


def _veil(block: dict[str, Any], span: str) -> None:
    """Categories and channels of an only child's superior with a total that tells none of them."""
    parts = [lines for lines in (block["categories"], block["channels"]) if lines and lines[0][span] is not None]
    shown, total = margins(*([line[span] for line in lines] for lines in parts))
    for lines, told in zip(parts, shown, strict=True):
        for line, count in zip(lines, told, strict=True):
            line[span] = frozen(count)
    value_of(block, "registered")[span] = frozen(total)


def _asked(work: Work, scope: int, span: Period, sealed: frozenset[str], *, veiled: bool) -> Wanted:
    """The catalogue's question; what is counted does not depend on who asks."""
    word = OWN_WORD if scope == OWN else SUBTREE_WORD
    return Wanted(span.first, span.last, Scope(word, work.tenant_id, scope, "", veiled), without=sealed)


def _measure(measure: Measure, answers: Mapping[str, Mapping[str, Answer]]) -> dict[str, Any]:
    """One row of the catalogue with its values; a rate or a mean as the two numbers that it divides."""
    told: dict[str, Any] = {
        "key": measure.key,
        "name": measure.name,
        "unit": measure.unit,
        "cohort": measure.cohort,
        "definition": measure.definition,
        "source": measure.source,
        "rate": measure.denominator is not None,
    }
    for span in ("now", "before", "year_ago"):
        found = answers[span][measure.key] if span in answers else None
        if found is None:
            told[span] = None
        elif measure.denominator is not None:
            told[span] = {"met": frozen(found.numerator), "due": frozen(found.denominator)}
        else:
            told[span] = frozen(found.numerator)
    return told


def _categories(work: Work, now: Mapping[str, Sums], before: Mapping[str, Sums] | None) -> list[dict[str, Any]]:
    names = {
        category.code: category.name
        for category in tenants.categories(work.session)
        if category.parent_code is None and not category.sealed
    } | {UNCLASSIFIED: "未分类"}
    lines: dict[str, dict[str, Any]] = {
        code: {"key": code, "name": name, "now": 0, "before": None if before is None else 0}
        for code, name in names.items()
    }
    for span, sums in (("now", now), ("before", before or {})):
        for code, counted in sums.items():
            line = lines.get(code, lines[UNCLASSIFIED])
            line[span] = (line[span] or 0) + counted["registered"]
    return [line for line in lines.values() if line["now"] or line["before"]]


def _workplaces(work: Work, period: Period) -> list[dict[str, Any]]:
    """Employers that open files of the union's own complain about.

    Sealed (检举控告) and confidential files and complaints about reprisals are not among them. The table stays with
    the union: what a superior is sent has no employer in it.
    """
    count = func.count(func.distinct(Case.id))
    rows = work.session.execute(
        select(Party.organisation, count.label("cases"))
        .join(Case, (Case.tenant_id == Party.tenant_id) & (Case.id == Party.case_id))
        .where(
            Party.tenant_id == work.tenant_id,
            Party.role == PartyRole.RESPONDENT.value,
            Party.organisation.is_not(None),
            Case.sealed.is_(False),
            Case.confidential.is_(False),
            Case.retaliation.is_(False),
            Case.registered_at >= day_start(period.first),
            Case.registered_at < day_start(period.last) + ONE_DAY,
        )
        .group_by(Party.organisation)
        .having(count >= LEAST_CASES)
        .order_by(count.desc(), Party.organisation)
        .limit(MOST_WORKPLACES)
    )
    return [{"name": str(row.organisation), "count": int(row.cases)} for row in rows]
