"""Where one union stands to another, against a tree walked by hand."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import event

from dispatches.queries import addressees
from dispatches.workflow import LetterKind
from tenants.models import Kind, Tenant
from tenants.relations import (
    lines_above,
    nearest_active,
    relation,
    second_line_of,
    subordinates_by_second_line,
    subtree,
)
from tenants.services import create
from tenants.standing import Relation, Standing
from tests.builders import Federation
from tests.dispatches.letters import post, set_status


def parents(federation: Federation) -> dict[int, int | None]:
    """The tree as each union's own row has it."""
    with federation.work_as_system("city") as work:
        return {union.id: union.parent_id for union in work.session.query(Tenant).filter(Tenant.id > 0)}


def line(tree: dict[int, int | None], union: int) -> list[int]:
    """Superiors of a union, nearest first."""
    found, above = [], tree[union]
    while above is not None:
        found.append(above)
        above = tree[above]
    return found


def by_hand(tree: dict[int, int | None], a: int, b: int) -> Standing:
    """The same answer without the closure."""
    mine, theirs = line(tree, a), line(tree, b)
    if a == b:
        return Standing(None)
    if b in mine:
        return Standing(Relation.UP, mine.index(b) + 1)
    if a in theirs:
        return Standing(Relation.DOWN, theirs.index(a) + 1)
    common = [union for union in mine if union in theirs]
    if common:
        return Standing(Relation.SIDEWAYS, mine.index(common[0]) + 1, common[0])
    return Standing(None)


def test_the_closure_and_the_tree_say_the_same_for_every_pair(federation: Federation) -> None:
    chance = random.Random(7)
    slugs = ["city", "east", "west", "street"]
    with federation.work_as_system("platform") as work:
        for number in range(14):
            above = chance.choice([*slugs, None]) if number % 5 == 0 else chance.choice(slugs)
            slug = f"union{number}"
            create(work, slug=slug, name=slug, kind=Kind.GRASSROOTS, code=slug, parent_slug=above)
            slugs.append(slug)
    tree = parents(federation)
    with federation.work_as_system("west") as work:
        for a in tree:
            for b in tree:
                assert relation(work.session, a, b) == by_hand(tree, a, b), (a, b)


def test_two_statements_answer_for_any_pair(federation: Federation) -> None:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("SET"):
            seen.append(statement)

    with federation.work_as_system("city") as work:
        work.session.connection()
        event.listen(federation.database.engine, "before_cursor_execute", note)
        relation(work.session, federation.ids["street"], federation.ids["city"])
        assert len(seen) == 2
        event.remove(federation.database.engine, "before_cursor_execute", note)


def test_the_platform_is_a_stranger_to_everybody(federation: Federation) -> None:
    with federation.work_as_system("city") as work:
        for slug in ("city", "street"):
            assert relation(work.session, federation.ids[slug], 0) == Standing(None)
            assert relation(work.session, 0, federation.ids[slug]) == Standing(None)


def test_lines_subtrees_and_the_nearest_that_works(federation: Federation) -> None:
    ids = federation.ids
    with federation.work_as_system("street") as work:
        assert lines_above(work.session, (ids["street"], ids["city"])) == {
            ids["street"]: {ids["east"]: 1, ids["city"]: 2},
            ids["city"]: {},
        }
        assert subtree(work.session, [ids["east"]]) == {ids["east"], ids["street"]}
        assert subtree(work.session, []) == set()
        assert nearest_active(work.session, [ids["east"], ids["city"]]).id == ids["east"]  # type: ignore[union-attr]
    set_status(federation, "east", "suspended")
    with federation.work_as_system("street") as work:
        assert nearest_active(work.session, [ids["east"], ids["city"]]).id == ids["city"]  # type: ignore[union-attr]
        assert nearest_active(work.session, [ids["east"]]) is None


def test_a_second_superior_is_directly_above_wherever_it_stands(federation: Federation) -> None:
    ids = federation.ids
    for second in ("west", "city"):
        with federation.work_as_system("platform") as work:
            work.session.get_one(Tenant, ids["street"]).second_parent_id = ids[second]
        with federation.work_as_system("street") as work:
            session = work.session
            assert relation(session, ids["street"], ids[second]) == Standing(Relation.UP, 1, second_line=True)
            assert relation(session, ids[second], ids["street"]) == Standing(Relation.DOWN, 1, second_line=True)
            assert relation(session, ids["street"], ids["east"]) == Standing(Relation.UP, 1)
            assert second_line_of(session, ids["street"]) == ids[second]
            assert subordinates_by_second_line(session, ids[second]) == [ids["street"]]


def test_letters_travel_the_second_line_without_a_skipped_level(federation: Federation) -> None:
    with federation.work_as_system("platform") as work:
        work.session.get_one(Tenant, federation.ids["street"]).second_parent_id = federation.ids["west"]
    up = post(federation, "head@street", LetterKind.REPORT, to=federation.ids["west"])
    down = post(federation, "head@west", LetterKind.ORDER)
    assert (up.skipped, down.skipped) == (0, 0)
    for login, kind, other in (
        ("head@street", LetterKind.REPORT, "west"),
        ("head@west", LetterKind.ORDER, "street"),
    ):
        with federation.work(login) as work:
            offered = {found.tenant.slug: found.depth for found in addressees(work, kind)}
        assert offered[other] == 1


@pytest.mark.parametrize("slug", ["city", "east", "street"])
def test_a_union_of_one_line_has_no_second(federation: Federation, slug: str) -> None:
    with federation.work_as_system(slug) as work:
        assert second_line_of(work.session, work.tenant_id) is None
        assert subordinates_by_second_line(work.session, work.tenant_id) == []


def test_the_second_superior_counts_as_directly_above_and_the_union_as_directly_below(federation: Federation) -> None:
    ids = federation.ids
    with federation.work_as_system("platform") as work:
        work.session.get_one(Tenant, ids["street"]).second_parent_id = ids["west"]
    with federation.work_as_system("street") as work:
        assert second_line_of(work.session, work.tenant_id) == ids["west"]
        assert relation(work.session, ids["street"], ids["west"]) == Standing(Relation.UP, 1, second_line=True)
        assert relation(work.session, ids["west"], ids["street"]) == Standing(Relation.DOWN, 1, second_line=True)
        # The first line is unchanged, and another district stays sideways.
        assert relation(work.session, ids["street"], ids["east"]) == Standing(Relation.UP, 1)
        assert relation(work.session, ids["east"], ids["west"]).kind is Relation.SIDEWAYS
        assert subordinates_by_second_line(work.session, ids["west"]) == [ids["street"]]
