"""Ends that are no opinion, and cases that belong together (T16, T33, T34, T36, T37, S85). Pure."""

from __future__ import annotations

from cases.statuses import OPEN, WORKING, Status
from cases.table import ENDS, INTAKE, LINKS, NOTICE_STOPS, OFFICE, STAFF, WORK, Rows
from kernel.workflow import Transition as Row

S = Status
#: Nothing is under way with somebody else: no letter is out, no opinion is written, nobody sits at a table.
_AT_HAND = (S.REGISTERED, S.TRIAGED, S.HANDLING, S.SIMPLE, S.EXTENDED)

ROWS: Rows = (
    Row(
        "divert",
        "导入法定程序",
        (S.TRIAGED, *WORKING),
        S.DIVERTED,
        INTAKE | WORK,
        fields=("route", "target_body", "limitation_on", "reason"),
        stops=NOTICE_STOPS,
        document="divert_notice",
        conditions=("not_a_review",),
        source="《信访工作条例》第二十八条第二款、第三十一条第一项至第五项（T16）",
        group=ENDS,
    ),
    Row(
        "withdraw",
        "信访人撤回",
        tuple(OPEN),
        S.WITHDRAWN,
        INTAKE,
        fields=("withdrawal", "withdrawn_on", "statement"),
        document="withdrawal_record",
        source="信访人自愿撤回，须有本人书面申请或者经核实的陈述，工作人员不得代为撤回（T33）",
        group=ENDS,
    ),
    Row(
        "terminate",
        "终止办理",
        tuple(OPEN),
        S.TERMINATED,
        OFFICE,
        fields=("termination", "reason"),
        document="termination_record",
        source="信访人死亡（终止）无承继人，或者联系不上（S85，地方规定）",
        group=ENDS,
    ),
    Row(
        "merge",
        "并案",
        _AT_HAND,
        S.MERGED,
        INTAKE,
        fields=("lead", "reason"),
        document="merge_notice",
        conditions=("not_a_review",),
        remembers=True,
        source="同一事项、相同或者部分相同的信访人；主件保留最早的期限（T34）",
        group=LINKS,
    ),
    Row(
        "unmerge",
        "撤销并案",
        (S.MERGED,),
        S.TRIAGED,
        OFFICE,
        fields=("reason",),
        conditions=("merged_by_hand",),
        returns=True,
        source="并案可以撤销，两件各自按原期限继续（T34）",
    ),
    Row(
        "split",
        "拆分诉求另立一件",
        (S.TRIAGED, *WORKING),
        None,
        INTAKE,
        fields=("claims_chosen", "reason"),
        document="split_note",
        conditions=("several_claims", "not_a_review"),
        source="多项诉求宜分别办理；新件沿用原件的收到日期和期限（T34）",
        group=LINKS,
    ),
    Row(
        "rejoin",
        "撤销拆分",
        (S.TRIAGED, *WORKING),
        S.MERGED,
        INTAKE,
        fields=("reason",),
        document="merge_notice",
        conditions=("was_split",),
        source="拆分可以撤销，诉求回到原件（T34）",
        group=LINKS,
    ),
    Row(
        "link_first",
        "认定重复信访",
        tuple(OPEN),
        None,
        STAFF,
        fields=("first_case", "reason"),
        conditions=("not_linked_yet",),
        source="同一信访人就同一事项再次提出，与初次件关联（T37）",
        group=LINKS,
    ),
    Row(
        "archive",
        "归档",
        (S.CLOSED, S.CONCLUDED, S.ANSWERED),
        S.ARCHIVED,
        INTAKE,
        fields=("archive_no",),
        document="file_index",
        conditions=("remedies_over",),
        source="《档案法实施条例》；保管期限由本单位确定（T36）",
    ),
)
