"""What a union is called and how it appears can be changed after its founding, and every change is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select

from audit.models import AuditEvent
from kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from tenants import particulars, queries
from tenants.models import Kind, Tenant
from tenants.particulars import FACE
from tests.builders import Federation


def credit_code(body: str) -> str:
    """The code with this body and the right check digit."""
    from tenants import rules

    return next(body + last for last in "0123456789ABCDEFGHJKLMNPQRTUWXY" if rules.is_credit_code(body + last))


def changed(federation: Federation, slug: str, **changes: Any) -> Tenant:
    with federation.work("root@platform") as work:
        return particulars.change(work, slug, changes)


def test_everything_the_platform_keeps_can_be_changed(federation: Federation) -> None:
    code = credit_code("81110000MC0000001")
    tenant = changed(
        federation,
        "street",
        name="东一街道总工会",
        kind=Kind.FEDERATION,
        region="东区",
        members=1200,
        credit_code=code.lower(),
        second_parent_slug="west",
        short_name=None,
        seal_text="东一街道总工会（章）",
        portal_colour="#1B5E20",
        address="测试路1号",
        phone="12351",
        hours="工作日",
    )
    assert (tenant.name, tenant.short_name, tenant.kind) == ("东一街道总工会", "东一街道总工会", "federation")
    assert (tenant.credit_code, tenant.portal_colour) == (code, "#1b5e20")
    assert tenant.second_parent_id == federation.ids["west"]
    with federation.work("root@platform") as work:
        event = work.session.scalars(select(AuditEvent).where(AuditEvent.action == "tenant:particulars")).one()
    assert event.data["slug"] == "street"
    assert event.data["before"]["name"] == "东一街道工会联合会"
    assert event.data["after"]["members"] == 1200
    assert event.data["after"]["second_parent_slug"] == "west"
    assert set(event.data["before"]) == set(event.data["after"])
    changed(federation, "street", second_parent_slug=None)


def test_what_did_not_change_leaves_no_event(federation: Federation) -> None:
    changed(federation, "street", name="东一街道工会联合会")
    with federation.work("root@platform") as work:
        assert not work.session.scalars(select(AuditEvent).where(AuditEvent.action == "tenant:particulars")).all()


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"name": " "}, "name", "组织名称不能为空"),
        ({"members": -1}, "members", "不小于0的整数"),
        ({"credit_code": "123"}, "credit_code", "校验位"),
        ({"portal_colour": "#ffff00"}, "portal_colour", "白字看不清"),
        ({"portal_colour": "yellow"}, "portal_colour", "#1a5fb4"),
        ({"phone": "1" * 41}, "phone", "最多40个字"),
        ({"second_parent_slug": "nowhere"}, "second_parent", "不存在或已关闭"),
        ({"second_parent_slug": "east"}, "second_parent", "上级组织以外"),
        ({"second_parent_slug": "street"}, "second_parent", "上级组织以外"),
    ],
)
def test_each_rule_of_founding_holds_for_a_change_too(
    federation: Federation, changes: Mapping[str, Any], field: str, words: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        changed(federation, "street", **changes)
    assert words in refused.value.fields[field]
    with federation.work("root@platform") as work:
        tenant = queries.by_slug(work.session, "street")
        assert tenant is not None and tenant.name == "东一街道工会联合会"


def test_a_second_line_never_leads_in_a_circle(federation: Federation) -> None:
    with pytest.raises(InvalidError, match="循环"):
        changed(federation, "east", second_parent_slug="street")
    with pytest.raises(InvalidError, match="没有上级的组织不设第二上级"):
        changed(federation, "city", second_parent_slug="east")
    changed(federation, "street", second_parent_slug="west")
    with pytest.raises(InvalidError, match="循环"):
        changed(federation, "west", second_parent_slug="street")


def test_two_unions_never_have_one_credit_code(federation: Federation) -> None:
    code = credit_code("81110000MC0000002")
    changed(federation, "east", credit_code=code)
    changed(federation, "east", credit_code=code, name="东区工会")
    with pytest.raises(InvalidError) as refused:
        changed(federation, "west", credit_code=code)
    assert "已被其他组织使用" in refused.value.fields["credit_code"]


def test_the_second_of_two_administrators_is_told(federation: Federation) -> None:
    with federation.work("root@platform") as work:
        tenant = queries.by_slug(work.session, "street")
        assert tenant is not None
        drawn = particulars.stamp(particulars.told(work.session, tenant))
    changed(federation, "street", region="东区")
    with federation.work("root@platform") as work, pytest.raises(ConflictError, match="刚刚修改了这个组织的资料"):
        particulars.change(work, "street", {"region": "西区"}, drawn_from=drawn)


def test_who_may_and_what_is_there(federation: Federation) -> None:
    with federation.work("admin@street") as work, pytest.raises(ForbiddenError):
        particulars.change(work, "street", {"phone": "1"})
    with federation.work_as_system("platform") as work:
        particulars.change(work, "street", {"phone": "12351"}, only=FACE)
        with pytest.raises(InvalidError, match="不能在这里修改"):
            particulars.change(work, "street", {"name": "另一个名字"}, only=FACE)
        with pytest.raises(InvalidError, match="不能在这里修改"):
            particulars.change(work, "street", {"slug": "other"})
        for slug in ("nowhere", "platform"):
            with pytest.raises(NotFoundError):
                particulars.change(work, slug, {"phone": "1"})


def test_a_closed_union_keeps_the_name_it_had(federation: Federation) -> None:
    with federation.work_as_system("platform") as work:
        tenant = queries.by_slug(work.session, "street")
        assert tenant is not None
        tenant.status = "closed"
        work.session.flush()
        with pytest.raises(InvalidError, match="已关闭"):
            particulars.change(work, "street", {"name": "另一个名字"})


def test_a_new_name_takes_along_what_said_the_old_one(federation: Federation) -> None:
    changed(federation, "street", seal_text="东一街道工会联合会")
    tenant = changed(
        federation,
        "street",
        name="东一街道总工会",
        short_name="东一街道工会联合会",
        seal_text="东一街道工会联合会",
    )
    assert (tenant.short_name, tenant.seal_text) == ("东一街道总工会", "东一街道总工会")
    tenant = changed(federation, "street", short_name="东一", seal_text="")
    tenant = changed(federation, "street", name="东一街道工会")
    assert (tenant.short_name, tenant.seal_text) == ("东一", "")
