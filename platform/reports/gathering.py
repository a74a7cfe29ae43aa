"""A superior's report out of its subordinates' submitted figures: who is missing, the sum, and what it differs by.

What a subordinate submitted is read from the own copy of its letter. The own facts stand beside the sum, and the
difference is explained in words: units that did not submit, small counts that were hidden, and what was registered or
corrected after a report was frozen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, true

from access.actor import Work
from cases.queries import day_start
from dispatches.kinds import LetterKind
from dispatches.models import Letter
from dispatches.queries import newest
from dispatches.statuses import LetterStatus, Side
from measures import totals
from measures.suppression import HIDDEN, Shown
from reports.periods import Period
from reports.veiling import RULE, bounds, told
from tenants import queries as tenants
from tenants.models import Tenant, TenantParent

#: Under this name a letter's snapshot holds the figures of a report.
SNAPSHOT = "report"
#: What is added up over the units: key of a measure → its word.
SUMMED: dict[str, str] = {"registered": "登记量", "closed": "办结量", "open": "在办量"}
#: Names in one sentence; the table has them all.
_NAMED = 10
#: A letter that came back or was taken back submits nothing.
_DEAD = (LetterStatus.WITHDRAWN.value, LetterStatus.RETURNED.value)


@dataclass(frozen=True, slots=True)
class Child:
    """A unit that stood directly below on the period's last day."""

    id: int
    name: str
    #: First and last day of the period on which it stood there, where that is not the whole period.
    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class Submitted:
    """The newest figures of one unit and the letter that brought them."""

    letter_id: UUID
    number: str
    told: Mapping[str, Any]


def children(work: Work, period: Period) -> Sequence[Child]:
    """Units directly below on the period's last day, in the order of the tree; one that was closed before is none."""
    rows = work.session.execute(
        select(Tenant, TenantParent.since, TenantParent.until)
        .join(TenantParent, TenantParent.child_id == Tenant.id)
        .where(
            TenantParent.parent_id == work.tenant_id,
            TenantParent.since <= period.last,
            TenantParent.until > period.last,
            or_(
                Tenant.status != "closed",
                Tenant.status_since.is_(None),
                Tenant.status_since >= day_start(period.last),
            ),
        )
        .order_by(Tenant.id)
    )
    return [
        Child(
            tenant.id,
            tenant.name,
            since if since is not None and since > period.first else None,
            until if until is not None and until <= period.last else None,
        )
        for tenant, since, until in rows
    ]


def submitted(work: Work, period: Period) -> dict[int, Submitted]:
    """The newest report of the period from each sender; letters that came back are left out."""
    latest, said = newest(work), Letter.snapshot[SNAPSHOT]
    rows = work.session.execute(
        select(Letter.sender_id, Letter.id, Letter.number, said.label("told"))
        .join(latest, true())
        .where(
            Letter.tenant_id == work.tenant_id,
            Letter.side == Side.RECIPIENT.value,
            Letter.kind == LetterKind.REPORT.value,
            # Nobody reports of a period that is not over; the index does the rest.
            Letter.sent_at >= day_start(period.last),
            said["kind"].astext == period.kind.value,
            said["first"].astext == period.first.isoformat(),
            said["last"].astext == period.last.isoformat(),
            latest.status.not_in(_DEAD),
        )
        .order_by(Letter.sent_at, Letter.id)
    )
    return {row.sender_id: Submitted(row.id, row.number, row.told) for row in rows}


def assemble(
    work: Work,
    period: Period,
    below: Sequence[Child],
    own: Mapping[str, Any],
    everybody: Mapping[str, Any],
) -> dict[str, Any]:
    """The part of the figures about the units below; ``own`` and ``everybody`` are the blocks counted from facts."""
    came = submitted(work, period)
    units = [_unit(child, came.get(child.id)) for child in below]
    sums = [_summed(key, name, units, own, everybody) for key, name in SUMMED.items()]
    missing = [child for child in below if child.id not in came]
    sealed = tenants.sealed_codes(tenants.categories(work.session))
    absent = totals.of_children(work, [child.id for child in missing], period.first, period.last, without=sealed)
    left_out = sum(counted["registered"] for counted in absent.values())
    return {
        "units": units,
        "missing": [child.name for child in missing],
        "sums": sums,
        "words": [
            *_missing_words(missing, left_out, len(below)),
            *(_difference(line, bool(missing)) for line in sums),
            *_moved_words(below),
        ],
    }


