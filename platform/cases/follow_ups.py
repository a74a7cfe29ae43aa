"""回访: after closing the petitioner is asked twice how it went and whether anybody takes revenge (domain.md E3).

What is kept is whether they were reached, what they say of the answer, and retaliation that they report. Nothing is
kept about how they behave: issues are assessed, people are not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm.attributes import flag_modified

from access.actor import Work
from access.roles import Role
from audit.services import record
from cases import accused, policy, rehousing
from cases.handling import FollowUp
from cases.handling_rules import CONTENT
from cases.models import Case
from kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from kernel.ids import uuid7
from kernel.outbox import enqueue
from notices.tasks import close_by_key, open_task
from tenants import settings

#: Who asks the petitioner again: those who took the matter in and those who worked on it.
ASKERS = frozenset({Role.CLERK, Role.HANDLER, Role.OFFICE_HEAD})
LONGEST = 2_000


def plan(work: Work, case: Case) -> None:
    """Plan the follow-up of a case that has just closed; of one that closed before, what is still ahead moves on.

    An anonymous petitioner cannot be asked.
    """
    if case.anonymous:
        return
    house, today = settings.of(work.session), work.clock.today()
    for place, days in enumerate((house.follow_up_first_days, house.follow_up_second_days), start=1):
        if not days:
            continue
        due_on = today + timedelta(days=days)
        statement = insert(FollowUp).values(
            tenant_id=work.tenant_id, id=uuid7(), case_id=case.id, place=place, due_on=due_on
        )
        work.session.execute(
            statement.on_conflict_do_update(
                index_elements=["tenant_id", "case_id", "place"],
                set_={"due_on": due_on},
                where=FollowUp.opened_on.is_(None),
            )
        )


def open_due(work: Work, *, limit: int) -> int:
    """Open the tasks of up to ``limit`` follow-ups whose day has come, once for each; returns how many."""
    rows = work.session.execute(
        select(FollowUp, Case)
        .join(Case, (Case.tenant_id == FollowUp.tenant_id) & (Case.id == FollowUp.case_id))
        .where(
            FollowUp.tenant_id == work.tenant_id,
            FollowUp.contacted_at.is_(None),
            FollowUp.opened_on.is_(None),
            FollowUp.due_on <= work.clock.today(),
        )
        .order_by(FollowUp.due_on, FollowUp.id)
        .limit(limit)
        .with_for_update(of=FollowUp, skip_locked=True)
    ).all()
    for follow, case in rows:
        open_task(
            work,
            kind="follow_up",
            title="有信访件到了回访日期，请联系信访人：对办理结果是否满意，有没有受到打击报复。",
            link=link_of(case, follow),
            role=accused.desk_of(work, case),
            # 首办责任: whoever first received it follows it to the end, unless the file is closed to them.
            user_id=None if case.sealed else case.first_handler_id,
            key=_key(follow),
        )
    if rows:
        work.session.execute(
            update(FollowUp)
            .where(FollowUp.id.in_([follow.id for follow, _case in rows]))
            .values(opened_on=work.clock.today())
        )
    return len(rows)


def contact(work: Work, follow_id: UUID, data: Mapping[str, Any], *, number: str) -> FollowUp:
    """Write down one contact. ``data``: ``reached`` (yes or no), ``content``, ``retaliation``, ``note``.

    Retaliation marks and closes the case: from now on head and leader alone see it, also where a handler wrote it
    down, and the union's own rule reports it upward at once.

    :raises NotFoundError: when case or follow-up is not the actor's to see.
    :raises ForbiddenError: for those who only watch.
    :raises InvalidError: with one sentence a field.
    :raises ConflictError: when somebody wrote it down before.
    """
    follow, case = _locked(work, follow_id, number)
    if not work.actor.roles & ASKERS:
        raise ForbiddenError("回访由登记员、承办人或者信访部门负责人进行。")
    if follow.contacted_at is not None:
        raise ConflictError("这次回访刚刚已由他人记录，请刷新页面查看。")
    told = _checked(data)
    for name, value in told.items():
        setattr(follow, name, value)
    follow.contacted_at, follow.contacted_by = work.clock.now(), work.actor.user_id
    before = case.retaliation
    moved: dict[str, str] = {}
    if told["retaliation"]:
        # The file closes: whoever was near the matter so far may be near the revenge.
        case.retaliation = case.sealed = True
        case.updated_at = work.clock.now()
        flag_modified(case, "updated_at")
        with work.session.no_autoflush:
            moved = rehousing.rehouse(work, case)
    work.session.flush()
    record(
        work,
        "case:follow_up",
        subject_type="case",
        subject_id=case.id,
        data={
            "follow_up": follow.place,
            "reached": told["reached"],
            "content": told["content"],
            "from": case.status,
            "to": case.status,
            "before": {"retaliation": before},
            "retaliation": str(bool(told["retaliation"])),
            **moved,
        },
    )
    close_by_key(work, _key(follow), "已经记录回访。")
    if told["retaliation"]:
        enqueue(work.session, "case.ruled", {"case": str(case.id)})
        open_task(
            work,
            kind="retaliation",
            title="回访时信访人反映受到打击报复，请向上级工会呈报，并按打击报复另行登记（《信访工作条例》第十八条）。",
            link=f"/cases/{case.number}",
            role=accused.desk_of(work, case),
            key=f"retaliation:{case.id}",
        )
    return follow


def _checked(data: Mapping[str, Any]) -> dict[str, Any]:
    problems: dict[str, str] = {}
    reached = {"yes": True, "no": False}.get(str(data.get("reached") or ""))
    content, note = str(data.get("content") or ""), str(data.get("note") or "").strip()
    revenge = {"yes": True, "no": False}.get(str(data.get("retaliation") or ""))
    if reached is None:
        problems["reached"] = "请选择有没有联系上。"
    if reached and content not in CONTENT:
        problems["content"] = "请选择信访人对办理结果的说法。"
    if reached and revenge is None:
        problems["retaliation"] = "请询问并选择有没有受到打击报复。"
    if reached and revenge and len(note) < 4:
        problems["note"] = "反映打击报复的，请写明信访人说的情况，不少于4个字。"
    if len(note) > LONGEST:
        problems["note"] = f"说明不能超过{LONGEST}个字。"
    if problems:
        raise InvalidError("；".join(dict.fromkeys(problems.values())), fields=problems)
    return {
        "reached": reached,
        "content": content if reached else None,
        "retaliation": revenge if reached else None,
        "note": note or None,
    }


def get(work: Work, follow_id: UUID, *, number: str) -> tuple[FollowUp, Case]:
    """One follow-up of a case that the actor sees.

    :raises NotFoundError: when either is not there or not theirs.
    """
    return _found(work, follow_id, number, lock=False)


def _locked(work: Work, follow_id: UUID, number: str) -> tuple[FollowUp, Case]:
    return _found(work, follow_id, number, lock=True)


def _found(work: Work, follow_id: UUID, number: str, *, lock: bool) -> tuple[FollowUp, Case]:
    statement = (
        select(FollowUp, Case)
        .join(Case, (Case.tenant_id == FollowUp.tenant_id) & (Case.id == FollowUp.case_id))
        .where(FollowUp.id == follow_id, Case.number == number, policy.visible(work.actor))
    )
    statement = statement.with_for_update(of=(FollowUp, Case)) if lock else statement
    row = work.session.execute(statement, execution_options={"populate_existing": lock}).first()
    if row is None:
        raise NotFoundError
    return row[0], row[1]


def of_case(work: Work, case_id: UUID) -> Sequence[FollowUp]:
    """The plan of a case that the actor sees."""
    return work.session.scalars(select(FollowUp).where(FollowUp.case_id == case_id).order_by(FollowUp.place)).all()


def link_of(case: Case, follow: FollowUp) -> str:
    """Where the contact is written down."""
    return f"/cases/{case.number}/follow-ups/{follow.id}"


def _key(follow: FollowUp) -> str:
    return f"follow:{follow.id}"
