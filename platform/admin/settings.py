"""``/admin/settings``: the union's settings, each part changed by the administrator who owns it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access.limits import NUMBERS as SECURITY_NUMBERS
from access.roles import Role
from admin.house import READERS
from admin.refusals import Refusal, asking
from cases.rules import TIER_LABELS
from doorway.guard import guard, work
from doorway.words import N_, _
from reports.periods import LABELS as REPORT_LABELS
from reports.periods import Kind as ReportKind
from tenants import settings

#: Name → its word, its unit, and what it does.
NUMBERS: dict[str, tuple[str, str, str]] = {
    "collective_threshold": (N_("集体访人数"), N_("人"), N_("来访人数达到此数的登记为集体访。")),
    "overdue_days": (N_("超期上报天数"), N_("天"), N_("超过法定期限达到此天数的，按下面的规则提醒或上报。")),
    "supervision_days": (N_("督办反馈天数"), N_("天"), N_("发出督办时默认给下级的反馈期限。")),
    "retention_years": (N_("档案保管年限"), N_("年"), N_("由本单位确定并报档案部门审核，到期方可列入销毁清单。")),
    "feedback_days": (N_("建议反馈天数"), N_("天"), N_("三项建议书面反馈采纳情况的期限；条例没有规定天数。")),
    "progress_days": (
        N_("进展告知工作日"),
        N_("个工作日"),
        N_("来电来访不能当场答复的，多久内告知进展；填0表示不设。"),
    ),
    "urgent_report_days": (
        N_("重大紧急报告天数"),
        N_("天"),
        N_("条例要求“及时”，没有规定天数；填0表示不设。"),
    ),
    "follow_up_first_days": (
        N_("首次回访天数"),
        N_("天"),
        N_("办结以后多少天回访，询问是否满意、有没有受到打击报复；填0表示不设。"),
    ),
    "follow_up_second_days": (N_("再次回访天数"), N_("天"), N_("办结以后多少天再次回访；填0表示不设。")),
    "idle_minutes": (N_("无操作退出"), N_("分钟"), N_("这么久没有操作就需要重新登录。")),
    "absolute_hours": (N_("最长登录时间"), N_("小时"), N_("无论是否操作，到时都要重新登录。")),
    "password_min_length": (N_("密码最短长度"), N_("位"), N_("设置新密码时检查，已有密码不受影响。")),
    "password_days": (N_("密码有效天数"), N_("天"), N_("到期后登录时必须更换；填0表示不限。")),
    "lock_after": (N_("连续失败锁定"), N_("次"), N_("同一账号连续输错这么多次后锁定15分钟，最多100次。")),
}
#: Numbers that forms and machines of earlier releases do not send.
NEWER = (
    *("feedback_days", "progress_days", "urgent_report_days"),
    *("follow_up_first_days", "follow_up_second_days"),
)
BANDS = (N_("黄灯"), N_("橙灯"), N_("橙灯（抓紧）"), N_("红灯"))
RULES: dict[str, str] = {
    "hard": N_("疑难件"),
    "overdue": N_("超期"),
    "collective": N_("集体访"),
    "retaliation": N_("涉嫌打击报复"),
    "conflict": N_("利益冲突"),
    "dissatisfied": N_("多次不满意"),
}
CHOICES: dict[str, str] = {"off": N_("不处理"), "remind": N_("提醒负责人"), "send": N_("自动上报上级工会")}
MASKS: tuple[tuple[str, str, str], ...] = (
    ("standard", N_("标准"), N_("显示姓氏和电话首尾：王*，138****1234")),
    ("strict", N_("从严"), N_("不显示姓氏，电话只显示末两位：**，*********34")),
)
#: 复查机关 (条例 art. 35 leaves it open under dual leadership), and when a mediation is at its end.
PROCEDURE: dict[str, tuple[str, str, tuple[tuple[str, str], ...]]] = {
    "review_target": (
        N_("复查机关"),
        N_("不服本单位处理意见的，向谁申请复查。"),
        (
            ("first_line", N_("上级工会")),
            ("second_line", N_("第二上级工会（双重领导）")),
            ("outside", N_("平台以外的机关、单位")),
        ),
    ),
    "mediation_ends": (
        N_("调解何时终结"),
        N_("各地规定不同。"),
        (("agreed", N_("达成协议即终结")), ("performed", N_("协议履行完毕后终结"))),
    ),
    "portal_contact": (
        N_("网上查询显示"),
        N_("信访人凭查询码查进度时，看到由谁承办。"),
        (("department", N_("承办部门和办公电话")), ("person", N_("承办部门、承办人姓名和办公电话"))),
    ),
}
#: Names that papers print: what it is, and what it does.
TEXTS: dict[str, tuple[str, str]] = {
    "review_body": (
        N_("平台外的复查机关"),
        N_("复查机关在平台以外的，填写全称，写入处理意见书；不填写“上一级机关、单位”。"),
    ),
    "recheck_body": (N_("平台外的复核机关"), N_("复核机关在平台以外的，填写全称。")),
}
#: 周报、月报、季报、年度报告, in the order of the setting.
REPORTS: dict[str, str] = {kind.value: REPORT_LABELS[kind] for kind in ReportKind}
#: Every name by its word, for the log.
WORDS: dict[str, str] = {
    **{name: words[0] for name, words in PROCEDURE.items()},
    **{name: words[0] for name, words in NUMBERS.items()},
    **{name: words[0] for name, words in TEXTS.items()},
    "warning_bands": N_("预警分档"),
    "tier_days": N_("内部办理目标"),
    "report_days": N_("报告报送期限"),
    "holiday_rollover": N_("期限遇节假日顺延"),
    "escalation_rules": N_("提醒和上报规则"),
    "mask_rule": N_("脱敏规则"),
}
PARTS = ("working", "security")


def add_routes(pages: Blueprint) -> None:
    """Hang the pages of this module on the door's blueprint."""
    pages.add_url_rule("/admin/settings", "settings", show)
    pages.add_url_rule("/admin/settings/<any(working, security):part>", "change_settings", change, methods=["POST"])


