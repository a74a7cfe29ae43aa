"""Around the way: the worker's own rights, reports and what is told, supervision and advice (T35). Pure."""

from __future__ import annotations

from access.roles import Role
from cases.rules import ClockKind
from cases.statuses import ASIDE as SIDE
from cases.statuses import OPEN, WORKING, Status
from cases.table import CARE, INTAKE, OFFICE, STAFF, TIME, WORK, Rows
from kernel.workflow import Transition as Row

S = Status
_FEEDBACK = ClockKind.FEEDBACK.value
_AFTER_SORTING = tuple(status for status in OPEN if status is not S.REGISTERED)

ROWS: Rows = (
    Row(
        "record_right",
        "登记权利时效",
        _AFTER_SORTING,
        None,
        STAFF,
        fields=("right", "right_from"),
        source="《劳动争议调解仲裁法》第二十七条、《工伤保险条例》第十七条、《劳动保障监察条例》第二十条",
        group=CARE,
    ),
    Row(
        "interrupt_right",
        "记录时效中断",
        _AFTER_SORTING,
        None,
        STAFF,
        fields=("interrupted_on", "reason"),
        conditions=("arbitration_runs",),
        source="《劳动争议调解仲裁法》第二十七条第二款：向对方主张权利、向有关部门请求权利救济或者对方同意履行义务的，"
        "时效中断，从中断时起重新计算",
        group=CARE,
    ),
    Row(
        "exercise_right",
        "记录已行使权利",
        # After 导入法定程序 as well: what was used needs no reminder.
        (*_AFTER_SORTING, S.DIVERTED),
        None,
        STAFF,
        fields=("right", "note"),
        conditions=("a_right_runs",),
        source="《劳动争议调解仲裁法》第二十七条、《工伤保险条例》第十七条、《劳动保障监察条例》第二十条",
        group=CARE,
    ),
    Row(
        "report_urgent",
        "记录重大紧急情况报告",
        tuple(OPEN),
        None,
        INTAKE | OFFICE,
        fields=("reported_to", "note"),
        stops=(ClockKind.URGENT.value,),
        document="urgent_report",
        conditions=("urgent",),
        source="《信访工作条例》第二十五条",
        group=CARE,
    ),
    Row(
        "report_back",
        "记录已向交办单位反馈",
        tuple(OPEN),
        None,
        STAFF,
        fields=("reported_to", "note"),
        stops=(ClockKind.ASSIGNED.value,),
        conditions=("outsiders_wait",),
        source="《信访工作条例》第二十二条第三项：在指定办理期限内反馈结果；交办、批转单位不在平台上的，由本单位记录",
        group=TIME,
    ),
    Row(
        "tell_progress",
        "告知信访人进展",
        tuple(OPEN),
        None,
        STAFF,
        fields=("progress",),
        stops=(ClockKind.PROGRESS.value,),
        source="《信访工作条例》第十八条、第二十一条（方便信访人查询）；五个工作日进展反馈按本单位设置",
        group=CARE,
    ),
    Row(
        "supervise",
        "督办本件",
        tuple(OPEN),
        None,
        OFFICE | {Role.SUPERVISOR},
        fields=("supervise_reason", "supervise_by"),
        starts=(ClockKind.SUPERVISION.value,),
        document="supervision_slip",
        conditions=("not_supervised",),
        source="《信访工作条例》第四十条：及时督办（T35）",
        group=CARE,
    ),
    Row(
        "answer_supervision",
        "反馈督办情况",
        tuple(OPEN),
        None,
        WORK,
        fields=("supervision_answer",),
        stops=(ClockKind.SUPERVISION.value,),
        conditions=("supervised",),
        source="《信访工作条例》第四十条（T35）",
        group=CARE,
    ),
    Row(
        "advise",
        "提出三项建议",
        (*WORKING, *SIDE, S.DECIDED, S.SERVED, S.EXECUTING, S.CLOSED),
        None,
        OFFICE | {Role.SUPERVISOR},
        fields=("suggestion", "advised_unit", "suggestion_text"),
        starts=(_FEEDBACK,),
        document="suggestion_letter",
        conditions=("no_advice_waits",),
        source="《信访工作条例》第四十条（T35）",
        group=CARE,
    ),
    Row(
        "adoption",
        "记录建议采纳情况",
        tuple(Status(status) for status in (*_AFTER_SORTING, S.CLOSED, S.CONCLUDED)),
        None,
        OFFICE | {Role.SUPERVISOR},
        fields=("adoption", "note"),
        stops=(_FEEDBACK,),
        conditions=("advice_waits",),
        source="《信访工作条例》第四十条：书面反馈采纳情况",
        group=CARE,
    ),
)
