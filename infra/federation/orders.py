"""Orders to unions below: in hand, overdue, with more time, sent back for more work, objected to, taken back."""

from __future__ import annotations

from dispatches.workflow import LetterKind
from infra.federation.exchange import Act, Exchange
from infra.federation.stage import When

_K = LetterKind

#: Letters that others follow.
ROSTER = "关于公交驾驶员排班争议的办理"
FOOD = "关于食品加工企业超时加班问题的核查"
_WAGES = "关于核查腾跃片区欠薪隐患"


def orders() -> tuple[Exchange, ...]:
    """Orders that were taken up, and the two that were not signed."""
    return (
        # In hand, with the own case of the unit that handles it.
        Exchange(
            *(_K.ORDER, "head@jiangcheng", "hexi", When(8, "09:10"), ROSTER),
            reason="信访人在市总工会反映排班和加班工资问题，用人单位在你区，交你会办理。",
            request="请约谈用人单位，查清考勤和工资支付情况，按期书面反馈办理结果。",
            due=14,
            case=True,
            identity=True,
            acts=(
                Act("sign", "clerk@hexi", When(8, "14:05")),
                Act("start", "clerk@hexi", When(7, "09:30")),
                Act("progress", "head@hexi", When(4, "10:20"), {"text": "已约谈用人单位，正在调取考勤记录。"}),
                Act("register", "clerk@hexi", When(1, "17:41")),
            ),
        ),
        # Overdue, reminded once.
        Exchange(
            *(_K.ORDER, "head@jiangcheng", "dongshan", When(20, "15:00"), FOOD),
            reason="近期来电集中反映食品加工企业节前连续加班、加班费未足额支付。",
            request="请逐户核查，列出问题清单和整改时限。",
            due=-6,
            acts=(
                Act("sign", "clerk@dongshan", When(19, "09:05")),
                Act("start", "clerk@dongshan", When(19, "10:15")),
                Act("progress", "head@dongshan", When(12, "16:00"), {"text": "已走访4户企业，尚有3户未提供工资表。"}),
            ),
        ),
        Exchange(
            *(_K.URGE, "supervisor@jiangcheng", "dongshan", When(3, "09:00"), "催办：食品加工企业核查结果"),
            reason="交办期限已过，未见办理结果，也未申请延期。",
            request="请说明原因和预计完成时间。",
            follows=FOOD,
            acts=(Act("sign", "clerk@dongshan", When(2, "09:15")),),
        ),
        # More time asked for, and more time given.
        Exchange(
            *(_K.ORDER, "head@jiangcheng", "nangang", When(13, "10:00"), "关于港区外包装卸工社保补缴问题的办理"),
            reason="市总工会收到联名来信，涉及港区外包企业。",
            request="请查清用工主体，提出补缴方案。",
            due=3,
            case=True,
            acts=(
                Act("sign", "clerk@nangang", When(12, "09:40")),
                Act("start", "head@nangang", When(12, "11:00")),
                Act(
                    *("ask_extension", "head@nangang", When(1, "15:30")),
                    {"text": "社保经办机构核定缴费基数需要两周，申请延期。", "due_on": 17},
                ),
            ),
        ),
        Exchange(
            *(_K.ORDER, "head@hexi", "hexi-ruian", When(17, "09:30"), "关于夜班津贴标准问题的办理"),
            reason="职工来访反映夜班津贴低于集体合同约定。",
            request="请核对集体合同，与企业行政协商补发。",
            due=2,
            acts=(
                Act("sign", "clerk@hexi-ruian", When(16, "08:50")),
                Act("start", "clerk@hexi-ruian", When(16, "09:10")),
                Act(
                    *("ask_extension", "head@hexi-ruian", When(6, "10:00")),
                    {"text": "企业董事会月底才能审议补发方案，申请延期十日。", "due_on": 12},
                ),
                Act("grant_extension", "head@hexi", When(5, "14:20"), {"due_on": 12}),
            ),
        ),
        # Answered and waiting for the sender's judgement.
        Exchange(
            *(_K.ORDER, "head@jiangcheng", "yunhu", When(15, "09:20"), "关于宾馆行业综合工时审批情况的核查"),
            reason="来电反映宾馆行业未经审批实行综合工时。",
            request="请核查审批文件和实际排班。",
            due=5,
            acts=(
                Act("sign", "clerk@yunhu", When(15, "15:10")),
                Act("start", "clerk@yunhu", When(14, "09:00")),
                Act(
                    *("reply", "head@yunhu", When(2, "11:30")),
                    {"text": "已核查全部6户宾馆，其中1户审批过期，已督促停止执行并补付加班费，职工已确认。"},
                ),
            ),
        ),
        # Sent back once for more work, then accepted.
        Exchange(
            *(_K.ORDER, "head@beiling", "beiling-meikuang", When(21, "10:00"), "关于井下津贴发放问题的办理"),
            reason="职工反映井下津贴连续两月少发。",
            request="请查清原因，补发差额。",
            due=4,
            case=True,
            acts=(
                Act("sign", "clerk@beiling-meikuang", When(20, "09:00")),
                Act("start", "clerk@beiling-meikuang", When(20, "09:20")),
                Act("reply", "head@beiling-meikuang", When(11, "16:00"), {"text": "企业答复将在下季度统一调整。"}),
                Act(
                    *("redo", "head@beiling", When(10, "09:30")),
                    {"text": "没有说明已少发部分如何补发，请与企业协商后重新反馈。"},
                ),
                Act(
                    *("reply", "head@beiling-meikuang", When(4, "15:00")),
                    {"text": "企业已于本月补发两个月差额，涉及112人，工资表已经职工签字确认。"},
                ),
                Act("approve", "leader@beiling", When(3, "10:00"), {"note": "办理到位，同意办结。"}),
            ),
        ),
        # Not signed yet.
        Exchange(
            *(_K.ORDER, "leader@jiangcheng", "beiling", When(1, "16:20"), "关于矿区家属安置来信的办理"),
            reason="市总工会领导阅批来信，交你会研究办理。",
            request="请提出办理意见。",
            due=20,
        ),
        # Taken back before it was signed.
        Exchange(
            *(_K.ORDER, "head@gaoxin", "gaoxin-lanpu", When(6, "09:00"), "关于厂区班车停运问题的办理"),
            reason="职工来电反映班车停运。",
            due=10,
            acts=(Act("withdraw", "head@gaoxin", When(6, "10:30"), {"text": "企业已恢复班车，无须交办。"}),),
        ),
    )


