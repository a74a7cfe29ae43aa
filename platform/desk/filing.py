"""What the page of one case shows: steps, clocks, claims, parties, timeline, as plain lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from audit.models import AuditEvent
from cases.fields import DELIVERIES
from cases.identity import shown_name, shown_phone
from cases.models import Case, CaseClock, Claim, Party
from cases.rules import (
    CLOCK_LABELS,
    OPINION_LABELS,
    PARTY_LABELS,
    PURPOSE_LABELS,
    RATING_LABELS,
    REFUSAL_LABELS,
    TIER_LABELS,
    ClockKind,
    PartyRole,
)
from cases.workflow import CASE_WORKFLOW, Status
from dispatches.rules import OUTCOME_LABELS, RULES, Rule
from documents.serving import OUTCOMES
from doorway.presenting import Bands, Lamp, lamp
from doorway.words import _


@dataclass(frozen=True, slots=True)
class Step:
    """A place on the step bar; ``state`` is done, now or next."""

    label: str
    state: str
    at: date | datetime | None


@dataclass(frozen=True, slots=True)
class ClockLine:
    """A statutory clock with the reason for its length."""

    label: str
    started_on: date
    due_on: date
    original_due_on: date
    stopped_on: date | None
    stop_reason: str | None
    basis: str
    lamp: Lamp | None
    #: Stopped after its last day.
    missed: bool
    #: What may move its last day; empty where nothing will.
    notice: str = ""


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """One claim with what became of it."""

    position: int
    text: str
    category: str
    opinion: str
    finding: str


@dataclass(frozen=True, slots=True)
class PartyLine:
    """A party behind its mask."""

    position: int
    role: str
    name: str
    phone: str
    subject: str
    #: Whether there is an identity to show; an organisation has none.
    sealed: bool


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the timeline; ``minor`` ones did not move the case."""

    what: str
    who: str
    at: datetime
    said: tuple[str, ...]
    minor: bool


def steps_of(case: Case, history: Sequence[AuditEvent]) -> list[Step]:
    """The way of a case: the steps behind it with their dates, the present one, and those ahead."""
    status = Status(case.status)
    triaged = next((event.at for event in history if event.action == "case:triage"), None)
    done: list[tuple[str, datetime | None]] = [(_("登记"), case.registered_at)]
    if status is Status.ANSWERED:
        return _bar([*done, (_("当场答复办结"), case.closed_at)], len(done) + 1)
    done.append((_("甄别分流"), triaged))
    if status is Status.REFUSED:
        return _bar([*done, (_("不予受理"), case.closed_at)], len(done) + 1)
    way = [
        *done,
        (_("受理告知"), case.accepted_at),
        (_("出具处理意见"), case.decided_at),
        (_("送达办结"), case.closed_at),
    ]
    if case.escalated_at is not None:
        place = 3 if case.accepted_at is not None and case.accepted_at <= case.escalated_at else 2
        way.insert(place, (_("上报上级"), case.escalated_at))
    if status is Status.REFERRED or (status is Status.CLOSED and case.decided_at is None):
        # Another union has the matter, or had it to the end: this one writes no opinion of its own.
        sent = next((event.at for event in reversed(history) if event.action == "case:refer"), None)
        before = [step for step in way[:-2] if step[1] is not None]
        way = [*before, (_("转送交办"), sent), way[-1]]
        return _bar(way, len(before) if status is Status.REFERRED else len(way))
    if status is Status.HANDED_OVER:
        # 机构承继: whatever was ahead is the successor's.
        way = [*(step for step in way[:-1] if step[1] is not None), (_("移交承继单位"), case.closed_at)]
        return _bar(way, len(way))
    reached = {
        Status.REGISTERED: 1,
        Status.TRIAGED: 2,
        Status.HANDLING: len(way) - 2,
        Status.ESCALATED: next((index for index, step in enumerate(way) if step[0] == _("上报上级")), 2),
        Status.DECIDED: len(way) - 1,
        Status.CLOSED: len(way),
    }
    return _bar(way, reached[status])


def _bar(way: Sequence[tuple[str, datetime | None]], reached: int) -> list[Step]:
    """``reached`` steps are done; the next one is where the case stands now."""
    states = ["done"] * reached + ["now"] + ["next"] * len(way)
    return [
        Step(label, state, at if state != "next" else None) for (label, at), state in zip(way, states, strict=False)
    ]


def clock_lines(
    clocks: Sequence[CaseClock], today: date, bands: Bands, notice: Callable[[date], str]
) -> list[ClockLine]:
    """Clocks newest first, so that the running one is on top; ``notice`` says what may move a
    running one's last day. A date that another union set does not roll over.
    """
    return [
        ClockLine(
            label=CLOCK_LABELS[ClockKind(clock.kind)],
            started_on=clock.started_on,
            due_on=clock.due_on,
            original_due_on=clock.original_due_on,
            stopped_on=clock.stopped_on,
            stop_reason=clock.stop_reason,
            basis=clock.basis,
            lamp=lamp(clock.due_on, today, begun=clock.started_on, bands=bands) if clock.stopped_on is None else None,
            missed=clock.stopped_on is not None and clock.stopped_on > clock.due_on,
            notice=notice(clock.due_on) if clock.stopped_on is None and clock.kind != ClockKind.ASSIGNED else "",
        )
        for clock in reversed(clocks)
    ]


def claim_lines(claims: Sequence[Claim], categories: Mapping[str, str]) -> list[ClaimLine]:
    """Claims in their order."""
    return [
        ClaimLine(
            claim.position,
            claim.text,
            categories.get(claim.category_code or "", ""),
            _word(OPINION_LABELS, claim.opinion),
            claim.finding or "",
        )
        for claim in claims
    ]


