"""发函: choose what kind of letter, to whom, say it, look at it as the other side will, and send it."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from access.roles import CASE_ROLES
from cases import queries as cases
from cases.queries import File
from desk import addressing
from desk.addressing import Target
from desk.composing import located, read_draft
from desk.drafting import prefilled
from desk.forms import category_choices, read_version
from desk.kinds import GROUPS, KIND_FORMS, Need
from desk.letter_lines import letter_line
from desk.presenters import address_of
from desk.sending import send_once
from desk.sheets import Sheet, sheet_of_draft
from desk.writing import Writing
from dispatches import glances
from dispatches import queries as letters
from dispatches.drafts import Draft
from dispatches.kinds import KIND_LABELS, LADDER, RELATIONS, SUGGESTIONS, TRIGGERS, LetterKind
from dispatches.queries import LetterView
from dispatches.workflow import senders
from documents.services import of_subject
from doorway.attempts import attempt
from doorway.guard import guard, work
from doorway.words import _
from kernel.errors import ConflictError, ForbiddenError, IllegalTransitionError, InvalidError, NotFoundError
from tenants import queries as tenants

#: What every step of composing carries along in its address.
CARRIED = ("kind", "case", "refers", "forward", "measure", "count", "from", "until")
#: What a letter that came in may be passed on as.
PASSING = frozenset({LetterKind.ORDER, LetterKind.TRANSFER, LetterKind.ASSIST, LetterKind.DISPUTE})
#: Lines of a list of addressees; whoever is not among them is found by name.
LISTED = 50


@guard(*CASE_ROLES)
def compose() -> str | Answer:
    """The next step of writing a letter: its kind, its addressee, or the form itself.

    :raises ForbiddenError: for a kind that the actor may not send.
    :raises NotFoundError: for a case or an earlier letter that is not the actor's to see.
    """
    kind, file, refers = _kind(), _case(), _refers()
    if kind is None:
        return _choose_kind(file, refers)
    target = None
    if kind is LetterKind.URGE:
        if refers is None:
            flash(_("请打开要催办的函件，在函件页面上催办。"), "warning")
            return redirect(url_for("desk.letter_list", box="out"), code=303)
        target = addressing.holder(work(), refers)
    elif kind is not LetterKind.CIRCULAR:
        if not request.args.get("to"):
            return _choose_addressee(kind)
        try:
            target = addressing.find(work(), kind, request.args["to"])
        except InvalidError as error:
            return _choose_addressee(kind, error.message)
    writing = Writing(kind, target, file, refers)
    return _form(writing, prefilled(work(), writing, request.args))


@guard(*CASE_ROLES)
def compose_send() -> tuple[str, int] | Answer:
    """Show the letter as the other side will see it, or send it. Nothing typed is lost, except files: a browser does
    not give those back, and the page says which to choose again."""
    kind, file, refers = _kind(), _case(), _refers()
    if kind is None:
        raise NotFoundError
    try:
        writing = Writing(kind, _target(kind, refers), file, refers)
    except InvalidError as error:
        # The tree may have changed since the form was drawn: the words stay, the addressee is chosen anew.
        return _form(Writing(kind, None, file, refers), request.form, errors={"to": error.message}), 422
    read = read_draft(writing, request.form, request.files.getlist("files"))
    lost = tuple(new.name for new in read.draft.files)
    if request.form.get("step") == "preview":
        sheet = sheet_of_draft(work(), read.draft, writing)
        return _form(writing, request.form, errors=read.problems, sheet=sheet, lost=lost), 200
    try:
        if read.problems:
            raise InvalidError("", fields=read.problems)
        with attempt():
            sent = send_once(work(), read.draft, request.form.get("token", ""), read_version(request.form))
    except InvalidError as error:
        errors = located(kind, error)
        told = error.message if error.code != "invalid" or not errors else ""
        return _form(writing, request.form, errors=errors, message=told, lost=lost), 422
    except (ConflictError, IllegalTransitionError) as error:
        writing = Writing(kind, writing.target, _case(), refers)
        return _form(writing, request.form, message=error.message, lost=lost), 409
    flash(sent.words, "success" if sent.new else "warning")
    return redirect(sent.place, code=303)


def _kind() -> LetterKind | None:
    text = request.values.get("kind", "")
    if not text:
        return None
    if text not in {kind.value for kind in KIND_FORMS}:
        raise NotFoundError
    kind = LetterKind(text)
    if not senders(kind) & work().actor.roles:
        raise ForbiddenError(_("您的角色不能发出%(kind)s函。", kind=KIND_LABELS[kind]))
    return kind


def _case() -> File | None:
    number = request.values.get("case", "")
    return cases.file(work(), number) if number else None


def _refers() -> LetterView | None:
    text = request.values.get("refers", "")
    try:
        return letters.get(work(), UUID(text)) if text else None
    except ValueError:
        raise NotFoundError from None


def _target(kind: LetterKind, refers: LetterView | None) -> Target | None:
    if kind is LetterKind.CIRCULAR:
        return None
    if kind is LetterKind.URGE and refers is not None:
        return addressing.holder(work(), refers)
    return addressing.find(work(), kind, request.form.get("to", ""))


def _carried(**changes: str | None) -> dict[str, str | None]:
    return {name: request.values.get(name) for name in CARRIED} | changes


def _choose_kind(file: File | None, refers: LetterView | None) -> str:
    """Kinds that the actor's roles and the union's place in the tree allow."""
    unit = work()
    ways = addressing.ways(unit)
    groups = []
    for heading, kinds in GROUPS:
        allowed = [
            (KIND_LABELS[kind], _(KIND_FORMS[kind].purpose), address_of("desk.compose", _carried(kind=kind.value)))
            for kind in kinds
            if kind is not LetterKind.URGE
            and RELATIONS[kind] & ways
            and senders(kind) & unit.actor.roles
            and (file is None or KIND_FORMS[kind].case is not Need.NO)
            and (file is not None or KIND_FORMS[kind].case is not Need.MUST)
            and (refers is None or KIND_FORMS[kind].refers is not Need.NO)
            and (not request.args.get("forward") or kind in PASSING)
        ]
        if allowed:
            groups.append((_(heading), allowed))
    return render_template("desk/compose_kind.html", groups=groups, case=file.case if file else None, refers=refers)


def _choose_addressee(kind: LetterKind, message: str = "") -> str:
    search = request.args.get("q", "").strip()[:60]
    found = letters.addressees(work(), kind, search=search, limit=LISTED + 1)
    shown = addressing.choices(found[:LISTED], kind)
    return render_template(
        "desk/compose_to.html",
        kind=kind.value,
        kind_label=KIND_LABELS[kind],
        purpose=_(KIND_FORMS[kind].purpose),
        choices=[(choice, address_of("desk.compose", _carried(to=str(choice.number)))) for choice in shown],
        more=len(found) > LISTED,
        listed=LISTED,
        search=search,
        carried=[(name, value) for name, value in _carried().items() if value],
        message=message,
        back=address_of("desk.compose", {"case": request.args.get("case")}),
    )


def _form(
    writing: Writing,
    values: Mapping[str, str],
    *,
    errors: Mapping[str, str] | None = None,
    message: str = "",
    sheet: Sheet | None = None,
    lost: tuple[str, ...] = (),
) -> str:
    unit, kind, how = work(), writing.kind, KIND_FORMS[writing.kind]
    target, file, refers = writing.target, writing.file, writing.refers
    supervises = kind is LetterKind.SUPERVISION
    forwards = refers is not None and bool(values.get("forward"))
    fresh = sheet is None
    if sheet is None:
        # Before anything is typed the matter alone can be shown; it does not change with the words around it.
        bare = Draft(kind=kind, to=0, subject="", reason="", forward=forwards)
        sheet = sheet_of_draft(unit, bare, writing)
    chosen = values.getlist("papers") if hasattr(values, "getlist") else []
    return render_template(
        "desk/compose.html",
        kind=kind.value,
        kind_label=KIND_LABELS[kind],
        how=how,
        title=_("发出%(kind)s函", kind=KIND_LABELS[kind]),
        purpose=_(how.purpose),
        target=target,
        way=_(addressing.WAYS[target.relation]) if target else "",
        circular=glances.reach(unit) if kind is LetterKind.CIRCULAR else None,
        case=file.case if file else None,
        refers=letter_line(unit, refers) if refers else None,
        reason_label=_(how.reason),
        reason_help=_(how.reason_help) if how.reason_help else "",
        request_label=_(how.request) if how.request else "",
        request_help=_(how.request_help) if how.request_help else "",
        request_optional=how.request_need is Need.MAY,
        due=how.due is not Need.NO,
        due_optional=how.due is Need.MAY,
        due_help=_(how.due_help) if how.due_help else "",
        consequences=[_(line) for line in how.consequences] if file else [],
        papers=of_subject(unit.session, file.case.id) if file and how.carries else [],
        chosen_papers=chosen,
        may_identify=how.identity and file is not None,
        asks_review=writing.kind is LetterKind.REVIEW,
        triggers=list(TRIGGERS.items()) if supervises else [],
        ladder=list(LADDER.items()) if supervises else [],
        suggestions=[("", _("不提建议")), *SUGGESTIONS.items()] if supervises else [],
        categories=category_choices(tenants.categories(unit.session)) if supervises else [],
        carried=[(name, value) for name, value in _carried().items() if value],
        change_url=address_of("desk.compose", _carried()),
        sheet=sheet,
        fresh=fresh,
        lost=lost,
        values=values,
        errors=errors or {},
        message=message,
    )


ROUTES = (
    ("/dispatches/new", compose, ("GET",)),
    ("/dispatches/new", compose_send, ("POST",)),
)
