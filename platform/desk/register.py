"""登记: one page for a visit, a letter, a call or a message, and the receipt that the petitioner takes home."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from access.actor import system_actor
from access.roles import CASE_ROLES, Role
from cases import accused, identity, intake, policy, queries, query_codes, repeats
from cases.arrivals import BY_NAME, FIELDS, WAY_LABELS
from cases.filing import register_once
from cases.identity import shown_name
from cases.intake import MAX_CONTENT, MAX_TITLE
from cases.queries import File
from cases.rules import AUTHORITIES, CHANNEL_LABELS, SUBJECT_LABELS, Channel, ClockKind
from desk import codes_once
from desk.files import attach_first, lost_names, read_uploads
from desk.forms import (
    ADDED,
    AGENT,
    CLAIMS,
    PETITIONER,
    claims_typed,
    new_token,
    read_registration,
)
from desk.presenters import case_lines
from desk.printing import track_mark, track_url
from doorway.attempts import attempt
from doorway.guard import guard, work
from doorway.words import _
from kernel.errors import InvalidError, NotFoundError, UnavailableError
from tenants import codes, settings
from tenants import queries as tenants
from tenants.house import CodeTable

REGISTERS = (Role.CLERK, Role.OFFICE_HEAD, Role.HANDLER)


@guard(*REGISTERS)
def new_case() -> str:
    """The empty form: today, one person, and the channel that most cases come by."""
    today = work().clock.today().isoformat()
    channel = request.args.get("channel", "")
    return _page(
        {
            "channel": channel if channel in set(Channel) else Channel.VISIT.value,
            "received_on": today,
            "headcount": "1",
            "token": new_token(),
        }
    )


@guard(*REGISTERS)
def register_case() -> tuple[str, int] | Answer:
    """Register and lead to the receipt; a form that was sent before leads to what it registered."""
    unit = work()
    if request.form.get("add"):
        return _one_more(request.form["add"])
    read = read_registration(request.form, unit.clock.today())
    uploads = read_uploads(request.files.getlist("files"))
    try:
        if read.problems:
            intake.check(unit, read.new)
            raise InvalidError("", fields=read.problems)
        with attempt():
            case, new = register_once(unit, read.new)
            if new and uploads:
                attach_first(unit, _as_filed(case.number), uploads)
    except NotFoundError:
        # Sent a second time, after the file closed to whoever registered it.
        flash(_("这份登记表已经提交过，没有重复登记。本件已按检举控告封闭办理。"), "warning")
        return redirect(url_for("desk.home"), code=303)
    except InvalidError as error:
        return _page(request.form, read.located(error.fields), lost_names(uploads)), 422
    except UnavailableError as error:
        # Store or scanner: the matter can still be registered without its files, which are added later.
        fields = {"files": error.message + _("可以先不选附件完成登记，以后再补充。")}
        return _page(request.form, fields, lost_names(uploads)), 503
    if new:
        code = query_codes.give(unit, case)
        if not _sees(case.number):
            # 检举控告: whoever received it hands out the receipt now and does not see the file again.
            page = _receipt(_as_filed(case.number), query_codes.spaced(code), closed=True)
            return Response(page, headers={"Cache-Control": "no-store"})
        codes_once.hand(case.number, code)
    else:
        flash(_("这份登记表已经提交过，没有重复登记。"), "warning")
    return redirect(url_for("desk.receipt", number=case.number), code=303)


def _sees(number: str) -> bool:
    try:
        queries.file(work(), number)
    except NotFoundError:
        return False
    return True


def _as_filed(number: str) -> File:
    """The file as it was registered in this very request, also where it closed at once to whoever registered it."""
    unit = work()
    return queries.file(replace(unit, actor=system_actor(unit.tenant_id)), number)


def _one_more(group: str) -> tuple[str, int]:
    """One row more of a kind, without JavaScript: nothing is registered and nothing typed is lost."""
    lost = lost_names(read_uploads(request.files.getlist("files")))
    rows = ADDED.get(group)
    if rows is None:
        return _page(request.form, lost=lost), 200
    before, after = (rows.shown(request.form, group, one_more=more) for more in (False, True))
    if before == after:
        sentence = _(rows.sentence, most=rows.most)
        return _page(request.form, {f"rows.{group}": sentence}, lost, opened=group), 422
    return _page(request.form, lost=lost, more=group, opened=group), 200


def _page(
    values: Mapping[str, str],
    errors: Mapping[str, str] | None = None,
    lost: Sequence[str] = (),
    *,
    more: str = "",
    opened: str = "",
) -> str:
    wrong = errors or {}
    rows = {group: added.shown(values, group, one_more=group == more) for group, added in ADDED.items()}
    claims = claims_typed(values)
    if values.get(CLAIMS):
        # The older page's one text, row by row.
        rows["claims"] = list(ADDED["claims"].names[: max(len(claims), 1)])
        values = {**values, **dict(zip(rows["claims"], claims, strict=False))}
    inner = (*rows["affected"], *rows["representatives"], *rows["respondents"][1:], f"parties.{AGENT}")
    return render_template(
        "desk/new.html",
        values=values,
        errors=wrong,
        lost=lost,
        today=work().clock.today(),
        collective_threshold=settings.of(work().session).collective_threshold,
        channels=[(channel.value, label) for channel, label in CHANNEL_LABELS.items()],
        subjects=list(codes.choices(work().session, CodeTable.SUBJECT_TYPE, SUBJECT_LABELS).items()),
        petitioner=f"parties.{PETITIONER}",
        rows=rows,
        more=more,
        agent=f"parties.{AGENT}",
        authorities=list(AUTHORITIES.items()),
        ways=[(way.value, label) for way, label in WAY_LABELS.items()],
        arrivals=FIELDS,
        firsts=[("yes", _("未向其他工会反映过")), ("no", _("已向其他工会反映过"))],
        staff=[(str(user.id), user.display_name) for user in accused.staff(work())],
        accused_open=any(key.startswith("accused_staff.") for key in values)
        or bool(wrong.get("accused_staff") or values.get("parties.1.name")),
        arrival_open=bool(values.get("way"))
        or any(values.get(f"arrival.{name}") or wrong.get(f"arrival.{name}") for name in BY_NAME),
        more_open=opened not in ("", "claims")
        or any(
            values.get(f"{slot}.{name}") or wrong.get(f"{slot}.{name}")
            for slot in inner
            for name in ("name", "phone", "authority", "organisation")
        ),
    )


@guard(*REGISTERS)
def earlier_cases() -> Response:
    """A hint while the form is filled in: cases that this one may repeat, each with the reasons.

    Sent by POST so that no log holds a telephone.
    """
    unit, form = work(), request.form
    name, phone, id_number = None, None, None
    try:
        phone = identity.check_phone(form.get(f"parties.{PETITIONER}.phone"))
        id_number = identity.check_id_number(form.get(f"parties.{PETITIONER}.id_number"))
        name = identity.check_name(form.get(f"parties.{PETITIONER}.name"))
    except InvalidError:
        pass  # the form itself says what is wrong when it is sent
    names = [identity.normal(form.get(f"{slot}.organisation")) for slot in ADDED["respondents"].names]
    probe = repeats.Probe(
        name=name,
        phone=phone,
        id_number=id_number,
        respondents=tuple(name for name in names if name),
        texts=(form.get("title", "")[:MAX_TITLE], form.get("content", "")[:MAX_CONTENT]),
    )
    found = repeats.likely(unit, probe)
    categories = {category.code: category.name for category in tenants.categories(unit.session)} if found else {}
    lines = case_lines(unit.actor, [one.case for one in found], unit.clock.today(), names={}, categories=categories)
    page = render_template(
        "desk/_earlier.html",
        lines=[(line, "；".join(one.reasons)) for line, one in zip(lines, found, strict=True)],
        chosen=form.get("repeat_of", ""),
        checked=bool(phone or name or id_number),
    )
    return Response(page, headers={"Cache-Control": "no-store"})


@guard(*CASE_ROLES)
def receipt(number: str) -> str:
    """What the petitioner takes home: the number, what happens next and by when."""
    return _receipt(queries.file(work(), number), codes_once.take(number))


def _receipt(file: File, code: str, *, closed: bool = False) -> str:
    unit = work()
    mask_rule = settings.of(unit.session).mask_rule
    own = tenants.get(unit.session, unit.tenant_id)
    notice = next((clock for clock in file.clocks if clock.kind == ClockKind.NOTICE), None)
    return render_template(
        "desk/receipt.html",
        case=file.case,
        channel=CHANNEL_LABELS[Channel(file.case.channel)],
        claims=file.claims,
        petitioner=next((shown_name(party, mask_rule) for party in file.parties if party.name_mask), None),
        notice=notice,
        union=own.name,
        today=unit.clock.today(),
        code=code,
        closed=closed,
        given=query_codes.held(unit.session, file.case.id),
        may_give=policy.may_register(unit.actor),
        track=track_url(own.slug),
        mark=track_mark(own.slug),
    )


@guard(*REGISTERS)
def new_query_code(number: str) -> Answer:
    """A new 查询码 in place of the old one, shown once on the receipt.

    :raises NotFoundError: when the case is not theirs to see.
    """
    codes_once.hand(number, query_codes.give_by_number(work(), number))
    flash(_("新的查询码已生成，只显示这一次；原来的查询码已经作废。"), "success")
    return redirect(url_for("desk.receipt", number=number), code=303)


ROUTES = (
    ("/cases/new", new_case, ("GET",)),
    ("/cases/new", register_case, ("POST",)),
    ("/cases/new/earlier", earlier_cases, ("POST",)),
    ("/cases/<number>/receipt", receipt, ("GET",)),
    ("/cases/<number>/code", new_query_code, ("POST",)),
)
