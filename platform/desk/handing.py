"""逐件移交: while the union is being split, the head of its petition office hands a single case to a successor."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from access.actor import Actor
from access.roles import Role
from cases import queries
from cases.clocks import begun_on
from cases.models import Case
from cases.queries import File
from cases.workflow import CASE_WORKFLOW, OPEN, STATUS_LABELS, Status
from dispatches.succession import hand_over_one, handed_over, splits
from doorway.attempts import attempt
from doorway.guard import guard, work
from doorway.presenting import lamp
from doorway.words import _
from kernel.errors import ConflictError, IllegalTransitionError, InvalidError
from tenants import queries as tenants
from tenants import settings

WHO = (Role.OFFICE_HEAD, Role.LEADER)


@dataclass(frozen=True, slots=True)
class Heir:
    """A successor of a split that is under way; ``id`` is the split's."""

    id: UUID
    name: str
    basis: str


def may_hand_over(actor: Actor, case: Case) -> bool:
    """Whether the actor may ask for the form; whether there is a split to hand over by is :func:`heirs`."""
    return bool(actor.roles & set(WHO)) and Status(case.status) in OPEN


def heirs() -> list[Heir]:
    """Successors of this union's splits that are under way, the newest first."""
    unit = work()
    return [Heir(found.id, tenants.get(unit.session, found.successor_id).name, found.basis) for found in splits(unit)]


@guard(*WHO)
def hand_over_form(number: str) -> str:
    """The form that names the successor and what follows.

    :raises NotFoundError: for a case that is not there or not the actor's to see.
    :raises IllegalTransitionError: when no split is under way, or the case is done.
    """
    file = queries.file(work(), number)
    CASE_WORKFLOW.resolve("hand_over", Status(file.case.status), frozenset({Role.SYSTEM}))
    choices = heirs()
    if not choices:
        raise IllegalTransitionError(_("本单位没有正在办理的分立，不能逐件移交。"))
    return _page(file, choices)


@guard(*WHO)
def hand_over(number: str) -> tuple[str, int] | Answer:
    """Hand the case over; whatever stands in the way is said on the form."""
    unit = work()
    file, choices = queries.file(unit, number), heirs()
    chosen = next((heir for heir in choices if str(heir.id) == request.form.get("succession")), None)
    try:
        if not choices:
            raise IllegalTransitionError(_("本单位没有正在办理的分立，不能逐件移交。"))
        if chosen is None:
            raise InvalidError("", fields={"succession": _("请选择承继单位。")})
        with attempt():
            case = hand_over_one(unit, number, chosen.id)
    except InvalidError as error:
        return _page(file, choices, chosen=chosen, errors=error.fields, message=error.message), 422
    except (ConflictError, IllegalTransitionError) as error:
        return _page(queries.file(unit, number), choices, message=error.message, gone=True), 409
    letter = handed_over(unit, case.id)
    # A sealed case that accuses the successor went past it: the letter says to whom.
    name = letter.recipient_name if letter is not None else chosen.name
    flash(_("已移交%(name)s，本件不再由本单位办理。", name=name), "success")
    return redirect(url_for("desk.case_page", number=number), code=303)


def _page(
    file: File,
    choices: list[Heir],
    *,
    chosen: Heir | None = None,
    errors: dict[str, str] | None = None,
    message: str = "",
    gone: bool = False,
) -> str:
    unit, case = work(), file.case
    only = choices[0] if len(choices) == 1 else None
    return render_template(
        "desk/hand_over.html",
        case=case,
        status=STATUS_LABELS[Status(case.status)],
        lamp=lamp(
            case.due_on,
            unit.clock.today(),
            begun=begun_on(case),
            bands=settings.of(unit.session).warning_bands,
        ),
        heirs=choices,
        chosen=chosen or only,
        errors=errors or {},
        message=message,
        gone=gone,
    )


ROUTES = (
    ("/cases/<number>/hand-over", hand_over_form, ("GET",)),
    ("/cases/<number>/hand-over", hand_over, ("POST",)),
)
