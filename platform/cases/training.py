"""Learn the weights of suggestions from a union's own labelled cases, and from nobody else's.

scikit-learn is imported when a training begins and nowhere else (about 140 MB): web processes only read the weights.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from access.actor import Work
from access.roles import Role
from audit.services import record
from cases.models import Case, Claim, Party
from cases.registers import SuggestionModel
from cases.suggestions import TARGETS, Weights, grams, guess, matter_text

#: Fewer labelled cases teach nothing; a class needs its own few ([设]).
MIN_CASES = 60
MIN_OF_CLASS = 6
#: The newest; older ones were labelled by other people under other rules.
MAX_CASES = 20_000
MAX_TERMS = 6_000
#: Trained again when there is a fifth more than last time.
GROWTH = 1.2
#: On cases that were held back the model must beat the commonest class by this much, or it says nothing ([设]).
GAIN = 0.05
HELD_BACK = 5
_DIGITS = 4


def fit(texts: Sequence[str], labels: Sequence[str]) -> Weights:
    """Weights of a linear support vector classifier over TF-IDF of characters and pairs.

    :raises ValueError: for fewer than two classes.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    if len(set(labels)) < 2:
        raise ValueError("one class teaches nothing")
    vectors = TfidfVectorizer(analyzer=grams, sublinear_tf=True, min_df=2, max_features=MAX_TERMS)
    found = vectors.fit_transform(texts)
    model: Any = LinearSVC(C=1.0, class_weight="balanced", random_state=0).fit(found, list(labels))
    weights, intercepts = model.coef_, model.intercept_
    if len(model.classes_) == 2:
        # Of two classes scikit-learn keeps one row: what speaks for the second speaks against the first.
        weights, intercepts = [-weights[0], weights[0]], [-intercepts[0], intercepts[0]]
    terms = {
        gram: (round(float(vectors.idf_[place]), _DIGITS), [round(float(row[place]), _DIGITS) for row in weights])
        for gram, place in vectors.vocabulary_.items()
    }
    return Weights(tuple(map(str, model.classes_)), tuple(round(float(one), _DIGITS) for one in intercepts), terms)


def train(work: Work, *, force: bool = False) -> dict[str, int]:
    """Learn what the union's own cases teach; returns how many cases each target learned from.

    Sealed cases teach nothing: a word of theirs must not come back as a reason. A target without enough cases, or
    that has hardly more than last time (unless ``force``), is left as it is.

    :raises ForbiddenError: for anybody but the system.
    """
    work.actor.require((Role.SYSTEM,))
    if not force and not _grown(work):
        return {}
    told = _labelled(work)
    learned = {}
    for target in TARGETS:
        pairs = _enough([(text, label) for text, labels in told if (label := labels[target])])
        if not pairs:
            continue
        useful = gain(pairs) >= GAIN
        # Kept also when it teaches nothing: empty weights say so, and nobody tries again before there is more.
        weights = fit(*_columns(pairs)) if useful else Weights((), (), {})
        _keep(work, target, weights, len(told))
        if useful:
            learned[target] = len(pairs)
    if learned:
        record(work, "suggestion:train", subject_type="tenant", data=dict(learned))
    return learned


def gain(pairs: Sequence[tuple[str, str]]) -> float:
    """How much oftener than the commonest class the model is right, on every fifth case, which it did not see."""
    held = list(pairs[::HELD_BACK])
    rest = [pair for place, pair in enumerate(pairs) if place % HELD_BACK]
    if len({label for _text, label in rest}) < 2:
        return 0.0
    weights = fit(*_columns(rest))
    right = sum(guess(weights, text).ranked[0][0] == label for text, label in held)
    ((common, _count),) = Counter(label for _text, label in rest).most_common(1)
    return (right - sum(label == common for _text, label in held)) / len(held)


def _columns(pairs: Sequence[tuple[str, str]]) -> tuple[list[str], list[str]]:
    return [text for text, _label in pairs], [label for _text, label in pairs]


def _grown(work: Work) -> bool:
    """Whether there are enough labelled cases, and a fifth more than the last training had."""
    wanted = select(func.count()).select_from(Case).where(Case.category_code.is_not(None), Case.sealed.is_(False))
    now = min(work.session.scalars(wanted).one(), MAX_CASES)
    last = work.session.scalars(select(func.max(SuggestionModel.labelled))).one() or 0
    return now >= MIN_CASES and now >= last * GROWTH and now > last


def _labelled(work: Work) -> list[tuple[str, dict[str, str | None]]]:
    statement = select(Case).where(Case.category_code.is_not(None), Case.sealed.is_(False))
    cases = work.session.scalars(statement.order_by(Case.registered_at.desc()).limit(MAX_CASES)).all()
    found: list[tuple[str, dict[str, str | None]]] = []
    for start in range(0, len(cases), 500):
        batch = cases[start : start + 500]
        ids = [case.id for case in batch]
        claims: dict[Any, list[str]] = {}
        names: dict[Any, list[str]] = {}
        for claim in work.session.scalars(select(Claim).where(Claim.case_id.in_(ids))):
            claims.setdefault(claim.case_id, []).append(claim.text)
        for party in work.session.scalars(select(Party).where(Party.case_id.in_(ids))):
            known = names.setdefault(party.case_id, [])
            if party.organisation:
                known.append(party.organisation)
            if party.name_sealed:
                known.append(work.cipher.decrypt(work.tenant_id, "name", party.name_sealed))
        for case in batch:
            text = matter_text(case.title, case.content, claims.get(case.id, ()), without=names.get(case.id, ()))
            found.append((text, {"category": case.category_code, "tier": case.tier, "body": _body(case)}))
    return found


def _body(case: Case) -> str | None:
    """Where a case went, as far as its row says: refused, up, or handled here."""
    if case.refusal_code:
        return f"refuse:{case.refusal_code}"
    if case.escalated_at is not None:
        return "up"
    return "own" if case.accepted_at is not None else None


def _enough(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The pairs whose class has enough of them; a rare second-level category falls back to its first level."""
    counts = Counter(label for _text, label in pairs)
    pairs = [(text, label if counts[label] >= MIN_OF_CLASS else label.partition(".")[0]) for text, label in pairs]
    counts = Counter(label for _text, label in pairs)
    kept = [(text, label) for text, label in pairs if counts[label] >= MIN_OF_CLASS]
    return kept if len(kept) >= MIN_CASES and len({label for _text, label in kept}) > 1 else []


def _keep(work: Work, target: str, weights: Weights, labelled: int) -> None:
    model = work.session.get(SuggestionModel, (work.tenant_id, target))
    if model is None:
        model = SuggestionModel(target=target)
        work.session.add(model)
    model.weights, model.labelled, model.trained_at = weights.as_json(), labelled, work.clock.now()
    work.session.flush()
