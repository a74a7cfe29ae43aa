"""What all answers of the API have in common."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, fields


class Output(Schema):
    """Root of the answers: a field that is not declared here is a broken contract."""

    class Meta:
        """Strict."""

        unknown = RAISE


def maybe(kind: type[fields.Field], **options: Any) -> fields.Field:
    """A field that is always there and may be null."""
    return kind(required=True, allow_none=True, **options)
