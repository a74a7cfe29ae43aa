"""Many hands on the same cases at random: no state is illegal, nothing is lost and nothing is done twice.

Each history is a few cases of one union and the letters about them; threads take random acts on them at the same
moment, on both sides of the border. Looked at is what they leave behind (reliability.md §4, test 11).
"""

from __future__ import annotations

import os
import threading
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from uuid import UUID

from sqlalchemy import select

from audit.models import AuditEvent
from audit.services import verify
from cases.models import Case, CaseClock, Claim
from cases.statuses import OPEN
from cases.workflow import CASE_WORKFLOW, Status
from dispatches.models import Letter, LetterEvent
from dispatches.services import act, escalate, resume
from kernel.errors import ConflictError, ForbiddenError, IllegalTransitionError, InvalidError, NotFoundError
from tests.builders import Federation
from tests.ways import DECIDE, DIVERT, Ways

#: How many histories: `LIANXIN_HISTORIES=10000` is the pass criterion, run by hand (docs/testing.md).
HISTORIES = int(os.environ.get("LIANXIN_HISTORIES", "6"))
HANDS, ACTS, CASES = 4, 7, 3
#: What a person is told who came too late or may not; everything else is a fault of the program.
REFUSALS = (ConflictError, ForbiddenError, IllegalTransitionError, InvalidError, NotFoundError)
WHY = {"reason": "随机历史中的一次操作"}
#: Acts that end a letter's way: it has exactly one of them, or none yet.
ENDS = ("answer", "order", "return", "withdraw")

Move = Callable[[Random, str, str], object]


