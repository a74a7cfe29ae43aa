"""The demo federation: loaded in earnest, killed once on the way, and looked at from every side."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from access.passwords import check_new, verify
from access.roles import LABELS, Role, check_roles
from audit.services import verify as verify_chain
from cases.terms import TERMS, Whose
from cases.workflow import FINAL
from infra.federation import names, plan, texts
from infra.federation.load import load_federation
from infra.federation.story import digest
from infra.vault import Vault
from kernel.clock import CHINA, FixedClock
from kernel.db import Database
from kernel.errors import InvalidError
from measures.rebuilding import rebuild
from tests.builders import Federation
from tests.conftest import Stage, wipe

# One worker loads the demo once; on two it would be loaded twice.
pytestmark = pytest.mark.xdist_group("demo")

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 3, 2)
CASES = 900


@dataclass
class Loaded:
    """The database after the load, and what the two runs said."""

    database: Database
    rollup: Database
    home: Path
    ids: dict[str, int]
    killed_with: int
    said: str

    def rows(self, slug: str, sql: str, **values: object) -> list[tuple[object, ...]]:
        with self.database.transaction(self.ids[slug]) as session:
            return [tuple(row) for row in session.execute(text(sql), values)]


def seed(stage: Stage, home: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "web.cli", "demo-seed", "--home", str(home), "--cases", str(CASES)]
    env = stage.env | {"PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}", "PYTHONUNBUFFERED": "1", "PATH": "/usr/bin:/bin"}
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT)


@pytest.fixture(scope="module")
def loaded(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    """A load that was killed -9 when a fifth of it stood, and the run that finished it."""
    home = tmp_path_factory.mktemp("demo")
    first = seed(stage, home)
    assert first.stdout is not None
    for line in first.stdout:
        if line.startswith("写入演示数据"):
            break
    first.kill()
    first.wait()
    first.stdout.close()
    with stage.database.transaction(0) as session:
        ids = {row[0]: row[1] for row in session.execute(text("select slug, id from tenants where id > 0"))}
    killed_with = 0
    for tenant in ids.values():
        with stage.database.transaction(tenant) as session:
            killed_with += session.execute(text("select count(*) from cases")).scalar_one()
    second = seed(stage, home)
    said, _ = second.communicate(timeout=300)
    assert second.returncode == 0, said
    assert stage.settings.database_rollup_url is not None
    rollup = Database(stage.settings.database_rollup_url, pool_size=1)
    yield Loaded(stage.database, rollup, home, ids, killed_with, said)
    rollup.engine.dispose()
    wipe(stage)


def test_the_same_seed_and_day_tell_the_same_stories() -> None:
    union = names.unions()[9]
    told = [digest(plan.stories(union, plan.Almanac(TODAY), seed=n, cases=CASES)) for n in (1, 1, 2)]
    assert told[0] == told[1] != told[2]


def test_nothing_lies_in_the_future_and_every_step_follows_the_last() -> None:
    midnight = datetime.combine(TODAY, datetime.min.time(), tzinfo=CHINA)
    for union in names.unions():
        for story in plan.stories(union, plan.Almanac(TODAY), cases=CASES):
            moments = [story.registered_at, *(step.at for step in story.steps)]
            assert moments == sorted(moments)
            assert moments[-1] < midnight
            assert story.received_on <= story.registered_at.date()


def test_thirty_unions_in_three_levels_have_people_for_every_role() -> None:
    unions = names.unions()
    assert len(unions) == len({union.slug for union in unions}) == len({union.code for union in unions}) == 30
    assert [union.parent for union in unions].count(names.CITY) == 6
    held = [check_roles(roles, platform=False) for _, roles in names.STAFF]
    assert frozenset().union(*held) == set(Role) - {Role.PLATFORM_ADMIN, Role.SYSTEM}


def test_every_text_fills_its_slots() -> None:
    slots = dict.fromkeys(("firm", "post", "months", "n", "amount", "years", "month", "grade"), "甲")
    for matter in texts.MATTERS:
        for words in (*matter.titles, *matter.stories, *matter.claims, matter.finding):
            assert "{" not in words.format(**slots)


def test_a_killed_load_is_finished_by_the_next_run(loaded: Loaded) -> None:
    assert 0 < loaded.killed_with < CASES
    total = sum(len(loaded.rows(slug, "select 1 from cases")) for slug in loaded.ids)
    assert CASES <= total <= CASES * 1.1
    assert "30个工会" in loaded.said
    # Each union has its mark exactly once: none was loaded twice, none by half.
    for slug in loaded.ids:
        assert loaded.rows(slug, "select seq from audit_events where action = 'demo:load'") == [(1,)]


def test_a_second_run_says_that_everything_is_there(loaded: Loaded, stage: Stage) -> None:
    before = loaded.rows(names.CITY, "select count(*), max(seq) from audit_events")
    again = seed(stage, loaded.home)
    said, _ = again.communicate(timeout=120)
    assert (again.returncode, "已经存在" in said) == (0, True)
    assert loaded.rows(names.CITY, "select count(*), max(seq) from audit_events") == before


def test_the_chain_of_every_union_holds(loaded: Loaded) -> None:
    for tenant in (0, *loaded.ids.values()):
        with loaded.database.transaction(tenant) as session:
            assert verify_chain(session)[1] is None


def test_the_figures_are_those_of_the_cases(loaded: Loaded) -> None:
    assert rebuild(loaded.database, loaded.rollup) == {}
    own = sum(len(loaded.rows(slug, "select 1 from cases")) for slug in loaded.ids)
    root = loaded.rows(
        names.CITY, "select sum(registered) from daily_facts where subject_id = tenant_id and scope = 1"
    )
    assert root == [(own,)]


#: Status at the end → the acts that lead there.
ENDS = {
    "closed": ["case:close", "case:finish"],
    "refused": ["case:refuse"],
    "answered": ["case:answer"],
    "diverted": ["case:divert"],
    "withdrawn": ["case:withdraw"],
    "concluded": ["case:conclude_agreement"],
}


def test_closed_cases_have_their_papers_and_events(loaded: Loaded) -> None:
    paper = {"closed": "decision", "refused": "refusal_notice", "answered": "spot_reply"}
    paper |= {"diverted": "divert_notice", "withdrawn": "withdrawal_record", "concluded": "agreement_conclusion"}
    assert set(paper) < {status.value for status in FINAL}
    for slug in loaded.ids:
        # The register of the demo ends in the common ways; the others are walked by the tests of the table.
        ended = loaded.rows(slug, "select distinct status from cases where closed_at is not null")
        assert {status for (status,) in ended} <= set(paper), slug
        for status, kind in paper.items():
            missing = loaded.rows(
                slug,
                "select number from cases c where status = :status and (closed_at is null or "
                "not exists (select 1 from documents d where d.subject_id = c.id and d.kind = :kind) or "
                "not exists (select 1 from audit_events a where a.subject_id = c.id and a.action = any(:actions)))",
                status=status,
                kind=kind,
                actions=ENDS[status],
            )
            assert missing == []


def test_the_deadline_of_a_case_is_its_earliest_running_clock(loaded: Loaded) -> None:
    # The petitioner's own time to ask, and the worker's rights, are nobody's deadline here.
    ours = [kind.value for kind, term in TERMS.items() if term.whose is Whose.UNION]
    for slug in loaded.ids:
        wrong = loaded.rows(
            slug,
            "select number from cases c where due_on is distinct from "
            "(select min(due_on) from case_clocks k where k.case_id = c.id and k.stopped_on is null "
            "and k.kind = any(:ours))",
            ours=ours,
        )
        assert wrong == []


def test_numbers_go_up_with_time_and_the_counter_knows_the_last(loaded: Loaded) -> None:
    for slug in loaded.ids:
        numbers = loaded.rows(slug, "select number from cases order by registered_at, number")
        assert numbers == sorted(numbers)
        counted = loaded.rows(slug, "select sum(last) from number_counters where series = 'case'")
        assert counted == [(len(numbers),)]


def test_both_sides_of_a_letter_hold_the_same_events(loaded: Loaded) -> None:
    events = "select letter_id, seq, author_id, action, at, text, due_on from letter_events order by letter_id, seq"
    by_letter: dict[object, list[list[tuple[object, ...]]]] = {}
    for slug in loaded.ids:
        own: dict[object, list[tuple[object, ...]]] = {}
        for row in loaded.rows(slug, events):
            own.setdefault(row[0], []).append(row)
        for letter, rows in own.items():
            by_letter.setdefault(letter, []).append(rows)
    assert by_letter
    for copies in by_letter.values():
        assert len(copies) == 2
        assert copies[0] == copies[1]


def test_no_identity_stands_in_clear(loaded: Loaded) -> None:
    rows = loaded.rows("hexi", "select name_mask, name_sealed, phone_mask, phone_sealed from parties")
    masks = {str(row[0]) for row in rows if row[0] is not None}
    assert masks
    assert all(len(mask) == 2 and mask.endswith("*") for mask in masks)
    assert all(row[1] is not None for row in rows if row[0] is not None)


def test_the_planted_hotspot_shows_in_the_last_four_weeks(loaded: Loaded) -> None:
    """More cases than the small test federation has would be needed for one enterprise; the district is enough."""
    today = datetime.now(CHINA).date()
    sql = (
        "select sum(registered) filter (where day >= :since), sum(registered) filter (where day < :since) "
        "from daily_facts where subject_id = :subject and scope = 1 and category in ('01', '-')"
    )
    since = today - timedelta(days=names.HOTSPOT_DAYS)
    row = loaded.rows(names.CITY, sql, since=since, subject=loaded.ids[names.HOTSPOT])[0]
    recent, before = int(str(row[0])), int(str(row[1]))
    usual = before * names.HOTSPOT_DAYS / (plan.DAYS - names.HOTSPOT_DAYS)
    assert recent > 1.6 * usual


def test_the_page_of_accounts_is_private_and_its_password_opens_every_account(loaded: Loaded) -> None:
    page = loaded.home / "accounts.txt"
    assert page.stat().st_mode & 0o077 == 0
    password = Vault(loaded.home).peek("demo_password")
    assert password is not None
    assert password in page.read_text()
    for login, roles in names.STAFF:
        check_new(password, username=login)
        label = "、".join(LABELS[role] for role in roles)
        assert any(
            line.startswith(label) and f"{login}@{names.CITY}" in line for line in page.read_text().splitlines()
        )
    hashes = {row[0] for slug in loaded.ids for row in loaded.rows(slug, "select password_hash from users")}
    assert len(hashes) == 1
    assert verify(str(hashes.pop()), password)


def test_another_home_renews_the_password_of_every_account(loaded: Loaded, stage: Stage) -> None:
    clock = FixedClock(datetime(2030, 1, 1, tzinfo=CHINA))
    outcome = load_federation(stage.settings, password="Demo-other-home-1", clock=clock)
    assert not outcome.fresh
    stored = loaded.rows("gaoxin-xinghe", "select distinct password_hash from users")
    assert verify(str(stored[0][0]), "Demo-other-home-1")
    original = Vault(loaded.home).peek("demo_password")
    assert original is not None
    load_federation(stage.settings, password=original)


@pytest.fixture
def strangers(stage: Stage) -> Iterator[Federation]:
    """Unions that are not the demo's, in a database that was emptied for them."""
    wipe(stage)
    yield Federation(stage.database, stage.settings, datetime(2026, 3, 2, 1, 30, tzinfo=CHINA))
    wipe(stage)


def test_a_database_with_other_unions_is_left_alone(strangers: Federation) -> None:
    with pytest.raises(InvalidError, match="不是空库"):
        load_federation(strangers.settings, password="Demo-a1b2c3d4")
    with strangers.database.transaction(0) as session:
        assert session.execute(text("select count(*) from tenants")).scalar_one() == 5
