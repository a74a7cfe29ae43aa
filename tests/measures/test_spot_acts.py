"""Confirm, dismiss with a reason, a plan, a 督办: who may, in which order, and one of two at once."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from uuid import UUID

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError

from audit.models import AuditEvent
from dispatches.drafts import Draft
from dispatches.kinds import LetterKind
from dispatches.services import send
from kernel.errors import ConflictError, ForbiddenError, IllegalTransitionError, InvalidError, NotFoundError
from measures import spot_acts, spot_queries
from tests.builders import Federation
from tests.measures.planting import plant, search, spots

Fold = Callable[..., int]


@pytest.fixture
def spot_id(federation: Federation, superuser: Engine, fold_all: Fold) -> UUID:
    """City's hotspot about east."""
    plant(federation, superuser, "east")
    plant(federation, superuser, "west", factor=1.0, seed=2)
    fold_all()
    search(federation, "city")
    search(federation, "east")
    return spots(federation, "city")[0].id


def test_confirming_is_recorded_with_before_and_after_and_without_peoples_words(
    federation: Federation, spot_id: UUID
) -> None:
    with federation.work("supervisor@city") as work:
        spot_acts.confirm(work, spot_id, words="两家工厂停工", version=1)
    with federation.work("supervisor@city") as work:
        spot = spot_queries.get(work, spot_id)
        assert spot.status == "confirmed"
        assert [step.note for step in spot_queries.events(work, spot)][1:] == ["两家工厂停工"]
        event = work.session.scalars(select(AuditEvent).where(AuditEvent.action == "hotspot:confirm")).one()
        assert event.data == {"before": "open", "after": "confirmed"}


def test_dismissing_asks_for_a_reason_and_is_the_end(federation: Federation, spot_id: UUID) -> None:
    with pytest.raises(InvalidError) as refused, federation.work("head@city") as work:
        spot_acts.dismiss(work, spot_id, "  ")
    assert refused.value.fields == {"reason": "请写明排除的理由。"}
    with federation.work("head@city") as work:
        spot_acts.dismiss(work, spot_id, "集中补录")
    with pytest.raises(IllegalTransitionError, match="已排除"), federation.work("head@city") as work:
        spot_acts.confirm(work, spot_id)
    search(federation, "city")
    assert [spot.status for spot in spots(federation, "city")] == ["dismissed"], "the next night leaves it dismissed"


def test_a_letter_of_ours_is_tied_to_it_and_nothing_else(federation: Federation, spot_id: UUID) -> None:
    with federation.work("supervisor@city") as work:
        draft = Draft(
            kind=LetterKind.SUPERVISION,
            to=federation.ids["east"],
            subject="关于督办工资问题的函",
            reason="近四周登记件明显增多。",
            request="请核查原因并书面反馈。",
            details={"trigger": "other"},
        )
        letter = send(work, draft)
        assert spot_acts.open_supervision(work, spot_id, letter.id, version=1).status == "supervised"
    with pytest.raises(DBAPIError), federation.work("supervisor@city") as work:
        spot_acts.open_supervision(work, spot_id, UUID(int=7))


def test_nobody_supervises_themselves_but_a_plan_may_be_started(federation: Federation, spot_id: UUID) -> None:
    own = spots(federation, "east")[0].id
    with pytest.raises(InvalidError, match="不能向自己发督办函"), federation.work("head@east") as work:
        spot_acts.open_supervision(work, own, UUID(int=7))
    with pytest.raises(InvalidError), federation.work("head@east") as work:
        spot_acts.note_plan(work, own, "")
    with federation.work("head@east") as work:
        assert spot_acts.note_plan(work, own, "欠薪应急预案，劳动关系部牵头").status == "supervised"
    assert spots(federation, "city")[0].status == "open", "the superior judges for itself"


def test_who_sees_only_their_own_desk_judges_nothing(federation: Federation, spot_id: UUID) -> None:
    for who in ("clerk@city", "handler@city", "admin@city"):
        with pytest.raises(ForbiddenError), federation.work(who) as work:
            spot_acts.confirm(work, spot_id)
    with pytest.raises(NotFoundError), federation.work("head@west") as work:
        spot_acts.confirm(work, spot_id)


def test_of_two_at_once_one_wins_and_the_other_is_told(federation: Federation, spot_id: UUID) -> None:
    barrier, told = Barrier(2), list[str]()

    def judge(act: str) -> None:
        try:
            with federation.work("head@city") as work:
                barrier.wait()
                if act == "confirm":
                    spot_acts.confirm(work, spot_id, version=1)
                else:
                    spot_acts.dismiss(work, spot_id, "集中补录", version=1)
            told.append(act)
        except ConflictError:
            told.append("conflict")

    threads = [Thread(target=judge, args=(act,)) for act in ("confirm", "dismiss")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told)[0] in {"confirm", "conflict"}
    assert told.count("conflict") == 1
    with federation.work("head@city") as work:
        assert len(spot_queries.events(work, spot_queries.get(work, spot_id))) == 2


def test_steps_cannot_be_changed_afterwards(federation: Federation, spot_id: UUID) -> None:
    for statement in ("update hotspot_events set note = 'x'", "delete from hotspot_events"):
        with pytest.raises(DBAPIError, match="permission denied"), federation.work("head@city") as work:
            work.session.execute(text(statement))
