"""A report as it is read: sections, tables and words, the same on a page, on paper and in a letter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from documents.layout import chinese_date
from kernel.clock import CHINA
from reports.comparing import NO_RATE, WORDS_RULE
from reports.periods import Kind
from reports.sections import Section, sections_of
from reports.tables import TABLES, Table

_NUMERALS = "一二三四五六七八九十"
NOTHING_TO_SAY = "本期没有需要说明的情况。"


@dataclass(frozen=True, slots=True)
class Part:
    """A section with what stands in it. ``heading`` carries its number."""

    section: Section
    heading: str
    text: str
    tables: tuple[Table, ...] = field(default_factory=tuple)


def parts(figures: Mapping[str, Any], words: Mapping[str, str]) -> list[Part]:
    """The sections of a report in their order; figures without the parts about the unions below give none of them."""
    kind = Kind(figures["kind"])
    found = []
    for place, section in enumerate(sections_of(kind, below="below" in figures)):
        tables = tuple(table for make in TABLES.get(section.key, ()) for table in make(figures))
        heading = f"{_NUMERALS[place]}、{section.heading}"
        found.append(Part(section, heading, words.get(section.key, ""), tables))
    return found


def definitions(figures: Mapping[str, Any]) -> Table:
    """指标口径: what each figure counts and who says so."""
    block = figures.get("all") or figures["own"]
    rows = tuple(
        (row["name"], f"{row['definition']}按{row['cohort']}统计，计量单位：{row['unit']}。", row["source"])
        for row in block["measures"]
    )
    return Table("指标口径", ("指标", "口径", "依据"), rows, (0.18, 0.54, 0.28))


def as_of_words(figures: Mapping[str, Any]) -> list[str]:
    """数据截至 and what a reader of the numbers has to know."""
    said = [f"数据截至{moment_words(figures.get('as_of'))}，统计时段{_span(figures)}。"]
    if figures.get("left_out"):
        said.append(f"各项数字不含{figures['left_out']}件和相关函件（《信访工作条例》第三十条第三款）。")
    if figures["since"] > figures["first"]:
        said.append(f"本单位自{chinese_date(date.fromisoformat(figures['since']))}起才有数据，本期数据不满一期。")
    return [*said, f"比上期：{WORDS_RULE}没有到期件、没有可比数据的记作“{NO_RATE}”。"]


def moment_words(text: str | None) -> str:
    """``2026年3月2日 09:30`` in Asia/Shanghai."""
    if text is None:
        return "（尚未汇总）"
    moment = datetime.fromisoformat(text).astimezone(CHINA)
    return f"{chinese_date(moment.date())} {moment:%H:%M}"


def body(figures: Mapping[str, Any], words: Mapping[str, str], *, reason: str | None) -> list[dict[str, Any]]:
    """The paragraphs of the paper, tables among them; ``below`` marks those about the unions below."""
    found: list[dict[str, Any]] = []
    if reason:
        found.append({"heading": None, "text": f"本报告为修订版。修订理由：{reason}"})
    for part in parts(figures, words):
        below = part.section.below
        text = part.text or ("" if part.tables else NOTHING_TO_SAY)
        if text:
            found.append({"heading": part.heading, "text": text, "below": below})
        for place, table in enumerate(part.tables):
            heading = part.heading if not text and not place else None
            found.append(_paragraph(table, heading, below=below or table.below))
    found.append(_paragraph(definitions(figures), "附：指标口径和数据说明", below=False))
    # Words come last: a signature never stands on a page alone (GB/T 9704 7.3.5).
    found.append({"heading": None, "text": "\n".join(as_of_words(figures))})
    return found


def _paragraph(table: Table, heading: str | None, *, below: bool) -> dict[str, Any]:
    return {
        "heading": heading,
        "text": table.title,
        "table": {"headings": list(table.headings), "rows": [list(row) for row in table.rows]},
        # Thousandths: a frozen text holds whole numbers only.
        "widths": [round(share * 1000) for share in table.shares],
        "after": list(table.notes),
        "below": below,
    }


def without_below(paragraphs: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A paper's paragraphs for whoever does not see the unions below."""
    return [dict(part) for part in paragraphs if not part.get("below")]


def _span(figures: Mapping[str, Any]) -> str:
    first, last = date.fromisoformat(figures["first"]), date.fromisoformat(figures["last"])
    return f"{chinese_date(first)}至{chinese_date(last)}"
