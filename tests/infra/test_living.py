"""The demo's last weeks: a small load on a day that is known, and what its people find on their desks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import text

from access.actor import OWN_HAND
from dispatches.kinds import KIND_LABELS, LetterKind
from dispatches.workflow import LetterStatus
from infra.federation import episodes, living, names
from infra.federation.load import load_federation
from infra.federation.stage import Stage as Lived
from kernel.clock import CHINA, FixedClock
from kernel.crypto import FieldCipher
from kernel.db import PLATFORM_TENANT
from tenants.relations import relation
from tenants.standing import Relation
from tests.conftest import Stage, wipe

# One worker loads the demo once; on two it would be loaded twice.
pytestmark = pytest.mark.xdist_group("demo")

TODAY = date(2026, 6, 16)
_NEWEST = "(select status from letter_events e where e.letter_id = l.id order by seq desc limit 1)"


@dataclass
class Demo:
    """The loaded database; rows of one union at a time."""

    stage: Stage
    ids: dict[str, int] = field(default_factory=dict)

    def rows(self, slug: str, sql: str, /, **values: object) -> list[tuple[Any, ...]]:
        with self.stage.database.transaction(self.ids[slug]) as session:
            return [tuple(row) for row in session.execute(text(sql), values)]

    def lived(self) -> Lived:
        return Lived(self.stage.database, FieldCipher(self.stage.settings.data_keys), self.ids, TODAY)


@pytest.fixture(scope="module")
def demo(stage: Stage) -> Iterator[Demo]:
    clock = FixedClock(datetime(2026, 6, 16, 9, tzinfo=CHINA))
    load_federation(stage.settings, password="Demo-a1b2c3d4", cases=600, clock=clock)
    with stage.database.transaction(PLATFORM_TENANT) as session:
        ids = {row.slug: row.id for row in session.execute(text("select slug, id from tenants where id > 0"))}
    yield Demo(stage, {**ids, "platform": PLATFORM_TENANT})
    wipe(stage)


def test_every_kind_of_letter_lies_in_every_state_worth_looking_at(demo: Demo) -> None:
    found = {
        (row[0], row[1]) for slug in demo.ids for row in demo.rows(slug, f"select kind, {_NEWEST} from letters l")
    }
    kinds = {LetterKind(kind) for kind, _ in found}
    assert kinds == set(KIND_LABELS) - {LetterKind.HANDOVER}
    of_orders = {LetterStatus(status) for kind, status in found if kind == LetterKind.ORDER}
    assert of_orders == set(LetterStatus) - {LetterStatus.ANSWERED, LetterStatus.ORDERED}
    assert {(LetterKind.DISPUTE, LetterStatus.CLOSED), (LetterKind.DISPUTE, LetterStatus.SIGNED)} <= found


def test_an_order_is_overdue_and_was_reminded_and_then_listed(demo: Demo) -> None:
    late = demo.rows(
        "dongshan",
        f"select subject from letters l where kind = 'order' and due_on < :today and {_NEWEST} = 'working'",
        today=TODAY,
    )
    assert len(late) == 1
    after = demo.rows(
        names.CITY,
        "select kind from letters where refers_to = (select id from letters where "
        "subject = :subject and side = 'sender')",
        subject=late[0][0],
    )
    assert {row[0] for row in after} == {"urge", "supervision"}


def test_what_happens_behind_the_common_superior_is_told_to_the_first_sender(demo: Demo) -> None:
    told = demo.rows(
        "nangang",
        "select e.action, e.signed_as from letter_events e join letters l on l.id = e.letter_id "
        "where l.kind = 'transfer' and l.side = 'sender' order by e.seq",
    )
    assert [row[0] for row in told[:3]] == ["send", "sign", "forward"]
    assert "relayed" in {row[0] for row in told}
    assert {row[1] for row in told} == {"南港区总工会", "江城市总工会"}
    assert demo.rows(
        "dongshan",
        "select sender_name, name from letters l join letter_files f on f.letter_id = l.id where kind = 'transfer'",
    ) == [("江城市总工会", "工资欠条登记.txt")]


def test_the_ladder_was_climbed_on_a_count_and_the_suggestion_adopted(demo: Demo) -> None:
    rungs = demo.rows(
        "gaoxin",
        "select snapshot -> 'details' ->> 'ladder', case_id from letters where kind = 'supervision' order by sent_at",
    )
    assert rungs == [("supervise", None), ("talk", None)]
    assert demo.rows("gaoxin", "select count(*) from letter_events where told ->> 'adoption' = 'adopted'") == [(1,)]


def test_a_letter_made_a_case_with_masked_people_and_a_date_of_its_own(demo: Demo) -> None:
    made = demo.rows(
        "hexi",
        "select c.number, p.name_mask from letter_cases lc join cases c on c.id = lc.case_id "
        "join parties p on p.case_id = c.id and p.role = 'petitioner' order by c.number",
    )
    assert len(made) == 2
    assert any(name is not None and name.endswith("*") for _, name in made)
    clocks = demo.rows("hexi", "select distinct kind from case_clocks k join letter_cases c on c.case_id = k.case_id")
    assert len(clocks) == 2


def test_the_suspended_leaf_is_missing_from_the_circular_and_its_superior_has_a_task(demo: Demo) -> None:
    rest = demo.rows("platform", "select status from tenants where slug = :slug", slug=episodes.SUSPENDED)
    assert rest == [("suspended",)]
    sent = demo.rows(names.CITY, "select recipient_id from letters where kind = 'circular' and side = 'sender'")
    assert {row[0] for row in sent} == {
        number for slug, number in demo.ids.items() if slug not in ("platform", names.CITY, episodes.SUSPENDED)
    }
    assert any("柳荫街道" in row[0] for row in demo.rows(names.CITY, "select title from notices"))
    assert demo.rows("yunhu", "select role from tasks where kind = 'union_suspended'") == [("office_head",)]


def test_nothing_waits_in_a_queue_and_nothing_lies_in_the_future(demo: Demo) -> None:
    midnight = datetime.combine(TODAY, datetime.min.time(), tzinfo=CHINA)
    for slug in demo.ids:
        assert demo.rows(slug, "select topic from outbox where done_at is null") == []
        for column in ("letter_events.at", "notices.created_at", "audit_events.at", "cases.registered_at"):
            table, _, name = column.partition(".")
            assert demo.rows(slug, f"select 1 from {table} where {name} >= :midnight", midnight=midnight) == []


def test_the_enterprise_that_moved_left_its_past_where_it_was(demo: Demo) -> None:
    lines = demo.rows(
        "platform",
        "select p.slug, isfinite(since), isfinite(until) from tenant_parents "
        "join tenants p on p.id = tenant_parents.parent_id where child_id = :child order by since",
        child=demo.ids[names.MOVED],
    )
    assert lines == [(names.MOVED_FROM, False, True), ("dongshan", True, False)]
    days = "select min(day), max(day), sum(moved) from daily_facts where subject_id = :child and scope = 1"
    first, last, left = demo.rows(names.MOVED_FROM, days, child=demo.ids[names.MOVED])[0]
    began, _, came = demo.rows("dongshan", days, child=demo.ids[names.MOVED])[0]
    assert first < last == began
    assert came == -left
    assert {
        row[0]
        for row in demo.rows(
            names.MOVED, "select recipient_id from letters where side = 'sender' and kind = 'escalation'"
        )
    } <= {demo.ids["dongshan"]}


def test_the_park_across_two_districts_has_a_second_line(demo: Demo) -> None:
    [(park, second)] = names.SECOND_LINES.items()
    with demo.stage.database.transaction(demo.ids[park]) as session:
        standing = relation(session, demo.ids[park], demo.ids[second])
    assert (standing.kind, standing.depth, standing.second_line) == (Relation.UP, 1, True)


def test_a_few_unions_keep_house_and_two_people_are_away(demo: Demo) -> None:
    for slug in ("hexi", names.CITY, names.HOTSPOT):
        assert demo.rows(slug, "select count(*) > 1 from departments") == [(True,)]
        assert demo.rows(slug, "select count(*) > 0 from category_routes") == [(True,)]
    away = "select 1 from delegations where from_on <= :today and until_on >= :today and ended_on is null"
    assert {slug for slug in demo.ids if demo.rows(slug, away, today=TODAY)} == {names.CITY, "hexi"}


def test_the_figures_of_ratings_are_those_of_life(demo: Demo) -> None:
    columns = ("rating_met", "rating_due", "office_satisfied", "office_rated", "unit_satisfied", "unit_rated")
    sums = ", ".join(f"sum({column})" for column in columns)
    found = {
        slug: demo.rows(slug, f"select {sums} from daily_facts where subject_id = tenant_id and scope = 1")[0]
        for slug in demo.ids
        if slug != "platform"
    }
    met, due, office, of_office, unit, of_unit = (sum(row[n] or 0 for row in found.values()) for n in range(6))
    assert 0.25 < met / due < 0.55
    assert 0.8 < office / of_office < 1
    assert 0.75 < unit / of_unit < 1


def test_a_rating_that_staff_wrote_down_is_shown_as_such_everywhere(demo: Demo) -> None:
    by_staff = 0
    for slug in demo.ids:
        rows = demo.rows(
            slug,
            "select r.entered_by, r.told_how, u.username, e.action, e.actor_name, c.rated_by_staff, "
            "case r.about when 'office' then c.office_by_staff else c.unit_by_staff end from case_ratings r "
            "join cases c on c.id = r.case_id left join users u on u.id = r.recorded_by "
            "join audit_events e on e.subject_id = r.case_id and e.at = r.recorded_at "
            "and e.data ->> 'rated_about' = r.about",
        )
        assert len(rows) == demo.rows(slug, "select count(*) from case_ratings")[0][0]
        for entered_by, told_how, login, action, name, on_case, traced in rows:
            staff = entered_by == "staff"
            by_staff += staff
            assert (on_case, traced, action) == (staff, staff, "case:rate" if staff else "case:own_rate")
            assert (told_how is not None, login) == (staff, "clerk" if staff else None)
            assert (name == OWN_HAND) is not staff
        words = "select 1 from audit_events where data ->> 'own_reason' not in ('true', 'false')"
        assert demo.rows(slug, words) == []
    assert by_staff


def test_nobody_has_yet_to_be_told_of_a_rating_of_two_years_ago(demo: Demo) -> None:
    open_tasks = "select key from tasks where kind = 'trigger:unsatisfied' and done_at is null"
    told = 0
    for slug in demo.ids:
        untold = "select 1 from cases c where dissatisfied > 0 and not exists (select 1 from rule_firings f where "
        assert demo.rows(slug, f"{untold} f.subject_id = c.id and f.rule = 'unsatisfied')") == []
        told += demo.rows(slug, "select count(*) from tasks where kind = 'trigger:unsatisfied'")[0][0]
        first = datetime(2026, 6, 1, tzinfo=CHINA)
        assert demo.rows(slug, f"{open_tasks} and created_at < :first", first=first) == []
    assert told


def test_a_life_that_was_broken_off_is_lived_on_and_nothing_happens_twice(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = "select (select count(*) from letter_events), (select max(seq) from audit_events)"
    before = {slug: demo.rows(slug, count) for slug in demo.ids}
    living.live(demo.lived())
    # As after a kill: every step but the last mark is there.
    monkeypatch.setattr(living, "_ALL", "once more")
    living.live(demo.lived())
    assert {slug: demo.rows(slug, count) for slug in demo.ids} == before
