"""The tables of a file as sheets of its bound file (卷宗): matter, results, tasks, ratings, statements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from access import queries as accounts
from access.actor import Work
from archives.telling import people_in, said, what
from audit.models import AuditEvent
from cases import follow_ups, gains, ratings, statements, tasking
from cases.arrivals import WAY_LABELS, Way
from cases.arrivals import told as arrival_told
from cases.clocks import unused
from cases.fields import DELIVERIES
from cases.handling import CaseRating, CaseTask, FollowUp
from cases.handling_rules import BY_STAFF, CONTENT, DISPOSITIONS, MEASURES, RATED, TOLD_HOW
from cases.models import CaseClock, Claim
from cases.queries import File
from cases.rules import (
    CHANNEL_LABELS,
    CLOCK_LABELS,
    OPINION_LABELS,
    PARTY_LABELS,
    PURPOSE_LABELS,
    RATING_LABELS,
    TIER_LABELS,
    Channel,
    ClockKind,
    Opinion,
    PartyRole,
    Purpose,
    Rating,
    Tier,
)
from cases.statements import KIND_LABELS
from documents.layout import Sheet, chinese_date
from kernel.clock import CHINA, china_date
from tenants import codes, departments
from tenants import queries as tenants
from tenants.house import CodeTable

#: Title, note for the index, page.
Titled = tuple[str, str, Sheet]
_ENDS = {"open": "未办结", "answered": "已答复", "withdrawn": "已撤回"}


def sheets(work: Work, file: File, events: Sequence[AuditEvent]) -> Iterator[Titled]:
    """Everything of the file that is neither paper, letter nor attachment; a table with no row has no sheet."""
    yield "信访事项基本情况", "", _facts(work, file)
    lines = list(_lines(work, events))
    yield "办理过程", f"{len(lines)}条", _listed("办理过程", lines)
    for title, told in (
        ("办理成效", _results(work, file)),
        ("部门任务", _tasks(work, file)),
        ("信访人网上陈述", _statements(work, file)),
        ("满意度评价", _ratings(work, file)),
        ("办结后回访", _follow_ups(work, file)),
    ):
        found = list(told)
        if found:
            yield title, f"{len(found)}条", _listed(title, found)


def _listed(title: str, lines: Sequence[str]) -> Sheet:
    return Sheet(title=title, paragraphs=[{"heading": None, "text": line} for line in lines])


def _how_stopped(clock: CaseClock) -> str:
    if clock.stopped_on is None:
        return ""
    if unused(clock.kind, clock.started_on, clock.stopped_on):
        return "，没有用到"
    return f"，{chinese_date(clock.stopped_on)}停止"


def _claim(claim: Claim) -> str:
    said = f"\n　　{OPINION_LABELS[Opinion(claim.opinion)]}：{claim.finding or ''}" if claim.opinion else ""
    return f"{claim.position}. {claim.text}{said or (f'{chr(10)}　　{claim.finding}' if claim.finding else '')}"


def _facts(work: Work, file: File) -> Sheet:
    case = file.case
    people = "\n".join(
        f"{PARTY_LABELS[PartyRole(party.role)]}：{party.name_mask or party.organisation or '未留姓名'}"
        + (f"　{party.phone_mask}" if party.phone_mask else "")
        for party in file.parties
    )
    clocks = "\n".join(
        f"{CLOCK_LABELS[ClockKind(clock.kind)]}：{chinese_date(clock.started_on)}起，{chinese_date(clock.due_on)}到期"
        + _how_stopped(clock)
        for clock in file.clocks
    )
    categories = {category.code: category.name for category in tenants.categories(work.session)}
    way = f"（{WAY_LABELS[Way(case.way)]}）" if case.way else ""
    sorted_as = (
        PURPOSE_LABELS[Purpose(case.purpose)] if case.purpose else "",
        categories.get(case.category_code or "", ""),
        TIER_LABELS[Tier(case.tier)] if case.tier else "",
    )
    told = (
        ("信访形式", f"{CHANNEL_LABELS[Channel(case.channel)]}{way}，{chinese_date(case.received_on)}收到"),
        ("来件情况", "\n".join(f"{label}：{word}" for label, word in arrival_told(case.arrival or {}))),
        ("涉及人数", f"{case.headcount}人"),
        ("当事人（姓名、电话已遮盖）", people or "匿名"),
        ("反映内容", case.content),
        ("目的", case.aim),
        ("背景", case.background),
        ("信访目的、类别、难易程度", "、".join(filter(None, sorted_as))),
        ("诉求和处理意见", "\n".join(_claim(claim) for claim in file.claims)),
        ("期限", clocks or "没有法定期限"),
    )
    return Sheet(
        title=case.title,
        number=case.number,
        paragraphs=[{"heading": heading, "text": text} for heading, text in told if text],
    )


def _lines(work: Work, events: Sequence[AuditEvent]) -> Iterator[str]:
    session = work.session
    people = accounts.names(session, people_in(events))
    categories = {category.code: category.name for category in tenants.categories(session)}
    places = {str(key): name for key, name in departments.names_of(session).items()}
    deliveries = codes.words(session, CodeTable.DELIVERY, DELIVERIES)
    own = {"department": places, "task_department": places, "delivery": deliveries}
    for event in events:
        name = what(event)
        if not name:
            continue  # housekeeping that is nobody's handling
        when = event.at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
        told = "；".join(said(event.data, people, categories, own))
        yield f"{when}　{name}　{event.actor_name}" + (f"\n{told}" if told else "")


def _results(work: Work, file: File) -> Iterator[str]:
    for position, (disposition, aided) in sorted(gains.dispositions_of(work, file.claims).items()):
        yield f"诉求{position}：{DISPOSITIONS[disposition]}" + ("、帮扶救助到位" if aided else "")
    result = gains.result_of(work, file.case.id)
    if result is None:
        return
    if result.measures:
        yield "办理措施：" + "、".join(MEASURES.get(code, str(code)) for code in result.measures)
    if result.recovered_fen is not None:
        yield f"追回金额：{gains.yuan(result.recovered_fen)}"
    if result.helped is not None:
        yield f"惠及人数：{result.helped}人"


def _tasks(work: Work, file: File) -> Iterator[str]:
    rows = sorted(tasking.of_case(work, file.case.id), key=lambda task: (task.asked_at, task.id))
    if not rows:
        return
    places = departments.names_of(work.session)
    people = accounts.names(work.session, {row.handler_id for row in rows} | {row.ended_by for row in rows})
    for row in rows:
        names = (places.get(row.department_id) if row.department_id else None, _person(people, row))
        whom = "　".join(name for name in names if name)
        asked = f"{chinese_date(row.asked_on)}交{whom}，{chinese_date(row.due_on)}以前：{row.asked}"
        ended = f"{chinese_date(china_date(row.ended_at))}　" if row.ended_at else ""
        yield f"{asked}\n{ended}{_ENDS[row.status]}" + (f"：{row.answer}" if row.answer else "")


def _person(people: Mapping[UUID, str], row: CaseTask) -> str | None:
    return people.get(row.handler_id) if row.handler_id else None


def _statements(work: Work, file: File) -> Iterator[str]:
    for row in reversed(statements.of_case(work, file.case.id)):
        yield f"{chinese_date(china_date(row.made_at))}　{KIND_LABELS[row.kind]}\n{row.words}"


def _rating(row: CaseRating) -> str:
    how = TOLD_HOW.get(str(row.told_how), "")
    hand = f"工作人员代录{'，' + how if how else ''}" if row.entered_by == BY_STAFF else "信访人本人评价"
    word = f"{RATED[row.about]}：{RATING_LABELS[Rating(row.rating)]}（{hand}）"
    return f"{chinese_date(china_date(row.recorded_at))}　{word}" + (f"\n理由：{row.reason}" if row.reason else "")


def _ratings(work: Work, file: File) -> Iterator[str]:
    return (_rating(row) for row in reversed(ratings.of_case(work, file.case.id)))


def _follow_ups(work: Work, file: File) -> Iterator[str]:
    return (_follow_up(row) for row in follow_ups.of_case(work, file.case.id))


def _follow_up(row: FollowUp) -> str:
    if row.contacted_at is None:
        return f"第{row.place}次回访：计划于{chinese_date(row.due_on)}进行，还没有回访"
    told = [f"对办理结果：{CONTENT[str(row.content)]}" if row.reached else "没有联系上"]
    if row.retaliation:
        told.append("反映受到打击报复")
    day = chinese_date(china_date(row.contacted_at))
    return f"第{row.place}次回访：{day}，{'；'.join(told)}" + (f"\n{row.note}" if row.note else "")
