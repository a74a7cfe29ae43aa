"""A chart's numbers as a workbook: the same as on the page, nothing that could be a formula, nothing hidden."""

from __future__ import annotations

import io
from collections.abc import Callable
from urllib.parse import quote

import openpyxl
from flask.testing import FlaskClient
from sqlalchemy import Engine

from dashboards.charts import Chart, Table
from dashboards.downloads import workbook
from measures.suppression import HIDDEN
from tests.builders import Federation
from tests.measures.test_queries import add

Enter = Callable[[str], FlaskClient]
Fold = Callable[..., int]


def rows(content: bytes) -> list[tuple[object, ...]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    return list(sheet.iter_rows(min_row=3, values_only=True))


def test_a_download_holds_what_the_page_shows_and_says_what_it_is(figures: Federation, as_user: Enter) -> None:
    answer = as_user("head@street").get("/dashboards/tables/load/channels?from=2026-01-01&to=2026-02-28")
    assert answer.status_code == 200
    assert quote("职工通过什么形式反映", safe="") in answer.headers["Content-Disposition"]
    head, *lines = rows(answer.data)
    assert head == ("信访形式", "登记件数")
    assert [line[0] for line in lines[:4]] == ["来访", "来信", "来电", "网信"]
    assert all(isinstance(line[1], int) for line in lines[:4])
    about = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[-1]
    told = {line[0]: line[1] for line in about.iter_rows(values_only=True)}
    assert "2026年1月5日" in str(told["口径"])
    assert "测试负责人" in str(told["水印"])


def test_what_is_hidden_on_the_page_is_hidden_in_the_download(
    federation: Federation, as_user: Enter, superuser: Engine, fold_all: Fold
) -> None:
    day = federation.clock.today().replace(day=1)
    add(superuser, federation.ids["east"], day, registered=6, closed=5)
    add(superuser, federation.ids["west"], day, registered=80, closed=80)
    fold_all()
    answer = as_user("head@city").get("/dashboards/tables/federation/volumes")
    east = next(line for line in rows(answer.data) if str(line[0]).startswith("东区总工会"))
    assert east[1:3] == (HIDDEN, HIDDEN)


def test_a_name_that_looks_like_a_formula_stays_a_text() -> None:
    chart = Chart("x", "各单位？", "答", "口径", Table(("单位", "件数"), (("=1+1", "1,234"), ("@SUM(A1)", "—"))))
    book = openpyxl.load_workbook(io.BytesIO(workbook(chart, "水印", [("口径", "口径")])))
    cells = list(book.worksheets[0].iter_rows(min_row=4, max_row=5))
    assert [[cell.value for cell in line] for line in cells] == [["=1+1", 1234], ["@SUM(A1)", "—"]]
    assert "f" not in {cell.data_type for line in cells for cell in line}


def test_a_chart_that_is_not_there_or_not_ones_own_is_not_found(figures: Federation, as_user: Enter) -> None:
    browser = as_user("head@city")
    for path in ("load/nothing", "nothing/heat", "load/ageing?unit=subtree", "load/handlers?unit=subtree"):
        assert browser.get(f"/dashboards/tables/{path}").status_code == 404, path
    assert as_user("clerk@city").get("/dashboards/tables/load/handlers?unit=own").status_code == 404


def test_a_wrong_filter_gives_a_sentence_and_no_file(figures: Federation, as_user: Enter) -> None:
    for search in ("from=2026-03-01&to=2026-02-01", f"unit={figures.ids['west']}", "category=77"):
        answer = as_user("head@east").get(f"/dashboards/tables/load/channels?{search}")
        assert answer.status_code == 422
        assert answer.mimetype == "text/html"
