"""Gettext with types: the msgid is the Chinese sentence, other languages are translations of it."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext


def _(sentence: str, **values: Any) -> str:
    """The sentence in the visitor's language, with ``%(name)s`` places filled in."""
    return str(gettext(sentence, **values))


def N_(sentence: str) -> str:  # noqa: N802 - gettext's own name, known to extraction tools
    """Mark a sentence of a table for translation; whoever shows it calls :func:`_` on it."""
    return sentence
