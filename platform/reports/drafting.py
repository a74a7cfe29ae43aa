"""Begin a report, write its words, begin a revision of an issued one, or throw a draft away."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from access.actor import Work
from audit.services import record
from kernel.errors import ConflictError, InvalidError, NotFoundError
from reports import figures, periods, policy
from reports.models import Report, ReportDraft
from reports.periods import LABELS, Period
from reports.sections import check_words

MIN_REASON, MAX_REASON = 4, 500


def begin(work: Work, kind: str, first: str, last: str) -> ReportDraft:
    """A draft of the first edition for a period.

    :raises ForbiddenError: for a role that writes no reports.
    :raises InvalidError: as :func:`periods.read`.
    :raises ConflictError: when there is a draft or an issued report of the period already.
    """
    work.actor.require(policy.WRITERS)
    period = periods.read(kind, first, last, today=work.clock.today(), since=figures.since(work))
    if _last_edition(work, period):
        raise ConflictError(
            f"{period.name}的{LABELS[period.kind]}已经签发，不能再编一份；需要更正的，请打开已签发的报告进行修订。"
        )
    return _new(work, period, edition=1, reason=None, words={})


def revise(work: Work, report: Report, reason: str) -> ReportDraft:
    """A draft of the next edition of an issued report, with its words and with figures counted anew.

    :raises ForbiddenError: as :func:`begin`.
    :raises InvalidError: without a reason.
    :raises ConflictError: when somebody revises it already, or a later edition is there.
    """
    work.actor.require(policy.WRITERS)
    cleaned = reason.strip()
    if not MIN_REASON <= len(cleaned) <= MAX_REASON:
        sentence = f"请写明修订的理由（{MIN_REASON}至{MAX_REASON}个字）。"
        raise InvalidError(sentence, fields={"reason": sentence})
    period = period_of(report)
    if _last_edition(work, period) != report.edition:
        raise ConflictError("这份报告已有更新的版次，请在最新的版次上修订。")
    return _new(work, period, edition=report.edition + 1, reason=cleaned, words=dict(report.words))


def period_of(report: Report | ReportDraft) -> Period:
    """The period that a report or a draft is about."""
    return Period(periods.Kind(report.kind), report.first_on, report.last_on)


def _last_edition(work: Work, period: Period) -> int:
    found = work.session.scalar(
        select(func.max(Report.edition)).where(Report.kind == period.kind.value, Report.first_on == period.first)
    )
    return int(found or 0)


def _new(work: Work, period: Period, *, edition: int, reason: str | None, words: dict[str, str]) -> ReportDraft:
    draft = ReportDraft(
        kind=period.kind.value,
        first_on=period.first,
        last_on=period.last,
        edition=edition,
        reason=reason,
        words=words,
        made_by=work.actor.user_id,
        updated_by=work.actor.user_id,
        updated_at=work.clock.now(),
    )
    try:
        with work.session.begin_nested():
            work.session.add(draft)
            work.session.flush()
    except IntegrityError:
        raise ConflictError(
            f"{period.name}的{LABELS[period.kind]}已有一份草稿，请打开那一份继续编写，不要另起一份。"
        ) from None
    _record(work, "report:begin", draft, {"edition": edition})
    return draft


def locked(work: Work, draft_id: UUID, *, version: int | None) -> ReportDraft:
    """A draft, locked until commit, when it is still the one that the actor saw.

    :raises NotFoundError: when there is none (any more).
    :raises ConflictError: when somebody saved it since ``version``.
    """
    statement = select(ReportDraft).where(ReportDraft.id == draft_id).with_for_update()
    draft = work.session.scalars(statement, execution_options={"populate_existing": True}).first()
    if draft is None:
        raise NotFoundError("这份草稿已经签发或者删除，请返回报告列表查看。")
    if version is not None and draft.version != version:
        raise ConflictError(
            "同事刚刚保存了这份草稿，您填写的内容还在页面上、尚未保存；请对照同事的文字改好后再保存。"
        )
    return draft


def edit(work: Work, draft_id: UUID, words: Mapping[str, str], *, version: int | None) -> ReportDraft:
    """Write the words of sections. ``version`` is the one that the editor saw.

    :raises ForbiddenError: as :func:`begin`.
    :raises InvalidError: as :func:`sections.check_words`.
    :raises NotFoundError, ConflictError: as :func:`locked`; nothing is written.
    """
    work.actor.require(policy.WRITERS)
    draft = locked(work, draft_id, version=version)
    period = period_of(draft)
    cleaned = check_words(period.kind, {**draft.words, **words})
    changed = sorted(key for key in {*cleaned, *draft.words} if cleaned.get(key) != draft.words.get(key))
    if not changed:
        return draft
    sizes = {
        "before": {key: len(draft.words.get(key, "")) for key in changed},
        "after": {key: len(cleaned.get(key, "")) for key in changed},
    }
    draft.words = cleaned
    draft.updated_by, draft.updated_at = work.actor.user_id, work.clock.now()
    _flush(work)
    # How long the words are, and not the words: auditors read no reports.
    _record(work, "report:edit", draft, sizes)
    return draft


def discard(work: Work, draft_id: UUID, *, version: int | None) -> None:
    """Throw a draft away; an issued report stays whatever becomes of a revision's draft.

    :raises ForbiddenError, NotFoundError, ConflictError: as :func:`edit`.
    """
    work.actor.require(policy.WRITERS)
    draft = locked(work, draft_id, version=version)
    _record(work, "report:discard", draft, {"edition": draft.edition})
    work.session.delete(draft)
    _flush(work)


def _flush(work: Work) -> None:
    try:
        work.session.flush()
    except StaleDataError:
        raise ConflictError from None


def _record(work: Work, action: str, draft: ReportDraft, data: Mapping[str, object]) -> None:
    told = {"kind": draft.kind, "first": draft.first_on.isoformat(), "last": draft.last_on.isoformat(), **data}
    record(work, action, subject_type="report", subject_id=draft.id, data=told)
