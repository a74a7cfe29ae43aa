"""What the three pages show: charts with words and tables, few components, few statements, and no English."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from dashboards import theme
from tests.builders import Federation
from tests.dashboards.conftest import PAGES, children, components, draw, told
from tests.measures.test_queries import add

Enter = Callable[[str], FlaskClient]
Fold = Callable[..., int]

MOST_COMPONENTS = 250
#: One request: who is there (3), the tree and the classification (2), first day, as-of time, whether a second count
#: corrects, up to five reads.
MOST_STATEMENTS = 13
ENGLISH = re.compile(r"[A-Za-z]{3,}")
#: Latin words that are right on a Chinese page.
LATIN = {"Plotly", "png"}


def words(html: str) -> str:
    """The text of a page as it is read."""
    html = re.sub(r"<(script|style|noscript)\b.*?</\1>", " ", html, flags=re.S)
    return re.sub(r"<[^>]+>", " ", html)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("who", ["supervisor@city", "head@street", "clerk@city"])
def test_every_chart_has_an_answer_a_definition_and_a_table(
    figures: Federation, as_user: Enter, page: str, who: str
) -> None:
    browser = as_user(who)
    html = browser.get(f"/dashboards/{page}").text
    drawn = children(draw(browser, page))
    sections = [part for part in components(drawn) if part["type"] == "Section"]
    # A union without anybody below has letters there and nothing to compare.
    assert len(sections) >= (1 if page == "federation" else 2)
    for section in sections:
        title, *rest = section["props"]["children"]
        name = title["props"]["id"].removeprefix("chart-")
        assert f'id="table-{name}"' in html
        said = json.dumps(rest, ensure_ascii=False)
        assert "n=" in said, name
        assert "2026年" in said, name
    assert html.count("<table") == len(sections)
    assert len(list(components(drawn))) <= MOST_COMPONENTS
    assert "数据截至" in html


@pytest.mark.parametrize("page", PAGES)
def test_no_english_stands_on_a_page(figures: Federation, as_user: Enter, page: str) -> None:
    browser = as_user("supervisor@city")
    html = browser.get(f"/dashboards/{page}")
    assert '<html lang="zh">' in html.text
    assert set(ENGLISH.findall(words(html.text))) - LATIN == set()
    for part in components(children(draw(browser, page))):
        shown = part["props"].get("children")
        if isinstance(shown, str):
            assert not ENGLISH.search(shown), shown
        if part["type"] == "Graph":
            for trace in part["props"]["figure"]["data"]:
                hover = re.sub(r"%\{[^}]*\}|<[^>]*>", "", trace.get("hovertemplate", ""))
                assert not ENGLISH.search(hover + trace.get("name", "")), hover


def test_every_place_with_figures_says_that_they_are_being_corrected(
    figures: Federation, as_user: Enter, superuser: Engine
) -> None:
    browser = as_user("head@city")
    places = (
        "/dashboards/load",
        "/dashboards/definitions",
        "/dashboards/wall",
        "/dashboards/hotspots/found",
        "/dispatches/subordinates",
    )
    said = "数据正在重算（自2026-05-01 09:00），各级合计可能暂不一致"
    assert not any(said in browser.get(place).text for place in places)
    with superuser.begin() as connection:
        connection.execute(
            text(
                "insert into heartbeats (name, at) values "
                "('recount-since', '2026-05-01 01:00+00'), ('recount-alive', now())"
            )
        )
    for place in places:
        assert said in browser.get(place, follow_redirects=True).text, place


@pytest.mark.parametrize("page", PAGES)
def test_the_full_library_and_other_sites_are_never_asked_for(figures: Federation, as_user: Enter, page: str) -> None:
    html = as_user("head@city").get(f"/dashboards/{page}").text
    scripts = re.findall(r'<script src="([^"]+)"', html)
    assert [script for script in scripts if not script.startswith("/")] == []
    assert sum("plotly-cartesian" in script for script in scripts) == 1
    assert not any("plotly.min" in script for script in scripts)
    order = [scripts.index(next(s for s in scripts if word in s)) for word in ("plotly-cartesian", "dash_renderer")]
    assert order == sorted(order)


def test_no_chart_offers_to_send_itself_away() -> None:
    assert theme.CONFIG["plotlyServerURL"] == ""
    assert theme.CONFIG["modeBarButtons"] == [["toImage"]]
    assert "sendChartToCloud" in theme.CONFIG["modeBarButtonsToRemove"]
    assert theme.CONFIG["locale"] == "zh-CN"


def more_unions(superuser: Engine, above: int, count: int) -> None:
    with superuser.begin() as connection:
        connection.execute(
            text(
                "insert into tenants (id, slug, name, short_name, kind, code, parent_id, level) "
                "select n, 'more-' || n, '单位' || n, '单位' || n, 'grassroots', '测', :above, 2 "
                "from generate_series(1000, 1000 + :count - 1) n"
            ),
            {"above": above, "count": count},
        )
        connection.execute(
            text(
                "insert into tenant_closure select id, id, 0 from tenants where id >= 1000 "
                "union all select :above, id, 1 from tenants where id >= 1000"
            ),
            {"above": above},
        )


@pytest.mark.parametrize("page", PAGES)
def test_a_page_asks_as_much_for_300_unions_as_for_4(
    figures: Federation, as_user: Enter, statements: Any, superuser: Engine, page: str
) -> None:
    browser = as_user("supervisor@city")
    counted = []
    for unions in (0, 296):
        if unions:
            more_unions(superuser, figures.ids["city"], unions)
        with statements() as page_sent:
            assert browser.get(f"/dashboards/{page}").status_code == 200
        with statements() as drawn_sent:
            # The token costs a page of its own; the rest is the callback's.
            drawn = draw(browser, page)
        assert len(list(components(children(drawn)))) <= MOST_COMPONENTS
        assert len(page_sent) <= MOST_STATEMENTS, page_sent
        counted.append((len(page_sent), len(drawn_sent)))
    assert counted[0] == counted[1]


@pytest.mark.parametrize("page", PAGES)
def test_an_empty_federation_shows_pages_and_not_errors(federation: Federation, as_user: Enter, page: str) -> None:
    for who in ("supervisor@city", "head@street"):
        browser = as_user(who)
        html = browser.get(f"/dashboards/{page}").text
        assert "还没有汇总过数据" in html
        assert "100.0%" not in html
        assert children(draw(browser, page))


@pytest.mark.parametrize(
    "search",
    ["?from=2026-03-01&to=2026-02-01", "?from=x", "?category=77", "?channel=x", "?to=2026-02-30", "?unit=-1"],
)
def test_a_wrong_filter_costs_the_charts_and_not_the_page(figures: Federation, as_user: Enter, search: str) -> None:
    browser = as_user("head@city")
    for page in PAGES:
        answer = browser.get(f"/dashboards/{page}{search}")
        assert answer.status_code == 200
        assert "筛选条件有误，没有显示数据" in answer.text
        drawn = draw(browser, page, search)
        assert "请先改正上面的筛选条件" in told(drawn)
        assert "Graph" not in {part["type"] for part in components(children(drawn))}


def test_a_rate_leads_to_its_own_definition(figures: Federation, as_user: Enter) -> None:
    browser = as_user("head@city")
    drawn = told(draw(browser, "resolution"))
    followed = set(re.findall(r'"(/dashboards/definitions#[^"]+)"', drawn))
    assert "/dashboards/definitions#m-on_time" in followed
    for link in followed:
        place, anchor = link.split("#")
        assert f'id="{anchor}"' in browser.get(place).text


def test_beside_every_rate_stand_the_measures_that_the_catalogue_wants_to_be_seen(
    figures: Federation, as_user: Enter
) -> None:
    html = words(as_user("head@city").get("/dashboards/resolution").text)
    for name in ("撤回率", "并案率", "延期率", "超期件", "终止率", "满意率（责任单位）", "登记量", "重新办理件"):
        assert name in html, name


def test_a_copied_address_restores_the_filters(figures: Federation, as_user: Enter) -> None:
    search = f"?unit={figures.ids['east']}&from=2025-12-01&to=2026-01-31&category=02&channel=letter&junk=1"
    html = as_user("head@city").get(f"/dashboards/load{search}").text
    assert 'value="2025-12-01"' in html
    assert 'value="2026-01-31"' in html
    for value in (str(figures.ids["east"]), "02", "letter"):
        assert f'value="{value}" selected' in html


def test_a_mark_of_ones_own_cases_opens_their_list_and_no_other_does(figures: Federation, as_user: Enter) -> None:
    def opened(who: str, page: str, search: str = "") -> set[str]:
        drawn = told(draw(as_user(who), page, search))
        return set(re.findall(r'"(/(?:cases|dashboards(?!/tables))/[^"]*\?)', drawn))

    assert opened("head@street", "load") == {"/cases/?"}
    assert opened("head@street", "hotspots") == {"/cases/?"}
    assert opened("head@city", "load") == set()
    assert opened("head@city", "hotspots") == {"/dashboards/hotspots?"}
    # A month leads to itself alone, a unit to its own page.
    assert opened("head@city", "resolution") == {"/dashboards/resolution?"}
    assert opened("head@city", "federation") == {"/dashboards/federation?", "/dashboards/load?"}
    assert opened("head@street", "resolution") == {"/cases/?", "/dashboards/resolution?"}
    assert opened("head@city", "load", f"?unit={figures.ids['east']}") == set()


def test_the_list_that_a_mark_opens_holds_the_cases_that_it_counts(federation: Federation, as_user: Enter) -> None:
    federation.register("clerk@street")
    browser = as_user("head@street")
    drawn = told(draw(browser, "load"))
    link = next(link for link in re.findall(r'"(/cases/\?[^"]*open_only[^"]*)"', drawn) if "2026-03-1" in link)
    listed = browser.get(link)
    assert listed.status_code == 200
    assert "东一工信" in listed.text


def test_a_hidden_count_is_hidden_in_table_and_chart_alike(
    federation: Federation, as_user: Enter, superuser: Engine, fold_all: Fold
) -> None:
    day = federation.clock.today().replace(day=1)
    add(superuser, federation.ids["east"], day, registered=6, closed=5)
    add(superuser, federation.ids["west"], day, registered=81, closed=80)
    fold_all()
    browser = as_user("head@city")
    for page, search in (("hotspots", ""), ("federation", ""), ("load", f"?unit={federation.ids['east']}")):
        html = words(browser.get(f"/dashboards/{page}{search}").text)
        assert "隐去" in html
        assert not re.search(r"\s[56]\s", re.sub(r"共\d+", "", html)), page
        for part in components(children(draw(browser, page, search))):
            if part["type"] == "Graph" and part["props"]["id"]["name"] in ("heat", "units", "weekly-registered"):
                numbers = json.dumps(
                    [
                        [trace.get(key) for key in ("y", "z", "text", "customdata")]
                        for trace in part["props"]["figure"]["data"]
                    ]
                )
                assert not re.search(r'[\s\["]6[\s\],"]', numbers), numbers


@pytest.mark.parametrize("page", ["load", "resolution", "federation", "hotspots"])
def test_a_page_says_what_its_numbers_leave_out(figures: Federation, as_user: Enter, page: str) -> None:
    assert "（不含检举控告）" in words(as_user("supervisor@city").get(f"/dashboards/{page}").text)
    assert "不含检举控告" not in words(as_user("head@city").get(f"/dashboards/{page}").text)
