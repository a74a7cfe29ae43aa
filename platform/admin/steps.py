"""The steps of a union's life as a table: when each may be done, what it asks and what it says beforehand."""

from __future__ import annotations

from dataclasses import dataclass

from doorway.words import N_
from tenants import life


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that can be done: its word, when it may be, what it asks, and what will happen, in sentences."""

    word: str
    statuses: tuple[str, ...]
    fields: tuple[str, ...]
    sentences: tuple[str, ...]
    #: Drawn in red: it cannot be taken back.
    final: bool = False


_ANY = (life.ACTIVE, life.SUSPENDED)
STEPS: dict[str, Step] = {
    "suspend": Step(
        N_("停用"),
        (life.ACTIVE,),
        ("reason",),
        (
            N_("该组织的全部用户立即退出，不能再登录，接口同样停用。"),
            N_("在办件的期限照常计算，上级工会收到提醒任务。"),
            N_("其他组织不能再向它发函；门户页面说明已停用，并指向上级工会。"),
        ),
    ),
    "resume": Step(
        N_("恢复使用"),
        (life.SUSPENDED,),
        ("reason",),
        (N_("用户可以重新登录，函件可以再次送达，上级工会的提醒任务随之关闭。"),),
    ),
    "merge": Step(
        N_("合并"),
        _ANY,
        ("successor", "reason", "decided_on"),
        (
            N_("该组织立即停用，直属下级改隶承继单位。"),
            N_("未办结的信访件连同原有期限移交承继单位，信访人不需要重新提出。"),
            N_("收到的未办结函件退回发函单位，并自动改发承继单位；发出函件的结果随件转去。"),
            N_("全部移交后，在本页“办结承继”，该组织随之关闭。"),
        ),
    ),
    "split": Step(
        N_("分立"),
        _ANY,
        ("successor", "categories", "reason", "decided_on"),
        (
            N_("该组织继续使用；所选类别的未办结信访件移交承继单位，原有期限不变。"),
            N_("其他信访件由该组织信访部门负责人逐件移交。"),
        ),
    ),
    "finish": Step(
        N_("办结承继"),
        _ANY,
        ("succession", "retention_years"),
        (N_("核对该组织没有遗留后办结承继；合并的，同时关闭该组织，数据保管到期限届满。"),),
        final=True,
    ),
    "close": Step(
        N_("关闭"),
        (life.SUSPENDED,),
        ("reason", "retention_years"),
        (
            N_("该组织不能再登录和恢复，数据只读，保管到期限届满。"),
            N_("有未办结的信访件或函件时不能关闭。"),
        ),
        final=True,
    ),
    "ask": Step(
        N_("申请销毁"),
        (life.CLOSED,),
        ("manifest", "reason"),
        (
            N_("保管期限届满后，两位平台管理员先后签署，再由运维人员用命令执行。"),
            N_("销毁的是该组织的全部数据；组织名称、销毁记录和所选导出的校验值保留。"),
        ),
        final=True,
    ),
    "confirm": Step(
        N_("签署销毁"), (life.CLOSED,), (), (N_("您作为第二位管理员签署后，运维人员可以执行销毁。"),), final=True
    ),
    "withdraw": Step(N_("撤回销毁申请"), (life.CLOSED,), (), (N_("申请作废，数据继续保管。"),)),
}
