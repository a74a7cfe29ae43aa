"""What a chart would change is known before anything is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from access.actor import Work
from access.roles import Role
from tenants import chart
from tenants.planning import Plan, make_plan
from tests.builders import Federation
from tests.tenants.charts import book, unit


def plan_of(federation: Federation, *rows: tuple[object, ...], people: tuple[tuple[str, ...], ...] = ()) -> Plan:
    by_number = {number: slug for slug, number in federation.ids.items()}

    @contextmanager
    def open_work(tenant_id: int) -> Iterator[Work]:
        with federation.work_as_system(by_number[tenant_id]) as work:
            yield work

    with federation.work("root@platform") as work:
        return make_plan(work, chart.read(book(rows, people)), open_work)


def test_parents_come_before_children_whatever_the_order_of_the_rows(federation: Federation) -> None:
    plan = plan_of(federation, unit("cc", "bb"), unit("bb", "aa", second="dd"), unit("aa"), unit("dd"))
    order = [told.slug for told in plan.new_units]
    assert sorted(order) == ["aa", "bb", "cc", "dd"]
    assert order.index("aa") < order.index("bb") < order.index("cc")
    assert order.index("dd") < order.index("bb"), "the second line is a line too"
    assert plan.problems == ()


def test_who_is_there_is_compared_and_not_planned(federation: Federation) -> None:
    plan = plan_of(
        federation,
        unit("east", name="东区总工会", code="东总工信", members="500"),
        people=(("east", "clerk", "测试登记员", "承办人"),),
    )
    assert plan.new_units == [] and plan.new_people == set()
    assert {(each.column, each.now, each.told) for each in plan.differences} == {
        ("会员人数", "（空）", "500"),
        ("角色", "登记员", "承办人"),
    }


def test_roles_are_read_by_their_chinese_names(federation: Federation) -> None:
    plan = plan_of(federation, unit("aa"), people=(("aa", "boss", "测试", "单位领导，督办员；承办人"),))
    (person,) = plan.new_people
    assert person.roles == (Role.LEADER, Role.SUPERVISOR, Role.HANDLER)
