"""``/portal/<slug>/track``: by number and 查询码 to one case. A wrong number and a wrong code get the same answer."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from cases import query_codes
from doorway.guard import public
from doorway.words import _
from portal.door import at_union, at_work, give_back, of_network, of_thing, take
from portal.landing import Landing
from portal.telling import Standing, standing_of
from portal.tokens import begin_visit, end_visit, go_on, visited

#: Wrong codes in a quarter of an hour: of one network, and for one number.
PER_NETWORK, PER_NUMBER = 30, 10
#: Where a visitor may want to go after the code.
NEXT = ("track", "rate")


def add_routes(pages: Blueprint) -> None:
    """Hang the pages of this module on the door's blueprint."""
    pages.add_url_rule("/portal/<slug>/track", "track", public(at_union(track)))
    pages.add_url_rule("/portal/<slug>/track", "track_enter", public(at_union(enter)), methods=["POST"])
    pages.add_url_rule("/portal/<slug>/track/leave", "leave", public(at_union(leave)), methods=["POST"])


def track(union: Landing) -> Answer | str:
    """How the case of this visit stands; without a visit the form for number and code."""
    with at_work(union) as unit:
        case = visited(unit, union)
        told = standing_of(unit, case) if case is not None else None
    return case_page(union, told) if told is not None else ask(union, "track")


def enter(union: Landing) -> Answer | str:
    """Number and code, by POST so that neither is ever part of an address; then a cookie for this one case."""
    number, typed = request.form.get("number", "")[:80], request.form.get("code", "")[:80]
    wanted = request.form.get("next", "")
    counters = (
        of_network("portal-code", PER_NETWORK),
        of_thing("portal-number", f"{union.id}:{query_codes.short_number(number)}", PER_NUMBER),
    )
    take(*counters)
    with at_work(union) as unit:
        found = query_codes.open_case(unit, number, typed)
    if found is None:
        sentence = _("编号和查询码对不上。请对照回执核对后再试；查询码遗失的，请带身份证件到工会重新领取。")
        return make_response(ask(union, wanted, number=number, message=sentence), 422)
    give_back(*counters)
    answer = redirect(url_for(f"portal.{wanted if wanted in NEXT else 'track'}", slug=union.slug), code=303)
    begin_visit(answer, union, *found)
    return answer


def leave(union: Landing) -> Answer:
    """Forget the visit: the telephone may be somebody else's."""
    answer = redirect(url_for("portal.landing", slug=union.slug), code=303)
    end_visit(answer, union)
    return answer


def ask(union: Landing, wanted: str, *, number: str = "", message: str = "") -> str:
    """The form for number and code; the code is never shown again."""
    return render_template(
        "portal/enter.html",
        union=union,
        wanted=wanted if wanted in NEXT else "track",
        number=number,
        message=message,
        told=request.args.get("ended") == "1",
    )


def case_page(
    union: Landing,
    told: Standing,
    *,
    errors: Mapping[str, str] | None = None,
    values: Mapping[str, str] | None = None,
    open_part: str = "",
    status: int = 200,
) -> Answer:
    """The page of a case for its petitioner; a refused form comes back open with what was typed."""
    page = make_response(
        render_template(
            "portal/track.html",
            union=union,
            told=told,
            errors=errors or {},
            values=values or {},
            open_part=open_part,
            done=request.args.get("done", ""),
        ),
        status,
    )
    go_on(page, union)
    return page


def expired(union: Landing, wanted: str = "track") -> Answer:
    """The visit is over: number and code again."""
    return redirect(url_for(f"portal.{wanted}", slug=union.slug, ended="1"), code=303)
