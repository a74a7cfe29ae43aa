"""Do what the rules say: report upward, remind, or leave a task that says why neither was possible.

A rule that came true for a case ends in exactly one of three ways and is written down once for each episode
(``RuleFiring``); two evaluations at once leave one letter. The system acts, in the own tenant only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from access.actor import Work
from access.roles import Role
from audit.services import record
from calendars.deadlines import UnknownYearError
from cases import accused
from cases.models import Case
from cases.workflow import CASE_WORKFLOW, Status
from dispatches import policy
from dispatches.drafts import Draft
from dispatches.kinds import LetterKind
from dispatches.models import Letter, RuleFiring
from dispatches.occasions import Occasion, Scene, of_cases, scene_of
from dispatches.rules import (
    PASSED_OVER,
    RULES,
    TRIGGERS,
    EscalationRule,
    Mode,
    Outcome,
    Rule,
    Trigger,
)
from dispatches.sending import send
from kernel.errors import ForbiddenError, IllegalTransitionError, InvalidError, NotFoundError
from notices.services import post
from notices.tasks import open_task
from tenants.models import Tenant
from tenants.relations import second_line_of

#: Occasions of one transaction.
BATCH = 50
#: Refusals of a letter that only a person can do something about. A conflict is none: it is tried again.
_REFUSALS = (InvalidError, ForbiddenError, IllegalTransitionError, NotFoundError, UnknownYearError)


@dataclass(frozen=True, slots=True)
class Way:
    """The union that a report goes to, or the sentence that says why there is none and who has to know it."""

    superior: Tenant | None
    skip_reason: str = ""
    why: str = ""
    role: Role = Role.OFFICE_HEAD


def ruled(work: Work, payload: Mapping[str, Any]) -> None:
    """Consumer of ``case.ruled``: somebody just did something to a case that a rule may be true of."""
    evaluate(work, case_id=UUID(str(payload["case"])))


def evaluate(work: Work, *, case_id: UUID | None = None, limit: int | None = None) -> int:
    """Settle up to ``limit`` (:data:`BATCH`) occasions of the union (or of one case); returns how many were found.

    A constant number of statements when nothing is new. A caller repeats, each time in a new transaction, until
    nothing is found.
    """
    scene = scene_of(work)
    found = of_cases(work, scene, case_id=case_id, limit=limit or BATCH)
    if found:
        wanted = {occasion.subject_id for occasion in found}
        cases = {case.id: case for case in work.session.scalars(select(Case).where(Case.id.in_(wanted)))}
        for occasion in found:
            settle(work, scene, cases[occasion.subject_id], occasion)
    return len(found)


def settle(work: Work, scene: Scene, case: Case, occasion: Occasion) -> Outcome | None:
    """Act on one occasion and write down what became of it; ``None`` when another evaluation was faster."""
    try:
        # Act and firing stand or fall together: the unique firing takes back a second letter.
        with work.session.begin_nested():
            if occasion.name in set(Trigger):
                outcome, letter = _trigger(work, case, occasion), None
            else:
                outcome, letter = _rule(work, scene, case, occasion)
            write_firing(work, occasion, outcome, letter)
    except IntegrityError as error:
        if getattr(getattr(error.orig, "diag", None), "constraint_name", None) != "pk_rule_firings":
            raise
        return None
    return outcome


def write_firing(work: Work, occasion: Occasion, outcome: Outcome, letter: Letter | None = None) -> None:
    """Write down that an occasion was settled.

    :raises IntegrityError: when it was settled before.
    """
    work.session.add(
        RuleFiring(
            rule=occasion.name,
            subject_id=occasion.subject_id,
            episode=occasion.episode,
            fired_at=work.clock.now(),
            outcome=outcome.value,
            letter_id=letter.id if letter else None,
        )
    )
    work.session.flush()


@dataclass(frozen=True, slots=True)
class _Matter:
    """A rule that came true: for which case, on which occasion, and where a report would go."""

    case: Case
    rule: EscalationRule
    occasion: Occasion
    way: Way

    @property
    def page(self) -> str:
        """The case's page."""
        return f"/cases/{self.case.number}"

    @property
    def form(self) -> str:
        """The form of an escalation where there is one now, or else the case."""
        row = next(row for row in CASE_WORKFLOW if row.action == "escalate")
        possible = self.way.superior is not None and Status(self.case.status) in row.sources
        return f"{self.page}/do/escalate" if possible else self.page


def _rule(work: Work, scene: Scene, case: Case, occasion: Occasion) -> tuple[Outcome, Letter | None]:
    rule = RULES[Rule(occasion.name)]
    matter = _Matter(case, rule, occasion, way_up(work, scene, case))
    if scene.modes[rule.rule] is Mode.REMIND:
        outcome, letter = _remind(work, matter), None
    else:
        outcome, letter = _send(work, matter)
    data = {"number": case.number, "rule": rule.rule.value, "outcome": outcome.value}
    record(work, "rule:fire", subject_type="case", subject_id=case.id, data=data)
    return outcome, letter