def sent_back() -> tuple[Exchange, ...]:
    """Objections (异议): waiting for the sender, agreed to, and refused."""
    return (
        Exchange(
            *(_K.ORDER, "head@jiangcheng", "gaoxin", When(3, "09:40"), _WAGES),
            reason="来信反映腾跃片区多家配套企业拖欠工资。",
            request="请核查并约谈有关企业。",
            due=20,
            acts=(
                Act("sign", "clerk@gaoxin", When(2, "09:00")),
                Act(
                    *("object", "head@gaoxin", When(1, "10:10")),
                    {"text": "来信所列5户企业中有4户注册地和用工地均在东山区，宜由东山区总工会办理，请核实。"},
                ),
            ),
        ),
        Exchange(
            *(_K.ORDER, "head@hexi", "hexi-qiaotou", When(12, "09:00"), "关于印刷厂职工住宿条件问题的办理"),
            reason="职工反映宿舍潮湿、人员过密。",
            due=6,
            case=True,
            acts=(
                Act("sign", "clerk@hexi-qiaotou", When(12, "11:00")),
                Act(
                    *("object", "head@hexi-qiaotou", When(10, "09:30")),
                    {"text": "该厂已于上月迁至文昌街道，工会关系同时转出，本会没有管辖权，附迁移公告。"},
                ),
                Act("agree_objection", "head@hexi", When(9, "10:00"), {"note": "情况属实，收回后另行交办。"}),
            ),
        ),
        Exchange(
            *(_K.ORDER, "head@yunhu", "yunhu-hubin", When(11, "14:00"), "关于物业服务企业试用期约定问题的办理"),
            reason="来访反映试用期超过法定上限。",
            due=5,
            acts=(
                Act("sign", "clerk@yunhu-hubin", When(11, "16:30")),
                Act(
                    *("object", "head@yunhu-hubin", When(9, "09:00")),
                    {"text": "该企业没有建立工会组织，本会没有协商对象，建议由区总工会直接办理。"},
                ),
                Act(
                    *("refuse_objection", "head@yunhu", When(8, "10:00")),
                    {"text": "区域性工会联合会覆盖未建会企业，请继续办理，区总派员协助。"},
                ),
                Act("start", "clerk@yunhu-hubin", When(7, "09:00")),
            ),
        ),
    )
