"""Which way a draft goes: relations, the way round a suspended union, and skipped levels."""

from __future__ import annotations

from datetime import date

import pytest

from dispatches import queries
from dispatches.kinds import RELATIONS
from dispatches.routing import route, superior
from dispatches.services import escalate
from dispatches.workflow import LetterKind
from kernel.errors import InvalidError, NotFoundError
from tenants.relations import relation
from tenants.standing import Relation
from tests.builders import Federation
from tests.dispatches.letters import DUE, REASON, REQUEST, draft, post, sent, set_status, view

SLUGS = ("city", "east", "west", "street")


@pytest.mark.parametrize("kind", [kind for kind in LetterKind if kind is not LetterKind.HANDOVER])
def test_a_draft_goes_exactly_where_the_relation_of_its_kind_allows(federation: Federation, kind: LetterKind) -> None:
    ids = federation.ids
    for own in SLUGS:
        with federation.work(f"head@{own}") as work:
            for other in SLUGS:
                standing = relation(work.session, ids[own], ids[other])
                written = draft(federation, kind, to=ids[other], beyond=None, skip_reason="因工作需要直接发送")
                if standing.kind in RELATIONS[kind]:
                    way = route(work, written)
                    through = standing.common_superior_id if standing.kind is Relation.SIDEWAYS else ids[other]
                    assert way.recipient.id == through
                    assert (way.beyond.id if way.beyond else None) == (
                        ids[other] if standing.kind is Relation.SIDEWAYS else None
                    )
                else:
                    with pytest.raises(InvalidError):
                        route(work, written)


def test_addressees_are_those_to_whom_a_draft_can_go(federation: Federation) -> None:
    ids = federation.ids
    for kind in LetterKind:
        if kind is LetterKind.HANDOVER:
            continue
        for own in SLUGS:
            with federation.work(f"head@{own}") as work:
                offered = {addressee.tenant.id: addressee for addressee in queries.addressees(work, kind)}
                allowed = {
                    ids[other]: relation(work.session, ids[own], ids[other])
                    for other in SLUGS
                    if relation(work.session, ids[own], ids[other]).kind in RELATIONS[kind]
                }
                assert set(offered) == set(allowed), (kind, own)
                for number, addressee in offered.items():
                    assert (addressee.relation, addressee.depth) == (allowed[number].kind, allowed[number].depth)


def test_addressees_are_searched_by_name_and_leave_out_who_does_not_work_now(federation: Federation) -> None:
    with federation.work("head@city") as work:
        assert [found.tenant.slug for found in queries.addressees(work, LetterKind.ORDER, "街道")] == ["street"]
        assert queries.addressees(work, LetterKind.ORDER, "没有的") == []
    set_status(federation, "street", "suspended")
    with federation.work("head@city") as work:
        assert [found.tenant.slug for found in queries.addressees(work, LetterKind.ORDER)] == ["east", "west"]


def test_a_union_that_does_not_exist_and_the_own_one_get_nothing(federation: Federation) -> None:
    with federation.work("head@east") as work:
        with pytest.raises(NotFoundError):
            route(work, draft(federation, LetterKind.ORDER, to=987_654))
        for kind in (LetterKind.ORDER, LetterKind.REPORT, LetterKind.TRANSFER):
            with pytest.raises(InvalidError):
                route(work, draft(federation, kind, to=federation.ids["east"], due_on=DUE))
        with pytest.raises(InvalidError):
            route(work, draft(federation, LetterKind.REPORT, to=federation.ids["platform"]))


@pytest.mark.parametrize("kind", [LetterKind.SUBMISSION, LetterKind.REPORT])
def test_a_root_is_told_that_nobody_is_above(federation: Federation, kind: LetterKind) -> None:
    with pytest.raises(InvalidError, match="没有上级工会"):
        post(federation, "head@city", kind, to=federation.ids["east"])
    with federation.work("head@city") as work, pytest.raises(InvalidError, match="没有上级工会"):
        superior(work)


