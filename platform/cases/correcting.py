"""The parts of a correction (更正登记): each checks its fields of the form, and changes what is right.

:mod:`cases.corrections` is the act; nothing is written before every part agreed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from access.actor import Work
from access.roles import Role
from cases import accused, clocks, identity, intake, workplaces
from cases.models import Case, CaseClock, Claim, Party
from cases.rules import (
    CLOCKED_PURPOSES,
    MAX_REPRESENTATIVES,
    PURPOSE_LABELS,
    RETALIATION_CATEGORY,
    TIER_LABELS,
    ClockKind,
    PartyRole,
    Purpose,
)
from cases.workflow import Status
from kernel.errors import ForbiddenError, InvalidError
from tenants import settings, workdays
from tenants.models import Category

#: Wording of the matter: field → its word and the longest it may be.
TEXTS: dict[str, tuple[str, int]] = {
    "title": ("标题", intake.MAX_TITLE),
    "content": ("反映内容", intake.MAX_CONTENT),
    "aim": ("目的", intake.MAX_SIDE),
    "background": ("背景", intake.MAX_SIDE),
}
IDENTITIES: dict[str, tuple[str, Callable[[str | None], str | None]]] = {
    "name": ("姓名", identity.check_name),
    "phone": ("电话", identity.check_phone),
    "id_number": ("身份证号", identity.check_id_number),
    "address": ("住址", identity.normal),
}
#: What an event says that was corrected, where it does not say how.
LABELS: dict[str, str] = {
    **{name: label for name, (label, _longest) in TEXTS.items()},
    **{name: f"当事人{label}" for name, (label, _rule) in IDENTITIES.items()},
    **{"organisation": "被反映单位", "claim": "增加诉求", "party": "增加代表", "petitioner": "补登信访人"},
    **{"confidential": "要求保密", "urgent": "紧急", "purpose": "信访目的", "category": "问题类别"},
    **{"tier": "难易程度", "sealed": "检举控告封闭"},
}
LONGEST_CLAIM = 2_000


@dataclass(slots=True)
class Draft:
    """A correction on its way: what is wrong with it, and what it changed."""

    work: Work
    case: Case
    claims: list[Claim]
    parties: list[Party]
    clocks: list[CaseClock]
    problems: dict[str, str] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    corrected: list[str] = field(default_factory=list)
    old_words: list[str] = field(default_factory=list)

    def set(self, name: str, value: Any) -> None:
        """A word out of a table or a mark: old and new are told."""
        old = getattr(self.case, name)
        if old == value:
            return
        setattr(self.case, name, value)
        told = name.removesuffix("_code")
        self.before[told], self.after[told] = str(old), str(value)
        self.corrected.append(told)


def may_reclassify(case: Case) -> bool:
    """Whether it was sorted and nothing was decided by the sorting yet."""
    return case.status != Status.REGISTERED and case.purpose is not None and case.decided_at is None


def texts(draft: Draft, data: Mapping[str, Any]) -> None:
    """Title, content, 目的 and 背景; the old wording is kept beside the file."""
    for name, (label, longest) in TEXTS.items():
        old = getattr(draft.case, name) or ""
        new = str(data.get(name, old) or "").strip().replace("\r\n", "\n")
        if new == old.replace("\r\n", "\n"):
            continue
        if name in ("title", "content") and not new:
            draft.problems[name] = f"{label}不能为空。"
        elif len(new) > longest:
            draft.problems[name] = f"{label}不能超过{longest}个字。"
        else:
            setattr(draft.case, name, new or None)
            draft.corrected.append(name)
            draft.old_words.append(f"{label}：{old or '（空）'}")


def marks(draft: Draft, data: Mapping[str, Any]) -> None:
    """要求保密 and 紧急."""
    draft.set("confidential", bool(data.get("confidential")))
    wanted, work = bool(data.get("urgent")), draft.work
    if wanted == draft.case.urgent:
        return
    draft.set("urgent", wanted)
    today = work.clock.today()
    if not wanted:
        clocks.stop(draft.clocks, ClockKind.URGENT, today, "更正登记：不属紧急")
        return
    # C-URG runs from when the union learned of it, and that is now.
    days, counting = settings.of(work.session).urgent_report_days, workdays.of(work.session)
    rolling = workdays.rolling(work.session)
    fresh = clocks.start(
        draft.case, draft.clocks, ClockKind.URGENT, today, rolling=rolling, counting=counting, days=days
    )
    if fresh is not None:
        work.session.add(fresh)


def sorting(draft: Draft, data: Mapping[str, Any]) -> None:
    """Purpose, category and tier of what was sorted and not yet decided."""
    case = draft.case
    wanted = {name: str(data.get(name) or "") for name in ("purpose", "category", "tier")}
    held = {"purpose": case.purpose or "", "category": case.category_code or "", "tier": case.tier or ""}
    if not any(wanted.values()) or wanted == held:
        return
    if not may_reclassify(case):
        draft.problems["category"] = "还没有甄别分流或者已经作出处理意见，不能更正分类。"
        return
    category = draft.work.session.get(Category, wanted["category"])
    if category is None:
        draft.problems["category"] = "请选择问题类别。"
    if wanted["purpose"] not in PURPOSE_LABELS:
        draft.problems["purpose"] = "请选择信访目的。"
    if wanted["tier"] not in TIER_LABELS:
        draft.problems["tier"] = "请选择难易程度。"
    timed = [str(purpose) in CLOCKED_PURPOSES for purpose in (held["purpose"], wanted["purpose"])]
    if case.accepted_at is not None and timed[0] != timed[1]:
        # 条例 art. 34: the sixty days run from the acceptance; they neither begin nor vanish by a correction.
        draft.problems["purpose"] = (
            "本件已经受理，60日办理期限不能因更正而开始或者取消；请选择同样适用（不适用）期限的目的。"
        )
    if draft.problems or category is None:
        return
    for claim in draft.claims:
        if claim.category_code == case.category_code:
            claim.category_code = category.code
    draft.set("purpose", wanted["purpose"])
    draft.set("tier", wanted["tier"])
    draft.set("category_code", category.code)
    case.retaliation = case.retaliation or category.code == RETALIATION_CATEGORY


def sealing(draft: Draft, data: Mapping[str, Any]) -> None:
    """Close the file, or open one that was closed by mistake."""
    case, wanted = draft.case, bool(data.get("sealed"))
    category = draft.work.session.get(Category, case.category_code) if case.category_code else None
    must = case.retaliation or case.purpose == Purpose.REPORT or (category is not None and category.sealed)
    if case.sealed and not wanted:
        if not draft.work.actor.holds(Role.OFFICE_HEAD, Role.LEADER):  # pragma: no cover - nobody else sees it
            raise ForbiddenError
        if must:
            draft.problems["sealed"] = "检举控告类和反映打击报复的信访件不能解除封闭；分类有误的，请同时更正分类。"
            return
        if accused.accused_of(draft.work, case.id):
            draft.problems["sealed"] = "本件标明了被反映的工作人员，不能解除封闭；有误的，请先更改被反映人。"
            return
    draft.set("sealed", wanted or must)


def people(draft: Draft, data: Mapping[str, Any]) -> None:
    """Identities that were written down wrongly, and the name of who is complained of."""
    typed: Mapping[int, Mapping[str, str]] = data.get("parties") or {}
    for party in draft.parties:
        given = typed.get(party.position) or {}
        values: dict[str, str | None] = dict.fromkeys(IDENTITIES)
        for name, (_label, rule) in IDENTITIES.items():
            try:
                values[name] = rule(given.get(name))
            except InvalidError as error:
                draft.problems[f"parties.{party.position}.{name}"] = error.message
        if any(values.values()) and not draft.problems:
            identity.seal(draft.work, party, identity.Identity(**values))
            draft.corrected += [name for name, value in values.items() if value]
        place = identity.normal(given.get("organisation"))
        if party.role == PartyRole.RESPONDENT and place and place != party.organisation:
            draft.old_words.append(f"被反映单位：{party.organisation or '（空）'}")
            party.organisation, party.workplace_id = place, workplaces.by_name(draft.work, [place]).get(place)
            draft.corrected.append("organisation")


def one_more(draft: Draft, data: Mapping[str, Any]) -> None:
    """One more representative; of an anonymous matter, the petitioner who gives a name after all."""
    values: dict[str, str | None] = {}
    for name in ("name", "phone"):
        try:
            values[name] = IDENTITIES[name][1](data.get(f"new_{name}"))
        except InvalidError as error:
            draft.problems[f"new_{name}"] = error.message
    if not any(values.values()):
        return
    anonymous = draft.case.anonymous
    if not values.get("name"):
        draft.problems.setdefault("new_name", "请填写姓名。")
    held = sum(party.role == PartyRole.REPRESENTATIVE for party in draft.parties)
    if not anonymous and held >= MAX_REPRESENTATIVES:
        draft.problems["new_name"] = "代表不得超过5人（《信访工作条例》第二十条）。"
    if draft.problems:
        return
    # Whoever was anonymous and gives a name now is the petitioner, and can be answered from now on.
    role = PartyRole.PETITIONER if anonymous else PartyRole.REPRESENTATIVE
    position = max((party.position for party in draft.parties), default=0) + 1
    party = Party(case_id=draft.case.id, position=position, role=role.value)
    identity.seal(draft.work, party, identity.Identity(values["name"], values["phone"], None, None))
    draft.case.anonymous = False
    draft.work.session.add(party)
    draft.parties.append(party)
    draft.corrected.append("petitioner" if anonymous else "party")


def claim(draft: Draft, data: Mapping[str, Any]) -> None:
    """One more claim, before there is an opinion."""
    words = str(data.get("claim") or "").strip()
    if not words:
        return
    if draft.case.decided_at is not None or any(claim.opinion is not None for claim in draft.claims):
        draft.problems["claim"] = "已经作出处理意见，不能再增加诉求；请作为新的信访件登记。"
    elif len(words) > LONGEST_CLAIM or len(draft.claims) >= intake.MAX_CLAIMS:
        draft.problems["claim"] = f"诉求最多{intake.MAX_CLAIMS}项，每项不超过{LONGEST_CLAIM}个字。"
    else:
        position = max((claim.position for claim in draft.claims), default=0) + 1
        code = draft.case.category_code
        claim = Claim(case_id=draft.case.id, position=position, text=words, category_code=code)
        draft.work.session.add(claim)
        draft.claims.append(claim)
        draft.corrected.append("claim")


#: In the order in which they are applied: the sorting says what has to be sealed.
PARTS: tuple[Callable[[Draft, Mapping[str, Any]], None], ...] = (
    texts,
    marks,
    sorting,
    sealing,
    people,
    one_more,
    claim,
)
