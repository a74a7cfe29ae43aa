"""From a case to a paper: the fields that templates may use, their values, and the text of every kind.

A kind is either issued by a step of the table (``cases.papers.TEMPLATES``: its words are computed, part by part,
and every part is a field named by its heading) or drafted by hand (``cases.standard``). A union may put its own text
in the place of either; what the law wants on the paper must stay in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from sqlalchemy import select

from access.actor import Work
from cases.models import Case, CaseClock, Claim, Party
from cases.options import (
    FINAL_OUTCOMES,
    HEARINGS,
    RECEIPTS,
    REFUSALS_AGAIN,
    ROUTES,
    SIMPLE_GROUNDS,
    SUGGESTIONS,
    TERMINATIONS,
    WITHDRAWALS,
)
from cases.paper_kit import NOT_YET, AbsentError
from cases.papers import TEMPLATES, Facts, chinese_date
from cases.rules import CHANNEL_LABELS, PARTY_LABELS, Channel, ClockKind, PartyRole
from cases.standard import STANDARD
from documents import attachments, templates
from documents.outcomes import TAKERS
from documents.services import of_subject
from documents.templates import Body
from kernel.clock import china_date
from kernel.errors import NotFoundError
from tenants import queries as tenants
from tenants.reviewing import NEXT_UP, body_of

#: The part of a computed text that stands under no heading.
OPENING = "正文"
#: Values of a step's form by the name that a template uses.
STEP_FIELDS: dict[str, str] = {
    "facts": "事实和理由",
    "basis": "法律法规依据",
    "procedure": "处理途径和程序",
    "reason": "理由",
    "where_to_go": "可以向谁提出",
    "reply": "答复内容",
    "destination": "去向单位",
    "result": "办理结果",
}
#: Values of a step that are chosen from a list: of an invented case, the first.
CHOICES: dict[str, Mapping[str, Any]] = {
    "simple_ground": SIMPLE_GROUNDS,
    "refusal_again": REFUSALS_AGAIN,
    "hearing_form": HEARINGS,
    "route": ROUTES,
    "withdrawal": WITHDRAWALS,
    "termination": TERMINATIONS,
    "suggestion": SUGGESTIONS,
    "receipt": RECEIPTS,
    "receiver": TAKERS,
    "review_outcome": FINAL_OUTCOMES,
}
#: Parts that the regulation wants on the paper (条例 art. 23, 32, 34–36): a union's own text must keep them.
BY_LAW = frozenset(
    {
        *("投诉请求", "事实和理由", "处理意见", "法律法规依据", "救济途径和期限", "依据", "理由", "办理期限"),
        *("您可以向谁提出", "复查意见", "复核意见", "时效届满日期", "法定途径"),
    }
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of paper."""

    name: str
    title: str
    #: Letters between the union's 机关代字 and the number.
    prefix: str
    #: Whether a person issues it; otherwise a step of the table does.
    free: bool


class _Open(dict[str, Any]):
    """Values of a step that has not been taken: words of a form read as their field, anything else is absent.

    Whoever asks for what may be left out asks with ``get``.
    """

    def __missing__(self, name: str) -> str:
        if name not in STEP_FIELDS:
            raise AbsentError(name)
        return f"{{{{{STEP_FIELDS[name]}}}}}"


class _Sample(dict[str, Any]):
    """Values of a step for a preview."""

    def __missing__(self, name: str) -> str:
        return f"（示例：{STEP_FIELDS.get(name, '填写的内容')}）"


def kinds() -> dict[str, Kind]:
    """Every kind by name: first those of the table, in its order."""
    bound = {name: Kind(name, title, prefix, free=False) for name, (title, prefix, _words) in TEMPLATES.items()}
    free = {name: Kind(name, title, prefix, free=True) for name, (title, prefix, _parts) in STANDARD.items()}
    return bound | free


def kind_of(name: str) -> Kind:
    """One kind.

    :raises NotFoundError: when there is none of this name.
    """
    found = kinds().get(name)
    if found is None:
        raise NotFoundError("没有这种文书。")
    return found


def facts_of(
    work: Work,
    case: Case,
    *,
    claims: Sequence[Claim] | None = None,
    running: Sequence[CaseClock] | None = None,
    data: Mapping[str, Any] | None = None,
) -> Facts:
    """What a text may draw on; claims and clocks are read when the caller has not got them."""
    session = work.session
    if claims is None:
        claims = session.scalars(select(Claim).where(Claim.case_id == case.id).order_by(Claim.position)).all()
    if running is None:
        clocks = select(CaseClock).where(CaseClock.case_id == case.id)
        running = session.scalars(clocks.order_by(CaseClock.started_on, CaseClock.id)).all()
    above = tenants.parent(session, work.tenant_id)
    return Facts(
        case=case,
        claims=claims,
        clocks=running,
        union_name=tenants.get(session, work.tenant_id).name,
        superior_name=above.name if above else None,
        today=work.clock.today(),
        data=_Open() if data is None else data,
        body_of=partial(body_of, session),
        contents=partial(_contents, work, case),
    )


