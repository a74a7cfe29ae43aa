"""What a union sets for itself: defaults, bounds in words, owners, before and after, two administrators at once."""

from __future__ import annotations

import ast
import threading
from typing import Any

import pytest
from sqlalchemy import event, text

from cases.terms import TERMS
from kernel.errors import ConflictError, ForbiddenError, InvalidError
from tenants import settings
from tests.architecture.sources import PLATFORM, modules, tree
from tests.builders import Federation


def changed(federation: Federation, who: str, version: int | None = None, **values: Any) -> settings.TenantSettings:
    with federation.work(who) as work:
        return settings.change(work, values, version=version)


def present(federation: Federation, slug: str = "street") -> settings.TenantSettings:
    with federation.database.transaction(federation.ids[slug]) as session:
        return settings.of(session)


def test_a_union_that_never_chose_has_the_defaults(federation: Federation) -> None:
    found = present(federation)
    assert found == settings.TenantSettings()
    assert (found.collective_threshold, found.warning_bands, found.lock_after) == (5, (50, 75, 85, 99), 10)
    assert set(settings.NAMES) == settings.WORKING | settings.SECURITY


def test_a_change_counts_for_the_union_alone_and_raises_the_version(federation: Federation) -> None:
    changed(federation, "admin@street", collective_threshold="10", warning_bands=[40, 60, 80, 95])
    found = present(federation)
    assert (found.collective_threshold, found.warning_bands, found.version) == (10, (40, 60, 80, 95), 1)
    assert present(federation, "east") == settings.TenantSettings()


def test_every_change_is_an_event_with_before_and_after_and_nothing_else(federation: Federation) -> None:
    changed(federation, "admin@street", collective_threshold=8, overdue_days=15)
    changed(federation, "admin@street", overdue_days=15)
    with federation.database.transaction(federation.ids["street"]) as session:
        told = session.scalars(text("select data from audit_events where action = 'settings:change'")).all()
    assert told == [{"before": {"collective_threshold": 5}, "after": {"collective_threshold": 8}}]


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("collective_threshold", "", "请填2至100之间的整数"),
        ("collective_threshold", "五", "请填2至100之间的整数"),
        ("collective_threshold", "1", "应在2至100之间"),
        ("collective_threshold", True, "请填2至100之间的整数"),
        ("collective_threshold", "-5", "请填2至100之间的整数"),
        ("warning_bands", [50, 75, 85], "四个百分数"),
        ("warning_bands", [50, 40, 85, 99], "从小到大"),
        ("warning_bands", [50, 50, 85, 99], "从小到大"),
        ("warning_bands", "50", "四个百分数"),
        ("tier_days", {"simple": 5}, "请填写每一项"),
        ("tier_days", {"simple": 5, "ordinary": "x", "hard": 60}, "请填1至365之间的整数"),
        ("holiday_rollover", "yes", "请选择是或否"),
        ("escalation_rules", {"hard": "send"}, "请填写每一项"),
        ("escalation_rules", dict.fromkeys(settings.RULES, "explode"), "请选择列出的一项"),
        ("retention_years", "1000", "应在1至100之间"),
        ("colour", "red", "没有这项设置"),
    ],
)
def test_what_is_wrong_is_said_in_words_and_writes_nothing(
    federation: Federation, name: str, value: Any, sentence: str
) -> None:
    with pytest.raises(InvalidError, match=sentence):
        changed(federation, "admin@street", **{name: value, "overdue_days": 20})
    assert present(federation) == settings.TenantSettings()


def test_full_width_digits_are_numbers_as_an_input_method_leaves_them(federation: Federation) -> None:
    assert changed(federation, "admin@street", overdue_days="２０").overdue_days == 20


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("idle_minutes", 4), ("idle_minutes", 241), ("absolute_hours", 25), ("password_min_length", 9)),
        *(("password_days", 366), ("lock_after", 2), ("lock_after", 101), ("mask_rule", "none")),
    ],
)
def test_security_policy_has_bounds(federation: Federation, name: str, value: Any) -> None:
    with pytest.raises(InvalidError):
        changed(federation, "security@street", **{name: value})


