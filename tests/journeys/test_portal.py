"""A worker with a telephone: files, is accepted, adds a file, is answered, is not satisfied, is told what to do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from cases.models import Case
from tests.builders import Federation
from tests.documents.uploads import png
from tests.journeys.conftest import Visitor
from tests.web.conftest import MovingClock

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("browser")]

#: Large enough for a thumb (WCAG 2.2 asks for 24, the portal for 44).
THUMB = """
() => [...document.querySelectorAll("button, .call a, .doors a, summary, .open, input:not([type=hidden])")]
  .filter((node) => node.getClientRects().length && !node.closest(".trap, .unseen") && !node.matches(".unseen"))
  .map((node) => [node, (node.matches("[type=checkbox], [type=radio]") ? node.closest("label") : node)])
  .filter(([, target]) => target.getBoundingClientRect().height < 44)
  .map(([node]) => node.outerHTML.slice(0, 80))
"""


def looked_at(worker: Visitor) -> None:
    assert worker.overflow <= 0
    assert not worker.scripts or worker.broken_rules() == []
    assert worker.page.evaluate(THUMB) == []


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_worker_is_heard_from_the_first_form_to_the_rating(
    visitor: Callable[..., Visitor], federation: Federation, clock: MovingClock, scripts: bool
) -> None:
    worker = visitor(None, width=375, scripts=scripts)
    worker.goes("/portal/street/")
    if scripts:
        looked_at(worker)
    worker.follows("我要反映")
    worker.page.fill("#f-what", "老板欠三个月工资不给")
    worker.page.fill("#f-story", "从去年十二月起没有发过工资，找过班组长三次。")
    worker.page.fill("#f-claim-0", "补发三个月工资")
    worker.sends("再加一项")
    worker.page.fill("#f-claim-2", "按规定补缴社会保险")
    worker.page.fill("#f-employer", "测试电子厂")
    worker.page.fill("#f-name", "测试甲")
    worker.page.fill("#f-phone", "13800001111")
    if scripts:
        looked_at(worker)
    clock.forward(seconds=60)
    worker.sends("提交")
    assert "同意后才能提交" in worker.page.inner_text("main")
    assert worker.page.input_value("#f-claim-2") == "按规定补缴社会保险"
    worker.page.check("#f-agree")
    worker.sends("提交")
    number = worker.page.locator("dd.big").first.inner_text()
    code = worker.page.locator("dd.code").inner_text()
    if scripts:
        looked_at(worker)

    clerk = visitor("clerk@street")
    clerk.goes("/cases/")
    clerk.follows("老板欠三个月工资不给")
    clerk.follows("甄别分流")
    clerk.page.get_by_label("求决", exact=True).check()
    clerk.page.select_option("#f-category", "01.01")
    clerk.page.get_by_label("一般", exact=True).check()
    clerk.sends("甄别分流")
    head = visitor("head@street")
    head.goes(f"/cases/{number}")
    head.follows("受理告知")
    head.page.select_option("#f-assignee", label="测试承办人")
    head.sends("受理告知")

    worker.follows("试一试查进度")
    worker.page.fill("#f-number", number)
    worker.page.fill("#f-code", code.lower())
    worker.sends("查看")
    assert "正在办理" in worker.page.inner_text("main")
    worker.sends("签收")
    with worker.page.expect_download() as caught:
        worker.page.get_by_role("link", name="打开（PDF）").click()
    assert caught.value.suggested_filename.endswith(".pdf")
    worker.page.get_by_text("我要补充").click()
    worker.page.set_input_files("#f-files", {"name": "工资条.png", "mimeType": "image/png", "buffer": png()})
    if scripts:
        looked_at(worker)
    worker.sends("提交补充")
    assert "工资条.png" in worker.page.inner_text("#material")

    opinions = {str(n): {"opinion": "reject", "finding": "查无欠薪记录，不予支持。"} for n in (1, 2, 3)}
    told = {"facts": "经核实，工资表显示已经发放。", "basis": "《劳动法》第五十条", "opinions": opinions}
    federation.act("handler@street", number, "decide", **told)
    done = {
        "delivery": "in_person",
        "delivered_on": "2026-03-02",
        "executed_on": "2026-03-02",
        "receipt": "signed",
        "result": "已经书面答复。",
    }
    federation.act("handler@street", number, "close", **done)

    worker.goes("/portal/street/track")
    worker.follows("去评价")
    worker.page.locator("label.pick", has_text="不满意").first.click()
    worker.page.fill("[name='unit.reason']", "工资表上的签字不是我签的")
    if scripts:
        looked_at(worker)
    worker.sends("提交评价")
    told_now = worker.page.inner_text("main")
    assert "您不满意，可以这样做" in told_now and "东区总工会" in told_now
    worker.follows("申请复查")
    assert worker.page.locator("#review").is_visible()
    worker.sends("看完了，退出")
    with federation.work_as_system("street") as work:
        case = work.session.scalars(select(Case)).one()
    assert (case.rating, case.rated_by_staff, case.dissatisfied) == ("dissatisfied", False, 1)
    # Neither the code nor the number ever stood in an address.
    assert not [answer.url for answer in worker.fetched if code in answer.url or number in answer.url]
    worker.complaints = [line for line in worker.complaints if "422" not in line]
