"""Cases that wander: at each step one of the acts that the table allows now, many of them in one transaction.

The services do everything, as in life; only the commit between two acts is left out, and an act that its conditions
refuse is taken back to the point before it. So a history costs its acts and nothing else.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from access.actor import Actor, Work, system_actor
from cases import repeats
from cases.intake import NewCase, NewParty, register
from cases.models import Case, Claim
from cases.services import perform
from cases.workflow import CASE_WORKFLOW, Status
from kernel.clock import FixedClock
from kernel.errors import LianxinError
from tenants import settings
from tests.builders import Federation

START = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
#: Who does it where several may; the rest is done by whoever the row names first of these.
_HANDS = ("clerk", "head", "handler", "leader", "supervisor")
#: Acts that tell figures nothing, or need another union's letter.
_LEFT_OUT = frozenset(
    {"note", "hand_over", "send_review", "send_recheck", "carry_on", "carry_on_served", "carry_on_reviewed"}
    | {"carry_sorted", "archive", "ask_department", "withdraw_task", "declare_interest", "permit_handler", "gains"}
    | {"record_right", "interrupt_right", "exercise_right", "report_urgent", "tell_progress", "advise", "adoption"}
    | {"supervise", "answer_supervision"}
    | {"change_first", "flag", "assign", "hear", "negotiate", "own_material", "own_ask_review", "own_ask_recheck"}
)
#: A case that could go on at random would mostly end at once.
_SELDOM = frozenset(
    {"withdraw", "own_withdraw", "terminate", "divert", "answer", "unmerge"}
    | {"escalate", "link_first", "rate", "own_rate", "mediate", "deny_extension"}
)
#: The way most matters go, to its end.
_OFTEN = frozenset({"triage", "accept", "decide", "serve", "close", "ask_extension", "grant_extension"})


class Wanderer:
    """Histories of one union, in one transaction."""

    def __init__(self, federation: Federation, work: Work, slug: str, dice: Random) -> None:
        self.federation, self.slug, self.dice = federation, slug, dice
        self.system = work
        self.actors: dict[str, Actor] = {
            name: federation.actor(f"{name}@{slug}") for name in ("clerk", "head", "handler", "leader", "supervisor")
        }
        self.moment = START

    def work(self, who: str) -> Work:
        """A unit of work of somebody, now."""
        actor = system_actor(self.system.tenant_id) if who == "system" else self.actors[who]
        return replace(self.system, actor=actor, clock=FixedClock(self.moment))

    @property
    def today(self) -> date:
        """The present day of the history."""
        return (self.moment + timedelta(hours=8)).date()

    def live(self, steps: int) -> None:
        """One history: a matter comes, sometimes again, and up to ``steps`` acts follow, days apart."""
        dice = self.dice
        self.moment = START + timedelta(days=dice.randrange(150), hours=dice.randrange(24))
        numbers = [self.come()]
        for _ in range(steps):
            self.moment += timedelta(days=dice.choice((0, 0, 1, 3, 9, 25, 40)), hours=dice.randrange(24))
            if dice.random() < 0.12:
                numbers.append(self.come(of=numbers[0] if dice.random() < 0.6 else None))
            self.step(dice.choice(numbers))

    def come(self, of: str | None = None) -> str:
        """A registration at the window, by letter from another union, or of somebody who came before."""
        dice = self.dice
        new = NewCase(
            channel=dice.choice(("visit", "visit", "letter", "call", "online")),
            title="反映三个月工资未发",
            content="单位自去年十二月起未发工资，多次讨要未果。",
            received_on=self.today - timedelta(days=dice.randrange(3)),
            claims=("补发工资", "补缴社保") if dice.random() < 0.4 else ("补发工资",),
            headcount=dice.choice((1, 1, 1, 2, 7)),
            anonymous=dice.random() < 0.15,
            repeat=dice.random() < 0.1,
            repeat_of=of,
            by_letter=dice.random() < 0.25,
            parties=(NewParty(name="测试甲", phone="13800001111"),),
        )
        if new.anonymous:
            new = replace(new, parties=())
        return register(self.work("clerk"), new).number

    def step(self, number: str) -> None:
        """One act that the case's status allows; none where its conditions allow none of three tries."""
        session, dice = self.system.session, self.dice
        case = session.scalars(select(Case).where(Case.number == number)).one()
        rows = [row for row in CASE_WORKFLOW if Status(case.status) in row.sources and row.action not in _LEFT_OUT]
        if not rows:
            return
        weights = [1 if row.action in _SELDOM else 12 if row.action in _OFTEN else 4 for row in rows]
        for row in dice.choices(rows, weights, k=3):
            who = next((name for name in _HANDS if self.actors[name].roles & row.roles), "system")
            data = self.told(case, row.fields)
            if data is None:
                continue
            point = session.begin_nested()
            try:
                perform(self.work(who), number, row.action, data, internal=True)
            except LianxinError:
                point.rollback()
                continue
            point.commit()
            if row.action == "ask_extension" and dice.random() < 0.7:
                # Left to chance, the answer would mostly come after the matter's end.
                perform(self.work("leader"), number, "grant_extension", {"reason": _WORDS}, internal=True)
            return
        if case.first_id is not None and dice.random() < 0.5:
            repeats.unlink(self.work("clerk"), number)

    def told(self, case: Case, fields: tuple[str, ...]) -> dict[str, Any] | None:
        """What a form would say; ``None`` where it needs another file and there is none."""
        session, dice, today = self.system.session, self.dice, self.today.isoformat()
        claims = session.scalars(select(Claim).where(Claim.case_id == case.id).order_by(Claim.position)).all()
        opinion = dice.choice(("support", "explain", "reject"))
        values: dict[str, Any] = {
            **dict.fromkeys(("reason", "reply", "result", "statement", "facts", "request", "where_to_go"), _WORDS),
            **dict.fromkeys(("hearing_record", "agreement", "execution_plan", "own_words", "own_reason"), _WORDS),
            **dict.fromkeys(("review_text", "text", "mediator", "employer_reply", "proposal_to"), _WORDS),
            **dict.fromkeys(("delivered_on", "withdrawn_on", "review_asked_on", "review_served_on"), today),
            **dict.fromkeys(("agreed_on", "performed_on", "executed_on"), today),
            "purpose": dice.choice(("request", "appeal", "suggestion", "inquiry")),
            "spot_purpose": "inquiry",
            "category": dice.choice(("01.01", "02.03", "03.03", "16")),
            "tier": dice.choice(("simple", "ordinary")),
            "refusal": dice.choice(("N3", "N5", "N5")),
            "refusal_again": "X1",
            "earlier": "测信〔2025〕12号",
            "assignee": str(self.actors["handler"].user_id),
            "simple_ground": "clear",
            "simple_checked": True,
            "basis": "《劳动法》第五十条",
            "opinions": {str(claim.position): {"opinion": opinion, "finding": _WORDS} for claim in claims},
            "delivery": "in_person",
            "receipt": "signed",
            "both_agree": True,
            "withdrawal": "written",
            "termination": "unreachable",
            "route": "arbitration",
            "target_body": "区劳动人事争议仲裁委员会",
            "limitation_on": (self.today + timedelta(days=300)).isoformat(),
            "extend_to": case.due_on and (case.due_on + timedelta(days=dice.randrange(1, 31))).isoformat(),
            "review_body": "测试区信访局",
            "review_outcome": "uphold",
            "review_number": "测信复〔2026〕1号",
            "redo_by": (self.today + timedelta(days=30)).isoformat(),
            "rated_about": dice.choice(("office", "unit")),
            "rating": dice.choice(("satisfied", "mostly_satisfied", "dissatisfied")),
            "own_rating": dice.choice(("satisfied", "mostly_satisfied", "dissatisfied")),
            "told_how": "call",
            "way": "order",
            "destination": "西区总工会",
            "claims_chosen": ["2"],
        }
        for name in ("lead", "first_case"):
            if name in fields:
                other = session.scalars(
                    select(Case.number)
                    .where(Case.id != case.id)
                    .order_by(Case.registered_at.desc(), Case.id.desc())
                    .limit(6)
                ).all()
                if not other:
                    return None
                values[name] = dice.choice(other)
        return {name: values[name] for name in fields if values.get(name) is not None}


_WORDS = "经调查核实，所反映的情况属实，已经督促单位改正。"


def wander(federation: Federation, slug: str, dice: Random, *, histories: int, steps: int) -> None:
    """So many histories at one union, committed once."""
    with federation.work_as_system(slug) as work:
        if settings.of(work.session).review_target != "outside":
            admin = replace(work, actor=federation.actor(f"admin@{slug}"))
            settings.change(admin, {"review_target": "outside"})
        wanderer = Wanderer(federation, work, slug, dice)
        for _ in range(histories):
            wanderer.live(steps)
