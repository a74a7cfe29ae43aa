"""常用视图: names for filters, one's own and the union's."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from audit.models import AuditEvent
from cases import saved_views
from cases.registers import SavedView
from kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from tests.builders import Federation

LATE = {"overdue": "1", "flag": "urgent"}


def names(federation: Federation, login: str) -> list[str]:
    with federation.work(login) as work:
        return [view.name for view in saved_views.of(work)]


def save(federation: Federation, login: str, name: str, *, shared: bool = False, **query: str) -> SavedView:
    with federation.work(login) as work:
        return saved_views.save(work, name, query or LATE, shared=shared)


def test_a_view_is_seen_by_its_owner_and_a_shared_one_by_the_whole_union(federation: Federation) -> None:
    save(federation, "clerk@street", "我的急件")
    save(federation, "head@street", "每周会商", shared=True, open_only="1", tier="hard")
    assert names(federation, "clerk@street") == ["每周会商", "我的急件"]
    assert names(federation, "handler@street") == ["每周会商"]
    assert names(federation, "head@east") == []


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"nonsense": "1", **LATE}, "没有这些筛选条件：nonsense"),
        ({"cursor": "abc"}, "没有这些筛选条件：cursor"),
        ({}, "还没有筛选条件"),
        ({"overdue": " "}, "还没有筛选条件"),
        ({"due_from": "31.12.2026"}, "筛选条件“31.12.2026”不正确"),
        ({"assignee": "somebody"}, "不正确"),
        ({"band": "nonsense"}, "没有这种期限范围"),
        ({"status": "nonsense"}, "没有这种办理状态"),
        ({"flag": "nonsense"}, "没有这种标记"),
        ({"q": "13800001111"}, "电话、证件号不能存入视图"),
        ({"q": "长" * 201}, "不能超过200个字"),
    ],
)
def test_only_filters_of_the_list_are_kept(federation: Federation, query: dict[str, str], sentence: str) -> None:
    with federation.work("clerk@street") as work, pytest.raises(InvalidError, match=sentence):
        saved_views.save(work, "视图", query)


@pytest.mark.parametrize("name", ["", "  ", "长" * 31, "a\x00b"])
def test_a_name_has_one_to_thirty_characters(federation: Federation, name: str) -> None:
    with federation.work("clerk@street") as work, pytest.raises(InvalidError) as refused:
        saved_views.save(work, name, LATE)
    assert "name" in refused.value.fields


def test_a_name_is_taken_once_a_person_and_once_for_the_union(federation: Federation) -> None:
    save(federation, "clerk@street", "急件")
    save(federation, "head@street", "急件")
    save(federation, "head@street", "急件", shared=True)
    for shared in (False, True):
        with federation.work("head@street") as work, pytest.raises(InvalidError, match="已有同名的视图"):
            saved_views.save(work, "急件", LATE, shared=shared)
    other = save(federation, "head@street", "慢件")
    with federation.work("head@street") as work, pytest.raises(InvalidError, match="已有同名的视图"):
        saved_views.rename(work, other.id, "急件")


def test_the_thirty_first_is_refused_in_words(federation: Federation) -> None:
    with federation.work("clerk@street") as work:
        for place in range(saved_views.MOST):
            saved_views.save(work, f"视图{place}", LATE)
        with pytest.raises(InvalidError, match="已有30个"):
            saved_views.save(work, "再来一个", LATE)
    save(federation, "head@street", "负责人的")


def test_shared_views_are_the_heads(federation: Federation) -> None:
    view = save(federation, "head@street", "每周会商", shared=True)
    for who in ("clerk@street", "leader@street"):
        with federation.work(who) as work:
            with pytest.raises(ForbiddenError):
                saved_views.save(work, "共用", LATE, shared=True)
            with pytest.raises(ForbiddenError):
                saved_views.rename(work, view.id, "改名")
            with pytest.raises(ForbiddenError):
                saved_views.remove(work, view.id)
    with federation.work("admin@street") as work, pytest.raises(ForbiddenError):
        saved_views.save(work, "管理员的", LATE)


def test_somebody_elses_own_view_is_not_there(federation: Federation) -> None:
    view = save(federation, "clerk@street", "我的急件")
    for who in ("head@street", "head@east"):
        with federation.work(who) as work:
            with pytest.raises(NotFoundError):
                saved_views.rename(work, view.id, "改名")
            with pytest.raises(NotFoundError):
                saved_views.remove(work, view.id)


def test_of_two_who_change_a_shared_view_one_is_told(federation: Federation) -> None:
    view = save(federation, "head@street", "每周会商", shared=True)
    with federation.work("head@street") as work:
        saved_views.rename(work, view.id, "每周例会", version=1)
    with federation.work("head@street") as work:
        with pytest.raises(ConflictError):
            saved_views.rename(work, view.id, "每月会商", version=1)
        with pytest.raises(ConflictError):
            saved_views.remove(work, view.id, version=1)
        saved_views.remove(work, view.id, version=2)
    assert names(federation, "head@street") == []


def test_each_change_is_on_record_without_the_words_that_people_typed(federation: Federation) -> None:
    view = save(federation, "clerk@street", "张三的事", q="张三", flag="urgent")
    with federation.work("clerk@street") as work:
        saved_views.rename(work, view.id, "李四的事")
        saved_views.remove(work, view.id)
    with federation.work("auditor@street") as work:
        told = work.session.scalars(select(AuditEvent).where(AuditEvent.subject_type == "view")).all()
    assert {event.action for event in told} == {"view:save", "view:rename", "view:remove"}
    assert not any(name in str(event.data) for event in told for name in ("张三", "李四"))
    assert any(event.data.get("filters", {}).get("flag") == "urgent" for event in told)
