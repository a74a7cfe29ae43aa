"""Read what was typed into a draft of a letter, and find the field of every mistake again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from werkzeug.datastructures import FileStorage, MultiDict

from desk.kinds import KIND_FORMS, KindForm, Need
from desk.writing import Writing
from dispatches.drafts import Draft, NewFile
from dispatches.kinds import LetterKind
from doorway.words import _
from kernel.errors import InvalidError

#: Fields of a supervision's details; on the page they are called ``details.<name>``.
DETAILS = ("trigger", "ladder", "suggestion", "count", "category", "from", "to")
MAX_SUBJECT = 100
#: Codes of refusals that are about the addressee and not about a supervision's period, which has a field “to” too.
_ABOUT_ADDRESSEE = frozenset({"no_superior", "no_relation", "not_active"})


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as read: the draft and the mistakes of reading it."""

    draft: Draft
    problems: dict[str, str]


def read_draft(writing: Writing, form: MultiDict[str, str], files: Sequence[FileStorage] = ()) -> Typed:
    """The letter as typed. What cannot be read is noted and left out until it is corrected."""
    kind, case_number, refers = writing.kind, writing.case_number, writing.refers
    how, problems = KIND_FORMS[kind], dict[str, str]()
    details: dict[str, Any] = {}
    if kind is LetterKind.SUPERVISION:
        details = {name: form.get(f"details.{name}", "").strip() for name in DETAILS}
    elif kind is LetterKind.REVIEW:
        details = {"asked_on": form.get("details.asked_on", "").strip()}
    draft = Draft(
        kind=kind,
        # For a sideways letter the engine finds the common superior itself.
        to=writing.target.tenant.id if writing.target is not None else 0,
        subject=_text(form, "subject", _("请填写标题（不少于4个字）。"), problems, most=MAX_SUBJECT),
        reason=_text(form, "reason", _("请填写“%(label)s”（不少于4个字）。", label=_(how.reason)), problems),
        request=_request(form, how, problems),
        case_number=case_number,
        due_on=_day(form, how, problems),
        refers_to=refers.letter.id if refers is not None else None,
        skip_reason=form.get("skip_reason", "").strip(),
        details={name: value for name, value in details.items() if value},
        files=read_files(form, files, problems) if how.carries else (),
        papers=_papers(form) if how.carries and case_number else (),
        share_identity=how.identity and case_number is not None and bool(form.get("share_identity")),
        share_confirmed=bool(form.get("share_confirmed")),
        share_reason=form.get("share_reason", "").strip(),
        forward=refers is not None and bool(form.get("forward")),
    )
    return Typed(draft, problems)


def located(kind: LetterKind, error: InvalidError) -> dict[str, str]:
    """A refusal's sentences by the names of the page's fields."""
    found: dict[str, str] = {}
    for name, sentence in error.fields.items():
        of_details = kind is LetterKind.SUPERVISION and name in DETAILS and error.code not in _ABOUT_ADDRESSEE
        of_details = of_details or name == "asked_on"
        found[f"details.{name}" if of_details else name] = sentence
    return found


def _text(
    form: Mapping[str, str], name: str, sentence: str, problems: dict[str, str], *, most: int | None = None
) -> str:
    value = form.get(name, "").strip()
    if len(value) < 4:
        problems[name] = sentence
    elif most is not None and len(value) > most:
        problems[name] = _("不能超过%(most)d个字。", most=most)
    return value


def _request(form: Mapping[str, str], how: KindForm, problems: dict[str, str]) -> str:
    if not how.request:
        return ""
    if how.request_need is Need.MAY:
        return form.get("request", "").strip()
    return _text(form, "request", _("请填写“%(label)s”（不少于4个字）。", label=_(how.request)), problems)


def _day(form: Mapping[str, str], how: KindForm, problems: dict[str, str]) -> date | None:
    text = form.get("due_on", "").strip()
    if how.due is Need.NO or (not text and how.due is Need.MAY):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        problems["due_on"] = _("请填写办理期限（日期）。")
        return None


def _papers(form: MultiDict[str, str]) -> tuple[UUID, ...]:
    chosen = []
    for text in form.getlist("papers"):
        try:
            chosen.append(UUID(text))
        except ValueError:
            continue  # not a choice of ours
    return tuple(chosen)


def read_files(
    form: Mapping[str, str], files: Sequence[FileStorage], problems: dict[str, str]
) -> tuple[NewFile, ...]:
    """Uploaded files with the last day on which the other side may open them."""
    text, until = form.get("files_until", "").strip(), None
    if text:
        try:
            until = date.fromisoformat(text)
        except ValueError:
            problems["files_until"] = _("请填写查阅截止日期，或者留空。")
    return tuple(
        NewFile(upload.filename, upload.stream.read(), open_until=until) for upload in files if upload.filename
    )