def test_a_skipped_level_takes_a_reason_and_is_counted_on_both_sides(federation: Federation) -> None:
    city = federation.ids["city"]
    with pytest.raises(InvalidError, match="越级的理由") as told:
        post(federation, "head@street", LetterKind.REPORT, to=city)
    assert set(told.value.fields) == {"skip_reason"}
    letter = post(federation, "head@street", LetterKind.REPORT, to=city, skip_reason="区总工会负责人空缺")
    post(federation, "head@city", LetterKind.ORDER, to=federation.ids["street"], skip_reason="紧急事项直接交办")
    post(federation, "head@street", LetterKind.REPORT)
    assert (letter.skipped, letter.skip_reason) == (1, "区总工会负责人空缺")
    assert view(federation, "head@city", letter).letter.skip_reason == "区总工会负责人空缺"
    for slug in ("street", "city"):
        with federation.work(f"head@{slug}") as work:
            counted = queries.skips(work, date(2026, 3, 1))
            assert (counted.sent, counted.received) == (1, 1)
            assert queries.skips(work, date(2026, 3, 3)) == queries.Skips(0, 0)


def test_a_letter_that_skips_nothing_keeps_no_reason(federation: Federation) -> None:
    assert post(federation, "head@street", LetterKind.REPORT, skip_reason="多写了一句").skip_reason is None


def test_a_suspended_superior_is_named_with_the_way_round(federation: Federation) -> None:
    set_status(federation, "east", "suspended")
    with pytest.raises(InvalidError, match=r"东区总工会.*已停用.*越级发给测试市总工会"):
        post(federation, "head@street", LetterKind.REPORT)
    letter = post(
        federation, "head@street", LetterKind.REPORT, to=federation.ids["city"], skip_reason="区总工会已停用"
    )
    assert letter.skipped == 1
    set_status(federation, "city", "suspended")
    with pytest.raises(InvalidError, match=r"已停用.*联系平台管理员"):
        post(federation, "head@street", LetterKind.REPORT)


def test_a_suspended_or_closed_subordinate_is_named_with_the_way_round(federation: Federation) -> None:
    set_status(federation, "street", "suspended")
    with pytest.raises(InvalidError, match=r"东一街道工会联合会目前已停用.*本单位直接办理"):
        post(federation, "head@east", LetterKind.ORDER)
    with pytest.raises(InvalidError, match=r"改发其上级工会（东区总工会）"):
        post(federation, "head@city", LetterKind.ORDER, to=federation.ids["street"], skip_reason="紧急事项直接交办")
    set_status(federation, "street", "closed")
    with pytest.raises(InvalidError, match="已关闭"):
        post(federation, "head@east", LetterKind.ORDER)


def test_a_letter_to_another_line_is_handed_to_the_common_superior(federation: Federation) -> None:
    ids = federation.ids
    by_name = post(federation, "head@street", LetterKind.TRANSFER, to=ids["west"])
    by_way = post(federation, "head@street", LetterKind.TRANSFER, to=ids["city"], beyond=ids["west"])
    for letter in (by_name, by_way):
        assert (letter.recipient_id, letter.beyond_id, letter.skipped) == (ids["city"], ids["west"], 0)
        assert letter.snapshot["beyond"] == "西区总工会"
    with pytest.raises(InvalidError, match="共同的上级"):
        post(federation, "head@street", LetterKind.TRANSFER, to=ids["east"], beyond=ids["west"])
    with pytest.raises(InvalidError):
        post(federation, "head@east", LetterKind.ORDER, beyond=ids["west"])


def test_neither_a_suspended_unit_nor_a_suspended_common_superior_is_a_way(federation: Federation) -> None:
    set_status(federation, "west", "suspended")
    with pytest.raises(InvalidError, match="西区总工会目前已停用"):
        post(federation, "head@east", LetterKind.ASSIST, to=federation.ids["west"])
    set_status(federation, "west", "active")
    set_status(federation, "city", "suspended")
    with pytest.raises(InvalidError, match="已停用"):
        post(federation, "head@east", LetterKind.ASSIST, to=federation.ids["west"])


def test_an_escalation_goes_higher_only_with_a_reason(federation: Federation) -> None:
    case = federation.accepted()
    with federation.work("head@street") as work, pytest.raises(InvalidError, match="越级的理由"):
        escalate(work, case.number, reason=REASON, request=REQUEST, to=federation.ids["city"])
    assert sent(federation).skipped == 0
