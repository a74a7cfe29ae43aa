"""用人单位登记."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from cases import workplaces
from cases.credit import check_character
from cases.intake import NewParty
from cases.models import Party
from kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from tests.builders import Federation

CODE = "91990000MA00000AA" + check_character("91990000MA00000AA")


def enter(federation: Federation, name: str, login: str = "clerk@street", **typed: str) -> workplaces.Workplace:
    with federation.work(login) as work:
        return workplaces.save(work, {"name": name} | typed)


def lines(federation: Federation, login: str = "head@street", **asked: str) -> list[tuple[str, int]]:
    with federation.work(login) as work:
        return [(line.workplace.name, line.open_cases) for line in workplaces.page(work, **asked)[0]]


def test_respondents_of_its_name_belong_to_an_entry_before_and_after_it(federation: Federation) -> None:
    federation.register()
    enter(federation, "测试厂", credit_code=CODE, region="东区", has_union="yes")
    federation.register()
    federation.register(parties=(NewParty(name="甲"), NewParty(role="respondent", organisation="测试厂二分厂")))
    assert lines(federation) == [("测试厂", 2)]
    with federation.work("head@street") as work:
        assert workplaces.unlisted(work) == [("测试厂二分厂", 1)]
        assert workplaces.suggest(work, "试厂") == ["测试厂"]
        assert workplaces.suggest(work, "试") == []


def test_open_cases_are_counted_of_those_that_the_actor_sees(federation: Federation) -> None:
    enter(federation, "测试厂")
    federation.register(category="13.01")
    federation.register()
    assert lines(federation) == [("测试厂", 2)]
    assert lines(federation, "clerk@street") == [("测试厂", 1)]
    assert lines(federation, "handler@street") == [("测试厂", 0)]
    assert lines(federation, "head@east") == []
    with pytest.raises(ForbiddenError):
        lines(federation, "admin@street")


def test_a_sealed_cases_respondent_is_no_hint_to_those_who_may_not_see_it(federation: Federation) -> None:
    federation.register(
        category="13.01", parties=(NewParty(name="甲"), NewParty(role="respondent", organisation="密件厂"))
    )
    with federation.work("clerk@street") as work:
        assert workplaces.unlisted(work) == []
    with federation.work("head@street") as work:
        assert workplaces.unlisted(work) == [("密件厂", 1)]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "长" * 101}, "name"),
        ({"name": "另一厂", "credit_code": "123"}, "credit_code"),
        ({"name": "另一厂", "credit_code": CODE}, "credit_code"),
        ({"name": "测试厂"}, "name"),
        ({"name": "另一厂", "region": "长" * 61}, "region"),
    ],
)
def test_a_bad_entry_is_refused_at_its_field(federation: Federation, typed: dict[str, str], field: str) -> None:
    enter(federation, "测试厂", credit_code=CODE)
    with federation.work("clerk@street") as work, pytest.raises(InvalidError) as refused:
        workplaces.save(work, typed)
    assert field in refused.value.fields


def test_two_people_who_change_an_entry_at_once_notice_each_other(federation: Federation) -> None:
    place = enter(federation, "测试厂")
    with federation.work("clerk@street") as work:
        workplaces.save(work, {"name": "测试厂", "region": "甲区"}, place.id, 1)
    with federation.work("head@street") as work, pytest.raises(ConflictError):
        workplaces.save(work, {"name": "测试厂", "region": "乙区"}, place.id, 1)


def test_a_merged_entry_leads_to_the_one_that_stays(federation: Federation) -> None:
    enter(federation, "测试厂")
    stays = enter(federation, "测试厂有限公司")
    federation.register()
    with federation.work("clerk@street") as work:
        gone = workplaces.by_name(work, ["测试厂"])["测试厂"]
        with pytest.raises(InvalidError):
            workplaces.merge(work, gone, "测试厂")
        with pytest.raises(InvalidError):
            workplaces.merge(work, gone, "没有这个厂")
        workplaces.merge(work, gone, "测试厂有限公司")
    assert lines(federation) == [("测试厂有限公司", 1)]
    federation.register()
    assert lines(federation) == [("测试厂有限公司", 2)]
    with federation.work("clerk@street") as work:
        assert set(work.session.scalars(select(Party.workplace_id).where(Party.role == "respondent"))) == {stays.id}
        with pytest.raises(NotFoundError):
            workplaces.get(work, gone)


@pytest.mark.parametrize("login", ["leader@street", "supervisor@street", "admin@street", "auditor@street"])
def test_only_those_who_register_keep_the_register(federation: Federation, login: str) -> None:
    with pytest.raises(ForbiddenError):
        enter(federation, "测试厂", login)


def test_pages_go_by_name(federation: Federation) -> None:
    for name in ("丙厂", "甲厂", "乙厂"):
        enter(federation, name)
    with federation.work("head@street") as work:
        first, following = workplaces.page(work, limit=2)
        rest, end = workplaces.page(work, limit=2, after=following or "")
    assert len(first) == 2
    assert len(rest) == 1
    assert end is None
    assert lines(federation, q="甲") == [("甲厂", 0)]
