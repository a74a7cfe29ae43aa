"""Acts of two: nobody becomes a leader, and no leader's account is reached, by one administrator's hand."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

import pytest
from sqlalchemy import select, text

from access.passwords import verify
from access.queries import roles_of
from access.roles import ELEVATED, Role
from kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from tenants import requests
from tenants.accounts import create_user, get_user, reset_password, set_active, set_roles
from tenants.house import AccountRequest
from tests.builders import PASSWORD, Federation, cached_hash

WHY = "岗位调整，书面批准"


def roles(federation: Federation, login: str) -> frozenset[Role]:
    user = federation.users[login]
    with federation.database.transaction(user.tenant_id) as session:
        return roles_of(session, user.id)


def asked(federation: Federation, login: str, wanted: Iterable[Role]) -> AccountRequest:
    with federation.work("admin@street") as work:
        found = requests.change_roles(work, federation.users[login].id, wanted, reason=WHY)
    assert found is not None
    return found


def decided(federation: Federation, who: str, what: Any, request: AccountRequest) -> Any:
    with federation.work(who) as work:
        return what(work, request.id)


@pytest.mark.parametrize("role", sorted(ELEVATED))
def test_an_elevated_role_is_asked_for_by_one_and_given_by_another(federation: Federation, role: Role) -> None:
    request = asked(federation, "clerk@street", (role,))
    assert roles(federation, "clerk@street") == {Role.CLERK}, "nothing holds before the second person agreed"
    decided(federation, "security@street", requests.approve, request)
    assert roles(federation, "clerk@street") == {role}


def test_no_single_administrator_gets_past_the_second_person(federation: Federation) -> None:
    clerk, leader = federation.users["clerk@street"].id, federation.users["leader@street"].id
    security = federation.users["security@street"].id
    acts: tuple[Any, ...] = (
        lambda work: set_roles(work, clerk, (Role.LEADER,)),
        lambda work: set_roles(work, clerk, (Role.SECURITY_ADMIN,)),
        lambda work: set_roles(work, security, (Role.CLERK,)),
        lambda work: set_active(work, security, active=False),
        lambda work: reset_password(work, leader, "Taken-Over-2026"),
        lambda work: reset_password(work, security, "Taken-Over-2026"),
        lambda work: create_user(
            work, username="boss", display_name="甲", password=PASSWORD, roles=(Role.LEADER,), hasher=cached_hash
        ),
    )
    for act in acts:
        with pytest.raises(ForbiddenError, match="安全管理员确认"), federation.work("admin@street") as work:
            act(work)
    assert roles(federation, "security@street") == {Role.SECURITY_ADMIN}


def test_neither_half_of_a_password_opens_a_leader_s_account(federation: Federation) -> None:
    leader = federation.users["leader@street"].id
    with federation.work("admin@street") as work:
        request, first = requests.ask_password(work, leader, WHY)
        assert verify(get_user(work, leader).password_hash, PASSWORD), "the old one holds until it is confirmed"
    with federation.work("security@street") as work:
        row, second = requests.approve(work, request.id)
        assert row.half_sealed is None and second is not None
        stored = get_user(work, leader).password_hash
        assert get_user(work, leader).must_change_password
    assert verify(stored, f"{first}-{second}")
    assert not any(verify(stored, half) for half in (first, second, f"{second}-{first}", PASSWORD))
    with federation.database.transaction(federation.ids["street"]) as session:
        kept = session.scalar(text("select string_agg(data::text, ' ') from audit_events"))
    assert first not in kept and second not in kept


def test_the_asker_never_decides_and_nobody_decides_about_themselves(federation: Federation) -> None:
    request = asked(federation, "clerk@street", (Role.LEADER,))
    for who in ("admin@street", "auditor@street", "leader@street"):
        with pytest.raises(ForbiddenError):
            decided(federation, who, requests.approve, request)
    with pytest.raises(NotFoundError):
        decided(federation, "security@east", requests.approve, request)
    with federation.work("admin@street") as work:
        own = requests.change_active(work, federation.users["security@street"].id, active=False, reason=WHY)
    assert own is not None
    with pytest.raises(ForbiddenError, match="关于自己"):
        decided(federation, "security@street", requests.approve, own)
    with pytest.raises(ForbiddenError):
        decided(federation, "security@street", requests.withdraw, own)


def test_a_request_is_decided_once_whoever_is_first(federation: Federation) -> None:
    request = asked(federation, "clerk@street", (Role.LEADER,))
    gate, told = threading.Barrier(2), []

    def act(what: Any) -> None:
        gate.wait()
        try:
            decided(federation, "security@street", what, request)
            told.append(what.__name__)
        except ConflictError:
            told.append("conflict")

    people = [threading.Thread(target=act, args=(what,)) for what in (requests.approve, requests.refuse)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert "conflict" in told and len(set(told)) == 2
    assert (roles(federation, "clerk@street") == {Role.LEADER}) is ("approve" in told)


def test_refused_and_withdrawn_requests_change_nothing_and_stay_on_record(federation: Federation) -> None:
    decided(federation, "security@street", requests.refuse, asked(federation, "clerk@street", (Role.LEADER,)))
    decided(federation, "admin@street", requests.withdraw, asked(federation, "clerk@street", (Role.LEADER,)))
    assert roles(federation, "clerk@street") == {Role.CLERK}
    with federation.work("auditor@street") as work:
        assert {row.status for row in requests.page(work)} == {"refused", "withdrawn"}
    with federation.database.transaction(federation.ids["street"]) as session:
        told = session.scalars(
            text("select action from audit_events where action like 'request:%' order by seq")
        ).all()
    assert told == ["request:ask", "request:refused", "request:ask", "request:withdrawn"]


def test_a_second_request_of_a_kind_waits_for_the_first(federation: Federation) -> None:
    asked(federation, "clerk@street", (Role.LEADER,))
    with pytest.raises(InvalidError, match="已在等待确认"):
        asked(federation, "clerk@street", (Role.OFFICE_HEAD,))
    with pytest.raises(InvalidError, match="申请理由"), federation.work("admin@street") as work:
        requests.change_roles(work, federation.users["handler@street"].id, (Role.LEADER,), reason=" ")


def test_a_new_account_begins_with_what_one_person_may_give(federation: Federation) -> None:
    with federation.work("admin@street") as work:
        user, waiting = requests.open_account(
            work, username="deputy", display_name="乙", password=PASSWORD, roles=(Role.CLERK, Role.OFFICE_HEAD)
        )
        assert roles_of(work.session, user.id) == {Role.CLERK} and waiting is not None
        boss, _waiting = requests.open_account(
            work, username="boss", display_name="丙", password=PASSWORD, roles=(Role.LEADER,)
        )
        assert roles_of(work.session, boss.id) == frozenset()
    decided(federation, "security@street", requests.approve, waiting)
    with federation.database.transaction(federation.ids["street"]) as session:
        assert roles_of(session, user.id) == {Role.CLERK, Role.OFFICE_HEAD}


def test_a_union_without_a_security_administrator_begins_alone(federation: Federation) -> None:
    with federation.work_as_system("street") as work:
        set_active(work, federation.users["security@street"].id, active=False)
    with federation.work("admin@street") as work:
        made, waiting = requests.open_account(
            work, username="guard", display_name="丁", password=PASSWORD, roles=(Role.SECURITY_ADMIN,)
        )
        assert waiting is None and roles_of(work.session, made.id) == {Role.SECURITY_ADMIN}
    with pytest.raises(ForbiddenError), federation.work("admin@street") as work:
        set_active(work, made.id, active=False)


def test_the_half_at_rest_is_encrypted_and_gone_afterwards(federation: Federation) -> None:
    leader = federation.users["leader@street"].id
    with federation.work("admin@street") as work:
        request, half = requests.ask_password(work, leader, WHY)
        stored = work.session.scalars(select(AccountRequest.half_sealed)).one()
        assert stored and half.encode() not in stored
    decided(federation, "security@street", requests.refuse, request)
    with federation.database.transaction(federation.ids["street"]) as session:
        assert session.scalars(select(AccountRequest.half_sealed)).one() is None
