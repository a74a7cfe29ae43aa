"""A 查询码 on its way from the act that made it to the one page that shows it: sealed, in the clerk's own session."""

from __future__ import annotations

import base64
import binascii

from flask import session

from cases.query_codes import spaced
from doorway.guard import work
from kernel.crypto import DecryptionError

_KEY, _FIELD = "query_code", "query_code_shown"


def hand(number: str, code: str) -> None:
    """Keep a code for the next look at the receipt of this case."""
    unit = work()
    sealed = unit.cipher.encrypt(unit.tenant_id, _FIELD, f"{number}\n{code}")
    session[_KEY] = base64.b64encode(sealed).decode()


def take(number: str) -> str:
    """The code as people read it, once; empty when there is none for this case."""
    held = session.pop(_KEY, None)
    if not isinstance(held, str):
        return ""
    unit = work()
    try:
        told, _line, code = unit.cipher.decrypt(unit.tenant_id, _FIELD, base64.b64decode(held)).partition("\n")
    except (DecryptionError, binascii.Error, UnicodeDecodeError):
        return ""
    return spaced(code) if told == number else ""
