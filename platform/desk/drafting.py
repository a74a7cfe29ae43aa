"""What a form of a letter knows before anybody types: nothing that a person has to decide."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from access.actor import Work
from desk.addressing import Target
from desk.forms import new_token
from desk.kinds import KIND_FORMS, Need
from desk.writing import Writing
from dispatches.disclosure import veiled
from dispatches.kinds import LetterKind
from dispatches.queries import LetterView
from doorway.presenting import china_day
from doorway.words import _
from tenants import settings

#: A figure of the superior's desk → the situation that it may be (dispatches.kinds.TRIGGERS).
TRIGGER_OF = {"overdue": "overdue", "late": "procedure"}
#: Days that a form proposes where the kind asks for a date: half the handling period.
PROPOSED_DAYS = 30


def prefilled(work: Work, writing: Writing, given: Mapping[str, str]) -> dict[str, str]:
    """The values of a fresh form."""
    kind, target, file, refers = writing.kind, writing.target, writing.file, writing.refers
    today = work.clock.today()
    values = {"token": new_token(), "subject": ""}
    if file is not None:
        values["subject"] = veiled(work, file)(file.case.title)
        values["version"] = str(file.case.version)
    elif refers is not None and kind is LetterKind.URGE:
        values["subject"] = _("催办：%(number)s", number=refers.letter.number)
        values["reason"] = _urging(refers)
    elif refers is not None:
        values["subject"] = refers.letter.subject
        values["forward"] = "1" if given.get("forward") else ""
    if KIND_FORMS[kind].due is Need.MUST:
        values["due_on"] = (today + timedelta(days=PROPOSED_DAYS)).isoformat()
    if kind is LetterKind.REVIEW:
        online = file.case.asked_online_on if file is not None else None
        values["details.asked_on"] = (online or today).isoformat()
    if kind is LetterKind.SUPERVISION:
        values |= _supervision(target, given, today, settings.of(work.session).supervision_days)
        if refers is not None:
            values |= {
                "subject": _("关于督办%(number)s的函", number=refers.letter.number),
                "reason": _urging(refers),
                "details.trigger": "no_feedback" if refers.overdue else "",
            }
    return values


def _urging(refers: LetterView) -> str:
    sent = china_day(refers.letter.sent_at)
    if refers.overdue:
        return _(
            "%(number)s于%(sent)s发出，应于%(due)s前反馈，至今未收到，请抓紧办理并说明情况。",
            number=refers.letter.number,
            sent=sent,
            due=china_day(refers.due_on),
        )
    return _("%(number)s于%(sent)s发出，请抓紧办理并反馈进展。", number=refers.letter.number, sent=sent)


def _supervision(target: Target | None, given: Mapping[str, str], today: date, days: int) -> dict[str, str]:
    values = {
        "details.ladder": "supervise",
        "details.suggestion": "improve",
        "due_on": (today + timedelta(days=days)).isoformat(),
    }
    measure = given.get("measure", "")
    if measure not in TRIGGER_OF or target is None:
        return values
    first, last, count = given.get("from", ""), given.get("until", ""), given.get("count", "")
    what = _("办理期限届满、没有按期出具处理意见") if measure == "overdue" else _("15日告知期限届满、没有按期告知")
    values |= {
        "details.trigger": TRIGGER_OF[measure],
        "details.from": first,
        "details.to": last,
        # A hidden count is said in words only, and the others are rounded: the number itself is not ours to know.
        "details.count": count if count.isdecimal() else "",
        "subject": _("关于督办超期信访件的函") if measure == "overdue" else _("关于督办逾期告知的函"),
        "reason": _(
            "据统计，%(first)s至%(last)s，%(name)s（含下级）%(what)s的信访件%(count)s件。",
            first=_day(first),
            last=_day(last),
            name=target.tenant.name,
            what=what,
            count=_("约%(count)s", count=count) if count.isdecimal() else _("有若干"),
        ),
        "request": _("请逐件核查原因，限期改正，并书面反馈整改情况和建议采纳情况。"),
    }
    return values


def _day(text: str) -> str:
    try:
        return china_day(date.fromisoformat(text))
    except ValueError:
        return text
