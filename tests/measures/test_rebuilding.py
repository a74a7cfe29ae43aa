"""A rebuild finds nothing to correct after honest work, and repairs what somebody broke."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, text

from kernel.db import Database
from kernel.errors import UnavailableError
from measures.models import SUBTREE
from measures.rebuilding import rebuild
from tests.builders import Federation
from tests.conftest import Stage
from tests.dispatches.carried import matter, on, sent, taken
from tests.measures.histories import facts, live
from tests.measures.test_folding import assert_facts_are_true
from web.commands.facts import facts as command

Fold = Callable[..., int]


@pytest.mark.parametrize("seed", [11, 12])
def test_after_honest_work_there_is_nothing_to_correct(
    federation: Federation, rollup: Database, fold_all: Fold, superuser: Engine, seed: int
) -> None:
    live(federation, seed, cases=20)
    fold_all()
    assert rebuild(federation.database, rollup) == {}
    assert_facts_are_true(federation, superuser)


def test_deltas_that_still_wait_are_not_counted_as_missing(
    federation: Federation, rollup: Database, fold_all: Fold, superuser: Engine
) -> None:
    live(federation, 3, cases=6)
    assert rebuild(federation.database, rollup) == {}
    fold_all()
    assert_facts_are_true(federation, superuser)


def test_matters_that_went_to_other_unions_and_came_back_need_no_correction(
    federation: Federation, rollup: Database, fold_all: Fold, superuser: Engine
) -> None:
    back, away = matter(federation), matter(federation)
    on(federation, "head@east", sent(federation, case=back), "withdraw", text="发错单位，撤回重发")
    letter = sent(federation, case=away, share_identity=True)
    taken(federation, "head@street", letter)
    on(federation, "head@street", letter, "reply", text="已督促补发工资。")
    on(federation, "head@east", letter, "approve")
    fold_all()
    assert rebuild(federation.database, rollup) == {}
    assert_facts_are_true(federation, superuser)


@pytest.mark.parametrize(
    "damage",
    [
        "update daily_facts set registered = registered + 5 where tenant_id = subject_id and scope = 0",
        "update daily_facts set due = due + 1, closed = 9 where tenant_id <> subject_id",
        "update daily_facts set persons = 0 where tenant_id = subject_id and scope = 1",
        "delete from daily_facts",
        "insert into daily_facts (tenant_id, subject_id, scope, day, category, channel, registered) "
        "select id, 999999, 1, '2026-01-01', '01', 'visit', 3 from tenants where id > 0",
    ],
)
def test_a_vandalised_fact_is_repaired_at_every_level(
    federation: Federation, rollup: Database, fold_all: Fold, superuser: Engine, damage: str
) -> None:
    live(federation, 7, cases=10)
    fold_all()
    with superuser.begin() as connection:
        assert connection.execute(text(damage)).rowcount > 0
    assert rebuild(federation.database, rollup) != {}
    assert_facts_are_true(federation, superuser)
    assert rebuild(federation.database, rollup) == {}
    city = federation.ids["city"]
    assert facts(superuser, city, 999_999, SUBTREE) == {}


def test_deltas_that_were_lost_are_found_again(
    federation: Federation, rollup: Database, fold_all: Fold, superuser: Engine
) -> None:
    live(federation, 8, cases=8)
    with superuser.begin() as connection:
        connection.execute(text("delete from fact_deltas"))
    rebuild(federation.database, rollup)
    assert_facts_are_true(federation, superuser)


def test_one_union_is_rebuilt_with_the_line_above_it(
    federation: Federation, rollup: Database, fold_all: Fold, superuser: Engine
) -> None:
    federation.register("clerk@street")
    live(federation, 9, cases=10)
    fold_all()
    with superuser.begin() as connection:
        connection.execute(text("delete from daily_facts where subject_id = :s"), {"s": federation.ids["street"]})
    corrected = rebuild(federation.database, rollup, [federation.ids["street"]])
    assert set(corrected) == {federation.ids["street"], federation.ids["east"]}
    assert_facts_are_true(federation, superuser)


def test_cells_of_zeros_are_swept_up(
    federation: Federation, rollup: Database, fold_all: Fold, superuser: Engine
) -> None:
    federation.accepted()
    fold_all()
    zeros = text("select count(*) from daily_facts where category = '-'")
    with superuser.connect() as connection:
        assert connection.execute(zeros).scalar_one() > 0
    rebuild(federation.database, rollup)
    with superuser.connect() as connection:
        assert connection.execute(zeros).scalar_one() == 0


def test_the_command_says_in_chinese_what_it_found(
    federation: Federation, clean: Stage, superuser: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in clean.env.items():
        monkeypatch.setenv(name, value)
    federation.register("clerk@street", received_on=date(2026, 3, 1))
    runner = CliRunner()
    clean_run = runner.invoke(command, ["rebuild"])
    assert clean_run.exit_code == 0, clean_run.output
    assert "无需改正" in clean_run.output
    with superuser.begin() as connection:
        connection.execute(text("update daily_facts set registered = 7"))
    repaired = runner.invoke(command, ["rebuild", "--tenant", "street"])
    assert "已改正：东一街道工会联合会" in repaired.output
    assert_facts_are_true(federation, superuser)
    missing = runner.invoke(command, ["rebuild", "--tenant", "nobody"])
    assert missing.exit_code == 1
    assert "没有标识为“nobody”的组织" in missing.output


@pytest.mark.parametrize("name", ["LIANXIN_DATABASE_URL", "LIANXIN_DATABASE_ROLLUP_URL"])
def test_the_command_works_as_no_role_that_sees_past_the_wall(
    clean: Stage, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for key, value in clean.env.items():
        monkeypatch.setenv(key, value)
    monkeypatch.setenv(name, clean.env["LIANXIN_DATABASE_OWNER_URL"])
    refused = CliRunner().invoke(command, ["rebuild"])
    assert isinstance(refused.exception, UnavailableError)
    assert "可以绕过租户隔离" in refused.exception.message
