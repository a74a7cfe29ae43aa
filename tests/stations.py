"""How a case comes into each status: one way for each, for tests that want them all."""

from __future__ import annotations

from collections.abc import Callable

from cases.models import Case
from cases.workflow import Status
from tests.ways import DIVERT, Ways


def at(ways: Ways, status: Status) -> Case:
    """A case that stands in ``status``."""
    return WAYS[status](ways)


WAYS: dict[Status, Callable[[Ways], Case]] = {
    Status.REGISTERED: Ways.registered,
    Status.TRIAGED: Ways.triaged,
    Status.HANDLING: Ways.handling,
    Status.SIMPLE: Ways.simple,
    Status.EXTENDED: Ways.extended,
    Status.MEDIATING: Ways.mediating,
    Status.HEARING: Ways.hearing,
    Status.NEGOTIATING: Ways.negotiating,
    Status.ESCALATED: lambda ways: ways.as_head(
        ways.handling(), "escalate", reason="超出本级职权", request="请市总工会协调"
    ),
    Status.REFERRED: lambda ways: ways.as_head(ways.handling(), "refer", way="transfer", destination="西区总工会"),
    Status.DECIDED: Ways.decided,
    Status.SERVED: Ways.served,
    Status.EXECUTING: Ways.executing,
    Status.REVIEWING: Ways.reviewing,
    Status.REVIEWED: Ways.reviewed,
    Status.RECHECKING: Ways.rechecking,
    Status.CLOSED: Ways.closed,
    Status.CONCLUDED: Ways.concluded,
    Status.ARCHIVED: lambda ways: ways.act("clerk", ways.answered(), "archive", archive_no="2026-1"),
    Status.ANSWERED: Ways.answered,
    Status.REFUSED: lambda ways: ways.act(
        "clerk", ways.triaged(), "refuse", refusal="N3", reason="属于劳动争议", where_to_go="区劳动人事争议仲裁委员会"
    ),
    Status.REFUSED_AGAIN: lambda ways: ways.act(
        "clerk",
        ways.triaged(),
        "refuse_again",
        refusal_again="X1",
        earlier="测信复〔2025〕9号",
        reason="同一事实和理由",
    ),
    Status.DIVERTED: lambda ways: ways.act("clerk", ways.triaged(), "divert", **DIVERT),
    Status.WITHDRAWN: Ways.withdrawn,
    Status.MERGED: Ways.merged,
    Status.TERMINATED: lambda ways: ways.act(
        "head", ways.handling(), "terminate", termination="unreachable", reason="三次去电、两次去信均无回音"
    ),
    Status.HANDED_OVER: lambda ways: ways.as_system(ways.handling(), "hand_over", destination="承继单位"),
}
