"""One rule for list and object: whatever a list shows can be opened, and nothing else can."""

from __future__ import annotations

from contextlib import suppress

import pytest

from access.roles import CASE_ROLES, THREE_ADMINS, Role
from cases import policy, queries
from cases.models import Case
from cases.queries import Filter
from cases.services import get
from kernel.errors import NotFoundError
from tests.builders import Federation

LOGINS = ("clerk", "handler", "head", "leader", "supervisor", "admin", "security", "auditor")


@pytest.fixture
def cases(federation: Federation) -> dict[str, Case]:
    """An open case, one in the handler's hands, one that the handler received, and a sealed one."""
    made = {"open": federation.register(), "mine": federation.accepted()}
    made["received"] = federation.register("handler@street")
    sealed = federation.register()
    federation.act("clerk@street", sealed.number, "triage", purpose="report", category="13.01", tier="hard")
    made["sealed"] = sealed
    return made


#: Who sees which of the four.
SEES: dict[str, set[str]] = {
    "clerk": {"open", "mine", "received"},
    "supervisor": {"open", "mine", "received"},
    "head": {"open", "mine", "received", "sealed"},
    "leader": {"open", "mine", "received", "sealed"},
    "handler": {"mine", "received"},
    "admin": set(),
    "security": set(),
    "auditor": set(),
}


@pytest.mark.parametrize("name", LOGINS)
def test_list_page_object_queue_and_counts_agree(federation: Federation, cases: dict[str, Case], name: str) -> None:
    with federation.work(f"{name}@street") as work:
        listed = {case.id for case in queries.newest(work, Filter()).cases}
        opened, fetched = set(), set()
        for case in cases.values():
            with suppress(NotFoundError):
                opened.add(queries.file(work, case.number).case.id)
            with suppress(NotFoundError):
                fetched.add(get(work, case.id).id)
        assert {case.id for case in queries.todo(work)} <= listed
        assert queries.counts(work)["open"] == len(listed)
    assert listed == opened == fetched == {cases[key].id for key in SEES[name]}


@pytest.mark.parametrize("login", ["head@east", "head@city", "head@west", "root@platform"])
def test_neither_a_superior_nor_a_sibling_nor_the_platform_sees_a_case(
    federation: Federation, cases: dict[str, Case], login: str
) -> None:
    with federation.work(login) as work:
        assert queries.newest(work, Filter()).cases == []
        for case in cases.values():
            with pytest.raises(NotFoundError):
                queries.file(work, case.number)


def test_every_role_is_thought_of() -> None:
    seeing = policy.SEE_SEALED | policy.SEE_OPEN_FILES | {Role.HANDLER}
    assert seeing == CASE_ROLES | {Role.SYSTEM}
    assert not seeing & (THREE_ADMINS | {Role.PLATFORM_ADMIN})


def test_a_person_of_two_roles_sees_what_either_sees(federation: Federation, cases: dict[str, Case]) -> None:
    from tenants.accounts import set_roles

    with federation.work("admin@street") as work:
        set_roles(work, federation.users["handler@street"].id, (Role.HANDLER, Role.SUPERVISOR))
    with federation.work("handler@street") as work:
        listed = {case.id for case in queries.newest(work, Filter()).cases}
    assert listed == {cases[key].id for key in SEES["supervisor"]}
