"""Checks of what was typed as a setting, each refusal a sentence. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kernel.errors import InvalidError


def number(value: Any, least: int, most: int) -> int:
    """A whole number within bounds.

    :raises InvalidError: with one sentence, as every check here.
    """
    text = str(value).strip()
    # Digits of every script are digits to Python; full-width ones are what an input method leaves.
    if isinstance(value, bool) or not text.isdecimal() or len(text) > 6:
        raise InvalidError(f"请填{least}至{most}之间的整数。")
    found = int(text)
    if not least <= found <= most:
        raise InvalidError(f"应在{least}至{most}之间。")
    return found


def line(value: Any, longest: int) -> str:
    """One line of text, which may stay empty."""
    found = " ".join(str(value or "").split())
    if len(found) > longest or not found.isprintable():
        raise InvalidError(f"请填写一行文字，不超过{longest}个字。")
    return found


def bands(value: Any) -> tuple[int, int, int, int]:
    """Four percentages that rise."""
    if not isinstance(value, list | tuple) or len(value) != 4:
        raise InvalidError("预警分档应为四个百分数。", fields={"warning_bands": "预警分档应为四个百分数。"})
    problems: dict[str, str] = {}
    numbers: list[int] = []
    for place, entry in enumerate(value):
        try:
            numbers.append(number(entry, 1, 100))
        except InvalidError as error:
            problems[f"warning_bands.{place}"] = error.message
    if not problems and sorted(set(numbers)) != numbers:
        problems["warning_bands.0"] = "四档百分数应从小到大，不能相同。"
    if problems:
        raise InvalidError("预警分档不正确。", fields=problems)
    first, second, third, fourth = numbers
    return first, second, third, fourth


def table(name: str, value: Any, keys: tuple[str, ...], rule: Any) -> dict[str, Any]:
    """A value for each of the keys, each by the same rule."""
    if not isinstance(value, Mapping) or set(value) != set(keys):
        raise InvalidError("请填写每一项。", fields={name: "请填写每一项。"})
    problems: dict[str, str] = {}
    checked: dict[str, Any] = {}
    for key in keys:
        try:
            checked[key] = rule(value[key])
        except InvalidError as error:
            problems[f"{name}.{key}"] = error.message
    if problems:
        raise InvalidError("；".join(dict.fromkeys(problems.values())), fields=problems)
    return checked


def choice(value: Any, choices: tuple[str, ...]) -> str:
    """One of the choices."""
    if value not in choices:
        raise InvalidError("请选择列出的一项。")
    return str(value)