@dataclass
class Hands:
    """Random acts of the street's and the east's people."""

    federation: Federation
    seed: int
    numbers: list[str]
    #: What went through, by action, and what was refused, by kind of refusal.
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    faults: list[BaseException] = field(default_factory=list)

    def run(self) -> None:
        barrier = threading.Barrier(HANDS)
        threads = [threading.Thread(target=self._hand, args=(n, barrier), daemon=True) for n in range(HANDS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
        assert self.faults == [], self.faults

    def _hand(self, hand: int, barrier: threading.Barrier) -> None:
        random = Random(self.seed * HANDS + hand)
        for _ in range(ACTS):
            # Everybody acts at the same moment, so that most acts meet another one.
            barrier.wait(timeout=60)
            name = random.choice(list(MOVES))
            try:
                self._move(random, name)
                self.done[name] += 1
            except REFUSALS as refusal:
                self.refused[type(refusal).__name__] += 1
            except BaseException as fault:
                self.faults.append(fault)

    def _move(self, random: Random, name: str) -> None:
        side, data = MOVES[name]
        if side == "case":
            who, action, values = data
            number = random.choice(self.numbers)
            given = values(self, random) if callable(values) else values
            case = self.federation.act(f"{who}@street", number, action, **given)
            if action == "split":
                self.numbers.append(self._split_off(case))
        elif name == "escalate":
            with self.federation.work("head@street") as work:
                escalate(work, random.choice(self.numbers), reason="本级无力协调解决", request="请上级牵头协调")
        else:
            login, action, values = data
            with self.federation.work(login) as work:
                letters = work.session.scalars(select(Letter.id).order_by(Letter.id.desc()).limit(CASES)).all()
                if not letters:
                    raise NotFoundError
                letter = random.choice(letters)
                resume(work, letter) if action == "resume" else act(work, letter, action, values)

    def _split_off(self, case: Case) -> str:
        with self.federation.work_as_system("street") as work:
            newest = select(Case.number).where(Case.origin_id == case.id).order_by(Case.id.desc()).limit(1)
            return work.session.scalars(newest).one()

    def handler(self, random: Random) -> str:
        """Somebody who may hold a case."""
        return str(self.federation.users[f"{random.choice(('handler', 'head'))}@street"].id)


def _other(hands: Hands, random: Random) -> dict[str, object]:
    return {"lead": random.choice(hands.numbers), **WHY}


#: What may happen, on the case or on a letter about it: who, which act, with which fields.
MOVES: dict[str, tuple[str, tuple]] = {  # type: ignore[type-arg]
    "accept": ("case", ("head", "accept", lambda h, r: {"assignee": h.handler(r)})),
    "assign": ("case", ("head", "assign", lambda h, r: {"assignee": h.handler(r), **WHY})),
    "withdraw": (
        "case",
        (
            "clerk",
            "withdraw",
            {"withdrawal": "written", "withdrawn_on": "2026-03-02", "statement": "问题已经解决，本人自愿撤回。"},
        ),
    ),
    "terminate": ("case", ("leader", "terminate", {"termination": "died", **WHY})),
    "merge": ("case", ("clerk", "merge", _other)),
    "merge again": ("case", ("head", "merge", _other)),
    "unmerge": ("case", ("head", "unmerge", WHY)),
    "split": ("case", ("head", "split", {"claims_chosen": ["2"], **WHY})),
    "rejoin": ("case", ("head", "rejoin", WHY)),
    "decide": ("case", ("head", "decide", DECIDE)),
    "divert": ("case", ("head", "divert", DIVERT)),
    "mediate": ("case", ("handler", "mediate", {"mediator": "测试调解员", "both_agree": True})),
    "end_mediation": ("case", ("handler", "end_mediation", WHY)),
    "note": ("case", ("head", "note", {"note": "随机历史中的一条记录"})),
    "escalate": ("letter", ()),
    "sign": ("letter", ("head@east", "sign", {})),
    "answer": ("letter", ("leader@east", "answer", {"text": "同意街道意见"})),
    "order": ("letter", ("head@east", "order", {"text": "请限期办结", "due_on": "2026-03-20"})),
    "return": ("letter", ("head@east", "return", {"text": "不属本级职权"})),
    "take back": ("letter", ("head@street", "withdraw", {"text": "发函有误，收回重发"})),
    "resume": ("letter", ("head@street", "resume", {})),
}


def test_random_hands_leave_no_illegal_state_and_lose_nothing(federation: Federation) -> None:
    ways, done, refused, claims = Ways(federation), Counter[str](), Counter[str](), 0
    for history in range(HISTORIES):
        made = [ways.handling(), ways.handling(), ways.triaged()][:CASES]
        claims += 2 * len(made)
        hands = Hands(federation, history, [case.number for case in made])
        hands.run()
        done += hands.done
        refused += hands.refused
    check_cases(federation, claims, splits=done["split"])
    check_letters(federation)
    for slug in ("street", "east"):
        with federation.work_as_system(slug) as work:
            assert verify(work.session)[1] is None
    assert sum(done.values()) >= HISTORIES * 3, (done, refused)


def check_cases(federation: Federation, claims: int, splits: int) -> None:
    """What holds of every case, however it came to be where it is."""
    with federation.work_as_system("street") as work:
        cases = {case.id: case for case in work.session.scalars(select(Case))}
        serials = sorted(int(case.number[-6:]) for case in cases.values())
        assert serials == list(range(1, len(cases) + 1)), "a number was given twice or lost"
        assert len(cases) == claims // 2 + splits
        held = Counter(work.session.scalars(select(Claim.case_id)))
        assert sum(held.values()) == claims, "a claim was lost or doubled"
        running: Counter[tuple[UUID, str]] = Counter()
        for clock in work.session.scalars(select(CaseClock)):
            running[clock.case_id, clock.kind] += clock.stopped_on is None
        assert max(running.values()) == 1, "two clocks of one kind run in one case"
        for case in cases.values():
            status = Status(case.status)
            assert (status in (Status.MERGED,)) <= (case.lead_id in cases), case.number
            if status is Status.HANDLING:
                assert case.assignee_id is not None, case.number
            assert lead_of(case, cases) is not None, "cases that lead each other"
        check_paths(list(work.session.scalars(select(AuditEvent).order_by(AuditEvent.seq))), cases)


def lead_of(case: Case, cases: dict[UUID, Case]) -> Case | None:
    """Where the matter is handled: the end of the chain of leads; ``None`` for a ring."""
    for _ in range(len(cases)):
        if case.status != Status.MERGED or case.lead_id is None:
            return case
        case = cases[case.lead_id]
    return None


def check_paths(events: list[AuditEvent], cases: dict[UUID, Case]) -> None:
    """Every case went along the table, one step after the other, to where it stands now."""
    table = {row.action: row for row in CASE_WORKFLOW}
    paths: dict[UUID, list[tuple[str, str, str]]] = defaultdict(list)
    for event in events:
        action = event.action.removeprefix("case:")
        if event.subject_type == "case" and event.subject_id in cases and str(event.data.get("to")) in set(Status):
            paths[event.subject_id].append((action, str(event.data.get("from", "")), str(event.data["to"])))
    assert set(paths) == set(cases)
    for case_id, path in paths.items():
        assert path[-1][2] == cases[case_id].status
        for (_, _, before), (action, begins, ends) in pairwise(path):
            assert begins == before, (action, path)
            if begins != ends:
                assert Status(begins) in table[action].sources, (action, begins)
        assert [ends for _, begins, ends in path if Status(ends) not in OPEN and begins != ends][1:] == [] or any(
            action in ("unmerge", "unmerged") for action, _, _ in path
        ), path


def check_letters(federation: Federation) -> None:
    """Both copies tell the same, every letter ended once at most, and a case is up there in one letter or in none."""
    told: dict[str, dict[UUID, list[tuple[int, str, str]]]] = {}
    away: Counter[UUID] = Counter()
    with federation.work_as_system("street") as work:
        mine = {letter.id: letter for letter in work.session.scalars(select(Letter))}
        up_there = set(work.session.scalars(select(Case.id).where(Case.status == Status.ESCALATED)))
    for slug in ("street", "east"):
        with federation.work_as_system(slug) as work:
            told[slug] = defaultdict(list)
            for event in work.session.scalars(select(LetterEvent).order_by(LetterEvent.letter_id, LetterEvent.seq)):
                told[slug][event.letter_id].append((event.seq, event.action, event.status))
    assert told["street"] == told["east"]
    assert set(told["street"]) == set(mine)
    for letter_id, events in told["street"].items():
        assert [seq for seq, _, _ in events] == list(range(1, len(events) + 1))
        ended = [action for _, action, _ in events if action in ENDS]
        assert len(ended) <= 1, events
        case_id = mine[letter_id].case_id
        if not ended and case_id is not None:
            away[case_id] += 1
    assert all(count == 1 for count in away.values()), "one case went up in two letters at once"
    assert set(away) <= up_there, "a letter waits above for a case that went on below"
