"""``/admin/departments``: the union's departments and who works in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from wtforms import BooleanField, SelectField, StringField

from access import queries as accounts
from access.roles import CASE_ROLES
from admin.house import Cell, HouseView, Line, as_position, as_uuid
from admin.reading import HouseInterface
from admin.refusals import Refusal, asking
from cases.policy import HOLDERS
from doorway.guard import work
from doorway.words import N_, _
from tenants import departments
from tenants.house import Department

_FIELDS = {
    "name": StringField(N_("部门名称")),
    "short_name": StringField(N_("简称"), description=N_("列表里用，可不填")),
    "head_id": SelectField(N_("部门负责人"), validate_choice=False),
    "position": StringField(N_("排序"), description=N_("数字小的排在前面")),
    "active": BooleanField(N_("在用"), default=True),
}


class DepartmentView(HouseView):
    """Departments: list, form, members; a person who moves hands over open cases in the same act."""

    datamodel = HouseInterface(Department)
    route_base = "/admin/departments"
    include_route_methods: ClassVar[set[str]] = {"list", "add", "edit", "delete", "place"}
    list_title, add_title, edit_title = N_("部门"), N_("新增部门"), N_("部门")
    lead = N_("部门用于分派信访件。人员调动时，在办件要么先改派，要么随调动移交。")
    add_word = N_("新增部门")
    empty = N_("还没有部门。")
    list_columns: ClassVar[list[str]] = ["name", "short_name", "head_id", "people", "active"]
    label_columns: ClassVar[dict[str, str]] = {
        "name": N_("部门名称"),
        "short_name": N_("简称"),
        "head_id": N_("负责人"),
        "people": N_("人数"),
        "active": N_("状态"),
    }
    add_columns: ClassVar[list[str]] = list(_FIELDS)
    edit_columns: ClassVar[list[str]] = list(_FIELDS)
    add_form_extra_fields = edit_form_extra_fields = _FIELDS
    orders: ClassVar[Mapping[str, str]] = {"name": "name"}
    base_order = ("position", "asc")
    searched = ("name", "short_name")
    search_label = N_("部门名称")
    edit_template = "admin/department.html"

    def lines(self, rows: Sequence[Any]) -> list[Line]:
        names = accounts.names(work().session, {row.head_id for row in rows})
        sizes = departments.sizes(work().session)
        return [
            Line(
                url_for("DepartmentView.edit", pk=row.id),
                (
                    Cell(row.name),
                    Cell(row.short_name),
                    Cell(names.get(row.head_id, "")),
                    Cell(_("%(count)d人", count=sizes.get(row.id, 0))),
                    Cell(_("在用"), "green") if row.active else Cell(_("已停用"), "red"),
                ),
            )
            for row in rows
        ]

    def choices(self, item: Any) -> Mapping[str, Sequence[tuple[str, str]]]:  # noqa: ARG002
        people = accounts.holders(work().session, CASE_ROLES)
        return {"head_id": [(str(user.id), user.display_name) for user in people]}

    def create(self, given: Mapping[str, Any]) -> str:
        departments.create(work(), _read(given))
        return N_("部门已新增。")

    def change(self, pk: UUID, given: Mapping[str, Any]) -> str:
        departments.change(work(), pk, _read(given))
        return N_("部门已修改。")

    def remove(self, pk: UUID) -> str:
        departments.remove(work(), pk)
        return N_("部门已删除。")

    def around(self, item: Any) -> Mapping[str, Any]:
        if item is None:
            return {"people": None}
        session = work().session
        here = departments.members(session, item.id)
        inside = {user.id for user in here}
        staff = accounts.holders(session, CASE_ROLES)
        return {
            "people": here,
            "outside": [(user.id, user.display_name) for user in staff if user.id not in inside],
            "successors": [(user.id, user.display_name) for user in accounts.holders(session, HOLDERS)],
            "others": [(row.id, row.name) for row in departments.active(session) if row.id != item.id],
        }

    @expose("/<uuid:pk>/members", methods=["POST"])  # type: ignore[untyped-decorator]
    def place(self, pk: UUID) -> Any:
        """Put somebody into this department, or move them on; their open cases go along or stay with a colleague."""
        item = departments.get(work(), pk)
        user_id = as_uuid(request.form.get("user"))
        target = as_uuid(request.form.get("to")) if request.form.get("move") else item.id
        refusal = Refusal()
        if user_id is None:
            refusal.message, refusal.fields = _("请选择人员。"), {"user": _("请选择人员。")}
        else:
            with asking(refusal):
                departments.move(work(), user_id, target, successor_id=as_uuid(request.form.get("successor")))
        if refusal:
            form = self.edit_form(data=self.values(item), formdata=None)
            return self._form(form, self.edit_title, item=item, refusal=refusal), refusal.status
        flash(_("人员已调整。"), "success")
        return redirect(url_for("DepartmentView.edit", pk=pk))


def _read(given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **given,
        "head_id": as_uuid(given.get("head_id")),
        "position": as_position(given.get("position")),
    }
