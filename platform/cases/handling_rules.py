"""Code tables of the handling of a case (domain.md D6, E2, E3, S0–S4): dispositions, measures, registries. Pure."""

from __future__ import annotations

#: 三到位一处理 (条例 art. 27): what became of one claim.
DISPOSITIONS: dict[str, str] = {
    "solved": "解决问题到位",
    "educated": "思想教育到位",
    "aided": "帮扶救助到位",
    "lawful": "依法处理",
}
#: When each applies, as a form explains it.
DISPOSITION_NOTES: dict[str, str] = {
    "solved": "诉求合理",
    "educated": "诉求无理",
    "aided": "生活困难",
    "lawful": "行为违法",
}
#: ③ may stand beside ① or ② (domain.md D6).
WITH_AID = frozenset({"solved", "educated"})
#: What an opinion comes to where nobody says otherwise: a person sees it preselected and may change it.
BY_OPINION: dict[str, str] = {"support": "solved", "explain": "educated", "reject": "educated"}

#: 手段、办法 (domain.md D6, S3): several may have been used on one case.
MEASURES: dict[str, str] = {
    "legal_aid": "法律援助",
    "relief": "帮扶救助",
    "mediation": "调解",
    "consultation": "协商",
    "education": "教育疏导",
    "counselling": "心理疏导",
    "negotiation": "与用人单位交涉",
    "supervision": "劳动法律监督意见书",
    "proposal": "提请有关部门处理",
    "conference": "会商会诊",
    "advice": "法律政策咨询",
    "administrative": "行政手段",
    "other": "其他",
}
#: One hundred billion yuan in 分; more is a typing mistake.
MOST_RECOVERED = 10_000_000_000_000
MOST_HELPED = 9_999_999

#: Why somebody has to withdraw (回避, 条例 art. 28(3)), in words for the one who assigns.
GROUNDS: dict[str, str] = {
    "own_union": "本单位就是被反映单位",
    "department": "所在部门是被反映部门",
    "person": "与本件当事人的登记信息相符",
    "declared": "本人已申报利害关系",
    "accused": "本人是被反映人",
}
AVOIDANCE = "《信访工作条例》第二十八条第三款"
#: What a row about an assignment is.
ASSIGNMENT_KINDS: dict[str, str] = {"assign": "分派", "permit": "批准不回避", "declare": "申报利害关系"}

#: 第三方调解员 (domain.md A0 化访, E23).
MEDIATOR_KINDS: dict[str, str] = {
    "party_member": "老党员",
    "model_worker": "老劳模",
    "counsellor": "心理咨询师",
    "lawyer": "法律工作者",
    "organisation": "调解组织",
    "other": "其他",
}
#: 外部机关 (domain.md B1, external bodies).
BODY_KINDS: dict[str, str] = {
    "arbitration": "劳动人事争议仲裁",
    "inspection": "劳动保障监察",
    "social_insurance": "社会保险经办",
    "legal_aid": "司法行政、法律援助",
    "court": "人民法院",
    "police": "公安机关",
    "health": "卫生健康",
    "petition_office": "政府信访部门",
    "review": "复查复核机关",
    "other": "其他",
}

#: 满意度评价: about whom ([C1]: kept apart), and how staff came to know it.
RATED: dict[str, str] = {"unit": "责任单位", "office": "信访部门"}
TOLD_HOW: dict[str, str] = {
    "call": "电话回访",
    "visit": "当面说明",
    "letter": "书面回复",
    "message": "短信或者网上回复",
    "agent": "由代理人转告",
}
#: What was written down before anybody asked how it was told.
UNSTATED = "unstated"
#: Ratings by the petitioner come in by the portal and by nothing else.
BY_PETITIONER, BY_STAFF = "petitioner", "staff"

#: 回访: what the petitioner says about the answer when asked again.
CONTENT: dict[str, str] = {"yes": "满意", "partly": "基本满意", "no": "不满意", "unsaid": "没有表示"}
