"""Who stands in the case's table and the headings of its buttons; names that keep the rows short. Pure."""

from __future__ import annotations

from access.roles import Role
from cases.rules import ClockKind
from cases.statuses import Status
from kernel.workflow import Transition

Rows = tuple[Transition[Status], ...]

INTAKE = frozenset({Role.CLERK, Role.OFFICE_HEAD})
OFFICE = frozenset({Role.OFFICE_HEAD, Role.LEADER})
WORK = frozenset({Role.HANDLER, Role.OFFICE_HEAD})
#: 本机关、单位负责人 (条例 art. 34): nobody else approves an extension.
UNIT_HEAD = frozenset({Role.LEADER})
SYSTEM = frozenset({Role.SYSTEM})
#: Whoever may end a letter may let its case follow, and so may the system.
BACK = OFFICE | frozenset({Role.SUPERVISOR, Role.SYSTEM})
STAFF = INTAKE | OFFICE | WORK

#: Headings under which a page puts what is not the next step.
TIME = "期限"
ASIDE = "调解、听证和监督"
AFTER = "执行和救济"
LINKS = "关联信访件"
CARE = "权利提醒和报告"
ENDS = "结束办理"

N, NR, H = ClockKind.NOTICE.value, ClockKind.NOTICE_BY_LETTER.value, ClockKind.HANDLING.value
EXT, TEN = ClockKind.EXTENSION.value, ClockKind.SIMPLE_OPINION.value
RV, FH = ClockKind.ASK_REVIEW.value, ClockKind.ASK_RECHECK.value
R30, F30 = ClockKind.REVIEW.value, ClockKind.RECHECK.value
REDO, EXE = ClockKind.REDO.value, ClockKind.EXECUTION.value

#: What a step that serves a paper is told: the same parts as the paper's own page asks for.
SERVICE = ("delivery", "delivered_on", "receipt", "receiver", "tracking", "service_note")
#: What stands beside a time to ask that nobody used: by it the file knows an end that time alone brought.
LAPSED = "逾期未申请，办理终结"

#: What a written opinion brings to its end.
OPINION_STOPS = (H, EXT, TEN, REDO, ClockKind.PROGRESS.value)
#: What the first written word to the petitioner brings to its end.
NOTICE_STOPS = (N, NR, ClockKind.PROGRESS.value)
