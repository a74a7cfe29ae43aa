"""An extension that waits for the unit head (延期, 条例 art. 34): asked of the leader, answered to the handler."""

from __future__ import annotations

from collections.abc import Iterable

from access.actor import Work
from access.roles import Role
from cases.models import Case
from cases.statuses import FINAL, Status
from kernel.workflow import Transition
from notices.services import post
from notices.tasks import close_by_key, open_task

#: Whoever leads the unit approves; nobody else is asked.
APPROVER = Role.LEADER
ANSWERS = {
    "grant_extension": "延期申请已经批准，请在延长的期限内办结",
    "deny_extension": "延期申请没有批准，请按原期限办结",
}


def note(work: Work, case: Case, row: Transition[Status]) -> None:
    """What an act means to the request, before the act moves the case: asked, answered, or overtaken by an end."""
    if row.action == "ask_extension":
        open_task(
            work,
            kind="case.extension",
            title="有信访件申请延期，请在原办理期限届满以前批复；届满后不能再批准（《信访工作条例》第三十四条）",
            link=_link(case),
            role=APPROVER,
            key=_key(case),
        )
    elif case.extension_to is None:
        return
    elif row.action in ANSWERS:
        close_by_key(work, _key(case), row.label)
        held = case.assignee_id is not None and not case.sealed
        post(
            work.session,
            kind="case.extension",
            title=ANSWERS[row.action],
            link=_link(case),
            user_id=case.assignee_id if held else None,
            role=None if held else Role.OFFICE_HEAD,
        )
    elif row.target is Status.DECIDED or row.target in FINAL:
        close_by_key(work, _key(case), f"本件已经{row.label}，不再需要延期")


def warn(work: Work, near: Iterable[Case]) -> None:
    """Tell the approver of deadlines about to end with a request still unanswered: afterwards nobody may grant it."""
    for case in near:
        if case.extension_to is not None and case.due_on is not None:
            post(
                work.session,
                kind="case.extension",
                title=f"有延期申请还没有批复，原期限{case.due_on.isoformat()}届满，届满后不能再批准",
                link=_link(case),
                role=APPROVER,
            )


def _key(case: Case) -> str:
    return f"extension:{case.id}"


def _link(case: Case) -> str:
    return f"/cases/{case.number}"
