"""A cookie or a token that was copied is refused from the moment its session ends, whatever ended it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from access.roles import Role
from tenants.accounts import reset_password, set_active, set_roles
from tests.builders import PASSWORD, Federation
from tests.web.clients import bearer, cookie_of, is_in, login, post

End = Callable[[FlaskClient, Federation], Any]


def _logout(client: FlaskClient, federation: Federation) -> None:
    assert post(client, "/logout/").status_code == 302


def _own_password_change(client: FlaskClient, federation: Federation) -> None:
    fields = {"old": PASSWORD, "password": "Neues-Passwort-2", "repeat": "Neues-Passwort-2"}
    assert post(client, "/password", fields).status_code == 302
    assert is_in(client), "the browser that changed the password goes on"


def _password_reset(client: FlaskClient, federation: Federation) -> None:
    with federation.work_as_system("street") as work:
        reset_password(work, federation.users["head@street"].id, "Anderes-Passwort-3")


def _deactivation(client: FlaskClient, federation: Federation) -> None:
    with federation.work("admin@street") as work:
        set_active(work, federation.users["head@street"].id, active=False)


def _deactivation_and_return(client: FlaskClient, federation: Federation) -> None:
    for active in (False, True):
        with federation.work_as_system("street") as work:
            set_active(work, federation.users["head@street"].id, active=active)


def _role_removal(client: FlaskClient, federation: Federation) -> None:
    with federation.work("admin@street") as work:
        set_roles(work, federation.users["head@street"].id, (Role.CLERK,))


def _suspension(client: FlaskClient, federation: Federation) -> None:
    with federation.database.transaction(0) as session:
        session.execute(text("update tenants set status = 'suspended' where slug = 'street'"))


def _closure(client: FlaskClient, federation: Federation) -> None:
    with federation.database.transaction(0) as session:
        session.execute(text("update tenants set status = 'closed' where slug = 'street'"))


ENDS: list[End] = [
    _logout,
    _own_password_change,
    _password_reset,
    _deactivation,
    _deactivation_and_return,
    _role_removal,
    _suspension,
    _closure,
]


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__.strip("_"))
def test_a_copied_cookie_is_refused_after(end: End, app: Flask, client: FlaskClient, federation: Federation) -> None:
    login(client, "head@street")
    copy = app.test_client()
    copy.set_cookie("lianxin", cookie_of(client))
    assert is_in(copy)
    end(client, federation)
    assert not is_in(copy)
    assert copy.get("/api/v1/cases").status_code == 401


@pytest.mark.parametrize("end", ENDS[1:], ids=lambda end: end.__name__.strip("_"))
def test_a_copied_token_is_refused_after(end: End, client: FlaskClient, federation: Federation) -> None:
    headers = bearer(client, "head@street")
    login(client, "head@street")
    assert is_in(client, headers)
    end(client, federation)
    assert not is_in(client, headers)
    assert client.get("/api/v1/cases", headers=headers).status_code == 401


def test_a_token_is_refused_after_its_own_logout_and_others_stay(client: FlaskClient) -> None:
    first, second = bearer(client, "head@street"), bearer(client, "head@street")
    assert client.post("/logout/", headers=first).status_code == 204
    assert not is_in(client, first)
    assert is_in(client, second)


def test_a_session_of_one_union_is_worth_nothing_in_another(
    app: Flask, client: FlaskClient, federation: Federation
) -> None:
    """The ticket is signed, so this can only happen to somebody who has the key; the wall holds even then."""
    login(client, "head@street")
    with client.session_transaction() as session:
        tenant, user, row = session["_user_id"].split(".")
        assert int(tenant) == federation.ids["street"]
        session["_user_id"] = f"{federation.ids['east']}.{user}.{row}"
    assert not is_in(client)


@pytest.mark.parametrize("ticket", ["", "1", "1.2.3", "x.y.z", "1..", "-1.00.00", "9" * 30 + ".0.0", "1.2.3.4"])
def test_a_malformed_ticket_is_nobody(client: FlaskClient, ticket: str) -> None:
    with client.session_transaction() as session:
        session["_user_id"] = ticket
    assert not is_in(client)
