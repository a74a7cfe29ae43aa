"""Devices that have opened an account before: a signed word in a long-lived cookie (OWASP's device cookies).

Pure. It opens nothing. Whoever brings it is counted apart from strangers, so that an account locked from outside does
not shut its owner out. It is bound to the account and to its password: a new password makes every device a stranger.
"""

from __future__ import annotations

import hmac
from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe

#: A device that was not used for this long is a stranger again.
LASTS = timedelta(days=180)
#: A front desk is shared by a few people, and each keeps their own word in the one cookie.
KEPT = 5
_BETWEEN, _SIGNED = "~", "."


def found(secret: str, kept: str, *, login: str, series: str) -> str:
    """Which device this is for the account, or an empty string for a stranger.

    ``kept`` is the cookie as it came; ``series`` is the account's password hash.
    """
    for word in kept.split(_BETWEEN)[:KEPT]:
        nonce, _, sign = word.partition(_SIGNED)
        if nonce and hmac.compare_digest(sign.encode(), _sign(secret, nonce, login, series).encode()):
            return nonce
    return ""


def keep(secret: str, kept: str, *, login: str, series: str) -> str:
    """The cookie's new value after a right password: this account's word first, then the latest of the others."""
    known = found(secret, kept, login=login, series=series)
    nonce = known or token_urlsafe(12)
    word = f"{nonce}{_SIGNED}{_sign(secret, nonce, login, series)}"
    others = [other for other in kept.split(_BETWEEN) if other and other != word]
    return _BETWEEN.join([word, *others][:KEPT])


def _sign(secret: str, nonce: str, login: str, series: str) -> str:
    told = "\n".join(("device", nonce, login, series))
    return hmac.new(secret.encode(), told.encode(), sha256).hexdigest()
