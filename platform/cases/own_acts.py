"""What the petitioner does in person through the worker's door (本人网上办理): rows that no member of staff takes.

Each is internal: a button of the desk never starts one, and ``cases.own`` performs it for whoever proved to hold the
case's 查询码. Pure.
"""

from __future__ import annotations

from cases.statuses import ASIDE, OPEN, Status
from cases.table import RV, SYSTEM, Rows
from kernel.workflow import Transition as Row

S = Status
_ART_35 = "《信访工作条例》第三十五条"
#: Nothing is out with another union and no opinion is written: the matter is still the petitioner's to take back.
WITHDRAWABLE = (S.REGISTERED, S.TRIAGED, S.HANDLING, S.SIMPLE, S.EXTENDED, *ASIDE)

ROWS: Rows = (
    Row(
        "own_material",
        "信访人网上补充材料",
        tuple(OPEN),
        None,
        SYSTEM,
        fields=("own_words",),
        internal=True,
        source="《信访工作条例》第十九条（信访人提供材料）",
    ),
    Row(
        "own_withdraw",
        "信访人网上撤回",
        WITHDRAWABLE,
        S.WITHDRAWN,
        SYSTEM,
        fields=("withdrawal", "withdrawn_on", "statement"),
        document="withdrawal_record",
        internal=True,
        source="信访人自愿撤回，凭查询码由本人提出，工作人员不得代为撤回（T33）",
    ),
    Row(
        "own_receive",
        "信访人网上签收",
        (S.DECIDED,),
        S.SERVED,
        SYSTEM,
        fields=("delivery", "delivered_on", "receipt"),
        starts=(RV,),
        counted_from="delivered_on",
        document="service_proof",
        conditions=("every_claim_answered",),
        internal=True,
        source=f"{_ART_35}：自收到书面答复之日起三十日；网上送达以本人签收之日为准（T24）",
    ),
    Row(
        "own_ask_review",
        "信访人网上申请复查",
        (S.SERVED, S.EXECUTING, S.CLOSED),
        None,
        SYSTEM,
        fields=("own_words",),
        conditions=("not_a_review", "served", "not_asked_online", "time_to_ask_review"),
        internal=True,
        source=f"{_ART_35}（T26）",
    ),
    Row(
        "own_ask_recheck",
        "信访人网上申请复核",
        (S.REVIEWED, S.EXECUTING, S.CLOSED),
        None,
        SYSTEM,
        fields=("own_words",),
        conditions=("not_asked_online", "time_to_ask_recheck"),
        internal=True,
        source="《信访工作条例》第三十六条（T28）",
    ),
    Row(
        "own_rate",
        "信访人网上评价",
        (S.CLOSED, S.CONCLUDED, S.ANSWERED),
        None,
        SYSTEM,
        fields=("rated_about", "own_rating", "own_reason"),
        internal=True,
        source="《信访工作条例》第十八条、第二十一条（方便信访人查询、评价）",
    ),
)
