"""The matrix is worth something only if it would notice: here the wall is taken down and it does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.leaks.catalogue import tenant_tables
from tests.leaks.matrix.harness import RELATIONS, SLUG, Asker, case_words, cases, foreign_words
from tests.leaks.matrix.test_routes import app, asker, login_of
from tests.leaks.test_filter import without_filter
from tests.leaks.twins import Twins

__all__ = ["app", "asker"]

pytestmark = pytest.mark.xdist_group("twins")


@contextmanager
def without_row_level_security(twins: Twins) -> Iterator[None]:
    """Every table of the twins' own database open to the application role; put back afterwards."""
    with twins.superuser.begin() as connection:
        for table in tenant_tables():
            connection.exec_driver_sql(f"alter table {table} disable row level security")
    try:
        yield
    finally:
        with twins.superuser.begin() as connection:
            for table in tenant_tables():
                connection.exec_driver_sql(f"alter table {table} enable row level security")


def leaks(asker: Asker) -> set[str]:
    """Routes on which the matrix sees something foreign, reading only."""
    seen = set()
    for case in cases(asker.app):
        if case.method != "GET" or case.row.who is None or case.row.only_foreign:
            continue
        who = login_of(case)
        for relation in RELATIONS if case.identified else ():
            for theirs in asker.foreign(case, relation):
                answer = asker.ask(case, who, theirs)
                if answer.status_code == 200 or foreign_words(answer, of=(SLUG[relation],)):
                    seen.add(str(case))
        if foreign_words(asker.ask(case, who, asker.own(case))):
            seen.add(str(case))
    return seen


def test_either_half_of_the_wall_holds_alone_and_without_both_the_matrix_sees_it(asker: Asker, twins: Twins) -> None:
    # Both together: test_routes.py.
    with without_filter():
        assert leaks(asker) == set(), "row-level security alone"
    with without_row_level_security(twins):
        assert leaks(asker) == set(), "the session's filter alone"
        with without_filter():
            seen = leaks(asker)
    assert len(seen) >= 5, seen
    assert foreign_words(asker.browser("head@east")[0].get("/cases/")) == [], "everything is back in its place"


def test_a_word_of_a_case_is_seen_in_every_spelling_that_a_page_may_use(asker: Asker, twins: Twins) -> None:
    page = asker.browser("head@west")[0].get("/cases/")
    assert foreign_words(page) == ["标记西方"] or "标记西方" in foreign_words(page)
    machine = asker.app.test_client().get("/api/v1/cases", headers=asker.bearer("head@west"))
    assert "标记西方" in foreign_words(machine)
    assert "标记西方" in case_words(machine)
