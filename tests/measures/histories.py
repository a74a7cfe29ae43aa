"""Random but lawful histories of cases through the real services, and their figures counted a second way."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Engine, text

from cases.services import perform
from kernel.clock import FixedClock
from measures.models import COUNTS
from tests.builders import Federation
from tests.measures.truth import Cells

START = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
UNION_SLUGS = ("city", "east", "west", "street")
OPINIONS = {"1": {"opinion": "support", "finding": "督促单位在十日内补发。"}}


def live(federation: Federation, seed: int, cases: int) -> None:
    """Register ``cases`` matters at random unions and carry each a random way through its table."""
    dice = Random(seed)
    for _ in range(cases):
        slug = dice.choice(UNION_SLUGS)
        moment = START + timedelta(days=dice.randrange(90), hours=dice.randrange(24))
        _at(federation, moment)
        received = (moment + timedelta(hours=8)).date() - timedelta(days=dice.randrange(3))
        headcount = dice.choice((1, 1, 1, 2, 7))
        case = federation.register(
            f"clerk@{slug}",
            channel=dice.choice(("visit", "letter", "call", "online")),
            received_on=received,
            headcount=headcount,
            repeat=dice.random() < 0.2,
        )
        for action in dice.choice(_WAYS):
            moment += timedelta(days=dice.randrange(0, 40), hours=dice.randrange(24))
            _at(federation, moment)
            # Several people with one matter are not answered on the spot.
            _step(federation, dice, slug, case.number, "triage" if action == "answer" and case.collective else action)


_WAYS: tuple[tuple[str, ...], ...] = (
    (),
    ("answer",),
    ("triage",),
    ("triage", "refuse"),
    ("triage", "accept"),
    ("triage", "accept", "decide"),
    ("triage", "accept", "decide", "close"),
    ("triage", "accept", "decide", "close"),
    ("triage", "escalate"),
    ("triage", "escalate", "take_back", "accept", "decide"),
    ("triage", "accept", "escalate", "resume", "decide", "close"),
    ("withdraw",),
    ("triage", "accept", "withdraw"),
    ("triage", "accept", "terminate"),
    ("triage", "divert"),
    ("triage", "accept", "divert"),
    ("triage", "accept", "decide", "serve", "execute", "finish"),
    ("triage", "accept", "mediate", "agree", "conclude_agreement"),
)


def _at(federation: Federation, moment: datetime) -> None:
    federation.clock = FixedClock(moment)


def _step(federation: Federation, dice: Random, slug: str, number: str, action: str) -> None:
    today = federation.clock.today()
    data: dict[str, dict[str, Any]] = {
        "answer": {"spot_purpose": "inquiry", "reply": "已当场答复。"},
        "triage": {
            "purpose": dice.choice(("request", "appeal", "suggestion", "inquiry")),
            "category": dice.choice(("01.01", "02.03", "03.03", "16")),
            "tier": "ordinary",
        },
        "refuse": {"refusal": "N3", "reason": "应当依法仲裁。", "where_to_go": "区劳动人事争议仲裁委员会"},
        "accept": {"assignee": str(federation.users[f"handler@{slug}"].id)},
        "decide": {"facts": "经调查核实，所反映的情况属实。", "basis": "《劳动法》第五十条", "opinions": OPINIONS},
        "close": {
            "delivery": "in_person",
            "delivered_on": today.isoformat(),
            "executed_on": today.isoformat(),
            "result": "已经兑现",
        },
        "serve": {"delivery": "post", "tracking": "EMS1234", "delivered_on": today.isoformat(), "receipt": "signed"},
        "execute": {"execution_plan": "督促单位补发工资"},
        "finish": {"result": "已经补发到位"},
        "withdraw": {
            "withdrawal": "written",
            "withdrawn_on": today.isoformat(),
            "statement": "问题已经解决，本人自愿撤回。",
        },
        "terminate": {"termination": "unreachable", "reason": "三次去电、两次去信均无回音。"},
        "divert": {
            "route": "arbitration",
            "target_body": "区劳动人事争议仲裁委员会",
            "limitation_on": "2026-12-31",
            "reason": "属于劳动争议，应当依法仲裁。",
        },
        "mediate": {"mediator": "测试调解员", "both_agree": True},
        "agree": {"agreement": "单位十日内补发三个月工资。", "agreed_on": today.isoformat()},
        "conclude_agreement": {"opinions": OPINIONS, "result": "已经按协议补发"},
        "escalate": {"reason": "超出本级职权", "request": "请市总工会协调"},
        "resume": {},
        "take_back": {},
    }
    with federation.work(f"head@{slug}") as work:
        perform(work, number, action, data[action], internal=action in ("escalate", "resume", "take_back"))


def facts(superuser: Engine, viewer: int, subject: int, scope: int) -> Cells:
    """The cells of one viewer about one subject, zeros left out."""
    rows = superuser.connect()
    with rows as connection:
        found = connection.execute(
            text(
                "select day, category, channel, v.name, v.amount from daily_facts f, lateral (values "
                + ", ".join(f"('{name}', f.{name}::bigint)" for name in COUNTS)
                + ") v(name, amount) where tenant_id = :v and subject_id = :s and scope = :c and v.amount <> 0"
            ),
            {"v": viewer, "s": subject, "c": scope},
        ).all()
    return Counter({(row.day, row.category, row.channel, row.name): row.amount for row in found})


#: Parent of every union, by slug; one such tree from each day on, oldest first.
Tree = dict[str, str | None]
FIRST_TREE: Tree = {"city": None, "east": "city", "west": "city", "street": "east"}


class Forest:
    """The tree of every day, kept here by hand: what the product keeps in lines with dates."""

    def __init__(self) -> None:
        self.trees: list[tuple[date, Tree]] = [(date.min, dict(FIRST_TREE))]

    def hang(self, slug: str, parent: str | None, day: date) -> None:
        """From ``day`` on ``slug`` hangs below ``parent``."""
        self.trees.append((day, {**self.trees[-1][1], slug: parent}))

    def on(self, day: date) -> Tree:
        """The tree of a day."""
        return [tree for since, tree in self.trees if since <= day][-1]

    def related(self, viewer: str, subject: str, tenant: str, day: date) -> bool:
        """Whether on ``day`` the viewer is shown ``tenant``'s figures under ``subject``."""
        tree, above = self.on(day), tenant
        if viewer != subject and tree[subject] != viewer:
            return False
        while above != subject:
            up = tree[above]
            if up is None:
                return False
            above = up
        return True

    def shown(self, truth: dict[str, Cells], viewer: str, subject: str) -> Cells:
        """What the viewer must be shown of the subject's subtree: flows by the day's tree, and as
        ``moved`` every jump of the stock that no registration and no closing explains."""
        flows: Cells = Counter()
        jumps: dict[date, Counter[tuple[str, str]]] = {}
        for tenant, cells in truth.items():
            for (day, category, channel, name), amount in cells.items():
                if name != "moved" and self.related(viewer, subject, tenant, day):
                    flows[(day, category, channel, name)] += amount
            days = sorted({day for day, *_ in cells} | {since for since, _ in self.trees[1:]})
            before: Counter[tuple[str, str]] = Counter()
            own: Counter[tuple[str, str]] = Counter()
            for day in days:
                for (at, category, channel, name), amount in cells.items():
                    if at == day and name in ("registered", "moved", "closed"):
                        own[(category, channel)] += -amount if name == "closed" else amount
                seen = own if self.related(viewer, subject, tenant, day) else Counter()
                jump = Counter(seen)
                jump.subtract(before)
                jumps.setdefault(day, Counter()).update(jump)
                before = Counter(seen)
        for day, jump in jumps.items():
            for (category, channel), amount in jump.items():
                explained = flows[(day, category, channel, "registered")] - flows[(day, category, channel, "closed")]
                flows[(day, category, channel, "moved")] += amount - explained
        return Counter({cell: amount for cell, amount in flows.items() if amount})
