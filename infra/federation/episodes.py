"""What crossed the borders in the last weeks, as a table: every kind of letter, in every state worth looking at."""

from __future__ import annotations

from dispatches.workflow import LetterKind
from infra.federation.exchange import Act, Circular, Exchange
from infra.federation.orders import FOOD, ROSTER, orders, sent_back
from infra.federation.stage import When

_K = LetterKind

#: The small leaf that is suspended before the circular goes out: the sender is told that it was not reached.
SUSPENDED = "yunhu-liuyin"
SUSPENDED_WHEN = When(7, "09:20")
SUSPENDED_REASON = "该联合会换届筹备，暂停使用一个月（江总工组〔2026〕9号）。"

_CHECK = "关于开展劳动保护专项检查的通报"
_TRANSFER = "关于跨区施工农民工工资问题的转送"
_LATE = "关于高新区信访件超期情况的督办"


def exchanges() -> tuple[Exchange, ...]:
    """Letters between two unions."""
    return (*orders(), *sent_back(), *_transfers(), *_supervisions(), *_upward(), *_requests())


def _transfers() -> tuple[Exchange, ...]:
    return (
        Exchange(
            *(_K.TRANSFER, "head@jiangcheng", "hexi", When(2, "10:30"), "关于保洁员劳动合同问题的转送"),
            reason="用人单位属你区管辖，转你会办理。",
            request="请依法告知信访人受理情况。",
            case=True,
            identity=True,
            acts=(
                Act("sign", "clerk@hexi", When(1, "08:40")),
                Act("register", "clerk@hexi", When(1, "17:46")),
            ),
        ),
        # Sideways: through the superior of both, who passes it on; what comes of it is told back.
        Exchange(
            *(_K.TRANSFER, "head@nangang", "dongshan", When(10, "09:00"), _TRANSFER),
            reason="工程所在地在东山区，劳务企业在南港区，信访人要求在工程所在地解决。",
            request="请协调总承包单位先行支付。",
            case=True,
            file=("工资欠条登记.txt", "序号,班组,人数,欠薪金额（元）\n1,木工,11,154000\n2,钢筋工,9,121500\n"),
            acts=(
                Act("sign", "clerk@jiangcheng", When(10, "15:00")),
                Act("forward", "head@jiangcheng", When(9, "09:30")),
                Act("sign", "clerk@dongshan", When(8, "09:00")),
                Act("start", "head@dongshan", When(8, "10:00")),
                Act(
                    *("progress", "head@dongshan", When(4, "15:20")),
                    {"text": "总承包单位同意先行支付，正在核对班组名册。"},
                ),
            ),
        ),
        # 复查: the petitioner was not content with the opinion; the union above looks at it.
        Exchange(
            *(_K.REVIEW, "head@hexi", "jiangcheng", When(3, "15:10"), "关于请求复查处理意见的移送"),
            reason="信访人认为处理意见对加班时间的认定与事实不符，请求复查。",
            case=True,
            answered=True,
        ),
        Exchange(
            *(_K.ASSIST, "head@yunhu", "gaoxin", When(14, "09:00"), "关于共享用工人员工伤认定的协办"),
            reason="职工由高新区企业派到云湖宾馆，需要原单位出具劳动关系证明。",
            request="请协调原单位提供劳动合同和参保记录。",
            acts=(
                Act("sign", "clerk@jiangcheng", When(13, "09:00")),
                Act("forward", "head@jiangcheng", When(13, "10:00")),
                Act("sign", "clerk@gaoxin", When(12, "09:00")),
                Act("start", "clerk@gaoxin", When(12, "09:30")),
                Act("reply", "head@gaoxin", When(6, "14:00"), {"text": "原单位已提供劳动合同和参保证明，随函附上。"}),
                Act("approve", "head@jiangcheng", When(5, "09:00")),
            ),
        ),
        Exchange(
            *(_K.ASSIST, "head@hexi", "hexi-gongjiao", When(7, "10:00"), "关于驾驶员健康检查安排的协办"),
            reason="区总工会调研需要近两年的健康检查安排。",
            request="请提供检查批次和覆盖人数。",
            acts=(
                Act("sign", "clerk@hexi-gongjiao", When(6, "09:00")),
                Act("start", "clerk@hexi-gongjiao", When(6, "09:20")),
            ),
        ),
    )


