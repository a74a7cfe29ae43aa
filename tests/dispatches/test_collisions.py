"""Two people at one letter or one case: exactly one of them does it, and the other one is told."""

from __future__ import annotations

import threading
import time
from contextlib import suppress

import pytest
from sqlalchemy import func, select, text

from audit.services import history
from dispatches.models import Letter, LetterEvent
from dispatches.services import act, escalate
from dispatches.workflow import LetterKind
from kernel.errors import ConflictError, IllegalTransitionError, LianxinError
from kernel.outbox import OutboxMessage
from tests.builders import Federation
from tests.dispatches.letters import REASON, REQUEST, on, post, sent, view


@pytest.mark.parametrize("loser", ["leader@east", "head@east"])
def test_of_two_who_sign_at_the_same_moment_exactly_one_does(federation: Federation, loser: str) -> None:
    letter = sent(federation)
    assert meet(federation, letter, ("head@east", "sign", {}), (loser, "sign", {})) is ConflictError
    for login in ("head@east", "head@street"):
        assert [event.action for event in view(federation, login, letter).events] == ["send", "sign"]
    with federation.work("head@east") as work:
        assert [event.action for event in history(work.session, letter.id)] == ["letter:sign"]
    with federation.work_as_system("street") as work:
        messages = work.session.scalars(select(OutboxMessage.payload).where(OutboxMessage.topic == "letter.event"))
        assert [message["seq"] for message in messages] == [2], "the loser woke nobody"


def test_an_answer_and_an_order_that_meet_leave_one_of_them(federation: Federation) -> None:
    letter = sent(federation)
    on(federation, "head@east", letter, "sign")
    answer = ("head@east", "answer", {"text": "同意街道意见"})
    order = ("leader@east", "order", {"text": "请限期办结", "due_on": "2026-03-20"})
    assert meet(federation, letter, answer, order) is ConflictError
    assert [event.action for event in view(federation, "head@street", letter).events] == ["send", "sign", "answer"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("head@east", "withdraw", {"text": "发函有误，收回重发"}), ("head@street", "sign", {})),
        (("head@street", "sign", {}), ("head@east", "withdraw", {"text": "发函有误，收回重发"})),
        (("head@street", "sign", {}), ("clerk@east", "progress", {"text": "补充当事人联系方式"})),
    ],
)
def test_two_unions_that_write_at_the_same_moment_leave_one_act_on_both_sides(
    federation: Federation, first: Act, second: Act
) -> None:
    letter = post(federation, "head@east", LetterKind.ORDER)
    assert meet(federation, letter, first, second) is ConflictError
    for login in ("head@east", "head@street"):
        assert [event.action for event in view(federation, login, letter).events] == ["send", first[1]]


def test_eight_hands_of_two_unions_lose_no_act_and_write_none_twice(federation: Federation) -> None:
    letter = post(federation, "head@east", LetterKind.ORDER)
    on(federation, "head@street", letter, "sign")
    barrier, written = threading.Barrier(8), list[str]()

    def run(login: str, number: int) -> None:
        barrier.wait(timeout=10)
        for attempt in range(40):
            try:
                on(federation, login, letter, "progress", text=f"第{number}人记录的进展")
                written.append(f"第{number}人记录的进展")
                return
            except ConflictError:
                time.sleep(0.005 * (attempt + number))

    logins = ["head@street", "head@east", "clerk@street", "clerk@east"] * 2
    threads = [threading.Thread(target=run, args=(login, number)) for number, login in enumerate(logins)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(written) == 8
    for login in ("head@east", "head@street"):
        events = view(federation, login, letter).events
        assert [event.seq for event in events] == list(range(1, 11))
        assert sorted(str(event.text) for event in events[2:]) == sorted(written)


def test_when_the_first_of_two_fails_the_second_goes_through(federation: Federation) -> None:
    letter = sent(federation)
    sign: Act = ("head@east", "sign", {})
    assert meet(federation, letter, sign, ("leader@east", "sign", {}), first_commits=False) is None
    assert [event.action for event in view(federation, "head@street", letter).events] == ["send", "sign"]


def test_of_six_free_runners_one_signs(federation: Federation) -> None:
    letter = sent(federation)
    barrier, outcomes = threading.Barrier(6), list[str]()

    def run() -> None:
        try:
            with federation.work("head@east") as work:
                barrier.wait(timeout=10)
                act(work, letter.id, "sign")
            outcomes.append("signed")
        except (ConflictError, IllegalTransitionError):
            outcomes.append("refused")

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(outcomes) == ["refused"] * 5 + ["signed"]
    assert len(view(federation, "head@street", letter).events) == 2


Act = tuple[str, str, dict[str, str]]


def meet(
    federation: Federation, letter: Letter, first: Act, second: Act, *, first_commits: bool = True
) -> type[Exception] | None:
    """Hold the first act open until the second waits for it in PostgreSQL; what became of the second."""
    outcome: list[type[Exception] | None] = []

    def run() -> None:
        try:
            on(federation, second[0], letter, second[1], **second[2])
            outcome.append(None)
        except LianxinError as error:
            outcome.append(type(error))

    thread = threading.Thread(target=run)
    with suppress(ZeroDivisionError), federation.work(first[0]) as work:
        act(work, letter.id, first[1], first[2])
        thread.start()
        until_somebody_waits(federation)
        if not first_commits:
            raise ZeroDivisionError
    thread.join(timeout=20)
    return outcome[0]


def until_somebody_waits(federation: Federation) -> None:
    """Return when a transaction of this database waits for another one. Other test workers share the server."""
    end = time.monotonic() + 10
    waiting = text(
        "select count(*) from pg_locks w where not w.granted and exists (select from pg_locks h where h.pid = w.pid"
        " and h.database = (select oid from pg_database where datname = current_database()))"
    )
    with federation.database.engine.connect() as connection:
        while time.monotonic() < end:
            if connection.scalar(waiting):
                return
            time.sleep(0.01)
    raise AssertionError("nobody waited")


def test_after_a_collision_the_losers_transaction_is_still_good(federation: Federation) -> None:
    letter = sent(federation)
    with federation.work("leader@east") as loser:
        loser.session.execute(text("select 1"))
        with federation.work("head@east") as winner:
            act(winner, letter.id, "sign")
        with pytest.raises(IllegalTransitionError):
            act(loser, letter.id, "sign")
        assert loser.session.scalars(select(func.count()).select_from(LetterEvent)).one() == 2
        assert loser.session.scalars(text("select current_setting('app.addressees', true)")).one() in (None, "")


def test_of_eight_who_send_one_case_upward_one_does(federation: Federation) -> None:
    case = federation.accepted()
    barrier, outcomes = threading.Barrier(8), list[str]()

    def run(login: str) -> None:
        try:
            with federation.work(login) as work:
                barrier.wait(timeout=10)
                escalate(work, case.number, reason=REASON, request=REQUEST)
            outcomes.append("sent")
        except (ConflictError, IllegalTransitionError):
            outcomes.append("refused")

    threads = [threading.Thread(target=run, args=(f"{name}@street",)) for name in ("head", "leader") * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(outcomes) == ["refused"] * 7 + ["sent"]
    for slug in ("street", "east"):
        with federation.work_as_system(slug) as work:
            assert work.session.scalars(select(func.count()).select_from(Letter)).one() == 1
