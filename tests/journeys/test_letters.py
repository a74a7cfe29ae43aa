"""Letters between unions, as the people on both sides live them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from tests.builders import Federation
from tests.journeys.conftest import Visitor
from tests.journeys.test_desk import only_case
from tests.measures.conftest import superuser

__all__ = ["superuser"]

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("browser")]

Visit = Callable[..., Visitor]


def writes(visitor: Visitor, **fields: str) -> None:
    """Fill in fields by their names; ``reason="…"`` is ``#f-reason``."""
    for name, words in fields.items():
        visitor.page.fill(f"#f-{name}", words)


def opens(visitor: Visitor, subject: str) -> None:
    """Find a letter on the desk and open it."""
    visitor.goes("/desk/")
    visitor.follows(subject)


def says(visitor: Visitor, *words: str) -> None:
    shown = visitor.page.inner_text("main")
    for word in words:
        assert word in shown, word


def test_a_case_goes_up_is_answered_and_goes_on(visitor: Visit, federation: Federation) -> None:
    case = federation.accepted()
    street, east = visitor("head@street"), visitor("head@east")
    street.goes(f"/cases/{case.number}")
    street.follows("上报上级工会")
    street.follows("东区总工会 上级 · 总工会")
    writes(street, reason="涉及三家用工单位，本级无权决定。", request="请区总工会协调人社部门。")
    street.sends("预览对方看到的内容")
    says(street, "对方将看到", "还没有发出")
    assert street.page.input_value("#f-reason") == "涉及三家用工单位，本级无权决定。"
    street.sends("发出")
    says(street, "等待东区总工会签收", "待上级签收")

    opens(east, case.title)
    east.sends("签收")
    east.follows("答复")
    writes(east, text="请按《社会保险法》第六十三条办理，并于月底前告知结果。")
    east.sends("答复")
    says(east, "已答复下级")

    opens(street, case.title)
    says(street, "请按《社会保险法》第六十三条办理")
    street.sends("按上级意见继续办理")
    says(street, "办理中")
    assert only_case(federation).status == "handling"


def test_an_order_is_objected_to_extended_redone_and_approved(visitor: Visit, federation: Federation) -> None:
    east, street = visitor("head@east"), visitor("head@street", width=375)
    subject = "关于办理食堂卫生信访件的函"
    east.goes("/dispatches/new")
    east.page.get_by_role("link", name="交办").click()
    east.page.get_by_role("link", name="东一街道工会联合会").click()
    writes(east, subject=subject, reason="职工多次反映食堂卫生。", request="请查清并报告。", due_on="2026-03-20")
    east.sends("发出")

    opens(street, subject)
    street.follows("提出异议")
    writes(street, text="该单位不在本街道，应由西区办理为宜。")
    street.sends("提出异议")
    says(street, "已提异议，待对方核实")

    opens(east, subject)
    east.follows("不同意退回")
    writes(east, text="经核实，食堂在你街道辖区内。")
    east.sends("不同意退回")

    opens(street, subject)
    street.sends("开始办理")
    street.follows("申请延期")
    writes(street, text="检测结果要等两周。", due_on="2026-03-30")
    street.sends("申请延期")

    opens(east, subject)
    east.follows("同意延期")
    assert east.page.input_value("#f-due_on") == "2026-03-30"
    east.sends("同意延期")
    says(east, "2026年3月30日", "原为2026-03-20，已调整")

    for report in ("已检查，问题属实。", "已检查并改正，附检测结论。"):
        opens(street, subject)
        street.follows("反馈办理结果")
        writes(street, text=report)
        street.sends("反馈办理结果")
        assert street.overflow <= 0
        opens(east, subject)
        says(east, report)
        if report.startswith("已检查，"):
            east.follows("退回重办")
            writes(east, text="请补充检测结论。")
            east.sends("退回重办")
    east.follows("审核办结")
    east.sends("审核办结")
    says(east, "已办结")
    street.goes("/desk/")
    assert subject not in street.page.inner_text("main")


def test_a_transfer_that_came_back_goes_another_way_and_becomes_a_case_there(
    visitor: Visit, federation: Federation
) -> None:
    case = federation.accepted("east")
    east, street = visitor("head@east"), visitor("head@street")
    east.goes(f"/cases/{case.number}")
    east.follows("转送")
    east.page.get_by_role("link", name="东一街道工会联合会").click()
    writes(east, reason="单位在该街道。", request="请依法办理。")
    east.sends("发出")
    opens(street, case.title)
    street.follows("提出异议")
    writes(street, text="该单位注册地和经营地都在西区，不属本单位。")
    street.sends("提出异议")
    opens(east, case.title)
    east.follows("同意退回")
    east.sends("同意退回")
    east.follows("改送其他单位")
    east.page.get_by_role("link", name="西区总工会").click()
    says(east, "平级单位之间的函件由共同的上级（测试市总工会）转交。")
    writes(east, reason="单位注册地在西区。", request="请依法办理。")
    east.sends("发出")

    city, west = visitor("head@city"), visitor("head@west")
    opens(city, case.title)
    city.sends("签收")
    city.follows("转交承办单位")
    city.sends("转交承办单位")
    opens(west, case.title)
    west.sends("签收")
    west.sends("登记为本单位信访件")
    says(west, "已根据来函登记为")


def test_a_late_figure_is_supervised_answered_with_adoption_and_closed(
    visitor: Visit, federation: Federation, superuser: Engine
) -> None:
    late = text(
        "insert into daily_facts (tenant_id, subject_id, scope, day, category, channel, registered, due, due_met)"
        " values (:city, :east, 1, '2026-02-04', '01', 'visit', 90, 60, 48)"
    )
    with superuser.begin() as connection:
        connection.execute(late, {"city": federation.ids["city"], "east": federation.ids["east"]})
    city, east = visitor("supervisor@city"), visitor("head@east")
    city.goes("/dispatches/subordinates")
    city.page.get_by_role("link", name=re.compile("督办\\s*东区总工会的超期件")).click()
    assert city.page.input_value("[name='details.count']") == "10"
    city.sends("发出")
    subject = "关于督办超期信访件的函"
    opens(east, subject)
    says(east, "无正当理由未按期办结", "改进工作建议", "10件")
    east.sends("签收")
    east.sends("开始办理")
    east.follows("反馈整改情况")
    writes(east, text="十二件已逐件核查，八件已办结，四件月底前办结。")
    east.page.get_by_label("部分采纳", exact=True).check()
    east.sends("反馈整改情况")
    opens(city, subject)
    says(city, "建议采纳情况：部分采纳")
    city.follows("审核办结")
    city.sends("审核办结")
    says(city, "已办结")


def test_a_letter_is_taken_back_before_it_is_signed(visitor: Visit, federation: Federation) -> None:
    case = federation.accepted()
    street = visitor("head@street", scripts=False)
    street.goes(f"/dispatches/new?kind=escalation&case={case.number}&to={federation.ids['east']}")
    writes(street, reason="涉及三家用工单位，本级无权决定。", request="请区总工会协调。")
    street.sends("发出")
    street.follows("撤回")
    writes(street, text="信访人与单位已经和解。")
    street.sends("撤回")
    says(street, "已撤回", "信访人与单位已经和解。")
    assert only_case(federation).status == "handling"
    east = visitor("head@east")
    assert case.title not in east.page.inner_text("main")
