"""``/admin/mediators`` and ``/admin/bodies``: 第三方调解员 and 外部机关, from which the forms of a case choose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from flask import url_for
from wtforms import BooleanField, SelectField, StringField

from access.roles import Role
from admin.house import READERS, Cell, HouseView, Line
from admin.reading import HouseInterface
from cases import registries
from cases.handling import ExternalBody, Mediator
from cases.handling_rules import BODY_KINDS, MEDIATOR_KINDS
from doorway.guard import work
from doorway.words import N_, _

_STATE = {"active": N_("状态")}
_MEDIATOR = {
    "name": StringField(N_("姓名或者组织名称")),
    "kind": SelectField(N_("类别"), validate_choice=False),
    "expertise": StringField(N_("专长"), description=N_("例如：工资争议、心理疏导")),
    "availability": StringField(N_("可以参与的时间"), description=N_("例如：每周二、周四下午")),
    "agreed_on": StringField(
        N_("保密协议签订日期"), description=N_("没有签订的不能参与调解"), render_kw={"type": "date"}
    ),
    "agreed_until": StringField(N_("保密协议有效期至"), description=N_("长期有效的不填"), render_kw={"type": "date"}),
    "active": BooleanField(N_("在用"), default=True),
}
_BODY = {
    "name": StringField(N_("机关名称"), description=N_("写全称")),
    "kind": SelectField(N_("类别"), validate_choice=False),
    "purpose": StringField(N_("办理事项"), description=N_("例如：受理劳动争议仲裁申请")),
    "address": StringField(N_("地址")),
    "phone": StringField(N_("电话"), description=N_("公开的办公电话")),
    "active": BooleanField(N_("在用"), default=True),
}


class _Registry(HouseView):
    """What both lists share: who reads, who writes, how a row is shown as used or not."""

    readers = (*READERS, Role.OFFICE_HEAD)
    writers = (Role.TENANT_ADMIN, Role.OFFICE_HEAD)
    orders: ClassVar[Mapping[str, str]] = {"name": "name", "kind": "kind"}
    base_order = ("name", "asc")
    kinds: ClassVar[Mapping[str, str]] = {}

    def choices(self, item: Any) -> Mapping[str, Sequence[tuple[str, str]]]:  # noqa: ARG002
        return {"kind": list(self.kinds.items())}

    def _state(self, row: Any) -> Cell:
        return Cell(_("在用"), "green") if row.active else Cell(_("已停用"), "red")


class MediatorView(_Registry):
    """Mediators with their agreement of confidentiality."""

    datamodel = HouseInterface(Mediator)
    route_base = "/admin/mediators"
    list_title, add_title, edit_title = N_("调解员名册"), N_("新增调解员"), N_("调解员")
    lead = N_("第三方调解员须签订保密协议才能参与调解；调解表单从这里选择，也可以直接填写。")
    add_word = N_("新增调解员")
    empty = N_("还没有登记调解员。")
    kinds = MEDIATOR_KINDS
    list_columns: ClassVar[list[str]] = ["name", "kind", "expertise", "availability", "agreement", "active"]
    label_columns: ClassVar[dict[str, str]] = {
        "name": N_("姓名"),
        "kind": N_("类别"),
        "expertise": N_("专长"),
        "availability": N_("可以参与的时间"),
        "agreement": N_("保密协议"),
        **_STATE,
    }
    add_columns: ClassVar[list[str]] = list(_MEDIATOR)
    edit_columns: ClassVar[list[str]] = list(_MEDIATOR)
    add_form_extra_fields = edit_form_extra_fields = _MEDIATOR
    searched = ("name", "expertise")
    search_label = N_("姓名或者专长")

    def lines(self, rows: Sequence[Any]) -> list[Line]:
        return [
            Line(
                url_for("MediatorView.edit", pk=row.id),
                (
                    Cell(row.name),
                    Cell(MEDIATOR_KINDS.get(row.kind, row.kind)),
                    Cell(row.expertise),
                    Cell(row.availability),
                    self._agreement(row),
                    self._state(row),
                ),
            )
            for row in rows
        ]

    @staticmethod
    def _agreement(row: Any) -> Cell:
        today = work().clock.today()
        if row.agreed_on is None:
            return Cell(_("没有签订"), "red")
        if row.agreed_until is not None and row.agreed_until < today:
            return Cell(_("%(day)s到期", day=row.agreed_until.isoformat()), "red")
        return Cell(_("%(day)s签订", day=row.agreed_on.isoformat()), "green")

    def create(self, given: Mapping[str, Any]) -> str:
        registries.save_mediator(work(), given)
        return N_("调解员已登记。")

    def change(self, pk: UUID, given: Mapping[str, Any]) -> str:
        registries.save_mediator(work(), given, pk)
        return N_("调解员已修改。")

    def remove(self, pk: UUID) -> str:
        registries.remove(work(), Mediator, pk)
        return N_("调解员已删除。")


class BodyView(_Registry):
    """External bodies: where matters are led and who is invited."""

    datamodel = HouseInterface(ExternalBody)
    route_base = "/admin/bodies"
    list_title, add_title, edit_title = N_("外部机关名录"), N_("新增外部机关"), N_("外部机关")
    lead = N_("人社、司法、法院、公安、卫健和政府信访部门等；导入法定程序、会商和提请处理的表单从这里选择。")
    add_word = N_("新增外部机关")
    empty = N_("还没有登记外部机关。")
    kinds = BODY_KINDS
    list_columns: ClassVar[list[str]] = ["name", "kind", "purpose", "address", "phone", "active"]
    label_columns: ClassVar[dict[str, str]] = {
        "name": N_("机关名称"),
        "kind": N_("类别"),
        "purpose": N_("办理事项"),
        "address": N_("地址"),
        "phone": N_("电话"),
        **_STATE,
    }
    add_columns: ClassVar[list[str]] = list(_BODY)
    edit_columns: ClassVar[list[str]] = list(_BODY)
    add_form_extra_fields = edit_form_extra_fields = _BODY
    searched = ("name", "purpose")
    search_label = N_("名称或者办理事项")

    def lines(self, rows: Sequence[Any]) -> list[Line]:
        return [
            Line(
                url_for("BodyView.edit", pk=row.id),
                (
                    Cell(row.name),
                    Cell(BODY_KINDS.get(row.kind, row.kind)),
                    Cell(row.purpose),
                    Cell(row.address),
                    Cell(row.phone),
                    self._state(row),
                ),
            )
            for row in rows
        ]

    def create(self, given: Mapping[str, Any]) -> str:
        registries.save_body(work(), given)
        return N_("外部机关已登记。")

    def change(self, pk: UUID, given: Mapping[str, Any]) -> str:
        registries.save_body(work(), given, pk)
        return N_("外部机关已修改。")

    def remove(self, pk: UUID) -> str:
        registries.remove(work(), ExternalBody, pk)
        return N_("外部机关已删除。")
