"""Who reviews an opinion, and what papers and pages call that body."""

from __future__ import annotations

import pytest

from cases.models import Case
from documents.services import of_subject
from kernel.errors import InvalidError
from tenants.reviewing import body_of
from tests.builders import Federation
from tests.ways import Ways


@pytest.fixture
def ways(federation: Federation) -> Ways:
    """The street's people."""
    return Ways(federation)


def said(ways: Ways, case: Case) -> str:
    """What the newest paper of the case says."""
    with ways.federation.work("head@street") as work:
        return str(of_subject(work.session, case.id)[-1].body)


def test_an_opinion_names_the_body_that_reviews_it_by_the_unions_own_setting(ways: Ways) -> None:
    assert "向东区总工会请求复查" in said(ways, ways.decided())
    ways.outside()
    assert "向上一级机关、单位请求复查" in said(ways, ways.decided())
    ways.set(review_body=" 测试区信访局 ", recheck_body="测试市信访局")
    assert "向测试区信访局请求复查" in said(ways, ways.decided())
    with ways.federation.work("head@street") as work:
        assert [body_of(work.session, stage) for stage in ("review", "recheck")] == ["测试区信访局", "测试市信访局"]
    with pytest.raises(InvalidError, match="不超过60个字"):
        ways.set(review_body="局" * 61)
