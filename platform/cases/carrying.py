"""机构承继 (条例 art. 24): what was done with a case, as it goes along and as it arrives.

Rows that mean the same elsewhere become rows again: results and dispositions, ratings, follow-ups, workplaces. What
hangs on people and departments of the union that ends becomes words of the timeline: tasks with their answers, who
held the case and who had to withdraw (as numbers), cases that were joined with it, the acts with their days. Accounts
stay behind: nobody of the successor has them, and the log of the predecessor keeps who did what.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from access.actor import Work
from access.roles import Role
from audit.models import AuditEvent
from audit.services import record
from cases import follow_ups, gains, joining, ratings, tasking, workplaces
from cases.handling import CaseAssignment, CaseResult, ClaimResult, FollowUp
from cases.models import Case, Claim, Party
from cases.registers import Workplace
from cases.rules import PartyRole
from cases.workflow import CASE_WORKFLOW
from kernel.clock import china_date
from kernel.ids import uuid7
from notices.tasks import open_task
from tenants import departments
from tenants import queries as tenants

_PLACE = ("credit_code", "region", *workplaces.CONTEXT)
_RATING = ("about", "rating", "reason", "entered_by", "told_how")
_CONTACT = ("place", "reached", "content", "retaliation", "note")
_LINKS = {
    "lead": "并入的主件",
    "first": "同一事项的首件",
    "origin": "拆分前的原件",
    "merged": "已并入本件",
    "repeat": "同一事项再次信访",
    "split": "从本件拆分",
    "again": "同一事项的其他信访件",
}
_ENDS = {"open": "尚未办结，随移交撤回", "answered": "已答复", "withdrawn": "已撤回"}
_LABELS = {row.action: row.label for row in reversed(tuple(CASE_WORKFLOW))}


def told(
    work: Work, case: Case, claims: Sequence[Claim], parties: Sequence[Party], events: Sequence[AuditEvent]
) -> dict[str, Any]:
    """The handling of a case as plain JSON; it travels sealed."""
    result = gains.result_of(work, case.id)
    return {
        "union": tenants.get(work.session, work.tenant_id).name,
        "result": {"measures": result.measures, "recovered_fen": result.recovered_fen, "helped": result.helped}
        if result is not None
        else None,
        "dispositions": {str(place): list(given) for place, given in gains.dispositions_of(work, claims).items()},
        "ratings": [
            {"recorded_at": row.recorded_at.isoformat(), **{name: getattr(row, name) for name in _RATING}}
            for row in reversed(ratings.of_case(work, case.id))
        ],
        "follow_ups": [
            {
                "due_on": row.due_on.isoformat(),
                "contacted_at": row.contacted_at.isoformat() if row.contacted_at else None,
                **{name: getattr(row, name) for name in _CONTACT},
            }
            for row in follow_ups.of_case(work, case.id)
        ],
        "workplaces": _places(work, parties),
        "open_tasks": tasking.open_count(work, case.id),
        "words": [*_steps(events), *_tasks(work, case), *_assignments(work, case), *_links(work, case)],
    }


def _places(work: Work, parties: Sequence[Party]) -> list[dict[str, Any]]:
    wanted = {party.workplace_id: party.organisation for party in parties if party.workplace_id}
    rows = work.session.scalars(select(Workplace).where(Workplace.id.in_(wanted)).order_by(Workplace.name)).all()
    return [{"name": wanted[row.id], **{name: getattr(row, name) for name in _PLACE}} for row in rows]


def _steps(events: Sequence[AuditEvent]) -> list[str]:
    done = [
        f"{china_date(event.at).isoformat()}{_LABELS[action]}"
        for event in events
        if (action := event.action.partition(":")[2]) in _LABELS and action != "note"
    ]
    return [f"办理过程：{'；'.join(done)}。"] if done else []


def _tasks(work: Work, case: Case) -> list[str]:
    names = departments.names_of(work.session)
    lines = []
    for task in tasking.of_case(work, case.id):
        whom = names.get(task.department_id, "") if task.department_id else "经办人"
        answer = f"：{task.answer}" if task.answer else ""
        lines.append(
            f"{task.asked_on.isoformat()}交{whom}办理（{task.due_on.isoformat()}前）：{task.asked}"
            f"——{_ENDS[task.status]}{answer}"
        )
    return lines


def _assignments(work: Work, case: Case) -> list[str]:
    rows = work.session.scalars(select(CaseAssignment).where(CaseAssignment.case_id == case.id)).all()
    if not rows:
        return []
    people = len({row.user_id for row in rows if row.kind == "assign"})
    words = f"先后由{people}名承办人办理"
    for kind, said in (("declare", "申报利害关系"), ("permit", "批准不回避")):
        count = sum(row.kind == kind for row in rows)
        words += f"，{said}{count}次" if count else ""
    return [f"{words}；人员姓名和理由留存在原单位的案卷和日志。"]


def _links(work: Work, case: Case) -> list[str]:
    lines = []
    for kind, other in joining.linked(work, case):
        words = f"{_LINKS[kind]}：{other.number}"
        if kind == "merged":
            asked = work.session.scalars(select(Claim.text).where(Claim.case_id == other.id).order_by(Claim.position))
            words += f"，诉求：{'；'.join(asked)}"
        lines.append(words)
    return lines


def merged_parties(work: Work, case_id: UUID) -> Sequence[Party]:
    """People of the cases that were merged into this one: whoever carries it on answers them as well."""
    statement = (
        select(Party)
        .join(Case, (Case.tenant_id == Party.tenant_id) & (Case.id == Party.case_id))
        .where(Case.lead_id == case_id, Party.role != PartyRole.RESPONDENT.value)
        .order_by(Case.registered_at, Case.id, Party.position)
    )
    return work.session.scalars(statement).all()


def enter_places(work: Work, carried: Mapping[str, Any]) -> dict[str, UUID]:
    """Workplaces of the file by the names that it uses: found here by name or code, entered where there is none."""
    found: dict[str, UUID] = {}
    for place in carried.get("workplaces", ()):
        name, code = str(place["name"]), place["credit_code"]
        statement = select(Workplace).where(
            Workplace.merged_into_id.is_(None),
            or_(Workplace.name == name, Workplace.credit_code == code) if code else Workplace.name == name,
        )
        # The name as written comes first; the code may stand under a later name of the same employer.
        row = work.session.scalars(statement.order_by(Workplace.name != name).limit(1)).first()
        if row is None:
            values = {"name": name, **{key: place[key] for key in _PLACE}}
            row = Workplace(id=uuid7(), created_at=work.clock.now(), **values)
            work.session.add(row)
            work.session.flush()
            record(work, "workplace:enter", subject_type="workplace", subject_id=row.id, data=values)
        found[name] = row.id
    return found


def take(work: Work, case: Case, claims: Sequence[Claim], carried: Mapping[str, Any]) -> None:
    """Write the handling down for the successor's case, whose rows are there already."""
    if carried.get("result"):
        work.session.add(CaseResult(case_id=case.id, **carried["result"]))
    given = carried.get("dispositions", {})
    for claim in claims:
        if str(claim.position) in given:
            disposition, aided = given[str(claim.position)]
            work.session.add(ClaimResult(claim_id=claim.id, disposition=disposition, aided=aided))
    for rating in carried.get("ratings", ()):
        recorded_at = datetime.fromisoformat(rating["recorded_at"])
        told = {name: rating[name] for name in _RATING}
        ratings.inherit(work, case, {"recorded_at": recorded_at, **told})
    for contact in carried.get("follow_ups", ()):
        at = contact["contacted_at"]
        work.session.add(
            # Not opened: what is still to be asked opens as a task of this union's people.
            FollowUp(
                case_id=case.id,
                due_on=date.fromisoformat(contact["due_on"]),
                contacted_at=datetime.fromisoformat(at) if at else None,
                opened_on=work.clock.today() if at else None,
                **{name: contact[name] for name in _CONTACT},
            )
        )
    work.session.flush()
    for line in carried.get("words", ()):
        note(work, case, f"（{carried['union']}移交）{line}")
    if carried.get("open_tasks"):
        open_task(
            work,
            kind="inherited_tasks",
            title=f"承继的信访件有{carried['open_tasks']}项部门任务在原单位没有办结，请查看办理记录并重新交办。",
            link=f"/cases/{case.number}",
            role=Role.OFFICE_HEAD,
            key=f"inherited:{case.id}",
        )


def note(work: Work, case: Case, words: str) -> None:
    """A line of the timeline as staff write them, so that it goes on with the next succession too."""
    told = {"from": case.status, "to": case.status, "note": words}
    record(work, "case:note", subject_type="case", subject_id=case.id, data=told)
