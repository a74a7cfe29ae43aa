"""文书验真: anybody may ask whether a paper is genuine. The answer names the paper, never whom it is about.

A wrong code, a code of another union and one that nobody ever gave get the same answer; few may be tried in a row.
"""

from __future__ import annotations

from hashlib import sha256

from flask import Blueprint, Response, make_response, render_template, request

from access.throttle import Counter, counters, take_attempt
from cases.paperwork import kinds
from documents import verifying
from documents.layout import spaced_code
from documents.verifying import Genuine
from doorway.guard import public
from doorway.runtime import runtime
from doorway.words import _
from kernel.db import PLATFORM_TENANT
from kernel.errors import ThrottledError
from reports.periods import LABELS, Kind
from tenants.models import Tenant

#: Attempts of one address in a quarter of an hour; whoever checks a stack of papers needs more than one.
PER_ADDRESS = 60


def add_routes(pages: Blueprint) -> None:
    """Hang the pages of this module on the door's blueprint."""
    pages.add_url_rule("/verify/", "verify_form", verify_form)
    pages.add_url_rule("/verify/<code>", "verify", verify)


@public
def verify_form() -> Response:
    """The empty form; a code that was typed into it is looked up."""
    typed = request.args.get("code", "").strip()[:40]
    return _answer(typed) if typed else _page()


@public
def verify(code: str) -> Response:
    """What the mark on a paper leads to."""
    return _answer(code[:40])


def _answer(typed: str) -> Response:
    _throttle()
    code = verifying.normal(typed)
    found, union = _look(code) if code is not None else (None, "")
    return _page(typed=spaced_code(code) if code else typed, found=found, union=union, asked=True)


def _look(code: str) -> tuple[Genuine | None, str]:
    """Ask the union that the code names, which need not exist: an empty book answers as a full one does."""
    tenant_id = verifying.tenant_of(code)
    database = runtime().database
    with database.transaction(PLATFORM_TENANT) as session:
        union = session.get(Tenant, tenant_id)
        name = union.name if union is not None else ""
    with database.transaction(tenant_id) as session:
        return verifying.find(session, code), name


def _throttle() -> None:
    """Count before looking, as the login does.

    :raises ThrottledError: after ``PER_ADDRESS`` questions of one address.
    """
    parts = runtime()
    _account, address = counters(parts.settings.secret_key, login="", address=request.remote_addr or "")
    # A counter of its own: whoever checks papers must not be kept from logging in.
    counter = Counter(sha256(b"verify" + address.key).digest(), PER_ADDRESS, resets=False)
    with parts.database.transaction(PLATFORM_TENANT) as session:
        wait = take_attempt(session, [counter], parts.clock.now())
    if wait:
        raise ThrottledError(_("查验过于频繁，请在%(minutes)s分钟后再试。", minutes=wait // 60 + 1), retry_after=wait)


def _page(*, typed: str = "", found: Genuine | None = None, union: str = "", asked: bool = False) -> Response:
    page = make_response(
        render_template(
            "portal/verify.html",
            typed=typed,
            found=found,
            kind=_title(found.kind) if found else "",
            union=union if found else "",
            asked=asked,
        )
    )
    # Neither the code nor the answer stays anywhere.
    page.headers["Cache-Control"] = "no-store"
    page.headers["Referrer-Policy"] = "no-referrer"
    return page


def _title(kind: str) -> str:
    """What sort of paper it is: a paper of a case, or a report of the union."""
    if kind in kinds():
        return kinds()[kind].title
    report = kind.removeprefix("report_")
    return f"信访工作{LABELS[Kind(report)]}" if report in set(Kind) else _("文书")
