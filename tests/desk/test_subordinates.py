"""下级单位: figures only, small ones hidden, and from a figure to a supervision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from dispatches.kinds import LetterKind
from dispatches.services import Draft, send
from measures.folding import fold
from tests.builders import Federation
from tests.conftest import Stage
from tests.desk.pages import Page
from tests.measures.conftest import rollup, superuser
from tests.measures.test_queries import add
from tests.web.clients import post

__all__ = ["rollup", "superuser"]

AsUser = Callable[[str], FlaskClient]


@pytest.fixture
def folded(federation: Federation, superuser: Engine, rollup: Any) -> None:
    """East's street is late with nine of sixty cases and with two notices; the west has little to do."""
    add(
        superuser,
        federation.ids["street"],
        date(2026, 2, 4),
        **{"registered": 90, "closed": 13, "due": 60, "due_met": 51, "notice_due": 40, "notice_met": 38},
    )
    add(superuser, federation.ids["west"], date(2026, 2, 4), registered=3)
    with rollup.engine.begin() as connection:
        fold(connection)


@pytest.mark.usefixtures("folded")
def test_each_subordinate_stands_with_its_figures_its_status_and_its_letters(
    as_user: AsUser, federation: Federation
) -> None:
    with federation.work("head@city") as work:
        send(work, Draft(LetterKind.ASSIST, federation.ids["east"], "请协助核实", "涉及两区。", "请核实。"))
    page = Page(as_user("head@city").get("/dispatches/subordinates").text)
    east = page.visible[page.visible.index("东区总工会") : page.visible.index("西区总工会")]
    for words in ("使用中", "\n75\n", "\n10\n", "83.3%", "共60件到期", "发出：协办1"):
        assert words in east, words
    assert "隐去" in east  # two notices
    west = page.visible[page.visible.index("西区总工会") :]
    assert "隐去" in west
    assert "数据截至" in page.visible
    assert "东一街道" not in page.visible


@pytest.mark.usefixtures("folded")
def test_a_late_figure_becomes_a_supervision_without_a_file(as_user: AsUser, federation: Federation) -> None:
    city = as_user("supervisor@city")
    page = Page(city.get("/dispatches/subordinates").text)
    link = next(found["href"] for found in page.all("a") if "measure=overdue" in found.get("href", ""))
    form = Page(city.get(link).text)
    assert form.value("details.count") == "10", "nine, to the nearest five"
    assert (form.value("details.from"), form.value("details.to")) == ("2025-12-02", "2026-03-01")
    assert "东区总工会（含下级）办理期限届满、没有按期出具处理意见的信访件约10件" in form.value("reason")
    fields = ("token", "subject", "reason", "request", "due_on", "details.count", "details.from", "details.to")
    data = {name: form.value(name) for name in fields}
    data |= {"kind": "supervision", "to": str(federation.ids["east"]), "details.trigger": "overdue"}
    data |= {"details.ladder": form.checked("details.ladder")[0], "details.suggestion": "improve"}
    answer = post(city, "/dispatches/new", data)
    assert answer.status_code == 303, Page(answer.text).visible
    below = Page(as_user("head@east").get("/desk/").text)
    assert "关于督办超期信访件的函" in below.visible
    hidden = next(found["href"] for found in page.all("a") if "measure=late" in found.get("href", ""))
    late = Page(city.get(hidden).text)
    assert late.value("details.count") == ""
    assert "有若干件" in late.value("reason")


@pytest.mark.usefixtures("folded")
def test_one_subordinate_opens_by_category_and_month_and_names_who_is_below(as_user: AsUser) -> None:
    page = Page(as_user("leader@city").get("/dispatches/subordinates/east").text)
    for words in ("劳动报酬", "2026年2月", "83.3%", "东一街道工会联合会", "本单位只有合计"):
        assert words in page.visible, words
    for slug in ("street", "city", "nobody"):
        assert as_user("leader@city").get(f"/dispatches/subordinates/{slug}").status_code == 404


def test_an_inactive_subordinate_says_so_and_is_not_written_to(
    as_user: AsUser, federation: Federation, superuser: Engine, rollup: Any
) -> None:
    add(superuser, federation.ids["east"], date(2026, 2, 4), due=60, due_met=10)
    with rollup.engine.begin() as connection:
        fold(connection)
    with superuser.begin() as connection:
        connection.execute(text("update tenants set status = 'suspended' where slug = 'east'"))
    page = Page(as_user("head@city").get("/dispatches/subordinates").text)
    assert "已停用，期限照算" in page.visible
    assert "50" in page.words
    assert not [link for link in page.all("a") if "measure=" in link.get("href", "")]


@pytest.mark.parametrize("who", ["clerk@city", "handler@city", "admin@city", "auditor@city", "root@platform"])
def test_who_does_not_see_below_has_no_such_page(as_user: AsUser, who: str) -> None:
    for path in ("/dispatches/subordinates", "/dispatches/subordinates/east"):
        assert as_user(who).get(path).status_code == 403


def test_a_union_without_subordinates_is_told_so(as_user: AsUser) -> None:
    page = Page(as_user("head@street").get("/dispatches/subordinates").text)
    assert "本单位没有直接下级单位。" in page.visible
    assert "还没有汇总过数据" in page.visible


def test_a_thousand_subordinates_cost_the_same_statements_and_come_fifty_a_page(
    as_user: AsUser, federation: Federation, clean: Stage, superuser: Engine, statements: Callable[[], Any]
) -> None:
    head = as_user("head@city")
    head.get("/dispatches/subordinates")
    with statements() as few:
        head.get("/dispatches/subordinates?sort=overdue")
    with superuser.begin() as connection:
        connection.execute(
            text(
                "insert into tenants (id, slug, name, short_name, kind, code, parent_id, level)"
                " select 100000 + n, 'unit-' || n, '单位' || n, '单位', 'grassroots', '码' || n, :city, 2"
                " from generate_series(1, 1000) n"
            ),
            {"city": federation.ids["city"]},
        )
    with statements() as many:
        page = Page(head.get("/dispatches/subordinates?sort=overdue").text)
    assert len(many) == len(few) <= 10
    assert "共1002个单位" in page.visible
    next_page = next(link["href"] for link in page.all("a") if "page=2" in link.get("href", ""))
    assert "上一页" in Page(head.get(next_page).text).visible
    assert "单位1000" in Page(head.get("/dispatches/subordinates?q=单位1000").text).visible
    for odd in ("?page=0", "?page=x", "?sort=nonsense", "?page=9999"):
        assert head.get(f"/dispatches/subordinates{odd}").status_code == 200
