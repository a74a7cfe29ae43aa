"""看板 at work: a hotspot found from the desk, a mark that leads to its cases and back, a picture, a printed page."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pypdf
import pytest
from playwright.sync_api import Page
from sqlalchemy import Engine

from tests.builders import Federation
from tests.journeys.conftest import Visitor
from tests.measures.conftest import fold_all, rollup, superuser
from tests.measures.planting import plant, search, spots
from tests.web.conftest import MovingClock

__all__ = ["fold_all", "rollup", "superuser"]

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("browser")]

Visit = Callable[..., Visitor]
#: Six months up to the day before the planted today.
LOAD = "/dashboards/load?unit=subtree&from=2025-12-01&to=2026-05-30"


@pytest.fixture
def planted(
    federation: Federation, clock: MovingClock, superuser: Engine, fold_all: Callable[..., int]
) -> Federation:
    """East's wages rise in the last four weeks; the city looked last night."""
    plant(federation, superuser, "east")
    plant(federation, superuser, "west", factor=1.0, seed=2)
    fold_all()
    assert search(federation, "city") == 1
    clock.moment = federation.clock.now()
    return federation


def test_the_city_finds_the_planted_hotspot_in_three_clicks_and_writes_to_the_district(
    planted: Federation, visitor: Visit
) -> None:
    found = spots(planted, "city")[0]
    who = visitor("supervisor@city")
    who.follows("热点看板")
    who.page.locator(f'a[href="/dashboards/hotspots/{found.id}"]').first.click()
    who.page.wait_for_url(f"**/dashboards/hotspots/{found.id}")
    assert found.evidence in who.page.inner_text("main")
    # The third click opens the letter that has to be written; its words are the person's.
    assert who.page.get_by_role("heading", name="开督办").is_visible()
    who.page.locator("textarea").first.click()
    assert who.overflow == 0


def clicks_a_bar(page: Page, chart: str) -> None:
    """A real pointer on the largest bar of a chart: Plotly takes no click that was not hovered."""
    drawing = page.locator(f"section:has(#chart-{chart}) .js-plotly-plot")
    drawing.scroll_into_view_if_needed()
    bars = drawing.locator(".barlayer .point path")
    bars.first.wait_for()
    boxes = [box for box in (bars.nth(n).bounding_box() for n in range(bars.count())) if box]
    box = max(boxes, key=lambda each: each["width"] * each["height"])
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_timeout(200)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_a_mark_leads_to_its_cases_and_the_back_button_to_the_same_question(
    planted: Federation, visitor: Visit
) -> None:
    who = visitor("head@east")
    asked = "/dashboards/load?unit=own&from=2025-12-01&to=2026-05-30"
    who.goes(asked)
    clicks_a_bar(who.page, "channels")
    who.page.wait_for_url("**/cases/?**")
    assert "registered_from=2025-12-01" in who.page.url and "channel=visit" in who.page.url
    who.page.go_back()
    who.page.wait_for_url("**" + asked)
    assert who.page.locator('[name="from"]').first.input_value() == "2025-12-01"


def test_a_chart_is_taken_away_as_a_picture_and_a_page_as_paper_with_its_tables(
    planted: Federation, visitor: Visit, tmp_path: Path
) -> None:
    who = visitor("leader@city")
    who.goes(LOAD)
    who.page.locator(".js-plotly-plot .barlayer").first.wait_for(state="attached")
    with who.page.expect_download() as taken:
        who.page.get_by_role("button", name="下载图片").first.click()
    picture = tmp_path / "chart.png"
    taken.value.save_as(picture)
    assert picture.read_bytes().startswith(b"\x89PNG\r\n\x1a\n") and picture.stat().st_size > 5_000
    assert unquote(taken.value.suggested_filename).endswith(".png")
    # A table is folded away on the screen; on paper it has to be there.
    paper = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(who.page.pdf(format="A4"))).pages)
    headings = who.page.locator(".figures-table thead th").all_text_contents()
    assert headings
    assert [word for word in headings if plain(word) not in plain(paper)] == []
    assert "下载图片" not in plain(paper)


def plain(text: str) -> str:
    """Without blanks, and with the characters that a PDF's reader finds as radicals (⾃) in their usual form."""
    return "".join(unicodedata.normalize("NFKC", text).split())
