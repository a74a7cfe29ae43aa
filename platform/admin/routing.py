"""``/admin/routing``: which department, and perhaps which handler, a category's matters go to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from flask import url_for
from wtforms import SelectField

from access import queries as accounts
from admin.house import Cell, HouseView, Line, as_uuid
from admin.reading import HouseInterface
from cases.policy import HOLDERS
from doorway.guard import work
from doorway.words import N_
from tenants import departments, routing
from tenants import queries as tenants
from tenants.house import CategoryRoute

_FIELDS = {
    "category_code": SelectField(
        N_("问题类别"), description=N_("选一级类别时，下面没有单独设置的二级类别都适用"), validate_choice=False
    ),
    "department_id": SelectField(N_("承办部门"), validate_choice=False),
    "handler_id": SelectField(N_("默认承办人"), description=N_("可不选，由负责人受理时指定"), validate_choice=False),
}


class RouteView(HouseView):
    """Routes: one a category."""

    datamodel = HouseInterface(CategoryRoute)
    route_base = "/admin/routing"
    list_title, add_title, edit_title = N_("分流规则"), N_("新增分流规则"), N_("分流规则")
    lead = N_("受理时按问题类别预选承办部门和承办人，经办人可以更改。")
    add_word = N_("新增规则")
    empty = N_("还没有分流规则，受理时由经办人自行选择。")
    list_columns: ClassVar[list[str]] = ["category_code", "department_id", "handler_id"]
    label_columns: ClassVar[dict[str, str]] = {
        "category_code": N_("问题类别"),
        "department_id": N_("承办部门"),
        "handler_id": N_("默认承办人"),
    }
    add_columns: ClassVar[list[str]] = list(_FIELDS)
    edit_columns: ClassVar[list[str]] = list(_FIELDS)
    add_form_extra_fields = edit_form_extra_fields = _FIELDS
    base_order = ("category_code", "asc")

    def lines(self, rows: Sequence[Any]) -> list[Line]:
        session = work().session
        people = accounts.names(session, {row.handler_id for row in rows})
        places, words = departments.names_of(session), dict(category_words())
        return [
            Line(
                url_for("RouteView.edit", pk=row.id),
                (
                    Cell(words.get(row.category_code, row.category_code)),
                    Cell(places.get(row.department_id, "")),
                    Cell(people.get(row.handler_id, "")),
                ),
            )
            for row in rows
        ]

    def choices(self, item: Any) -> Mapping[str, Sequence[tuple[str, str]]]:
        session = work().session
        places = [(str(row.id), row.name) for row in departments.active(session)]
        if item is not None and str(item.department_id) not in dict(places):
            places.append((str(item.department_id), departments.names_of(session).get(item.department_id, "")))
        return {
            "category_code": category_words(),
            "department_id": places,
            "handler_id": [(str(user.id), user.display_name) for user in accounts.holders(session, HOLDERS)],
        }

    def create(self, given: Mapping[str, Any]) -> str:
        self._set(given)
        return N_("分流规则已新增。")

    def change(self, pk: UUID, given: Mapping[str, Any]) -> str:
        self._set(given, pk)
        return N_("分流规则已修改。")

    def remove(self, pk: UUID) -> str:
        routing.remove(work(), pk)
        return N_("分流规则已删除。")

    def _set(self, given: Mapping[str, Any], pk: UUID | None = None) -> None:
        routing.set_route(
            work(),
            category_code=str(given.get("category_code") or ""),
            department_id=as_uuid(given.get("department_id")),
            handler_id=as_uuid(given.get("handler_id")),
            route_id=pk,
        )


def category_words() -> list[tuple[str, str]]:
    """Categories as ``一级 / 二级``, in order."""
    rows = tenants.categories(work().session)
    names = {row.code: row.name for row in rows}
    return [(row.code, f"{names[row.parent_code]} / {row.name}" if row.parent_code else row.name) for row in rows]
