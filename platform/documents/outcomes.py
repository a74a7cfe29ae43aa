"""送达结果: what became of one attempt to serve a paper; one table for step, page and proof. Pure.

The ways of the law (民事诉讼法 arts. 88–91, which unions follow by analogy): handed over, taken by somebody else,
left behind, refused, on its way, come back. Looking at a paper online and signing there is 签收 by the way 网上送达.
"""

from __future__ import annotations

OUTCOMES: dict[str, str] = {
    "signed": "签收",
    "agent": "他人代收",
    "left": "留置送达",
    "refused": "拒收",
    "sent": "已寄出，待签收",
    "returned": "退回未送达",
}
#: Outcomes with which the paper counts as served: times to ask run from then. A refusal counts: it is noted.
SERVED: dict[str, str] = {code: OUTCOMES[code] for code in ("signed", "agent", "left", "refused")}
RECEIVERS: dict[str, str] = {"self": "本人", "agent": "代理人", "family": "同住成年家属", "unit": "所在单位"}
#: Who takes a paper for somebody else.
TAKERS: dict[str, str] = {code: RECEIVERS[code] for code in ("agent", "family", "unit")}
POST = "post"
MAX_TRACKING, MAX_NOTE = 40, 500


def problems(*, way: str, outcome: str, receiver: str | None, tracking: str, note: str) -> dict[str, str]:
    """What the parts of one attempt say together that cannot be, by the name of the part."""
    found: dict[str, str] = {}
    if outcome not in OUTCOMES:
        found["outcome"] = "请选择送达结果。"
    elif receiver is not None and receiver not in RECEIVERS:
        found["receiver"] = "请选择代收人。"
    elif outcome == "agent" and receiver not in TAKERS:
        found["receiver"] = "他人代收的，请选择由谁代收。"
    elif outcome == "signed" and receiver in TAKERS:
        found["outcome"] = "由他人签收的，送达结果请选择“他人代收”。"
    elif outcome not in ("signed", "agent") and receiver is not None:
        found["receiver"] = "没有签收、代收的，不填代收人。"
    if way == POST and not tracking:
        found["tracking"] = "邮寄送达的，请填写邮件编号。"
    elif len(tracking) > MAX_TRACKING:
        found["tracking"] = f"邮件编号不超过{MAX_TRACKING}个字。"
    if len(note) > MAX_NOTE:
        found["note"] = f"备注不超过{MAX_NOTE}个字。"
    return found
