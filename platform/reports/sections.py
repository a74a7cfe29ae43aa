"""The sections of a report and who asks for each (条例 art. 41; domain.md A3(五)). Pure."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.errors import InvalidError
from reports.periods import Kind

_ALL = frozenset(Kind)
_LONGER = frozenset({Kind.MONTH, Kind.QUARTER, Kind.YEAR})
#: Characters of one section's words.
MAX_TEXT = 10_000


@dataclass(frozen=True, slots=True)
class Section:
    """One section. ``hint`` says what belongs into its words, ``source`` who asks for it."""

    key: str
    heading: str
    hint: str
    source: str
    kinds: frozenset[Kind] = _ALL
    #: Only in a report of a union that has others below it.
    below: bool = False
    #: Without words here nothing is issued.
    required: bool = False


SECTIONS: tuple[Section, ...] = (
    Section(
        "overview",
        "信访总量和结构",
        "职工来信、来访、来电、网上信访的特点，总量和结构的变化。",
        "《信访工作条例》第四十一条第一项；工会信访信息报送：特点、总量和结构的变化",
        required=True,
    ),
    Section(
        "matters",
        "信访事项涉及的领域和职工反映的主要问题",
        "反映集中的领域和主要问题，突出问题、苗头性问题和倾向性问题。",
        "《信访工作条例》第四十一条第一项；工会信访信息报送：职工反映的主要问题",
    ),
    Section(
        "workplaces",
        "被反映较多的单位",
        "被反映较多的用人单位和主要原因；只写单位，不写个人。",
        "《信访工作条例》第四十一条第一项：被投诉较多的单位",
        kinds=_LONGER,
    ),
    Section(
        "quality",
        "办理情况",
        "受理、办结和按期办理的情况，未按期的原因和改进措施。",
        "《信访工作条例》第二十三条、第三十四条",
    ),
    Section(
        "letters",
        "转送、交办、督办情况",
        "转送、交办、督办信访事项的情况和督办中发现的问题。",
        "《信访工作条例》第四十一条第二项",
    ),
    Section(
        "suggestions",
        "改进工作、完善政策、追究责任建议以及采纳情况",
        "提出的三项建议及被采纳的情况。",
        "《信访工作条例》第四十条、第四十一条第三项",
        kinds=_LONGER,
    ),
    Section(
        "below",
        "下级单位报送情况",
        "下级单位报送的情况、未报送的单位和原因。",
        "工会信访信息报送",
        below=True,
    ),
    Section(
        "advice",
        "意见和建议",
        "改进工作、完善政策的前瞻性意见和建议，下一步工作安排。",
        "工会信访信息报送：前瞻性意见和建议",
    ),
    Section(
        "other",
        "其他需要报告的事项",
        "没有的可以不写。",
        "《信访工作条例》第四十一条第四项",
    ),
)
BY_KEY: dict[str, Section] = {section.key: section for section in SECTIONS}


def sections_of(kind: Kind, *, below: bool) -> tuple[Section, ...]:
    """The sections of one kind of report in their order."""
    return tuple(one for one in SECTIONS if kind in one.kinds and (below or not one.below))


def check_words(kind: Kind, words: dict[str, str]) -> dict[str, str]:
    """Words by section, cleaned; keys that are no sections of the kind are left out, and so are empty ones.

    :raises InvalidError: for words that are too long.
    """
    cleaned: dict[str, str] = {}
    problems: dict[str, str] = {}
    for section in sections_of(kind, below=True):
        text = words.get(section.key, "").replace("\r\n", "\n").strip()
        if len(text) > MAX_TEXT:
            problems[f"words.{section.key}"] = (
                f"“{section.heading}”不能超过{MAX_TEXT}个字，现有{len(text)}个字，请删减。"
            )
        if text:
            cleaned[section.key] = text
    if problems:
        raise InvalidError("；".join(problems.values()), fields=problems)
    return cleaned


def missing_words(kind: Kind, words: dict[str, str]) -> dict[str, str]:
    """One sentence for each section without which nothing is issued."""
    return {
        f"words.{one.key}": f"请先写“{one.heading}”的文字说明，再签发。"
        for one in sections_of(kind, below=True)
        if one.required and not words.get(one.key)
    }
