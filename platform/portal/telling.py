"""How a case stands, in words for whoever brought it: progress and dates, no content, no person (条例 art. 21)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from access import queries as accounts
from access.actor import Work
from audit.services import history
from cases import own, statements
from cases.clocks import whose
from cases.conditions import stage_of
from cases.models import Case, CaseClock
from cases.queries import file
from cases.rules import ClockKind
from cases.terms import RIGHTS, Whose
from cases.workflow import Status
from documents import attachments, serving
from documents.models import Document
from doorway.words import N_, _
from kernel.clock import china_date
from tenants import departments, settings
from tenants.reviewing import body_of

S = Status
#: Status → what it is called here, what it means, and how many of the five steps are done.
WORDS: dict[Status, tuple[str, str, int]] = {
    S.REGISTERED: (N_("已收到"), N_("您反映的事情已经登记，正在确定由谁办理、是否受理。"), 1),
    S.TRIAGED: (N_("正在审核"), N_("正在审核是否受理，结果会书面告诉您。"), 1),
    S.HANDLING: (N_("正在办理"), N_("已经受理，承办部门正在调查核实。"), 2),
    S.SIMPLE: (N_("正在办理（简易）"), N_("已经受理，按简易程序尽快办理。"), 2),
    S.EXTENDED: (N_("正在办理（已延期）"), N_("情况复杂，经单位负责人批准延长了期限，理由写在延期告知书里。"), 2),
    S.MEDIATING: (N_("正在调解"), N_("正在组织双方调解；调解自愿，不愿意的可以随时提出。"), 2),
    S.HEARING: (N_("正在听证、会商"), N_("正在举行听证或者会商，听取各方意见。"), 2),
    S.NEGOTIATING: (N_("正在与用人单位交涉"), N_("工会已向用人单位提出意见，正在等待答复。"), 2),
    S.ESCALATED: (N_("已上报上级工会"), N_("已报上级工会协调，收到意见后继续办理并答复您。"), 2),
    S.REFERRED: (N_("已转有权单位办理"), N_("已转送有权处理的单位办理，去向写在告知书里。"), 2),
    S.DECIDED: (
        N_("已有处理意见"),
        N_("处理意见已经作出，请在下面“文书”里签收查看，也可以等待当面或者邮寄送达。"),
        3,
    ),
    S.SERVED: (N_("处理意见已送达"), N_("处理意见已经送达您。不服的，可以在期限内申请复查。"), 4),
    S.EXECUTING: (N_("正在落实"), N_("处理意见支持了您的请求，正在督促有关单位落实。"), 4),
    S.REVIEWING: (N_("正在复查"), N_("您的复查申请正在由复查机关审查。"), 4),
    S.REVIEWED: (N_("复查意见已送达"), N_("复查意见已经作出。不服的，可以在期限内申请复核。"), 4),
    S.RECHECKING: (N_("正在复核"), N_("您的复核申请正在由复核机关审查。"), 4),
    S.CLOSED: (N_("已办结"), N_("这件事已经办结。请您评价办理情况。"), 5),
    S.CONCLUDED: (N_("办理终结"), N_("这件事的信访程序已经全部走完。"), 5),
    S.ARCHIVED: (N_("已归档"), N_("这件事已经办结，材料已经归档。"), 5),
    S.ANSWERED: (N_("已答复"), N_("这件事已经当场答复。"), 5),
    S.REFUSED: (N_("不予受理"), N_("这件事不属于本单位受理，理由和可以向谁提出写在告知书里。"), 5),
    S.REFUSED_AGAIN: (N_("不再受理"), N_("这件事此前已经办理终结，理由写在告知书里。"), 5),
    S.DIVERTED: (N_("转法定途径"), N_("这件事要走仲裁、诉讼等法定途径解决，去哪里、什么时候以前，写在告知书里。"), 5),
    S.WITHDRAWN: (N_("已撤回"), N_("您已经撤回，不再办理。"), 5),
    S.MERGED: (N_("已合并办理"), N_("与您或者其他人反映的同一事项合并办理，请向工会询问合并后的编号。"), 5),
    S.TERMINATED: (N_("已终止"), N_("办理已经终止，原因可以向工会询问。"), 5),
    S.HANDED_OVER: (N_("已移交"), N_("因机构变动，已移交承继单位继续办理，不用重新反映。"), 5),
}
STEPS = (N_("提出"), N_("受理"), N_("办理"), N_("答复"), N_("办结"))
#: What the union's own clocks oblige it to, by kind.
DUTIES: dict[str, str] = {
    ClockKind.NOTICE: N_("书面告诉您是否受理"),
    ClockKind.NOTICE_BY_LETTER: N_("书面告诉您是否受理"),
    ClockKind.HANDLING: N_("办结并书面答复您"),
    ClockKind.SIMPLE_OPINION: N_("作出处理意见"),
    ClockKind.PROGRESS: N_("告诉您进展"),
    ClockKind.EXECUTION: N_("落实处理意见"),
    ClockKind.REDO: N_("重新作出处理意见"),
    ClockKind.REVIEW: N_("作出复查意见"),
    ClockKind.RECHECK: N_("作出复核意见"),
}


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A paper for the petitioner, and since when it counts as served."""

    document: Document
    served_on: date | None


