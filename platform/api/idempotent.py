"""Answer a repeated write with its first answer (``Idempotency-Key``)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from access.actor import Work
from api.answers import Answer
from kernel.errors import InvalidError
from kernel.idempotency import Kept, claim, keep

HEADER = "Idempotency-Key"
#: Stripe's limit; longer keys are somebody's whole request.
MAX_KEY_CHARS = 255
REPLAYED = "Idempotency-Replayed"


def once(
    work: Work, key: str | None, *, method: str, path: str, body: Mapping[str, Any], act: Callable[[], Answer]
) -> Answer:
    """``act()``, or the answer that the same account got for the same key and request before.

    The answer is stored in the transaction of the effect, so there is never one without the other. An ``act`` that
    raises leaves nothing: the client may correct the request and use the key again.

    :raises InvalidError: for a malformed key, or one that was used for another request.
    """
    if key is None:
        return act()
    if not 0 < len(key) <= MAX_KEY_CHARS or not key.isascii() or not key.isprintable():
        raise InvalidError(
            f"{HEADER} 应为 1 至 {MAX_KEY_CHARS} 个可见的 ASCII 字符。", fields={HEADER: "格式不正确。"}
        )
    # Equal requests are equal in meaning: the order of a JSON object's members says nothing.
    meant = json.dumps([method, path, body], sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    user_key = str(work.actor.user_id)
    earlier = claim(work.session, user_key=user_key, key=key, request_hash=sha256(meant.encode()).digest())
    if earlier is not None:
        return Answer(earlier.body["json"], earlier.status, earlier.body["headers"] | {REPLAYED: "true"})
    answer = act()
    stored = {"json": answer.body, "headers": dict(answer.headers)}
    keep(work.session, user_key=user_key, key=key, answer=Kept(answer.status, stored))
    return answer
