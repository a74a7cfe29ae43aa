"""What may become of a hotspot (热点处置), as a table, and how its evidence reads. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from measures.suppression import Shown, words

#: The category of a hotspot over all categories.
EVERY = "*"
#: Days that “recently” means.
RECENT_DAYS = 28
#: After so many days in which nothing was found a hotspot has ended.
QUIET_DAYS = 28
MAX_NOTE = 500
#: Cases about one employer from which on it is said that they gather there.
GATHERED = 3


class SpotStatus(StrEnum):
    """Where a hotspot stands."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    SUPERVISED = "supervised"
    ENDED = "ended"


STATUS_LABELS: dict[SpotStatus, str] = {
    SpotStatus.OPEN: "待核实",
    SpotStatus.CONFIRMED: "已确认",
    SpotStatus.DISMISSED: "已排除",
    SpotStatus.SUPERVISED: "已部署处置",
    SpotStatus.ENDED: "已回落",
}


class SpotAction(StrEnum):
    """A step, as events have it."""

    FOUND = "found"
    CONFIRM = "confirm"
    DISMISS = "dismiss"
    SUPERVISE = "supervise"
    PLAN = "plan"
    END = "end"


ACTION_LABELS: dict[SpotAction, str] = {
    SpotAction.FOUND: "发现",
    SpotAction.CONFIRM: "确认为热点",
    SpotAction.DISMISS: "排除",
    SpotAction.SUPERVISE: "发出督办函",
    SpotAction.PLAN: "启动应急预案",
    SpotAction.END: "回落",
}

_S, _A = SpotStatus, SpotAction
#: action → the statuses from which a person may take it, and where it leads.
TABLE: dict[SpotAction, tuple[frozenset[SpotStatus], SpotStatus]] = {
    _A.CONFIRM: (frozenset({_S.OPEN}), _S.CONFIRMED),
    _A.DISMISS: (frozenset({_S.OPEN, _S.CONFIRMED}), _S.DISMISSED),
    # A plan may follow a letter and a letter a plan: the first was not enough.
    _A.SUPERVISE: (frozenset({_S.OPEN, _S.CONFIRMED, _S.SUPERVISED}), _S.SUPERVISED),
    _A.PLAN: (frozenset({_S.OPEN, _S.CONFIRMED, _S.SUPERVISED}), _S.SUPERVISED),
}
#: What the silence of a series ends. Dismissed stays dismissed.
ENDING = frozenset({_S.OPEN, _S.CONFIRMED, _S.SUPERVISED})


def actions_of(status: SpotStatus) -> tuple[SpotAction, ...]:
    """What a person may do about a hotspot in this status."""
    return tuple(action for action, (before, _after) in TABLE.items() if status in before)


@dataclass(frozen=True, slots=True)
class Places:
    """Employers (用人单位) that own cases name: how many, how many of them often, and in how many cases those."""

    named: int
    gathered: int
    cases: int


def places_of(cases_by_employer: Sequence[int]) -> Places:
    """Sum up the number of cases of each employer."""
    often = [count for count in cases_by_employer if count >= GATHERED]
    return Places(len(cases_by_employer), len(often), sum(often))


def note_of_evidence(
    unit: str,
    category: str,
    *,
    counted: Shown,
    hoped: float,
    window: int = RECENT_DAYS,
    recent: Shown = None,
    recent_hoped: float = 0.0,
    places: Places | None = None,
    outside: bool = False,
    in_part: bool = False,
) -> str:
    """“A7县 拖欠工资 近4周19件，预期6.2件，涉及3家用人单位”.

    ``counted`` and ``recent`` are as they may be shown; ``outside`` says that they are of a unit below and rounded.
    ``in_part`` says that the employers are those of the own files only, of a count that has others too.
    Where the count is hidden, what was expected is not said either: beside it the words “much more” would tell the
    hidden number to within one or two.
    """
    if counted is None:
        return f"{unit} {category} 近4周明显多于预期（件数少，隐去）"
    about = "约" if outside else ""

    def hope(mean: float) -> str:
        return f"预期{about}{mean:.0f}件" if outside and mean >= 1 else f"预期{mean:.1f}件"

    said = [f"{unit} {category} 近4周{about}{words(counted)}件", hope(hoped)]
    if window < RECENT_DAYS and recent is not None:
        said.append(f"其中近{window}日{about}{words(recent)}件（{hope(recent_hoped)}）")
    if places is not None and places.named:
        said.append(f"{'本级件' if in_part else ''}涉及{places.named}家用人单位")
        if 0 < places.gathered < places.named:
            said.append(f"其中{places.gathered}家共{places.cases}件")
    return "，".join(said)
