"""A task waits for its role until somebody closes it with a word, and is never made twice or lost."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import ProgrammingError

from access.models import User
from access.roles import Role
from audit.models import AuditEvent
from kernel.errors import ConflictError, InvalidError, NotFoundError
from notices.models import Task
from notices.tasks import ask_for_holder, close_by_key, close_task, count_for, open_for, open_task, vacant
from tests.builders import Federation


def leave(federation: Federation, slug: str = "street", **changes: object) -> Task:
    fields: dict[str, object] = {
        "kind": "rule",
        "title": "疑难件需要呈报上级，请核实",
        "link": "/desk/",
        "role": Role.OFFICE_HEAD,
        "key": "hard:1",
    }
    with federation.work_as_system(slug) as work:
        return open_task(work, **(fields | changes))  # type: ignore[arg-type]


def seen(federation: Federation, login: str) -> list[str]:
    with federation.work(login) as work:
        assert count_for(work.session, work.actor) == len(open_for(work.session, work.actor))
        return [task.key for task in open_for(work.session, work.actor)]


def actions(federation: Federation, slug: str = "street") -> Iterator[str]:
    with federation.work_as_system(slug) as work:
        yield from work.session.scalars(
            select(AuditEvent.action).where(AuditEvent.subject_type == "task").order_by(AuditEvent.seq)
        )


def test_a_task_is_seen_by_its_role_in_its_own_union_and_by_nobody_else(federation: Federation) -> None:
    leave(federation)
    assert seen(federation, "head@street") == ["hard:1"]
    assert seen(federation, "clerk@street") == seen(federation, "admin@street") == seen(federation, "head@east") == []


def test_a_task_for_a_person_is_seen_by_that_person_and_by_the_role_behind(federation: Federation) -> None:
    leave(federation, user_id=federation.users["handler@street"].id)
    assert seen(federation, "handler@street") == seen(federation, "head@street") == ["hard:1"]
    assert seen(federation, "clerk@street") == []


def test_the_same_cause_leaves_one_open_task_and_one_event(federation: Federation) -> None:
    first, second = leave(federation), leave(federation, title="另一句话")
    assert first.id == second.id
    assert seen(federation, "head@street") == ["hard:1"]
    assert list(actions(federation)) == ["task:open"]


def test_two_evaluations_at_once_leave_one_task(federation: Federation) -> None:
    barrier = Barrier(2)

    def evaluate(_number: int) -> object:
        with federation.work_as_system("street") as work:
            barrier.wait(10)
            return open_task(work, kind="rule", title="需要处理", link="/", role=Role.OFFICE_HEAD, key="same").id

    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(evaluate, range(2)))) == 1
    assert seen(federation, "head@street") == ["same"]


def test_closing_needs_a_word_and_is_an_event_without_it(federation: Federation) -> None:
    task = leave(federation)
    with federation.work("head@street") as work, pytest.raises(InvalidError) as refused:
        close_task(work, task.id, " ")
    assert "resolution" in refused.value.fields
    with federation.work("head@street") as work:
        closed = close_task(work, task.id, "已电话报告市总工会")
        assert (closed.done_by, closed.resolution) == (work.actor.user_id, "已电话报告市总工会")
    assert seen(federation, "head@street") == []
    assert list(actions(federation)) == ["task:open", "task:close"]
    with federation.work_as_system("street") as work:
        last = work.session.scalars(select(AuditEvent).where(AuditEvent.action == "task:close")).one()
        assert "电话" not in str(last.data)
        assert last.data["from"] == "open"


def test_a_closed_cause_that_comes_back_opens_a_new_task(federation: Federation) -> None:
    with federation.work("head@street") as work:
        first = leave(federation)
        close_task(work, first.id, "已处理完毕")
    assert leave(federation).id != first.id


def test_the_second_to_close_is_told_and_changes_nothing(federation: Federation) -> None:
    task = leave(federation)
    with federation.work("head@street") as work:
        close_task(work, task.id, "第一个人的话")
    with federation.work("head@street") as work, pytest.raises(ConflictError):
        close_task(work, task.id, "第二个人的话")
    with federation.work_as_system("street") as work:
        assert work.session.scalars(select(Task.resolution)).one() == "第一个人的话"


def test_nobody_closes_a_task_of_another_role_or_of_another_union(federation: Federation) -> None:
    task = leave(federation)
    for login in ("clerk@street", "admin@street", "head@east"):
        with federation.work(login) as work, pytest.raises(NotFoundError):
            close_task(work, task.id, "越权关闭")
    assert seen(federation, "head@street") == ["hard:1"]


def test_the_system_closes_a_task_whose_cause_is_gone(federation: Federation) -> None:
    leave(federation)
    with federation.work_as_system("street") as work:
        closed = close_by_key(work, "hard:1", "上级已恢复使用")
        assert closed is not None
        assert closed.done_by is None
        assert close_by_key(work, "hard:1", "再来一次") is None
    assert seen(federation, "head@street") == []


def test_a_task_for_a_role_without_holders_asks_the_administrator_for_one(federation: Federation) -> None:
    with federation.work_as_system("street") as work:
        work.session.execute(update(User).where(User.username == "head").values(active=False))
    leave(federation)
    assert seen(federation, "admin@street") == ["role:office_head"]


def test_a_role_that_loses_its_last_holder_while_tasks_wait_is_noticed(federation: Federation) -> None:
    leave(federation)
    with federation.work_as_system("street") as work:
        assert vacant(work.session) == []
        work.session.execute(update(User).where(User.username == "head").values(active=False))
        assert vacant(work.session) == [Role.OFFICE_HEAD]
        ask_for_holder(work, Role.OFFICE_HEAD)
    assert seen(federation, "admin@street") == ["role:office_head"]


@pytest.mark.parametrize(
    "statement", [delete(Task), update(Task).values(title="改写"), update(Task).values(role="x")]
)
def test_no_task_can_be_removed_or_rewritten_by_the_application(federation: Federation, statement: object) -> None:
    leave(federation)
    with pytest.raises(ProgrammingError), federation.work_as_system("street") as work:
        work.session.execute(statement)  # type: ignore[call-overload]
