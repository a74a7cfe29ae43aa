"""Register a form exactly once, however often its button is pressed."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from access.actor import Work
from cases import policy
from cases.intake import NewCase, register
from cases.models import Case
from kernel.errors import NotFoundError

#: The unique index that says that a form was filed before.
ONCE = "uq_cases_source"


def register_once(work: Work, new: NewCase) -> tuple[Case, bool]:
    """Register, or find what the same ``source`` and ``source_key`` registered before; ``True`` says it is new.

    Two requests at once wait for each other at the unique index, so that the loser finds the winner's case.

    :raises NotFoundError: when the earlier case is not the actor's to see.
    :raises InvalidError, ForbiddenError: as :func:`cases.intake.register`.
    """
    earlier = _earlier(work, new)
    if earlier is not None:
        return earlier, False
    try:
        with work.session.begin_nested():
            return register(work, new), True
    except IntegrityError as error:
        if getattr(getattr(error.orig, "diag", None), "constraint_name", None) != ONCE:
            raise
    earlier = _earlier(work, new)
    if earlier is None:
        raise NotFoundError
    return earlier, False


def _earlier(work: Work, new: NewCase) -> Case | None:
    if new.source_key is None:
        return None
    statement = select(Case).where(
        Case.source == new.source, Case.source_key == new.source_key, policy.visible(work.actor)
    )
    return work.session.scalars(statement).first()
