"""通知: everything that the platform told the reader, unread ones first."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from dispatches import cursors
from dispatches.policy import mentioned
from doorway.guard import guard, work
from doorway.words import _
from kernel.errors import InvalidError
from notices import services
from notices.models import Notice

ON_PAGE = 50
_READ, _UNREAD = "r.", "u."


@guard()
def notice_list() -> str:
    """The reader's notices, page by page."""
    unit = work()
    after = request.args.get("after", "")
    but = mentioned(unit.actor, Notice.link)
    place = _place(after) if after else None
    found = services.for_actor(unit.session, unit.actor, limit=ON_PAGE + 1, after=place, but=but)
    shown = found[:ON_PAGE]
    more = len(found) > ON_PAGE
    return render_template(
        "desk/notices.html",
        notices=shown,
        unread=services.unread(unit.session, unit.actor, but=but),
        next_url=url_for("desk.notice_list", after=_mark(shown[-1])) if more else None,
        first_url=url_for("desk.notice_list") if after else None,
    )


@guard()
def notice_open(notice_id: UUID) -> Answer:
    """Lead to what the notice is about; it is read from now on.

    :raises NotFoundError: when it is not the reader's.
    """
    unit = work()
    return redirect(services.read_one(unit, notice_id, but=mentioned(unit.actor, Notice.link)).link, code=303)


@guard()
def notices_read() -> Answer:
    """全部标为已读."""
    unit = work()
    count = services.read_all(unit, but=mentioned(unit.actor, Notice.link))
    flash(_("已将%(count)s条通知标为已读。", count=count) if count else _("没有未读的通知。"), "success")
    return redirect(url_for("desk.notice_list"), code=303)


def _mark(notice: Notice) -> str:
    return (_READ if notice.read_at is not None else _UNREAD) + cursors.encode(notice.created_at, notice.id)


def _place(mark: str) -> tuple[bool, datetime, UUID]:
    if not mark.startswith((_READ, _UNREAD)):
        raise InvalidError(_("翻页标记无效，请从第一页重新开始。"))
    return mark.startswith(_READ), *cursors.decode(mark[len(_READ) :])


ROUTES = (
    ("/notices/", notice_list, ("GET",)),
    ("/notices/<uuid:notice_id>", notice_open, ("GET",)),
    ("/notices/read", notices_read, ("POST",)),
)
