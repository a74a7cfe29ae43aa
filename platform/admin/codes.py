"""``/admin/codes``: the union's own words in the code tables that its forms and pages read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from flask import url_for
from wtforms import BooleanField, SelectField, StringField

from admin.house import Cell, HouseView, Line, as_position
from admin.reading import HouseInterface
from cases.fields import DELIVERIES
from cases.rules import SUBJECT_LABELS
from doorway.guard import work
from doorway.words import N_, _
from kernel.errors import NotFoundError
from tenants import codes
from tenants.house import CodeLabel, CodeTable

#: The shared words that a union's own stand over.
SHARED: dict[str, Mapping[str, str]] = {
    CodeTable.SUBJECT_TYPE: {str(code): word for code, word in SUBJECT_LABELS.items()},
    CodeTable.DELIVERY: DELIVERIES,
}

_OWN = {
    "label": StringField(N_("名称"), description=N_("页面上显示的文字")),
    "position": StringField(N_("排序"), description=N_("数字小的排在前面")),
    "active": BooleanField(N_("在用"), default=True, description=N_("停用后表单里不再出现，旧件照常显示")),
}
_NEW = {
    "table_name": SelectField(N_("代码表"), validate_choice=False),
    "code": StringField(N_("代码"), description=N_("小写字母、数字和下划线；填已有代码（如 employee）即改名")),
    **_OWN,
}


class CodeView(HouseView):
    """Own entries and renamed shared ones."""

    datamodel = HouseInterface(CodeLabel)
    route_base = "/admin/codes"
    list_title, add_title, edit_title = N_("代码表"), N_("新增代码"), N_("代码")
    lead = N_("在通用代码之外增加本单位的类别，或给通用代码换一个叫法。用过的代码只能停用，不能删除。")
    add_word = N_("新增代码")
    empty = N_("没有本单位自己的代码，全部使用通用代码。")
    list_columns: ClassVar[list[str]] = ["label", "table_name", "code", "shared", "active"]
    label_columns: ClassVar[dict[str, str]] = {
        "label": N_("名称"),
        "table_name": N_("代码表"),
        "code": N_("代码"),
        "shared": N_("通用叫法"),
        "active": N_("状态"),
    }
    add_columns, edit_columns = list(_NEW), list(_OWN)
    add_form_extra_fields, edit_form_extra_fields = _NEW, _OWN
    base_order = ("position", "asc")
    searched = ("label", "code")
    search_label = N_("名称或代码")

    def lines(self, rows: Sequence[Any]) -> list[Line]:
        return [
            Line(
                url_for("CodeView.edit", pk=row.id),
                (
                    Cell(row.label),
                    Cell(_(codes.TABLES[CodeTable(row.table_name)])),
                    Cell(row.code),
                    Cell(SHARED[row.table_name].get(row.code, "")),
                    Cell(_("在用"), "green") if row.active else Cell(_("已停用"), "red"),
                ),
            )
            for row in rows
        ]

    def choices(self, item: Any) -> Mapping[str, Sequence[tuple[str, str]]]:
        if item is not None:
            return {}
        return {"table_name": [(table.value, _(word)) for table, word in codes.TABLES.items()]}

    def create(self, given: Mapping[str, Any]) -> str:
        codes.set_label(
            work(), table=str(given.get("table_name") or ""), code=str(given.get("code") or ""), **_read(given)
        )
        return N_("代码已新增。")

    def change(self, pk: UUID, given: Mapping[str, Any]) -> str:
        codes.set_label(work(), table="", code="", label_id=pk, **_read(given))
        return N_("代码已修改。")

    def remove(self, pk: UUID) -> str:
        row = self.datamodel.get(pk)
        if row is None:
            raise NotFoundError
        codes.remove(work(), pk, SHARED[row.table_name])
        return N_("已恢复通用叫法。")


def _read(given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "label": str(given.get("label") or ""),
        "active": bool(given.get("active")),
        "position": as_position(given.get("position")),
    }
