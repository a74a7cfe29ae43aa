"""The letters' services, as others import them; each verb lives in a module of its own."""

from dispatches.acting import act, resume
from dispatches.circulars import send_circular
from dispatches.drafts import Draft, NewFile
from dispatches.kinds import REPLY_DAYS
from dispatches.posting import TOPIC
from dispatches.sending import escalate, send
from dispatches.taking import register_case
from dispatches.telling import tell

__all__ = [
    "REPLY_DAYS",
    "TOPIC",
    "Draft",
    "NewFile",
    "act",
    "escalate",
    "register_case",
    "resume",
    "send",
    "send_circular",
    "tell",
]