def _unit(child: Child, came: Submitted | None) -> dict[str, Any]:
    line: dict[str, Any] = {"id": child.id, "name": child.name, "submitted": came is not None}
    if came is None:
        return line | dict.fromkeys((*SUMMED, "met", "due", "as_of", "letter", "letter_id", "edition"))
    said = came.told
    rate = _now(said, "on_time")
    rate = rate if isinstance(rate, dict) else {}
    line |= {key: _number(said, key) for key in SUMMED}
    line |= {
        "met": rate.get("met"),
        "due": rate.get("due"),
        "as_of": said.get("as_of"),
        "letter": came.number,
        "letter_id": str(came.letter_id),
        "edition": said.get("edition"),
    }
    return line


def _number(said: Mapping[str, Any], key: str) -> Shown:
    value = _now(said, key)
    return value if isinstance(value, int) else None


def _now(said: Mapping[str, Any], key: str) -> Any:
    """The value of one measure as told; ``None`` for one that is hidden or was not told."""
    return next((row.get("now") for row in said.get("measures", ()) if row.get("key") == key), None)


def _summed(
    key: str, name: str, units: Sequence[Mapping[str, Any]], own: Mapping[str, Any], everybody: Mapping[str, Any]
) -> dict[str, Any]:
    """Own cases and submitted figures added up, as the ends between which the sum lies, beside the facts' sum.

    With one unit below the facts' sum is hidden or rounded as the unit's own figures are.
    """
    low = high = mine = _of(own, key)
    for unit in units:
        if unit["submitted"]:
            least, most = bounds(unit[key])
            low, high = low + least, high + most
    facts = _of(everybody, key)
    return {"key": key, "name": name, "own": mine, "low": low, "high": high, "facts": facts} | (
        {"about": list(bounds(None if isinstance(facts, str) else facts))} if everybody.get("veiled") else {}
    )


def _of(block: Mapping[str, Any], key: str) -> Any:
    return next(row["now"] for row in block["measures"] if row["key"] == key)


def _missing_words(missing: Sequence[Child], left_out: int, units: int) -> list[str]:
    if not missing:
        return [f"{units}个下级单位均已报送。"]
    names = "、".join(child.name for child in missing[:_NAMED]) + ("等" if len(missing) > _NAMED else "")
    shown = told(left_out)
    about = f"按系统汇总其登记量合计约{HIDDEN if shown is None else shown}件，没有计入报送合计"
    return [f"{units}个下级单位中有{len(missing)}个没有报送：{names}；{about}。"]


def _difference(line: Mapping[str, Any], missing: bool) -> str:
    """One sentence about a sum and the facts beside it: equal, within what was rounded away, or why it is neither."""
    low, high = line["low"], line["high"]
    least, most = line.get("about") or (line["facts"], line["facts"])
    range_ = f"{low}件" if low == high else f"{low}至{high}件"
    told = line["facts"] if least == most else "（隐去）" if isinstance(line["facts"], str) else f"约{line['facts']}"
    begun = f"{line['name']}：本单位和各单位报送合计{range_}，系统汇总{told}件"
    if low == high == least == most:
        return f"{begun}，两者一致。"
    if least <= high and low <= most:
        return f"{begun}，在报送合计的范围之内（{RULE}，所以合计是一个范围）。"
    more = least > high
    apart = least - high if more else low - most
    causes = ["有单位没有报送"] if missing else []
    causes.append("各单位报送以后登记、更正、办结的件和隶属关系调整，只计入系统汇总")
    at_least = "至少" if low != high or least != most else ""
    return (
        f"{begun}，系统汇总比报送合计{'多' if more else '少'}{at_least}{apart}件。原因可能是：{'；'.join(causes)}。"
    )


def _moved_words(below: Sequence[Child]) -> list[str]:
    """Units that did not stand below for the whole period."""
    return [
        f"{child.name}自{child.since.isoformat()}起隶属本单位：其报送的数字含此前各日，系统汇总只含此后各日。"
        for child in below
        if child.since is not None
    ]


def newer(work: Work, period: Period, figures: Mapping[str, Any]) -> list[str]:
    """Names of units whose submitted report is another one than an issued report was assembled from."""
    frozen = {unit["id"]: unit.get("letter_id") for unit in (figures.get("below") or {}).get("units", ())}
    if not frozen:
        return []
    came = submitted(work, period)
    names = {unit["id"]: unit["name"] for unit in figures["below"]["units"]}
    return [
        names[number]
        for number, letter in frozen.items()
        if (str(came[number].letter_id) if number in came else None) != letter
    ]
