"""What waits for somebody is counted in one statement, and for that somebody only."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, event

from access.roles import Role
from dispatches import badges
from dispatches.badges import Badges
from dispatches.copies import waiting
from dispatches.drafts import Draft
from dispatches.kinds import LetterKind
from dispatches.sending import send
from notices.tasks import open_task
from tenants import requests
from tests.builders import Federation
from tests.measures.conftest import superuser

__all__ = ["superuser"]


def of(federation: Federation, login: str) -> Badges:
    """The badges of a person, which cost one statement."""
    with federation.work(login) as work:
        work.session.connection()
        paid: list[str] = []

        def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
            paid.append(statement)

        event.listen(federation.database.engine, "before_cursor_execute", note)
        try:
            found = badges.of(work)
        finally:
            event.remove(federation.database.engine, "before_cursor_execute", note)
        assert len(paid) == 1
        return found


def test_nothing_waits_at_first(federation: Federation) -> None:
    for login in ("head@street", "handler@street", "admin@street", "security@street", "root@platform"):
        assert of(federation, login) == Badges()


def test_a_letter_waits_for_the_side_that_has_the_next_step(federation: Federation) -> None:
    draft = Draft(
        LetterKind.ORDER,
        federation.ids["street"],
        subject="交办一件信访事项",
        reason="请依法办理",
        request="按期报送办结报告",
        due_on=date(2026, 3, 20),
    )
    with federation.work("head@east") as work:
        send(work, draft)
    assert of(federation, "head@street").letters == 1
    for login in ("head@east", "handler@street", "head@west", "admin@street"):
        assert of(federation, login).letters == 0
    for login in ("head@street", "head@east"):
        with federation.work(login) as work:
            assert badges.of(work).letters == len(waiting(work)), "as many as the desk shows"


@pytest.mark.parametrize(("login", "count"), [("supervisor@street", 1), ("head@street", 0), ("supervisor@east", 0)])
def test_a_task_waits_for_its_role_in_its_own_union(federation: Federation, login: str, count: int) -> None:
    with federation.work_as_system("street") as work:
        open_task(work, kind="note", title="需要处理", link="/", role=Role.SUPERVISOR, key="one")
    assert of(federation, login).tasks == count


def test_a_request_waits_for_the_second_person_as_a_number_and_as_a_task(federation: Federation) -> None:
    with federation.work("admin@street") as work:
        row = requests.change_roles(work, federation.users["clerk@street"].id, (Role.LEADER,), reason="分管领导调整")
    assert row is not None
    assert of(federation, "security@street") == Badges(tasks=1, requests=1)
    assert of(federation, "admin@street") == Badges(), "who asked does not wait for oneself"
    with federation.work("security@street") as work:
        requests.refuse(work, row.id)
    assert of(federation, "security@street") == Badges()


def test_the_case_of_a_letter_is_looked_up_and_never_searched_for(federation: Federation, superuser: Engine) -> None:
    """Row-level security lets an index serve only conditions that cannot leak: a COALESCE cost 600 ms a page."""
    with superuser.begin() as connection:
        # In a handful of rows any way is as good as another; of 3,000 one is looked up by its key, if it can be.
        connection.exec_driver_sql(
            "insert into cases (tenant_id, id, number, title, content, channel, status, received_on, registered_at, "
            "version) select 2, uuidv7(), '测' || n, '标题', '内容', 'visit', 'registered', '2026-03-01', now(), 1 "
            "from generate_series(1, 3000) n"
        )
        connection.exec_driver_sql("analyze cases")

    def explain(_conn: object, _cursor: object, statement: str, parameters: object, *_rest: object) -> Any:
        return "explain " + statement, parameters

    engine = federation.database.engine
    with federation.work("head@east") as work:
        # The transaction's own SET LOCAL is no statement of the badges.
        work.session.connection()
        event.listen(engine, "before_cursor_execute", explain, retval=True)
        try:
            found = work.session.connection().execute(badges._statement(work.actor), {"since": work.clock.now()})
            plan = "\n".join(row[0] for row in found.cursor.fetchall())
        finally:
            event.remove(engine, "before_cursor_execute", explain)
    assert re.search(r"using \w+ on cases.*\n\s+Index Cond: .*\(id = ", plan), plan
