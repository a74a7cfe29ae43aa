"""``/admin/audit``: the auditor and the security administrator read their union's log, without a word of a case."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from access.roles import LABELS
from audit.reading import GUARDIANS, page
from cases.workflow import CASE_WORKFLOW
from dispatches.workflow import RECIPIENT_WORKFLOW
from doorway.guard import guard, work

#: What an action is called; actions of the workflow tables take their word from there.
ACTIONS: dict[str, str] = {
    "user:login": "登录",
    "user:login_failed": "登录失败",
    "user:logout": "退出登录",
    "user:create": "开通账号",
    "user:roles": "修改角色",
    "user:activate": "启用账号",
    "user:deactivate": "停用账号",
    "user:reset_password": "重置密码",
    "user:change_password": "修改密码",
    "tenant:create": "新建组织",
    "tenant:first_admin": "为组织开通管理员",
    "case:register": "登记信访件",
    "case:import": "导入信访件",
    "case:overdue": "信访件：期限已过",
    "classification:load": "导入内容分类",
    "party:reveal": "查看身份信息",
    "letter:send": "发出函件",
    "letter:arrived": "收到函件往来",
    "letter:resume": "恢复办理",
    **{f"case:{row.action}": f"信访件：{row.label}" for row in CASE_WORKFLOW},
    **{f"letter:{row.action}": f"函件：{row.label}" for row in RECIPIENT_WORKFLOW},
}
SUBJECTS: dict[str, str] = {"user": "账号", "case": "信访件", "party": "身份信息", "letter": "函件", "tenant": "组织"}
_ROLE_WORDS = {role.value: word for role, word in LABELS.items()}
_KINDS = {"browser": "网页", "api": "接口"}


def add_routes(pages: Blueprint) -> None:
    """Hang the page of this module on the door's blueprint."""
    pages.add_url_rule("/admin/audit", "audit", listing)


@guard(*GUARDIANS)
def listing() -> ResponseReturnValue:
    """Newest first, fifty a page; filters live in the address."""
    action, person = request.args.get("action", "")[:60], request.args.get("person", "").strip()[:60]
    before = request.args.get("before", type=int)
    found = page(work(), action=action, person=person, before=before)
    rows = [(line, label(line.action), detail(line.data)) for line in found.lines]
    return render_template(
        "admin/audit.html",
        rows=rows,
        older=found.older,
        action=action,
        person=person,
        first=before is None,
        subjects=SUBJECTS,
        choices=list(SUBJECTS.items()) + list(ACTIONS.items()),
    )


def label(action: str) -> str:
    """The Chinese word of an action."""
    known = ACTIONS.get(action)
    return known or _("其他操作（%(subject)s）", subject=SUBJECTS.get(action.partition(":")[0], _("系统")))


def detail(data: dict[str, Any]) -> str:
    """The data of an event about an account or a union in one line."""
    parts = [
        data.get("number"),
        data.get("username") or data.get("slug"),
        data.get("name"),
        _KINDS.get(str(data.get("kind", ""))),
        _("来自 %(address)s", address=data["address"]) if data.get("address") else None,
        _("账号不存在") if data.get("known") is False else None,
        _roles(data.get("roles")),
        f"{_roles(data.get('before'))} → {_roles(data.get('after'))}" if "after" in data else None,
    ]
    return "，".join(str(part) for part in parts if part)


def _roles(values: object) -> str:
    if not isinstance(values, list):
        return ""
    return "、".join(_ROLE_WORDS[value] for value in values if value in _ROLE_WORDS)
