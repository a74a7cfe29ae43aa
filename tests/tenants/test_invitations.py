"""A link opens one account once, for a week, and nobody but its owner ever knows the password."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import text

from access.passwords import verify
from access.roles import Role
from kernel.clock import FixedClock
from kernel.errors import ConflictError, ForbiddenError, InvalidError, LianxinError, NotFoundError
from tenants.invitations import LASTS, Invited, accept, find, invite, renew
from tests.builders import Federation

GOOD = "Passwort-2026"


def asked(federation: Federation, login: str = "admin@street", **changes: object) -> Invited:
    fields = {"username": "new.one", "display_name": "测试新人", "roles": (Role.CLERK,)} | changes
    with federation.work(login) as work:
        return invite(work, **fields)  # type: ignore[arg-type]


def use(federation: Federation, token: str, slug: str = "street", password: str = GOOD) -> None:
    with federation.work_as_system(slug) as work:
        accept(work, token, password=password, display_name="测试本人")


def test_an_account_opened_by_link_has_no_password_until_its_owner_chooses_one(federation: Federation) -> None:
    invited = asked(federation)
    assert not verify(invited.user.password_hash, "")
    assert not verify(invited.user.password_hash, GOOD)
    use(federation, invited.token)
    with federation.work("admin@street") as work:
        user = work.session.get(type(invited.user), (work.tenant_id, invited.user.id))
        assert user is not None
        assert verify(user.password_hash, GOOD)
        assert (user.display_name, user.must_change_password) == ("测试本人", False)
        kept = work.session.execute(text("select token_digest from invitations")).scalar_one()
        events = work.session.execute(text("select data::text from audit_events where action ~ 'invitation'")).all()
    assert invited.token.encode() not in bytes(kept)
    assert len(events) == 2 and invited.token not in str(events)


def test_a_link_works_once_and_says_the_same_of_every_useless_one(federation: Federation) -> None:
    invited = asked(federation)
    use(federation, invited.token)
    sentences = set()
    for token, slug in ((invited.token, "street"), ("x" * 32, "street"), ("", "street"), ("y" * 500, "east")):
        with pytest.raises(NotFoundError) as refused:
            use(federation, token, slug)
        sentences.add(refused.value.message)
    assert len(sentences) == 1


def test_a_link_of_one_union_opens_nothing_in_another(federation: Federation) -> None:
    invited = asked(federation)
    with pytest.raises(NotFoundError):
        use(federation, invited.token, "east")


def test_a_link_ends_after_a_week(federation: Federation) -> None:
    invited = asked(federation)
    begun = federation.clock.now()
    federation.clock = FixedClock(begun + LASTS - timedelta(seconds=1))
    with federation.work_as_system("street") as work:
        assert find(work.session, invited.token, work.clock.now()) is not None
    federation.clock = FixedClock(begun + LASTS)
    with pytest.raises(NotFoundError):
        use(federation, invited.token)


@pytest.mark.parametrize("password", ["short", "alllowercaseletters", "New.One-2026"])
def test_a_weak_password_leaves_the_link_good(federation: Federation, password: str) -> None:
    invited = asked(federation)
    with pytest.raises(InvalidError) as refused:
        use(federation, invited.token, password=password)
    assert "password" in refused.value.fields
    use(federation, invited.token)


def test_a_new_link_voids_the_old_one_and_nobody_who_entered_gets_one(federation: Federation) -> None:
    first = asked(federation)
    with federation.work("admin@street") as work:
        second = renew(work, first.user.id)
    with pytest.raises(NotFoundError):
        use(federation, first.token)
    use(federation, second.token)
    with federation.work("admin@street") as work, pytest.raises(ConflictError, match="已经设置密码"):
        renew(work, first.user.id)
    with federation.work("clerk@street") as work, pytest.raises(ForbiddenError):
        renew(work, first.user.id)


def test_two_at_once_with_one_link_one_gets_in(federation: Federation) -> None:
    invited, start, outcomes = asked(federation), Barrier(2), []

    def run(password: str) -> None:
        start.wait()
        try:
            use(federation, invited.token, password=password)
            outcomes.append(password)
        except LianxinError:
            outcomes.append("refused")

    threads = [Thread(target=run, args=(f"Passwort-202{number}",)) for number in (6, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("refused") == 1
    (winner,) = set(outcomes) - {"refused"}
    with federation.work("admin@street") as work:
        stored = work.session.execute(
            text("select password_hash from users where id = :id"), {"id": invited.user.id}
        ).scalar_one()
    assert verify(stored, winner)
