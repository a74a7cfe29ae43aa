"""常用视图: named filters above the list and on the desk, each an address that can be sent to a colleague."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from access.actor import Work
from access.roles import CASE_ROLES, Role
from cases import saved_views
from cases.filters import kept
from cases.registers import SavedView
from cases.saved_views import MAX_NAME, MOST
from desk.forms import read_version
from doorway.attempts import attempt
from doorway.guard import guard, work
from doorway.words import N_, _
from kernel.errors import ConflictError, ForbiddenError, InvalidError

#: Views that everybody has: name, filters of the address, and for whom they make sense (empty: for all).
BUILT_IN: tuple[tuple[str, Mapping[str, str], frozenset[Role]], ...] = (
    (N_("今天到期"), {"band": "today"}, frozenset()),
    (N_("7日内到期"), {"band": "week"}, frozenset()),
    (N_("已超期"), {"overdue": "1"}, frozenset()),
    (N_("未分配"), {"unassigned": "1"}, frozenset({Role.CLERK, Role.OFFICE_HEAD, Role.LEADER, Role.SUPERVISOR})),
    (N_("我办的"), {"open_only": "1", "mine": "1"}, frozenset({Role.HANDLER, Role.OFFICE_HEAD})),
    (N_("集体访"), {"open_only": "1", "flag": "collective"}, frozenset()),
    (N_("待批延期"), {"flag": "extension"}, frozenset({Role.OFFICE_HEAD, Role.LEADER})),
    (N_("办结待回访"), {"follow_up": "1"}, frozenset({Role.CLERK, Role.HANDLER, Role.OFFICE_HEAD})),
    (N_("评价不满意"), {"flag": "dissatisfied"}, frozenset()),
)


@dataclass(frozen=True, slots=True)
class ViewLink:
    """One link above the list; ``current`` when the page shows exactly these filters."""

    name: str
    url: str
    current: bool
    #: ``built``, ``shared`` or ``own``.
    kind: str


def address(query: Mapping[str, str]) -> str:
    """The list with these filters: the plain address."""
    return f"{url_for('desk.case_list')}?{urlencode(query)}"


def view_links(unit: Work, present: Mapping[str, str]) -> list[ViewLink]:
    """Built-in views, the union's shared ones and the actor's own, in this order: one statement."""
    shown = kept(present)
    built = [(_(name), query, "built") for name, query, roles in BUILT_IN if not roles or unit.actor.roles & roles]
    saved = [(view.name, view.query, "shared" if view.shared else "own") for view in saved_views.of(unit)]
    return [ViewLink(name, address(query), dict(query) == shown, kind) for name, query, kind in (*built, *saved)]


@guard(*CASE_ROLES)
def view_list() -> str:
    """The views to rename and delete."""
    return _page()


@guard(*CASE_ROLES)
def save_view() -> tuple[str, int] | Answer:
    """Keep the filters of the list that the form came from."""
    form = request.form
    name, pairs = form.get("name", ""), parse_qsl(form.get("query", ""), keep_blank_values=True)
    query = dict(pairs)
    try:
        if len(query) != len(pairs):
            raise InvalidError(_("同一个筛选条件写了两次，请在列表里查询后再保存。"))
        with attempt():
            saved = saved_views.save(work(), name, query, shared=bool(form.get("shared")))
    except (InvalidError, ForbiddenError) as error:
        fields = error.fields if isinstance(error, InvalidError) else {}
        return _page(name, form.get("query", ""), fields, error.message), 422
    flash(_("已保存常用视图“%(name)s”。", name=saved.name), "success")
    return redirect(address(saved.query), code=303)


@guard(*CASE_ROLES)
def rename_view(view_id: UUID) -> tuple[str, int] | Answer:
    """Another name for one's own view, or for a shared one of the union."""
    name = request.form.get("name", "")
    try:
        with attempt():
            saved_views.rename(work(), view_id, name, version=read_version(request.form))
    except InvalidError as error:
        return _page(renaming=view_id, renamed=name, errors=error.fields, message=error.message), 422
    except ConflictError as error:
        return _page(renaming=view_id, renamed=name, message=error.message), 409
    flash(_("已改名。"), "success")
    return redirect(url_for("desk.view_list"), code=303)


@guard(*CASE_ROLES)
def remove_view(view_id: UUID) -> tuple[str, int] | Answer:
    """Forget a view."""
    try:
        with attempt():
            saved_views.remove(work(), view_id, version=read_version(request.form))
    except ConflictError as error:
        return _page(message=error.message), 409
    flash(_("已删除常用视图，信访件没有变化。"), "success")
    return redirect(url_for("desk.view_list"), code=303)


def _page(
    name: str = "",
    query: str = "",
    errors: Mapping[str, str] | None = None,
    message: str = "",
    *,
    renaming: UUID | None = None,
    renamed: str = "",
) -> str:
    unit = work()
    views = saved_views.of(unit)
    shared = [_line(view, renaming, renamed) for view in views if view.shared]
    own = [_line(view, renaming, renamed) for view in views if not view.shared]
    return render_template(
        "desk/views.html",
        built=[link for link in view_links(unit, {}) if link.kind == "built"],
        groups=[
            (_("本单位共用的视图"), shared, saved_views.may_share(unit), _("还没有共用视图。")),
            (_("我的视图"), own, True, _("还没有自己的视图。")),
        ],
        name=name,
        query=query,
        may_share=saved_views.may_share(unit),
        renaming=renaming,
        errors=errors or {},
        message=message,
        most=MOST,
        longest=MAX_NAME,
    )


def _line(view: SavedView, renaming: UUID | None, renamed: str) -> dict[str, object]:
    return {
        "id": view.id,
        "name": view.name,
        "typed": renamed if view.id == renaming else view.name,
        "version": view.version,
        "url": address(view.query),
    }


ROUTES = (
    ("/cases/views/", view_list, ("GET",)),
    ("/cases/views/", save_view, ("POST",)),
    ("/cases/views/<uuid:view_id>", rename_view, ("POST",)),
    ("/cases/views/<uuid:view_id>/remove", remove_view, ("POST",)),
)
