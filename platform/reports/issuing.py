"""签发: freeze the figures of a report, number its paper and sign both."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from access.actor import Work
from audit.services import record
from documents.services import issue as issue_paper
from kernel.clock import CHINA
from kernel.errors import ConflictError, InvalidError
from measures import recounting
from reports import content, figures, policy
from reports.canonical import digest
from reports.drafting import locked, period_of
from reports.models import Report
from reports.periods import LABELS, PREFIXES, Period
from reports.sections import missing_words
from reports.verifying import ISSUED, signed
from tenants import queries as tenants


def title_of(union: str, period: Period, edition: int) -> str:
    """``东区总工会信访工作月报（2026年2月）``; a revision says which edition it is."""
    again = f"（第{edition}版）" if edition > 1 else ""
    return f"{union}信访工作{LABELS[period.kind]}（{period.name}）{again}"


def fingerprint(counted: Mapping[str, Any]) -> str:
    """What a page carries so that nobody signs other figures than they saw: the figures without their as-of time."""
    return digest({name: value for name, value in counted.items() if name != "as_of"}).hex()


def ready(work: Work, counted: Mapping[str, Any], period: Period) -> str:
    """Why figures cannot be frozen yet; empty when they can.

    The facts must reach past the period's end, and no second count may be correcting them: own and whole would
    disagree on a signed paper. Asked after the figures were counted.
    """
    recount = recounting.warning(work.session)
    if recount:
        return f"{recount}请待重算结束后再签发。"
    moment = datetime.fromisoformat(counted["as_of"]) if counted.get("as_of") else None
    over = datetime.combine(period.last + timedelta(days=1), time(), tzinfo=CHINA)
    if moment is None:
        return "数据还没有汇总过，请稍后再签发。"
    if moment < over:
        told = moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
        return f"数据截至{told}，还没有汇总到本期结束，请稍后再签发。"
    return ""


def issue(work: Work, draft_id: UUID, *, version: int | None, seen: str | None = None) -> Report:
    """Issue a draft: its figures are counted a last time and frozen, its paper gets a number, the draft goes.

    ``seen`` is the :func:`fingerprint` of the figures on the page from which the leader signs; other figures by now
    are refused, so that nobody puts the union's name under numbers that nobody read.

    :raises ForbiddenError: for anybody but the leader.
    :raises InvalidError: while a section that has to have words has none, and while the facts are not complete.
    :raises NotFoundError, ConflictError: when somebody saved, issued or threw it away meanwhile, and when figures
        have changed since ``seen``; nothing is written.
    """
    work.actor.require(policy.ISSUERS)
    draft = locked(work, draft_id, version=version)
    period = period_of(draft)
    missing = missing_words(period.kind, draft.words)
    if missing:
        raise InvalidError("".join(missing.values()), fields=missing)
    counted = figures.compute(work, period)
    problem = ready(work, counted, period)
    if problem:
        raise InvalidError(problem, code="not_complete")
    if seen is not None and seen != fingerprint(counted):
        raise ConflictError("您打开页面之后数据又有更新，尚未签发；页面已换上最新的数据，请核对后再签发。")
    own = tenants.get(work.session, work.tenant_id)
    report = Report(
        id=draft.id,
        kind=draft.kind,
        first_on=draft.first_on,
        last_on=draft.last_on,
        edition=draft.edition,
        reason=draft.reason,
        words=dict(draft.words),
        figures=counted,
        as_of=datetime.fromisoformat(counted["as_of"]),
        issued_at=work.clock.now(),
        issued_by=work.actor.user_id,
    )
    try:
        with work.session.begin_nested():
            paper = issue_paper(
                work,
                subject_id=draft.id,
                kind=f"report_{draft.kind}",
                code=f"{own.code}{PREFIXES[period.kind]}",
                title=title_of(own.name, period, draft.edition),
                body=content.body(counted, draft.words, reason=draft.reason),
                issued_on=work.clock.today(),
            )
            report.document_id = paper.id
            report.digest = digest(signed(report, paper.number))
            work.session.delete(draft)
            work.session.add(report)
            work.session.flush()
    except IntegrityError:
        raise ConflictError("这一期的报告刚刚已由他人签发，请返回报告列表查看。") from None
    record(
        work,
        ISSUED,
        subject_type="report",
        subject_id=report.id,
        data={
            "kind": report.kind,
            "first": report.first_on.isoformat(),
            "last": report.last_on.isoformat(),
            "edition": report.edition,
            "number": paper.number,
            "as_of": counted["as_of"],
            "digest": report.digest.hex(),
        },
    )
    return report
