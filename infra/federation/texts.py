"""What people come with and what they are answered: the kinds of complaint, and the sentences around them."""

from __future__ import annotations

from random import Random

from infra.federation import around_work, at_work
from infra.federation.matter import Matter

MATTERS: tuple[Matter, ...] = at_work.MATTERS + around_work.MATTERS

POSTS = (
    "装配工",
    "缝纫工",
    "保洁员",
    "送餐骑手",
    "驾驶员",
    "收银员",
    "焊工",
    "木工",
    "钢筋工",
    "保安",
    "仓库管理员",
    "厨师",
)
OPENINGS = ("", "您好！", "工会领导您好：", "尊敬的工会同志：", "")
ENDINGS = ("", "恳请工会帮助解决。", "希望尽快给予答复。", "谢谢！", "相关材料可以随时提供。")
NOTES = ("已电话联系单位负责人，约定当面沟通。", "已到单位调阅工资表和考勤记录。", "已与信访人沟通，说明办理进展。")
REFUSALS = {
    "N3": (
        "双方对事实争议较大，依法应当通过劳动争议仲裁解决。",
        "请向用人单位所在地劳动人事争议仲裁委员会申请仲裁。",
    ),
    "N1": ("所反映的问题属于行政主管部门职权范围。", "请向当地人力资源和社会保障部门提出。"),
    "N4": ("同一事项已由人民法院受理，正在审理。", "请在诉讼程序中提出请求，可申请工会法律援助。"),
    "N6": ("所反映的问题属于检举控告。", "材料已按规定转送，请向有管辖权的纪检监察机关反映。"),
}
ESCALATION = (
    "涉及多家单位，超出本会协调能力。",
    "单位上级主管部门在市级，需由上级工会出面协调。",
    "用人单位拒不配合工会交涉，请上级工会支持。",
)
ESCALATION_REQUEST = "请上级工会协调有关主管部门，督促用人单位依法解决职工诉求。"
ANSWERS = (
    "经研究，同意你会意见，请依法继续办理，我会将协调主管部门配合。",
    "已与主管部门会商，请按会商意见答复职工。",
)
ORDERS = ("请你会牵头，会同有关单位限期办结，并书面报告结果。",)
FACTS = "经调阅资料、走访单位并听取双方意见，{title}的情况基本属实。"
PROCEDURE = "由本单位承办部门调查核实，必要时与用人单位交涉，作出书面处理意见并送达您本人。"
RESULTS = ("已送达信访人，信访人表示认可。", "单位已兑现，信访人无异议。", "已向信访人说明情况并送达。")


def slots(rng: Random, firm: str, month: int) -> dict[str, str]:
    """Values for every slot of one matter."""
    return {
        "firm": firm,
        "post": rng.choice(POSTS),
        "months": str(rng.randint(2, 8)),
        "n": str(rng.randint(5, 60)),
        "amount": str(rng.randint(8, 480) * 100),
        "years": str(rng.randint(2, 22)),
        "month": str(month),
        "grade": rng.choice("七八九十"),
    }
