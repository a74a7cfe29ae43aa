"""建议: what a matter may be (类别、难易、去向), read from stored weights in plain Python, with the words for it.

Weights come from the union's own labelled cases (cases/training.py) and are plain numbers, never code. Without them
there is a keyword table for the category and nothing for the rest. A suggestion is about a text, never about a
person, and a person takes it or leaves it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from access.actor import Work
from cases import policy
from cases.keywords import KEYWORDS
from cases.models import Case
from cases.registers import CaseToken, SuggestionModel
from cases.rules import REFUSAL_LABELS, TIER_LABELS
from cases.words import plain
from tenants import queries as tenants

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")
#: The title says in twelve characters what the letter says in five hundred.
TITLE_WEIGHT = 2
#: The first must lead the second by this much of the decision function, or nothing is said ([设]).
LEAD = 0.05
WORDS_SHOWN = 3
OTHERS_SHOWN = 2
TARGETS = ("category", "tier", "body")
BODY_LABELS: dict[str, str] = {
    "own": "本单位办理",
    "up": "上报上级工会",
    **{f"refuse:{code.value}": f"不属于本单位受理（{label}）" for code, label in REFUSAL_LABELS.items()},
}


@dataclass(frozen=True, slots=True)
class Weights:
    """A linear model over TF-IDF of characters and their pairs: ``terms`` maps a gram to (idf, weight by class)."""

    classes: tuple[str, ...]
    intercepts: tuple[float, ...]
    terms: Mapping[str, tuple[float, Sequence[float]]]

    def as_json(self) -> dict[str, Any]:
        """Plain lists and numbers."""
        terms = {gram: [idf, *weights] for gram, (idf, weights) in self.terms.items()}
        return {"classes": list(self.classes), "intercepts": list(self.intercepts), "terms": terms}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Weights:
        """What :meth:`as_json` wrote."""
        terms = {gram: (values[0], values[1:]) for gram, values in told["terms"].items()}
        return cls(tuple(told["classes"]), tuple(told["intercepts"]), terms)


@dataclass(frozen=True, slots=True)
class Guess:
    """Classes from the likeliest down with their scores, and the words of the text that speak for the first."""

    ranked: tuple[tuple[str, float], ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One suggestion as it is shown: value, its word, the reason, and what else it may be."""

    target: str
    value: str
    label: str
    reason: str
    others: tuple[tuple[str, str], ...] = ()


def matter_text(title: str, content: str, claims: Sequence[str] = (), *, without: Sequence[str] = ()) -> str:
    """The text that is learned from and read: the title twice, the rest once.

    ``without`` are names of persons and of employers, taken out: neither says what a matter is.
    """
    text = "\n".join((*[title] * TITLE_WEIGHT, content, *claims))
    for name in without:
        if len(name) > 1:
            text = text.replace(name, " ")
    return text


def grams(text: str) -> list[str]:
    """Characters and pairs of characters, as often as they stand there; no figures, so no number of a person."""
    found: list[str] = []
    for run in _HAN.findall(plain(text)):
        found.extend(run)
        found.extend(run[place : place + 2] for place in range(len(run) - 1))
    return found


def guess(weights: Weights, text: str) -> Guess:
    """Rank the classes for a text, by scikit-learn's arithmetic: TF-IDF (sublinear, unit length), linear model."""
    counted = {gram: n for gram, n in Counter(grams(text)).items() if gram in weights.terms}
    values = {gram: (1 + math.log(n)) * weights.terms[gram][0] for gram, n in counted.items()}
    length = math.sqrt(sum(value * value for value in values.values())) or 1.0
    scores = list(weights.intercepts)
    for gram, value in values.items():
        for place, weight in enumerate(weights.terms[gram][1]):
            scores[place] += value / length * weight
    order = sorted(range(len(scores)), key=lambda place: -scores[place])
    first = order[0]
    spoken = {gram: value * weights.terms[gram][1][first] for gram, value in values.items() if len(gram) == 2}
    return Guess(tuple((weights.classes[place], scores[place]) for place in order), _words(text, spoken))


def by_keywords(text: str) -> Guess | None:
    """The category by a table of words, where no own cases were learned from; ``None`` when no word is there."""
    here = plain(text)
    found = {code: [word for word in words if word in here] for code, words in KEYWORDS.items()}
    scored = sorted(((code, float(sum(map(len, words)))) for code, words in found.items() if words), key=_by_score)
    if not scored or (len(scored) > 1 and scored[0][1] == scored[1][1]):
        return None
    return Guess(tuple(scored), tuple(sorted(found[scored[0][0]], key=len, reverse=True)[:WORDS_SHOWN]))


