"""``/portal/<slug>/rate``: 满意、基本满意、不满意, about petition office and handling unit apart, in own hand."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from access.actor import Work
from cases import own, ratings
from cases.handling_rules import BY_PETITIONER, RATED
from cases.models import Case
from cases.rules import RATING_LABELS, Rating
from doorway.guard import public
from doorway.words import _
from kernel.errors import ConflictError, IllegalTransitionError, InvalidError
from portal.acting import PER_CASE
from portal.door import at_union, at_work, of_thing, take
from portal.landing import Landing
from portal.telling import Standing, standing_of
from portal.tokens import go_on, visited
from portal.tracking import ask, expired


def add_routes(pages: Blueprint) -> None:
    """Hang the pages of this module on the door's blueprint."""
    pages.add_url_rule("/portal/<slug>/rate", "rate", public(at_union(rate)))
    pages.add_url_rule("/portal/<slug>/rate", "rate_send", public(at_union(send)), methods=["POST"])


def rate(union: Landing) -> Answer | str:
    """The two questions for the case of this visit; without a visit the form for number and code."""
    with at_work(union) as unit:
        case = visited(unit, union)
        shown = _shown(unit, case) if case is not None else None
    return _page(union, *shown) if shown is not None else ask(union, "rate")


def send(union: Landing) -> Answer:
    """Write down what was answered; a question that was left open is none."""
    form = request.form
    with at_work(union) as unit:
        case = visited(unit, union)
        case_id = str(case.id) if case is not None else ""
    if not case_id:
        return expired(union, "rate")
    take(of_thing("portal-act", f"{union.id}:{case_id}", PER_CASE))
    errors: dict[str, str] = {}
    status = 422
    try:
        with at_work(union) as unit:
            case = visited(unit, union)
            if case is None:
                return expired(union, "rate")
            errors = _rate_all(unit, case)
            if errors:
                raise InvalidError("", fields=errors)
    except InvalidError as error:
        errors = dict(error.fields) or {"": error.message}
    except (ConflictError, IllegalTransitionError) as error:
        errors, status = {"": error.message}, 409
    if not errors:
        return redirect(url_for("portal.rate", slug=union.slug, done="rate"), code=303)
    with at_work(union) as unit:
        case = visited(unit, union)
        if case is None:
            return expired(union, "rate")
        shown = _shown(unit, case)
    return _page(union, *shown, errors=errors, values=form, status=status)


def _rate_all(unit: Work, case: Case) -> dict[str, str]:
    form = request.form
    errors: dict[str, str] = {}
    chosen = [about for about in RATED if form.get(f"{about}.rating")]
    if not chosen:
        return {"unit.rating": _("请至少选择一项评价。")}
    for about in chosen:
        try:
            own.rate(unit, case.number, about, form[f"{about}.rating"], form.get(f"{about}.reason", ""))
        except InvalidError as error:
            errors |= {f"{about}.{'reason' if 'reason' in error.fields else 'rating'}": error.message}
    return errors


def _shown(unit: Work, case: Case) -> tuple[Standing, dict[str, tuple[str, bool]]]:
    """How the case stands, and the last rating about each, with whether it was in the petitioner's own hand."""
    latest = ratings.latest(ratings.of_case(unit, case.id))
    given = {
        about: (RATING_LABELS[Rating(row.rating)], row.entered_by == BY_PETITIONER) for about, row in latest.items()
    }
    return standing_of(unit, case), given


def _page(
    union: Landing,
    told: Standing,
    given: Mapping[str, tuple[str, bool]],
    *,
    errors: Mapping[str, str] | None = None,
    values: Mapping[str, str] | None = None,
    status: int = 200,
) -> Answer:
    page = make_response(
        render_template(
            "portal/rate.html",
            union=union,
            told=told,
            given=given,
            bad=any(word == RATING_LABELS[Rating.DISSATISFIED] for word, _own in given.values()),
            abouts=list(RATED.items()),
            ratings=[(rating.value, word) for rating, word in RATING_LABELS.items()],
            errors=errors or {},
            values=values or {},
            done=request.args.get("done", ""),
        ),
        status,
    )
    go_on(page, union)
    return page
