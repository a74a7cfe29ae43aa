"""Old notices are removed, and nothing younger."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from access.roles import Role
from notices.jobs import purge_notices
from notices.models import Notice
from notices.services import post
from tests.builders import Federation

#: Title → days since it was posted, and days since it was read.
AGES = {
    "新的": (1, None),
    "读过很久": (100, 91),
    "刚读过": (100, 89),
    "很久没读": (700, None),
    "两年前的": (731, None),
}


def test_read_notices_go_after_ninety_days_and_all_after_two_years(federation: Federation) -> None:
    now = federation.clock.now()
    for slug in ("street", "east"):
        with federation.work_as_system(slug) as work:
            for title, (posted, read) in AGES.items():
                post(work.session, kind="note", title=title, link="/", role=Role.CLERK)
                work.session.execute(
                    update(Notice)
                    .where(Notice.title == title)
                    .values(
                        created_at=now - timedelta(days=posted),
                        read_at=None if read is None else now - timedelta(days=read),
                    )
                )
    with federation.work_as_system("street") as work:
        assert purge_notices(work) == 2
        assert purge_notices(work) == 0
        assert set(work.session.scalars(select(Notice.title))) == {"新的", "刚读过", "很久没读"}
    with federation.work_as_system("east") as work:
        assert len(work.session.scalars(select(Notice.title)).all()) == len(AGES)
