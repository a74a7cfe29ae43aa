"""``/admin/delegations``: who is away, who stands in, until when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from flask import flash, redirect, url_for
from flask_appbuilder import expose
from wtforms import SelectField, StringField

from access import queries as accounts
from access.models import Delegation
from access.roles import CASE_ROLES, Role
from admin.house import READERS, Cell, HouseView, Line, as_uuid
from admin.reading import HouseInterface
from admin.refusals import Refusal, asking
from cases.policy import HOLDERS
from doorway.guard import work
from doorway.words import N_, _
from kernel.errors import InvalidError
from tenants import delegations

_FIELDS = {
    "user_id": SelectField(N_("外出人员"), validate_choice=False),
    "deputy_id": SelectField(
        N_("代办人"), description=N_("期间看得到并可以办理外出人员的在办件"), validate_choice=False
    ),
    "from_on": StringField(N_("开始日期"), render_kw={"type": "date"}),
    "until_on": StringField(N_("结束日期"), description=N_("含当天，次日自动结束"), render_kw={"type": "date"}),
    "reason": StringField(N_("事由"), description=N_("例如：年休假、外出学习")),
}


class DelegationView(HouseView):
    """Absences: entered and ended, never removed."""

    datamodel = HouseInterface(Delegation)
    route_base = "/admin/delegations"
    readers = (*READERS, Role.OFFICE_HEAD)
    writers = (Role.TENANT_ADMIN, Role.OFFICE_HEAD)
    include_route_methods: ClassVar[set[str]] = {"list", "add", "end"}
    list_title, add_title = N_("外出代办"), N_("登记外出")
    lead = N_("外出期间新分派的和在办的信访件由代办人办理，办理记录写明“代谁办理”；到期自动结束。")
    add_word = N_("登记外出")
    empty = N_("没有登记外出。")
    list_columns: ClassVar[list[str]] = ["user_id", "deputy_id", "from_on", "until_on", "reason", "state"]
    label_columns: ClassVar[dict[str, str]] = {
        "user_id": N_("外出人员"),
        "deputy_id": N_("代办人"),
        "from_on": N_("开始日期"),
        "until_on": N_("结束日期"),
        "reason": N_("事由"),
        "state": N_("状态"),
    }
    add_columns: ClassVar[list[str]] = list(_FIELDS)
    edit_columns: ClassVar[list[str]] = list(_FIELDS)
    add_form_extra_fields = edit_form_extra_fields = _FIELDS
    orders: ClassVar[Mapping[str, str]] = {"from_on": "from_on", "until_on": "until_on"}
    base_order = ("until_on", "desc")

    def lines(self, rows: Sequence[Any]) -> list[Line]:
        names = accounts.names(work().session, {one for row in rows for one in (row.user_id, row.deputy_id)})
        may = work().actor.holds(*self.writers)
        return [self._line(row, names, may=may) for row in rows]

    def _line(self, row: Any, names: Mapping[UUID, str], *, may: bool) -> Line:
        today = work().clock.today()
        if row.ended_on is not None:
            state = Cell(_("已提前结束"))
        elif row.until_on < today:
            state = Cell(_("已到期"))
        else:
            state = Cell(_("代办中"), "amber") if row.from_on <= today else Cell(_("未开始"), "green")
        cells = (
            Cell(names.get(row.user_id, "")),
            Cell(names.get(row.deputy_id, "")),
            Cell(row.from_on.isoformat()),
            Cell(row.until_on.isoformat()),
            Cell(row.reason),
            state,
        )
        act = (_("提前结束"), url_for("DelegationView.end", pk=row.id)) if may and state.colour else None
        return Line(None, cells, act)

    def choices(self, item: Any) -> Mapping[str, Sequence[tuple[str, str]]]:  # noqa: ARG002
        session = work().session
        return {
            "user_id": [(str(user.id), user.display_name) for user in accounts.holders(session, CASE_ROLES)],
            "deputy_id": [(str(user.id), user.display_name) for user in accounts.holders(session, HOLDERS)],
        }

    def create(self, given: Mapping[str, Any]) -> str:
        delegations.begin(
            work(),
            user_id=as_uuid(given.get("user_id")),
            deputy_id=as_uuid(given.get("deputy_id")),
            from_on=_day("from_on", given),
            until_on=_day("until_on", given),
            reason=str(given.get("reason") or ""),
        )
        return N_("外出代办已登记。")

    @expose("/<uuid:pk>/end", methods=["POST"])  # type: ignore[untyped-decorator]
    def end(self, pk: UUID) -> Any:
        """End an absence early."""
        refusal = Refusal()
        with asking(refusal):
            delegations.end(work(), pk)
        flash(refusal.message or _("代办已结束。"), "bad" if refusal else "success")
        return redirect(url_for("DelegationView.list"))


def _day(name: str, given: Mapping[str, Any]) -> date:
    try:
        return date.fromisoformat(str(given.get(name) or "").strip())
    except ValueError:
        raise InvalidError(_("请填写日期。"), fields={name: _("请填写日期。")}) from None
