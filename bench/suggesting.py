"""How good a suggestion is: cross-validation on labelled messages, beside keywords and beside the commonest class.

    python -m bench.suggesting MESSAGES.xlsx CATEGORIES.csv

The table of messages has the columns 主题, 内容 and 一级分类; the other one level1, level2, level3, whose names are
the keywords of the baseline. Folds are stratified.
What is measured is the product's own training and its own reading of the weights.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from cases.suggestions import guess, matter_text
from cases.training import fit
from kernel import sheets

FOLDS, ROUNDS = 5, 3
Ranker = Callable[[str], Sequence[str]]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="分类建议的交叉验证")
    parser.add_argument("messages", type=Path)
    parser.add_argument("categories", type=Path)
    given = parser.parse_args()
    texts, labels = _messages(given.messages)
    words = _keywords(given.categories)
    print(f"{len(texts)} messages, {len(set(labels))} classes, {FOLDS} folds, {ROUNDS} rounds")
    found: dict[str, list[tuple[str, Sequence[str]]]] = defaultdict(list)
    trained: list[float] = []
    read: list[float] = []
    for turn in range(ROUNDS):
        for test in _folds(labels, turn):
            rest = [place for place in range(len(texts)) if place not in test]
            began = time.perf_counter()
            weights = fit([texts[place] for place in rest], [labels[place] for place in rest])
            trained.append(time.perf_counter() - began)
            common = [label for label, _n in Counter(labels[place] for place in rest).most_common()]
            for place in test:
                began = time.perf_counter()
                ranked = [label for label, _score in guess(weights, texts[place]).ranked]
                read.append(time.perf_counter() - began)
                found["model"].append((labels[place], ranked))
                found["keywords"].append((labels[place], _by_words(texts[place], words, common)))
                found["commonest"].append((labels[place], common))
    print(f"{'':<12}{'macro-F1':>10}{'top-1':>10}{'top-3':>10}")
    for name, answers in found.items():
        print(f"{name:<12}{_macro_f1(answers):>10.3f}{_top(answers, 1):>10.3f}{_top(answers, 3):>10.3f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"training {median(trained):.2f} s, a suggestion {median(read) * 1000:.1f} ms")
    print(f"peak memory of this process {peak:.0f} MB (scikit-learn included; a web process never imports it)")


def _messages(path: Path) -> tuple[list[str], list[str]]:
    rows = sheets.read(path).rows
    titles = [str(cell) for cell in rows[0].cells]
    title, content, label = (titles.index(name) for name in ("主题", "内容", "一级分类"))
    texts = [matter_text(str(row.cells[title] or ""), str(row.cells[content] or "")) for row in rows[1:]]
    return texts, [str(row.cells[label]) for row in rows[1:]]


def _keywords(path: Path) -> dict[str, set[str]]:
    words: dict[str, set[str]] = defaultdict(set)
    with path.open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            for level in ("level1", "level2", "level3"):
                words[row["level1"]] |= {part for part in re.split(r"[、和与及]", row[level]) if len(part) > 1}
    return words


def _by_words(text: str, words: dict[str, set[str]], common: Sequence[str]) -> Sequence[str]:
    counts = {label: sum(len(word) for word in words.get(label, ()) if word in text) for label in common}
    return sorted(common, key=lambda label: (-counts[label], common.index(label)))


def _folds(labels: Sequence[str], turn: int) -> list[set[int]]:
    """Places by fold; each class is spread over all of them."""
    chance = random.Random(turn)
    folds: list[set[int]] = [set() for _ in range(FOLDS)]
    for label in sorted(set(labels)):
        places = [place for place, one in enumerate(labels) if one == label]
        chance.shuffle(places)
        for order, place in enumerate(places):
            folds[order % FOLDS].add(place)
    return folds


def _top(answers: Sequence[tuple[str, Sequence[str]]], depth: int) -> float:
    return sum(label in ranked[:depth] for label, ranked in answers) / len(answers)


def _macro_f1(answers: Sequence[tuple[str, Sequence[str]]]) -> float:
    scores = []
    for label in {label for label, _ranked in answers}:
        hit = sum(true == label == ranked[0] for true, ranked in answers)
        said = sum(ranked[0] == label for _true, ranked in answers)
        there = sum(true == label for true, _ranked in answers)
        scores.append(2 * hit / (said + there))
    return sum(scores) / len(scores)


if __name__ == "__main__":
    main()
