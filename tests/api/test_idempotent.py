"""A request that is sent again has one effect and one answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256

from flask import Flask
from sqlalchemy import create_engine, func, select, text

from cases.models import Case
from kernel.idempotency import IdempotencyKey, claim, purge
from tests.api.conftest import ROOT, Machine, petition, refused
from tests.builders import Federation
from tests.conftest import Stage

Machines = Callable[[str], Machine]


def cases(federation: Federation, slug: str = "street") -> int:
    """How many cases a union has."""
    with federation.work_as_system(slug) as work:
        return work.session.scalars(select(func.count()).select_from(Case)).one()


def test_the_second_answer_is_the_first_one(federation: Federation, machine: Machines) -> None:
    clerk = machine("clerk@street")
    first = clerk.post("/cases", petition(), key="a-1")
    second = clerk.post("/cases", petition(), key="a-1")
    assert (second.status_code, second.data) == (first.status_code, first.data) == (201, first.data)
    assert second.headers["Location"] == first.headers["Location"]
    assert (first.headers.get("Idempotency-Replayed"), second.headers["Idempotency-Replayed"]) == (None, "true")
    assert cases(federation) == 1


def test_without_a_key_or_with_another_one_it_is_another_case(federation: Federation, machine: Machines) -> None:
    clerk = machine("clerk@street")
    numbers = {clerk.post("/cases", petition(), key=key).json["number"] for key in (None, None, "a", "b")}
    assert len(numbers) == cases(federation) == 4


def test_the_order_of_an_objects_members_makes_no_other_request(federation: Federation, machine: Machines) -> None:
    clerk, body = machine("clerk@street"), petition()
    first = clerk.post("/cases", body, key="k")
    again = clerk.post("/cases", dict(reversed(body.items())), key="k")
    assert again.data == first.data
    assert cases(federation) == 1


def test_a_key_with_another_body_or_path_is_refused(federation: Federation, machine: Machines) -> None:
    clerk = machine("clerk@street")
    number = clerk.post("/cases", petition(), key="k").json["number"]
    assert refused(clerk.post("/cases", petition(title="另一件事"), key="k"), 422)["code"] == "idempotency_key_reused"
    other_path = clerk.post(f"/cases/{number}/actions", {"action": "note", "data": {"note": "记录"}}, key="k")
    assert refused(other_path, 422)["code"] == "idempotency_key_reused"
    assert cases(federation) == 1


def test_a_refused_request_leaves_its_key_free(federation: Federation, machine: Machines) -> None:
    clerk = machine("clerk@street")
    refused(clerk.post("/cases", petition(received_on="2026-03-09"), key="k"), 422)
    assert clerk.post("/cases", petition(), key="k").status_code == 201


def test_keys_of_two_people_never_meet(federation: Federation, machine: Machines) -> None:
    for login in ("clerk@street", "head@street", "clerk@west"):
        assert machine(login).post("/cases", petition(), key="k").status_code == 201
    assert (cases(federation), cases(federation, "west")) == (2, 1)


def test_a_malformed_key_is_refused(federation: Federation, machine: Machines) -> None:
    clerk = machine("clerk@street")
    for key in ("", "x" * 256, "键", "a\tb"):
        answer = clerk.client.post(ROOT + "/cases", json=petition(), headers=clerk.headers | {"Idempotency-Key": key})
        assert set(refused(answer, 422)["errors"]) == {"Idempotency-Key"}
    assert cases(federation) == 0


def test_actions_are_repeated_safely_too(federation: Federation, machine: Machines) -> None:
    case = federation.accepted()
    head = machine("head@street")
    body = {"action": "escalate", "data": {"reason": "街道无力协调", "request": "请区总牵头约谈"}}
    first = head.post(f"/cases/{case.number}/actions", body, key="k")
    second = head.post(f"/cases/{case.number}/actions", body, key="k")
    assert first.status_code == 200, first.text
    assert second.data == first.data
    assert len(head.get("/dispatches").json["dispatches"]) == 1


Answers = list[tuple[int, bytes]]


def together(app: Flask, headers: dict[str, str], count: int) -> tuple[list[threading.Thread], Answers]:
    """Start equal posts of one key at once; the answers come into the list."""
    answers: Answers = []
    barrier = threading.Barrier(count)

    def run() -> None:
        client = app.test_client()
        barrier.wait(timeout=10)
        answer = client.post(ROOT + "/cases", json=petition(), headers=headers | {"Idempotency-Key": "together"})
        answers.append((answer.status_code, answer.data))

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads, answers


def test_eight_equal_posts_at_once_are_one_case_and_one_answer(
    federation: Federation, app: Flask, machine: Machines
) -> None:
    threads, answers = together(app, machine("clerk@street").headers, 8)
    for thread in threads:
        thread.join(timeout=30)
    assert len(answers) == 8
    assert len(set(answers)) == 1
    assert answers[0][0] == 201
    assert cases(federation) == 1


def test_when_the_first_request_dies_in_the_middle_one_of_the_waiting_does_the_work(
    federation: Federation, stage: Stage, app: Flask, machine: Machines
) -> None:
    clerk = machine("clerk@street")
    admin = create_engine(stage.admin_url or "", isolation_level="AUTOCOMMIT")
    session = federation.database.session(federation.ids["street"])
    user_key = str(federation.users["clerk@street"].id)
    digest = sha256(b"what the dead one wanted").digest()
    assert claim(session, user_key=user_key, key="together", request_hash=digest) is None
    backend = session.scalar(text("select pg_backend_pid()"))
    threads, answers = together(app, clerk.headers, 8)
    with admin.connect() as connection:
        end = time.monotonic() + 10
        # Of this worker's database only: other test workers share the server.
        waiting = text("select count(*) from pg_stat_activity where datname = :mine and wait_event_type = 'Lock'")
        mine = {"mine": federation.database.engine.url.database}
        while connection.scalar(waiting, mine) < 8 and time.monotonic() < end:
            time.sleep(0.02)
        connection.execute(text("select pg_terminate_backend(:pid)"), {"pid": backend})
    for thread in threads:
        thread.join(timeout=30)
    session.connection().invalidate()
    session.close()
    admin.dispose()
    assert len(set(answers)) == 1 and len(answers) == 8
    assert answers[0][0] == 201
    assert cases(federation) == 1


def test_answers_are_kept_a_day_and_purged_in_the_own_union_only(federation: Federation, machine: Machines) -> None:
    for login in ("clerk@street", "clerk@west"):
        machine(login).post("/cases", petition(), key="k")

    def kept(slug: str) -> int:
        with federation.work_as_system(slug) as work:
            return work.session.scalars(select(func.count()).select_from(IdempotencyKey)).one()

    with federation.work_as_system("street") as work:
        purge(work.session, older_than=timedelta(hours=24))
    assert kept("street") == 1
    with federation.work_as_system("street") as work:
        purge(work.session, older_than=timedelta(0))
    assert (kept("street"), kept("west")) == (0, 1)