def of_case(
    work: Work, title: str, content: str, claims: Sequence[str] = (), *, without: Sequence[str] = ()
) -> list[Suggestion]:
    """Suggestions for a matter, at most one a target."""
    text = matter_text(title, content, claims, without=without)
    models = latest(work)
    names = {category.code: category.name for category in tenants.categories(work.session)}
    labels: dict[str, Mapping[str, str]] = {
        "category": names,
        "tier": {tier.value: label for tier, label in TIER_LABELS.items()},
        "body": BODY_LABELS,
    }
    found = []
    for target in TARGETS:
        model = models.get(target)
        made = guess(Weights.from_json(model.weights), text) if model is not None else None
        if made is None and target == "category":
            made = by_keywords(text)
        if made is None or not made.words or _too_near(made):
            continue
        value = made.ranked[0][0]
        if value not in labels[target]:
            continue  # a class that was taken out of the table since
        others = tuple((key, labels[target][key]) for key, _score in made.ranked[1:] if key in labels[target])
        found.append(
            Suggestion(
                target,
                value,
                labels[target][value],
                _reason(work, target, value, made.words, learned=model is not None),
                others[:OTHERS_SHOWN],
            )
        )
    return found


def latest(work: Work) -> dict[str, SuggestionModel]:
    """The union's newest weights by target, of those targets that its cases really teach."""
    rows = work.session.scalars(select(SuggestionModel).where(SuggestionModel.tenant_id == work.tenant_id))
    return {row.target: row for row in rows if row.weights["classes"]}


def _reason(work: Work, target: str, value: str, words: Sequence[str], *, learned: bool) -> str:
    said = "、".join(f"“{word}”" for word in words)
    if not learned:
        return f"因为含有{said}等字样（按关键词，本单位已分类的信访件还不够）"
    same, all_of_them = _similar(work, target, value, words)
    counted = f"，您可以查看的相似件{all_of_them}件中{same}件归此类" if all_of_them else ""
    return f"因为含有{said}等字样{counted}"


def _similar(work: Work, target: str, value: str, words: Sequence[str]) -> tuple[int, int]:
    """Cases with these words that somebody has decided on, and how many of them so; of those the actor may see."""
    pairs = {plain(word)[place : place + 2] for word in words for place in range(len(word) - 1)}
    hits = (
        select(CaseToken.case_id)
        .where(CaseToken.tenant_id == work.tenant_id, CaseToken.token.in_(pairs))
        .group_by(CaseToken.case_id)
        .having(func.count() >= max(1, len(pairs) // 2))
    )
    column = {"category": Case.category_code, "tier": Case.tier}.get(target)
    if column is None:
        return 0, 0
    statement = select(func.count().filter(_is(column, target, value)), func.count())
    row = work.session.execute(
        statement.where(Case.id.in_(hits), column.is_not(None), policy.visible(work.actor))
    ).one()
    return int(row[0]), int(row[1])


def _is(column: Any, target: str, value: str) -> Any:
    return column.startswith(value) if target == "category" else column == value


def _too_near(made: Guess) -> bool:
    return len(made.ranked) > 1 and made.ranked[0][1] - made.ranked[1][1] < LEAD


def _by_score(pair: tuple[str, float]) -> tuple[float, str]:
    return -pair[1], pair[0]


def _words(text: str, spoken: Mapping[str, float]) -> tuple[str, ...]:
    """The pairs that speak loudest, joined where they overlap in the text: 拖欠, 欠工, 工资 → 拖欠工资."""
    loud = sorted((gram for gram, weight in spoken.items() if weight > 0), key=lambda gram: -spoken[gram])[:8]
    joined: dict[str, float] = {}
    for run in _HAN.findall(plain(text)):
        place = 0
        while place < len(run) - 1:
            end = place
            while end < len(run) - 1 and run[end : end + 2] in loud:
                end += 1
            if end > place:
                word = run[place : end + 1]
                joined[word] = sum(spoken[run[at : at + 2]] for at in range(place, end))
            place = max(end, place + 1)
    best: list[str] = []
    for word in sorted(joined, key=lambda word: -joined[word]):
        if not any(word in other or other in word for other in best):
            best.append(word)
    return tuple(best[:WORDS_SHOWN])
