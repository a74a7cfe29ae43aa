"""Fields of the handling: how each is drawn, what it is called, what it offers."""

from __future__ import annotations

from access import queries as accounts
from access.actor import Work
from access.roles import CASE_ROLES
from cases import registries
from cases.handling_fields import RECEIVERS
from cases.handling_rules import (
    BODY_KINDS,
    DISPOSITION_NOTES,
    DISPOSITIONS,
    MEASURES,
    MEDIATOR_KINDS,
    RATED,
    TOLD_HOW,
)
from cases.policy import HOLDERS
from desk.widget_table import Asked, Options, labels, none
from doorway.words import N_
from tenants import departments


def _departments(work: Work) -> Options:
    return [(row.id, row.name) for row in departments.active(work.session)]


def _people(work: Work) -> Options:
    """Everybody who works with cases, with their department."""
    names, places = departments.names_of(work.session), departments.of_people(work.session)
    found = []
    for account in accounts.holders(work.session, CASE_ROLES):
        place = names.get(places[account.id], "") if account.id in places else ""
        found.append((account.id, f"{account.display_name}（{place}）" if place else account.display_name))
    return found


def _holders(work: Work) -> Options:
    return [(account.id, account.display_name) for account in accounts.holders(work.session, HOLDERS)]


def _receivers(work: Work) -> Options:
    return [(account.id, account.display_name) for account in accounts.holders(work.session, RECEIVERS)]


def _mediators(work: Work) -> Options:
    return [
        (row.name, "，".join(word for word in (MEDIATOR_KINDS[row.kind], row.expertise, row.availability) if word))
        for row in registries.usable_mediators(work)
    ]


def _body_names(work: Work) -> Options:
    return [
        (row.name, "，".join(word for word in (BODY_KINDS[row.kind], row.purpose, row.phone) if word))
        for row in registries.bodies(work)
    ]


def _body_choices(work: Work) -> Options:
    return [(row.id, f"{row.name}（{BODY_KINDS[row.kind]}）") for row in registries.bodies(work)]


def _suggest(label: str, help_text: str, options: object) -> Asked:
    return ("suggest", label, help_text, False, options, 0)  # type: ignore[return-value]


def _dispositions(_work: Work) -> Options:
    return [(code, f"{word}（{DISPOSITION_NOTES[code]}）") for code, word in DISPOSITIONS.items()]


HANDLING_TABLE: dict[str, Asked] = {
    "accused_staff": (
        "many",
        N_("被反映人（本会工作人员）"),
        N_("只在检举控告时选择；所选人员无论担任什么角色，都看不到本件，也不会得到通知。"),
        True,
        _people,
        0,
    ),
    "declared": (
        "line",
        N_("承办人声明的利害关系"),
        N_("分派前请承办人声明与本件有无直接利害关系；没有的不填，有的应当回避。"),
        True,
        none,
        0,
    ),
    "dispositions": (
        "dispositions",
        N_("三到位一处理"),
        N_("逐项选择；没有选的，办结时按处理意见推定。帮扶救助可以与前两项同时选择。"),
        True,
        _dispositions,
        0,
    ),
    "measures": ("many", N_("办理措施"), N_("可以多选。"), True, labels(MEASURES), 0),
    "recovered": ("line", N_("追回金额（元）"), N_("追回的工资、补偿等，最多两位小数；没有的不填。"), True, none, 0),
    "helped": ("line", N_("惠及人数"), N_("因本件受益的职工人数；没有的不填。"), True, none, 0),
    "task_department": ("select", N_("部门"), N_("只交给某一位的，可以不选部门。"), True, _departments, 0),
    "task_handler": ("select", N_("经办人"), N_("不选则由部门内任何一位办理。"), True, _people, 0),
    "task_asked": (
        "area",
        N_("要求办理的事项"),
        N_("部门只看到这里写的内容和编号，看不到卷宗；不写信访人的姓名和电话。"),
        False,
        none,
        4,
    ),
    "task_due": ("date", N_("任务期限"), N_("预填为五个工作日后；不能晚于本件的期限。"), False, none, 0),
    "open_task": ("tasks", N_("要撤回的任务"), "", False, none, 0),
    "interest": (
        "area",
        N_("利害关系"),
        N_("写明与当事人或者被反映单位的关系；提交后您不能再出具意见，由负责人改派。"),
        False,
        none,
        3,
    ),
    "permitted": ("select", N_("批准不回避的人员"), N_("批准和理由会留下记录；不能批准本人。"), False, _holders, 0),
    "first_handler": ("select", N_("新的首办责任人"), N_("变更后由其跟踪督促到底。"), False, _receivers, 0),
    "mediator": _suggest(
        N_("调解员或者调解组织"),
        N_("可以从名册中选择（已签订保密协议的），也可以直接填写。"),
        _mediators,
    ),
    "target_body": _suggest(
        N_("受理的机关"),
        N_("可以从名录中选择，也可以直接填写全称，例如：区劳动人事争议仲裁委员会。"),
        _body_names,
    ),
    "proposal_to": _suggest(
        N_("提请处理的部门"), N_("可以从名录中选择，也可以直接填写，例如：区人力资源和社会保障局。"), _body_names
    ),
    "review_body": _suggest(N_("复查（复核）机关"), N_("可以从名录中选择，也可以直接填写。"), _body_names),
    "invited": ("many", N_("邀请的外部机关"), N_("从名录中选择；会写在参加单位的前面。"), True, _body_choices, 0),
    "rated_about": (
        "radios",
        N_("评价对象"),
        N_("对信访部门和责任单位的评价分别记录、分别统计。"),
        False,
        labels(RATED),
        0,
    ),
    "told_how": (
        "radios",
        N_("怎样得知的"),
        N_("工作人员只能代录，页面上始终注明“工作人员代录”和得知的方式。"),
        False,
        labels(TOLD_HOW),
        0,
    ),
}