def _contents(work: Work, case: Case) -> list[str]:
    """Papers and attachments of a case in their order, a numbered line each: what a bound file holds beside words."""
    papers = [
        f"{paper.title}　{paper.number}　{chinese_date(paper.issued_on)}"
        for paper in of_subject(work.session, case.id)
    ]
    files = [
        f"附件：{found.name}" + (f"　{found.pages}页" if found.pages else "")
        for found in attachments.of_subject(work, case.id)
    ]
    return [f"{place}. {line}" for place, line in enumerate((*papers, *files), start=1)]


def values(kind: str, facts: Facts, people: Iterable[Party] = ()) -> dict[str, str]:
    """The value of every field that has one, by name."""
    case, running = facts.case, {clock.kind: clock for clock in facts.clocks}
    handling = running.get(ClockKind.HANDLING)
    found: dict[str, str | None] = {
        "单位名称": facts.union_name,
        "上级单位": facts.superior_name or NEXT_UP,
        "编号": case.number,
        "信访事项": case.title,
        "反映内容": case.content,
        "诉求": "\n".join(f"{claim.position}. {claim.text}" for claim in facts.claims),
        "信访形式": CHANNEL_LABELS[Channel(case.channel)],
        "信访人情况": _people(people),
        "涉及人数": f"{case.headcount}人",
        "收到日期": chinese_date(case.received_on),
        "登记日期": chinese_date(china_date(case.registered_at)),
        "受理日期": chinese_date(china_date(case.accepted_at)) if case.accepted_at else None,
        "办结期限": chinese_date(handling.due_on) if handling else None,
        "今天": chinese_date(facts.today),
        "复查机关": facts.body_of("review"),
    }
    return {name: value for name, value in found.items() if value is not None} | _parts(kind, facts)


def _people(people: Iterable[Party]) -> str:
    """By mask only: a frozen text is read by more people than may know who it is."""
    told = [
        f"{PARTY_LABELS[PartyRole(party.role)]}：{party.name_mask or party.organisation or '未留姓名'}"
        for party in people
    ]
    return "\n".join(told) or "匿名"


def _parts(kind: str, facts: Facts) -> dict[str, str]:
    """The computed words by heading; nothing where a choice of the step is still to be made."""
    if kind not in TEMPLATES:
        return {}
    try:
        words = TEMPLATES[kind][2](facts)
    except AbsentError:
        return {}
    found: dict[str, str] = {}
    for part in words:
        name, text = str(part["heading"] or OPENING), str(part["text"])
        if text == NOT_YET:
            continue
        found[name] = f"{found[name]}\n{text}" if name in found else text
    return found


def sample(work: Work) -> Facts:
    """An invented case, for lists of fields and previews."""
    today = work.clock.today()
    moment = datetime(today.year, today.month, today.day, 1, tzinfo=UTC)
    above = tenants.parent(work.session, work.tenant_id)
    own = tenants.get(work.session, work.tenant_id)
    case = Case(
        number=f"{own.code}〔{today.year}〕000123",
        title="反映三个月工资未发",
        content="单位自去年十二月起未发工资，多次讨要未果。",
        channel=Channel.VISIT.value,
        headcount=1,
        received_on=today,
        registered_at=moment,
        accepted_at=moment,
    )
    claims = [Claim(position=1, text="补发三个月工资", opinion="support", finding="督促单位于十日内补发。")]
    due = date.fromordinal(today.toordinal() + 60)
    clocks = [
        CaseClock(kind=kind.value, started_on=today, due_on=due, original_due_on=due, basis="") for kind in ClockKind
    ]
    data = _Sample(
        {name: next(iter(words)) for name, words in CHOICES.items()}
        | {"refusal": "N3", "way": "transfer", "review_decision": "uphold", "today": today}
        | {"lead": case, "claims_chosen": (1,), "limitation_on": due}
    )
    return Facts(
        case, claims, clocks, own.name, above.name if above else None, today, data, partial(body_of, work.session)
    )


def default_body(kind: str, facts: Facts) -> Body:
    """The platform's text of a kind; of a computed one its parts as fields."""
    if kind in TEMPLATES:
        names = _parts(kind, facts) or {OPENING: ""}
        return [{"heading": None if name == OPENING else name, "text": f"{{{{{name}}}}}"} for name in names]
    return [{"heading": heading or None, "text": text} for heading, text in STANDARD[kind][2]]


def known_fields(kind: str, facts: Facts) -> list[str]:
    """Fields that a template of this kind may use; ``facts`` are the sample's."""
    own = [STEP_FIELDS[name] for name in STEP_FIELDS if not kind_of(kind).free]
    return list(dict.fromkeys([*values(kind, facts), *_parts(kind, facts), *own]))


def required_fields(kind: str, facts: Facts) -> list[str]:
    """Fields that a template of this kind must keep."""
    return [name for name in _parts(kind, facts) if name in BY_LAW]


def compose(work: Work, case: Case, kind: str) -> tuple[str, Body]:
    """Title and text of a fresh draft: the union's template or the platform's, filled as far as the case goes."""
    known = kind_of(kind)
    own = templates.own_of(work.session, kind)
    body = own.body if own.body is not None else default_body(kind, sample(work))
    people = work.session.scalars(select(Party).where(Party.case_id == case.id).order_by(Party.position)).all()
    return own.title or known.title, templates.fill(body, values(kind, facts_of(work, case), people))
