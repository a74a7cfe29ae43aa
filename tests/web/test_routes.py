"""Nobody forgets the guard, and the guard costs two statements."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

import admin
from doorway.guard import MARK
from tests.builders import Federation
from tests.web.clients import login
from web.security.permissions import OPEN_ENDPOINTS

#: Static folders hold nothing of anybody.
_FILES = (".static",)


def test_every_route_carries_a_guard_or_is_listed_as_open(app: Flask) -> None:
    unguarded = {
        endpoint
        for endpoint, view in app.view_functions.items()
        if getattr(view, MARK, None) is None and not endpoint.endswith(_FILES)
    }
    assert unguarded <= set(OPEN_ENDPOINTS), unguarded - set(OPEN_ENDPOINTS)


def test_the_list_of_open_routes_names_nothing_that_is_gone(app: Flask) -> None:
    assert set(OPEN_ENDPOINTS) <= set(app.view_functions)


def test_flask_appbuilder_brings_no_screens_of_its_own_and_no_tables(app: Flask) -> None:
    names = {type(view).__name__ for view in app.extensions["appbuilder"].baseviews}
    ours = {view.__name__ for view in admin.views()}
    assert names - ours == {"HomeView", "UtilView", "LocaleView", "TokenApi", "LoginView"}
    registers = {"BodyView", "MediatorView"}
    assert ours == {"UserView", "DepartmentView", "RouteView", "DelegationView", "CodeView", *registers}
    assert "sqlalchemy" not in app.extensions


def test_a_stranger_gets_nowhere(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context():
        pages = [
            rule.rule
            for rule in app.url_map.iter_rules()
            if "GET" in (rule.methods or ())
            and not rule.arguments
            and rule.endpoint not in OPEN_ENDPOINTS
            and getattr(app.view_functions[rule.endpoint], MARK, None) != "public"
        ]
    assert len(pages) > 10
    for page in pages:
        answer = client.get(page, follow_redirects=True)
        assert answer.status_code == 401 or (answer.request.path, answer.status_code) == ("/login/", 200), page


def test_knowing_who_is_there_costs_two_statements(app: Flask, client: FlaskClient, federation: Federation) -> None:
    login(client, "head@street")
    statements: list[str] = []

    def note(_conn, _cursor, statement, *_rest) -> None:
        if not statement.startswith("SET LOCAL"):
            statements.append(statement)

    engine = app.extensions["lianxin"].database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert client.get("/lang/zh").status_code == 302
        assert len(statements) == 2, statements
        assert not [statement for statement in statements if "ab_" in statement]
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_a_language_without_a_catalogue_is_not_offered(client: FlaskClient, federation: Federation) -> None:
    login(client, "head@street")
    assert client.get("/lang/en").status_code == 404
    assert "我的待办" in client.get("/desk/").text


def test_files_and_health_ask_the_database_nothing(app: Flask, client: FlaskClient) -> None:
    login(client, "head@street")
    statements: list[str] = []

    def note(_conn, _cursor, statement, *_rest) -> None:
        statements.append(statement)

    engine = app.extensions["lianxin"].database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        for path in ("/static/login.css", "/static/doorway/app.css", "/healthz"):
            assert client.get(path, buffered=True).status_code == 200, path
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert statements == []


def test_metrics_ask_for_the_age_of_the_duties_and_nothing_else(app: Flask, client: FlaskClient) -> None:
    statements: list[str] = []

    def note(_conn, _cursor, statement, *_rest) -> None:
        statements.append(statement)

    engine = app.extensions["lianxin"].database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert client.get("/metrics").status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert [each for each in statements if not each.startswith("SET LOCAL")] == [statements[-1]]
    assert "heartbeats" in statements[-1]
