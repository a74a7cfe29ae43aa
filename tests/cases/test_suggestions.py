"""建议: the arithmetic, the reasons, the words that never come from a name or a sealed case."""

from __future__ import annotations

import json

import pytest

from cases import suggestions, training
from cases.intake import NewParty
from cases.keywords import KEYWORDS
from cases.suggestions import Weights, by_keywords, grams, guess, matter_text
from kernel.errors import ForbiddenError
from tests.builders import Federation

WAGES = (
    "拖欠工资三个月没有发",
    "老板拖欠工资不给",
    "公司拖欠工资半年",
    "工资一直拖欠",
    "拖欠工资和奖金",
    "又拖欠工资",
)
INJURY = (
    "工伤认定迟迟不办",
    "申请工伤认定被拒",
    "工伤认定需要材料",
    "工伤认定结果不服",
    "工伤认定拖延",
    "要求工伤认定",
)


def test_the_arithmetic_is_scikit_learns() -> None:
    texts, labels = [*WAGES, *INJURY, *("年休假没有安排",) * 3], ["01"] * 6 + ["04"] * 6 + ["05"] * 3
    weights = training.fit(texts, labels)
    assert weights.classes == ("01", "04", "05")
    for text, label in zip(texts, labels, strict=True):
        assert guess(weights, text).ranked[0][0] == label
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    vectors = TfidfVectorizer(analyzer=grams, sublinear_tf=True, min_df=2, max_features=training.MAX_TERMS)
    model = LinearSVC(C=1.0, class_weight="balanced", random_state=0).fit(vectors.fit_transform(texts), labels)
    asked = "拖欠工资又不安排年休假"
    theirs = dict(zip(model.classes_, model.decision_function(vectors.transform([asked]))[0], strict=True))
    for label, score in guess(weights, asked).ranked:
        assert score == pytest.approx(theirs[label], abs=0.01)


def test_two_classes_are_ranked_like_many() -> None:
    weights = training.fit([*WAGES, *INJURY], ["01"] * 6 + ["04"] * 6)
    assert guess(weights, "拖欠工资").ranked[0][0] == "01"
    assert guess(weights, "工伤认定").ranked[0][0] == "04"
    with pytest.raises(ValueError, match="one class"):
        training.fit(WAGES, ["01"] * 6)


def test_weights_are_plain_numbers_in_json() -> None:
    weights = training.fit([*WAGES, *INJURY], ["01"] * 6 + ["04"] * 6)
    again = Weights.from_json(json.loads(json.dumps(weights.as_json())))
    assert guess(again, "拖欠工资") == guess(weights, "拖欠工资")


def test_pairs_that_overlap_are_told_as_one_word() -> None:
    weights = training.fit([*WAGES, *INJURY], ["01"] * 6 + ["04"] * 6)
    assert "拖欠工资" in guess(weights, "单位拖欠工资，请求帮助").words


def test_a_text_without_a_known_word_is_no_reason() -> None:
    weights = training.fit([*WAGES, *INJURY], ["01"] * 6 + ["04"] * 6)
    assert guess(weights, "12345 abc").words == ()


def test_keywords_speak_where_nothing_was_learned_and_a_tie_says_nothing() -> None:
    made = by_keywords("单位拖欠工资三个月")
    assert made is not None
    assert made.ranked[0][0] == "01"
    assert made.words[0] == "拖欠工资"
    assert by_keywords("今天天气很好") is None
    assert by_keywords("退休和救助") is None
    assert all(len(word) > 1 for words in KEYWORDS.values() for word in words)


def test_a_name_is_no_word_to_learn_from() -> None:
    assert "欧阳" not in "".join(matter_text("欧阳测试欠薪", "我叫欧阳测试", without=["欧阳测试"]))


def _cases(federation: Federation) -> None:
    for place in range(6):
        for text, code in ((WAGES[place], "01.01"), (INJURY[place], "04.01")):
            federation.register(title=text, content=text, category=code, parties=(NewParty(name="欧阳测试"),))


def test_a_union_learns_from_its_own_open_cases_alone(
    federation: Federation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "MIN_CASES", 12)
    _cases(federation)
    federation.register(title="贪污举报材料", content="贪污举报材料", category="13.01")
    with federation.work_as_system("street") as work:
        assert training.train(work) == {"category": 12}
        assert training.train(work) == {}
        model = suggestions.latest(work)["category"]
        assert model.weights["classes"] == ["01.01", "04.01"]
        learned = "".join(model.weights["terms"])
        assert "贪污" not in learned
        assert "欧阳" not in learned
    with federation.work("clerk@street") as work:
        (one,) = suggestions.of_case(work, "老板拖欠工资", "半年没有工资")
        assert (one.target, one.value) == ("category", "01.01")
        assert "拖欠工资" in one.reason
        assert "归此类" in one.reason
    with federation.work("clerk@east") as work:
        (other,) = suggestions.of_case(work, "老板拖欠工资", "半年没有工资")
        assert (other.value, "按关键词" in other.reason) == ("01", True)
    with federation.work("head@street") as work, pytest.raises(ForbiddenError):
        training.train(work)


def test_what_the_cases_do_not_teach_is_not_suggested(
    federation: Federation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "MIN_CASES", 12)
    for place in range(24):
        federation.register(title="同样的一句话", content="同样的内容", category="01.01" if place % 3 else "04.01")
    with federation.work_as_system("street") as work:
        assert training.train(work) == {}
        assert suggestions.latest(work) == {}
        # Not tried again before there is more to learn from.
        assert not training._grown(work)


def test_too_few_cases_teach_nothing(federation: Federation) -> None:
    _cases(federation)
    with federation.work_as_system("street") as work:
        assert training.train(work, force=True) == {}