@guard(*READERS)
def show() -> ResponseReturnValue:
    """Both parts; the form of the one that is the reader's to change."""
    return _page(_typed(settings.of(work().session)), Refusal(), "")


@guard(Role.TENANT_ADMIN, Role.SECURITY_ADMIN)
def change(part: str) -> ResponseReturnValue:
    """Change a part; what was typed comes back with what is wrong, or with who was first."""
    changes = _read_working() if part == "working" else _read_security()
    text = request.form.get("version", "")
    refusal = Refusal()
    with asking(refusal):
        settings.change(work(), changes, version=int(text) if text.isdecimal() and len(text) < 10 else -1)
    status = refusal.status
    if refusal:
        typed = _typed(settings.of(work().session)) | dict(request.form.items())
        # A box that is not ticked is not sent at all.
        if part == "working":
            typed["holiday_rollover"] = request.form.get("holiday_rollover", "")
        if refusal.fields:
            # A sentence above the form has to say which field it means.
            refusal.fields = {name: _name(name) + sentence for name, sentence in refusal.fields.items()}
            refusal.message = ""
        return _page(typed, refusal, part), status
    flash(_("设置已保存，立即生效。"), "success")
    return redirect(url_for("admin.settings"))


def _name(field: str) -> str:
    name, _dot, key = field.partition(".")
    if name == "warning_bands" and key.isdecimal():
        return f"{_(WORDS[name])}（{_(BANDS[int(key)])}）："
    tiers = {tier.value: word for tier, word in TIER_LABELS.items()}
    inner = {"escalation_rules": RULES, "report_days": REPORTS}.get(name, tiers)
    return f"{_(WORDS.get(name, ''))}（{_(inner[key])}）：" if key in inner else f"{_(WORDS.get(name, ''))}："


def _read_working() -> dict[str, Any]:
    form = request.form
    days = {kind: form.get(f"report_days.{kind}", "") for kind in settings.REPORTS}
    return {
        **{name: form.get(name, "") for name in NUMBERS if name not in SECURITY_NUMBERS and name not in NEWER},
        **{name: form[name] for name in NEWER if name in form},
        "warning_bands": [form.get(f"warning_bands.{place}", "") for place in range(4)],
        "tier_days": {tier: form.get(f"tier_days.{tier}", "") for tier in settings.TIERS},
        "escalation_rules": {rule: form.get(f"escalation_rules.{rule}", "") for rule in settings.RULES},
        "holiday_rollover": form.get("holiday_rollover") == "1",
        # A page that was drawn before there were such choices does not send them: it changes nothing.
        **{name: form[name] for name in (*PROCEDURE, *TEXTS) if name in form},
        **({"report_days": days} if any(f"report_days.{kind}" in form for kind in days) else {}),
    }


def _read_security() -> dict[str, Any]:
    form = request.form
    return {**{name: form.get(name, "") for name in SECURITY_NUMBERS}, "mask_rule": form.get("mask_rule", "")}


def _typed(now: settings.TenantSettings) -> dict[str, Any]:
    """The settings under the names of the form's fields."""
    return {
        **{name: getattr(now, name) for name in (*NUMBERS, *PROCEDURE, *TEXTS)},
        **{f"warning_bands.{place}": band for place, band in enumerate(now.warning_bands)},
        **{f"tier_days.{tier}": days for tier, days in now.tier_days.items()},
        **{f"report_days.{kind}": days for kind, days in now.report_days.items()},
        **{f"escalation_rules.{rule}": choice for rule, choice in now.escalation_rules.items()},
        "holiday_rollover": "1" if now.holiday_rollover else "",
        "mask_rule": now.mask_rule,
        "version": now.version,
    }


def _page(values: Mapping[str, Any], refusal: Refusal, part: str) -> str:
    actor = work().actor
    return render_template(
        "admin/settings.html",
        values=values,
        version=settings.of(work().session).version,
        errors=refusal.fields,
        message=refusal.message or None,
        refused=part,
        numbers=NUMBERS,
        security_numbers=list(SECURITY_NUMBERS),
        bands=BANDS,
        tiers={tier.value: word for tier, word in TIER_LABELS.items()},
        reports=REPORTS,
        report_bound=settings.LONGEST_REPORT_DAYS,
        rules=RULES,
        choices=CHOICES,
        masks=MASKS,
        procedure=PROCEDURE,
        texts=TEXTS,
        text_bounds=settings.TEXTS,
        bounds=settings.NUMBERS,
        may_working=actor.holds(Role.TENANT_ADMIN),
        may_security=actor.holds(Role.SECURITY_ADMIN),
    )
