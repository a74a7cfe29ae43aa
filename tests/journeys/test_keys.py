"""A head works the list by single keys, and switches them off."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.builders import Federation
from tests.journeys.conftest import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("browser")]

Visit = Callable[..., Visitor]


def test_rows_are_walked_ticked_and_opened_by_keys_that_can_be_switched_off(
    visitor: Visit, federation: Federation
) -> None:
    first, second = federation.accepted(title="先登记的一件"), federation.accepted(title="后登记的一件")
    head = visitor("head@street")
    page, press = head.page, head.page.keyboard.press
    focused = "document.activeElement.textContent"

    head.goes("/cases/")
    press("j")
    assert page.evaluate(focused) == second.title
    press("x")
    press("ArrowDown")
    assert page.evaluate(focused) == first.title
    press("x")
    assert page.get_by_text("已选 2 件").is_visible()
    press("k")
    with page.expect_navigation():
        press("o")
    assert page.get_by_text(second.number).first.is_visible()

    press("g")
    with page.expect_navigation():
        press("c")
    press("/")
    page.keyboard.type("jkx?")
    assert page.input_value("#f-q") == "jkx?", "what is typed into a field stays there"
    page.locator("#f-q").blur()

    press("?")
    dialog = page.get_by_role("dialog")
    assert dialog.is_visible()
    dialog.get_by_role("checkbox").uncheck()
    press("Escape")
    press("j")
    press("?")
    assert not dialog.is_visible()
    assert page.evaluate(focused) != second.title
    head.goes("/cases/")
    press("j")
    assert page.evaluate(focused) != second.title, "the switch holds on the next page"
    # The way back is a button, which no single key is needed for.
    page.get_by_role("button", name="键盘快捷键").click()
    dialog.get_by_role("checkbox").check()
    dialog.get_by_role("button", name="关闭").click()
    press("j")
    assert page.evaluate(focused) == second.title
