"""Why a service refused what a form asked for: the page shows it beside what was typed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from doorway.attempts import attempt
from kernel.errors import ConflictError, ForbiddenError, InvalidError


@dataclass
class Refusal:
    """The sentence and, by field, its parts; false when nothing was refused."""

    message: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    #: Of the page that shows it: what was typed was wrong, or somebody else was first.
    status: int = 422
    code: str = ""

    def __bool__(self) -> bool:
        return bool(self.message)


@contextmanager
def asking(refusal: Refusal) -> Iterator[None]:
    """Run the block; a rule that it breaks is written into ``refusal`` and what the block wrote is taken back."""
    try:
        with attempt():
            yield
    except InvalidError as error:
        refusal.message, refusal.fields, refusal.code = error.message, error.fields, error.code
    except ForbiddenError as error:
        refusal.message = error.message
    except ConflictError as error:
        refusal.message, refusal.status = error.message, 409
