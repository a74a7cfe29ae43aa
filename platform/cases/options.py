"""Code tables of the whole procedure (domain.md B3, B5, D5, D6): what a form offers and what a row may hold. Pure."""

from __future__ import annotations

from cases.rules import ClockKind
from documents.outcomes import SERVED

#: 简易办理 (domain.md B5): the cases that the rule names; the fifth is not known from a source and not offered.
SIMPLE_GROUNDS: dict[str, str] = {
    "clear": "事实清楚、责任明确、争议不大、易于解决",
    "prompt": "咨询、意见建议或者表达感谢，可以即时反馈",
    "daily": "涉及日常生产生活、时效性强，应当即时处理",
    "promised": "已有明确承诺或者结论",
}
#: 不再受理 (domain.md D5, X).
REFUSALS_AGAIN: dict[str, str] = {
    "X1": "复核终结后，以同一事实和理由再次提出",
    "X2": "涉法涉诉事项已依法终结",
}
REFUSALS_AGAIN_BASIS: dict[str, str] = {
    "X1": "《信访工作条例》第三十六条第三款",
    "X2": "《信访工作条例》第三十一条第一项、第三十七条",
}
#: 送达回证: what a step that serves may say of the paper; the same words as on the paper's own page.
RECEIPTS: dict[str, str] = SERVED
HEARINGS: dict[str, str] = {"hearing": "听证", "conference": "会商会诊"}
#: 导入法定程序 (条例 art. 31; domain.md B7): route → (name, the worker's clock that shows its limitation date).
ROUTES: dict[str, tuple[str, ClockKind | None]] = {
    "arbitration": ("劳动人事争议仲裁", ClockKind.ARBITRATION),
    "inspection": ("劳动保障监察", ClockKind.INSPECTION),
    "injury": ("工伤认定", ClockKind.INJURY_WORKER),
    "litigation": ("诉讼", None),
    "reconsideration": ("行政复议、行政裁决", None),
    "appraisal": ("技术鉴定（职业病诊断、劳动能力鉴定）", None),
    "legal_aid": ("法律援助", None),
    "discipline": ("纪检监察", None),
    "party_appeal": ("党员申诉、申请复审", None),
    "other": ("其他法定程序", None),
}
RIGHTS: dict[str, str] = {
    ClockKind.ARBITRATION.value: "申请劳动仲裁（1年，可以中断）",
    ClockKind.INJURY_EMPLOYER.value: "用人单位申请工伤认定（30日）",
    ClockKind.INJURY_WORKER.value: "职工、近亲属、工会申请工伤认定（1年）",
    ClockKind.INSPECTION.value: "向劳动保障监察投诉（2年）",
}
#: How the petitioner's own statement of withdrawal reached us and was verified; staff alone cannot withdraw.
WITHDRAWALS: dict[str, str] = {
    "written": "本人书面申请，已核对签名",
    "in_person": "本人到场提出，当面核对身份并签字",
    "recorded_call": "本人来电提出，回拨登记电话核实并录音",
    "online": "本人凭查询码在网上提出",
}
#: What a member of staff may write down: the petitioner's own hand is the worker's door alone.
STAFF_WITHDRAWALS: dict[str, str] = {code: word for code, word in WITHDRAWALS.items() if code != "online"}
TERMINATIONS: dict[str, str] = {
    "died": "信访人死亡，没有承继人或者承继人放弃",
    "dissolved": "信访单位终止，没有权利义务承受人",
    "unreachable": "多次联系不上信访人，无法继续办理",
}
#: What the reviewing body says of the opinion (条例 art. 35, 36; outcomes by local rules).
OUTCOMES: dict[str, str] = {"uphold": "维持", "change": "变更", "redo": "撤销并责令重作"}
#: 变更: what the reviewing body said holds instead of the opinion, and is carried out.
CHANGED = "change"
FINAL_OUTCOMES: dict[str, str] = {key: OUTCOMES[key] for key in ("uphold", CHANGED)}
STAGES: dict[str, str] = {"review": "复查", "recheck": "复核"}
#: The three suggestions of 条例 art. 40.
SUGGESTIONS: dict[str, str] = {
    "improve": "改进工作建议",
    "policy": "完善政策建议",
    "accountability": "追究责任建议",
}
ADOPTIONS: dict[str, str] = {"adopted": "采纳", "partly": "部分采纳", "rejected": "不采纳"}
