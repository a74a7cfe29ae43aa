"""调阅: the part of an own file that its owner chooses to show to a superior that asked for it.

Nothing is shown that was not chosen, and nothing of it shows a person: the veil of every letter lies over it too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select

from access.actor import Work
from audit.services import history
from cases import policy as case_policy
from cases import queries as case_queries
from cases.models import Case
from cases.queries import File
from cases.workflow import CASE_WORKFLOW, STATUS_LABELS, Status
from dispatches.copies import ABOUT
from dispatches.disclosure import papers, veiled
from dispatches.models import Letter, LetterCase
from kernel.clock import china_date
from kernel.errors import InvalidError, NotFoundError

#: What may be chosen, and what it is called; papers and files are chosen one by one.
PARTS: dict[str, str] = {"claims": "诉求与处理意见", "clocks": "期限", "notes": "办理经过"}
#: Acts of a file's history that tell how it was handled; who acted, who looked and what was marked stays here.
_HANDLING = {f"case:{row.action}" for row in CASE_WORKFLOW if row.action != "flag"} | {"case:register"}
#: What an act's event tells in words.
_SAID = ("note", "reason", "facts", "basis", "result", "reply", "procedure")


def excerpt(work: Work, data: Mapping[str, Any]) -> dict[str, Any]:
    """The chosen parts of one file as plain JSON: ``case``, ``parts`` (keys of ``PARTS``) and ``papers`` (ids).

    Without a case the answer is its text and its files only.

    :raises InvalidError: for a case that the actor does not see, an unknown part and another case's paper.
    """
    number = str(data.get("case") or "").strip()
    chosen, wanted = _names(data.get("parts")), _names(data.get("papers"))
    if not number:
        if chosen or wanted:
            raise _refused("case", "请填写所提供材料的信访件编号。")
        return {}
    try:
        file = case_queries.file(work, number)
    except NotFoundError:
        raise _refused("case", "没有找到这个编号的信访件，或者您无权查看。") from None
    unknown = set(chosen) - set(PARTS)
    if unknown:
        raise _refused("parts", "请在所列内容中选择要提供的部分。")
    told: dict[str, Any] = {
        "case_number": file.case.number,
        "title": veiled(work, file)(file.case.title),
        "status": STATUS_LABELS[Status(file.case.status)],
    }
    for part in chosen:
        told[part] = _PARTS[part](work, file)
    if wanted:
        told["papers"] = papers(work, file, _identifiers(wanted))
    return {"excerpt": told}


def _names(value: Any) -> Sequence[str]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(str(name) for name in value)


def _identifiers(wanted: Sequence[str]) -> list[UUID]:
    try:
        return [UUID(name) for name in wanted]
    except ValueError:
        raise _refused("papers", "所选文书不存在，请重新选择。") from None


def _refused(field: str, sentence: str) -> InvalidError:
    return InvalidError(sentence, fields={field: sentence})


def _claims(work: Work, file: File) -> list[dict[str, Any]]:
    veil = veiled(work, file)
    return [
        {
            "position": claim.position,
            "text": veil(claim.text),
            "opinion": claim.opinion,
            "finding": veil(claim.finding) if claim.finding else None,
        }
        for claim in file.claims
    ]


def _clocks(_work: Work, file: File) -> list[dict[str, Any]]:
    return [
        {
            "kind": clock.kind,
            "started_on": clock.started_on.isoformat(),
            "due_on": clock.due_on.isoformat(),
            "stopped_on": clock.stopped_on.isoformat() if clock.stopped_on else None,
        }
        for clock in file.clocks
    ]


def _notes(work: Work, file: File) -> list[dict[str, Any]]:
    veil, told = veiled(work, file), []
    for event in history(work.session, file.case.id):
        if event.action not in _HANDLING:
            continue
        words = [str(event.data[name]) for name in _SAID if event.data.get(name)]
        action = event.action.partition(":")[2]
        told.append(
            {
                "on": china_date(event.at).isoformat(),
                "what": "登记" if action == "register" else CASE_WORKFLOW.label(action),
                "text": veil("；".join(words)),
            }
        )
    return told


_PARTS = {"claims": _claims, "clocks": _clocks, "notes": _notes}


def asked_about(work: Work, letter: Letter) -> str:
    """The number of the own case that a request is about, for the answer's form; empty where it names none.

    A request follows a letter about the case; the asker knows that letter, and this union its own case beside it.
    """
    if letter.refers_to is None:
        return ""
    statement = (
        select(Case.number)
        .select_from(Letter)
        .outerjoin(LetterCase, and_(LetterCase.tenant_id == Letter.tenant_id, LetterCase.letter_id == Letter.id))
        .join(Case, and_(Case.tenant_id == Letter.tenant_id, Case.id == ABOUT))
        .where(Letter.tenant_id == work.tenant_id, Letter.id == letter.refers_to, case_policy.visible(work.actor))
    )
    return work.session.scalars(statement).first() or ""
