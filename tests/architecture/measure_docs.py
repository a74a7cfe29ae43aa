"""Draw ``docs/measures.md`` from the catalogue: ``python -m tests.architecture.measure_docs`` writes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from measures.column_words import COUNT_WORDS
from measures.definitions import BY_KEY, CATALOGUE, NOT_COUNTED
from measures.measure import THEME_LABELS, Theme, words

PAGE = Path(__file__).resolve().parents[2] / "docs" / "measures.md"

HEAD = """# Measures

Drawn from the catalogue in `platform/measures/` (`definitions.py` puts together `defined_volume`, `defined_time`,
`defined_outcome`, `defined_guards`) by `python -m tests.architecture.measure_docs`; a test fails when this page is
stale. Do not edit it by hand. The page 口径 of the product prints the same rows in Chinese.

Names in code font are count columns of the daily facts (`measures.models`, listed below), summed over the period;
`[before]` sums all days before it, `[visit]` and the like one channel. 0/0 reads “—” and never 100 %. Rates marked
*ours* have no published formula (domain.md C, [设]). About a unit below, 1 to 7 are hidden and other counts rounded
to 5 (`measures.suppression`).
"""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *_themes(), *_missing(), *_columns(), ""])


def _themes() -> Iterator[str]:
    for theme in Theme:
        yield f"## {THEME_LABELS[theme]}\n"
        yield "| measure | numerator | denominator | counted on | unit | gamed by | shown beside | source |"
        yield "|---|---|---|---|---|---|---|---|"
        for measure in CATALOGUE:
            if measure.theme is not theme:
                continue
            cells = (
                f"**{measure.name}** {measure.english} `{measure.key}`{' *ours*' if measure.assumed else ''}",
                words(measure.numerator),
                words(measure.denominator) if measure.denominator else "–",
                measure.cohort,
                measure.unit,
                measure.gaming,
                "、".join(BY_KEY[key].name for key in measure.beside) or "–",
                measure.source,
            )
            yield f"| {' | '.join(cells)} |"
        yield ""
        for measure in CATALOGUE:
            if measure.theme is theme:
                yield f"- {measure.name}：{measure.definition}"
        yield ""


def _missing() -> Iterator[str]:
    yield "## Not counted, and why\n"
    for name, why in NOT_COUNTED:
        yield f"- {name}：{why}"
    yield ""


def _columns() -> Iterator[str]:
    yield "## Count columns\n"
    yield "| column | 名称 |"
    yield "|---|---|"
    for column, word in COUNT_WORDS.items():
        yield f"| `{column}` | {word} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