def _supervisions() -> tuple[Exchange, ...]:
    overdue = {"trigger": "overdue", "count": 12, "from": 60, "to": 21}
    return (
        # The ladder: supervised, then talked to, with a suggestion that was adopted. Figures only, no case.
        Exchange(
            *(_K.SUPERVISION, "supervisor@jiangcheng", "gaoxin", When(20, "09:00"), _LATE),
            reason="看板显示你区超期未办结件数连续四周上升。",
            request="请逐件排查，提出整改措施。",
            details={**overdue, "ladder": "supervise"},
            acts=(
                Act("sign", "clerk@gaoxin", When(19, "09:00")),
                Act("start", "clerk@gaoxin", When(19, "09:30")),
                Act("reply", "head@gaoxin", When(14, "16:00"), {"text": "已逐件排查，明确承办人和完成时间。"}),
                Act("approve", "supervisor@jiangcheng", When(13, "09:00"), {"note": "四周后复查。"}),
            ),
        ),
        Exchange(
            *(_K.SUPERVISION, "supervisor@jiangcheng", "gaoxin", When(9, "09:00"), "关于高新区信访件超期情况的约谈"),
            reason="上次督办后超期件数没有下降，约谈分管负责人。",
            request="请从工作机制上查找原因。",
            details={**overdue, "ladder": "talk", "suggestion": "improve"},
            acts=(
                Act("sign", "clerk@gaoxin", When(8, "09:00")),
                Act("start", "clerk@gaoxin", When(8, "09:20")),
                Act(
                    *("reply", "leader@gaoxin", When(3, "17:00")),
                    {
                        "text": "已增设一名承办人，建立每周清零会商；超期件由12件降至5件。",
                        "adoption": "adopted",
                    },
                ),
                Act("approve", "leader@jiangcheng", When(2, "09:30"), {"note": "整改见效。"}),
            ),
        ),
        # On the overdue order, a high rung, in hand.
        Exchange(
            *(_K.SUPERVISION, "leader@jiangcheng", "dongshan", When(2, "10:00"), "关于食品加工企业核查的挂牌督办"),
            reason="交办事项逾期，催办后仍未反馈。",
            request="请主要负责人牵头，一周内反馈结果。",
            due=5,
            follows=FOOD,
            details={"trigger": "no_feedback", "ladder": "listed"},
            acts=(Act("sign", "clerk@dongshan", When(1, "09:00")),),
        ),
        Exchange(
            *(_K.SUPERVISION, "supervisor@dongshan", "dongshan-xinyuan", When(1, "14:00"), "关于工资支付承诺的督办"),
            reason="书面承诺的补发日期已过，职工再次来访。",
            request="请督促企业行政落实，并说明追责意见。",
            details={"trigger": "not_executed", "ladder": "supervise", "suggestion": "accountability"},
        ),
    )


def _upward() -> tuple[Exchange, ...]:
    return (
        Exchange(
            *(_K.REPORT, "head@hexi", "jiangcheng", When(6, "16:00"), "关于上月信访工作情况的报告"),
            reason="上月受理量平稳，欠薪类下降，排班争议上升。",
            request="请予指导。",
            acts=(
                Act("sign", "clerk@jiangcheng", When(5, "09:00")),
                Act("note", "leader@jiangcheng", When(5, "15:00"), {"text": "排班争议请与行业工会联合调研。"}),
            ),
        ),
        Exchange(
            *(_K.REPORT, "head@hexi-wenchang", "hexi", When(16, "09:00"), "关于街道新就业形态劳动者建会进展的报告"),
            reason="本月新建会两家，覆盖骑手83人。",
            acts=(
                Act("sign", "clerk@hexi", When(15, "09:00")),
                Act("file", "clerk@hexi", When(15, "09:05")),
            ),
        ),
        Exchange(
            *(_K.SUBMISSION, "head@yunhu-jiudian", "yunhu", When(4, "11:00"), "关于集中返乡车票补贴诉求的呈报"),
            reason="本月同类诉求集中，先行呈报，本会继续办理。",
            case=True,
        ),
        # 条例 art. 24: the superior of both names the unit.
        Exchange(
            *(_K.DISPUTE, "head@hexi", "nangang", When(9, "15:00"), "关于物流园驾驶员事项管辖的争议"),
            reason="驾驶员劳动关系在南港物流园，仅车辆登记在河西区。",
            request="请指定受理单位。",
            case=True,
            acts=(
                Act("sign", "clerk@jiangcheng", When(8, "09:00")),
                Act(
                    *("designate", "head@jiangcheng", When(6, "10:00")),
                    {"text": "劳动关系所在地在南港区，由南港区总工会受理。", "unit": "nangang"},
                ),
                Act("sign", "clerk@nangang", When(5, "08:45")),
            ),
        ),
        Exchange(
            *(_K.DISPUTE, "head@beiling", "yunhu", When(2, "15:00"), "关于旅游客运季节工事项管辖的争议"),
            reason="季节工在两区轮换，双方对用工地认定不一致。",
            request="请指定受理单位。",
            acts=(Act("sign", "clerk@jiangcheng", When(1, "09:10")),),
        ),
    )


