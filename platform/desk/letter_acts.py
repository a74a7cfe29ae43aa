"""One form for every row of the letters' table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Answer

from access.roles import CASE_ROLES
from cases import queries as cases
from desk.composing import read_files
from desk.forms import read_action
from desk.letter_lines import letter_line
from desk.letter_widgets import attaches, defaults, letter_widgets, told
from desk.sheets import sheet_of_letter
from desk.widget_table import Options
from dispatches import queries
from dispatches.drafts import NewFile
from dispatches.excerpts import PARTS, asked_about
from dispatches.kinds import LetterKind
from dispatches.queries import LetterView
from dispatches.reviewing import CONCLUDE, findings
from dispatches.services import act
from dispatches.workflow import LETTER_TABLE, LetterStatus, Side, workflow
from documents.models import Document
from documents.services import of_subject
from doorway.attempts import attempt
from doorway.guard import guard, work
from doorway.words import _
from kernel.errors import ConflictError, ForbiddenError, IllegalTransitionError, InvalidError, NotFoundError
from kernel.workflow import Transition
from tenants import queries as tenants

#: Unions that a search adds to the choices of a designation.
FOUND = 20


@guard(*CASE_ROLES)
def letter_form(letter_id: UUID, action: str) -> str:
    """The empty form of an act.

    :raises NotFoundError: for an act that no letter of this kind knows, and for a letter that is not theirs to see.
    :raises ForbiddenError, IllegalTransitionError: when the actor may not write it now.
    """
    view = queries.get(work(), letter_id)
    row = _any_row(view, action)
    workflow(view.kind, view.my_side).resolve(action, view.status, work().actor.roles)
    begun = {"text": findings(work(), letter_id)} if action == CONCLUDE else {}
    return _form(view, row, {**defaults(view, row), **begun})


@guard(*CASE_ROLES)
def letter_act(letter_id: UUID, action: str) -> tuple[str, int] | Answer:
    """Carry out an act. Whatever stands in the way, what was typed comes back with the reason."""
    view = queries.get(work(), letter_id)
    row = _any_row(view, action)
    problems: dict[str, str] = {}
    files = read_files(request.form, request.files.getlist("files"), problems) if attaches(row) else ()
    if request.form.get("step") == "find":
        return _form(view, row, request.form, search=request.form.get("q", ""), lost=files), 200
    data = {**read_action(row.fields, request.form), "files": files}
    if _answers_request(view, row):
        chosen = {name: request.form.getlist(name) for name in ("parts", "papers")}
        data |= {"case": request.form.get("case", ""), **chosen}
    try:
        if problems:
            raise InvalidError("", fields=problems)
        with attempt():
            act(work(), letter_id, action, data)
    except InvalidError as error:
        return _form(view, row, request.form, errors=error.fields, message=error.message, lost=files), 422
    except (ConflictError, IllegalTransitionError) as error:
        view = queries.get(work(), letter_id)
        return _form(view, row, request.form, message=error.message, gone=True, lost=files), 409
    flash(_("已完成：%(action)s", action=row.label), "success")
    return redirect(url_for("desk.letter_page", letter_id=letter_id), code=303)


def _any_row(view: LetterView, action: str) -> Transition[LetterStatus]:
    """The row of this side; the other side's is refused in words, and an act that does not exist is not there."""
    row = next((row for row in workflow(view.kind, view.my_side) if row.action == action), None)
    if row is not None and not row.internal:
        return row
    if any(row.action == action and row.side is not Side.SYSTEM for row in LETTER_TABLE):
        whose = _("收函单位") if view.my_side is Side.SENDER else _("发函单位")
        raise ForbiddenError(_("这一步由%(whose)s办理，本单位不能代办。", whose=whose))
    raise NotFoundError


def _form(
    view: LetterView,
    row: Transition[LetterStatus],
    values: Mapping[str, str],
    *,
    errors: Mapping[str, str] | None = None,
    message: str = "",
    gone: bool = False,
    search: str = "",
    lost: Sequence[NewFile] = (),
) -> str:
    unit, request_of = work(), _answers_request(view, row)
    units = _units(view, values, search) if "unit" in row.fields else ()
    last = next((event for event in reversed(view.events) if event.text), None)
    return render_template(
        "desk/letter_act.html",
        view=view,
        letter=view.letter,
        line=letter_line(unit, view),
        sheet=sheet_of_letter(unit, view.letter),
        last=last if last is not None and last.seq > 1 else None,
        row=row,
        widgets=letter_widgets(unit, view, row, units),
        told=told(row.action),
        values=values,
        errors=errors or {},
        message=message,
        gone=gone,
        search=search,
        attaches=attaches(row),
        lost=[file.name for file in lost],
        request=_asked(view, values) if request_of else None,
    )


def _answers_request(view: LetterView, row: Transition[LetterStatus]) -> bool:
    return view.kind is LetterKind.FILE_REQUEST and row.action == "reply"


@dataclass(frozen=True, slots=True)
class Asked:
    """What an answer to a file request may be chosen from."""

    case: str
    title: str
    parts: tuple[tuple[str, str], ...]
    papers: tuple[Document, ...]
    chosen_parts: tuple[str, ...]
    chosen_papers: tuple[str, ...]


def _asked(view: LetterView, values: Mapping[str, str]) -> Asked:
    """The file that is asked about, if it is known or was named; its owner chooses what is shown of it."""
    unit = work()
    number = values.get("case")
    number = asked_about(unit, view.letter) if number is None else number.strip()
    case = None
    with suppress(NotFoundError):
        case = cases.file(unit, number).case if number else None

    def chosen(name: str) -> tuple[str, ...]:
        return tuple(values.getlist(name)) if isinstance(values, MultiDict) else ()

    return Asked(
        case=number,
        title=case.title if case is not None else "",
        parts=tuple((key, _(word)) for key, word in PARTS.items()),
        papers=tuple(of_subject(unit.session, case.id)) if case is not None else (),
        chosen_parts=chosen("parts"),
        chosen_papers=chosen("papers"),
    )


def _units(view: LetterView, values: Mapping[str, str], search: str) -> Options:
    """The two that dispute, this union, whoever was chosen before, and those that a search finds."""
    unit, found = work(), dict[str, tuple[Any, ...]]()

    def offer(number: int | None, note: str) -> None:
        if number is not None and str(number) not in found:
            found[str(number)] = (number, tenants.get(unit.session, number).name, note)

    if view.kind is LetterKind.DISPUTE:
        offer(view.letter.sender_id, _("提出争议的单位"))
        offer(view.letter.beyond_id, _("争议的另一方"))
        offer(unit.tenant_id, _("本单位"))
    else:
        offer(view.letter.beyond_id, _("来函请求转交的单位"))
    chosen = values.get("unit", "")
    if chosen.isdecimal() and len(chosen) < 19:
        # Whether there is such a union is said by the service when the form is sent.
        with suppress(NotFoundError):
            offer(int(chosen), "")
    matches: Sequence[queries.Addressee] = ()
    if search.strip():
        matches = queries.addressees(unit, LetterKind.ORDER, search=search.strip()[:60], limit=FOUND)
    for addressee in matches:
        offer(addressee.tenant.id, _("下级单位"))
    return list(found.values())


ROUTES = (
    ("/dispatches/<uuid:letter_id>/do/<action>", letter_form, ("GET",)),
    ("/dispatches/<uuid:letter_id>/do/<action>", letter_act, ("POST",)),
)
