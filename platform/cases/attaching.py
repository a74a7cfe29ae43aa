"""Files of a case: who may add, open and remove them. The same rule that shows the case shows its files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from sqlalchemy import select

from access.actor import Work
from cases import policy
from cases.models import Case
from documents import attachments
from documents.attachments import Opened, Upload
from documents.models import Attachment
from kernel.errors import ForbiddenError, NotFoundError


def attach(
    work: Work, number: str, uploads: Sequence[Upload], *, veil: Callable[[str], str] = str
) -> Sequence[Attachment]:
    """Add files to a case that the actor sees.

    :raises NotFoundError: when it is not there or not theirs to see.
    :raises ForbiddenError: for roles that only read.
    :raises InvalidError, UnavailableError: as :func:`documents.attachments.attach`.
    """
    _may(work)
    case = _case(work, number, lock=True)
    return attachments.attach(work, case.id, uploads, veil=veil)


def open_file(work: Work, number: str, attachment_id: UUID) -> Opened:
    """One file of a case that the actor sees, and an event that says who opened it.

    :raises NotFoundError: when either is not there or not theirs to see.
    """
    return attachments.open_one(work, _case(work, number).id, attachment_id)


def remove(work: Work, number: str, attachment_id: UUID, reason: str) -> Attachment:
    """Take a file out of a case, with a reason that stays.

    :raises NotFoundError, ForbiddenError: as :func:`attach`.
    :raises InvalidError, ConflictError: as :func:`documents.attachments.remove`.
    """
    _may(work)
    return attachments.remove(work, _case(work, number, lock=True).id, attachment_id, reason)


def _may(work: Work) -> None:
    if not policy.may_attach(work.actor):
        raise ForbiddenError("您的角色只能查看附件，请由登记员、承办人或信访部门负责人上传。")


def _case(work: Work, number: str, *, lock: bool = False) -> Case:
    statement = select(Case).where(
        Case.tenant_id == work.tenant_id, Case.number == number, policy.visible(work.actor)
    )
    # Two uploads at once wait for each other, so that they do not pass the limits together.
    found = work.session.scalars(statement.with_for_update(of=Case) if lock else statement).first()
    if found is None:
        raise NotFoundError
    return found
