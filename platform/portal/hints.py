"""What a worker should know about time and danger, by the words of the matter: help and no decision. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from doorway.words import N_


@dataclass(frozen=True, slots=True)
class Hint:
    """One piece of advice, and the words that bring it up."""

    title: str
    text: str
    words: tuple[str, ...]


#: Dates of rights before other bodies (domain.md B4): a petition does not stop them.
HINTS: tuple[Hint, ...] = (
    Hint(
        N_("有人身危险"),
        N_(
            "有人受伤、被打、被威胁，或者有火灾、爆炸等危险的，请马上拨打 110、119、120；"
            "心里难受、不想活了，请拨打心理援助热线 12356。"
        ),
        (
            "自杀",
            "不想活",
            "跳楼",
            "跳河",
            "轻生",
            "被打",
            "打人",
            "殴打",
            "威胁",
            "爆炸",
            "着火",
            "火灾",
            "中毒",
            "窒息",
        ),
    ),
    Hint(
        N_("拖欠工资"),
        N_(
            "申请劳动仲裁一般要在1年以内：还在职的不受这个限制，离职的从离职那天起算。"
            "也可以在2年以内向劳动保障监察投诉，电话 12333。请留好考勤、工资条、聊天记录、转账记录。"
        ),
        ("欠薪", "工资", "薪水", "加班费", "工钱", "血汗钱", "劳务费", "奖金", "补偿金", "赔偿金"),
    ),
    Hint(
        N_("工伤和职业病"),
        N_(
            "单位应当在出事（确诊）之日起30日内申请工伤认定；单位不申请的，本人、家属或者工会要在1年以内申请。请尽快就医并留好病历、证人联系方式。"
        ),
        ("工伤", "受伤", "伤残", "骨折", "断指", "职业病", "尘肺", "上班路上", "下班路上", "摔伤", "砸伤", "烧伤"),
    ),
    Hint(
        N_("被辞退、合同争议"),
        N_(
            "对辞退、合同、社保等有争议的，申请劳动仲裁一般要在知道权利被侵害之日起1年以内提出。请留好合同、辞退通知、聊天记录。"
        ),
        ("辞退", "开除", "解雇", "裁员", "解除合同", "解除劳动合同", "劝退", "调岗", "社保", "五险", "公积金"),
    ),
)


def fitting(*texts: str) -> tuple[Hint, ...]:
    """The hints whose words stand in one of the texts, in the table's order."""
    said = "\n".join(texts)
    return tuple(hint for hint in HINTS if any(word in said for word in hint.words))
