"""The tables of a report: its figures in words, section by section."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from measures.suppression import HIDDEN
from reports.comparing import NO_RATE, percent, trend
from reports.gathering import SUMMED
from reports.veiling import RULE

#: Said beside sums of a union with one unit below.
ONLY_ONE = "下级只有一个单位：为免从合计中减去本单位得出其数字，合计中1至7件的数隐去，其余取整到5件。"


@dataclass(frozen=True, slots=True)
class Table:
    """A table in words; ``shares`` are the widths of its columns and add up to one."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    shares: tuple[float, ...]
    notes: tuple[str, ...] = ()
    #: Shows figures of the unions below.
    below: bool = False
    #: 口径 of the figures in it: name and definition, printed beside them.
    terms: tuple[tuple[str, str], ...] = ()


def _scopes(figures: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any], bool]]:
    """(word, block, whether it counts the unions below)."""
    own = ("本单位", figures["own"], False)
    return [("本单位及下级", figures["all"], True), own] if "all" in figures else [own]


def _overview(figures: Mapping[str, Any]) -> list[Table]:
    found: list[Table] = []
    for word, block, below in _scopes(figures):
        measured = [row for row in block["measures"] if not row["rate"]]
        rows = [
            (
                f"{row['name']}（{row['unit']}）",
                number(row["now"]),
                number(row["before"]),
                trend(row["now"], row["before"]),
                number(row["year_ago"]),
                trend(row["now"], row["year_ago"]),
            )
            for row in (*measured, *block["counts"])
        ]
        headings = ("指标", "本期", "上期", "比上期", "去年同期", "比去年同期")
        shares = (0.26, 0.13, 0.13, 0.16, 0.15, 0.17)
        terms = _terms(measured) if not found else ()
        notes = (ONLY_ONE,) if block.get("veiled") else ()
        found.append(Table(f"总量（{word}）", headings, tuple(rows), shares, notes, below=below, terms=terms))
    return found + [
        _shares_table(f"信访形式（{word}）", block["channels"], below) for word, block, below in _scopes(figures)[:1]
    ]


def _terms(measures: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, str], ...]:
    return tuple((row["name"], row["definition"]) for row in measures)


def _matters(figures: Mapping[str, Any]) -> list[Table]:
    return [
        _shares_table(f"登记量按问题类别（{word}）", block["categories"], below)
        for word, block, below in _scopes(figures)
        if block["categories"]
    ]


def _shares_table(title: str, lines: Sequence[Mapping[str, Any]], below: bool) -> Table:
    counts = [line["now"] for line in lines]
    # Of what is shown: where a number is hidden, nothing is a share of the whole.
    total = 0 if any(isinstance(count, str) for count in counts) else sum(counts)
    rows = tuple(
        (
            line["name"],
            number(line["now"]),
            percent(line["now"], total) if total else NO_RATE,
            number(line["before"]),
            trend(line["now"], line["before"]),
        )
        for line in lines
    )
    return Table(
        title,
        ("类别", "本期（件）", "占比", "上期（件）", "比上期"),
        rows,
        (0.36, 0.16, 0.14, 0.16, 0.18),
        below=below,
    )


def _workplaces(figures: Mapping[str, Any]) -> list[Table]:
    rows = tuple((line["name"], number(line["count"])) for line in figures["workplaces"])
    if not rows:
        return []
    note = "本单位登记的信访件中被反映两件以上的单位；不含检举控告件。"
    return [Table("被反映较多的单位（本单位）", ("单位", "件数"), rows, (0.78, 0.22), (note,))]


def _quality(figures: Mapping[str, Any]) -> list[Table]:
    found: list[Table] = []
    for word, block, below in _scopes(figures):
        rows = tuple(
            (
                row["name"],
                _fraction(row["now"]),
                *(_rate(row[span], row["unit"]) for span in ("now", "before", "year_ago")),
            )
            for row in block["measures"]
            if row["rate"]
        )
        headings = ("指标", "分子/分母", "本期", "上期", "去年同期")
        shares, terms = (0.32, 0.2, 0.16, 0.16, 0.16), _terms([row for row in block["measures"] if row["rate"]])
        found.append(Table(f"办理质效（{word}）", headings, rows, shares, below=below, terms=() if found else terms))
    return found


def _letters(figures: Mapping[str, Any]) -> list[Table]:
    rows = tuple(
        (
            line["name"],
            number(line["sent"]),
            number(line["sent_open"]),
            number(line["received"]),
            number(line["received_open"]),
        )
        for line in figures["letters"]
        if line["sent"] or line["received"]
    )
    headings = ("函件", "发出", "其中未办结", "收到", "其中未办结")
    if not rows:
        return [Table("本期没有转送、交办、督办等函件。", headings, (), (0.24, 0.19, 0.19, 0.19, 0.19))]
    return [Table("本期往来函件（件，已撤回的不计）", headings, rows, (0.24, 0.19, 0.19, 0.19, 0.19))]


