"""Somebody leaves their work: announced before it happens, so that higher floors can refuse or hand over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class UserLeaving:
    """An account is about to be closed, moved to another department, or to lose the role by which it handles cases.

    A listener that finds work in this person's hands gives it to ``successor_id``, or raises when nobody is named.
    """

    user_id: UUID
    successor_id: UUID | None
    why: Literal["deactivate", "move", "roles"]
