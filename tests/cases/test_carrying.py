"""What goes along with a case in words and in rows; test_inheritance walks a whole handover."""

from __future__ import annotations

from cases import carrying, gains, workplaces
from cases.queries import file
from tests.builders import Federation

CODE = "91110108551385082Q"


def test_a_workplace_is_found_by_its_name_then_by_its_code_and_entered_where_there_is_none(
    federation: Federation,
) -> None:
    with federation.work("clerk@east") as work:
        named = workplaces.save(work, {"name": "测试厂"}).id
        coded = workplaces.save(work, {"name": "测试科技（新名）", "credit_code": CODE}).id
    blank = {"credit_code": None, "region": "西区", "has_union": None, "has_collective_contract": None}
    told = [
        {"name": "测试厂", **blank, "has_congress": None},
        {"name": "测试科技", **(blank | {"credit_code": CODE}), "has_congress": None},
        {"name": "测试二厂", **blank, "has_congress": True},
    ]
    with federation.work_as_system("east") as work:
        found = carrying.enter_places(work, {"workplaces": told})
        assert (found["测试厂"], found["测试科技"]) == (named, coded)
        made = workplaces.get(work, found["测试二厂"])
        assert (made.region, made.has_congress) == ("西区", True)
        assert carrying.enter_places(work, {}) == {}


def test_the_letter_of_an_older_predecessor_says_nothing_of_the_handling(federation: Federation) -> None:
    case = federation.register("clerk@east")
    with federation.work_as_system("east") as work:
        found = file(work, case.number)
        carrying.take(work, found.case, found.claims, {})
        assert gains.result_of(work, case.id) is None