def _suggestions(figures: Mapping[str, Any]) -> list[Table]:
    rows = tuple(
        (line["name"], *(number(line[key]) for key in ("made", "adopted", "partly", "rejected", "waiting")))
        for line in figures["suggestions"]
    )
    headings = ("建议", "提出", "采纳", "部分采纳", "不采纳", "尚未反馈")
    note = f"随督办函提出的建议；另出具信访工作建议书{figures['suggestion_papers']}份。"
    return [Table("三项建议及采纳情况（件）", headings, rows, (0.3, 0.12, 0.13, 0.16, 0.13, 0.16), (note,))]


def _below(figures: Mapping[str, Any]) -> list[Table]:
    below = figures["below"]
    units = tuple(_unit(unit) for unit in below["units"])
    headings = ("单位", *SUMMED.values(), "按期办结率", "报送")
    sums = tuple(
        (line["name"], number(line["own"]), _range(line["low"], line["high"]), number(line["facts"]))
        for line in below["sums"]
    )
    return [
        Table(
            "下级单位报送的数据", headings, units, (0.26, 0.12, 0.12, 0.12, 0.14, 0.24), (f"{RULE}。",), below=True
        ),
        Table(
            "报送合计与系统汇总（件）",
            ("指标", "本单位", "本单位加各单位报送", "系统汇总"),
            sums,
            (0.22, 0.2, 0.34, 0.24),
            tuple(below["words"]),
            below=True,
        ),
    ]


def _unit(unit: Mapping[str, Any]) -> tuple[str, ...]:
    if not unit["submitted"]:
        return unit["name"], *([NO_RATE] * (len(SUMMED) + 1)), "未报送"
    edition = f"（第{unit['edition']}版）" if (unit["edition"] or 1) > 1 else ""
    rate = NO_RATE if unit["met"] is None or not unit["due"] else f"约{percent(unit['met'], unit['due'])}"
    told = tuple(hidden_number(unit[key]) for key in SUMMED)
    return unit["name"], *told, rate, f"{unit['letter']}{edition}"


#: Section key → what makes its tables.
TABLES: dict[str, tuple[Callable[[Mapping[str, Any]], list[Table]], ...]] = {
    "overview": (_overview,),
    "matters": (_matters,),
    "workplaces": (_workplaces,),
    "quality": (_quality,),
    "letters": (_letters,),
    "suggestions": (_suggestions,),
    "below": (_below,),
}


def told_tables(told: Mapping[str, Any]) -> list[Table]:
    """The figures of a report as they came in a letter."""
    rows = tuple((f"{row['name']}（{row['unit']}）", _told(row)) for row in (*told["measures"], *told["counts"]))
    terms = _terms(told["measures"])
    found = [Table("报送的数据", ("指标", "本期"), rows, (0.5, 0.5), (f"{told['rule']}。",), terms=terms)]
    for title, key in (("按问题类别（件）", "categories"), ("按信访形式（件）", "channels")):
        lines = tuple((row["name"], hidden_number(row["now"])) for row in told[key])
        if lines:
            found.append(Table(title, ("类别", "本期"), lines, (0.5, 0.5)))
    return found


def _told(row: Mapping[str, Any]) -> str:
    now = row["now"]
    if not row.get("rate"):
        return hidden_number(now)
    if now["due"] == 0:
        return NO_RATE
    due = hidden_number(now["due"])
    if now["met"] is None or now["due"] is None:
        return f"分母{due}，分子不单列"
    return f"约{_rate(now, row['unit'])}（分母{due}）"


# Numbers.


def number(value: int | str | None) -> str:
    """A count, the word for a hidden one, or a dash where there is nothing to compare with."""
    return NO_RATE if value is None else value if isinstance(value, str) else f"{value:,}"


def hidden_number(value: int | None) -> str:
    """A count that was told; ``None`` is a hidden one."""
    return HIDDEN if value is None else f"{value:,}"


def _rate(value: Mapping[str, Any] | None, unit: str) -> str:
    if value is None or not value["due"]:
        return NO_RATE
    if HIDDEN in value.values():
        return HIDDEN
    return percent(value["met"], value["due"]) if unit == "%" else f"{value['met'] / value['due']:.1f}{unit}"


def _fraction(value: Mapping[str, Any] | None) -> str:
    return NO_RATE if value is None or not value["due"] else f"{number(value['met'])}/{number(value['due'])}"


def _range(low: int, high: int) -> str:
    return number(low) if low == high else f"{low:,}至{high:,}"
