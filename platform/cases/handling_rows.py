"""Rows of the handling that keep the status: results, tasks, 回避, 首办责任 (domain.md E2, S0). Pure."""

from __future__ import annotations

from access.roles import Role
from cases.statuses import ASIDE, OPEN, Status
from cases.table import OFFICE, UNIT_HEAD, WORK, Rows
from kernel.workflow import Transition as Row

S = Status
DUTY = "承办和责任"
RESULTS = "办理成效"
_IN_HAND = (S.HANDLING, S.SIMPLE, S.EXTENDED, *ASIDE)
_AFTER_SORTING = tuple(status for status in OPEN if status is not S.REGISTERED)
_ART_28 = "《信访工作条例》第二十八条第三款：有直接利害关系的，应当回避"

ROWS: Rows = (
    Row(
        "ask_department",
        "交部门办理",
        (S.TRIAGED, *_IN_HAND, S.DECIDED, S.SERVED, S.EXECUTING),
        None,
        WORK | OFFICE,
        fields=("task_department", "task_handler", "task_asked", "task_due"),
        source="承办单位协调有关部门办理，任务期限不晚于本件的办理期限",
        group=DUTY,
    ),
    Row(
        "withdraw_task",
        "撤回部门任务",
        _AFTER_SORTING,
        None,
        WORK | OFFICE,
        fields=("open_task", "reason"),
        conditions=("a_task_is_open",),
        source="件件有着落：办结前交办的任务逐项办结或者撤回",
        group=DUTY,
    ),
    Row(
        "declare_interest",
        "申报利害关系，申请回避",
        (*_IN_HAND, S.DECIDED),
        None,
        WORK,
        fields=("interest",),
        conditions=("own_case",),
        source=_ART_28,
        group=DUTY,
    ),
    Row(
        "permit_handler",
        "批准不回避",
        (S.TRIAGED, *_IN_HAND),
        None,
        UNIT_HEAD,
        fields=("permitted", "reason"),
        source=f"{_ART_28}；确需由其办理的，由单位领导批准并留存理由",
        group=DUTY,
    ),
    Row(
        "change_first",
        "变更首办责任人",
        tuple(OPEN),
        None,
        OFFICE,
        fields=("first_handler", "reason"),
        conditions=("not_own_release",),
        source="首办责任制：谁首先接待、谁负责办理、谁跟踪督促；变更须有理由并经负责人批准",
        group=DUTY,
    ),
    Row(
        "gains",
        "登记办理成效",
        (*_IN_HAND, S.DECIDED, S.SERVED, S.EXECUTING, S.REVIEWING, S.REVIEWED, S.RECHECKING, S.CLOSED, S.CONCLUDED),
        None,
        WORK,
        fields=("dispositions", "measures", "recovered", "helped"),
        source="《信访工作条例》第二十七条：三到位一处理",
        group=RESULTS,
    ),
)

#: Ends that a person chooses: an open task asks to be ended first.
ASKED_FIRST = frozenset(
    {"close", "finish", "conclude_agreement", "refuse", "refuse_again", "divert", "withdraw", "terminate", "merge"}
    | {"rejoin"}
)
#: Who is given a case by these.
ASSIGNING = frozenset({"accept", "take_simple", "assign"})
#: Who writes these has no interest in the case.
DECIDING = frozenset({"decide", "review_decide", "conclude_agreement"})
#: Closed with an answer: the petitioner is asked again later.
FOLLOWED = frozenset({S.CLOSED, S.CONCLUDED})
ASKERS = frozenset({Role.CLERK, Role.HANDLER, Role.OFFICE_HEAD})
