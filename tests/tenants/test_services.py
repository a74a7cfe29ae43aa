"""A union is founded by the platform only, and takes its place in the tree."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.exc import ProgrammingError

from access.actor import Work, system_actor
from kernel.errors import ForbiddenError, InvalidError, NotFoundError
from tenants import queries
from tenants.models import Kind, Tenant
from tenants.services import create
from tests.builders import Federation

NEW: dict[str, Any] = {"slug": "south", "name": "南区总工会", "kind": Kind.FEDERATION, "code": "南总工信"}


def found(federation: Federation, login: str = "root@platform", **changes: Any) -> Tenant:
    with federation.work(login) as work:
        return create(work, **(NEW | changes))


def test_a_union_knows_its_line_upward(federation: Federation) -> None:
    made = found(federation, parent_slug="street")
    with federation.work_as_system("platform") as work:
        line = queries.ancestor_ids(work.session, made.id)
        assert line == [made.id, *(federation.ids[slug] for slug in ("street", "east", "city"))]
        above = queries.parent(work.session, made.id)
        assert above is not None
        assert above.slug == "street"
        assert [child.slug for child in queries.children(work.session, federation.ids["city"])] == ["east", "west"]
    assert made.level == 4


def test_a_root_has_nobody_above(federation: Federation) -> None:
    made = found(federation)
    with federation.work_as_system("platform") as work:
        assert queries.parent(work.session, made.id) is None
        assert queries.ancestor_ids(work.session, made.id) == [made.id]
    assert made.level == 1


@pytest.mark.parametrize("login", ["admin@city", "head@city", "security@city", "auditor@city"])
def test_nobody_in_a_union_founds_another(federation: Federation, login: str) -> None:
    with pytest.raises(ForbiddenError):
        found(federation, login)


def test_the_database_refuses_a_founder_whom_the_code_let_through(federation: Federation) -> None:
    city = federation.ids["city"]
    with federation.database.session(city) as session:
        work = Work(session, system_actor(city), federation.clock, federation.cipher)
        with pytest.raises(ProgrammingError, match="row-level security"):
            create(work, **NEW)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"slug": "South"}, "slug"),
        ({"slug": "s"}, "slug"),
        ({"slug": "a--b"}, "slug"),
        ({"slug": "city"}, "slug"),
        ({"name": "  "}, "name"),
        ({"code": ""}, "code"),
        ({"parent_slug": "nowhere"}, "parent"),
        ({"parent_slug": "platform"}, "parent"),
        ({"slug": "import"}, "slug"),
        ({"name": "长" * 81}, "name"),
        ({"members": -1}, "members"),
        ({"credit_code": "81110000MC0000001X"}, "credit_code"),
        ({"portal_colour": "#ffff00"}, "portal_colour"),
        ({"calendar": "US"}, "calendar"),
        ({"parent_slug": "city", "second_parent_slug": "city"}, "second_parent"),
        ({"parent_slug": "city", "second_parent_slug": "nowhere"}, "second_parent"),
        ({"second_parent_slug": "city"}, "second_parent"),
    ],
    ids=str,
)
def test_a_wrong_application_is_refused_with_a_sentence(
    federation: Federation, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        found(federation, **change)
    assert field in refused.value.fields


def test_a_credit_code_belongs_to_one_union(federation: Federation) -> None:
    found(federation, credit_code="81110000MC0000001R")
    with pytest.raises(InvalidError) as refused:
        found(federation, slug="north", credit_code="81110000MC0000001R")
    assert "credit_code" in refused.value.fields


def test_whose_code_it_is_already_is_not_told(federation: Federation) -> None:
    found(federation, credit_code="81110000MC0000001R")
    with pytest.raises(InvalidError) as refused:
        found(federation, slug="north", name="北区总工会", credit_code="８１１１００００MC0000001R")
    assert "南区" not in refused.value.message and "south" not in refused.value.message


@pytest.mark.parametrize(("status", "word"), [("suspended", "已停用"), ("closed", "已关闭")])
@pytest.mark.parametrize("line", ["parent", "second_parent"])
def test_nobody_is_founded_below_a_union_that_does_not_work(
    federation: Federation, line: str, status: str, word: str
) -> None:
    with federation.work_as_system("platform") as work:
        west = queries.by_slug(work.session, "west")
        assert west is not None
        west.status = status
    with pytest.raises(InvalidError, match=word) as refused:
        found(federation, **({"parent_slug": "city"} | {f"{line}_slug": "west"}))
    assert set(refused.value.fields) == {line}


def test_everything_wrong_is_told_at_once(federation: Federation) -> None:
    with pytest.raises(InvalidError) as refused:
        found(federation, slug="City", code="", credit_code="1", portal_colour="pink", parent_slug="nowhere")
    assert set(refused.value.fields) == {"slug", "code", "credit_code", "portal_colour", "parent"}


def test_a_union_keeps_what_it_was_founded_with(federation: Federation) -> None:
    made = found(
        federation,
        parent_slug="city",
        second_parent_slug="east",
        name="　南区 总工会",
        members=1200,
        credit_code="81110000MC0000001R",
        portal_colour="#B3261E",
        seal_text="南区总工会信访办公室",
        address="测试路1号",
        phone="（000）1234",
        hours="工作日9:00—17:00",
    )
    assert (made.name, made.short_name, made.portal_colour) == ("南区 总工会", "南区 总工会", "#b3261e")
    assert (made.second_parent_id, made.level, made.calendar) == (federation.ids["east"], 2, "CN")
    assert made.phone == "（000）1234"


def test_jobs_visit_every_union_and_not_the_platform(federation: Federation) -> None:
    with federation.work_as_system("platform") as work:
        assert queries.active_tenant_ids(work.session) == sorted(set(federation.ids.values()) - {0})
        with pytest.raises(NotFoundError):
            queries.get(work.session, 10**9)


def test_the_classification_lists_parents_before_children(federation: Federation) -> None:
    with federation.work("clerk@street") as work:
        codes = [category.code for category in queries.categories(work.session)]
    assert codes.index("01") < codes.index("01.01") < codes.index("02")
    assert len(codes) == len(set(codes)) > 60