def party_lines(parties: Sequence[Party], subjects: Mapping[str, str], *, mask_rule: str) -> list[PartyLine]:
    """Parties in their order, masked by the union's rule; ``subjects`` are its words for 信访人类别."""
    return [
        PartyLine(
            position=party.position,
            role=PARTY_LABELS[PartyRole(party.role)],
            name=shown_name(party, mask_rule) or party.organisation or _("未留姓名"),
            phone=shown_phone(party, mask_rule),
            subject=_word(subjects, party.subject_type),
            sealed=any((party.name_sealed, party.phone_sealed, party.id_number_sealed, party.address_sealed)),
        )
        for party in parties
    ]


def _word(labels: Mapping[Any, str], value: Any) -> str:
    return labels.get(value, str(value)) if value else ""


#: Events that no row of the case's table names.
OTHER_EVENTS: dict[str, str] = {
    "case:register": "登记",
    "party:reveal": "查看身份信息",
    "case:import": "导入登记",
    "case:attach": "上传附件",
    "case:draft_paper": "起草文书",
    "case:discard_paper": "删除文书草稿",
    "case:issue_paper": "出具文书",
    "case:serve_paper": "登记送达",
    "case:bind": "导出卷宗",
    "case:dossier_open": "下载卷宗",
    "case:file_open": "打开附件",
    "case:file_remove": "移除附件",
    "case:handover": "移交承办人",
    "case:assigned_deadline": "指定办理期限",
    "case:assigned_deadline_stopped": "指定办理期限停止计算",
    "rule:fire": "按规则呈报或提醒",
}

#: What an event tells, in order: key of its data, the words before it, and how the value reads.
Reading = Callable[[Any, Mapping[UUID, str], Mapping[str, str]], str]


def _plain(value: Any, _people: Mapping[UUID, str], _categories: Mapping[str, str]) -> str:
    return str(value)


def _of(labels: Mapping[Any, str]) -> Reading:
    return lambda value, _people, _categories: labels.get(value, str(value))


def _person(value: Any, people: Mapping[UUID, str], _categories: Mapping[str, str]) -> str:
    identifier = _uuid(value)
    return people.get(identifier, "") if identifier else ""


TELLS: tuple[tuple[str, str, Reading], ...] = (
    ("purpose", "信访目的", _of(PURPOSE_LABELS)),
    ("category", "问题类别", lambda value, _people, categories: categories.get(value, str(value))),
    ("tier", "难易程度", _of(TIER_LABELS)),
    ("competence_note", "职权判断", _plain),
    ("on_behalf", "", lambda value, people, _categories: _("代%(name)s办理", name=_person(value, people, {}))),
    ("department", "承办部门", _plain),
    ("retaliation", "标注", lambda value, _people, _categories: "反映打击报复" if value == "True" else ""),
    ("conflict", "标注", lambda value, _people, _categories: "需要回避" if value == "True" else ""),
    ("rating", "评价（工作人员代录）", _of(RATING_LABELS)),
    ("rule", "规则", lambda value, _people, _categories: RULES[Rule(value)].label),
    ("outcome", "结果", _of(OUTCOME_LABELS)),
    ("assignee", "承办人", _person),
    ("procedure", "处理途径和程序", _plain),
    ("refusal", "不予受理理由", _of(REFUSAL_LABELS)),
    ("reason", "理由", _plain),
    ("request", "请求事项", _plain),
    ("where_to_go", "可以向谁提出", _plain),
    ("reply", "答复内容", _plain),
    ("note", "", _plain),
    ("delivery", "送达方式", _of(DELIVERIES)),
    ("delivered_on", "送达日期", _plain),
    ("result", "办理结果", _plain),
    ("paper", "文书", _plain),
    ("served", "送达结果", _of(OUTCOMES)),
    ("tracking", "邮件编号", _plain),
)


def timeline(
    history: Sequence[AuditEvent],
    people: Mapping[UUID, str],
    categories: Mapping[str, str],
    own: Mapping[str, Mapping[str, str]],
) -> list[Happening]:
    """What happened, newest first, in words; ``own`` are the union's words for codes, by key of an event's data."""
    return [
        Happening(
            what=_what(event),
            who=event.actor_name,
            at=event.at,
            said=tuple(_said(event.data, people, categories, own)),
            minor=event.data.get("from") == event.data.get("to") and event.action != "case:register",
        )
        for event in reversed(history)
    ]


def _what(event: AuditEvent) -> str:
    if event.action == "party:reveal":
        return _("查看第%(place)s位当事人的身份信息", place=event.data.get("party", ""))
    return OTHER_EVENTS.get(event.action) or CASE_WORKFLOW.label(event.action.partition(":")[2])


def _said(
    data: Mapping[str, Any],
    people: Mapping[UUID, str],
    categories: Mapping[str, str],
    own: Mapping[str, Mapping[str, str]],
) -> Iterable[str]:
    for key, words, reading in TELLS:
        value = data.get(key)
        if value in (None, "", "None"):
            continue
        text = own[key].get(str(value), "") if key in own else ""
        text = text or reading(value, people, categories)
        if text:
            yield f"{words}：{text}" if words else text


def people_in(history: Sequence[AuditEvent]) -> set[UUID]:
    """Accounts that the history names inside its data."""
    return {found for event in history for key in ("assignee", "on_behalf") if (found := _uuid(event.data.get(key)))}


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(str(value)) if value else None
    except ValueError:
        return None
