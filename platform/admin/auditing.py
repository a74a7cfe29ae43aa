"""``/admin/audit``: the auditor and the security administrator read their union's log, without a word of a case."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from access import queries as accounts
from admin.telling import detail, people_in
from audit.reading import GUARDIANS, page
from cases.workflow import CASE_WORKFLOW
from dispatches.workflow import LETTER_TABLE
from doorway.guard import guard, work
from tenants import departments

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
    "user:move": "调整部门",
    "hotspot:found": "发现热点",
    "hotspot:confirm": "确认热点",
    "hotspot:dismiss": "排除热点",
    "hotspot:supervise": "就热点督办",
    "hotspot:plan": "就热点启动预案",
    "hotspot:end": "热点回落",
    "request:ask": "提交双人确认申请",
    "request:approved": "确认申请",
    "request:refused": "不同意申请",
    "request:withdrawn": "撤回申请",
    "settings:change": "修改单位设置",
    "department:create": "新增部门",
    "department:change": "修改部门",
    "department:remove": "删除部门",
    "route:set": "设置分流规则",
    "route:remove": "删除分流规则",
    "delegation:begin": "登记外出代办",
    "delegation:end": "结束外出代办",
    "code:set": "设置代码",
    "code:remove": "恢复通用代码",
    "calendar:change": "修改工作日历",
    "calendar:confirm": "确认年度工作日历",
    "tenant:create": "新建组织",
    "tenant:particulars": "修改组织资料",
    "tenant:move": "调整隶属关系",
    "tenant:import": "批量导入组织",
    "invitation:create": "发放一次性链接",
    "invitation:accept": "通过链接启用账号",
    "tenant:suspend": "停用组织",
    "tenant:resume": "恢复组织",
    "tenant:close": "关闭组织",
    "tenant:told": "收到下级组织状态变化",
    "tenant:export": "全量导出组织数据",
    "tenant:restore": "恢复组织数据",
    "succession:decide": "决定机构承继",
    "succession:finish": "办结机构承继",
    "succession:single": "逐件移交承继单位",
    "destruction:ask": "申请销毁数据",
    "destruction:confirm": "签署销毁数据",
    "destruction:withdraw": "撤回销毁申请",
    "destruction:begin": "开始销毁数据",
    "destruction:destroy": "完成销毁数据",
    "case:take_over": "信访件：承继登记",
    "tenant:first_admin": "为组织开通管理员",
    "case:register": "登记信访件",
    "case:own_filed": "信访人：网上提出信访事项",
    "case:code": "信访件：发放查询码",
    "case:code_again": "信访件：重新发放查询码",
    "case:import": "导入信访件",
    "case:overdue": "信访件：期限已过",
    "case:correct": "信访件：更正登记",
    "case:accused_staff": "信访件：标明被反映人",
    "case:handover": "信访件：移交承办人",
    "case:attach": "信访件：上传附件",
    "case:draft_paper": "信访件：起草文书",
    "case:discard_paper": "信访件：删除文书草稿",
    "case:issue_paper": "信访件：出具文书",
    "case:serve_paper": "信访件：登记送达",
    "case:bind": "信访件：导出卷宗",
    "case:dossier_open": "信访件：下载卷宗",
    "template:save": "修改文书模板",
    "export:ask": "申请导出台账",
    "export:make": "生成导出台账",
    "export:fail": "导出台账未成功",
    "export:retry": "重新生成导出台账",
    "export:download": "下载导出台账",
    "export:remove": "删除导出台账",
    "case:file_open": "信访件：打开附件",
    "case:file_remove": "信访件：移除附件",
    "classification:load": "导入内容分类",
    "party:reveal": "查看身份信息",
    "party:search": "按信访人查找",
    "workplace:enter": "登记用人单位",
    "workplace:change": "修改用人单位",
    "workplace:merge": "合并用人单位",
    "case:unlink": "信访件：取消重复认定",
    "case:repeat_undone": "信访件：再次信访的认定已取消",
    "suggestion:train": "训练分类建议",
    "rule:fire": "按规则呈报或提醒",
    "report:begin": "起草信访报告",
    "report:edit": "修改信访报告草稿",
    "report:discard": "删除信访报告草稿",
    "report:issue": "签发信访报告",
    "report:submit": "报送信访报告",
    "task:open": "生成待办任务",
    "task:close": "办结待办任务",
    "case:task_answer": "信访件：答复部门任务",
    "case:follow_up": "信访件：办结后回访",
    "mediator:create": "新增调解员",
    "mediator:change": "修改调解员",
    "mediator:remove": "删除调解员",
    "body:create": "新增外部机关",
    "body:change": "修改外部机关",
    "body:remove": "删除外部机关",
    "view:save": "保存常用视图",
    "view:rename": "常用视图改名",
    "view:remove": "删除常用视图",
    "letter:send": "发出函件",
    "letter:arrived": "收到函件往来",
    "letter:resume": "恢复办理",
    "letter:attach": "随函发出附件",
    "letter:file_open": "打开函件附件",
    "letter:enclose": "随函移交身份信息",
    "letter:enclosure_received": "收到随函移交的身份信息",
    "letter:enclosure_open": "启封随函移交的身份信息",
    "letter:register_case": "根据函件登记信访件",
    "case:merged_in": "信访件：并入",
    "case:merge_undone": "信访件：撤销并案",
    "case:split_off": "信访件：拆分登记",
    "case:rejoined": "信访件：拆分退回",
    "case:repeated": "信访件：再次信访",
    "case:recounted": "信访件：节假日公布后重算期限",
    "case:assigned_deadline": "信访件：指定办理期限",
    "case:assigned_deadline_stopped": "信访件：指定办理期限停止计算",
    **{f"case:{row.action}": f"信访件：{row.label}" for row in CASE_WORKFLOW},
    # The first row of an action gives its word: kinds that say it otherwise mean the same act.
    **{f"letter:{row.action}": f"函件：{row.label}" for row in reversed(LETTER_TABLE) if row.sources},
}
SUBJECTS: dict[str, str] = {
    "user": "账号",
    "request": "双人确认",
    "settings": "单位设置",
    "department": "部门",
    "route": "分流规则",
    "delegation": "外出代办",
    "code": "代码表",
    "template": "文书模板",
    "case": "信访件",
    "party": "身份信息",
    "workplace": "用人单位",
    "hotspot": "热点",
    "letter": "函件",
    "report": "信访报告",
    "tenant": "组织",
    "calendar": "工作日历",
    "task": "任务",
    "export": "导出台账",
    "view": "常用视图",
}


def add_routes(pages: Blueprint) -> None:
    """Hang the page of this module on the door's blueprint."""
    pages.add_url_rule("/admin/audit", "audit", listing)


@guard(*GUARDIANS)
def listing() -> ResponseReturnValue:
    """Newest first, fifty a page; filters live in the address."""
    action, person = request.args.get("action", "")[:60], request.args.get("person", "").strip()[:60]
    before = request.args.get("before", type=int)
    found = page(work(), action=action, person=person, before=before)
    told = [line.data for line in found.lines]
    session = work().session
    # Two statements, and only where the page names somebody or something by identifier.
    names = accounts.names(session, people_in(told))
    places = departments.names_of(session) if any(line.subject_type == "route" for line in found.lines) else {}
    rows = [(line, label(line.action), detail(line.data, names, places)) for line in found.lines]
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
