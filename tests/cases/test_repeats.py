"""初件与重复件: hints with reasons, and a person's decision."""

from __future__ import annotations

from datetime import timedelta

import pytest

from access.actor import Work
from audit.services import history
from cases import joining, queries, repeats
from cases.intake import NewParty
from cases.models import Case
from cases.services import perform
from kernel.clock import FixedClock
from kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from tests.builders import Federation

LONG = "单位自去年十二月起未发工资，多次讨要未果，现请求工会协调解决拖欠的三个月工资和加班费。"


def hints(federation: Federation, probe: repeats.Probe, login: str = "clerk@street") -> dict[str, list[str]]:
    with federation.work(login) as work:
        return {one.case.title: one.reasons for one in repeats.likely(work, probe)}


def again(federation: Federation, case: Case) -> Case:
    with federation.work("head@street") as work:
        return queries.file(work, case.number).case


def test_a_hint_says_why(federation: Federation) -> None:
    federation.register(title="同一个人", content="别的事情")
    federation.register(
        title="同样的话",
        content=LONG,
        parties=(NewParty(name="乙"), NewParty(role="respondent", organisation="别厂")),
    )
    found = hints(
        federation, repeats.Probe(phone="13800001111", respondents=("测试厂",), texts=("欠薪", LONG + "谢谢。"))
    )
    assert found["同一个人"] == ["信访人的电话或证件号相同", "90日内反映同一单位"]
    assert found["同样的话"][0].startswith("内容相近（")
    assert hints(federation, repeats.Probe(name="测试甲")) == {"同一个人": ["信访人同名"]}
    assert hints(federation, repeats.Probe(texts=("太短",))) == {}


def test_a_workplace_is_no_hint_after_a_quarter(federation: Federation) -> None:
    federation.register()
    federation.clock = FixedClock(federation.clock.now() + timedelta(days=repeats.SAME_PLACE_DAYS + 1))
    assert hints(federation, repeats.Probe(respondents=("测试厂",))) == {}


def test_no_hint_leads_to_a_sealed_case_or_another_union(federation: Federation) -> None:
    federation.register(content=LONG, category="13.01")
    probe = repeats.Probe(name="测试甲", phone="13800001111", respondents=("测试厂",), texts=(LONG,))
    assert hints(federation, probe) == {}
    assert hints(federation, probe, "clerk@east") == {}
    assert len(hints(federation, probe, "head@street")) == 1


def test_a_registered_case_has_the_same_hints_without_a_name_in_clear(federation: Federation) -> None:
    first = federation.register(title="第一件", content=LONG)
    second = federation.register(title="第二件", content=LONG)
    with federation.work("clerk@street") as work:
        file = queries.file(work, second.number)
        (one,) = repeats.likely_of(work, file.case, file.parties)
    assert one.case.id == first.id
    assert one.reasons[0] == "信访人的电话、证件号相同或者同名"
    assert again(federation, second).repeat is False


def link(work: Work, case: Case, first: str, **how: int) -> None:
    perform(work, case.number, "link_first", {"first_case": first, "reason": "同一事项再次提出"}, **how)


def test_a_person_decides_and_a_third_case_hangs_on_the_first(federation: Federation) -> None:
    first, second, third = (federation.register() for _ in range(3))
    with federation.work("clerk@street") as work:
        link(work, second, first.number, version=1)
        link(work, third, second.number)
    linked = again(federation, third)
    assert (linked.first_id, linked.repeat, linked.first_at_this_org) == (first.id, True, False)
    with federation.work("clerk@street") as work:
        assert [(kind, row.id) for kind, row in joining.linked(work, linked)] == [
            ("first", first.id),
            ("again", second.id),
        ]
        repeats.unlink(work, third.number)
        assert [event.action for event in history(work.session, first.id)][-1] == "case:repeat_undone"
    assert again(federation, third).first_id is None
    assert again(federation, third).first_at_this_org is True


def test_a_wrong_decision_is_refused_in_words(federation: Federation) -> None:
    first, second = federation.register(), federation.register()
    with federation.work("clerk@street") as work:
        for case, of in ((first, first.number), (first, second.number), (second, "没有")):
            with pytest.raises(InvalidError):
                link(work, case, of)
        with pytest.raises(InvalidError):
            repeats.unlink(work, second.number)
        with pytest.raises(ConflictError):
            repeats.unlink(work, second.number, version=7)
    with federation.work("supervisor@street") as work, pytest.raises(ForbiddenError):
        repeats.unlink(work, second.number)
    with federation.work("clerk@east") as work, pytest.raises(NotFoundError):
        repeats.unlink(work, second.number)


def test_the_clerk_can_name_the_first_case_while_registering(federation: Federation) -> None:
    first = federation.register()
    second = federation.register(repeat_of=first.number, first_in_system=False)
    assert (second.repeat, second.first_id) == (True, first.id)
    assert (second.first_in_system, second.first_at_this_org) == (False, False)
    sealed = federation.register(category="13.01")
    with pytest.raises(InvalidError):
        federation.register(repeat_of=sealed.number)
