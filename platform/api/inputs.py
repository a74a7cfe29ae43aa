"""Kinds of fields that machines may send, with Chinese sentences for what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from marshmallow import RAISE, Schema, fields, validate

#: Largest page; more is a second request by cursor.
MAX_LIMIT = 100
#: Outside this range a date is a typing mistake, and near the ends of the calendar arithmetic overflows.
EARLIEST, LATEST = date(1990, 1, 1), date(2199, 12, 31)
MAX_VERSION = 2**31 - 1

SENTENCES = {
    "required": "缺少这个字段。",
    "null": "不能为 null。",
    "invalid": "格式不正确。",
    "invalid_utf8": "应为 UTF-8 文字。",
    "invalid_uuid": "应为 UUID。",
    "format": "格式不正确。",
    "type": "类型不正确。",
    "too_large": "数值过大。",
    "validator_failed": "不符合要求。",
}


class Input(Schema):
    """Root of the input schemas."""

    class Meta:
        """Strict, and the fields in the order in which they are declared."""

        unknown = RAISE

    error_messages = {"unknown": "没有这个字段。", "type": "应为一个 JSON 对象。"}  # noqa: RUF012 - marshmallow's form


def words(longest: int, **options: Any) -> fields.String:
    """A string of at most ``longest`` characters."""
    check = validate.Length(max=longest, error=f"不能超过{longest}个字。")
    return fields.String(validate=check, error_messages=SENTENCES, **options)


def choice(options: Iterable[str], **more: Any) -> fields.String:
    """One of the values of a code table."""
    values = [str(option) for option in options]
    check = validate.OneOf(values, error=f"应为其中之一：{'、'.join(values)}。")
    return fields.String(validate=check, error_messages=SENTENCES, **more)


def day(**options: Any) -> fields.Date:
    """An ISO date."""
    check = validate.Range(min=EARLIEST, max=LATEST, error="日期应在1990年至2199年之间。")
    return fields.Date(format="iso", validate=check, error_messages=SENTENCES, **options)


def whole(lowest: int, highest: int, *, strict: bool = True, **options: Any) -> fields.Integer:
    """A whole number; ``strict`` refuses ``"3"`` and ``3.0`` in a body, a query string has nothing else."""
    check = validate.Range(min=lowest, max=highest, error=f"应在{lowest}至{highest}之间。")
    return fields.Integer(strict=strict, validate=check, error_messages=SENTENCES, **options)


class Flag(fields.Boolean):
    """A truth value and nothing that Python takes for one: not 1, "yes" or "on"."""

    def __init__(self, words: tuple[str, ...] = (), **options: Any) -> None:
        super().__init__(error_messages=SENTENCES, **options)
        self._words = words

    def _deserialize(self, value: Any, *_place: Any, **_more: Any) -> bool:
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value in self._words:
            return value == "true"
        raise self.make_error("invalid", input=value)


def flag(**options: Any) -> Flag:
    """``true`` or ``false`` in a body."""
    return Flag(**options)


def asked(**options: Any) -> Flag:
    """``true`` or ``false`` in a query string, which has words only."""
    return Flag(("true", "false"), **options)


def identifier(**options: Any) -> fields.UUID:
    """A UUID."""
    return fields.UUID(error_messages=SENTENCES, **options)
