"""A union is closed when nothing waits for anybody, and not a day before."""

from __future__ import annotations

import pytest

from archives.closing import close, inventory, rows
from dispatches.services import escalate
from kernel.errors import ForbiddenError, InvalidError
from tenants.life import suspend
from tests.builders import Federation

WHY = "机构撤销，工作由区总工会承继"


def count(federation: Federation, slug: str) -> list[str]:
    with federation.work_as_system(slug) as work:
        return inventory(work).left()


def test_what_is_open_is_named_by_number_on_both_sides(federation: Federation) -> None:
    assert count(federation, "street") == []
    case = federation.accepted("street")
    federation.register("clerk@street")
    with federation.work("head@street") as work:
        escalate(work, case.number, reason="需要上级协调解决", request="请求协调用人单位")
    assert count(federation, "street") == ["还有 2 件信访件没有办结。", "还有 1 封发出的函件没有收到结果。"]
    assert count(federation, "east") == ["还有 1 封收到的函件没有办结。"]
    with federation.work_as_system("street") as work:
        found = inventory(work)
        assert (found.cases, found.letters, found.accounts) == (2, 1, 8)
        assert found.papers >= 1
        assert rows(work)["cases"] == 2 and "letter_files" not in rows(work)


def test_a_union_with_open_work_is_not_closed_and_stays_as_it_was(federation: Federation) -> None:
    federation.register("clerk@street")
    with federation.work("root@platform") as work:
        suspend(work, "street", WHY)
    with (
        pytest.raises(InvalidError, match=r"还有 1 件信访件没有办结。请先恢复使用并办结"),
        federation.work("root@platform") as work,
        federation.work_as_system("street") as inside,
    ):
        close(work, inside, "street", reason=WHY, retention_years=10)
    with federation.work("root@platform") as work, federation.work_as_system("west") as inside:
        suspend(work, "west", WHY)
        assert close(work, inside, "west", reason=WHY, retention_years=10).status == "closed"


def test_nobody_of_a_union_counts_for_the_platform(federation: Federation) -> None:
    with federation.work("leader@street") as work, pytest.raises(ForbiddenError):
        inventory(work)
