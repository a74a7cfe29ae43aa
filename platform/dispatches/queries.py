"""The letters' reads, as others import them: our own copies, and figures over them."""

from dispatches.copies import (
    BACK_AT_SENDER,
    OPEN_AT_RECIPIENT,
    LetterPage,
    get,
    inbox,
    newest,
    of_case,
    outbox,
    own_copy,
    page,
    waiting,
)
from dispatches.oversight import (
    Addressee,
    Batch,
    Correspondent,
    Skips,
    Tally,
    addressees,
    batch,
    correspondents,
    skips,
    tallies,
)
from dispatches.policy import may_escalate
from dispatches.views import LetterView

__all__ = [
    "BACK_AT_SENDER",
    "OPEN_AT_RECIPIENT",
    "Addressee",
    "Batch",
    "Correspondent",
    "LetterPage",
    "LetterView",
    "Skips",
    "Tally",
    "addressees",
    "batch",
    "correspondents",
    "get",
    "inbox",
    "may_escalate",
    "newest",
    "of_case",
    "outbox",
    "own_copy",
    "page",
    "skips",
    "tallies",
    "waiting",
]
