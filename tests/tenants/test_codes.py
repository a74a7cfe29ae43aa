"""A union's own words in the code tables, for its own forms and pages only."""

from __future__ import annotations

import pytest

from cases.fields import DELIVERIES
from cases.intake import NewParty
from cases.rules import SUBJECT_LABELS
from kernel.errors import ForbiddenError, InvalidError
from tenants import codes
from tenants.house import CodeTable
from tests.builders import Federation


def test_an_own_code_is_offered_used_and_read_and_another_union_knows_nothing_of_it(federation: Federation) -> None:
    with federation.work("admin@street") as work:
        row = codes.set_label(work, table="subject_type", code="driver", label="货车司机")
        codes.set_label(work, table="subject_type", code="employee", label="本单位职工")
    parties = (NewParty(name="测试甲", subject_type="driver"),)
    federation.register(parties=parties)
    with pytest.raises(InvalidError, match="信访人类别不正确"):
        federation.register("clerk@east", parties=parties)
    with federation.work("admin@street") as work:
        codes.set_label(work, table="", code="", label="货运司机", active=False, label_id=row.id)
        offered = codes.choices(work.session, CodeTable.SUBJECT_TYPE, SUBJECT_LABELS)
        read = codes.words(work.session, CodeTable.SUBJECT_TYPE, SUBJECT_LABELS)
        assert "driver" not in offered and read["driver"] == "货运司机", "old files keep the word"
        assert offered["employee"] == "本单位职工"
    with federation.work("clerk@east") as work:
        assert codes.choices(work.session, CodeTable.SUBJECT_TYPE, SUBJECT_LABELS)["employee"] == "在职职工"
        assert codes.choices(work.session, CodeTable.DELIVERY, DELIVERIES) == DELIVERIES


def test_a_way_of_delivery_of_the_union_s_own_closes_a_case(federation: Federation) -> None:
    with federation.work("admin@street") as work:
        codes.set_label(work, table="delivery", code="home_visit", label="上门送达")
    case = federation.decided()
    closing = {"delivered_on": "2026-03-02", "executed_on": "2026-03-02", "result": "拖欠工资已补发"}
    with pytest.raises(InvalidError, match="送达方式"):
        federation.act("handler@street", case.number, "close", delivery="pigeon", **closing)
    assert federation.act("handler@street", case.number, "close", delivery="home_visit", **closing).closed_at


def test_only_the_tenants_administrator_changes_them(federation: Federation) -> None:
    for who in ("security@street", "auditor@street", "head@street"):
        with pytest.raises(ForbiddenError), federation.work(who) as work:
            codes.set_label(work, table="delivery", code="x", label="甲")
