"""Flask-AppBuilder's ModelViews over our own wall: our session, our guard, our services, our shell.

What the library does here: it reads a model's list with filter, order and page, makes the forms, and hangs the routes
on a blueprint. What it must not do, and why this module is between:

* its session is global and knows no tenant: :class:`HouseInterface` hands it the guarded view's own session, so that
  row-level security and the tenant's filter hold;
* it commits by itself and turns integrity errors into flashes: every write goes through a service, which checks,
  records and flushes, and the guard commits once;
* it keeps one set of filters a view for all requests of a process, so that two people searching at once would see
  each other's words: filters are made anew for each request;
* it counts every list: a page reads one row more than it shows;
* its permission tables do not exist here: each route carries :func:`doorway.guard.guard` with the roles of its view.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_appbuilder import ModelView, expose
from werkzeug.wrappers import Response

from access.roles import Role
from admin.reading import PartOfAny
from admin.refusals import Refusal, asking
from doorway.guard import guard, work
from doorway.words import _
from kernel.errors import NotFoundError

#: Who may look at a union's house; each view says who may change it.
READERS = (Role.TENANT_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)
KEEPERS = (Role.TENANT_ADMIN,)
PAGE = 50
#: Nobody pages further by hand; a larger offset would only make the database count rows.
LAST_PAGE = 10_000


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a list: its words, and the lamp's colour where it has one."""

    words: str
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a list with the address of its page."""

    url: str | None
    cells: Sequence[Cell]
    #: What may be done to it at once: the button's word and where its form goes.
    act: tuple[str, str] | None = None


class HouseView(ModelView):  # type: ignore[misc]
    """A list with search, order and page, and forms whose answers go to a service.

    A subclass names its columns and fields and says what becomes of them; it may leave out whole routes.
    """

    readers: ClassVar[tuple[Role, ...]] = READERS
    writers: ClassVar[tuple[Role, ...]] = KEEPERS
    include_route_methods: ClassVar[set[str]] = {"list", "add", "edit", "delete"}
    list_template = "admin/house_list.html"
    add_template = edit_template = "admin/house_form.html"
    #: A sentence under the title.
    lead = ""
    empty = "还没有记录。"
    add_word = "新增"
    #: Where the add button leads; the view's own form when it has one.
    add_endpoint = ""
    #: Column → order by what; a column that is not here cannot be ordered by.
    orders: ClassVar[Mapping[str, str]] = {}
    #: Columns in which the search looks; none: no search box.
    searched: ClassVar[tuple[str, ...]] = ()
    search_label = "查找"

    def __init__(self, **kwargs: Any) -> None:
        self.search_columns = list(self.searched)
        self.order_columns = list(self.orders.values()) or ["id"]
        super().__init__(**kwargs)

    def _register_urls(self) -> None:
        """Every route with its guard: the library's own decorator would ask tables that do not exist."""
        for name in sorted(self.include_route_methods):
            view = getattr(self, name)
            for url, methods in view._urls:
                roles = self.readers if set(methods) <= {"GET"} else self.writers
                if name == "edit":
                    roles = self.readers
                self.blueprint.add_url_rule(url, name, guard(*roles)(view), methods=methods)

    # What a subclass says.

    def lines(self, rows: Sequence[Any]) -> list[Line]:
        """The rows of a page in words."""
        raise NotImplementedError

    def choices(self, item: Any) -> Mapping[str, Sequence[tuple[str, str]]]:  # noqa: ARG002
        """Options of the form's selects, by field."""
        return {}

    def values(self, item: Any) -> Mapping[str, Any]:
        """What the form of an existing row begins with."""
        return {name: getattr(item, name) for name in self.edit_columns}

    def create(self, given: Mapping[str, Any]) -> str:
        """Carry out the new row; returns the sentence that says so."""
        raise NotImplementedError

    def change(self, pk: UUID, given: Mapping[str, Any]) -> str:
        """Carry out the change; returns the sentence that says so."""
        raise NotImplementedError

    def remove(self, pk: UUID) -> str:
        """Carry out the removal; returns the sentence that says so."""
        raise NotImplementedError

    def around(self, item: Any) -> Mapping[str, Any]:  # noqa: ARG002
        """What the page of a row shows besides its form."""
        return {}

    # The routes.

    @expose("", methods=["GET"])  # type: ignore[untyped-decorator]
    def list(self) -> str:
        """A page of rows."""
        search = request.args.get("q", "").replace("\0", "").strip()[:40]
        place = min(max(request.args.get("page", 0, type=int), 0), LAST_PAGE)
        column = request.args.get("order", "")
        descending = request.args.get("desc") == "1"
        filters = self.datamodel.get_filters(self.search_columns)
        if search and self.searched:
            part = type("Part", (PartOfAny,), {"columns": self.searched})
            filters.add_filter(self.searched[0], part, search)
        order = (self.orders[column], "desc" if descending else "asc") if column in self.orders else self.base_order
        _count, rows = self.datamodel.query(filters, *order, page=place, page_size=PAGE)
        here = url_for(f"{self.endpoint}.list")
        return str(
            self.render_template(
                self.list_template,
                view=self,
                title=_(self.list_title),
                lines=self.lines(rows[:PAGE]),
                search=search,
                here=here,
                page=place,
                more=len(rows) > PAGE,
                order=column,
                descending=descending,
                add_url=self._add_url() if work().actor.holds(*self.writers) else None,
            )
        )

    @expose("/new", methods=["GET", "POST"])  # type: ignore[untyped-decorator]
    def add(self) -> Any:
        """An empty form, or what it asks for."""
        form = self.add_form.refresh()
        if request.method == "GET":
            return self._form(form, self.add_title)
        refusal = Refusal()
        with asking(refusal):
            told = self.create(_given(form))
        if refusal:
            return self._form(form, self.add_title, refusal=refusal), refusal.status
        return self._done(told)

    @expose("/<uuid:pk>", methods=["GET", "POST"])  # type: ignore[untyped-decorator]
    def edit(self, pk: UUID) -> Any:
        """The form of a row, or what it asks for."""
        item = self.datamodel.get(pk)
        if item is None:
            raise NotFoundError
        if request.method == "GET":
            form = self.edit_form(data=self.values(item))
            return self._form(form, self.edit_title, item=item)
        work().actor.require(self.writers)
        form, refusal = self.edit_form(), Refusal()
        with asking(refusal):
            told = self.change(pk, _given(form))
        if refusal:
            return self._form(form, self.edit_title, item=item, refusal=refusal), refusal.status
        return self._done(told)

    @expose("/<uuid:pk>/delete", methods=["POST"])  # type: ignore[untyped-decorator]
    def delete(self, pk: UUID) -> Any:
        """Remove a row."""
        refusal = Refusal()
        with asking(refusal):
            told = self.remove(pk)
        if refusal:
            flash(refusal.message, "bad")
            return redirect(url_for(f"{self.endpoint}.list"))
        return self._done(told)

    def _add_url(self) -> str | None:
        own = f"{self.endpoint}.add" if "add" in self.include_route_methods else ""
        endpoint = self.add_endpoint or own
        return url_for(endpoint) if endpoint else None

    def _done(self, told: str) -> Response:
        flash(_(told), "success")
        return redirect(url_for(f"{self.endpoint}.list"))

    def _form(self, form: Any, title: str, *, item: Any = None, refusal: Refusal | None = None) -> str:
        for name, options in self.choices(item).items():
            form[name].choices = options
        pk = item.id if item is not None else None
        return str(
            self.render_template(
                self.edit_template,
                view=self,
                title=_(title),
                form=form,
                fields=[field for field in form if field.name != "csrf_token"],
                errors=refusal.fields if refusal else {},
                message=refusal.message if refusal else None,
                pk=pk,
                may_write=work().actor.holds(*self.writers),
                may_delete=pk is not None and "delete" in self.include_route_methods,
                **self.around(item),
            )
        )


def _given(form: Any) -> dict[str, Any]:
    """What was typed; a NUL, which no database text can hold, is left out."""
    return {
        field.name: field.data.replace("\0", "") if isinstance(field.data, str) else field.data
        for field in form
        if field.name != "csrf_token"
    }


def as_uuid(value: Any) -> UUID | None:
    """A chosen identifier, or ``None`` for nothing chosen and for anything else."""
    try:
        return UUID(str(value)) if value else None
    except ValueError:
        return None


def as_position(value: Any) -> int:
    """A place in an order as typed: empty is 0, and -1 for what is no number, which the service refuses in words."""
    text = str(value or "").strip()
    return int(text) if text.isdecimal() and len(text) < 6 else 0 if not text else -1
