"""Sessions that nothing can revive are swept away, each union's by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from access.jobs import ENDED_FOR, UNUSED_FOR, purge_sessions
from access.models import LoginSession
from tests.builders import Federation


def put(federation: Federation, login: str, name: str, **ages: timedelta) -> None:
    user, now = federation.users[login], datetime.now(UTC)
    with federation.work(login) as work:
        work.session.add(
            LoginSession(
                user_id=user.id,
                kind="browser",
                epoch=1,
                last_seen_at=now - ages.get("seen", timedelta()),
                ended_at=now - ages["ended"] if "ended" in ages else None,
            )
        )


def left(federation: Federation, login: str) -> int:
    with federation.work(login) as work:
        return len(work.session.scalars(select(LoginSession)).all())


def test_ended_and_abandoned_sessions_go_and_living_ones_stay(federation: Federation) -> None:
    hour = timedelta(hours=1)
    put(federation, "clerk@street", "living")
    put(federation, "clerk@street", "just ended", ended=ENDED_FOR - hour)
    put(federation, "clerk@street", "long ended", ended=ENDED_FOR + hour)
    put(federation, "clerk@street", "abandoned", seen=UNUSED_FOR + hour)
    put(federation, "clerk@west", "abandoned", seen=UNUSED_FOR + hour)
    with federation.work_as_system("street") as work:
        purge_sessions(work.session)
    assert left(federation, "clerk@street") == 2
    assert left(federation, "clerk@west") == 1
