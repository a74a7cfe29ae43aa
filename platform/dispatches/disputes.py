"""管辖争议: the common superior names the unit that must take the matter (条例 art. 24), and that unit is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from access.actor import Work
from calendars.deadlines import add_calendar_days
from dispatches.drafts import Draft
from dispatches.kinds import REPLY_DAYS, LetterKind
from dispatches.models import Letter
from dispatches.sending import send


def designate(work: Work, letter: Letter, values: Mapping[str, Any]) -> None:
    """Hand the matter to the named unit, unless it is the one that asked (it holds the case) or the decider itself.

    The order tells what the dispute told us: the superior has no file of its own.

    :raises InvalidError: when the named unit may not get the letter.
    """
    unit = values["unit"]
    if unit.id in (letter.sender_id, work.tenant_id):
        return
    send(
        work,
        Draft(
            kind=LetterKind.ORDER,
            to=unit.id,
            subject=letter.subject,
            reason=values["text"],
            request=f"经研究，指定你单位受理（原函{letter.number}）。",
            due_on=add_calendar_days(work.clock.today(), REPLY_DAYS),
            refers_to=letter.id,
            skip_reason="共同的上级指定受理单位",
            forward=True,
        ),
    )