@dataclass(frozen=True, slots=True)
class Remedy:
    """复查 or 复核: to whom, and until when it may be asked for."""

    stage: str
    body: str
    until: date | None
    open: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """A case as its petitioner is told about it."""

    number: str
    word: str
    meaning: str
    steps: tuple[tuple[str, str], ...]
    dates: tuple[tuple[str, date], ...]
    #: What the union owes, by when, and whether the day has passed.
    duties: tuple[tuple[str, date, bool], ...]
    #: The petitioner's own rights before other bodies, with their last day.
    rights: tuple[tuple[str, date], ...]
    department: str
    handler: str
    progress: tuple[tuple[date, str], ...]
    papers: tuple[PaperLine, ...]
    sent: tuple[tuple[str, date], ...]
    may: frozenset[str]
    remedy: Remedy | None
    asked_on: date | None
    finished: bool


def standing_of(work: Work, case: Case) -> Standing:
    """Everything that the page of a case says to its petitioner."""
    held = file(work, case.number)
    today, status = work.clock.today(), Status(case.status)
    word, meaning, done = WORDS[status]
    may = frozenset(own.available(work, case, held.claims, held.clocks))
    return Standing(
        number=case.number,
        word=_(word),
        meaning=_(meaning),
        steps=tuple(
            (_(name), "done" if place < done else "now" if place == done else "") for place, name in enumerate(STEPS)
        ),
        dates=_dates(case),
        duties=tuple(
            (_(DUTIES[clock.kind]), clock.due_on, clock.due_on < today)
            for clock in held.clocks
            if clock.stopped_on is None and clock.kind in DUTIES and whose(case, clock) is Whose.UNION
        ),
        rights=_rights(held.clocks),
        department=_department(work, case),
        handler=_handler(work, case),
        progress=tuple(
            (china_date(event.at), str(event.data.get("progress") or ""))
            for event in history(work.session, case.id)
            if event.action == "case:tell_progress" and event.data.get("progress")
        ),
        papers=_papers(work, case),
        sent=_sent(work, case),
        may=may,
        remedy=remedy_of(work, case, held.clocks, may),
        asked_on=case.asked_online_on,
        finished=done == len(STEPS),
    )


def remedy_of(work: Work, case: Case, clocks: Sequence[CaseClock], may: frozenset[str]) -> Remedy | None:
    """What the petitioner may ask for against the opinion; ``None`` before there is one and after the last word."""
    if case.served_on is None or case.review_stage is not None or case.status in (S.REVIEWING, S.RECHECKING):
        return None
    recheck = stage_of(case) == "recheck"
    kind = ClockKind.ASK_RECHECK if recheck else ClockKind.ASK_REVIEW
    clock = next((one for one in reversed(clocks) if one.kind == kind), None)
    if clock is None or (clock.stopped_on is not None and not recheck):
        return None
    return Remedy(
        stage=_("复核") if recheck else _("复查"),
        body=body_of(work.session, "recheck" if recheck else "review"),
        until=clock.due_on,
        open=bool(may & {"own_ask_review", "own_ask_recheck"}),
    )


def _dates(case: Case) -> tuple[tuple[str, date], ...]:
    told = [(_("收到"), case.received_on), (_("登记"), china_date(case.registered_at))]
    for label, moment in ((_("受理"), case.accepted_at), (_("作出处理意见"), case.decided_at)):
        if moment is not None:
            told.append((label, china_date(moment)))
    if case.served_on is not None:
        told.append((_("送达"), case.served_on))
    if case.closed_at is not None:
        told.append((_("办结"), china_date(case.closed_at)))
    return tuple(told)


def _rights(clocks: Sequence[CaseClock]) -> tuple[tuple[str, date], ...]:
    words = {
        ClockKind.ARBITRATION: _("申请劳动仲裁"),
        ClockKind.INJURY_EMPLOYER: _("单位申请工伤认定"),
        ClockKind.INJURY_WORKER: _("本人申请工伤认定"),
        ClockKind.INSPECTION: _("向劳动保障监察投诉"),
    }
    return tuple(
        (words[ClockKind(clock.kind)], clock.due_on)
        for clock in clocks
        if clock.kind in RIGHTS and clock.stopped_on is None
    )


def _department(work: Work, case: Case) -> str:
    if case.department_id is None:
        return ""
    return departments.names_of(work.session).get(case.department_id, "")


def _handler(work: Work, case: Case) -> str:
    """A person's name only where the union says so (settings: 门户显示承办人姓名)."""
    if case.assignee_id is None or settings.of(work.session).portal_contact != "person":
        return ""
    return accounts.names(work.session, [case.assignee_id]).get(case.assignee_id, "")


def _papers(work: Work, case: Case) -> tuple[PaperLine, ...]:
    found = own.papers(work, case)
    attempts = serving.of_documents(work.session, {paper.id for paper in found})
    return tuple(PaperLine(paper, serving.served_day(attempts.get(paper.id, []))) for paper in reversed(found))


def _sent(work: Work, case: Case) -> tuple[tuple[str, date], ...]:
    """What the petitioner sent in after filing: that it arrived, not what it says."""
    words = [(_(statements.KIND_LABELS[one.kind]), one.made_at) for one in statements.of_case(work, case.id)]
    files = [
        (_("文件：%(name)s", name=one.name), one.added_at)
        for one in attachments.of_subject(work, case.id)
        if one.added_by is None
    ]
    return tuple((label, china_date(at)) for label, at in sorted((*words, *files), key=lambda pair: pair[1]))
