"""``/portal/<slug>/file``: a worker files a matter without an account. One form files once, and shows one code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask import Blueprint, g, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Answer

from access.actor import Work
from cases import accused, intake, own, query_codes
from cases.clocks import of_case
from cases.filing import register_once
from cases.intake import MAX_CLAIMS
from cases.models import Case
from cases.queries import file as file_of
from cases.rules import MAX_REPRESENTATIVES, ClockKind
from dispatches.disclosure import veiled
from documents import attachments
from documents.attachments import Upload
from doorway.guard import public
from doorway.runtime import runtime
from doorway.words import _
from kernel.errors import InvalidError, ThrottledError, UnavailableError
from portal.door import at_union, at_work, of_network, take
from portal.forms import NOTICE, TRAP, Filing, claims_shown, offices, read, representatives_shown
from portal.hints import HINTS, fitting
from portal.landing import Landing
from portal.marks import track_mark, track_url
from portal.tokens import FASTEST, FormMark, new_form, read_form
from portal.uploads import lost_names, read_uploads
from tenants import queries as tenants

#: Of one network in a quarter of an hour: filings, and forms sent. A works' dormitory shares one address.
FILED, SENT = 20, 120


def add_routes(pages: Blueprint) -> None:
    """Hang the pages of this module on the door's blueprint."""
    pages.add_url_rule("/portal/<slug>/file", "file", public(at_union(empty)))
    pages.add_url_rule("/portal/<slug>/file", "file_send", public(at_union(send)), methods=["POST"])


def empty(union: Landing) -> str:
    """The empty form."""
    return _page(union, MultiDict(), new_form(union))


def send(union: Landing) -> Answer | str:
    """File what was typed, or show it again with what is missing; nothing typed is ever lost but chosen files."""
    form = request.form
    mark = read_form(union, form.get("token", ""))
    if g.get("stale_form") and mark is None:
        # Not even the form is ours.
        raise CSRFError("no token")
    take(of_network("portal-send", SENT))
    uploads = read_uploads(request.files.getlist("files"))
    if form.get("add"):
        return _page(union, form, mark.text if mark else new_form(union), lost=lost_names(uploads), more=form["add"])
    refusal = _refusal(mark)
    if refusal or mark is None:
        text = mark.text if mark else new_form(union)
        return _again(union, text, {"": refusal}, uploads, status=422)
    try:
        case, code, new = _file(union, form, mark, uploads)
    except InvalidError as error:
        return _again(union, mark.text, error.fields or {"": error.message}, uploads, status=422)
    except UnavailableError as error:
        fields = {"files": error.message + _("可以先不选附件提交，以后凭查询码补充。")}
        return _again(union, mark.text, fields, uploads, status=503)
    except ThrottledError as error:
        answer = make_response(_again(union, mark.text, {"": error.message}, uploads, status=429))
        answer.headers["Retry-After"] = str(error.retry_after)
        return answer
    return _filed(union, case, code, new=new)


def _refusal(mark: FormMark | None) -> str:
    """Why a form that may well be a person's is shown again instead of being filed."""
    if mark is None:
        return _("页面打开的时间太久，内容都还在：请核对后再按一次“提交”。")
    if g.get("stale_form"):
        return _("浏览器没有保存本页的标记，内容都还在：请核对后再按一次“提交”。")
    if request.form.get(TRAP):
        return _("请不要填写“网址”一栏（它只用来识别自动程序），清空后再提交。")
    if timedelta(0) <= mark.age < FASTEST:
        return _("提交得太快，请核对一遍内容，再按一次“提交”。")
    return ""


