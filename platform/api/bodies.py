"""Read what a machine sent: strict JSON, strings that a database can hold, and sentences for what is wrong."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Request
from marshmallow import Schema, ValidationError
from werkzeug.exceptions import UnsupportedMediaType

from kernel.errors import InvalidError

#: A case with all its parties has less than a tenth of this; a file comes by another door.
MAX_BODY_BYTES = 1024 * 1024
#: Deeper than any body that a schema accepts, and far from the interpreter's own limit.
MAX_DEPTH = 12
#: The whole of PostgreSQL's bigint; a longer number is a mistake wherever it stands.
MAX_NUMBER = 2**63 - 1


def read_json(request: Request) -> dict[str, Any]:
    """The body as a JSON object.

    :raises UnsupportedMediaType: when the body does not say that it is JSON.
    :raises RequestEntityTooLarge: for more than 1 MiB.
    :raises InvalidError: for anything that is not one well-formed JSON object of sound strings and numbers.
    """
    if not request.is_json:
        raise UnsupportedMediaType
    request.max_content_length = MAX_BODY_BYTES
    try:
        text = request.get_data(cache=True).decode("utf-8")
        body = json.loads(text, parse_constant=_refuse, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise InvalidError("请求正文不是有效的 JSON（UTF-8）。", code="malformed_json") from None
    if not isinstance(body, dict):
        raise InvalidError("请求正文应为一个 JSON 对象。", code="malformed_json")
    refuse_unsound(body)
    return body


def _refuse(_constant: str) -> None:
    raise ValueError("NaN and Infinity are not JSON")


def _once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    body = dict(members)
    if len(body) != len(members):
        raise ValueError("a member is given twice")
    return body


def read_query(request: Request) -> dict[str, str]:
    """The query string, each name once.

    :raises InvalidError: for a name that is given twice: which one was meant is not for us to guess.
    """
    values = request.args.to_dict(flat=False)
    problems = {name: "只能出现一次。" for name, given in values.items() if len(given) > 1}
    if problems:
        raise InvalidError("查询参数重复。", fields=problems)
    query = {name: given[0] for name, given in values.items()}
    refuse_unsound(query)
    return query


def refuse_unsound(body: Mapping[str, Any]) -> None:
    """Refuse strings with NUL, control characters or halves of a character, and numbers that no column holds.

    :raises InvalidError: naming the fields.
    """
    problems = dict(_unsound(body, "", 0))
    if problems:
        raise InvalidError("内容中有不能保存的字符或数值。", fields=problems)


def _unsound(value: Any, path: str, depth: int) -> Iterator[tuple[str, str]]:
    if depth > MAX_DEPTH:
        yield path, "层次过深。"
    elif isinstance(value, str):
        if not is_sound(value):
            yield path, "含有不能保存的字符。"
    elif isinstance(value, int | float):
        if abs(value) > MAX_NUMBER:
            yield path, "数值过大。"
    elif isinstance(value, dict):
        for name, inner in value.items():
            if is_sound(name):
                yield from _unsound(inner, f"{path}.{name}".lstrip("."), depth + 1)
            else:
                yield path or "*", "字段名含有不能保存的字符。"
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _unsound(inner, f"{path}.{index}".lstrip("."), depth + 1)


def is_sound(text: str) -> bool:
    """Whether a string can be stored: no NUL, no control character but tab and line ends, no lone surrogate."""
    return not any(unicodedata.category(char) in ("Cc", "Cs") and char not in "\t\n\r" for char in text)


def check(schema: Schema, given: Mapping[str, Any]) -> dict[str, Any]:
    """What the schema makes of the input.

    :raises InvalidError: with a sentence for each field, a nested one under its path (``parties.0.phone``).
    """
    try:
        loaded: dict[str, Any] = schema.load(given)
    except ValidationError as error:
        messages: Mapping[Any, Any] = error.normalized_messages()  # type: ignore[no-untyped-call]
        fields = dict(_flat(messages))
        sentences = "；".join(f"{name}：{sentence}" for name, sentence in list(fields.items())[:5])
        raise InvalidError(sentences, fields=fields) from None
    return loaded


def _flat(messages: Mapping[Any, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for name, inner in messages.items():
        # marshmallow files the values of a mapping under "value" and its own errors under "_schema".
        below = path if name in ("value", "_schema") and path else f"{path}.{name}".lstrip(".")
        if isinstance(inner, Mapping):
            yield from _flat(inner, below)
        else:
            yield below, " ".join(map(str, inner)) if isinstance(inner, list) else str(inner)
