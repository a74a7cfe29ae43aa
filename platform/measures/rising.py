"""Words that more cases have than before: support for a hotspot, never its cause. Pure.

The index of words keeps pairs of characters, so neighbours that rise together are joined again. A word is shown only
where enough cases share it; what could be a name is left out, even if a good word is lost with it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import log, sqrt

from cases.keywords import KEYWORDS

#: A word of fewer recent cases could point at one of them.
FEWEST_CASES = 5
#: Normal score of the rise from which on a word is told, and how many are.
LEAST_SCORE, MOST = 2.5, 8
#: Pairs whose counts differ by no more than this share belong to one word.
_SAME = 0.8
#: Characters that are in every petition and say nothing about what rises.
_COMMON = frozenset("的了是在和与及我们你他她其为被由将已有也不没无到向从对就并等某个这那于之以至月日年元")
#: The hundred most frequent surnames: a pair that begins with one may be a name.
_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏"
    "钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_KNOWN = frozenset(
    word[place : place + 2] for words in KEYWORDS.values() for word in words for place in range(len(word) - 1)
)


def rising(
    recent: Mapping[str, int], before: Mapping[str, int], *, now: int, then: int, without: Collection[str] = ()
) -> tuple[str, ...]:
    """Words of ``recent`` (token → cases) that rose against ``before``, the steepest first.

    ``now`` and ``then`` are how many cases there were; ``without`` are names (of people, of employers) whose pairs of
    characters are left out.
    """
    if not now or not then:
        return ()
    barred = {name[place : place + 2] for name in without for place in range(len(name) - 1)}
    scores = {
        token: score
        for token, count in recent.items()
        if count >= FEWEST_CASES
        and _tellable(token, barred)
        and (score := _rise(count, now, before.get(token, 0), then)) >= LEAST_SCORE
    }
    return tuple(_joined(scores, recent))[:MOST]


def _tellable(token: str, barred: Collection[str]) -> bool:
    """Two characters of a word, and of no name as far as one can tell."""
    if len(token) != 2 or not all("\u4e00" <= sign <= "\u9fff" for sign in token):
        return False
    if token in barred or set(token) & _COMMON:
        return False
    return token[0] not in _SURNAMES or token in _KNOWN


def _rise(count: int, now: int, earlier: int, then: int) -> float:
    """Log of the ratio of the two shares over its standard error, half a case added on either side."""
    ratio = log((count + 0.5) / (now + 1)) - log((earlier + 0.5) / (then + 1))
    return ratio / sqrt(1 / (count + 0.5) + 1 / (earlier + 0.5))


def _joined(scores: Mapping[str, float], counts: Mapping[str, int]) -> list[str]:
    """Chains of pairs that overlap and are about as frequent, as whole words."""
    left, words = dict(scores), list[tuple[float, str]]()
    while left:
        seed = max(left, key=lambda token: (left[token], token))
        score, word = left.pop(seed), seed
        for grow in (_after, _before):
            while (found := grow(word, left, counts, counts[seed])) is not None:
                left.pop(found)
                word = word + found[-1] if grow is _after else found[0] + word
        words.append((score, word))
    return [word for _score, word in words]


def _after(word: str, left: Mapping[str, float], counts: Mapping[str, int], like: int) -> str | None:
    return next((token for token in sorted(left) if token[0] == word[-1] and _like(counts[token], like)), None)


def _before(word: str, left: Mapping[str, float], counts: Mapping[str, int], like: int) -> str | None:
    return next((token for token in sorted(left) if token[-1] == word[0] and _like(counts[token], like)), None)


def _like(count: int, other: int) -> bool:
    return min(count, other) >= _SAME * max(count, other)