def _file(
    union: Landing, form: MultiDict[str, str], mark: FormMark, uploads: Sequence[Upload]
) -> tuple[dict[str, Any], str, bool]:
    """Register in one transaction with files and code; of one form sent twice, the second finds the first's case."""
    with at_work(union) as unit:
        against = accused.holders_of(unit, offices(form))
        if against and not accused.left(unit, against):
            # Nothing is kept of what was typed against those who alone could read it.
            raise InvalidError("", fields={"against.leader": _nobody_left(unit)})
        filing = read(form, today=unit.clock.today(), key=mark.key, sealed=_sealed(unit), against=against)
        if filing.problems:
            _check_all(unit, filing)
        try:
            intake.check(unit, filing.new)
        except InvalidError as error:
            raise InvalidError(error.message, fields=filing.located(error.fields)) from None
    take(of_network("portal-file", FILED))
    with at_work(union) as unit:
        case, new = register_once(unit, filing.new)
        code = mark.code(union.id)
        if new:
            own.filed(unit, case, notice=NOTICE)
            query_codes.give(unit, case, code)
            if uploads:
                own.attach_first(unit, case, uploads, veil=veiled(unit, file_of(unit, case.number)))
        elif not query_codes.is_code(unit, case.id, code):
            # The office has given another one since: this form's is worth nothing any more.
            code = ""
        return _shown(unit, case), code, new


def _nobody_left(unit: Work) -> str:
    """Where to go with a report against everybody here who could handle it."""
    return _(
        "您反映的正是本会能够办理检举、控告的人，本会不能自己办理：请向上级工会%(above)s反映。没有收下您填写的内容。",
        above=accused.above(unit),
    )


def _check_all(unit: Work, filing: Filing) -> None:
    """Every mistake at once: the intake's beside the door's."""
    try:
        intake.check(unit, filing.new)
    except InvalidError as error:
        raise InvalidError("", fields=filing.located(error.fields)) from None
    raise InvalidError("", fields=filing.problems)


def _sealed(unit: Work) -> str | None:
    """The category of 检举控告, whose files are closed (条例 art. 30(3))."""
    return next((category.code for category in tenants.categories(unit.session) if category.sealed), None)


def _shown(unit: Work, case: Case) -> dict[str, Any]:
    running = of_case(unit.session, case.id)
    notice = next((clock.due_on for clock in running if clock.kind == ClockKind.NOTICE), None)
    return {
        "number": case.number,
        "received_on": case.received_on,
        "notice": notice,
        "anonymous": case.anonymous,
        "sealed": case.sealed,
        "hints": fitting(case.title, case.content),
    }


def _filed(union: Landing, case: Mapping[str, Any], code: str, *, new: bool) -> str:
    return render_template(
        "portal/filed.html",
        union=union,
        case=case,
        code=query_codes.spaced(code) if code else "",
        new=new,
        track=track_url(union.slug),
        mark=track_mark(union.slug),
    )


def _again(
    union: Landing, token: str, errors: Mapping[str, str], uploads: Sequence[Upload], *, status: int
) -> Answer:
    return make_response(_page(union, request.form, token, errors=errors, lost=lost_names(uploads)), status)


def _page(
    union: Landing,
    form: MultiDict[str, str],
    token: str,
    *,
    errors: Mapping[str, str] | None = None,
    lost: Sequence[str] = (),
    more: str = "",
) -> str:
    wrong = dict(errors or {})
    claims = form.getlist("claim")
    rows = claims_shown(form, one_more=more == "claim")
    return render_template(
        "portal/file.html",
        union=union,
        values=form,
        claims=[*claims, *[""] * (rows - len(claims))][:MAX_CLAIMS],
        claims_full=rows >= MAX_CLAIMS,
        representatives=range(representatives_shown(form, one_more=more == "rep")),
        representatives_full=representatives_shown(form) >= MAX_REPRESENTATIVES,
        errors={name: sentence for name, sentence in wrong.items() if name},
        message=wrong.get("", ""),
        lost=lost,
        token=token,
        trap=TRAP,
        hints=HINTS,
        fitting=fitting(form.get("what", ""), form.get("story", ""), *claims),
        most=attachments.MAX_AT_ONCE,
        largest=attachments.MAX_BYTES // 1024 // 1024,
        more=more,
        today=runtime().clock.today(),
    )