def _remind(work: Work, matter: _Matter) -> Outcome:
    way = matter.way
    if way.superior is None:
        _task(work, matter, way.why, link=matter.page)
    else:
        advice = "应由上级工会办理，请考虑上报" if matter.rule.hands_off else "请核实并考虑呈报上级工会"
        _task(work, matter, f"{advice}（{way.superior.name}）。", link=matter.form)
    return Outcome.REMINDED


def _send(work: Work, matter: _Matter) -> tuple[Outcome, Letter | None]:
    case, rule, way = matter.case, matter.rule, matter.way
    if way.superior is None:
        _task(work, matter, f"未能自动呈报：{way.why}", link=matter.page)
        return Outcome.STUCK, None
    late = (work.clock.today() - case.due_on).days if case.due_on else 0
    words = {"days": late, "people": case.headcount, "count": case.dissatisfied}
    draft = Draft(
        kind=LetterKind.SUBMISSION,
        to=way.superior.id,
        subject="",
        reason=rule.reason.format(**words),
        request=rule.request,
        case_number=case.number,
        skip_reason=way.skip_reason,
    )
    try:
        with work.session.begin_nested():
            letter = send(work, draft)
    except _REFUSALS as refusal:
        _task(work, matter, f"未能自动呈报：{getattr(refusal, 'message', str(refusal))}", link=matter.form)
        return Outcome.STUCK, None
    post(
        work.session,
        kind="rule",
        title=f"{case.number}：{rule.label}，已按规则呈报{way.superior.name}（{letter.number}）。",
        link=f"/dispatches/{letter.id}",
        role=_desk(work, case, Role.OFFICE_HEAD),
    )
    if rule.hands_off:
        told = f"已按规则呈报；本单位不宜继续办理，请考虑上报{way.superior.name}。"
        _task(work, matter, told, link=matter.form)
    return Outcome.SENT, letter


def way_up(work: Work, scene: Scene, case: Case) -> Way:
    """The nearest union above that the case does not accuse, or why there is none.

    A suspended superior is not passed over: whether to skip it is for a person to decide, with a reason.
    """
    above = list(scene.line[1:])
    second = second_line_of(work.session, work.tenant_id)
    if second is not None and all(union.id != second for union in above):
        other = work.session.get(Tenant, second)
        above += [other] if other is not None else []
    if not above:
        return Way(None, why="本单位没有上级工会，请由单位领导研究处理，并依法告知信访人其他途径。", role=Role.LEADER)
    barred = policy.barred(work, case)
    if case.accused_tenant_id is not None:
        # A person may send an ordinary complaint to whom it is about; no rule does so by itself.
        barred = barred | policy.shut_out(work, (case.accused_tenant_id,))
    open_to_it = [union for union in above if union.id not in barred]
    if not open_to_it:
        why = "各上级工会都是本件的被反映单位或其下级，请由单位领导依法转送有权处理的纪检监察机关等。"
        return Way(None, why=why, role=Role.LEADER)
    nearest = open_to_it[0]
    if nearest.status != "active":
        why = f"上级工会（{nearest.name}）目前已停用，请联系平台管理员，或者写明理由越级上报。"
        return Way(None, why=why)
    return Way(nearest, skip_reason=PASSED_OVER if nearest.id != above[0].id else "")


def _trigger(work: Work, case: Case, occasion: Occasion) -> Outcome:
    row = TRIGGERS[Trigger(occasion.name)]
    open_task(
        work,
        kind=f"trigger:{row.trigger.value}",
        title=row.words.format(number=case.number),
        link=f"/cases/{case.number}",
        role=_desk(work, case, row.role),
        key=key_of(occasion),
    )
    return Outcome.REMINDED


def _task(work: Work, matter: _Matter, told: str, *, link: str) -> None:
    open_task(
        work,
        kind=f"rule:{matter.rule.rule.value}",
        title=f"{matter.case.number}：{matter.rule.label}，{told}",
        link=link,
        role=_desk(work, matter.case, matter.way.role),
        key=key_of(matter.occasion),
    )


def _desk(work: Work, case: Case, role: Role) -> Role:
    """Whose desk it goes to: where a report accuses every head of the office, the leader's."""
    seen = seen_by(role, sealed=case.sealed)
    return accused.desk_of(work, case) if seen is Role.OFFICE_HEAD else seen


def key_of(occasion: Occasion) -> str:
    """The key of the task that an occasion leaves."""
    return f"{occasion.name}:{occasion.subject_id}:{occasion.episode}"


def seen_by(role: Role, *, sealed: bool) -> Role:
    """The role that a task is for: of a sealed matter nobody is told who could not open it (条例 art. 30(3))."""
    return Role.OFFICE_HEAD if sealed and role is not Role.LEADER else role
