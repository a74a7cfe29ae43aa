"""再加一项: a row more where it is wanted, with the keyboard and without a script alike."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.journeys.conftest import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("browser")]

Visit = Callable[..., Visitor]


@pytest.mark.parametrize("scripts", [True, False])
def test_a_claim_gets_one_row_more_and_what_was_typed_stays(visitor: Visit, scripts: bool) -> None:
    clerk = visitor("clerk@street", scripts=scripts, width=375)
    clerk.goes("/cases/new")
    page = clerk.page
    page.fill("#f-title", "反映加班费未付")
    page.fill("#f-claims-0", "补发加班费")
    page.click("#f-rows-claims")
    page.wait_for_selector("#f-claims-1")
    assert page.input_value("#f-claims-0") == "补发加班费"
    assert page.input_value("#f-title") == "反映加班费未付"
    page.wait_for_timeout(200)
    page.keyboard.type("说明计算办法")
    assert page.input_value("#f-claims-1") == "说明计算办法", "the new row has the focus"
    assert clerk.overflow == 0
    page.locator("details.more:has(#f-rows-representatives) > summary").click()
    for slot in range(4, 8):
        page.click("#f-rows-representatives")
        page.wait_for_selector(f"#f-parties-{slot}-name")
    # The sixth is asked of the server too, which refuses it where the rows are and with the article.
    with page.expect_response("**/cases/new") as answer:
        page.click("#f-rows-representatives")
    assert answer.value.status == 422
    page.wait_for_selector("text=第二十条），其余人员")
    assert page.locator("#f-parties-8-name").count() == 0
    assert page.input_value("#f-claims-1") == "说明计算办法"
    assert clerk.overflow == 0
    clerk.complaints = [told for told in clerk.complaints if "422" not in told]