def test_being_idle_is_never_allowed_for_longer_than_a_session_lasts(federation: Federation) -> None:
    changed(federation, "security@street", idle_minutes=120)
    with pytest.raises(InvalidError, match="不能长于最长登录时间"):
        changed(federation, "security@street", absolute_hours=1)
    assert present(federation).absolute_hours == 12


@pytest.mark.parametrize(
    ("who", "values"),
    [
        ("admin@street", {"lock_after": 20}),
        ("admin@street", {"mask_rule": "strict", "overdue_days": 20}),
        ("security@street", {"overdue_days": 20}),
        ("security@street", {"overdue_days": 20, "lock_after": 20}),
        ("auditor@street", {"lock_after": 20}),
        ("leader@street", {"overdue_days": 20}),
        ("clerk@street", {"overdue_days": 20}),
    ],
)
def test_each_of_the_three_administrators_owns_their_own_settings(
    federation: Federation, who: str, values: dict[str, Any]
) -> None:
    with pytest.raises(ForbiddenError):
        changed(federation, who, **values)
    assert present(federation).version == 0


def test_a_form_drawn_before_somebody_elses_change_is_refused(federation: Federation) -> None:
    changed(federation, "admin@street", version=0, overdue_days=20)
    with pytest.raises(ConflictError, match="刷新后再改"):
        changed(federation, "admin@street", version=0, supervision_days=30)
    found = present(federation)
    assert (found.overdue_days, found.supervision_days, found.version) == (20, 15, 1)


def test_of_two_administrators_at_once_one_is_told(federation: Federation) -> None:
    """The very first change too, when there is no row to lock yet."""
    for version in (0, 1):
        gate, told = threading.Barrier(2), []

        def act(value: int, version: int = version, gate: threading.Barrier = gate, told: list[str] = told) -> None:
            gate.wait()
            try:
                changed(federation, "admin@street", version=version, overdue_days=value)
                told.append("done")
            except ConflictError:
                told.append("conflict")

        people = [threading.Thread(target=act, args=(100 * (version + 1) + n,)) for n in (1, 2)]
        for person in people:
            person.start()
        for person in people:
            person.join()
        assert sorted(told) == ["conflict", "done"]
        assert present(federation).version == version + 1


def test_reading_costs_one_statement_for_a_session_and_none_when_they_were_brought(federation: Federation) -> None:
    statements: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("SET LOCAL"):
            statements.append(statement)

    event.listen(federation.database.engine, "before_cursor_execute", note)
    try:
        with federation.database.transaction(federation.ids["street"]) as session:
            for _ in range(20):
                settings.of(session)
        assert len(statements) == 1
        with federation.database.transaction(federation.ids["street"]) as session:
            settings.keep(session, {"overdue_days": 9}, 3)
            assert settings.of(session).overdue_days == 9
        assert len(statements) == 1
    finally:
        event.remove(federation.database.engine, "before_cursor_execute", note)


def test_a_row_spoilt_by_hand_stands_at_the_defaults_and_locks_nobody_out() -> None:
    found = settings.read({"overdue_days": "many", "lock_after": 1000, "gone": 1, "supervision_days": 9}, 2)
    assert (found.overdue_days, found.lock_after, found.supervision_days) == (15, 10, 9)


#: Settings that are read under another name, in the units in which they are used (``access.limits.Limits``).
READ_AS = {"idle_minutes": "idle", "absolute_hours": "absolute", "password_days": "password_age"}
#: Where settings are kept, shown and told; being there is not being read by what they govern.
KEEPING = {"tenants/settings.py", "admin/settings.py", "admin/telling.py", "access/limits.py"}


def test_every_setting_is_read_by_what_it_governs() -> None:
    read = {
        node.attr
        for path in modules()
        if path.relative_to(PLATFORM).as_posix() not in KEEPING
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
    }
    # A clock names the setting of its length; the clocks are started by that name.
    read |= {term.setting for term in TERMS.values()}
    assert [name for name in settings.NAMES if READ_AS.get(name, name) not in read] == []