def _requests() -> tuple[Exchange, ...]:
    return (
        Exchange(
            *(_K.URGE, "head@nangang", "nangang-matou", When(7, "09:30"), "催办：码头装卸班组防护用品清点"),
            reason="约定的清点日期已过。",
            follows="关于码头装卸班组防护用品清点的协办",
            acts=(
                Act("sign", "clerk@nangang-matou", When(7, "10:00")),
                Act("reply", "clerk@nangang-matou", When(6, "16:00"), {"text": "已清点完毕，正在汇总，明日反馈。"}),
            ),
        ),
        Exchange(
            *(_K.ASSIST, "head@nangang", "nangang-matou", When(14, "09:30"), "关于码头装卸班组防护用品清点的协办"),
            reason="区总工会开展劳动保护检查。",
            acts=(
                Act("sign", "clerk@nangang-matou", When(13, "09:00")),
                Act("start", "clerk@nangang-matou", When(13, "09:30")),
            ),
        ),
        # 调阅: the owner answers with what it chooses to show.
        Exchange(
            *(_K.FILE_REQUEST, "head@jiangcheng", "hexi", When(3, "09:00"), "调阅公交驾驶员排班争议办理材料"),
            reason="研究行业性排班问题，需要了解办理经过。",
            request="请提供诉求、期限和办理经过，不需要信访人身份。",
            follows=ROSTER,
            acts=(
                Act("sign", "clerk@hexi", When(3, "10:00")),
                Act("start", "clerk@hexi", When(3, "10:10")),
                Act(
                    *("reply", "head@hexi", When(1, "17:52")),
                    {"text": "现提供本件诉求、期限和办理经过。", "parts": ("claims", "clocks", "notes")},
                ),
                Act("approve", "head@jiangcheng", When(1, "17:57")),
            ),
        ),
        Exchange(
            *(_K.FILE_REQUEST, "head@dongshan", "dongshan-shiqiao", When(4, "09:00"), "调阅建筑工地实名制考勤材料"),
            reason="核对跨区施工工资问题。",
            acts=(Act("sign", "clerk@dongshan-shiqiao", When(3, "09:00")),),
        ),
    )


def circulars() -> tuple[Circular, ...]:
    """Circulars to a whole subtree."""
    checked = tuple(
        act
        for slug in ("hexi", "nangang", "gaoxin", "hexi-qiaotou", "gaoxin-xinghe")
        for act in (Act("sign", f"clerk@{slug}", When(4, "09:00")), Act("file", f"clerk@{slug}", When(4, "09:10")))
    )
    return (
        Circular(
            *("head@jiangcheng", When(5, "16:00"), _CHECK),
            reason="上年度同期劳动保护类来信来访增加，现通报有关情况。",
            request="请各单位开展自查，结果列入月度报告。",
            acts=(*checked, Act("sign", "clerk@yunhu", When(3, "09:00"))),
        ),
        Circular(
            *("leader@gaoxin", When(12, "10:00"), "关于欠薪隐患集中排查情况的通报"),
            reason="全区共排查企业46户，发现隐患9户。",
            request="请对照清单逐户销号。",
            acts=tuple(
                Act(action, f"clerk@{slug}", When(11, at))
                for slug in ("gaoxin-xinghe", "gaoxin-tengyue", "gaoxin-ruanjian")
                for action, at in (("sign", "09:00"), ("file", "09:30"))
            ),
        ),
    )
