"""The guardians read who did what and when; no word of a case is among it."""

from __future__ import annotations

import pytest

from audit.reading import head, page
from audit.services import record
from kernel.errors import ForbiddenError, InvalidError
from tests.builders import Federation


@pytest.mark.parametrize("login", ["auditor@street", "security@street"])
def test_a_guardian_reads_acts_and_numbers_and_no_word_of_a_case(federation: Federation, login: str) -> None:
    case = federation.decided()
    federation.act("handler@street", case.number, "note", note="私密的办理情况")
    with federation.work(login) as work:
        lines = page(work).lines
    assert [line.action for line in lines[:3]] == ["case:note", "case:decide", "case:accept"]
    told = str([line.data for line in lines])
    assert case.number in told
    for word in ("私密", "工资", "劳动法", "督促", "测试厂"):
        assert word not in told
    created = next(line for line in lines if line.action == "user:create")
    assert set(created.data) == {"username", "roles"}


@pytest.mark.parametrize(
    "login", ["admin@street", "clerk@street", "head@street", "leader@street", "supervisor@street"]
)
def test_nobody_else_reads_the_log(federation: Federation, login: str) -> None:
    with pytest.raises(ForbiddenError), federation.work(login) as work:
        page(work)


def test_pages_walk_backwards_without_a_gap(federation: Federation) -> None:
    federation.decided()
    seen: list[int] = []
    with federation.work("auditor@street") as work:
        before: int | None = None
        while True:
            found = page(work, before=before, limit=4)
            seen += [line.seq for line in found.lines]
            before = found.older
            if before is None:
                break
    assert seen == list(range(seen[0], 0, -1))


def test_a_filter_takes_a_subject_an_action_or_a_person(federation: Federation) -> None:
    federation.decided()
    with federation.work("auditor@street") as work:
        assert {line.subject_type for line in page(work, action="case").lines} == {"case"}
        assert [line.action for line in page(work, action="case:decide").lines] == ["case:decide"]
        assert {line.actor_name for line in page(work, person="测试登记员").lines} == {"测试登记员"}
        assert page(work, person="无此人").lines == []
        for malformed in ("case%", "'; --", "case:*"):
            with pytest.raises(InvalidError):
                page(work, action=malformed)


def test_the_head_grows_with_every_event_and_is_the_unions_own(federation: Federation) -> None:
    with federation.work("auditor@street") as work:
        seq, digest = head(work.session)
        record(work, "user:login", subject_type="user")
        after = head(work.session)
        assert after[0] == seq + 1
        assert after[1] != digest
    with federation.work("auditor@west") as work:
        assert head(work.session)[1] not in (digest, after[1])
